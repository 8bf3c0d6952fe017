"""S5: a camera is down and nobody else watched: "not monitored", no "fewer", and nothing is compared."""

import datetime as dt
import uuid

import pytest

from incidents.casework.coverage import coverage
from monitor.watches.service import plan_watch, record_watch_event

EIGHT = dt.datetime(2022, 9, 12, 16, tzinfo=dt.UTC)
FOUR = EIGHT + dt.timedelta(hours=8)


@pytest.fixture
def camera(as_role, mission):
    """The camera of Martuni, which watched the day and failed from 20:00 to 04:00."""
    door, watch_id = as_role("duty_officer"), str(uuid.uuid4())
    began = EIGHT - dt.timedelta(hours=8)
    plan_watch(
        door,
        watch_id=watch_id,
        kind="camera",
        sectors=["MAR"],
        post="M-C",
        team=None,
        planned_start=began,
        planned_end=None,
    )
    for kind, at in (("started", began), ("outage_started", EIGHT), ("outage_ended", FOUR)):
        record_watch_event(door, event_id=str(uuid.uuid4()), watch_id=watch_id, kind=kind, at=at)


def of(found, code):
    return next(sector for sector in found.sectors if sector.sector.code == code)


def test_s05_nobody_watched_so_nothing_is_said_and_nothing_compared(door, camera):
    found = coverage(door.session, EIGHT, FOUR, door.now)
    martuni = of(found, "MAR")
    assert (martuni.reading, martuni.monitored_h, martuni.comparison) == (
        "not_monitored",
        0.0,
        "not monitored",
    )
    assert martuni.gaps == ((EIGHT, FOUR),)
    assert not martuni.compares
    assert "M-C" in {one.post for one in found.cameras_down}


def test_s05_the_day_before_was_watched_and_a_zero_is_said_with_its_hours(door, camera):
    martuni = of(coverage(door.session, EIGHT - dt.timedelta(hours=8), EIGHT, door.now), "MAR")
    assert (martuni.reading, martuni.monitored_h) == ("none_observed", 8.0)
    assert martuni.hours_by_kind["camera"] == 8.0


def test_s05_hours_that_differ_by_more_than_15_percent_are_not_compared(door, camera):
    martuni = of(coverage(door.session, EIGHT - dt.timedelta(hours=4), FOUR, door.now), "MAR")
    assert (martuni.monitored_h, martuni.monitored_before_h) == (4.0, 4.0)
    assert martuni.compares
    later = of(coverage(door.session, EIGHT - dt.timedelta(hours=2), FOUR, door.now), "MAR")
    assert later.comparison.startswith("not compared: ")
    assert "fewer" not in later.comparison
