"""Who holds a phone."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.access import Actor
from monitor.devices.model import DeviceKey
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
    newest = (
        select(DeviceKey.kid).where(DeviceKey.device_id == actor.id).order_by(DeviceKey.recorded_at.desc())
    )
    kid = session.scalar(newest.limit(1)) if device else None
    named = {"id": device.id, "code": device.code, "kid": kid} if device else None
    return HolderRow(person.id, person.name, person.language, named)
