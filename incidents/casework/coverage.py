"""Who watched what in any span: hours by sector and kind, what was reported, and where a zero would lie.

Hours come from watches, check-ins and outages (`monitor.watches`); an accepted report of "nothing seen or
heard" that belongs to no watch shows that somebody watched, and counts as a watch of its own kind.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from incidents.casework import counting, queries
from incidents.casework.counting import NOTHING, Counted, Range, Total
from incidents.intake import queries as intake
from incidents.intake.queries import ObservationRow
from monitor.places.queries import PlaceRow, all_places
from monitor.watches import queries as watches
from monitor.watches.coverage import (
    WATCH_KINDS,
    WatchSpan,
    clipped,
    comparable,
    monitored_hours,
    unwatched,
)
from monitor.watches.queries import CameraDown, OverdueRow

NEGATIVE = "negative_report"
KINDS = (*WATCH_KINDS, NEGATIVE)
Gap = tuple[dt.datetime, dt.datetime]
Which = Callable[[Iterable[Counted], dt.datetime, dt.datetime, dt.datetime], list[Counted]]


@dataclass(frozen=True)
class SectorCoverage:
    """One sector in the span. `reading`: counted, none_observed or not_monitored (C16).

    `compares` is False where the hours of the two spans differ too much for their numbers to be compared.
    """

    sector: PlaceRow
    monitored_h: float
    possible_h: float
    hours_by_kind: dict[str, float] = field(hash=False)
    gaps: tuple[Gap, ...]
    spans: tuple[WatchSpan, ...]
    negative_ids: tuple[str, ...]
    unreviewed: Total
    total: Total
    range: Range
    reading: str
    monitored_before_h: float
    total_before: Total
    compares: bool

    @property
    def share(self) -> float:
        return self.monitored_h / self.possible_h if self.possible_h else 0.0

    @property
    def comparison(self) -> str:
        """The total against the span before, in words; never an adjective where the hours do not allow it."""
        if self.reading == "not_monitored":
            return "not monitored"
        if not self.compares:
            if self.monitored_before_h <= 0:
                return "not compared: not monitored in the span before"
            return f"not compared: {self.monitored_before_h:.1f} h were monitored in the span before"
        now, before = self.total.best, self.total_before.best
        if abs(now - before) <= max(3, 0.1 * before):
            return f"a similar number as in the span before ({before})"
        return f"{'more' if now > before else 'fewer'} than in the span before ({before})"


@dataclass(frozen=True)
class Coverage:
    start: dt.datetime
    end: dt.datetime
    known_at: dt.datetime
    sectors: tuple[SectorCoverage, ...]
    cameras_down: tuple[CameraDown, ...]
    overdue: tuple[OverdueRow, ...]


def coverage(session: Session, start: dt.datetime, end: dt.datetime, known_at: dt.datetime) -> Coverage:
    """Coverage of [start, end) as known at a moment, beside the span of the same length before it."""
    until = max(start, min(end, known_at))
    before = start - (until - start)
    spans, spans_before = watched(session, start, until, known_at), watched(session, before, start, known_at)
    waiting = _by_sector(_counted(session, start, until, known_at, counting.unreviewed_violations))
    counted, negatives = (
        _counted(session, start, until, known_at),
        _negatives(session, start, until, known_at),
    )
    counted_before = _counted(session, before, start, known_at)
    hours, hours_before = monitored_hours(spans), monitored_hours(spans_before)
    pairs = counting.pairs_that_may_be_the_same(counted)
    totals, totals_before = _by_sector(counted), _by_sector(counted_before)
    possible_h = (until - start) / dt.timedelta(hours=1)
    at = min(until, known_at)
    return Coverage(
        start=start,
        end=end,
        known_at=known_at,
        sectors=tuple(
            _sector(
                sector,
                [span for span in spans if span.sector == sector.code],
                (start, until),
                hours.get(sector.code, 0.0),
                hours_before.get(sector.code, 0.0),
                possible_h,
                totals.get(sector.code, NOTHING),
                totals_before.get(sector.code, NOTHING),
                counting.range_of([one for one in counted if one.sector == sector.code], pairs),
                tuple(one.observation_id for one in negatives if one.sector_code == sector.code),
                waiting.get(sector.code, NOTHING),
            )
            for sector in _sectors(session, known_at)
        ),
        cameras_down=tuple(watches.cameras_down(session, at, known_at)),
        overdue=tuple(watches.overdue_watches(session, at, known_at)),
    )


def watched(session: Session, start: dt.datetime, end: dt.datetime, known_at: dt.datetime) -> list[WatchSpan]:
    """Every time in which a sector was watched, those shown by negative reports alone among them."""
    spans = watches.watch_spans(session, start, end, known_at)
    shown = [
        WatchSpan(
            watch_id=row.observation_id,
            kind=NEGATIVE,
            sector=row.sector_code,
            post=row.observed_from,
            team=row.team_code,
            start=row.t_start,
            end=row.t_end,
        )
        for row in _negatives(session, start - watches.LONGEST_WATCH, end, known_at)
        if row.watch_id is None and row.sector_code is not None and row.t_end > row.t_start
    ]
    return clipped([*spans, *shown], start, end)


def _negatives(
    session: Session, start: dt.datetime, end: dt.datetime, known_at: dt.datetime
) -> list[ObservationRow]:
    rows = intake.observations(
        session, start, end, known_at=known_at, categories=("NEG",), states=("accepted",)
    )
    return [row for row in rows if row.info_type == "observed"]


def _counted(
    session: Session,
    start: dt.datetime,
    end: dt.datetime,
    known_at: dt.datetime,
    which: Which = counting.accepted_violations,
) -> list[Counted]:
    rows = intake.observations(session, start, end, known_at=known_at, categories=("CFV",))
    return which(queries.counted(session, rows, known_at), start, end, known_at)


def _by_sector(counted: Iterable[Counted]) -> dict[str, Total]:
    found = {}
    for sector, kinds in counting.by_sector_and_kind(counted).items():
        whole = NOTHING
        for part in kinds.values():
            whole = whole + part
        found[sector] = whole
    return found


def _sectors(session: Session, known_at: dt.datetime) -> Sequence[PlaceRow]:
    return all_places(session, known_at, kinds=("sector",)) or all_places(session, kinds=("sector",))


def _sector(
    sector: PlaceRow,
    spans: Sequence[WatchSpan],
    between: Gap,
    monitored_h: float,
    before_h: float,
    possible_h: float,
    total: Total,
    total_before: Total,
    range_: Range,
    negative_ids: tuple[str, ...],
    waiting: Total,
) -> SectorCoverage:
    by_kind = {kind: sum(span.hours for span in spans if span.kind == kind) for kind in KINDS}
    return SectorCoverage(
        sector=sector,
        monitored_h=monitored_h,
        possible_h=possible_h,
        hours_by_kind=by_kind,
        gaps=tuple(unwatched(spans, *between)),
        spans=tuple(spans),
        negative_ids=negative_ids,
        unreviewed=waiting,
        total=total,
        range=range_,
        reading=counting.WatchedTotal(total, monitored_h).reading,
        monitored_before_h=before_h,
        total_before=total_before,
        compares=comparable(monitored_h, before_h),
    )
