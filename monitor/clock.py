"""Time, from one place only. UTC and aware everywhere; the mission's own hours are in `mission.periods`."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

REREAD_S = 0.1
# Whoever plays an exercise faster than life winds its clock every few seconds. Left alone, after a crash, it
# must not run weeks ahead and draft the summaries of days that nobody has played.
WOUND_FOR = dt.timedelta(seconds=30)


def wall_now() -> dt.datetime:
    """The machine's own clock."""
    return dt.datetime.now(dt.UTC)


class Clock(Protocol):
    def now(self) -> dt.datetime: ...

    @property
    def rate(self) -> float: ...


class StoppedClock:
    """A clock that stands until it is set; for tests."""

    rate = 0.0

    def __init__(self, at: dt.datetime) -> None:
        self._at = at

    def now(self) -> dt.datetime:
        return self._at

    def set(self, at: dt.datetime) -> None:
        self._at = at

    def advance(self, by: dt.timedelta) -> None:
        self._at += by


@dataclass(frozen=True)
class Anchor:
    """At `wall` the exercise's clock showed `mission` and ran `rate` times as fast (0: it stands).

    Faster than life it runs for WOUND_FOR and then stands, until somebody sets it again.
    """

    mission: dt.datetime
    wall: dt.datetime
    rate: float

    def at(self, wall: dt.datetime) -> dt.datetime:
        passed = wall - self.wall
        return self.mission + (min(passed, WOUND_FOR) if self.rate > 1 else passed) * self.rate


class SharedClock:
    """The clock of an exercise, kept in the store so that web and worker agree; else the machine's.

    The anchor is read again after REREAD_S, so a change of pace reaches every process that soon.
    """

    def __init__(self, read: Callable[[], Anchor | None]) -> None:
        self._read = read
        self._anchor: Anchor | None = None
        self._read_at = float("-inf")

    def _current(self) -> Anchor | None:
        if time.monotonic() - self._read_at > REREAD_S:
            self.refresh()
        return self._anchor

    def refresh(self) -> None:
        self._anchor = self._read()
        self._read_at = time.monotonic()

    def now(self) -> dt.datetime:
        wall, anchor = wall_now(), self._current()
        return anchor.at(wall) if anchor else wall

    @property
    def rate(self) -> float:
        anchor = self._current()
        return anchor.rate if anchor else 1.0
