"""What several sections need of the facts: names, references, totals, phrases, and the maker of figures."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Iterable, Sequence

from incidents.casework import counting
from incidents.casework.counting import Counted, Total
from incidents.intake.queries import ObservationRow
from reports.daily import words
from reports.daily.facts import Facts, Span
from reports.daily.numbering import Numbers
from reports.daily.words import iso
from reports.document import Column, Figure, Foreign, Row, Run, Runs, Table, fill
from reports.wording.language import FIRST, Language, capital

# The widths of columns by what they hold, so that every table of the paper sets them alike.
WIDTHS = {
    "ref": 0.6,
    "when": 1.7,
    "sector": 1.6,
    "observed_from": 2.0,
    "place": 2.0,
    "kind": 1.5,
    "number": 0.8,
    "records": 0.9,
    "details": 3.2,
    "persons": 0.9,
    "review": 1.0,
}
SIGHTING = "weapons_sighting"
RIGHT = {"number", "records", "persons", "total", "hours", "severity", "as_issued", "revised", "difference"}


@dataclasses.dataclass(frozen=True)
class Day:
    """One period of the paper with its violations and those of the period before it."""

    span: Span
    before: Span | None
    key: str
    violations: list[Counted]
    violations_before: list[Counted]

    @property
    def hours(self) -> float:
        return sum(self.span.hours.values())

    @property
    def hours_before(self) -> float | None:
        return sum(self.before.hours.values()) if self.before else None

    @property
    def times(self) -> tuple[str, str]:
        return iso(self.span.period.start), iso(self.span.period.end)

    @property
    def times_before(self) -> tuple[str, str] | None:
        return (iso(self.before.period.start), iso(self.before.period.end)) if self.before else None

    def watch_ids(self, sector: str | None = None) -> list[str]:
        return [watch.watch_id for watch in self.span.watches if sector is None or watch.sector == sector]


class Draft:
    """The facts in one language, with what several sections need of them."""

    def __init__(self, facts: Facts, language: Language) -> None:
        self.facts = facts
        self.words = language
        self.zone = facts.mission.zone
        self.figures = Numbers(language, iso(facts.period.start), iso(facts.period.end))
        self.days = self._days()
        self.violations = [one for day in self.days for one in day.violations]
        counted = facts.counted(facts.observations)
        self.unreviewed = counting.unreviewed_violations(counted, *facts.period, facts.cut_off)
        self.rows = {row.observation_id: row for row in facts.observations}
        listed = [self.rows[one.id] for one in self.violations]
        self.annex_rows = sorted(listed, key=lambda row: (row.t_start, row.observation_id))
        self.refs = {row.observation_id: f"A{index}" for index, row in enumerate(self.annex_rows, 1)}
        self.sector_names = {
            place.code: words.place_name(place, place.code, language) for place in facts.sectors
        }

    def _days(self) -> list[Day]:
        days, before = [], self.facts.before
        many = len(self.facts.spans) > 1
        for index, span in enumerate(self.facts.spans, 1):
            key = f"d{index}-" if many else ""
            days.append(Day(span, before, key, self.counted(span), self.counted(before) if before else []))
            before = span
        return days

    def counted(self, span: Span) -> list[Counted]:
        """What the total of one period counts, as known at the cut-off."""
        counted = self.facts.counted(span.observations)
        return counting.accepted_violations(counted, *span.period, self.facts.cut_off)

    # --- words ---------------------------------------------------------------------------------------------

    def text(self, key: str, n: int | None = None, /, **slots: str) -> str:
        return self.words.text(key, n, **slots)

    def inside(self, key: str, n: int | None = None, /, **slots: Run | Runs) -> Runs:
        """A fixed phrase with figures or text in its slots, as a part of a sentence."""
        return fill(self.words.phrase(key, n), **slots)

    def say(self, key: str, n: int | None = None, /, **slots: Run | Runs) -> Runs:
        """The same as a sentence: what opens it gets a capital."""
        runs = self.inside(key, n, **slots)
        match runs:
            case (Figure() as first, *rest):
                return (capital_figure(first), *rest)
            case (str() as first, *rest):
                return (capital(first), *rest)
        return runs

    def foreign(self, text: str) -> Run:
        """Free text, which is English here: marked where the paper is in another language."""
        return text if self.words.code == FIRST else Foreign(text, FIRST)

    def this(self, day: Day | None = None) -> str:
        """The period in a sentence."""
        period = day.span.period if day else self.facts.period
        length = round((period.end - period.start) / dt.timedelta(hours=1))
        end = self.words.moment(period.end, self.zone)
        return self.text("period.this", hours=self.words.numeral(length), end=end)

    def that(self, day: Day) -> str:
        if day.before is None:
            return self.text("period.before")
        return self.text("period.that", end=self.words.moment(day.before.period.end, self.zone, year=False))

    def sector(self, code: str | None) -> str:
        return self.sector_names.get(code or "", code or self.text("place.outside"))

    def spot(self, row: ObservationRow) -> str | None:
        return words.observed_from(row, self.facts.places, self.words)

    def heads(self, *names: str, **widths: float) -> tuple[Column, ...]:
        """Columns by the names of their heads."""
        return tuple(
            Column(
                self.text(f"head.{name}"),
                "right" if name in RIGHT else "left",
                widths.get(name, WIDTHS.get(name, 1.3)),
                key=name,
            )
            for name in names
        )

    @property
    def dash(self) -> Runs:
        return (self.text("dash"),)

    # --- questions -----------------------------------------------------------------------------------------

    @property
    def hours(self) -> float:
        return sum(self.facts.hours.values())

    def watch_ids(self, sector: str | None = None) -> list[str]:
        return [one for day in self.days for one in day.watch_ids(sector)]

    def accepted(self, *categories: str) -> list[ObservationRow]:
        return [
            row
            for row in self.facts.observations
            if row.category in categories and row.processing == "accepted" and not self._has_fallen(row)
        ]

    @functools.cached_property
    def seen_again(self) -> frozenset[str]:
        """Sightings of weapons that stood at the same place on the day before (C15)."""
        before = self.facts.before.observations if self.facts.before else ()
        seen = [
            row
            for row in (*before, *self.facts.observations)
            if row.type == SIGHTING and row.processing == "accepted" and not self._has_fallen(row)
        ]
        return frozenset(counting.seen_again(self.facts.counted(seen), self.zone))

    def _has_fallen(self, row: ObservationRow) -> bool:
        incident = self.facts.incident_of.get(row.observation_id)
        return incident is not None and incident.assessment in counting.NOT_COUNTED_ASSESSMENTS

    def is_counted(self, row: ObservationRow) -> bool:
        return row.count_best is not None or row.count_qualifier is not None

    def total_of(self, row: ObservationRow) -> Total:
        return counting.of_one(self.facts.counted([row])[0])


def total_in(observations: Sequence[Counted], sector: str | None) -> Total:
    if sector is None:
        return counting.total(observations)
    return sum_of(counting.by_sector_and_kind(observations).get(sector, {}).values())


def sum_of(parts: Iterable[Total]) -> Total:
    whole = counting.NOTHING
    for part in parts:
        whole = whole + part
    return whole


def capital_figure(figure: Figure) -> Figure:
    """The figure as the first word of a sentence."""
    return dataclasses.replace(figure, text=capital(figure.text))


def with_text(figure: Figure, text: str) -> Figure:
    return dataclasses.replace(figure, text=text)


def table(
    id: str,
    caption: str,
    columns: tuple[Column, ...],
    rows: Iterable[Row],
    note: str | None = None,
    dense: bool = False,
) -> Table:
    return Table(id, caption, columns, tuple(rows), note, dense)
