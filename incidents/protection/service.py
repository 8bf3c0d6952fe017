"""Verbs on protected people: enter, correct, say what happened, open with a reason, shred."""

import datetime as dt
import hashlib
import hmac
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import func, select, update

from incidents.intake.queries import observation
from incidents.protection import queries
from incidents.protection.model import (
    FATES,
    IdentityVersion,
    IdentityView,
    PersonFate,
    ProtectedPerson,
    SamePerson,
)
from monitor import vault
from monitor.audit import audit
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import Invalid, NotFound, WrongState
from monitor.keys import Keys

OWNER = "protected_person"
PART = "identity"
SHORTEST_REASON = 10


@dataclass(frozen=True)
class Entered:
    """The person entered, and the numbers of those who bear the same name."""

    person_id: str
    label: str
    alike: tuple[str, ...]


def enter_person(door: Door, identity: Mapping[str, Any]) -> Entered:
    """A new number for a person, their identity sealed. Says who else bears the same name."""
    alike = queries.alike(door.session, name_index(door.app.keys, identity), None)
    take_sequence(door.session)
    last = door.session.scalar(select(func.max(ProtectedPerson.number))) or 0
    person = ProtectedPerson(id=str(uuid.uuid4()), number=last + 1, by=door.actor.code, recorded_at=door.now)
    door.session.add(person)
    door.session.flush()
    _seal(door, person.id, 1, identity)
    audit(door, "person.entered", f"protected_person:{person.id}", number=person.number)
    return Entered(person.id, queries.label(person.number), alike)


def correct_identity(door: Door, person_id: str, identity: Mapping[str, Any]) -> int:
    """The identity as it is known now; answers the version. The earlier ones stay sealed beside it."""
    take_sequence(door.session)
    person = _person(door, person_id)
    version_no = queries.last_version(door.session, person_id) + 1
    _seal(door, person.id, version_no, identity)
    audit(door, "person.corrected", f"protected_person:{person_id}", version=version_no)
    return version_no


def open_identity(door: Door, person_id: str, purpose: str, reason: str) -> dict[str, Any]:
    """Who this person is. The opening is logged with its purpose before anything is shown."""
    _person(door, person_id)
    _log_opening(door, "person", person_id, purpose, reason)
    version_no = queries.last_version(door.session, person_id)
    identity = vault.open_part(door.session, door.app.keys, OWNER, f"{person_id}/{version_no}", PART)
    if identity is None:
        raise WrongState(thing="identity", found="shredded", wanted="an identity that is still kept")
    return dict(identity)


def open_note(door: Door, observation_id: str, purpose: str, reason: str) -> dict[str, Any]:
    """What a report's author wrote of who was harmed or bears witness. Logged like an identity."""
    row = observation(door.session, observation_id)
    if row is None:
        raise NotFound(thing="report", id=observation_id)
    note = queries.sealed_note(door.session, door.app.keys, row)
    if not note:
        raise WrongState(thing="report", found="without a sealed note", wanted="a report that has one")
    _log_opening(door, "report", observation_id, purpose, reason)
    return note


