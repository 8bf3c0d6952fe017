"""The life of an alert as a function of its ordered history (pure).

What happened to the finding and what people did come in as entries in order; what the alert is now
comes out. Content never depends on order; this does, because what was announced was really announced.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.rules.lineage import REASONS as FINDING_REASONS

# What happened to it:
CHANGES = (
    "raised",  # the finding is new
    "strengthened",  # more evidence, or a higher severity
    "amended",  # its numbers or evidence changed otherwise
    "withdrawn",  # nothing holds any more, and nobody had acted on it
    "needs_review",  # nothing holds any more, and somebody had acted on it: never withdrawn silently
    "resolved",  # quiet for as long as the rule says
    "reopened",  # it holds again, or grew worse after a person had closed it
    "superseded",  # another alert now holds its episode
)
REASONS = FINDING_REASONS
# What people do:
STEPS = ("acknowledge", "assign", "note", "close", "shelve", "escalate")
# What it is; `shelved`, `assigned` and `acknowledged` are kinds of open.
STATES = (
    "open",  # somebody must answer it
    "acknowledged",  # somebody has it in hand, until it expires
    "assigned",  # somebody named has it
    "shelved",  # set aside until a time, with a reason
    "needs_review",  # its evidence fell away after somebody had acted
    "resolved",  # quiet
    "withdrawn",  # its evidence fell away
    "superseded",  # part of another alert
    "closed",  # a person has closed it
)
CONDITIONS = ("open", "needs_review", "resolved", "withdrawn", "superseded")
LIVE = frozenset({"open", "acknowledged", "assigned", "shelved", "needs_review"})
ANSWERABLE = LIVE | {"resolved"}

# How long an acknowledgement holds before the alert asks again, by severity.
ACKNOWLEDGED_FOR = {
    5: timedelta(hours=1),
    4: timedelta(hours=2),
    3: timedelta(hours=8),
    2: timedelta(hours=24),
    1: timedelta(hours=24),
}


@dataclass(frozen=True, slots=True)
class Happened:
    """Something happened to the alert's finding: a version of the alert."""

    change: str
    condition: str
    severity: int


@dataclass(frozen=True, slots=True)
class Did:
    """A person did something about the alert. `until` is when it stops to hold."""

    step: str
    by: str
    at: datetime
    until: datetime | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Now:
    """What the alert is at a moment."""

    state: str
    condition: str
    severity: int
    acted_on: bool
    acknowledged_by: str | None = None
    ack_expires_at: datetime | None = None
    assigned_to: str | None = None
    shelved_until: datetime | None = None
    # When the last answer stopped to hold: from then on it asks again.
    lapsed_at: datetime | None = None


def standing(history: Sequence[Happened | Did], now: datetime) -> Now:
    """What the alert is, after everything in its history.

    Getting worse undoes what was answered to less: an acknowledgement and a shelf lapse when severity
    rises, and a closed alert that is reopened starts afresh.
    """
    condition, severity, acted, closed = "open", 0, False, False
    acknowledged: Did | None = None
    shelved: Did | None = None
    assigned_to: str | None = None
    for entry in history:
        if isinstance(entry, Happened):
            if entry.severity > severity or entry.change == "reopened":
                acknowledged, shelved, closed = None, None, False
            if entry.change == "needs_review":
                closed = False
            condition, severity = entry.condition, entry.severity
            continue
        acted = True
        if entry.step == "acknowledge":
            acknowledged = entry
        elif entry.step == "assign":
            assigned_to = entry.to
        elif entry.step == "shelve":
            shelved = entry
        elif entry.step == "close":
            closed = True
    in_hand = acknowledged if acknowledged and acknowledged.until and acknowledged.until > now else None
    aside = shelved if shelved and shelved.until and shelved.until > now else None
    ends = [did.until for did in (acknowledged, shelved) if did and did.until and did.until <= now]
    return Now(
        state=_state(condition, closed, aside is not None, assigned_to is not None, in_hand is not None),
        condition=condition,
        severity=severity,
        acted_on=acted,
        acknowledged_by=in_hand.by if in_hand else None,
        ack_expires_at=in_hand.until if in_hand else None,
        assigned_to=assigned_to,
        shelved_until=aside.until if aside else None,
        lapsed_at=max(ends, default=None),
    )


def _state(condition: str, closed: bool, shelved: bool, assigned: bool, acknowledged: bool) -> str:
    if closed:
        return "closed"
    if condition != "open":
        return condition
    if shelved:
        return "shelved"
    # An acknowledgement that has run out asks again, also of whom it was assigned to.
    if acknowledged:
        return "assigned" if assigned else "acknowledged"
    return "open"


def happens(now: Now | None, change: str, severity: int) -> Happened:
    """What a finding's change means for its alert."""
    if now is None:
        return Happened("raised", "open", severity)
    if change == "withdrawn":
        if now.acted_on:
            return Happened("needs_review", "needs_review", severity)
        return Happened("withdrawn", "withdrawn", severity)
    if change == "merged":
        return Happened("superseded", "superseded", severity)
    if change == "resolved":
        return Happened("resolved", "resolved", severity)
    if change in ("raised", "reopened"):
        return Happened("reopened", "open", severity)
    if now.state == "closed" and severity > now.severity:
        return Happened("reopened", "open", severity)
    return Happened(change, now.condition, severity)


def refusal(now: Now, step: str, until: datetime | None, at: datetime) -> str | None:
    """Why a person cannot do this now, as the state it needs; None when they can."""
    if step == "note":
        return None
    if now.state not in ANSWERABLE:
        return "an alert that is not closed, withdrawn or superseded"
    if step == "shelve" and until is None:
        return "a time until which it is shelved"
    if until is not None and until <= at:
        return "a time that is still to come"
    return None


def holds_until(step: str, severity: int, until: datetime | None, at: datetime) -> datetime | None:
    """Until when a step holds: an acknowledgement always expires."""
    if step != "acknowledge":
        return until
    latest = at + ACKNOWLEDGED_FOR[severity]
    return min(until, latest) if until else latest
