"""The cast: one person a role, made when first asked for, with a team, a device and a sign-in."""

import secrets

from sqlalchemy import select

from monitor.access import Actor
from monitor.clock import wall_now
from monitor.door import Door
from monitor.people.model import Person, WebSession
from monitor.people.queries import actor_of_person, sha256
from monitor.people.service import add_device, add_person, add_team, issue_token

PASSWORD = "a long sentence for tests"


def cast_member(door: Door, role: str, which: str = "first", team_code: str | None = None) -> Actor:
    """The person of this role, made where missing. Field roles belong to a team (`T1` unless told)."""
    sign_in_name = f"{role}.{which}".casefold()
    person_id = door.session.scalar(select(Person.id).where(Person.sign_in_name == sign_in_name))
    if person_id is None:
        code = team_code or ("T1" if role == "monitor" else None)
        team_id = add_team(door, code, f"Team {code}") if code else None
        name = f"{which.capitalize()} {role.replace('_', ' ')}"
        person_id = add_person(door, sign_in_name, name, PASSWORD, [role], team_id)
    actor = actor_of_person(door.session, person_id)
    assert actor is not None
    return actor


def signed_in(door: Door, actor: Actor) -> tuple[str, str]:
    """A browser session of this person: the cookie's value and the token its pages carry."""
    cookie, csrf = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    door.session.add(
        WebSession(
            token_sha256=sha256(cookie),
            person_id=actor.id,
            data={"person_id": actor.id, "csrf": csrf},
            started_at=wall_now(),
            seen_at=wall_now(),
        )
    )
    door.session.flush()
    return cookie, csrf


def device_token(door: Door, holder: Actor, code: str = "phone-1") -> str:
    """A token of a phone that this person holds."""
    return issue_token(door, add_device(door, code, holder.id, holder.team_id))
