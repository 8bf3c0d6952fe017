"""Questions about incidents. `known_at` answers as the mission knew it at that moment."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from incidents.casework.model import Incident, IncidentLink, IncidentStep
from incidents.casework.workflow import FIRST, Case, Evidence
from incidents.evidence.queries import media_of
from incidents.intake import queries as intake
from monitor import vault
from monitor.errors import NotFound
from monitor.keys import Keys


@dataclass(frozen=True)
class IncidentRef:
    """The incident an observation belongs to, with its assessment."""

    incident_id: str
    number: int
    assessment: str

    @property
    def label(self) -> str:
        return f"I-{self.number:04d}"


@dataclass(frozen=True)
class IncidentRow:
    incident_id: str
    number: int
    opened_by: str
    recorded_at: dt.datetime
    assessment: str
    release: str
    observation_ids: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"I-{self.number:04d}"


@dataclass(frozen=True)
class StepRow:
    axis: str
    state: str
    actor: str
    recorded_at: dt.datetime
    reason: str | None


def incidents(
    session: Session,
    *,
    known_at: dt.datetime | None = None,
    ids: Collection[str] | None = None,
    changed_from: dt.datetime | None = None,
) -> list[IncidentRow]:
    """Incidents with their present states and links, newest number first."""
    query = select(Incident).order_by(Incident.number.desc())
    if ids is not None:
        query = query.where(Incident.id.in_(list(ids)))
    if known_at is not None:
        query = query.where(Incident.recorded_at <= known_at)
    if changed_from is not None:
        touched = select(IncidentStep.incident_id).where(IncidentStep.recorded_at >= changed_from)
        query = query.where(Incident.id.in_(touched))
    found = list(session.scalars(query))
    wanted = [incident.id for incident in found]
    states, members = _states(session, wanted, known_at), _members(session, wanted, known_at)
    return [
        IncidentRow(
            incident_id=incident.id,
            number=incident.number,
            opened_by=incident.opened_by,
            recorded_at=incident.recorded_at,
            assessment=states.get((incident.id, "assessment"), FIRST["assessment"]),
            release=states.get((incident.id, "release"), FIRST["release"]),
            observation_ids=tuple(members.get(incident.id, ())),
        )
        for incident in found
    ]


def incident(session: Session, incident_id: str, known_at: dt.datetime | None = None) -> IncidentRow:
    """Raises NotFound."""
    found = incidents(session, ids=[incident_id], known_at=known_at)
    if not found:
        raise NotFound(thing="incident", id=incident_id)
    return found[0]


def incidents_of(
    session: Session, observation_ids: Iterable[str], known_at: dt.datetime | None = None
) -> dict[str, IncidentRef]:
    """The incident of each observation that belongs to one."""
    last = (
        select(func.max(IncidentLink.id))
        .where(IncidentLink.observation_id.in_(list(observation_ids)))
        .group_by(IncidentLink.observation_id)
    )
    if known_at is not None:
        last = last.where(IncidentLink.recorded_at <= known_at)
    rows = session.execute(
        select(IncidentLink.observation_id, Incident.id, Incident.number)
        .join(Incident, Incident.id == IncidentLink.incident_id)
        .where(IncidentLink.id.in_(last), IncidentLink.linked)
    ).all()
    states = _states(session, {incident_id for _, incident_id, _ in rows}, known_at)
    return {
        observation_id: IncidentRef(
            incident_id, number, states.get((incident_id, "assessment"), FIRST["assessment"])
        )
        for observation_id, incident_id, number in rows
    }


def _states(
    session: Session, incident_ids: Collection[str], known_at: dt.datetime | None
) -> dict[tuple[str, str], str]:
    last = (
        select(func.max(IncidentStep.id))
        .where(IncidentStep.incident_id.in_(list(incident_ids)))
        .group_by(IncidentStep.incident_id, IncidentStep.axis)
    )
    if known_at is not None:
        last = last.where(IncidentStep.recorded_at <= known_at)
    rows = session.execute(
        select(IncidentStep.incident_id, IncidentStep.axis, IncidentStep.state).where(
            IncidentStep.id.in_(last)
        )
    )
    return {(incident_id, axis): state for incident_id, axis, state in rows}


def _members(
    session: Session, incident_ids: Collection[str], known_at: dt.datetime | None
) -> dict[str, list[str]]:
    last = select(func.max(IncidentLink.id)).group_by(IncidentLink.observation_id)
    if known_at is not None:
        last = last.where(IncidentLink.recorded_at <= known_at)
    rows = session.execute(
        select(IncidentLink.incident_id, IncidentLink.observation_id)
        .where(
            IncidentLink.id.in_(last), IncidentLink.linked, IncidentLink.incident_id.in_(list(incident_ids))
        )
        .order_by(IncidentLink.id)
    )
    members: dict[str, list[str]] = {}
    for incident_id, observation_id in rows:
        members.setdefault(incident_id, []).append(observation_id)
    return members


def steps(session: Session, keys: Keys, incident_id: str) -> list[StepRow]:
    """Every step, oldest first, with its reason."""
    rows = list(
        session.scalars(
            select(IncidentStep).where(IncidentStep.incident_id == incident_id).order_by(IncidentStep.id)
        )
    )
    reasons = vault.open_parts(session, keys, "incident_step", [str(row.id) for row in rows], "reason")
    return [
        StepRow(row.axis, row.state, row.actor, row.recorded_at, reasons.get(str(row.id))) for row in rows
    ]


def case(session: Session, incident_id: str) -> Case:
    """What the workflow's guards look at."""
    row = incident(session, incident_id)
    linked = intake.observations(session, ids=row.observation_ids)
    with_media = {
        media.observation_id for media in media_of(session, row.observation_ids) if media.has_arrived
    }
    last_assessor = session.scalar(
        select(IncidentStep.actor)
        .where(IncidentStep.incident_id == incident_id, IncidentStep.axis == "assessment")
        .order_by(IncidentStep.id.desc())
        .limit(1)
    )
    return Case(
        assessment=row.assessment,
        release=row.release,
        evidence=tuple(
            Evidence(
                observation_id=item.observation_id,
                category=item.category,
                processing=item.processing,
                team_id=item.team_id,
                means=item.means,
                info_type=item.info_type,
                has_media=item.observation_id in with_media,
            )
            for item in linked
        ),
        last_assessor=last_assessor or row.opened_by,
    )
