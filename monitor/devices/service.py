"""Verbs on phones: open an enrolment, claim it, confirm or refuse it, collect the token; note a sequence."""

import datetime as dt
import hashlib
import re
import secrets
import uuid
from dataclasses import dataclass

from sqlalchemy import select, update

from monitor.audit import audit
from monitor.clock import wall_now
from monitor.devices.fingerprint import six_words
from monitor.devices.model import DeviceKey, DeviceSequence, Enrolment
from monitor.devices.queries import links_beside, state_of
from monitor.devices.sequence import Link, judge_link
from monitor.door import Door
from monitor.dsse import is_signed_by, kid_of, public_key, standard_base64
from monitor.errors import BadRequest, Conflict, Invalid, NotFound, WrongState
from monitor.people.model import Device, DeviceToken
from monitor.people.queries import actor_of_person, sha256
from monitor.people.service import issue_token

LIFE = dt.timedelta(minutes=10)
DEVICE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")
CLAIM = b"truceline/enrol/v1"


@dataclass(frozen=True)
class Opened:
    """A new enrolment. The code is shown this once, in the QR; only its hash is kept."""

    id: str
    code: str
    language: str
    expires_at: dt.datetime


@dataclass(frozen=True)
class Collected:
    """What an enrolled phone takes away."""

    token: str
    device_id: str
    device_code: str
    kid: str
    person_id: str
    person_name: str
    person_language: str


def open_enrolment(door: Door, person_id: str, device_code: str) -> Opened:
    """Begins to take a phone in for a person who files reports. Raises Invalid naming what to mend."""
    errors: dict[str, list[str]] = {}
    person = actor_of_person(door.session, person_id)
    if person is None:
        errors["person_id"] = ["Choose somebody who serves now."]
    elif not person.may("incidents:observation:file"):
        errors["person_id"] = [f"{person.name} has no role that files reports."]
    known = door.session.scalar(select(Device).where(Device.code == device_code))
    if not DEVICE_CODE.match(device_code):
        errors["device_code"] = ["Name it with up to 40 letters, digits, points and dashes, such as phone-7."]
    elif known and known.revoked_at:
        errors["device_code"] = [f"{device_code} was ended. Give the phone a new name."]
    if errors or person is None:
        raise Invalid(errors)
    code = secrets.token_urlsafe(16)
    row = Enrolment(
        id=str(uuid.uuid4()),
        code_sha256=sha256(code),
        person_id=person_id,
        device_code=device_code,
        made_by=door.actor.code,
        recorded_at=door.now,
        expires_at=wall_now() + LIFE,
    )
    door.session.add(row)
    door.session.flush()
    return Opened(row.id, code, person.language, row.expires_at)


def claim_enrolment(door: Door, code: str, spki_text: str, signature_text: str) -> tuple[str, list[str]]:
    """A phone shows the code, its public key and that it holds the private one; answers id and six words.

    The same phone may ask again, where the answer was lost. Raises NotFound for a code nobody gave out,
    BadRequest for a wrong key or signature, Conflict where another phone was first, WrongState when late.
    """
    found = select(Enrolment).where(Enrolment.code_sha256 == sha256(code))
    row = door.session.scalar(found.with_for_update())
    if row is None:
        raise NotFound(thing="enrolment", id="of this code")
    spki = standard_base64(spki_text)
    message = b"\x00".join((CLAIM, code.encode(), spki_text.encode()))
    if not is_signed_by(public_key(spki), standard_base64(signature_text), message):
        raise BadRequest(reason="The signature is not that of the key.")
    if row.spki is not None and row.spki != spki:
        raise Conflict(reason="Another phone has used this code. Ask the officer for a new one.")
    state = state_of(row, wall_now())
    if state in {"refused", "expired"}:
        raise WrongState(thing="enrolment", wanted="a new code from the officer", found=state)
    if row.spki is None:
        if door.session.get(DeviceKey, kid_of(spki)) is not None:
            raise Conflict(reason="This key was enrolled before. Make a new one.")
        row.spki, row.words = spki, six_words(spki, code)
        door.session.flush()
    assert row.words is not None
    return row.id, row.words


