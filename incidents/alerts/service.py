"""Verbs on alerts: follow the finding, and take the steps of people."""

import datetime as dt
from uuid import uuid4

from sqlalchemy import func, select

from incidents.alerts import queries
from incidents.alerts.lifecycle import Happened, Now, happens, holds_until, refusal
from incidents.alerts.model import Alert, AlertMute, AlertStep, AlertVersion, HeldMessage
from incidents.alerts.routing import (
    STORM_WINDOW,
    Sent,
    escalations_due,
    held_back,
    next_rung,
    recipients,
)
from incidents.events import AlertChanged, FindingChanged
from incidents.rules import queries as rules
from incidents.rules.queries import FindingRow
from monitor import vault
from monitor.audit import audit
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import NotFound, WrongState
from monitor.notify.queries import DeliveryRow, deliveries_about, deliveries_to
from monitor.notify.service import queue_delivery
from monitor.outbox import record
from monitor.people.model import Person

# Steps of a finding that change nothing that a person must know of.
UNHEARD = frozenset({"extended"})


def follow_finding(door: Door, event: FindingChanged) -> None:
    """Brings the alert up to its finding: every version since the last one it followed, in order.

    An alert is raised once for a finding. A rule that only runs in the shadow raises none.
    """
    take_sequence(door.session)
    one = queries.alert_of(door.session, event.finding_id)
    followed = _last(door, one.id).finding_version_no if one else 0
    for version in rules.finding_versions(door.session, event.finding_id, after=followed):
        if version.change in UNHEARD:
            continue
        if one is None:
            if not _is_on(door, version):
                return
            one = _raise(door, version)
        _follow(door, one, version)


def _is_on(door: Door, version: FindingRow) -> bool:
    return rules.rule_as_published(door.session, version.rule_version_id).status == "on"


def _raise(door: Door, version: FindingRow) -> Alert:
    last = door.session.scalar(select(func.max(Alert.number))) or 0
    one = Alert(
        id=str(uuid4()), number=last + 1, finding_id=version.finding_id, recorded_at=version.recorded_at
    )
    door.session.add(one)
    door.session.flush()
    return one


def _follow(door: Door, one: Alert, version: FindingRow) -> None:
    """Appends what the version of the finding means, tells the house, and messages whom it concerns."""
    last = _last_or_none(door, one.id)
    now = queries.alert_now(door.session, one.id, door.now) if last else None
    happened = happens(now, version.change, version.severity)
    other = queries.alert_of(door.session, version.merged_into) if version.merged_into else None
    row = AlertVersion(
        alert_id=one.id,
        version_no=last.version_no + 1 if last else 1,
        change=happened.change,
        reason=version.reason,
        condition=happened.condition,
        severity=happened.severity,
        superseded_by=other.id if other else None,
        finding_id=version.finding_id,
        finding_version_no=version.version_no,
        recorded_at=door.now,
    )
    door.session.add(row)
    door.session.flush()
    record(door.session, AlertChanged(one.id, happened.change, happened.severity), door.now)
    _message(door, one, row, happened, now, version)


def _message(
    door: Door,
    one: Alert,
    row: AlertVersion,
    happened: Happened,
    before: Now | None,
    version: FindingRow,
) -> None:
    """Tells whom it concerns at once, or keeps the message with the reason why it waits."""
    speaking = rules.rule_as_published(door.session, version.rule_version_id).speaking
    told = _told(door, one.id) if before else set()
    severity_before = before.severity if before else 0
    is_muted = queries.is_muted(door.session, version.rule_id, version.sector, door.now)
    is_inhibited = queries.stands_open(door.session, speaking.inhibit_by, version.sector, door.now, one.id)
    message = Sent(one.id, version.rule_id, happened.severity, door.now)
    wanted = recipients(happened.change, happened.severity, severity_before, told, speaking.restricted)
    for recipient in wanted:
        sent = _sent_to(door, recipient, speaking.cooldown)
        held = held_back(message, happened.change, severity_before, speaking, sent, is_muted, is_inhibited)
        if held is None:
            _tell(door, recipient, one, row.version_no, happened, version.rule_id)
        else:
            door.session.add(
                HeldMessage(
                    alert_id=one.id,
                    version_no=row.version_no,
                    recipient=recipient,
                    why=held.why,
                    due_at=held.due_at,
                    recorded_at=door.now,
                )
            )


