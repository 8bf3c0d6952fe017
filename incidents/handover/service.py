"""Verbs of a shift: note something, hand the room over, take it over."""

import hashlib
import uuid

import rfc8785
from sqlalchemy import func, select

from incidents.handover import queries
from incidents.handover.model import Handover, HandoverReceipt, ShiftNote
from monitor import vault
from monitor.access import Subject, require
from monitor.audit import audit
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import Invalid, WrongState


def write_note(door: Door, text: str) -> int:
    """Keeps a note for the next officer and answers its id."""
    if not text.strip():
        raise Invalid({"text": ["Write what the next officer must know."]})
    assert door.actor.person_id is not None
    note = ShiftNote(author_id=door.actor.person_id, recorded_at=door.now)
    door.session.add(note)
    door.session.flush()
    vault.seal(door.session, door.app.keys, "shift_note", str(note.id), "text", text.strip(), door.now)
    return note.id


def hand_over(door: Door) -> str:
    """Freezes the room as it stands into a paper for the next officer; answers its id.

    The one before must have been taken over: a chain of handovers has no gap in which nobody watched.
    """
    take_sequence(door.session)
    last = next(iter(queries.handovers(door.session, limit=1)), None)
    if last and last.taken_at is None:
        raise WrongState(thing="handover", wanted=f"{last.label} taken over first", found="not taken over")
    assert door.actor.person_id is not None
    content = queries.standing(door)
    digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    number = (door.session.scalar(select(func.max(Handover.number))) or 0) + 1
    row = Handover(
        id=str(uuid.uuid4()),
        number=number,
        given_by=door.actor.person_id,
        content=content,
        digest=digest,
        recorded_at=door.now,
    )
    door.session.add(row)
    door.session.flush()
    audit(door, "handover_given", f"handover:{row.id}", digest=digest, number=number)
    return row.id


def take_over(door: Door, handover_id: str) -> None:
    """Another officer says that they read it. Refused to the one who gave it."""
    row = queries.handover(door.session, handover_id)
    require(door.actor, "incidents:handover:take", Subject(frozenset({row.given_by})))
    if row.taken_at is not None:
        raise WrongState(thing="handover", wanted="not taken over", found=f"taken by {row.taken_by_name}")
    assert door.actor.person_id is not None
    door.session.add(HandoverReceipt(handover_id=row.id, taken_by=door.actor.person_id, recorded_at=door.now))
    audit(door, "handover_taken", f"handover:{row.id}", digest=row.digest)
