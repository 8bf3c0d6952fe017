"""Who watches, who watched and for how long, as known now or at an earlier moment."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from monitor.people.model import Team
from monitor.places.queries import all_places
from monitor.watches.coverage import (
    Course,
    Happening,
    Plan,
    WatchSpan,
    clipped,
    course_of,
    monitored_hours,
    spans_of,
    watch_hours,
)
from monitor.watches.model import Watch, WatchEvent
from monitor.watches.overdue import Due, Overdue, overdue

# A watch that starts or is told late may have been planned long before the span that is asked about.
LONGEST_WATCH = dt.timedelta(days=3)
# What a phone is shown of its own team's watches, around now.
BEFORE, AHEAD = dt.timedelta(hours=12), dt.timedelta(hours=36)


@dataclass(frozen=True)
class WatchRow:
    """A watch with its course so far. `team` is the team's code."""

    id: str
    kind: str
    sectors: tuple[str, ...]
    post: str | None
    team: str | None
    team_id: str | None
    planned_start: dt.datetime
    planned_end: dt.datetime | None
    started_at: dt.datetime | None
    checked_in_at: dt.datetime | None
    ended_at: dt.datetime | None
    is_down: bool

    @property
    def is_open(self) -> bool:
        return self.started_at is not None and self.ended_at is None

    @property
    def state(self) -> str:
        """planned, out (watching), down (out, but nothing can be seen or heard) or ended."""
        if self.ended_at is not None:
            return "ended"
        if self.started_at is None:
            return "planned"
        return "down" if self.is_down else "out"


@dataclass(frozen=True)
class SignRow:
    """Something told of a watch: started, checked in, ended, an outage."""

    id: str
    kind: str
    at: dt.datetime
    sector: str | None


@dataclass(frozen=True)
class CameraDown:
    """A camera that does not record; `since` is null where it has not recorded at all."""

    post: str
    sector: str | None
    since: dt.datetime | None


def watches(
    session: Session,
    start: dt.datetime | None = None,
    end: dt.datetime | None = None,
    team_id: str | None = None,
    known_at: dt.datetime | None = None,
) -> list[WatchRow]:
    """Watches planned to lie at least partly between two instants, earliest first."""
    wanted = _known_by(known_at)
    if team_id is not None:
        wanted.append(Watch.team_id == team_id)
    if start is not None:
        wanted.append(or_(Watch.planned_end.is_(None), Watch.planned_end > start))
    if end is not None:
        wanted.append(Watch.planned_start < end)
    return _rows(session, wanted, known_at)


def watch(session: Session, watch_id: str, known_at: dt.datetime | None = None) -> WatchRow | None:
    return next(iter(_rows(session, [Watch.id == watch_id], known_at)), None)


def signs(session: Session, watch_id: str, known_at: dt.datetime | None = None) -> list[SignRow]:
    """Everything told of one watch, in the order of its own times."""
    query = select(WatchEvent.id, WatchEvent.kind, WatchEvent.at, WatchEvent.sector).where(
        WatchEvent.watch_id == watch_id
    )
    if known_at is not None:
        query = query.where(WatchEvent.recorded_at <= known_at)
    return [SignRow(*row) for row in session.execute(query.order_by(WatchEvent.at, WatchEvent.id))]


def open_watches(
    session: Session, team_id: str | None = None, known_at: dt.datetime | None = None
) -> list[WatchRow]:
    """Watches that have started and not ended, of one team or of all."""
    started = select(WatchEvent.watch_id).where(WatchEvent.kind.in_(("started", "checked_in")))
    if known_at is not None:
        started = started.where(WatchEvent.recorded_at <= known_at)
    wanted = [*_known_by(known_at), Watch.id.in_(started)]
    if team_id is not None:
        wanted.append(Watch.team_id == team_id)
    return [row for row in _rows(session, wanted, known_at) if row.is_open]


def own_watches(session: Session, team_id: str | None, now: dt.datetime) -> list[WatchRow]:
    """What a phone is shown: its own team's open and coming watches."""
    if team_id is None:
        return []
    around = watches(session, now - BEFORE, now + AHEAD, team_id)
    own = {row.id: row for row in (*open_watches(session, team_id), *around)}
    mine = [row for row in own.values() if row.ended_at is None and row.kind != "camera"]
    return sorted(mine, key=lambda row: (row.planned_start, row.id))


@dataclass(frozen=True)
class OverdueRow:
    watch: WatchRow
    overdue: Overdue


def overdue_watches(
    session: Session, at: dt.datetime, known_at: dt.datetime | None = None
) -> list[OverdueRow]:
    """Patrols and posts that should have given a sign by a moment, the longest waited for first."""
    rows = watches(session, at - LONGEST_WATCH, at, known_at=known_at or at)
    open_ones = {row.id: row for row in open_watches(session, known_at=known_at or at)}
    found = [
        OverdueRow(row, late)
        for row in {**{row.id: row for row in rows}, **open_ones}.values()
        if (late := overdue(_due(row), at)) is not None
    ]
    return sorted(found, key=lambda one: (one.overdue.since, one.watch.id))


def _due(row: WatchRow) -> Due:
    return Due(row.kind, row.planned_start, row.planned_end, row.started_at, row.checked_in_at, row.ended_at)


def _known_by(known_at: dt.datetime | None) -> list[ColumnElement[bool]]:
    return [] if known_at is None else [Watch.recorded_at <= known_at]


