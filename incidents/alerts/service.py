"""Verbs on alerts: follow the finding, and take the steps of people."""

import datetime as dt
from uuid import uuid4

from sqlalchemy import func, select

from incidents.alerts import queries
from incidents.alerts.lifecycle import Happened, Now, happens, holds_until, refusal
from incidents.alerts.model import Alert, AlertStep, AlertVersion
from incidents.alerts.routing import recipients
from incidents.events import AlertChanged, FindingChanged
from incidents.rules import queries as rules
from incidents.rules.queries import FindingRow
from monitor import vault
from monitor.audit import audit
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import NotFound, WrongState
from monitor.notify.queries import deliveries_about
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
    held = {row.rule_version_id: row.status for row in rules.rule_versions(door.session)}
    return held[version.rule_version_id] == "on"


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
    _message(door, one, row, happened, now)


def _message(door: Door, one: Alert, row: AlertVersion, happened: Happened, before: Now | None) -> None:
    subject = f"alert:{one.id}"
    told = {delivery.recipient for delivery in deliveries_about(door.session, subject)} if before else set()
    for recipient in recipients(happened.change, happened.severity, before.severity if before else 0, told):
        queue_delivery(
            door.session,
            "desk",
            recipient,
            subject,
            f"alert_{happened.change}",
            {"number": one.number, "version": row.version_no, "severity": happened.severity},
            door.now,
        )


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

    An acknowledgement expires: at `until`, or after the time that its severity allows.
    """
    now = queries.alert_now(door.session, alert_id, door.now)
    why = refusal(now, step, until, door.now)
    if why:
        raise WrongState(thing="alert", wanted=why, found=now.state)
    assignee = _assignee(door, to) if step == "assign" else None
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
    audit(door, f"alert_{step}", f"alert:{alert_id}", version=row.version_no)
    record(door.session, AlertChanged(alert_id, step, now.severity), door.now)


def _assignee(door: Door, to: str | None) -> str | None:
    """Whom it is assigned to: the one named, else the one who does it."""
    person_id = to or door.actor.person_id
    if person_id is not None and door.session.get(Person, person_id) is None:
        raise NotFound(thing="person", id=person_id)
    return person_id
