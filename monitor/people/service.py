"""Verbs that change who serves, with which role and device, and the check of a password."""

import datetime as dt
import secrets
import uuid

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from monitor.access.roles import ROLES
from monitor.audit import audit
from monitor.clock import wall_now
from monitor.door import Door
from monitor.errors import Invalid, NotFound, Throttled
from monitor.people.model import Device, DeviceToken, Person, RoleGrant, SignInTry, Team, WebSession
from monitor.people.queries import failed_tries, roles_of, sha256
from monitor.settings import Settings

SHORTEST_PASSWORD = 15
TRIES = 8
WAIT = dt.timedelta(minutes=10)
TOKEN_LIFE = dt.timedelta(days=400)


def password_hasher(settings: Settings) -> PasswordHasher:
    return PasswordHasher(
        memory_cost=settings.argon2_memory_kib, time_cost=settings.argon2_rounds, parallelism=1
    )


def add_team(door: Door, code: str, name: str, base_code: str | None = None) -> str:
    """The team's id; a team that is there already stays as it is."""
    known = door.session.scalar(select(Team.id).where(Team.code == code))
    if known:
        return known
    team = Team(id=str(uuid.uuid4()), code=code, name=name, base_code=base_code, recorded_at=door.now)
    door.session.add(team)
    door.session.flush()
    return team.id


def add_person(
    door: Door,
    sign_in_name: str,
    name: str,
    password: str,
    roles: list[str],
    team_id: str | None = None,
    language: str = "en",
) -> str:
    """A new person's id. Raises Invalid naming what to mend."""
    errors: dict[str, list[str]] = {}
    if len(password) < SHORTEST_PASSWORD:
        errors["password"] = [f"At least {SHORTEST_PASSWORD} characters; a short sentence is good."]
    if unknown := sorted(set(roles) - (ROLES.keys() - {"device"})):
        errors["roles"] = [f"Unknown: {', '.join(unknown)}."]
    if door.session.scalar(select(Person.id).where(Person.sign_in_name == sign_in_name.casefold())):
        errors["sign_in_name"] = ["Somebody has this name already."]
    if errors:
        raise Invalid(errors)
    person = Person(
        id=str(uuid.uuid4()),
        sign_in_name=sign_in_name.casefold(),
        name=name,
        language=language,
        team_id=team_id,
        password_hash=password_hasher(door.app.settings).hash(password),
        is_active=True,
        recorded_at=door.now,
    )
    door.session.add(person)
    door.session.flush()
    for role in roles:
        grant_role(door, person.id, role, granted=True)
    return person.id


def grant_role(door: Door, person_id: str, role: str, granted: bool) -> None:
    """Gives or takes a role; what was held before stays on record."""
    if role not in ROLES:
        raise Invalid({"role": [f"Unknown: {role}."]})
    _person(door, person_id)
    if (role in roles_of(door.session, person_id)) == granted:
        return
    door.session.add(
        RoleGrant(person_id=person_id, role=role, granted=granted, by=door.actor.code, recorded_at=door.now)
    )
    door.session.flush()
    audit(door, "role_changed", f"person:{person_id}", role=role, granted=int(granted))


def add_device(door: Door, code: str, holder_id: str, team_id: str | None) -> str:
    known = door.session.scalar(select(Device.id).where(Device.code == code))
    if known:
        return known
    device = Device(
        id=str(uuid.uuid4()), code=code, team_id=team_id, holder_id=holder_id, recorded_at=door.now
    )
    door.session.add(device)
    door.session.flush()
    audit(door, "device_enrolled", f"device:{device.id}")
    return device.id


def issue_token(door: Door, device_id: str) -> str:
    """A new token of the device, shown this once; only its hash is kept."""
    if door.session.get(Device, device_id) is None:
        raise NotFound(thing="device", id=device_id)
    token = secrets.token_urlsafe(32)
    door.session.add(
        DeviceToken(
            token_sha256=sha256(token),
            device_id=device_id,
            recorded_at=door.now,
            expires_at=wall_now() + TOKEN_LIFE,
        )
    )
    door.session.flush()
    return token


def revoke_device(door: Door, device_id: str, wipe: bool = False) -> None:
    """Ends what the device may do; with `wipe` it is told to empty itself. What it handed in stays."""
    device = door.session.get(Device, device_id)
    if device is None:
        raise NotFound(thing="device", id=device_id)
    if device.revoked_at is None or (wipe and not device.wipes):
        device.revoked_at = device.revoked_at or door.now
        device.wipes = device.wipes or wipe
        door.session.flush()
        audit(door, "device_revoked", f"device:{device.id}", wipe=int(device.wipes))


def end_sign_ins(door: Door, person_id: str) -> int:
    """Ends every browser sign-in of a person and answers how many there were."""
    _person(door, person_id)
    rows = door.session.scalars(select(WebSession).where(WebSession.person_id == person_id)).all()
    for row in rows:
        door.session.delete(row)
    door.session.flush()
    audit(door, "sign_ins_ended", f"person:{person_id}", ended=len(rows))
    return len(rows)


def _person(door: Door, person_id: str) -> Person:
    person = door.session.get(Person, person_id)
    if person is None:
        raise NotFound(thing="person", id=person_id)
    return person


def check_password(door: Door, sign_in_name: str, password: str) -> str | None:
    """The person's id if the password is right, else None. Raises Throttled after too many tries.

    An unknown name costs the same work as a known one, so that the time tells nothing.
    """
    name, wall = sign_in_name.strip().casefold(), wall_now()
    if failed_tries(door.session, name, wall - WAIT) >= TRIES:
        raise Throttled(seconds=int(WAIT.total_seconds()))
    person = door.session.scalar(select(Person).where(Person.sign_in_name == name, Person.is_active))
    hasher = password_hasher(door.app.settings)
    if person is None:
        hasher.hash(password)
    elif _is_right(hasher, person.password_hash, password):
        return person.id
    door.session.add(SignInTry(name_sha256=sha256(name), tried_at=wall))
    audit(door, "login_failed", f"name:{sha256(name)[:16]}")
    return None


def _is_right(hasher: PasswordHasher, stored: str, password: str) -> bool:
    try:
        return hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
