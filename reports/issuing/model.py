"""Periods, the papers drafted for them, and the editions issued. Rows are added, never changed.

Documents are kept as the canonical JSON they were, byte for byte, because their digest is printed.
Reasons of steps are free text, so they are encrypted parts (owner `summary_step`).
"""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import Base, BigId, Uuid, code_check, instant, row_key, uuid_key

KINDS = ("daily", "interim", "weekly", "spot", "pack", "feed")
STEPS = (
    "returned",  # a reviewer with a question; it goes back to who edits
    "reviewed",  # a reviewer other than the one who edited
    "released",  # the head of mission, another person than both
)
EDITION_STATES = (
    "issued",  # it went out
    "superseded",  # a later edition of the same number says it differently
    "retracted",  # taken back
)


class PeriodRun(Base):
    """A period that somebody has claimed to draft. That there is one row a period is what makes it once.

    A summary of several days has one row from the first start to the last end. `subject` tells papers of
    one kind and time apart: the incident of a spot report, the party of a meeting pack.
    """

    __tablename__ = "period_run"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "start_utc", "end_utc"),
        code_check("kind", KINDS),
    )

    id: Mapped[row_key]
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(80), default="")
    start_utc: Mapped[instant]
    end_utc: Mapped[instant]
    claimed_at: Mapped[instant]


class Summary(Base):
    """What is told of one period. `number` is the period's place in its year."""

    __tablename__ = "summary"

    id: Mapped[uuid_key]
    period_run_id: Mapped[int] = mapped_column(BigId, ForeignKey("period_run.id"), unique=True)
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    recorded_at: Mapped[instant]


class SummaryVersion(Base):
    """A version of the draft: the machine's first, then each edit. The highest is the live one."""

    __tablename__ = "summary_version"

    summary_id: Mapped[str] = mapped_column(Uuid, ForeignKey("summary.id"), primary_key=True)
    version_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class SummaryTranslation(Base):
    """A version of the draft said in another language: the same figures, free text as it was written."""

    __tablename__ = "summary_translation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["summary_id", "version_no"], ["summary_version.summary_id", "summary_version.version_no"]
        ),
    )

    summary_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    version_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))


class SummaryStep(Base):
    """What a person decided about one version of a draft."""

    __tablename__ = "summary_step"
    __table_args__ = (
        code_check("step", STEPS),
        ForeignKeyConstraint(
            ["summary_id", "version_no"], ["summary_version.summary_id", "summary_version.version_no"]
        ),
        Index("ix_summary_step_summary", "summary_id", "id"),
    )

    id: Mapped[row_key]
    summary_id: Mapped[str] = mapped_column(Uuid, ForeignKey("summary.id"))
    version_no: Mapped[int]
    step: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class Edition(Base):
    """An issued summary, exactly as it went out."""

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("kind", "year", "number", "edition_no"),
        code_check("kind", KINDS),
        ForeignKeyConstraint(
            ["summary_id", "version_no"], ["summary_version.summary_id", "summary_version.version_no"]
        ),
        Index("ix_edition_recorded_at", "recorded_at"),
    )

    id: Mapped[uuid_key]
    summary_id: Mapped[str] = mapped_column(Uuid, ForeignKey("summary.id"))
    version_no: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    year: Mapped[int]
    number: Mapped[int]
    edition_no: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    html_sha256: Mapped[str] = mapped_column(String(64))
    renderer: Mapped[str] = mapped_column(String(120))
    leaf_index: Mapped[int] = mapped_column(BigId, ForeignKey("log_leaf.at_index"))
    recorded_at: Mapped[instant]


class EditionTranslation(Base):
    """An edition in another language, as it went out with it."""

    __tablename__ = "edition_translation"

    edition_id: Mapped[str] = mapped_column(Uuid, ForeignKey("edition.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    html_sha256: Mapped[str] = mapped_column(String(64))


class SignedFile(Base):
    """The signed copy of a PDF that went out, by the hash of the unsigned one; or why there is none."""

    __tablename__ = "signed_file"

    pdf_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    signed_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    detail: Mapped[str] = mapped_column(String(200), default="")
    recorded_at: Mapped[instant]


class EditionStep(Base):
    """What became of an edition; the last row holds."""

    __tablename__ = "edition_step"
    __table_args__ = (
        code_check("state", EDITION_STATES),
        Index("ix_edition_step_edition", "edition_id", "id"),
    )

    id: Mapped[row_key]
    edition_id: Mapped[str] = mapped_column(Uuid, ForeignKey("edition.id"))
    state: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]
