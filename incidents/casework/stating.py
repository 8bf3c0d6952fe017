"""Verbs on what the mission says of an incident: say it, release it, correct it, take it back.

A statement is a chain of versions. What was released stays readable; a correction stands beside it, says what
changed, who changed it and why, and goes to everybody who had received an earlier version.
"""

import dataclasses
from collections.abc import Iterable

from incidents.casework import queries
from incidents.casework.corrections import OF_A_STATEMENT, changes
from incidents.casework.model import Incident, IncidentStatement
from incidents.casework.service import step_incident
from incidents.casework.workflow import EDIT
from incidents.events import IncidentStated
from monitor import vault
from monitor.access import require
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import Conflict, Invalid, NotFound, WrongState
from monitor.log.service import append
from monitor.notify.queries import deliveries_about
from monitor.notify.service import queue_delivery
from monitor.outbox import record

ISSUED = ("released", "corrected")


def state_incident(
    door: Door, incident_id: str, text: str, exposure: str | None = None, expected_version: int | None = None
) -> int:
    """A new version of the words, before anything was released; answers its number."""
    take_sequence(door.session)
    require(door.actor, EDIT)
    release = _release(door, incident_id)
    if release not in ("internal", "cleared_for_report"):
        raise WrongState(
            thing="incident", wanted="a correction, since a statement was released", found=release
        )
    _as_expected(door, incident_id, expected_version)
    return _add(door, incident_id, text, exposure, None)


def release_statement(
    door: Door, incident_id: str, recipients: Iterable[str], reason: str, expected: str | None = None
) -> None:
    """Releases the last version to these recipients (`role:…` or `person:…`)."""
    take_sequence(door.session)
    said = queries.statements(door.session, door.app.keys, incident_id)
    if not said:
        raise WrongState(thing="incident", wanted="a statement to release", found="without one")
    step_incident(door, incident_id, "release", "released", reason, expected)
    _tell(door, incident_id, sorted(set(recipients)), "incident_released", said[-1].version_no)


def correct_statement(
    door: Door,
    incident_id: str,
    text: str,
    exposure: str | None,
    why: str,
    expected_version: int | None = None,
) -> int:
    """Says it anew after it was released; answers the version's number.

    Everybody who had received an earlier version is told. Raises Invalid where nothing changed or no reason
    is given, Conflict where another version has been added meanwhile.
    """
    take_sequence(door.session)
    if not why.strip():
        raise Invalid({"why": ["Say why: it stands beside the correction."]})
    if _release(door, incident_id) not in ISSUED:
        raise WrongState(
            thing="incident", wanted="a released statement to correct", found=_release(door, incident_id)
        )
    _as_expected(door, incident_id, expected_version)
    before = queries.statements(door.session, door.app.keys, incident_id)[-1]
    after = {"text": text, "exposure": exposure}
    if not changes(dataclasses.asdict(before), after, OF_A_STATEMENT):
        raise Invalid({"text": ["Nothing is different from the version before."]})
    step_incident(door, incident_id, "release", "corrected", why)
    version_no = _add(door, incident_id, text, exposure, why)
    _tell(door, incident_id, _recipients(door, incident_id), "incident_corrected", version_no)
    return version_no


def retract_statement(door: Door, incident_id: str, why: str, expected: str | None = None) -> None:
    """Takes back what was released; everybody who had received it is told."""
    step_incident(door, incident_id, "release", "retracted", why, expected)
    said = queries.statements(door.session, door.app.keys, incident_id)
    version_no = said[-1].version_no if said else 0
    _tell(door, incident_id, _recipients(door, incident_id), "incident_retracted", version_no)


def _release(door: Door, incident_id: str) -> str:
    return queries.incident(door.session, incident_id).release


def _as_expected(door: Door, incident_id: str, expected_version: int | None) -> None:
    said = queries.statements(door.session, door.app.keys, incident_id)
    last = said[-1].version_no if said else 0
    if expected_version is not None and expected_version != last:
        raise Conflict(
            reason=f"Somebody else was faster: version {last} stands now, not {expected_version}. "
            "Read it first."
        )


def _add(door: Door, incident_id: str, text: str, exposure: str | None, why: str | None) -> int:
    take_sequence(door.session)
    if door.session.get(Incident, incident_id) is None:
        raise NotFound(thing="incident", id=incident_id)
    said = queries.statements(door.session, door.app.keys, incident_id)
    row = IncidentStatement(
        incident_id=incident_id,
        version_no=said[-1].version_no + 1 if said else 1,
        exposure=exposure,
        actor=door.actor.code,
        recorded_at=door.now,
    )
    door.session.add(row)
    door.session.flush()
    for part, value in (("text", text), ("why", why)):
        if value:
            vault.seal(door.session, door.app.keys, "incident_statement", str(row.id), part, value, door.now)
    append(
        door.session,
        "assessment",
        {"actor": door.actor.code, "incident": incident_id, "statement": row.version_no},
        door.now,
    )
    record(door.session, IncidentStated(incident_id, row.version_no), door.now)
    return row.version_no


def _recipients(door: Door, incident_id: str) -> list[str]:
    told = deliveries_about(door.session, f"incident:{incident_id}")
    return sorted({delivery.recipient for delivery in told})


def _tell(door: Door, incident_id: str, recipients: Iterable[str], code: str, version_no: int) -> None:
    number = queries.incident(door.session, incident_id).number
    for recipient in recipients:
        queue_delivery(
            door.session,
            "desk",
            recipient,
            f"incident:{incident_id}",
            code,
            {"number": number, "version": version_no},
            door.now,
        )
