"""Who is who: actors by sign-in and by token, and the people of the mission."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.access import Actor
from monitor.access.roles import ROLES
from monitor.people.model import Device, DeviceToken, Person, RoleGrant, SignInTry, Team


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class PersonRow:
    id: str
    sign_in_name: str
    name: str
    language: str
    team_code: str | None
    roles: tuple[str, ...]
    is_active: bool


def roles_of(session: Session, person_id: str) -> frozenset[str]:
    """The roles that hold now: the last grant of each role decides."""
    last = select(func.max(RoleGrant.id)).where(RoleGrant.person_id == person_id).group_by(RoleGrant.role)
    held = select(RoleGrant.role).where(RoleGrant.id.in_(last), RoleGrant.granted)
    return frozenset(session.scalars(held))


def actor_of_person(session: Session, person_id: str) -> Actor | None:
    """The actor, or None for somebody who has left."""
    person = session.get(Person, person_id)
    if person is None or not person.is_active:
        return None
    return Actor(
        id=person.id,
        name=person.name,
        kind="person",
        roles=roles_of(session, person.id),
        team_id=person.team_id,
        person_id=person.id,
        language=person.language,
    )


def actor_who_signs_in(session: Session, sign_in_name: str) -> Actor | None:
    """The actor by the name they type, or None."""
    named = select(Person.id).where(Person.sign_in_name == sign_in_name.strip().casefold())
    person_id = session.scalar(named)
    return actor_of_person(session, person_id) if person_id else None


def actor_of_token(session: Session, token: str, wall: dt.datetime) -> Actor | None:
    """The device behind a token, or None where token or device were revoked or have run out."""
    found = session.execute(
        select(DeviceToken, Device, Person)
        .join(Device, Device.id == DeviceToken.device_id)
        .join(Person, Person.id == Device.holder_id)
        .where(
            DeviceToken.token_sha256 == sha256(token),
            DeviceToken.revoked_at.is_(None),
            Device.revoked_at.is_(None),
            Person.is_active,
        )
    ).first()
    if found is None:
        return None
    held, device, person = found
    if held.expires_at and held.expires_at <= wall:
        return None
    return Actor(
        id=device.id,
        name=f"{device.code} ({person.name})",
        kind="device",
        roles=frozenset({"device"}),
        team_id=device.team_id,
        person_id=person.id,
        language=person.language,
    )


def is_told_to_wipe(session: Session, token: str) -> bool | None:
    """Whether the holder of an ended token is to empty itself; None for a token that nobody ended."""
    found = session.execute(
        select(Device.revoked_at, Device.wipes, DeviceToken.revoked_at)
        .join(DeviceToken, DeviceToken.device_id == Device.id)
        .where(DeviceToken.token_sha256 == sha256(token))
    ).first()
    if found is None:
        return None
    device_ended, wipes, token_ended = found
    return wipes if device_ended or token_ended else None


def all_people(session: Session) -> list[PersonRow]:
    rows = session.execute(
        select(Person, Team.code).outerjoin(Team, Team.id == Person.team_id).order_by(Person.name)
    ).all()
    return [
        PersonRow(
            id=person.id,
            sign_in_name=person.sign_in_name,
            name=person.name,
            language=person.language,
            team_code=team,
            roles=tuple(sorted(roles_of(session, person.id))),
            is_active=person.is_active,
        )
        for person, team in rows
    ]


def people_who_may(session: Session, permission: str) -> list[PersonRow]:
    """Those who serve now and hold a role that grants this, by name."""
    granting = {role for role, held in ROLES.items() if permission in held}
    return [row for row in all_people(session) if row.is_active and granting & set(row.roles)]


def failed_tries(session: Session, sign_in_name: str, since: dt.datetime) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(SignInTry)
            .where(SignInTry.name_sha256 == sha256(sign_in_name), SignInTry.tried_at > since)
        )
        or 0
    )
