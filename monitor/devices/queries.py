"""Questions about phones: whose key this is, what is missing in a sequence, who is on the way in."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.devices.model import DeviceKey, DeviceSequence, Enrolment
from monitor.devices.sequence import Link
from monitor.errors import NotFound
from monitor.people.model import Device, DeviceToken, Person, Team


@dataclass(frozen=True)
class SigningDevice:
    """The device behind a key, and the monitor who held it when the key was made."""

    kid: str
    spki: bytes
    device_id: str
    device_code: str
    holder_id: str
    team_id: str | None
    is_revoked: bool
    wipes: bool


@dataclass(frozen=True)
class Sequence:
    """How far a device has counted with its keys, and what is missing on the way."""

    last: int
    held: int
    gaps: tuple[tuple[int, int], ...]

    @property
    def missing(self) -> int:
        return sum(last - first + 1 for first, last in self.gaps)


@dataclass(frozen=True)
class KeyRow:
    """A key of a device and what was signed with it, if anything."""

    kid: str
    sequence: Sequence | None


@dataclass(frozen=True)
class DeviceRow:
    """A phone as the list of phones shows it; its keys newest first."""

    id: str
    code: str
    holder_id: str
    holder_name: str
    team_code: str | None
    recorded_at: dt.datetime
    seen_at: dt.datetime | None
    revoked_at: dt.datetime | None
    wipes: bool
    has_token: bool
    keys: tuple[KeyRow, ...]


@dataclass(frozen=True)
class EnrolmentRow:
    """A phone on its way in. `state`: open, claimed, confirmed, collected, refused or expired."""

    id: str
    person_id: str
    person_name: str
    device_code: str
    expires_at: dt.datetime
    state: str
    words: tuple[str, ...]


def signing_device(session: Session, kid: str) -> SigningDevice | None:
    """Who signs with this key; revoked devices too, since what they signed before must be read."""
    found = session.execute(
        select(DeviceKey, Device).join(Device, Device.id == DeviceKey.device_id).where(DeviceKey.kid == kid)
    ).first()
    if found is None:
        return None
    key, device = found
    return SigningDevice(
        kid=key.kid,
        spki=key.spki,
        device_id=device.id,
        device_code=device.code,
        holder_id=key.holder_id,
        team_id=device.team_id,
        is_revoked=device.revoked_at is not None,
        wipes=device.wipes,
    )


def has_key(session: Session, device_id: str) -> bool:
    """Whether this device ever had a key to sign with."""
    return session.scalar(select(DeviceKey.kid).where(DeviceKey.device_id == device_id).limit(1)) is not None


def links_beside(session: Session, kid: str, seq: int) -> list[Link]:
    """What is held of a key with this number, the one before and the one after."""
    rows = session.scalars(
        select(DeviceSequence).where(
            DeviceSequence.kid == kid, DeviceSequence.device_seq.between(seq - 1, seq + 1)
        )
    )
    return [Link(row.device_seq, row.envelope_sha256, row.prev_sha256) for row in rows]


def missing_before(session: Session, kid: str, seq: int) -> int:
    """How many reports of this key, with lower numbers than `seq`, never came."""
    held = session.scalar(
        select(func.count(DeviceSequence.device_seq.distinct())).where(
            DeviceSequence.kid == kid, DeviceSequence.device_seq.between(1, seq - 1)
        )
    )
    return max(seq - 1, 0) - (held or 0)


def sequences(session: Session) -> Mapping[str, Sequence]:
    """The sequence of every key that has signed something. Only the edges of gaps are read row by row."""
    numbers = select(DeviceSequence.kid, DeviceSequence.device_seq).distinct().subquery()
    before = func.lag(numbers.c.device_seq, 1, 0).over(
        partition_by=numbers.c.kid, order_by=numbers.c.device_seq
    )
    steps = select(numbers.c.kid, numbers.c.device_seq, before.label("before")).subquery()
    jumps = session.execute(
        select(steps.c.kid, steps.c.before + 1, steps.c.device_seq - 1)
        .where(steps.c.device_seq - steps.c.before > 1)
        .order_by(steps.c.kid, steps.c.device_seq)
    ).all()
    ends = session.execute(
        select(numbers.c.kid, func.max(numbers.c.device_seq), func.count()).group_by(numbers.c.kid)
    )
    return {
        kid: Sequence(last, held, tuple((first, end) for key, first, end in jumps if key == kid))
        for kid, last, held in ends
    }


def all_devices(session: Session) -> list[DeviceRow]:
    """Every phone, those in use first, by code."""
    counted = sequences(session)
    keys = session.execute(
        select(DeviceKey.device_id, DeviceKey.kid).order_by(DeviceKey.recorded_at.desc(), DeviceKey.kid)
    ).all()
    tokens = select(DeviceToken.device_id).where(DeviceToken.revoked_at.is_(None))
    rows = session.execute(
        select(Device, Person.name, Team.code, Device.id.in_(tokens))
        .join(Person, Person.id == Device.holder_id)
        .outerjoin(Team, Team.id == Device.team_id)
        .order_by(Device.revoked_at.is_not(None), Device.code)
    )
    return [
        DeviceRow(
            id=device.id,
            code=device.code,
            holder_id=device.holder_id,
            holder_name=holder_name,
            team_code=team_code,
            recorded_at=device.recorded_at,
            seen_at=device.seen_at,
            revoked_at=device.revoked_at,
            wipes=device.wipes,
            has_token=has_token,
            keys=tuple(KeyRow(kid, counted.get(kid)) for owner, kid in keys if owner == device.id),
        )
        for device, holder_name, team_code, has_token in rows
    ]


def enrolment(session: Session, enrolment_id: str, wall: dt.datetime) -> EnrolmentRow:
    """One phone on its way in. Raises NotFound."""
    found = _enrolments(session, wall, enrolment_id)
    if not found:
        raise NotFound(thing="enrolment", id=enrolment_id)
    return found[0]


def enrolments_under_way(session: Session, wall: dt.datetime) -> list[EnrolmentRow]:
    """Those that wait for the phone or for the officer, newest first."""
    return [row for row in _enrolments(session, wall) if row.state in {"open", "claimed"}]


def _enrolments(session: Session, wall: dt.datetime, enrolment_id: str | None = None) -> list[EnrolmentRow]:
    query = select(Enrolment, Person.name).join(Person, Person.id == Enrolment.person_id)
    if enrolment_id is not None:
        query = query.where(Enrolment.id == enrolment_id)
    else:
        query = query.where(Enrolment.expires_at > wall)
    rows = session.execute(query.order_by(Enrolment.recorded_at.desc(), Enrolment.id))
    return [
        EnrolmentRow(
            id=row.id,
            person_id=row.person_id,
            person_name=person_name,
            device_code=row.device_code,
            expires_at=row.expires_at,
            state=state_of(row, wall),
            words=tuple(row.words or ()),
        )
        for row, person_name in rows
    ]


def state_of(row: Enrolment, wall: dt.datetime) -> str:
    """Where an enrolment stands. What was confirmed in time may be collected until it expires."""
    if row.refused_at is not None:
        return "refused"
    if row.token_sha256 is not None:
        return "collected"
    if row.expires_at <= wall:
        return "expired"
    if row.device_id is not None:
        return "confirmed"
    return "claimed" if row.spki is not None else "open"
