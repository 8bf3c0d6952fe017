"""Who holds a phone."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.access import Actor
from monitor.people.model import Device, Person


@dataclass(frozen=True)
class HolderRow:
    """The person, and the device where they speak through an enrolled one: its id, code and key id."""

    person_id: str
    name: str
    language: str
    device: dict[str, str | None] | None


def holder(session: Session, actor: Actor) -> HolderRow:
    """The person behind an actor who may open the form."""
    person = session.scalars(select(Person).where(Person.id == actor.person_id)).one()
    device = session.get(Device, actor.id) if actor.kind == "device" else None
    named = {"id": device.id, "code": device.code, "kid": None} if device else None
    return HolderRow(person.id, person.name, person.language, named)