def _rows(
    session: Session, wanted: list[ColumnElement[bool]], known_at: dt.datetime | None
) -> list[WatchRow]:
    plans = _plans(session, wanted)
    events = _events(session, [plan.watch_id for plan, _ in plans], known_at)
    return [_row(plan, team_id, course_of(events.get(plan.watch_id, ()))) for plan, team_id in plans]


def _plans(session: Session, wanted: list[ColumnElement[bool]]) -> list[tuple[Plan, str | None]]:
    """Plans with the id of their team, earliest first."""
    query = (
        select(
            Watch.id,
            Watch.kind,
            Watch.sectors,
            Watch.post,
            Team.code,
            Watch.planned_start,
            Watch.planned_end,
            Watch.team_id,
        )
        .outerjoin(Team, Team.id == Watch.team_id)
        .where(*wanted)
        .order_by(Watch.planned_start, Watch.id)
    )
    return [
        (Plan(watch_id, kind, tuple(sectors), post, team, planned_start, planned_end), team_id)
        for watch_id, kind, sectors, post, team, planned_start, planned_end, team_id in session.execute(query)
    ]


def _row(plan: Plan, team_id: str | None, course: Course) -> WatchRow:
    return WatchRow(
        id=plan.watch_id,
        kind=plan.kind,
        sectors=plan.sectors,
        post=plan.post,
        team=plan.team,
        team_id=team_id,
        planned_start=plan.planned_start,
        planned_end=plan.planned_end,
        started_at=course.started_at,
        checked_in_at=course.checked_in_at,
        ended_at=course.ended_at,
        is_down=course.is_down,
    )


def _events(
    session: Session, watch_ids: list[str], known_at: dt.datetime | None
) -> dict[str, list[Happening]]:
    """What happened in these watches, as far as known by then."""
    found: dict[str, list[Happening]] = {}
    # Stores limit how many values one statement may carry.
    for first in range(0, len(watch_ids), 400):
        query = select(WatchEvent.watch_id, WatchEvent.kind, WatchEvent.at, WatchEvent.sector).where(
            WatchEvent.watch_id.in_(watch_ids[first : first + 400])
        )
        if known_at is not None:
            query = query.where(WatchEvent.recorded_at <= known_at)
        for watch_id, kind, at, sector in session.execute(query):
            found.setdefault(watch_id, []).append(Happening(kind, at, sector))
    return found


def watch_spans(
    session: Session,
    start: dt.datetime,
    end: dt.datetime,
    known_at: dt.datetime,
    kind: str | None = None,
) -> list[WatchSpan]:
    """Every time in [start, end) in which a sector was watched, as known at `known_at`.

    A watch still running is credited up to `known_at`: what comes after nobody can know.
    """
    wanted = [
        *_known_by(known_at),
        Watch.planned_start < end + LONGEST_WATCH,
        or_(Watch.planned_end.is_(None), Watch.planned_end > start - LONGEST_WATCH),
    ]
    if kind is not None:
        wanted.append(Watch.kind == kind)
    plans = [plan for plan, _ in _plans(session, wanted)]
    events = _events(session, [plan.watch_id for plan in plans], known_at)
    until = min(end, known_at)
    return clipped(
        (span for plan in plans for span in spans_of(plan, events.get(plan.watch_id, ()), until)), start, end
    )


def last_told(session: Session, known_at: dt.datetime) -> tuple[int, dt.datetime | None]:
    """How often, and when last, anything was told of watches: the same answer means the same spans."""
    query = select(func.count(), func.max(WatchEvent.recorded_at)).where(WatchEvent.recorded_at <= known_at)
    told, last = session.execute(query).one()
    return told, last


def hours_watched(
    session: Session, start: dt.datetime, end: dt.datetime, known_at: dt.datetime
) -> dict[str, float]:
    """Watch-hours of every sector, each watch counting by itself; 0.0 where nobody watched."""
    return _every_sector(session, watch_hours(watch_spans(session, start, end, known_at)), known_at)


def hours_monitored(
    session: Session, start: dt.datetime, end: dt.datetime, known_at: dt.datetime
) -> dict[str, float]:
    """Hours of every sector in which at least one watch watched; 0.0 means not monitored."""
    return _every_sector(session, monitored_hours(watch_spans(session, start, end, known_at)), known_at)


def _every_sector(session: Session, hours: dict[str, float], known_at: dt.datetime) -> dict[str, float]:
    sectors = all_places(session, known_at, kinds=("sector",)) or all_places(session, kinds=("sector",))
    return {place.code: 0.0 for place in sectors} | hours


def cameras_down(session: Session, at: dt.datetime, known_at: dt.datetime | None = None) -> list[CameraDown]:
    """The cameras that did not record at an instant, and since when, looking back a year."""
    known_at = known_at or at
    places = {place.code: place.parent for place in all_places(session, kinds=("post",)) if place.has_camera}
    seen: dict[str, dt.datetime] = {}
    for span in watch_spans(session, at - dt.timedelta(days=366), at, known_at, kind="camera"):
        if span.post is not None:
            seen[span.post] = max(span.end, seen.get(span.post, span.end))
            places.setdefault(span.post, span.sector)
    return [
        CameraDown(post, sector, seen.get(post))
        for post, sector in sorted(places.items())
        if seen.get(post) != min(at, known_at)
    ]