def tell_fate(
    door: Door, person_id: str, observation_id: str, fate: str, at: dt.datetime, holds: bool = True
) -> None:
    """Says what a report tells of a person and when that was, or takes it back."""
    take_sequence(door.session)
    _person(door, person_id)
    row = observation(door.session, observation_id)
    if row is None:
        raise NotFound(thing="report", id=observation_id)
    if fate not in FATES:
        raise Invalid({"fate": [f"One of: {', '.join(FATES)}."]})
    if at > door.now:
        raise Invalid({"at": ["That has not happened yet."]})
    held = queries.fate_holds(door.session, person_id, observation_id, fate)
    if not holds and not held:
        raise WrongState(thing="fate", found="not told by this report", wanted="one that was told")
    door.session.add(
        PersonFate(
            person_id=person_id,
            observation_id=observation_id,
            fate=fate,
            at=at,
            holds=holds,
            by=door.actor.code,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    audit(
        door,
        "person.fate",
        f"protected_person:{person_id}",
        observation=observation_id,
        fate=fate,
        holds=int(holds),
    )


def tell_same(door: Door, person_id: str, other_id: str, holds: bool) -> None:
    """Says that two numbers are one person, or that they are not after all."""
    take_sequence(door.session)
    one_id, other = sorted((_person(door, person_id).id, _person(door, other_id).id))
    if one_id == other:
        raise Invalid({"other_id": ["This is the same number."]})
    if queries.are_same(door.session, one_id, other) is holds:
        found = "one person" if holds else "two people"
        raise WrongState(thing="pair of numbers", found=found, wanted="the other state")
    door.session.add(
        SamePerson(one_id=one_id, other_id=other, holds=holds, by=door.actor.code, recorded_at=door.now)
    )
    door.session.flush()
    audit(door, "person.same", f"protected_person:{one_id}", other=other, holds=int(holds))


def shred_identity(door: Door, person_id: str, purpose: str, reason: str) -> int:
    """Destroys what tells who somebody is, in every version; the number and the counts stay."""
    _person(door, person_id)
    _check_reason(reason)
    versions = range(1, queries.last_version(door.session, person_id) + 1)
    owners = [f"{person_id}/{number}" for number in versions]
    gone = vault.shred(door.session, OWNER, owners, PART, door.now)
    if not gone:
        raise WrongState(thing="identity", found="shredded", wanted="an identity that is still kept")
    # The keyed hash of the name would still find the name again, so it goes as well.
    door.session.execute(
        update(IdentityVersion).where(IdentityVersion.person_id == person_id).values(name_index=None)
    )
    audit(door, "shred", f"protected_person:{person_id}", versions=gone, purpose=purpose)
    vault.seal(door.session, door.app.keys, OWNER, person_id, "shred_reason", reason.strip(), door.now)
    return gone


def name_index(keys: Keys, identity: Mapping[str, Any]) -> str | None:
    """A keyed hash that is equal for equal names, whatever their case, accents and order of words.

    It knows nothing of other spellings or scripts; under its own key it tells no name to whoever reads it.
    """
    name = identity.get("name")
    if not isinstance(name, str) or not name.strip():
        return None
    plain = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = sorted("".join(sign if sign.isalnum() else " " for sign in bare).split())
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"truceline/name-index/1").derive(keys.field)
    return hmac.new(key, " ".join(words).encode(), hashlib.sha256).hexdigest()


def _seal(door: Door, person_id: str, version_no: int, identity: Mapping[str, str]) -> None:
    said = {name: value.strip() for name, value in identity.items() if value and value.strip()}
    if not said:
        raise Invalid({"name": ["Say at least one thing of who this is."]})
    door.session.add(
        IdentityVersion(
            person_id=person_id,
            version_no=version_no,
            name_index=name_index(door.app.keys, said),
            by=door.actor.code,
            recorded_at=door.now,
        )
    )
    vault.seal(door.session, door.app.keys, OWNER, f"{person_id}/{version_no}", PART, said, door.now)
    door.session.flush()


def _log_opening(door: Door, what: str, subject_id: str, purpose: str, reason: str) -> None:
    _check_reason(reason)
    subject = f"{'protected_person' if what == 'person' else 'observation'}:{subject_id}"
    leaf = audit(door, "identity_viewed", subject, purpose=purpose)
    view = IdentityView(
        what=what,
        subject_id=subject_id,
        purpose=purpose,
        by=door.actor.code,
        leaf_index=leaf.index,
        recorded_at=door.now,
    )
    door.session.add(view)
    door.session.flush()
    vault.seal(door.session, door.app.keys, "identity_view", str(view.id), "reason", reason.strip(), door.now)


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid({"reason": ["Say in a few words for what; it is kept."]})


def _person(door: Door, person_id: str) -> ProtectedPerson:
    found = door.session.get(ProtectedPerson, person_id)
    if found is None:
        raise NotFound(thing="person", id=person_id)
    return found
