"""How long each sector was watched: plans and events in, spans and hours out. Pure; order does not matter.

Watch-hours count every watch: a post, a camera and a patrol in one sector for one hour are three.
Monitored hours are the time in which at least one of them watched. A zero in a summary needs the latter.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WATCH_KINDS = ("patrol", "post", "camera")
# Two spans are only compared where their monitored hours differ by no more than this part of the longer one.
HOURS_DIFFER_AT_MOST = 0.15
EVENT_KINDS = ("started", "checked_in", "ended", "outage_started", "outage_ended")
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Plan:
    """A watch as planned; without an end it runs until it is ended."""

    watch_id: str
    kind: str
    sectors: tuple[str, ...]
    post: str | None
    team: str | None
    planned_start: dt.datetime
    planned_end: dt.datetime | None


@dataclass(frozen=True)
class Happening:
    kind: str
    at: dt.datetime
    sector: str | None = None


@dataclass(frozen=True)
class WatchSpan:
    """One unbroken time in which one watch watched one sector."""

    watch_id: str
    kind: str
    sector: str
    post: str | None
    team: str | None
    start: dt.datetime
    end: dt.datetime

    @property
    def hours(self) -> float:
        return (self.end - self.start) / HOUR


@dataclass(frozen=True)
class Course:
    """When a watch began, gave its last sign and ended, as far as told."""

    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    checked_in_at: dt.datetime | None
    is_down: bool


def _in_time(event: Happening) -> tuple[dt.datetime, str, str]:
    """By time; at the same time an outage ends before another starts."""
    return event.at, event.kind, event.sector or ""


def course_of(events: Iterable[Happening]) -> Course:
    """The watch's course. A check-in proves that it had begun; of several ends the first one counts."""
    told = sorted(events, key=_in_time)
    begun = next((e.at for e in told if e.kind in {"started", "checked_in"}), None)
    ended = next((e.at for e in told if e.kind == "ended" and begun is not None and e.at >= begun), None)
    within = [e for e in told if ended is None or e.at <= ended]
    checked = [e.at for e in within if e.kind == "checked_in"]
    turns = [e.kind for e in within if e.kind.startswith("outage_")]
    is_down = bool(turns) and turns[-1] == "outage_started" and ended is None
    return Course(begun, ended, checked[-1] if checked else None, is_down)


def spans_of(plan: Plan, events: Sequence[Happening], until: dt.datetime) -> list[WatchSpan]:
    """The spans of one watch, up to `until`.

    An outage is cut out; told twice or overlapping, once. A patrol of several sectors is in its first one
    until a start or check-in names another. A watch whose end was never told lasts to its planned end or
    its last sign of life, whichever is later: nobody is credited with watching for ever.
    """
    course = course_of(events)
    if course.started_at is None:
        return []
    end = min(course.ended_at or _presumed_end(plan, events, until), until)
    spans: list[WatchSpan] = []
    sector, is_down, since = plan.sectors[0], False, course.started_at

    def close(at: dt.datetime) -> None:
        if not is_down and since < at:
            spans.append(WatchSpan(plan.watch_id, plan.kind, sector, plan.post, plan.team, since, at))

    for event in sorted((e for e in events if e.at < end), key=_in_time):
        if event.kind == "outage_started":
            close(event.at)
            is_down = True
        elif event.kind == "outage_ended" and is_down:
            is_down, since = False, max(event.at, course.started_at)
        elif event.kind in {"started", "checked_in"} and event.sector and event.sector != sector:
            close(event.at)
            sector, since = event.sector, max(event.at, since)
    close(end)
    return spans


def _presumed_end(plan: Plan, events: Sequence[Happening], until: dt.datetime) -> dt.datetime:
    if plan.planned_end is None:
        return until
    return max([plan.planned_end, *(e.at for e in events)])


def clipped(spans: Iterable[WatchSpan], start: dt.datetime, end: dt.datetime) -> list[WatchSpan]:
    """The parts of the spans that lie between two instants, by sector and time."""
    cut = [
        WatchSpan(s.watch_id, s.kind, s.sector, s.post, s.team, max(s.start, start), min(s.end, end))
        for s in spans
        if s.start < end and start < s.end
    ]
    return sorted(cut, key=lambda s: (s.sector, s.start, s.end, s.watch_id))


def comparable(hours_now: float, hours_before: float) -> bool:
    """Whether numbers of two spans may be set against each other at all."""
    if hours_now <= 0 or hours_before <= 0:
        return False
    return abs(hours_now - hours_before) <= HOURS_DIFFER_AT_MOST * max(hours_now, hours_before)


def unwatched(
    spans: Iterable[WatchSpan], start: dt.datetime, end: dt.datetime
) -> list[tuple[dt.datetime, dt.datetime]]:
    """The times in [start, end) in which none of these spans watched, earliest first."""
    gaps, reached = [], start
    for span in sorted(clipped(spans, start, end), key=lambda s: s.start):
        if span.start > reached:
            gaps.append((reached, span.start))
        reached = max(reached, span.end)
    return [*gaps, (reached, end)] if reached < end else gaps


def watch_hours(spans: Iterable[WatchSpan]) -> dict[str, float]:
    """Hours by sector in which each watch counts by itself."""
    total: dict[str, dt.timedelta] = {}
    for span in spans:
        total[span.sector] = total.get(span.sector, dt.timedelta()) + (span.end - span.start)
    return {sector: time / HOUR for sector, time in sorted(total.items())}


def monitored_hours(spans: Iterable[WatchSpan]) -> dict[str, float]:
    """Hours by sector in which at least one watch watched."""
    total: dict[str, dt.timedelta] = {}
    reached: dict[str, dt.datetime] = {}
    for span in sorted(spans, key=lambda s: (s.sector, s.start)):
        begin = max(span.start, reached.get(span.sector, span.start))
        if begin < span.end:
            total[span.sector] = total.get(span.sector, dt.timedelta()) + (span.end - begin)
            reached[span.sector] = span.end
    return {sector: time / HOUR for sector, time in total.items()}
