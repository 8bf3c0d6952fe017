"""Which periods one issue holds: usually one; several where a day has no issue of its own. Pure."""

import datetime as dt
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from monitor.mission.periods import Period

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def has_no_issue(end: dt.datetime, zone: ZoneInfo, days: Collection[str]) -> bool:
    """Whether the local day on which a period ends is one without an issue: a weekday or a date."""
    local = end.astimezone(zone).date()
    return WEEKDAYS[local.weekday()] in days or local.isoformat() in days


def issues_of(
    ended: Sequence[Period], zone: ZoneInfo, no_issue_on: Collection[str], last: dt.datetime | None = None
) -> list[tuple[Period, ...]]:
    """The issues that ended periods make, oldest first: a period that ends on a day without an issue waits
    for the next that does not. The last period of a mission waits for none. A gap ends an issue."""
    issues: list[tuple[Period, ...]] = []
    waiting: list[Period] = []
    for period in ended:
        if waiting and waiting[-1].end != period.start:
            issues.append(tuple(waiting))
            waiting = []
        waiting.append(period)
        if not has_no_issue(period.end, zone, no_issue_on) or period.end == last:
            issues.append(tuple(waiting))
            waiting = []
    return issues
