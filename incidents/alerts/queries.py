"""Questions about alerts. `known_at` answers as the mission knew them at that moment."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.alerts.lifecycle import LIVE, Did, Happened, Now, standing
from incidents.alerts.model import Alert, AlertStep, AlertVersion
from incidents.rules import queries as rules
from incidents.rules.core import Cited
from incidents.rules.facts import NO_SECTOR
from incidents.rules.queries import FindingRow
from monitor import vault
from monitor.errors import NotFound
from monitor.keys import Keys


@dataclass(frozen=True)
class AlertRow:
    """An alert with what its finding says. `share_reviewed` is of the evidence, between 0 and 1."""

    id: str
    number: int
    finding_id: str
    rule_id: str
    rule_title: str
    severity: int
    sector_code: str | None
    state: str
    raised_at: dt.datetime
    condition_from: dt.datetime
    detectable_at: dt.datetime
    sentence: str
    evidence: tuple[Cited, ...]
    numbers: Mapping[str, Any] = field(hash=False)
    margin: int | None
    share_reviewed: float
    quarantined_evidence: int
    independent_sources: int
    last_change: str
    last_reason: str
    last_changed_at: dt.datetime
    superseded_by: str | None
    acknowledged_by: str | None
    ack_expires_at: dt.datetime | None
    assigned_to: str | None
    shelved_until: dt.datetime | None
    version_no: int

    @property
    def label(self) -> str:
        return f"A-{self.number:04d}"


@dataclass(frozen=True)
class VersionRow:
    """Something that happened to an alert, with what it said from then on."""

    version_no: int
    change: str
    reason: str
    condition: str
    severity: int
    sentence: str
    cause: str | None
    evidence: tuple[Cited, ...]
    recorded_at: dt.datetime


@dataclass(frozen=True)
class StepRow:
    """What a person did. The note is opened only where keys are given."""

    step: str
    actor: str
    until: dt.datetime | None
    assignee_id: str | None
    note: str | None
    recorded_at: dt.datetime


def open_alerts(session: Session, now: dt.datetime) -> list[AlertRow]:
    """Alerts that somebody must answer or has in hand, gravest first, then newest. Crosses all sectors."""
    rows = [row for row in alerts(session, now) if row.state in LIVE]
    return sorted(rows, key=lambda row: (-row.severity, -row.number))


def alerts(
    session: Session,
    now: dt.datetime,
    *,
    ids: Collection[str] | None = None,
    known_at: dt.datetime | None = None,
) -> list[AlertRow]:
    """Every alert as it stands, newest number first. Crosses all sectors."""
    query = select(Alert).order_by(Alert.number.desc())
    if ids is not None:
        query = query.where(Alert.id.in_(list(ids)))
    if known_at is not None:
        query = query.where(Alert.recorded_at <= known_at)
    found = list(session.scalars(query))
    versions, steps = _versions(session, found, known_at), _steps(session, found, known_at)
    rows = []
    for one in found:
        mine = versions[one.id]
        is_now = standing(history(mine, steps.get(one.id, [])), known_at or now)
        said = rules.finding(session, one.finding_id, mine[-1].recorded_at)
        assert said is not None
        rows.append(_row(one, mine, is_now, said))
    return rows


def alert(session: Session, alert_id: str, now: dt.datetime) -> AlertRow:
    """Raises NotFound."""
    found = alerts(session, now, ids=[alert_id])
    if not found:
        raise NotFound(thing="alert", id=alert_id)
    return found[0]


def alerts_between(
    session: Session, start: dt.datetime, end: dt.datetime, known_at: dt.datetime
) -> list[AlertRow]:
    """Alerts that something happened to in [start, end), as known at a moment, oldest number first."""
    touched = set(
        session.scalars(
            select(AlertVersion.alert_id).where(
                AlertVersion.recorded_at >= start, AlertVersion.recorded_at < end
            )
        )
    )
    touched |= set(
        session.scalars(
            select(AlertStep.alert_id).where(
                AlertStep.recorded_at >= start, AlertStep.recorded_at < end, AlertStep.step == "close"
            )
        )
    )
    return alerts(session, known_at, ids=touched, known_at=known_at)[::-1]


def changes_between(
    session: Session, start: dt.datetime, end: dt.datetime
) -> dict[str, list[tuple[str, dt.datetime]]]:
    """What happened to each alert in [start, end) and when, in order, without what its finding said."""
    rows = session.execute(
        select(AlertVersion.alert_id, AlertVersion.change, AlertVersion.recorded_at)
        .where(AlertVersion.recorded_at >= start, AlertVersion.recorded_at < end)
        .order_by(AlertVersion.alert_id, AlertVersion.version_no)
    )
    found: dict[str, list[tuple[str, dt.datetime]]] = {}
    for alert_id, change, recorded_at in rows:
        found.setdefault(alert_id, []).append((change, recorded_at))
    return found


def alert_of(session: Session, finding_id: str) -> Alert | None:
    return session.scalar(select(Alert).where(Alert.finding_id == finding_id))


def alert_versions(session: Session, alert_id: str, known_at: dt.datetime | None = None) -> list[VersionRow]:
    """Everything that happened to an alert, oldest first. Raises NotFound."""
    one = session.get(Alert, alert_id)
    if one is None:
        raise NotFound(thing="alert", id=alert_id)
    said = {row.version_no: row for row in rules.finding_versions(session, one.finding_id)}
    return [
        VersionRow(
            row.version_no,
            row.change,
            row.reason,
            row.condition,
            row.severity,
            said[row.finding_version_no].sentence,
            said[row.finding_version_no].cause,
            said[row.finding_version_no].evidence,
            row.recorded_at,
        )
        for row in _versions(session, [one], known_at)[alert_id]
    ]


def alert_steps(
    session: Session, alert_id: str, keys: Keys | None = None, known_at: dt.datetime | None = None
) -> list[StepRow]:
    """Everything people did about an alert, oldest first."""
    query = select(AlertStep).where(AlertStep.alert_id == alert_id)
    if known_at is not None:
        query = query.where(AlertStep.recorded_at <= known_at)
    rows = list(session.scalars(query.order_by(AlertStep.id)))
    ids = [str(row.id) for row in rows]
    notes = vault.open_parts(session, keys, "alert_step", ids, "note") if keys else {}
    return [
        StepRow(row.step, row.actor, row.until, row.assignee_id, notes.get(str(row.id)), row.recorded_at)
        for row in rows
    ]


def alert_now(session: Session, alert_id: str, now: dt.datetime) -> Now:
    """What an alert is at a moment, without what its finding says."""
    one = session.get(Alert, alert_id)
    if one is None:
        raise NotFound(thing="alert", id=alert_id)
    steps = _steps(session, [one], None).get(alert_id, [])
    return standing(history(_versions(session, [one], None)[alert_id], steps), now)


def history(versions: Sequence[AlertVersion], steps: Sequence[AlertStep]) -> list[Happened | Did]:
    """Versions and steps in the order in which they came: a step stands after the version it names."""
    entries: list[Happened | Did] = []
    for version in versions:
        entries.append(Happened(version.change, version.condition, version.severity))
        entries += [
            Did(step.step, step.actor, step.recorded_at, step.until, step.assignee_id)
            for step in steps
            if step.version_no == version.version_no
        ]
    return entries


def _versions(
    session: Session, found: Sequence[Alert], known_at: dt.datetime | None
) -> dict[str, list[AlertVersion]]:
    query = select(AlertVersion).where(AlertVersion.alert_id.in_([one.id for one in found]))
    if known_at is not None:
        query = query.where(AlertVersion.recorded_at <= known_at)
    grouped: dict[str, list[AlertVersion]] = {}
    for row in session.scalars(query.order_by(AlertVersion.version_no)):
        grouped.setdefault(row.alert_id, []).append(row)
    return grouped


def _steps(
    session: Session, found: Sequence[Alert], known_at: dt.datetime | None
) -> dict[str, list[AlertStep]]:
    query = select(AlertStep).where(AlertStep.alert_id.in_([one.id for one in found]))
    if known_at is not None:
        query = query.where(AlertStep.recorded_at <= known_at)
    grouped: dict[str, list[AlertStep]] = {}
    for row in session.scalars(query.order_by(AlertStep.id)):
        grouped.setdefault(row.alert_id, []).append(row)
    return grouped


def _row(one: Alert, versions: Sequence[AlertVersion], now: Now, said: FindingRow) -> AlertRow:
    last = versions[-1]
    total = len(said.evidence)
    margin = said.numbers.get("margin")
    return AlertRow(
        id=one.id,
        number=one.number,
        finding_id=one.finding_id,
        rule_id=said.rule_id,
        rule_title=said.rule_title,
        severity=now.severity,
        sector_code=None if said.key == NO_SECTOR else said.key,
        state=now.state,
        raised_at=one.recorded_at,
        condition_from=said.condition_from,
        detectable_at=said.detectable_at,
        sentence=said.sentence,
        evidence=said.evidence,
        numbers=said.numbers,
        margin=margin if isinstance(margin, int) else None,
        share_reviewed=round(said.reviewed / total, 2) if total else 0.0,
        quarantined_evidence=said.quarantined,
        independent_sources=said.sources,
        last_change=last.change,
        last_reason=last.reason,
        last_changed_at=last.recorded_at,
        superseded_by=last.superseded_by,
        acknowledged_by=now.acknowledged_by,
        ack_expires_at=now.ack_expires_at,
        assigned_to=now.assigned_to,
        shelved_until=now.shelved_until,
        version_no=last.version_no,
    )
