"""Who has a thing of the review queue open: taken for a while, put back, or run out by itself."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from incidents.casework.model import ReviewHold
from incidents.events import ReviewHeld
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import Conflict
from monitor.outbox import record

# Long enough to read a report with its photos and ask somebody; whoever goes home does not lock it.
HELD_FOR = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Hold:
    thing: str
    thing_id: str
    actor: str
    until: dt.datetime


def holds(
    session: Session, at: dt.datetime, things: Collection[tuple[str, str]] | None = None
) -> dict[tuple[str, str], Hold]:
    """What is held at a moment, as known then, by thing and id."""
    last = (
        select(func.max(ReviewHold.id))
        .where(ReviewHold.recorded_at <= at, ReviewHold.recorded_at > at - HELD_FOR)
        .group_by(ReviewHold.thing, ReviewHold.thing_id)
    )
    rows = session.scalars(select(ReviewHold).where(ReviewHold.id.in_(last), ReviewHold.until > at))
    found = {(row.thing, row.thing_id): Hold(row.thing, row.thing_id, row.actor, row.until) for row in rows}
    return found if things is None else {key: hold for key, hold in found.items() if key in things}


def take(door: Door, thing: str, thing_id: str) -> Hold:
    """Opens a thing for this person, for HELD_FOR; again prolongs it. Conflict where another has it open."""
    take_sequence(door.session)
    held = holds(door.session, door.now).get((thing, thing_id))
    if held and held.actor != door.actor.code:
        until = held.until.astimezone(dt.UTC).isoformat(timespec="minutes")
        raise Conflict(reason=f"Somebody else has it open until {until}. You may still read it.")
    return _note(door, thing, thing_id, door.now + HELD_FOR)


def put_back(door: Door, thing: str, thing_id: str) -> None:
    """Lets others take it. What somebody else holds stays with them."""
    take_sequence(door.session)
    held = holds(door.session, door.now).get((thing, thing_id))
    if held and held.actor == door.actor.code:
        _note(door, thing, thing_id, door.now)


def _note(door: Door, thing: str, thing_id: str, until: dt.datetime) -> Hold:
    door.session.add(
        ReviewHold(thing=thing, thing_id=thing_id, actor=door.actor.code, until=until, recorded_at=door.now)
    )
    door.session.flush()
    record(door.session, ReviewHeld(thing, thing_id, until > door.now), door.now)
    return Hold(thing, thing_id, door.actor.code, until)
