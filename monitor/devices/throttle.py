"""Slows down who guesses, without ever shutting out who knows. Pure.

Kept in memory, by process: a wrong guess costs no row in the store. Only wrong guesses are counted and only
they are refused, so that nobody can keep a base from enrolling its phones by guessing loudly.
"""

from collections import deque
from collections.abc import Callable


class Throttle:
    """At most `most` wrong guesses from one address in `window_s` seconds; `now` gives seconds."""

    def __init__(self, most: int, window_s: float, now: Callable[[], float]) -> None:
        self._most, self._window_s, self._now = most, window_s, now
        self._guesses: dict[str, deque[float]] = {}

    def wrong(self, address: str) -> int:
        """Counts a wrong guess; answers how many seconds to wait, 0 where this was not one too many."""
        now = self._now()
        for other in [known for known, times in self._guesses.items() if now - times[-1] > self._window_s]:
            del self._guesses[other]
        times = self._guesses.setdefault(address, deque(maxlen=self._most))
        is_over = len(times) == self._most and now - times[0] <= self._window_s
        if not is_over:
            times.append(now)
        return int(self._window_s - (now - times[0])) + 1 if is_over else 0
