"""Who leads, and what ran."""

import datetime as dt

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import Base, UTCDateTime, code_check, instant, row_key


class Lease(Base):
    """The worker that may run the jobs. Times are the machine's; a holder that falls silent loses it."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    token: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)


class JobRun(Base):
    """One run that did something or failed. `due_at` is mission time."""

    __tablename__ = "job_run"
    __table_args__ = (
        code_check("outcome", ("done", "failed")),
        Index("ix_job_run_job", "job", "id"),
    )

    id: Mapped[row_key]
    job: Mapped[str] = mapped_column(String(60))
    due_at: Mapped[instant]
    ended_at: Mapped[instant]
    outcome: Mapped[str] = mapped_column(String(10))
    detail: Mapped[str] = mapped_column(Text)
