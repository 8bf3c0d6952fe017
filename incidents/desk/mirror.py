"""All observations in columns, kept in memory: what a map of a hundred thousand points is drawn from.

A mirror holds nothing of its own: it follows the outbox, and what it was not told of it does not show. One
serves a process. Words, positions of observers and free text are not in it.
"""

import datetime as dt
import json
import threading
from collections.abc import Callable, Hashable, Iterable
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from incidents.events import ObservationReceived, ObservationReviewed
from incidents.intake.queries import TRAINING, WAITING, Spot, spots
from monitor.outbox import events_after, last_event_id

FOLLOWS = {ObservationReceived.__name__, ObservationReviewed.__name__}
# States as the map tells them apart; what is rejected stays a row, so that it can vanish from a screen.
STATES = ("received", "in_review", "returned", "quarantined", "accepted", "rejected")
NOWHERE = 255
PAGE = 2_000
# Name and type of each column, widest first, so that each starts where its type may start.
LAYOUT = (
    ("key", "<u4"),
    ("lon", "<f4"),
    ("lat", "<f4"),
    ("start", "<u4"),
    ("received", "<u4"),
    ("tier", "u1"),
    ("family", "u1"),
    ("state", "u1"),
    ("sector", "u1"),
    ("observed", "u1"),
)
# The outbox number at which a row changed last, and whether it is a training record, which no map shows.
UNSENT = (("changed", "<i8"), ("training", "?"))


class Mirror:
    """Columns of every live observation; `columns` brings them up to the store first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows = np.zeros(0, dtype=[*LAYOUT, *UNSENT])
        self._length = 0
        self._at: dict[str, int] = {}
        self._ids: list[str] = []
        self._families: list[str] = []
        self._sectors: list[str] = []
        self._seen = -1
        self._making = threading.Lock()
        self._made: dict[Hashable, Any] = {}
        self._made_at = -1

    def columns(
        self, session: Session, start: dt.datetime, end: dt.datetime | None, since: int | None = None
    ) -> bytes:
        """A header (length, JSON) and the columns of events in [start, end), in the order of their keys.

        With `since`, only rows that changed after that number of the outbox, rejected ones among them.
        """
        with self._lock:
            self._follow(session)
            rows = self._rows[: self._length]
            wanted = ~rows["training"] & (rows["start"] >= _seconds(start))
            if end is not None:
                wanted &= rows["start"] < _seconds(end)
            if since is None:
                wanted &= rows["state"] != STATES.index("rejected")
            else:
                wanted &= rows["changed"] > since
            found = rows[wanted]
            found = found[np.argsort(found["key"], kind="stable")]
            head = {
                "n": len(found),
                "last_event_id": self._seen,
                "families": self._families,
                "sectors": self._sectors,
                "states": STATES,
            }
        text = json.dumps(head).encode()
        text += b" " * (-len(text) % 4)
        return b"".join(
            [len(text).to_bytes(4, "little"), text, *(found[name].tobytes() for name, _ in LAYOUT)]
        )

    def waiting(self, session: Session) -> list[str]:
        """The observations that nobody has judged yet, the longest waiting first.

        No store finds the few among very many as fast.
        """
        with self._lock:
            self._follow(session)
            rows = self._rows[: self._length]
            waits = np.flatnonzero(np.isin(rows["state"], [STATES.index(state) for state in WAITING]))
            in_order = waits[np.argsort(rows["received"][waits], kind="stable")]
            return [self._ids[place] for place in in_order]

    def until_news(self, session: Session, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` answers, made once until something happens: many desks ask the same after an event."""
        with self._making:
            last = last_event_id(session)
            if self._made_at != last:
                self._made, self._made_at = {}, last
            if key not in self._made:
                self._made[key] = make()
            return self._made[key]

    def _follow(self, session: Session) -> None:
        last = last_event_id(session)
        if self._seen < 0:
            self._take(spots(session), last)
            self._seen = last
        while self._seen < last:
            page = events_after(session, self._seen, limit=PAGE)
            changed = {told.data["observation_id"] for told in page if told.name in FOLLOWS}
            self._seen = page[-1].id
            if changed:
                self._take(spots(session, changed), self._seen)

    def _take(self, found: Iterable[Spot], event_id: int) -> None:
        for spot in found:
            place = self._at.setdefault(spot.observation_id, self._length)
            if place == self._length:
                self._ids.append(spot.observation_id)
                self._grow()
            self._rows[place] = (
                spot.key,
                np.nan if spot.lon is None else spot.lon,
                np.nan if spot.lat is None else spot.lat,
                _seconds(spot.t_start),
                _seconds(spot.received_at),
                spot.tier or 0,
                _code(self._families, spot.category),
                STATES.index(spot.processing),
                NOWHERE if spot.sector_code is None else _code(self._sectors, spot.sector_code),
                spot.info_type == "observed",
                event_id,
                spot.category == TRAINING,
            )

    def _grow(self) -> None:
        self._length += 1
        if self._length > len(self._rows):
            larger: np.ndarray[Any, Any] = np.zeros(max(1024, 2 * len(self._rows)), dtype=self._rows.dtype)
            larger[: len(self._rows)] = self._rows
            self._rows = larger


def _code(known: list[str], code: str) -> int:
    if code not in known:
        known.append(code)
    return known.index(code)


def _seconds(moment: dt.datetime) -> int:
    return max(0, int(moment.timestamp()))
