"""The weekly document from the facts of its periods and those of the four weeks before."""

import datetime as dt
from collections.abc import Sequence

from incidents.casework import counting
from incidents.casework.counting import Counted, Total
from reports.daily.drawing import annex_b
from reports.daily.facts import Facts, Span
from reports.daily.sections import records
from reports.daily.sections.annexes import annex_c, annex_d
from reports.daily.sections.claims import claims, claims_line
from reports.daily.sections.drafting import Draft, sum_of, table
from reports.daily.sections.events import civilian_harm
from reports.daily.sections.headline import harm_line, header, movement_line
from reports.daily.sections.late import late_and_corrections
from reports.daily.sections.movement import freedom_of_movement
from reports.daily.sections.records import records_lines
from reports.daily.sections.violations import exercise_line, not_monitored_line, thing
from reports.document import (
    Block,
    Bullet,
    Bullets,
    Chart,
    Column,
    Document,
    Paragraph,
    Row,
    Runs,
    Section,
    Series,
)
from reports.weekly.rates import Rate, median_of_weeks, overlap, rate
from reports.wording.comparison import compare
from reports.wording.language import Language, english

WEEK = 7
TIERS = (1, 2, 3, 4, 5)
OPEN = ("reported", "possible", "disputed")


def assemble(facts: Facts, words: Language | None = None) -> Document:
    """The machine's draft of a weekly report. Sections it shares with the daily keep their numbers."""
    week = Week(facts, words or english())
    sections = [
        week.violations(),
        civilian_harm(week.draft),
        records.records(week.draft, records.SUPPLY),
        records.cooperation(week.draft),
        claims(week.draft),
        freedom_of_movement(week.draft),
        late_and_corrections(week.draft),
        week.patterns(),
        week.open_investigations(),
        annex_b(week.draft),
        annex_c(week.draft),
        annex_d(week.draft),
    ]
    return Document(header(week.draft), (week.summary(), *sections))


