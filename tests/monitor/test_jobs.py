"""Jobs run once each, on record, by one worker at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from monitor.jobs.model import JobRun
from monitor.jobs.runner import Job, holds_lease, run_job
from monitor.outbox import events_after


def runs(parts):
    with parts.reading() as door:
        return [(run.job, run.outcome) for run in door.session.scalars(select(JobRun))]


def test_a_job_that_did_something_is_on_record_and_one_that_had_nothing_to_do_is_not(parts):
    run_job(parts, Job("busy", 1, lambda door: "did it"))
    run_job(parts, Job("idle", 1, lambda door: None))
    assert runs(parts) == [("busy", "done")]


def test_a_job_that_fails_is_on_record_and_tells_the_house(parts):
    def fail(door):
        raise RuntimeError("no")

    run_job(parts, Job("broken", 1, fail))
    assert runs(parts) == [("broken", "failed")]
    with parts.reading() as door:
        assert [told.name for told in events_after(door.session, 0)] == ["JobFailed"]


def test_one_worker_leads_and_another_stands_by(parts):
    assert holds_lease(parts, "first")
    assert not holds_lease(parts, "second")
    assert holds_lease(parts, "first")


def test_of_workers_that_start_at_once_one_leads(parts):
    together = threading.Barrier(4)

    def start(name):
        together.wait()
        return holds_lease(parts, name)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(start, ["a", "b", "c", "d"])) == [False, False, False, True]
