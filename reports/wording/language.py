"""One language of the reports: its fixed phrases, and how it writes numbers, dates, places and directions.

The phrases are data (`data/en.yaml` and its translations), so that one document can be said in each
language and a missing phrase is found by a test and not by a reader. English is the first language; it
spells one to ten in running text. The others print figures, because their number words bend with the noun.
"""

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "hy", "az", "ru")
FIRST = "en"
NOT_KNOWN = "N/K"
FORMS = {"one", "few", "many", "other"}
NO_BREAK = "\u00a0"


class MissingPhrase(KeyError):
    """A language lacks a phrase that the reports need."""


class Language:
    """The fixed phrases of one language; a phrase has slots in braces, filled where it is used."""

    def __init__(self, code: str, phrases: Mapping[str, str | Mapping[str, str]]) -> None:
        self.code = code
        self.phrases = phrases

    def phrase(self, key: str, n: int | None = None) -> str:
        """A phrase; `n` picks the form where it has several. Raises MissingPhrase."""
        try:
            found = self.phrases[key]
        except KeyError:
            raise MissingPhrase(f"{self.code}: {key}") from None
        if isinstance(found, str):
            return found
        form = plural_form(self.code, n if n is not None else 0)
        return found.get(form) or found["other"]

    def text(self, key: str, n: int | None = None, /, **slots: str) -> str:
        """A phrase with plain text in its slots."""
        return self.phrase(key, n).format_map(slots)

    def holds(self, key: str) -> bool:
        return key in self.phrases

    # --- numbers -------------------------------------------------------------------------------------------

    def numeral(self, value: float | int) -> str:
        """Figures with the thousands apart; a measure keeps one decimal when it has one."""
        fraction = isinstance(value, float) and not value.is_integer()
        text = f"{value:,.1f}" if fraction else f"{int(value):,}"
        if self.code == FIRST:
            return text
        return text.replace(",", NO_BREAK).replace(".", ",")

    def spelt(self, value: int, qualifier: str = "exact") -> str:
        """For sentences: "seven", "about 21", "at least one", "none"."""
        if value == 0 and qualifier == "exact":
            return self.phrase("number.none")
        word = self.phrase(f"number.{value}") if self.code == FIRST and 0 < value <= 10 else None
        return self._qualified(word or self.numeral(value), qualifier)

    def printed(self, value: float | int, qualifier: str = "exact") -> str:
        """For tables: "7", "about 21"."""
        return self._qualified(self.numeral(value), qualifier)

    def _qualified(self, number: str, qualifier: str) -> str:
        return self.text(f"qualifier.{qualifier}", number=number)

    def hours(self, value: float) -> str:
        """Monitored hours: whole from ten up, one decimal below."""
        return self.numeral(round(value)) if value >= 10 else self.numeral(round(value, 1))

    def listed(self, items: Iterable[str]) -> str:
        """ "a, b and c"."""
        told = list(items)
        if len(told) < 2:
            return "".join(told)
        return self.text("list.last", before=", ".join(told[:-1]), last=told[-1])

    # --- time ----------------------------------------------------------------------------------------------

    def day(self, at: dt.datetime, zone: ZoneInfo, year: bool = True) -> str:
        """ "13 September 2022"."""
        local = at.astimezone(zone)
        month = self.phrase(f"month.{local.month}")
        said = self.text("date.day", day=str(local.day), month=month)
        return self.text("date.full", date=said, year=str(local.year)) if year else said

    def clock(self, at: dt.datetime, zone: ZoneInfo) -> str:
        return at.astimezone(zone).strftime("%H:%M")

    def moment(self, at: dt.datetime, zone: ZoneInfo, year: bool = True) -> str:
        """ "19:30 on 13 September 2022"."""
        return self.text("date.moment", clock=self.clock(at, zone), date=self.day(at, zone, year))

    def short_day(self, at: dt.datetime, zone: ZoneInfo) -> str:
        """For tables: "13 Sep"."""
        local = at.astimezone(zone)
        return self.text("date.short", day=str(local.day), month=self.phrase(f"month_short.{local.month}"))

    def short_moment(self, at: dt.datetime, zone: ZoneInfo) -> str:
        """For tables: "13 Sep 00:14"."""
        return f"{self.short_day(at, zone)} {self.clock(at, zone)}"

    def short_span(self, start: dt.datetime, end: dt.datetime | None, zone: ZoneInfo) -> str:
        """For tables: "13 Sep 00:05–00:40"."""
        if end is None or self.short_moment(start, zone) == self.short_moment(end, zone):
            return self.short_moment(start, zone)
        if start.astimezone(zone).date() == end.astimezone(zone).date():
            return f"{self.short_moment(start, zone)}–{self.clock(end, zone)}"
        return f"{self.short_moment(start, zone)} – {self.short_moment(end, zone)}"

    def period(self, start: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> str:
        """ "19:30 on 12 September to 19:30 on 13 September 2022"."""
        same_year = start.astimezone(zone).year == end.astimezone(zone).year
        first = self.moment(start, zone, year=not same_year)
        return self.text("date.period", start=first, end=self.moment(end, zone))

    def offset(self, at: dt.datetime, zone: ZoneInfo) -> str:
        """The zone with its offset: "Asia/Yerevan (UTC+04:00)"."""
        text = at.astimezone(zone).strftime("%z")
        return f"{zone.key} (UTC{text[:3]}:{text[3:]})"

    # --- space ---------------------------------------------------------------------------------------------

    def way(self, dir16: str) -> str:
        """`SSW` as "south-south-west", `NE` as "north-east"."""
        joined = [self.phrase(f"way_joined.{letter}") for letter in dir16[:-1]]
        return "-".join([*joined, self.phrase(f"way.{dir16[-1]}")])

    def way_short(self, dir16: str) -> str:
        """For tables: "SSW"."""
        return self.phrase("way_short.between").join(self.phrase(f"way_short.{letter}") for letter in dir16)

    def kilometres(self, min_m: float | None, max_m: float | None) -> str:
        """ "3–5 km", "600 m", "N/K"."""
        if min_m is None and max_m is None:
            return self.phrase("not_known")
        low, high = (min_m if min_m is not None else max_m), (max_m if max_m is not None else min_m)
        assert low is not None and high is not None
        if high < 1000:
            said = f"{low:.0f}" if low == high else f"{low:.0f}–{high:.0f}"
            return f"{said} {self.phrase('unit.m')}"
        said = self._km(low) if low == high else f"{self._km(low)}–{self._km(high)}"
        return f"{said} {self.phrase('unit.km')}"

    def _km(self, metres: float) -> str:
        return self.numeral(round(metres / 1000, 1))


def plural_form(code: str, n: int) -> str:
    """Which form of a phrase goes with a whole number, as CLDR names the forms."""
    if code == "ru":
        tens, ones = n % 100, n % 10
        if ones == 1 and tens != 11:
            return "one"
        return "few" if 2 <= ones <= 4 and not 12 <= tens <= 14 else "many"
    if code == "hy":
        return "one" if n in (0, 1) else "other"
    return "one" if n == 1 else "other"


@functools.cache
def language(code: str) -> Language:
    """A language of the reports. Raises FileNotFoundError for one that has no phrases."""
    told = yaml.safe_load((DATA / f"{code}.yaml").read_text("utf-8"))
    return Language(code, dict(_flat(told)))


def english() -> Language:
    return language(FIRST)


def _flat(told: Mapping[Any, Any], before: str = "") -> Iterable[tuple[str, str | Mapping[str, str]]]:
    """Nested groups as dotted keys; a mapping of plural forms is one phrase."""
    for name, value in told.items():
        key = f"{before}{name}"
        if isinstance(value, Mapping) and not set(value) <= FORMS:
            yield from _flat(value, f"{key}.")
        else:
            yield key, value


def capital(text: str) -> str:
    """The first letter of a sentence."""
    return text[:1].upper() + text[1:]