class Week:
    """The week's draft with its totals by span, the week before and the four weeks before."""

    def __init__(self, facts: Facts, words: Language) -> None:
        self.facts = facts
        self.draft = Draft(facts, words)
        self.before = list(facts.series[-WEEK:])
        earlier = list(facts.series)
        starts = range(len(earlier) - WEEK, -1, -WEEK)
        self.weeks = [earlier[start : start + WEEK] for start in starts][:4]

    # --- totals ----------------------------------------------------------------------------------------

    def of(self, spans: Sequence[Span], sector: str | None = None) -> Total:
        counted = [one for span in spans for one in self.draft.counted(span)]
        if sector is None:
            return counting.total(counted)
        return sum_of(counting.by_sector_and_kind(counted).get(sector, {}).values())

    @staticmethod
    def hours(spans: Sequence[Span], sector: str | None = None) -> float:
        return sum(
            hours for span in spans for code, hours in span.hours.items() if sector is None or code == sector
        )

    def median(self, sector: str | None = None) -> float | None:
        return median_of_weeks([self.of(spans, sector).best for spans in self.weeks])

    # --- sections --------------------------------------------------------------------------------------

    def summary(self) -> Section:
        draft = self.draft
        lines: list[tuple[str, Runs]] = [
            ("violations", self._compared("1-total")),
            ("rate", self._rate_line("1-rate")),
            ("median", self._median_line("1-median")),
            ("exercise", exercise_line(draft, "1-exercise")),
            ("not-monitored", not_monitored_line(draft)),
            ("harm", harm_line(draft)),
            *records_lines(draft),
            ("claims", claims_line(draft, "1-claims")),
            ("movement", movement_line(draft)),
        ]
        bullets = tuple(Bullet(f"b-{key}", line) for key, line in lines if line)
        return Section("1", "summary", draft.text("title.summary"), (Bullets(bullets),))

    def _compared(self, key: str) -> Runs:
        draft, spans = self.draft, self.facts.spans
        now, before = self.of(spans), self.of(self.before)
        hours, hours_before = self.hours(spans), self.hours(self.before)
        has_before = len(self.before) == len(spans)
        rule = compare(
            now.best, before.best if has_before else None, hours, hours_before if has_before else None
        )
        return draft.say(
            rule.key,
            thing=thing(draft),
            this=draft.text("weekly.this", end=draft.words.moment(self.facts.period.end, draft.zone)),
            that=draft.text("weekly.that"),
            now=draft.figures.total(f"{key}-now", now, thing(draft)),
            count=draft.inside(
                "period.counted",
                now.best,
                figure=draft.figures.total(f"{key}-count", now, thing(draft)),
                thing=thing(draft),
            ),
            before=draft.figures.total(f"{key}-before", before, thing(draft)),
            hours_now=draft.figures.hours(
                f"{key}-hours", hours, draft.watch_ids(), draft.text("thing.hours")
            ),
            hours_before=draft.figures.hours(
                f"{key}-hours-before", hours_before, (), draft.text("thing.hours")
            ),
        )

    def _rate_line(self, key: str) -> Runs:
        """The rate with its interval beside the week before's; different only where the intervals part."""
        now = rate(self.of(self.facts.spans).best, self.hours(self.facts.spans))
        before = rate(self.of(self.before).best, self.hours(self.before)) if self.before else None
        if now is None:
            return ()
        if before is None:
            return self.draft.say("weekly.rate", rate=self._rate(key, now, None))
        phrase = "weekly.rate_same" if overlap(now, before) else "weekly.rate_differs"
        earlier = self._rate(f"{key}-before", before, None)
        return self.draft.say(phrase, rate=self._rate(key, now, None), before=earlier)

    def _rate(self, key: str, found: Rate, sector: str | None) -> Runs:
        draft = self.draft
        said = draft.text(
            "weekly.interval",
            rate=draft.words.numeral(round(found.value, 1)),
            low=draft.words.numeral(round(found.low, 1)),
            high=draft.words.numeral(round(found.high, 1)),
        )
        ids = self.of(self.facts.spans, sector).ids
        of = draft.text("weekly.of_rate")
        return (draft.figures.measure(key, said, found.value, of, "weekly.rate_per_100_hours", ids),)

    def _median_line(self, key: str) -> Runs:
        middle = self.median()
        # The median of one week is that week, which the comparison has named already.
        if middle is None or len(self.weeks) < 2:
            return ()
        weeks = self.draft.words.numeral(len(self.weeks))
        return self.draft.say("weekly.median", median=self._median(key, middle), weeks=weeks)

    def _median(self, key: str, middle: float) -> Runs:
        text = self.draft.words.numeral(middle)
        of = self.draft.text("weekly.of_median")
        return (self.draft.figures.measure(key, text, middle, of, "weekly.median_of_weeks", ()),)

    def violations(self) -> Section:
        draft = self.draft
        rows = [self._sector_row(code, name) for code, name in draft.sector_names.items()]
        rows.append(self._sector_row(None, draft.text("place.all")))
        heads = (
            Column(draft.text("head.sector"), weight=2.2, key="sector"),
            *(
                Column(draft.text(f"weekly.head.{name}"), "right", weight, key=name)
                for name, weight in (("total", 1.3), ("before", 1.3), ("median", 1.3), ("hours", 1.0))
            ),
            Column(draft.text("weekly.head.rate"), "right", 2.2, key="rate"),
        )
        blocks: list[Block] = [
            Paragraph(self._compared("2-total"), "lead"),
            table("weekly-totals", draft.text("weekly.totals"), heads, rows, draft.text("weekly.note")),
            self._heat(),
        ]
        return Section("2", "violations", draft.text("title.violations"), tuple(blocks))

    def _sector_row(self, code: str | None, name: str) -> Row:
        draft, spans = self.draft, self.facts.spans
        now, before = self.of(spans, code), self.of(self.before, code)
        hours, key = self.hours(spans, code), f"2-{code or 'all'}"
        unwatched: Runs = (draft.text("violations.not_monitored_cell"),)
        found, middle = rate(now.best, hours), self.median(code)
        of = draft.text("of.violations_in", place=name)
        watch_ids = draft.watch_ids(code)
        is_earlier = before.best > 0 or self.hours(self.before, code) > 0
        cells: tuple[Runs, ...] = (
            (name,),
            (draft.figures.total(f"{key}-total", now, of),) if now.best or hours else unwatched,
            (draft.figures.total(f"{key}-before", before, of),) if is_earlier else unwatched,
            self._median(f"{key}-median", middle) if middle is not None else draft.dash,
            (draft.figures.hours(f"{key}-hours", hours, watch_ids, draft.text("of.hours_in", place=name)),),
            self._rate(f"{key}-rate", found, code) if found else draft.dash,
        )
        return Row(cells, "total" if code is None else "normal")

    def _heat(self) -> Chart:
        draft = self.draft
        series = [
            Series(name, tuple(self._day(span, code) for span in self.facts.spans))
            for code, name in draft.sector_names.items()
        ]
        return Chart(
            "heat",
            draft.text("weekly.heat"),
            draft.text("weekly.heat_alt"),
            "heat",
            self._labels(),
            tuple(series),
            draft.text("weekly.heat_note"),
        )

    def _day(self, span: Span, code: str) -> int | None:
        total = self.of([span], code)
        return total.best if total.best or span.hours.get(code) else None

    def _labels(self) -> tuple[str, ...]:
        draft = self.draft
        return tuple(
            f"{draft.words.phrase(f'weekday.{end.astimezone(draft.zone).weekday()}')} "
            f"{draft.words.short_day(end, draft.zone)}"
            for end in (span.period.end for span in self.facts.spans)
        )

    def patterns(self) -> Section:
        """Which weapons, and at which hours beside the hours watched: silence of a sleeping post is none."""
        draft = self.draft
        this, that = draft.text("weekly.this_week"), draft.text("weekly.week_before")
        tiers = tuple(draft.text(f"weekly.tier.{tier}") for tier in (*TIERS, 0))
        shares = Chart(
            "tiers",
            draft.text("weekly.tiers"),
            draft.text("weekly.tiers_alt"),
            "shares",
            tiers,
            (
                Series(this, self._by_tier(self.facts.spans)),
                Series(that, self._by_tier(self.before)),
            ),
            draft.text("weekly.tiers_note"),
        )
        hours = Chart(
            "hours",
            draft.text("weekly.profile"),
            draft.text("weekly.profile_alt"),
            "hours",
            tuple(f"{hour:02d}" for hour in range(24)),
            (
                Series(draft.text("thing.violations"), self._by_hour()),
                Series(draft.text("head.watch_hours"), self._watched_by_hour()),
            ),
            draft.text("weekly.profile_note"),
        )
        return Section("16", "patterns", draft.text("weekly.patterns"), (shares, hours))

    def _by_tier(self, spans: Sequence[Span]) -> tuple[int, ...]:
        tier_of = {row.observation_id: row.tier for span in spans for row in span.observations}
        counted = [one for span in spans for one in self.draft.counted(span)]
        return tuple(
            counting.total([one for one in counted if (tier_of.get(one.id) or 0) == tier]).best
            for tier in (*TIERS, 0)
        )

    def _by_hour(self) -> tuple[int, ...]:
        of_hour: dict[int, list[Counted]] = {}
        for one in self.draft.violations:
            of_hour.setdefault(self._hour(one), []).append(one)
        return tuple(counting.total(of_hour.get(hour, [])).best for hour in range(24))

    def _hour(self, one: Counted) -> int:
        return one.start.astimezone(self.draft.zone).hour

    def _watched_by_hour(self) -> tuple[float, ...]:
        """Watch-hours by the local hour of the day, each watch by itself."""
        hours = [0.0] * 24
        for watch in self.facts.watches:
            at = watch.start
            while at < watch.end:
                local = at.astimezone(self.draft.zone)
                into = dt.timedelta(minutes=local.minute, seconds=local.second)
                stop = min(at + dt.timedelta(hours=1) - into, watch.end)
                hours[local.hour] += (stop - at) / dt.timedelta(hours=1)
                at = stop
        return tuple(round(value, 1) for value in hours)

    def open_investigations(self) -> Section:
        """The week's incidents that nobody has brought to an end, oldest first."""
        draft = self.draft
        title = draft.text("weekly.open")
        waiting = [one for one in self.facts.incidents if one.assessment in OPEN]
        if not waiting:
            return Section("17", "open", title, (Paragraph(draft.say("weekly.open_none")),))
        rows = []
        for incident in sorted(waiting, key=lambda one: one.recorded_at):
            age = (self.facts.cut_off - incident.recorded_at) / dt.timedelta(days=1)
            mine = [draft.rows[one] for one in incident.observation_ids if one in draft.rows]
            kind = draft.text("of.records_of", kind=incident.label)
            number = draft.figures.count(f"17-{incident.number}", [row.observation_id for row in mine], kind)
            cells: tuple[Runs, ...] = (
                (incident.label,),
                (draft.sector(mine[0].sector_code) if mine else draft.text("dash"),),
                (draft.text(f"assessment.{incident.assessment}"),),
                (draft.words.numeral(round(age, 1)),),
                (number,),
            )
            rows.append(Row(cells, ref=incident.incident_id))
        heads = (
            *draft.heads("incident", "sector", "assessment", assessment=3.0),
            Column(draft.text("weekly.age"), "right", 1.2),
            *draft.heads("records"),
        )
        return Section("17", "open", title, (table("open", title, heads, rows),))
