"""Notes, papers and receipts of handing over. Rows are added, never changed.

The text of a note is an encrypted part (owner `shift_note`); a handover's paper cites notes by id only.
"""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import Base, Uuid, facts, instant, row_key, uuid_key


class ShiftNote(Base):
    """What an officer wants the next one to know."""

    __tablename__ = "shift_note"
    __table_args__ = (Index("ix_shift_note_recorded_at", "recorded_at"),)

    id: Mapped[row_key]
    author_id: Mapped[str] = mapped_column(Uuid, ForeignKey("person.id"))
    recorded_at: Mapped[instant]


class Handover(Base):
    """The room as one officer left it: `content` is frozen, and its digest stands in the log."""

    __tablename__ = "handover"

    id: Mapped[uuid_key]
    number: Mapped[int] = mapped_column(unique=True)
    given_by: Mapped[str] = mapped_column(Uuid, ForeignKey("person.id"))
    content: Mapped[facts]
    digest: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[instant]


class HandoverReceipt(Base):
    """That another officer read it and took over."""

    __tablename__ = "handover_receipt"

    handover_id: Mapped[str] = mapped_column(Uuid, ForeignKey("handover.id"), primary_key=True)
    taken_by: Mapped[str] = mapped_column(Uuid, ForeignKey("person.id"))
    recorded_at: Mapped[instant]
