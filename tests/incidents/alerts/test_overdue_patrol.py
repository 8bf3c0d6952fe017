"""From a patrol that falls silent to the alert that somebody must answer, by the doors and the job."""

import datetime as dt
from pathlib import Path

import pytest

from incidents.alerts.queries import alerts
from incidents.rules.service import judge_due
from monitor.jobs.runner import Job, run_job
from monitor.mission.service import load_mission
from monitor.people.service import add_team

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
EIGHT = dt.datetime(2022, 9, 13, 4, tzinfo=dt.UTC)
WATCH = "6f0c0b5e-6a3f-4c7c-9a39-7d1f0b5a0e11"
OTHER_WATCH = "6f0c0b5e-6a3f-4c7c-9a39-7d1f0b5a0e12"


def plan(watch_id):
    """A patrol in sector Martuni from eight to two, as a duty officer plans it."""
    return {
        "watch_id": watch_id,
        "kind": "patrol",
        "sectors": ["MAR"],
        "team": "MAR-1",
        "planned_start": EIGHT.isoformat(),
        "planned_end": (EIGHT + dt.timedelta(hours=6)).isoformat(),
    }


@pytest.fixture
def patrol(parts, client, clock, drain):
    """A patrol in sector Martuni from eight to two; `patrol(kind, hours)` tells of it at that hour."""
    clock.set(EIGHT - dt.timedelta(minutes=30))
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
        add_team(door, "MAR-1", "Team Martuni")
    duty = client("duty_officer")

    def tells(kind, hours, is_heard=True):
        clock.set(EIGHT + dt.timedelta(hours=hours))
        body = {"kind": kind, "at": clock.now().isoformat()}
        assert duty.post(f"/api/v1/watches/{WATCH}/events", json=body).status_code == 201
        if is_heard:
            drain()

    assert duty.post("/api/v1/watches", json=plan(WATCH)).status_code == 201
    tells("started", 0)
    return tells


@pytest.fixture
def inbox(parts, client, clock, drain):
    """The open alerts of the duty officer's inbox, some hours after eight."""

    def at(hours):
        clock.set(EIGHT + dt.timedelta(hours=hours))
        run_job(parts, Job("rules.judge_due", 20, judge_due))
        drain()
        answer = client("duty_officer").get("/api/v1/alerts").json["alerts"]
        return {alert["rule_id"]: alert for alert in answer if alert["state"] == "open"}

    return at


def test_a_missed_check_in_is_an_alert_until_the_patrol_gives_a_sign(patrol, inbox):
    assert inbox(3.4) == {}
    silent = inbox(3.6)["E12-no-sign"]
    assert (silent["severity"], silent["sector_code"], silent["colour"]) == (4, "MAR", "safety")
    assert "MAR-1" in silent["sentence"]
    patrol("checked_in", 3.7)
    assert set(inbox(3.8)) <= {"E12-no-sign"}


def test_a_patrol_that_is_not_back_an_hour_after_its_time_is_an_alert(patrol, inbox):
    patrol("checked_in", 3)
    patrol("checked_in", 5.9)
    assert inbox(6.9) == {}
    overdue = inbox(7.1)["E12-patrol-overdue"]
    assert (overdue["severity"], overdue["sector_code"]) == (4, "MAR")
    assert "MAR-1" in overdue["sentence"]


def test_a_patrol_that_came_back_in_time_and_whose_phone_told_it_late_is_taken_off(patrol, inbox, client):
    patrol("checked_in", 3)
    assert set(inbox(7.1)) >= {"E12-patrol-overdue"}
    body = {"kind": "ended", "at": (EIGHT + dt.timedelta(hours=5.5)).isoformat()}
    assert client("duty_officer").post(f"/api/v1/watches/{WATCH}/events", json=body).status_code == 201
    assert "E12-patrol-overdue" not in inbox(7.2)


def test_a_call_that_the_rules_have_not_heard_yet_is_no_silence(patrol, inbox, parts):
    patrol("checked_in", 3.4, is_heard=False)
    assert inbox(3.6) == {}
    with parts.reading() as door:
        assert alerts(door.session, door.now) == []


def test_what_the_rules_hear_late_of_others_makes_no_patrol_silent(patrol, inbox, parts, client, clock):
    clock.set(EIGHT + dt.timedelta(hours=3.3))
    assert client("duty_officer").post("/api/v1/watches", json=plan(OTHER_WATCH)).status_code == 201
    patrol("checked_in", 3.4, is_heard=False)
    patrol("checked_in", 3.6)
    assert inbox(3.7) == {}
    with parts.reading() as door:
        assert alerts(door.session, door.now) == []
