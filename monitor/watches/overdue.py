"""Which watches should have given a sign by now and have not. Pure.

A camera is not overdue; it is down, and `coverage` cuts the time out.
"""

import datetime as dt
from dataclasses import dataclass

# How long after its time a watch may still come by itself. Roads are bad, and clocks differ.
GRACE = dt.timedelta(minutes=30)
# A patrol that is out is expected to say something this often.
SIGN_EVERY = dt.timedelta(hours=3)

REASONS = {
    "not_started": "was to have started",
    "no_sign": "has given no sign since",
    "not_back": "was to be back",
}


@dataclass(frozen=True)
class Due:
    """As much of a watch as it takes to say whether it is overdue."""

    kind: str
    planned_start: dt.datetime
    planned_end: dt.datetime | None
    started_at: dt.datetime | None
    checked_in_at: dt.datetime | None
    ended_at: dt.datetime | None


@dataclass(frozen=True)
class Overdue:
    """Why, and since when: the moment at which the sign was due, without the grace."""

    reason: str
    since: dt.datetime


def overdue(watch: Due, now: dt.datetime) -> Overdue | None:
    """The gravest way in which a watch is overdue, or None. Not being back is graver than silence."""
    if watch.kind == "camera" or watch.ended_at is not None:
        return None
    if watch.planned_end is not None and now >= watch.planned_end + GRACE and watch.started_at is not None:
        return Overdue("not_back", watch.planned_end)
    if watch.started_at is None:
        # A watch that never began and whose time is over was given up; it shows as time not watched.
        is_over = watch.planned_end is not None and now >= watch.planned_end
        if now < watch.planned_start + GRACE or is_over:
            return None
        return Overdue("not_started", watch.planned_start)
    last = max(watch.started_at, watch.checked_in_at or watch.started_at)
    if watch.kind == "patrol" and now >= last + SIGN_EVERY + GRACE:
        return Overdue("no_sign", last)
    return None