def confirm_enrolment(door: Door, enrolment_id: str) -> None:
    """The officer saw the same six words on both screens: the key is on record and may sign from now on."""
    row = _enrolment(door, enrolment_id)
    state = state_of(row, wall_now())
    if state != "claimed" or row.spki is None:
        raise WrongState(thing="enrolment", wanted="a phone that has claimed it", found=state)
    holder = actor_of_person(door.session, row.person_id)
    if holder is None:
        raise Invalid({"person_id": ["This person does not serve any more."]})
    device = door.session.scalar(select(Device).where(Device.code == row.device_code))
    if device is None:
        device = Device(
            id=str(uuid.uuid4()), code=row.device_code, holder_id=row.person_id, recorded_at=door.now
        )
        door.session.add(device)
        door.session.flush()
    elif device.revoked_at:
        raise WrongState(thing="device", wanted="one that was not ended", found="ended")
    # Whoever held the phone until now hands in no more with it; what their key signed stays valid.
    door.session.execute(
        update(DeviceToken)
        .where(DeviceToken.device_id == device.id, DeviceToken.revoked_at.is_(None))
        .values(revoked_at=door.now)
    )
    device.holder_id, device.team_id, device.seen_at = row.person_id, holder.team_id, None
    door.session.flush()
    kid = kid_of(row.spki)
    door.session.add(
        DeviceKey(kid=kid, device_id=device.id, holder_id=row.person_id, spki=row.spki, recorded_at=door.now)
    )
    row.device_id = device.id
    door.session.flush()
    spki_sha256 = hashlib.sha256(row.spki).hexdigest()
    audit(door, "device_enrolled", f"device:{device.id}", device=device.id, kid=kid, spki_sha256=spki_sha256)


def refuse_enrolment(door: Door, enrolment_id: str) -> None:
    """The words differ, or the officer changed their mind: the code is worth nothing from now on."""
    row = _enrolment(door, enrolment_id)
    state = state_of(row, wall_now())
    if state not in {"open", "claimed"}:
        raise WrongState(thing="enrolment", wanted="open or claimed", found=state)
    row.refused_at = door.now
    door.session.flush()
    audit(door, "enrolment_refused", f"enrolment:{row.id}")


def collect_token(door: Door, enrolment_id: str, code: str) -> Collected | None:
    """The phone's token, once the officer confirmed; None until then.

    Until the token was used it may be collected again, where the answer was lost; the one before is ended.
    """
    row = door.session.get(Enrolment, enrolment_id, with_for_update=True)
    if row is None or not secrets.compare_digest(row.code_sha256, sha256(code)):
        raise NotFound(thing="enrolment", id=enrolment_id)
    state = state_of(row, wall_now())
    if state == "claimed":
        return None
    device = door.session.get(Device, row.device_id) if row.device_id else None
    is_lost = state == "collected" and device is not None and device.seen_at is None
    if device is None or row.spki is None or not (state == "confirmed" or is_lost):
        raise WrongState(thing="enrolment", wanted="a new code from the officer", found=state)
    if row.token_sha256:
        before = door.session.get_one(DeviceToken, row.token_sha256)
        before.revoked_at = door.now
    person = actor_of_person(door.session, row.person_id)
    if person is None or device.revoked_at:
        raise WrongState(thing="enrolment", wanted="a new code from the officer", found="ended")
    token = issue_token(door, device.id)
    row.token_sha256 = sha256(token)
    door.session.flush()
    return Collected(
        token=token,
        device_id=device.id,
        device_code=device.code,
        kid=kid_of(row.spki),
        person_id=person.id,
        person_name=person.name,
        person_language=person.language,
    )


def note_link(door: Door, kid: str, link: Link) -> list[str]:
    """Notes where a report stands in its key's sequence and answers what is odd about that."""
    held = links_beside(door.session, kid, link.seq)
    door.session.add(
        DeviceSequence(
            kid=kid,
            device_seq=link.seq,
            envelope_sha256=link.envelope_sha256,
            prev_sha256=link.prev,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    return judge_link(link, held)


def _enrolment(door: Door, enrolment_id: str) -> Enrolment:
    row = door.session.get(Enrolment, enrolment_id, with_for_update=True)
    if row is None:
        raise NotFound(thing="enrolment", id=enrolment_id)
    return row
