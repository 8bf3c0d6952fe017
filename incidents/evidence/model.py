"""What observations announce, what arrived, and who had it in hand."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import Base, BigId, Uuid, code_check, instant, row_key, uuid_key


class AnnouncedMedia(Base):
    """A file that a revision says belongs to it. The same photo may be announced twice, by anybody."""

    __tablename__ = "announced_media"
    __table_args__ = (
        ForeignKeyConstraint(
            ["observation_id", "revision_no"],
            ["observation_revision.observation_id", "observation_revision.revision_no"],
        ),
        Index("ix_announced_media_observation", "observation_id", "revision_no"),
    )

    media_id: Mapped[uuid_key]
    observation_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    revision_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigId)
    mime: Mapped[str] = mapped_column(String(80))


class MediaFile(Base):
    """A file that arrived, whole, with the hash that its sender named. It is never replaced."""

    __tablename__ = "media_file"

    media_id: Mapped[uuid_key]
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigId)
    mime: Mapped[str] = mapped_column(String(80))
    sender: Mapped[str] = mapped_column(String(80))
    leaf_index: Mapped[int] = mapped_column(BigId, ForeignKey("log_leaf.at_index"))
    recorded_at: Mapped[instant]


# What can happen to a file, in the order of its life. `sha256` of a step names the bytes it was about.
CUSTODY = (
    "received",  # it arrived, whole
    "copy_derived",  # a copy to look at was made from the original
    "not_shown",  # no copy could be made; the original is kept
    "viewed",  # somebody looked at the copy
    "copy_taken",  # somebody saved the copy
    "original_taken",  # somebody saved the original
    "exported",  # somebody saved the original with its custody
    "blurred",  # somebody made parts of the copy unreadable; the step names the new copy
)


class MediaCustody(Base):
    """A step in a file's life. Steps that people take name their leaf in the log."""

    __tablename__ = "media_custody"
    __table_args__ = (
        code_check("action", CUSTODY),
        Index("ix_media_custody_media", "media_id", "id"),
    )

    id: Mapped[row_key]
    media_id: Mapped[str] = mapped_column(Uuid, ForeignKey("media_file.media_id"))
    action: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    leaf_index: Mapped[int | None] = mapped_column(BigId, ForeignKey("log_leaf.at_index"))
    recorded_at: Mapped[instant]
