"""Recipients of papers, and papers on their way. Addresses are encrypted parts (owner `recipient`)."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import Base, UTCDateTime, Uuid, code_check, instant, row_key, uuid_key

CHANNELS = ("email", "webhook", "download")
STATES = (
    "queued",  # waits for its next try
    "delivered",  # handed over: the server took it, or somebody fetched it
    "failed",  # given up after the last try
)


class Recipient(Base):
    """Somebody who gets papers of some kinds under a profile. Ended, never deleted: deliveries name it."""

    __tablename__ = "recipient"
    __table_args__ = (code_check("channel", CHANNELS),)

    id: Mapped[uuid_key]
    name: Mapped[str] = mapped_column(String(120))
    channel: Mapped[str] = mapped_column(String(10))
    profile: Mapped[str] = mapped_column(String(20))
    kinds: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(8))
    added_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)


class EditionDelivery(Base):
    """An edition on its way to a recipient; a correction knows from here whom to tell."""

    __tablename__ = "edition_delivery"
    __table_args__ = (
        UniqueConstraint("edition_id", "recipient_id"),
        code_check("state", STATES),
        Index("ix_edition_delivery_due", "state", "next_at"),
    )

    id: Mapped[row_key]
    edition_id: Mapped[str] = mapped_column(Uuid, ForeignKey("edition.id"))
    recipient_id: Mapped[str] = mapped_column(Uuid, ForeignKey("recipient.id"))
    release_id: Mapped[str | None] = mapped_column(Uuid, ForeignKey("release.id"))
    language: Mapped[str] = mapped_column(String(8))
    file_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[instant]
    detail: Mapped[str] = mapped_column(String(200), default="")
    recorded_at: Mapped[instant]
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
