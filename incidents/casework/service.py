"""Verbs on incidents: open, link, step; and on what they rest on: grade a source.

Whoever decides may say which state they saw (`expected`). Where somebody else was faster nothing is changed,
and Conflict says what the state is now; every verb looks only after it alone may write.
"""

import dataclasses
import uuid
from collections.abc import Collection, Iterable

from sqlalchemy import func, select

from incidents.casework import queries
from incidents.casework.grading import Grade, refusal
from incidents.casework.model import Incident, IncidentLink, IncidentStep, SourceGrade
from incidents.casework.workflow import FIRST, judge_step, ways
from incidents.events import IncidentOpened, IncidentStepped, ObservationLinked, SourceGraded
from incidents.intake import queries as intake
from monitor import vault
from monitor.access import Subject, may, require
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import Conflict, NotFound, Refused, WrongState
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
    take_sequence(door.session)
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


def step_incident(
    door: Door,
    incident_id: str,
    axis: str,
    state: str,
    reason: str,
    expected: str | None = None,
    checklist: Collection[str] = (),
) -> None:
    """Takes one step on one axis.

    Raises Refused naming the permission and the present state, WrongState naming the guard, Conflict where
    the state is not the one that the actor saw.
    """
    take_sequence(door.session)
    case = dataclasses.replace(queries.case(door.session, incident_id), ticked=frozenset(checklist))
    now = case.state(axis)
    if expected is not None and expected != now:
        raise Conflict(
            reason=f"Somebody else was faster: the incident is {now} now, not {expected}. "
            f"From here one can go to {', '.join(ways(case, axis)) or 'nowhere'}."
        )
    verdict = judge_step(case, axis, state, door.actor.code)
    if verdict.transition is not None:
        decision = may(door.actor, verdict.transition.permission)
        if not decision.allowed:
            raise Refused(
                permission=verdict.transition.permission,
                reason=f"{decision.reason}; the incident is {now}",
            )
    if verdict.transition is None or verdict.reasons:
        raise WrongState(thing="incident", wanted="; ".join(verdict.reasons), found=now)
    step = _add_step(door, incident_id, axis, state, checklist)
    vault.seal(door.session, door.app.keys, "incident_step", str(step.id), "reason", reason, door.now)
    record(door.session, IncidentStepped(incident_id, axis, state), door.now)


GRADE = "incidents:observation:grade"


def grade_observation(
    door: Door, observation_id: str, grade: Grade, reason: str, expected: str | None = None
) -> None:
    """Judges a source and what it said. `expected` is the grade that the reviewer saw, such as "B6".

    Refused to the author; raises WrongState for a 1 without an independent second source.
    """
    take_sequence(door.session)
    row = intake.observation(door.session, observation_id)
    if row is None:
        raise NotFound(thing="observation", id=observation_id)
    require(door.actor, GRADE, Subject(frozenset({row.author_id, row.device_id or ""}), row.team_id))
    now = queries.grades(door.session, [row])[observation_id].grade
    if expected is not None and expected != now.text:
        raise Conflict(reason=f"Somebody else was faster: the grade is {now.text} now, not {expected}.")
    held = queries.incidents_of(door.session, [observation_id]).get(observation_id)
    linked = queries.incident(door.session, held.incident_id).observation_ids if held else ()
    voices = [queries.voice_of(one) for one in intake.observations(door.session, ids=linked)]
    needs = refusal(grade, queries.voice_of(row), voices)
    if needs:
        raise WrongState(thing="observation", wanted=needs, found=f"graded {now.text}")
    given = SourceGrade(
        observation_id=observation_id,
        reliability=grade.reliability,
        credibility=grade.credibility,
        actor=door.actor.code,
        recorded_at=door.now,
    )
    door.session.add(given)
    door.session.flush()
    if reason.strip():
        vault.seal(door.session, door.app.keys, "source_grade", str(given.id), "reason", reason, door.now)
    append(
        door.session,
        "assessment",
        {"actor": door.actor.code, "observation": observation_id, "grade": grade.text},
        door.now,
    )
    record(door.session, SourceGraded(observation_id, grade.text), door.now)


def _add_step(
    door: Door, incident_id: str, axis: str, state: str, checklist: Collection[str] = ()
) -> IncidentStep:
    step = IncidentStep(
        incident_id=incident_id,
        axis=axis,
        state=state,
        checklist=sorted(checklist) or None,
        actor=door.actor.code,
        recorded_at=door.now,
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
