"""Whether the worker is there: without it no rule is judged and no summary drafted."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.jobs.model import JobRun, Lease


def leader(session: Session) -> tuple[str, dt.datetime] | None:
    """Who leads and until when, by the machine's clock, the lease holds; None where no worker ever ran."""
    row = session.execute(select(Lease.holder, Lease.expires_at)).first()
    return (row.holder, row.expires_at) if row else None


def jobs_that_failed(session: Session) -> list[str]:
    """The jobs whose last run failed, by name."""
    last = select(func.max(JobRun.id)).group_by(JobRun.job)
    failed = select(JobRun.job).where(JobRun.id.in_(last), JobRun.outcome == "failed")
    return list(session.scalars(failed.order_by(JobRun.job)))
