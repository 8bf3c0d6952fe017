"""Runs jobs, each in a transaction of its own, while this process holds the lease.

APScheduler only ticks (in memory, UTC): what is due is read from the store, so that a late, doubled or
missed tick changes nothing.
"""

import datetime as dt
import os
import socket
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import IntegrityError

from monitor.clock import wall_now
from monitor.door import App, Door
from monitor.events import JobFailed
from monitor.jobs.model import JobRun, Lease
from monitor.outbox import Subscriber, drain, record

log = structlog.get_logger(__name__)

LEASE = "worker"
LEASE_LIFE = dt.timedelta(seconds=6)
DRAIN_EVERY_S = 0.2


@dataclass(frozen=True)
class Job:
    """`run(door)` answers what it did, or None where there was nothing to do."""

    name: str
    every_s: float
    run: Callable[[Door], str | None]


def run_job(app: App, job: Job) -> str | None:
    """Runs a job once and records it if it did something or failed. Answers what it did."""
    due = app.clock.now()
    try:
        with app.transaction() as door:
            did = job.run(door)
            if did is not None:
                door.session.add(_run_row(job, due, door.now, "done", did))
            return did
    except Exception:
        log.exception("job.failed", job=job.name)
        with app.transaction() as door:
            door.session.add(_run_row(job, due, door.now, "failed", traceback.format_exc()))
            record(door.session, JobFailed(job=job.name), door.now)
        return None


def _run_row(job: Job, due: dt.datetime, ended: dt.datetime, outcome: str, detail: str) -> JobRun:
    return JobRun(job=job.name, due_at=due, ended_at=ended, outcome=outcome, detail=detail)


def holds_lease(app: App, holder: str) -> bool:
    """Takes, keeps or fails to get the lease. A new holder gets a higher token."""
    try:
        return _takes_lease(app, holder)
    except IntegrityError:
        # Two workers made the very first row at once; the other one's stands.
        return False


def _takes_lease(app: App, holder: str) -> bool:
    wall = wall_now()
    with app.transaction() as door:
        lease = door.session.get(Lease, LEASE, with_for_update=True)
        if lease is None:
            lease = Lease(name=LEASE, holder=holder, token=0, expires_at=wall)
            door.session.add(lease)
        if lease.holder != holder and lease.expires_at > wall:
            return False
        if lease.holder != holder or lease.token == 0:
            lease.token += 1
        lease.holder, lease.expires_at = holder, wall + LEASE_LIFE
    return True


class Worker:
    """The process beside the web: tells subscribers what happened and runs the jobs that are due."""

    def __init__(self, app: App, jobs: Sequence[Job], subscribers: Sequence[Subscriber]) -> None:
        self._app, self._jobs, self._subscribers = app, jobs, subscribers
        self._holder = f"{socket.gethostname()}:{os.getpid()}"
        self._stopping = threading.Event()
        self._leads = False

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Works until `stop`. A second worker stands by and takes over when the first falls silent."""
        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        for job in self._jobs:
            scheduler.add_job(self._tick, "interval", seconds=job.every_s, args=[job], id=job.name)
        renew = scheduler.add_job(self._renew, "interval", seconds=LEASE_LIFE.total_seconds() / 3)
        self._renew()
        scheduler.start()
        log.info("worker.started", jobs=[job.name for job in self._jobs], renewing=renew.id)
        try:
            while not self._stopping.wait(DRAIN_EVERY_S):
                if self._leads:
                    drain(self._app, self._subscribers)
        finally:
            scheduler.shutdown(wait=True)

    def _renew(self) -> None:
        self._leads = holds_lease(self._app, self._holder)

    def _tick(self, job: Job) -> None:
        if self._leads and not self._stopping.is_set():
            run_job(self._app, job)