def _tell(door: Door, recipient: str, one: Alert, version_no: int, happened: Happened, rule_id: str) -> None:
    queue_delivery(
        door.session,
        "desk",
        recipient,
        f"alert:{one.id}",
        f"alert_{happened.change}",
        {"number": one.number, "version": version_no, "severity": happened.severity, "rule": rule_id},
        door.now,
    )


def _deliveries(door: Door, alert_id: str) -> list[DeliveryRow]:
    return deliveries_about(door.session, f"alert:{alert_id}")


def _told(door: Door, alert_id: str) -> set[str]:
    """Who was told of an alert, alone or together with others."""
    alone = {delivery.recipient for delivery in _deliveries(door, alert_id)}
    return alone | queries.told_together(door.session, alert_id)


def _sent_to(door: Door, recipient: str, cooldown: dt.timedelta | None) -> list[Sent]:
    since = door.now - max(STORM_WINDOW, cooldown or dt.timedelta(0))
    return [
        Sent(
            row.subject.removeprefix("alert:"),
            str(row.refs.get("rule", "")),
            int(row.refs.get("severity", 0)),
            row.recorded_at,
        )
        for row in deliveries_to(door.session, recipient, since)
        if row.subject.startswith("alert:")
    ]


def speak(door: Door) -> str | None:
    """Tells what has waited long enough, several alerts in one message; and climbs the ladders.

    What was retracted meanwhile is not told any more.
    """
    take_sequence(door.session)
    together = _tell_held(door)
    climbed = _escalate(door)
    if not together and not climbed:
        return None
    return f"{together} waiting messages told, {climbed} escalations"


def _tell_held(door: Door) -> int:
    waiting: dict[str, list[HeldMessage]] = {}
    for held in queries.held_messages(door.session, door.now):
        held.told_at = door.now
        if queries.alert_now(door.session, held.alert_id, door.now).condition in STILL_TOLD:
            waiting.setdefault(held.recipient, []).append(held)
    for recipient, group in waiting.items():
        ids = sorted({held.alert_id for held in group})
        rows = queries.alerts(door.session, door.now, ids=ids)
        gravest = max(rows, key=lambda row: (row.severity, -row.number))
        refs: dict[str, str | int] = {
            "number": gravest.number,
            "version": gravest.version_no,
            "severity": gravest.severity,
            "rule": gravest.rule_id,
            "alerts": len(rows),
        }
        code = "alert_digest" if len(rows) > 1 else "alert_waited"
        queue_delivery(door.session, "desk", recipient, f"alert:{gravest.id}", code, refs, door.now)
    return sum(len(group) for group in waiting.values())


# An alert in one of these conditions is still worth a message that waited.
STILL_TOLD = frozenset({"open", "needs_review", "resolved"})


def _escalate(door: Door) -> int:
    """Tells the next on the ladder about every open alert that nobody has acknowledged in time."""
    climbed = 0
    for row in queries.open_alerts(door.session, door.now):
        if row.state != "open" or not row.speaking.escalate:
            continue
        if queries.is_muted(door.session, row.rule_id, row.sector_code, door.now):
            continue
        told = _climbed_to(door, row.id, row.asks_since)
        for recipient in escalations_due(row.speaking, row.state, row.asks_since, told, door.now):
            _climb(door, row, recipient)
            record(door.session, AlertChanged(row.id, "escalated", row.severity), door.now)
            climbed += 1
    return climbed


def _climbed_to(door: Door, alert_id: str, since: dt.datetime) -> list[str]:
    """Whom it has climbed to since it asks: what was told of an earlier round is told again."""
    rungs = queries.climbed(door.session, [alert_id], door.now).get(alert_id, [])
    return [recipient for recipient, at in rungs if at >= since]


def _climb(door: Door, row: queries.AlertRow, recipient: str) -> None:
    refs: dict[str, str | int] = {
        "number": row.number,
        "version": row.version_no,
        "severity": row.severity,
        "rule": row.rule_id,
    }
    queue_delivery(door.session, "desk", recipient, f"alert:{row.id}", queries.ESCALATED, refs, door.now)


