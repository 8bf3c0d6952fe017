"""Releases: the exact bytes of an edition under a profile, asked for by one person, approved by another."""

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import Base, Uuid, code_check, instant, row_key, uuid_key

DECISIONS = (
    "approved",  # by another person; these bytes may leave
    "refused",  # by another person
)


class Release(Base):
    """An edition as a profile shows it. `digest` is of the document, `pdf_sha256` of the bytes that leave."""

    __tablename__ = "release"
    __table_args__ = (Index("ix_release_edition", "edition_id", "profile"),)

    id: Mapped[uuid_key]
    edition_id: Mapped[str] = mapped_column(Uuid, ForeignKey("edition.id"))
    profile: Mapped[str] = mapped_column(String(20))
    document: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    html_sha256: Mapped[str] = mapped_column(String(64))
    requested_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class ReleaseDecision(Base):
    """What the second person said about a release; once. It names the bytes that were looked at."""

    __tablename__ = "release_decision"
    __table_args__ = (code_check("decision", DECISIONS), UniqueConstraint("release_id"))

    id: Mapped[row_key]
    release_id: Mapped[str] = mapped_column(Uuid, ForeignKey("release.id"))
    decision: Mapped[str] = mapped_column(String(10))
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]
