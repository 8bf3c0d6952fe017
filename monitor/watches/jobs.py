"""Looks each minute which watches are overdue, tells the house once, and messages the duty officer.

A patrol that is out and gives no sign raises an alert in the same minute, by a rule of the mission, and the
alert speaks for itself; here it would be told twice.
"""

from monitor.door import Door
from monitor.events import WatchOverdue
from monitor.jobs.runner import Job
from monitor.notify.queries import deliveries_about
from monitor.notify.service import queue_delivery
from monitor.outbox import record
from monitor.watches.queries import overdue_watches

TOLD = ("role:duty_officer",)


def announce_overdue(door: Door) -> str | None:
    """Announces what became overdue since the last time, and once more what it becomes overdue for next."""
    announced = []
    for row in overdue_watches(door.session, door.now):
        if row.overdue.reason == "no_sign":
            continue
        subject, code = f"watch:{row.watch.id}", f"watch_{row.overdue.reason}"
        told = [one for one in deliveries_about(door.session, subject) if one.code == code]
        if told and told[-1].recorded_at >= row.overdue.since:
            continue
        record(door.session, WatchOverdue(row.watch.id, row.overdue.reason, row.watch.sectors[0]), door.now)
        for recipient in TOLD:
            refs: dict[str, str | int] = {"watch": row.watch.id, "team": row.watch.team or ""}
            queue_delivery(door.session, "desk", recipient, subject, code, refs, door.now)
        announced.append(row.watch.team or row.watch.post or row.watch.id)
    return f"overdue: {', '.join(announced)}" if announced else None


JOBS = [Job("watches.announce_overdue", 60, announce_overdue)]