def mute(door: Door, rule_id: str | None, sector: str | None, until: dt.datetime, why: str) -> int:
    """Asks for quiet about the alerts of a rule, of a sector, or of both, until a time. Answers its number.

    Raises WrongState where the time has passed or lies more than MUTED_AT_MOST ahead.
    """
    if not door.now < until <= door.now + MUTED_AT_MOST:
        days = MUTED_AT_MOST // dt.timedelta(days=1)
        raise WrongState(thing="mute", wanted=f"a time within the next {days} days", found=until.isoformat())
    row = AlertMute(
        rule_id=rule_id, sector=sector, until_at=until, actor=door.actor.code, recorded_at=door.now
    )
    door.session.add(row)
    door.session.flush()
    vault.seal(door.session, door.app.keys, "alert_mute", str(row.id), "why", why, door.now)
    audit(door, "alert_mute", f"mute:{row.id}", rule=rule_id or "", sector=sector or "")
    return row.id


MUTED_AT_MOST = dt.timedelta(days=7)


def end_mute(door: Door, mute_id: int) -> None:
    """Ends a mute before its time. Raises NotFound, or WrongState where it has ended."""
    held = door.session.get(AlertMute, mute_id)
    if held is None or held.ends is not None:
        raise NotFound(thing="mute", id=str(mute_id))
    if mute_id not in {row.id for row in queries.mutes(door.session, door.now)}:
        raise WrongState(thing="mute", wanted="one that holds", found="ended")
    door.session.add(
        AlertMute(
            rule_id=held.rule_id,
            sector=held.sector,
            until_at=door.now,
            ends=mute_id,
            actor=door.actor.code,
            recorded_at=door.now,
        )
    )
    audit(door, "alert_mute_ended", f"mute:{mute_id}")


def _last(door: Door, alert_id: str) -> AlertVersion:
    last = _last_or_none(door, alert_id)
    assert last is not None
    return last


def _last_or_none(door: Door, alert_id: str) -> AlertVersion | None:
    return door.session.scalar(
        select(AlertVersion)
        .where(AlertVersion.alert_id == alert_id)
        .order_by(AlertVersion.version_no.desc())
        .limit(1)
    )


def take_step(
    door: Door,
    alert_id: str,
    step: str,
    note: str | None = None,
    until: dt.datetime | None = None,
    to: str | None = None,
) -> None:
    """A person answers an alert. Raises NotFound, or WrongState naming what the step needs.

    An acknowledgement expires: at `until`, or after the time that its severity allows. To escalate tells the
    next on the rule's ladder who is not the one who does it.
    """
    take_sequence(door.session)
    now = queries.alert_now(door.session, alert_id, door.now)
    why = refusal(now, step, until, door.now)
    if why:
        raise WrongState(thing="alert", wanted=why, found=now.state)
    assignee = _assignee(door, to) if step == "assign" else None
    if step == "escalate":
        _escalate_by_hand(door, alert_id)
    row = AlertStep(
        alert_id=alert_id,
        version_no=_last(door, alert_id).version_no,
        step=step,
        actor=door.actor.code,
        until=holds_until(step, now.severity, until, door.now),
        assignee_id=assignee,
        recorded_at=door.now,
    )
    door.session.add(row)
    door.session.flush()
    if note and note.strip():
        vault.seal(door.session, door.app.keys, "alert_step", str(row.id), "note", note, door.now)
    if assignee and f"person:{assignee}" != door.actor.code:
        refs: dict[str, str | int] = {"version": row.version_no, "severity": now.severity}
        queue_delivery(
            door.session, "desk", f"person:{assignee}", f"alert:{alert_id}", "alert_assigned", refs, door.now
        )
    audit(door, f"alert_{step}", f"alert:{alert_id}", version=row.version_no)
    record(door.session, AlertChanged(alert_id, step, now.severity), door.now)


def _escalate_by_hand(door: Door, alert_id: str) -> None:
    row = queries.alert(door.session, alert_id, door.now)
    rung = next_rung(row.speaking, _climbed_to(door, alert_id, row.asks_since), door.actor.roles)
    if rung is None:
        raise WrongState(
            thing="alert", wanted="somebody on its ladder who has not been told", found="everybody was told"
        )
    _climb(door, row, rung)


def _assignee(door: Door, to: str | None) -> str | None:
    """Whom it is assigned to: the one named, else the one who does it."""
    person_id = to or door.actor.person_id
    person = door.session.get(Person, person_id) if person_id is not None else None
    if person_id is not None and (person is None or not person.is_active):
        raise NotFound(thing="person", id=person_id)
    return person_id
