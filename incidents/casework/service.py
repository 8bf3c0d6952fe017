"""Verbs on incidents: open, link, step."""

import uuid
from collections.abc import Iterable

from sqlalchemy import func, select

from incidents.casework import queries
from incidents.casework.model import Incident, IncidentLink, IncidentStep
from incidents.casework.workflow import FIRST, judge_step
from incidents.events import IncidentOpened, IncidentStepped, ObservationLinked
from incidents.intake import queries as intake
from monitor import vault
from monitor.access import require
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import NotFound, WrongState
from monitor.log.service import append
from monitor.outbox import record


def open_incident(door: Door, observation_ids: Iterable[str]) -> str:
    """A new incident resting on these observations; answers its id."""
    take_sequence(door.session)
    last = door.session.scalar(select(func.max(Incident.number))) or 0
    incident = Incident(
        id=str(uuid.uuid4()), number=last + 1, opened_by=door.actor.code, recorded_at=door.now
    )
    door.session.add(incident)
    door.session.flush()
    for axis, state in FIRST.items():
        _add_step(door, incident.id, axis, state)
    record(door.session, IncidentOpened(incident.id), door.now)
    for observation_id in observation_ids:
        link_observation(door, incident.id, observation_id, linked=True)
    return incident.id


def link_observation(door: Door, incident_id: str, observation_id: str, linked: bool) -> None:
    """Joins an observation to an incident or takes it out. It belongs to one incident at a time."""
    if door.session.get(Incident, incident_id) is None:
        raise NotFound(thing="incident", id=incident_id)
    if intake.observation(door.session, observation_id) is None:
        raise NotFound(thing="observation", id=observation_id)
    held = queries.incidents_of(door.session, [observation_id]).get(observation_id)
    if linked and held and held.incident_id != incident_id:
        raise WrongState(thing="observation", wanted="no other incident", found=f"part of {held.label}")
    if linked == (held is not None and held.incident_id == incident_id):
        return
    door.session.add(
        IncidentLink(
            incident_id=incident_id,
            observation_id=observation_id,
            linked=linked,
            actor=door.actor.code,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    append(
        door.session,
        "assessment",
        {
            "actor": door.actor.code,
            "incident": incident_id,
            "observation": observation_id,
            "linked": int(linked),
        },
        door.now,
    )
    record(door.session, ObservationLinked(incident_id, observation_id, linked), door.now)


def step_incident(door: Door, incident_id: str, axis: str, state: str, reason: str) -> None:
    """Takes one step on one axis. Raises Refused naming the permission, or WrongState naming the guard."""
    case = queries.case(door.session, incident_id)
    verdict = judge_step(case, axis, state, door.actor.code)
    if verdict.transition is not None:
        require(door.actor, verdict.transition.permission)
    if verdict.transition is None or verdict.reasons:
        now = case.assessment if axis == "assessment" else case.release
        raise WrongState(thing="incident", wanted="; ".join(verdict.reasons), found=now)
    step = _add_step(door, incident_id, axis, state)
    vault.seal(door.session, door.app.keys, "incident_step", str(step.id), "reason", reason, door.now)
    record(door.session, IncidentStepped(incident_id, axis, state), door.now)


def _add_step(door: Door, incident_id: str, axis: str, state: str) -> IncidentStep:
    step = IncidentStep(
        incident_id=incident_id, axis=axis, state=state, actor=door.actor.code, recorded_at=door.now
    )
    door.session.add(step)
    door.session.flush()
    append(
        door.session,
        "assessment",
        {"actor": door.actor.code, "incident": incident_id, "axis": axis, "state": state},
        door.now,
    )
    return step
