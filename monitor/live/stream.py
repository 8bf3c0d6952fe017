"""One poller per process reads the outbox; every open desk waits on it. A desk that lost the line replays."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator

from monitor.door import App
from monitor.outbox import Told, events_after, last_event_id

# What this process commits is told at once; what the worker commits is looked for so often.
POLL_S = 0.2
HEARTBEAT_S = 15.0
KEPT = 2_000
# Threads that no stream may take: they answer everything else.
SPARE_THREADS = 16


class Stream:
    """Events after their commit, for as many listeners in this process as its threads allow."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._changed = threading.Condition()
        self._recent: deque[tuple[int, str]] = deque(maxlen=KEPT)
        self._last_id = -1
        self._stopping = threading.Event()
        self._poller: threading.Thread | None = None
        self._seats = max(1, app.settings.web_threads - SPARE_THREADS)

    def stop(self) -> None:
        self._stopping.set()
        self._app.store.committed.set()
        with self._changed:
            self._changed.notify_all()

    def take_seat(self) -> bool:
        """Whether one more may listen. Each holds a thread, and the rest of the house needs some too."""
        with self._changed:
            if self._seats <= 0:
                return False
            self._seats -= 1
            return True

    def give_back_seat(self) -> None:
        with self._changed:
            self._seats += 1

    def listen(self, after: int | None) -> Iterator[str]:
        """Event-stream text: what came after number `after` (None: from now on), then what comes."""
        self._start()
        with self._app.store.reading() as session:
            place = last_event_id(session) if after is None else after
        yield f"retry: 2000\nid: {place}\n\n"
        while not self._stopping.is_set():
            if found := self._after(place):
                place = found[-1][0]
                yield "".join(text for _, text in found)
            with self._changed:
                told = self._changed.wait_for(self._has_more_than(place), HEARTBEAT_S)
            if not told:
                yield ": still here\n\n"

    def _has_more_than(self, place: int) -> Callable[[], bool]:
        return lambda: self._last_id > place or self._stopping.is_set()

    def _after(self, place: int) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        with self._changed:
            if self._recent and self._recent[0][0] <= place + 1:
                for told in reversed(self._recent):
                    if told[0] <= place:
                        break
                    found.append(told)
                return found[::-1]
        with self._app.store.reading() as session:
            while page := events_after(session, found[-1][0] if found else place, limit=500):
                found.extend((told.id, _said(told)) for told in page)
        return found

    def _start(self) -> None:
        with self._changed:
            if self._poller is None:
                with self._app.store.reading() as session:
                    self._last_id = last_event_id(session)
                self._poller = threading.Thread(target=self._poll, name="live", daemon=True)
                self._poller.start()

    def _poll(self) -> None:
        committed = self._app.store.committed
        while not self._stopping.is_set():
            with self._app.store.reading() as session:
                fresh = events_after(session, self._last_id, limit=500)
            if fresh:
                with self._changed:
                    self._recent.extend((told.id, _said(told)) for told in fresh)
                    self._last_id = fresh[-1].id
                    self._changed.notify_all()
            committed.wait(POLL_S)
            committed.clear()


def _said(told: Told) -> str:
    return f"id: {told.id}\nevent: {told.name}\ndata: {json.dumps(told.data)}\n\n"
