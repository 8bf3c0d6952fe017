"""People, teams, grants, devices and sign-ins. Grants are appended: who held what role when is a query."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from monitor.access.roles import ROLES
from monitor.db.base import Base, UTCDateTime, Uuid, code_check, facts, instant, row_key, uuid_key


class Team(Base):
    """A patrol team or office, at one base."""

    __tablename__ = "team"

    id: Mapped[uuid_key]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    base_code: Mapped[str | None] = mapped_column(String(40))
    recorded_at: Mapped[instant]


class Person(Base):
    """Somebody who serves in the mission. `sign_in_name` is what they type; the password is Argon2id."""

    __tablename__ = "person"

    id: Mapped[uuid_key]
    sign_in_name: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8), default="en")
    team_id: Mapped[str | None] = mapped_column(Uuid, ForeignKey("team.id"))
    password_hash: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    recorded_at: Mapped[instant]


class RoleGrant(Base):
    """A role given (`granted`) or taken away; the last row for a person and role holds."""

    __tablename__ = "role_grant"
    __table_args__ = (
        code_check("role", sorted(ROLES)),
        Index("ix_role_grant_person", "person_id", "role", "id"),
    )

    id: Mapped[row_key]
    person_id: Mapped[str] = mapped_column(Uuid, ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(40))
    granted: Mapped[bool]
    by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[instant]


class Device(Base):
    """A phone or tablet. `revoked_at` ends what its tokens may do, at the next request; with `wipes` the
    phone is told to empty itself then. `seen_at` is the machine's time, to the minute."""

    __tablename__ = "device"

    id: Mapped[uuid_key]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    team_id: Mapped[str | None] = mapped_column(Uuid, ForeignKey("team.id"))
    holder_id: Mapped[str] = mapped_column(Uuid, ForeignKey("person.id"))
    recorded_at: Mapped[instant]
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    wipes: Mapped[bool] = mapped_column(default=False, server_default=false())
    seen_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)


class DeviceToken(Base):
    """What a device shows instead of a password; only its SHA-256 is kept."""

    __tablename__ = "device_token"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    device_id: Mapped[str] = mapped_column(Uuid, ForeignKey("device.id"), index=True)
    recorded_at: Mapped[instant]
    expires_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)


class WebSession(Base):
    """A browser's sign-in, kept on the server so that it can be listed and ended. Times are the machine's."""

    __tablename__ = "web_session"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str | None] = mapped_column(Uuid, ForeignKey("person.id"), index=True)
    data: Mapped[facts]
    started_at: Mapped[instant]
    seen_at: Mapped[instant]


class SignInTry(Base):
    """A failed sign-in, by the hash of the name typed; slows down guessing."""

    __tablename__ = "sign_in_try"

    id: Mapped[row_key]
    name_sha256: Mapped[str] = mapped_column(String(64), index=True)
    tried_at: Mapped[instant]
