"""Whom an alert is for, which of its changes are worth a message, and when it may wait (pure).

Nothing here adds or takes away an alert: it decides about messages only, and what is held back is kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.alerts.lifecycle import Now
from incidents.rules.rule import Speaking

# From this severity on, this role is told as well.
TOLD_FROM = (
    (1, "duty_officer"),
    (3, "analyst"),
    (4, "verification_officer"),
    (5, "head_of_mission"),
)
ALWAYS_TOLD = frozenset({"raised", "reopened", "withdrawn", "needs_review"})
RETRACTIONS = frozenset({"withdrawn", "needs_review", "superseded"})


def roles_for(severity: int) -> tuple[str, ...]:
    """The roles that hear of an alert of this severity."""
    return tuple(role for least, role in TOLD_FROM if severity >= least)


def recipients(
    change: str,
    severity: int,
    severity_before: int,
    told_before: Iterable[str],
    restricted: Sequence[str] = (),
) -> tuple[str, ...]:
    """Who gets a message about a change, as `role:…`.

    A higher severity is worth a message, more of the same is not. Whoever was told of an alert is told
    of its retraction. A restricted rule names the only roles that are told at all.
    """
    if change in RETRACTIONS:
        return tuple(sorted(set(told_before)))
    wanted = {f"role:{role}" for role in restricted or roles_for(severity)}
    if change in ALWAYS_TOLD:
        return tuple(sorted(wanted | (set(told_before) if change == "reopened" else set())))
    return tuple(sorted(wanted)) if severity > severity_before else ()


# ---- what may wait -------------------------------------------------------------------------------------

REASONS_TO_HOLD = ("cooldown", "group", "inhibited", "muted", "storm")

# More than so many messages to one recipient in so long, and the rest are told together.
STORM_WINDOW = timedelta(minutes=10)
STORM_BUDGET = 6


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that a recipient got: about which alert and rule, how grave, when."""

    alert_id: str
    rule_id: str
    severity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """Why a message waits, and until when; without a moment it is not told, only kept."""

    why: str
    due_at: datetime | None = None


def held_back(
    message: Sent,
    change: str,
    severity_before: int,
    speaking: Speaking,
    sent: Sequence[Sent],
    is_muted: bool,
    is_inhibited: bool,
) -> Held | None:
    """Whether a message to one recipient waits, by what they got before; None sends it at once.

    A retraction never waits for whoever was told. What grows graver waits for nothing but a mute, and
    nothing graver than all that a recipient got in a storm waits for its end.
    """
    if change in RETRACTIONS:
        return None
    if is_muted:
        return Held("muted")
    if is_inhibited:
        return Held("inhibited")
    now, is_graver = message.at, message.severity > severity_before > 0
    own = [one.at for one in sent if one.alert_id == message.alert_id]
    if speaking.cooldown and own and not is_graver and now - max(own) < speaking.cooldown:
        return Held("cooldown", max(own) + speaking.cooldown)
    if speaking.group_wait and not own and not is_graver:
        return Held("group", now + speaking.group_wait)
    recent = [one for one in sent if now - one.at < STORM_WINDOW]
    if len(recent) >= STORM_BUDGET and not _stands_out(message, recent):
        return Held("storm", min(one.at for one in recent) + STORM_WINDOW)
    return None


def _stands_out(message: Sent, recent: Sequence[Sent]) -> bool:
    """Graver than all the rest; or as grave as can be, and the first of its rule."""
    if message.severity > max(one.severity for one in recent):
        return True
    alike = [one for one in recent if one.rule_id == message.rule_id and one.severity == message.severity]
    return message.severity == 5 and not alike


def escalations_due(
    speaking: Speaking, state: str, since: datetime, told: Iterable[str], now: datetime
) -> tuple[str, ...]:
    """Whom to tell because nobody has acknowledged, as `role:…`; each step of the ladder once."""
    if state != "open":
        return ()
    due = [f"role:{step.to}" for step in speaking.escalate if now - since >= step.after]
    already = set(told)
    return tuple(role for role in due if role not in already)


# ---- who owes an answer ----------------------------------------------------------------------------------

# Whoever is told first answers within so long, where the rule has no ladder that says otherwise.
ANSWER_WITHIN = {
    5: timedelta(minutes=15),
    4: timedelta(minutes=30),
    3: timedelta(hours=2),
    2: timedelta(hours=8),
    1: timedelta(hours=24),
}
# Where a rule has no ladder of its own, a person can still go one step up.
TOP = "head_of_mission"


@dataclass(frozen=True, slots=True)
class Owed:
    """An answer that is owed: by roles (`role:…`) or by a person, until a moment."""

    who: tuple[str, ...]
    by: datetime


def owed(now: Now, asks_since: datetime, speaking: Speaking, climbed: Sequence[str]) -> Owed | None:
    """Who must act on an alert, and by when; None where nothing is owed.

    Whoever has it in hand owes the next word before the acknowledgement runs out. While nobody has, those
    who were told first owe it, and beside them whom it has climbed to. A shelved alert comes back.
    """
    told_first = tuple(f"role:{role}" for role in speaking.restricted or roles_for(now.severity)[:1])
    if now.state == "shelved" and now.shelved_until:
        return Owed(told_first, now.shelved_until)
    if now.state in ("acknowledged", "assigned") and now.ack_expires_at and now.acknowledged_by:
        return Owed((_person(now) or now.acknowledged_by,), now.ack_expires_at)
    if now.state not in ("open", "needs_review"):
        return None
    assigned = _person(now)
    first = (assigned,) if assigned else told_first
    within = min((step.after for step in speaking.escalate), default=ANSWER_WITHIN[now.severity])
    return Owed(tuple(dict.fromkeys((*first, *climbed))), asks_since + within)


def _person(now: Now) -> str | None:
    return f"person:{now.assigned_to}" if now.assigned_to else None


def next_rung(speaking: Speaking, climbed: Iterable[str], but: Iterable[str] = ()) -> str | None:
    """The next on the ladder, as `role:…`, who has not been told and is none of `but`; None at its top."""
    ladder = dict.fromkeys(
        [*(step.to for step in speaking.escalate), *(() if speaking.restricted else (TOP,))]
    )
    already, skipped = set(climbed), set(but)
    return next((f"role:{r}" for r in ladder if f"role:{r}" not in already and r not in skipped), None)


def climbs_next(
    speaking: Speaking, state: str, asks_since: datetime, climbed: Iterable[str]
) -> tuple[str, datetime] | None:
    """Whom the alert will climb to by itself unless somebody answers, and when."""
    if state != "open":
        return None
    already = set(climbed)
    coming = [(s.to, asks_since + s.after) for s in speaking.escalate if f"role:{s.to}" not in already]
    return min(coming, key=lambda one: one[1], default=None)
