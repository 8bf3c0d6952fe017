"""One poller per process reads the outbox; every open desk waits on it. A desk that lost the line replays."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator

from monitor.door import App
from monitor.outbox import Told, events_after, last_event_id

POLL_S = 0.2
HEARTBEAT_S = 15.0
KEPT = 2_000


class Stream:
    """Events after their commit, for any number of listeners in this process."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._changed = threading.Condition()
        self._recent: deque[Told] = deque(maxlen=KEPT)
        self._last_id = -1
        self._stopping = threading.Event()
        self._poller: threading.Thread | None = None

    def stop(self) -> None:
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()

    def listen(self, after: int | None) -> Iterator[str]:
        """Event-stream text: what came after number `after` (None: from now on), then what comes."""
        self._start()
        with self._app.store.reading() as session:
            place = last_event_id(session) if after is None else after
        yield f"retry: 2000\nid: {place}\n\n"
        while not self._stopping.is_set():
            for event in self._after(place):
                place = event.id
                yield f"id: {event.id}\nevent: {event.name}\ndata: {json.dumps(event.data)}\n\n"
            with self._changed:
                told = self._changed.wait_for(self._has_more_than(place), HEARTBEAT_S)
            if not told:
                yield ": still here\n\n"

    def _has_more_than(self, place: int) -> Callable[[], bool]:
        return lambda: self._last_id > place or self._stopping.is_set()

    def _after(self, place: int) -> list[Told]:
        with self._changed:
            recent = list(self._recent)
        if recent and recent[0].id <= place + 1:
            return [told for told in recent if told.id > place]
        found: list[Told] = []
        with self._app.store.reading() as session:
            while page := events_after(session, found[-1].id if found else place, limit=500):
                found.extend(page)
        return found

    def _start(self) -> None:
        with self._changed:
            if self._poller is None:
                with self._app.store.reading() as session:
                    self._last_id = last_event_id(session)
                self._poller = threading.Thread(target=self._poll, name="live", daemon=True)
                self._poller.start()

    def _poll(self) -> None:
        while not self._stopping.wait(POLL_S):
            with self._app.store.reading() as session:
                fresh = events_after(session, self._last_id, limit=500)
            if fresh:
                with self._changed:
                    self._recent.extend(fresh)
                    self._last_id = fresh[-1].id
                    self._changed.notify_all()
