"""The keys that devices made, the sequences they number their reports by, and how they come in.

A device itself, and the token it shows, stand with the people (`monitor.people.model`).
"""

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import Base, BigId, Json, UTCDateTime, Uuid, instant, uuid_key


class DeviceKey(Base):
    """A public key (SPKI, P-256) that a device made, and who held the device then. Enrolling again adds one;
    what the old key signed stays valid."""

    __tablename__ = "device_key"

    kid: Mapped[str] = mapped_column(String(32), primary_key=True)
    device_id: Mapped[str] = mapped_column(Uuid, ForeignKey("device.id"), index=True)
    holder_id: Mapped[str] = mapped_column(Uuid, ForeignKey("person.id"))
    spki: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_at: Mapped[instant]


class DeviceSequence(Base):
    """One number of a key's sequence, as it arrived. Two envelopes under one number are both kept."""

    __tablename__ = "device_sequence"

    kid: Mapped[str] = mapped_column(String(32), ForeignKey("device_key.kid"), primary_key=True)
    device_seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    envelope_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    prev_sha256: Mapped[str | None] = mapped_column(String(64))
    recorded_at: Mapped[instant]


class Enrolment(Base):
    """A phone on its way in: an officer opens it, the phone claims it with its key, the officer compares six
    words and confirms, the phone collects its token. `expires_at` is the machine's time."""

    __tablename__ = "enrolment"

    id: Mapped[uuid_key]
    code_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[str] = mapped_column(Uuid, ForeignKey("person.id"))
    device_code: Mapped[str] = mapped_column(String(40))
    made_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]
    expires_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    spki: Mapped[bytes | None] = mapped_column(LargeBinary)
    words: Mapped[list[str] | None] = mapped_column(Json)
    device_id: Mapped[str | None] = mapped_column(Uuid, ForeignKey("device.id"))
    refused_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    token_sha256: Mapped[str | None] = mapped_column(String(64))
