"""How much was watched by hour of the day, and into which mission days a span falls. Pure."""

import datetime as dt
import itertools
import statistics
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from monitor.mission.periods import DAY, Period, cut_off_at
from monitor.watches.coverage import WatchSpan

HOUR = dt.timedelta(hours=1)
HOURS = 24


def mission_days(start: dt.datetime, end: dt.datetime, cut_off: dt.time, zone: ZoneInfo) -> list[Period]:
    """[start, end) cut at each cut-off, so that a day of a chart is the period of a summary."""
    day = start.astimezone(zone).date() - DAY
    edges = {start, end}
    while day <= end.astimezone(zone).date():
        edges.add(cut_off_at(day, cut_off, zone))
        day += DAY
    inside = sorted(edge for edge in edges if start <= edge <= end)
    return [Period(*pair) for pair in itertools.pairwise(inside)]


def hours_by_hour_of_day(spans: Iterable[WatchSpan], zone: ZoneInfo) -> list[float]:
    """Monitored hours, all sectors added, by the hour of the local day in which they lay.

    Time in which several watches watched one sector counts once.
    """
    found = [dt.timedelta()] * HOURS
    for start, end in _unions(spans):
        at = start
        while at < end:
            local = at.astimezone(zone)
            into = dt.timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
            until = min(end, at + HOUR - into)
            found[local.hour] += until - at
            at = until
    return [time / HOUR for time in found]


def _unions(spans: Iterable[WatchSpan]) -> list[tuple[dt.datetime, dt.datetime]]:
    """Each sector's watched times without overlaps."""
    found = []
    reached: dict[str, dt.datetime] = {}
    for span in sorted(spans, key=lambda one: (one.sector, one.start)):
        begin = max(span.start, reached.get(span.sector, span.start))
        if begin < span.end:
            found.append((begin, span.end))
            reached[span.sector] = span.end
    return found


def middle_and_worst(seconds: Sequence[float]) -> tuple[float, float] | None:
    """Median and largest; None without any."""
    return (statistics.median(seconds), max(seconds)) if seconds else None
