"""Figures of one document: each number gets an id that says where it stands, its text, and its records."""

from collections.abc import Iterable

from incidents.casework.counting import Total
from reports.document import Figure
from reports.wording import numbers


class Numbers:
    """Makes the figures of one document. Ids are stable: the same facts give the same ids."""

    def __init__(self, start_utc: str, end_utc: str) -> None:
        self._span = {"from": start_utc, "to": end_utc}
        self._used: set[str] = set()

    def total(
        self, key: str, total: Total, of: str, spelt: bool = False, span: tuple[str, str] | None = None
    ) -> Figure:
        """A counted total; in words up to ten where it stands in a sentence."""
        words = numbers.spelt if spelt else numbers.printed
        text = words(total.best, total.qualifier) if total.best or not spelt else "none"
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
        span: tuple[str, str] | None = None,
    ) -> Figure:
        """How many records there are."""
        known = tuple(ids)
        text = (numbers.spelt(len(known)) if known else "none") if spelt else numbers.printed(len(known))
        return self._figure(key, text, len(known), "exact", of, known, kind, f"{kind}s", span)

    def hours(
        self, key: str, hours: float, watch_ids: Iterable[str], of: str, span: tuple[str, str] | None = None
    ) -> Figure:
        value = round(hours, 1)
        ids = tuple(dict.fromkeys(watch_ids))
        return self._figure(
            key, numbers.hours(hours), value, "exact", of, ids, "watch", "watches.hours_monitored", span
        )

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
        span: tuple[str, str] | None,
    ) -> Figure:
        unique, again = key, 2
        while unique in self._used:
            unique, again = f"{key}-{again}", again + 1
        self._used.add(unique)
        times = {"from": span[0], "to": span[1]} if span else self._span
        return Figure(unique, text, value, qualifier, query, {"of": of, **times}, ids, kind)
