"""What several sections need of the facts: names, references, totals, and the maker of figures."""

import datetime as dt
from collections.abc import Iterable, Sequence

from incidents.casework import counting
from incidents.casework.counting import Counted, Total
from incidents.intake.queries import ObservationRow
from reports.daily import words
from reports.daily.facts import Facts
from reports.daily.numbering import Numbers
from reports.document import Figure, Runs
from reports.wording import numbers, phrases

THING = "ceasefire violations"
DASH: Runs = (words.NOT_SAID,)


class Draft:
    """The facts with what several sections need of them: names, refs, totals and the maker of figures."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.language = "en"
        self.zone = facts.mission.zone
        self.span = (iso(facts.period.start), iso(facts.period.end))
        self.span_before = (
            (iso(facts.previous.start), iso(facts.previous.end)) if facts.previous else self.span
        )
        self.figures = Numbers(*self.span)
        start, end, at = facts.period.start, facts.period.end, facts.cut_off
        counted = facts.counted(facts.observations)
        self.violations = counting.accepted_violations(counted, start, end, at)
        self.unreviewed = counting.unreviewed_violations(counted, start, end, at)
        self.violations_before: list[Counted] = []
        if facts.previous:
            before = facts.counted(facts.observations_before)
            self.violations_before = counting.accepted_violations(
                before, facts.previous.start, facts.previous.end, at
            )
        self.rows = {row.observation_id: row for row in facts.observations}
        listed = [self.rows[one.id] for one in self.violations]
        self.annex_rows = sorted(listed, key=lambda row: (row.t_start, row.observation_id))
        self.refs = {row.observation_id: f"A{index}" for index, row in enumerate(self.annex_rows, 1)}
        self.sector_names = {
            place.code: words.place_name(place, place.code, self.language) for place in facts.sectors
        }

    @property
    def hours(self) -> float:
        return sum(self.facts.hours.values())

    @property
    def hours_before(self) -> float | None:
        return sum(self.facts.hours_before.values()) if self.facts.previous else None

    @property
    def this(self) -> str:
        """The period in a sentence."""
        length = round((self.facts.period.end - self.facts.period.start) / dt.timedelta(hours=1))
        return f"in the {length} hours to {phrases.moment(self.facts.period.end, self.zone)}"

    @property
    def that(self) -> str:
        if not self.facts.previous:
            return "before"
        end = self.facts.previous.end
        day = phrases.day(end, self.zone, year=False)
        return f"in the previous period (to {phrases.clock(end, self.zone)} on {day})"

    def sector(self, code: str | None) -> str:
        return self.sector_names.get(code or "", code or "outside the sectors")

    def watch_ids(self, sector: str | None = None) -> list[str]:
        return [span.watch_id for span in self.facts.spans if sector is None or span.sector == sector]

    def accepted(self, category: str) -> list[ObservationRow]:
        return [
            row
            for row in self.facts.observations
            if row.category == category and row.processing == "accepted"
        ]


def total_of(observations: Sequence[Counted], sector: str | None) -> Total:
    if sector is None:
        return counting.total(observations)
    whole = counting.NOTHING
    for part in counting.by_sector_and_kind(observations).get(sector, {}).values():
        whole = whole + part
    return whole


def sum_of(parts: Iterable[Total]) -> Total:
    whole = counting.NOTHING
    for part in parts:
        whole = whole + part
    return whole


def numbers_capital(figure: Figure) -> Figure:
    """The figure as the first word of a sentence."""
    return Figure(
        figure.id,
        numbers.capital(figure.text),
        figure.value,
        figure.qualifier,
        figure.query,
        figure.parameters,
        figure.ids,
        figure.of,
    )


def iso(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat()
