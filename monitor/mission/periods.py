"""The periods that summaries tell of: from one cut-off to the next, by the mission's own clock. Pure."""

import datetime as dt
import itertools
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = dt.timedelta(days=1)


class Period(NamedTuple):
    """Holds its start and not its end; both aware UTC."""

    start: dt.datetime
    end: dt.datetime

    def holds(self, at: dt.datetime) -> bool:
        return self.start <= at < self.end


def cut_off_at(day: dt.date, cut_off: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The instant of the cut-off on a local day.

    A cut-off that the clocks skip comes as much later as they skipped; one that comes twice is the first.
    """
    return dt.datetime.combine(day, cut_off.replace(tzinfo=None, fold=0), zone).astimezone(dt.UTC)


def periods(
    starts_at: dt.datetime,
    ends_at: dt.datetime | None,
    cut_off: dt.time,
    zone: ZoneInfo,
    until: dt.datetime | None = None,
) -> list[Period]:
    """The periods that have ended by `until`, oldest first; all of a mission that has an end, without it.

    They tile the mission's span: the first begins with the mission and may be short, the last ends with it.
    """
    last = min(at.astimezone(dt.UTC) for at in (ends_at, until) if at is not None)
    first = starts_at.astimezone(dt.UTC)
    edges = {first}
    # One day more on both sides: the local date of an instant may be off from that of UTC.
    day = first.astimezone(zone).date() - DAY
    while day <= last.astimezone(zone).date() + DAY:
        edges.add(cut_off_at(day, cut_off, zone))
        day += DAY
    if ends_at is not None:
        edges.add(ends_at.astimezone(dt.UTC))
    inside = sorted(edge for edge in edges if first <= edge <= last)
    return [Period(*pair) for pair in itertools.pairwise(inside)]


def period_holding(
    at: dt.datetime, starts_at: dt.datetime, ends_at: dt.datetime | None, cut_off: dt.time, zone: ZoneInfo
) -> Period | None:
    """The period that an instant falls into, whether ended or not; None outside the mission's span."""
    if at < starts_at or (ends_at is not None and at >= ends_at):
        return None
    later = at.astimezone(dt.UTC) + 3 * DAY
    return next(p for p in periods(starts_at, ends_at, cut_off, zone, later) if p.holds(at))
