"""Questions about alerts. `known_at` answers as the mission knew them at that moment."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from incidents.alerts.lifecycle import LIVE, Did, Happened, Now, standing
from incidents.alerts.model import Alert, AlertMute, AlertStep, AlertVersion, HeldMessage
from incidents.rules import queries as rules
from incidents.rules.core import Cited
from incidents.rules.facts import OBSERVATION
from incidents.rules.queries import FindingRow
from incidents.rules.rule import Speaking
from monitor import vault
from monitor.errors import NotFound
from monitor.keys import Keys
from monitor.notify.queries import deliveries_about_any

ESCALATED = "alert_escalated"
# Changes with which an alert asks for an answer, as if it were new.
ASKS_AGAIN = ("raised", "reopened", "needs_review")


@dataclass(frozen=True)
class AlertRow:
    """An alert with what its finding says. `share_reviewed` is of the evidence, between 0 and 1.

    `evidence` are observations; `beside` are watches' events and claims. `key` is what was judged apart,
    which need not be a sector. `asks_since`: raised or reopened last, or when the last answer ran out.
    """

    id: str
    number: int
    finding_id: str
    rule_id: str
    rule_version_id: str
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
    key: str
    beside: tuple[Cited, ...]
    asks_since: dt.datetime
    now: Now
    speaking: Speaking

    @property
    def colour(self) -> str:
        """What the alert is about, for drawing: fire, information, safety, silence, …"""
        return self.speaking.colour

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
    live = [alert_id for alert_id, is_now in standings(session, now).items() if is_now.state in LIVE]
    rows = alerts(session, now, ids=live) if live else []
    return sorted(rows, key=lambda row: (-row.severity, -row.number))


def standings(session: Session, now: dt.datetime, known_at: dt.datetime | None = None) -> dict[str, Now]:
    """What every alert is, newest number first, without what its finding says. Crosses all sectors."""
    query = select(Alert).order_by(Alert.number.desc())
    if known_at is not None:
        query = query.where(Alert.recorded_at <= known_at)
    found = list(session.scalars(query))
    versions, steps = _versions(session, None, known_at), _steps(session, None, known_at)
    return {
        one.id: standing(history(versions[one.id], steps.get(one.id, [])), known_at or now) for one in found
    }


def climbed(
    session: Session, alert_ids: Collection[str], known_at: dt.datetime
) -> dict[str, list[tuple[str, dt.datetime]]]:
    """Whom each alert has climbed to (`role:…`) and when, oldest first."""
    found: dict[str, list[tuple[str, dt.datetime]]] = {}
    for row in deliveries_about_any(session, [f"alert:{one}" for one in alert_ids], ESCALATED):
        if row.recorded_at <= known_at:
            found.setdefault(row.subject.removeprefix("alert:"), []).append((row.recipient, row.recorded_at))
    return found


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
        rows.append(_row(session, one, mine, is_now, said))
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


@dataclass(frozen=True)
class MuteRow:
    """Somebody asked for quiet. `why` is opened only where keys are given."""

    id: int
    rule_id: str | None
    sector: str | None
    until: dt.datetime
    actor: str
    why: str | None
    held_back: int
    recorded_at: dt.datetime


def mutes(session: Session, now: dt.datetime, keys: Keys | None = None) -> list[MuteRow]:
    """The mutes that hold, newest first, with how many messages each may have held back so far."""
    ended = select(AlertMute.ends).where(AlertMute.ends.is_not(None))
    query = select(AlertMute).where(
        AlertMute.until_at > now, AlertMute.ends.is_(None), AlertMute.id.not_in(ended)
    )
    rows = list(session.scalars(query.order_by(AlertMute.id.desc())))
    why = vault.open_parts(session, keys, "alert_mute", [str(row.id) for row in rows], "why") if keys else {}
    return [
        MuteRow(
            row.id,
            row.rule_id,
            row.sector,
            row.until_at,
            row.actor,
            why.get(str(row.id)),
            _muted_since(session, row.recorded_at),
            row.recorded_at,
        )
        for row in rows
    ]


def _muted_since(session: Session, since: dt.datetime) -> int:
    query = select(func.count()).where(HeldMessage.why == "muted", HeldMessage.recorded_at >= since)
    return session.scalar(query) or 0


def is_muted(session: Session, rule_id: str, sector: str | None, now: dt.datetime) -> bool:
    """Whether somebody asked for quiet about alerts of this rule and sector."""
    return any(row.rule_id in (None, rule_id) and row.sector in (None, sector) for row in mutes(session, now))


def stands_open(
    session: Session, rule_ids: Collection[str], sector: str | None, now: dt.datetime, but: str
) -> bool:
    """Whether one of these rules has an alert of the same sector that is open or in hand."""
    open_of_them = rules.open_findings_of(session, rule_ids, sector) if rule_ids else []
    if not open_of_them:
        return False
    ids = session.scalars(select(Alert.id).where(Alert.finding_id.in_(open_of_them), Alert.id != but))
    return any(alert_now(session, alert_id, now).state in LIVE for alert_id in ids)


def held_messages(session: Session, due: dt.datetime) -> list[HeldMessage]:
    """Messages that waited and are due, oldest first; rows that the caller marks as told."""
    query = select(HeldMessage).where(HeldMessage.told_at.is_(None), HeldMessage.due_at <= due)
    return list(session.scalars(query.order_by(HeldMessage.id)))


def told_together(session: Session, alert_id: str) -> set[str]:
    """Who was told of an alert in a message about several."""
    query = select(HeldMessage.recipient).where(
        HeldMessage.alert_id == alert_id, HeldMessage.told_at.is_not(None)
    )
    return set(session.scalars(query))


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
    session: Session, found: Sequence[Alert] | None, known_at: dt.datetime | None
) -> dict[str, list[AlertVersion]]:
    query = select(AlertVersion)
    if found is not None:
        query = query.where(AlertVersion.alert_id.in_([one.id for one in found]))
    if known_at is not None:
        query = query.where(AlertVersion.recorded_at <= known_at)
    grouped: dict[str, list[AlertVersion]] = {}
    for row in session.scalars(query.order_by(AlertVersion.version_no)):
        grouped.setdefault(row.alert_id, []).append(row)
    return grouped


def _steps(
    session: Session, found: Sequence[Alert] | None, known_at: dt.datetime | None
) -> dict[str, list[AlertStep]]:
    query = select(AlertStep)
    if found is not None:
        query = query.where(AlertStep.alert_id.in_([one.id for one in found]))
    if known_at is not None:
        query = query.where(AlertStep.recorded_at <= known_at)
    grouped: dict[str, list[AlertStep]] = {}
    for row in session.scalars(query.order_by(AlertStep.id)):
        grouped.setdefault(row.alert_id, []).append(row)
    return grouped


def _row(
    session: Session, one: Alert, versions: Sequence[AlertVersion], now: Now, said: FindingRow
) -> AlertRow:
    last = versions[-1]
    total = len(said.evidence)
    margin = said.numbers.get("margin")
    return AlertRow(
        id=one.id,
        number=one.number,
        finding_id=one.finding_id,
        rule_id=said.rule_id,
        rule_version_id=said.rule_version_id,
        rule_title=said.rule_title,
        severity=now.severity,
        sector_code=said.sector,
        state=now.state,
        raised_at=one.recorded_at,
        condition_from=said.condition_from,
        detectable_at=said.detectable_at,
        sentence=said.sentence,
        evidence=tuple(cited for cited in said.evidence if cited.origin == OBSERVATION),
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
        key=said.key,
        beside=tuple(cited for cited in said.evidence if cited.origin != OBSERVATION),
        asks_since=max(
            *(v.recorded_at for v in versions if v.change in ASKS_AGAIN), now.lapsed_at or one.recorded_at
        ),
        now=now,
        speaking=rules.rule_as_published(session, said.rule_version_id).speaking,
    )
