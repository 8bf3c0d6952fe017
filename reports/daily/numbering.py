"""Figures of one document: each number gets an id that says where it stands, its text, and its records."""

from collections.abc import Iterable

from incidents.casework.counting import Total
from reports.document import Figure
from reports.wording.language import Language

Times = tuple[str, str]


class Numbers:
    """Makes the figures of one document. Ids are stable: the same facts give the same ids."""

    def __init__(self, words: Language, start_utc: str, end_utc: str) -> None:
        self._words = words
        self._span = {"from": start_utc, "to": end_utc}
        self._used: set[str] = set()

    def total(
        self, key: str, total: Total, of: str, spelt: bool = False, span: Times | None = None
    ) -> Figure:
        """A counted total; in words up to ten where it stands in a sentence."""
        put = self._words.spelt if spelt else self._words.printed
        text = put(total.best, total.qualifier)
        return self._figure(
            key, text, total.best, total.qualifier, of, total.ids, "observation", "casework.counting", span
        )

    def count(
        self,
        key: str,
        ids: Iterable[str],
        of: str,
        kind: str = "observation",
        spelt: bool = False,
        span: Times | None = None,
    ) -> Figure:
        """How many records there are."""
        known = tuple(ids)
        text = (self._words.spelt if spelt else self._words.printed)(len(known))
        return self._figure(key, text, len(known), "exact", of, known, kind, f"{kind}s", span)

    def hours(
        self, key: str, hours: float, watch_ids: Iterable[str], of: str, span: Times | None = None
    ) -> Figure:
        ids = tuple(dict.fromkeys(watch_ids))
        text, value = self._words.hours(hours), round(hours, 1)
        return self._figure(key, text, value, "exact", of, ids, "watch", "watches.hours_monitored", span)

    def measure(self, key: str, text: str, value: float, of: str, query: str, ids: Iterable[str]) -> Figure:
        """A number that was computed from records rather than counted: a rate, a median, a share."""
        known = tuple(ids)
        return self._figure(key, text, round(value, 2), "exact", of, known, "observation", query, None)

    def _figure(
        self,
        key: str,
        text: str,
        value: float | int,
        qualifier: str,
        of: str,
        ids: tuple[str, ...],
        kind: str,
        query: str,
        span: Times | None,
    ) -> Figure:
        unique, again = key, 2
        while unique in self._used:
            unique, again = f"{key}-{again}", again + 1
        self._used.add(unique)
        times = {"from": span[0], "to": span[1]} if span else self._span
        return Figure(unique, text, value, qualifier, query, {"of": of, **times}, ids, kind)
