"""Time against the schedule: whatever the clocks do, and however many work, each period is drafted once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from paper_mission import definition
from sqlalchemy import select

from monitor.door import App
from monitor.jobs.model import JobRun
from monitor.jobs.runner import Job, run_job
from monitor.mission.queries import the_mission
from monitor.mission.service import load_mission
from monitor.notify.model import Delivery
from reports.daily import service
from reports.issuing.model import PeriodRun, Summary

JOB = Job("daily.draft_due", 1, service.draft_due)
DAY = dt.timedelta(days=1)


def local(zone: str, text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def begin(parts: App, folder: Path, zone: str, cut_off: str, start: dt.datetime, end: dt.datetime) -> int:
    """A mission from start to end; answers how many periods it has."""
    changes = {
        "timezone": zone,
        "cut_off": cut_off,
        "starts_at": start.isoformat(),
        "ends_at": end.isoformat(),
        "languages": ["en"],
    }
    with parts.transaction() as door:
        load_mission(door.session, definition(folder, **changes), start)
        return len(the_mission(door.session).periods(end))


def drafted(parts: App) -> list[tuple[dt.datetime, dt.datetime]]:
    """The periods that have a summary, oldest first."""
    with parts.reading() as door:
        rows = door.session.execute(
            select(PeriodRun.start_utc, PeriodRun.end_utc)
            .join(Summary, Summary.period_run_id == PeriodRun.id)
            .order_by(PeriodRun.start_utc)
        )
        return [(start, end) for start, end in rows]


def judge(parts: App, due: int, start: dt.datetime, end: dt.datetime) -> None:
    """Every period once, one after the other without a gap; no job failed."""
    spans = drafted(parts)
    assert len(spans) == due
    assert [spans[0][0], *(stop for _, stop in spans)] == [*(begun for begun, _ in spans), end]
    assert spans[0][0] == start
    with parts.reading() as door:
        assert door.session.scalars(select(JobRun.detail).where(JobRun.outcome == "failed")).all() == []


# Nights on which the clocks go on or back over the cut-off, and a leap day; a naive timer misses or doubles.
NIGHTS = [
    ("Asia/Beirut", "00:00", "2026-03-27T00:00", "2026-03-31T00:00", 4),
    ("Africa/Cairo", "00:00", "2026-04-22T00:00", "2026-04-26T00:00", 4),
    ("Europe/Kyiv", "03:30", "2026-10-23T03:30", "2026-10-27T03:30", 4),
    ("Europe/Kyiv", "03:30", "2026-03-27T03:30", "2026-03-31T03:30", 4),
    ("Asia/Yerevan", "19:30", "2028-02-27T19:30", "2028-03-02T19:30", 4),
    ("Asia/Yerevan", "19:30", "2026-12-30T19:30", "2027-01-02T19:30", 3),
    ("Asia/Kathmandu", "00:15", "2026-06-01T00:15", "2026-06-04T00:15", 3),
]


@pytest.mark.parametrize(("zone", "cut_off", "first", "last", "due"), NIGHTS)
def test_over_changing_clocks_each_period_is_drafted_once(
    parts: App, folder: Path, clock: Any, zone: str, cut_off: str, first: str, last: str, due: int
) -> None:
    start, end = local(zone, first), local(zone, last)
    assert begin(parts, folder, zone, cut_off, start, end) == due
    at = start
    while at < end + dt.timedelta(hours=2):
        clock.set(at)
        run_job(parts, JOB)
        at += dt.timedelta(minutes=30)
    judge(parts, due, start, end)


def test_a_clock_that_jumps_back_over_the_cut_off_doubles_nothing(
    parts: App, folder: Path, clock: Any
) -> None:
    start = local("Asia/Yerevan", "2026-06-01T19:30")
    end = start + 3 * DAY
    due = begin(parts, folder, "Asia/Yerevan", "19:30", start, end)
    for hours in (23.9, 24.1, 22.0, 24.5, 47.0, 48.2, 46.2, 48.3, 72.1, 70.0, 72.2):
        clock.set(start + dt.timedelta(hours=hours))
        run_job(parts, JOB)
    judge(parts, due, start, end)


def test_after_three_days_down_every_period_is_caught_up_and_told(
    parts: App, folder: Path, clock: Any
) -> None:
    start = local("Asia/Yerevan", "2026-06-01T19:30")
    end = start + 4 * DAY
    due = begin(parts, folder, "Asia/Yerevan", "19:30", start, end)
    clock.set(start + DAY + dt.timedelta(minutes=1))
    run_job(parts, JOB)
    clock.set(end + dt.timedelta(minutes=5))
    for _ in range(6):
        run_job(parts, JOB)
    judge(parts, due, start, end)
    with parts.reading() as door:
        query = select(Delivery.subject).where(Delivery.code == "summary_missed")
        told = list(door.session.scalars(query))
    # The last period was drafted within its half hour; the two before it were missed, two people each told.
    assert len(set(told)) == 2 and len(told) == 4


def test_five_schedulers_at_once_draft_each_period_once(parts: App, folder: Path, clock: Any) -> None:
    start = local("Asia/Yerevan", "2026-06-01T19:30")
    end = start + 4 * DAY
    due = begin(parts, folder, "Asia/Yerevan", "19:30", start, end)
    clock.set(end + dt.timedelta(minutes=1))
    with ThreadPoolExecutor(5) as five:
        list(five.map(lambda _: run_job(parts, JOB), range(25)))
    judge(parts, due, start, end)
    with parts.reading() as door:
        numbers = sorted(door.session.scalars(select(Summary.number)))
    assert numbers == list(range(1, due + 1))
