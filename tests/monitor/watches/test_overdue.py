"""When a patrol or post is overdue, and that the duty officer hears of it once."""

import datetime as dt
import uuid
from pathlib import Path

import pytest

from monitor.events import WatchOverdue
from monitor.mission.service import load_mission
from monitor.notify.queries import deliveries_about
from monitor.outbox import events_after
from monitor.watches.jobs import announce_overdue
from monitor.watches.overdue import Due, overdue
from monitor.watches.queries import overdue_watches
from monitor.watches.service import plan_watch, record_watch_event

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
EIGHT = dt.datetime(2022, 9, 13, 4, 0, tzinfo=dt.UTC)


def hours(n):
    return EIGHT + dt.timedelta(hours=n)


def due(kind="patrol", started=None, checked=None, ended=None, end=6.0):
    at = [None if n is None else hours(n) for n in (started, checked, ended)]
    return Due(kind, EIGHT, None if end is None else hours(end), *at)


@pytest.mark.parametrize(
    ("watch", "now", "reason"),
    [
        (due(), 0.4, None),
        (due(), 0.5, "not_started"),
        (due(), 6.0, None),
        (due(started=0), 3.4, None),
        (due(started=0), 3.5, "no_sign"),
        (due(started=0, checked=2), 5.4, None),
        (due(started=0, checked=2), 5.5, "no_sign"),
        (due(started=0, checked=6), 6.5, "not_back"),
        (due(started=0, ended=5), 8.0, None),
        (due("post", started=0), 5.0, None),
        (due("post", started=0), 6.5, "not_back"),
        (due("camera", started=0, end=None), 50.0, None),
    ],
)
def test_when_a_watch_is_overdue(watch, now, reason):
    found = overdue(watch, hours(now))
    assert (found.reason if found else None) == reason


@pytest.fixture
def patrol(as_role, clock):
    """A patrol from eight to two that started and said nothing since; the clock stands at eight."""
    clock.set(EIGHT)
    door = as_role("duty_officer")
    load_mission(door.session, DEMO, door.now)
    watch_id = str(uuid.uuid4())
    plan_watch(
        door,
        watch_id=watch_id,
        kind="patrol",
        sectors=["MAR"],
        post=None,
        team=None,
        planned_start=EIGHT,
        planned_end=hours(6),
    )
    record_watch_event(door, event_id=str(uuid.uuid4()), watch_id=watch_id, kind="started", at=EIGHT)
    return watch_id


def told(door):
    return [
        event.data["reason"] for event in events_after(door.session, 0, 500) if event.name == "WatchOverdue"
    ]


def test_a_patrol_that_is_not_back_is_announced_once_and_the_duty_officer_is_told(as_role, patrol, clock):
    door = as_role("duty_officer")
    assert announce_overdue(door) is None
    clock.set(hours(6.5))
    assert "overdue" in (announce_overdue(as_role("duty_officer")) or "")
    assert announce_overdue(as_role("duty_officer")) is None
    assert told(door) == ["not_back"]
    [message] = deliveries_about(door.session, f"watch:{patrol}")
    assert (message.recipient, message.code) == ("role:duty_officer", "watch_not_back")
    assert WatchOverdue(patrol, "not_back", "MAR").name == "WatchOverdue"


def test_a_patrol_without_a_sign_is_left_to_its_alert(as_role, patrol, clock):
    clock.set(hours(4))
    [late] = overdue_watches(as_role("duty_officer").session, clock.now())
    assert late.overdue.reason == "no_sign"
    assert announce_overdue(as_role("duty_officer")) is None


def test_who_was_overdue_is_known_as_it_was(as_role, patrol, clock):
    clock.set(hours(4))
    door = as_role("duty_officer")
    clock.set(hours(5))
    record_watch_event(
        as_role("duty_officer"), event_id=str(uuid.uuid4()), watch_id=patrol, kind="ended", at=hours(3)
    )
    assert overdue_watches(door.session, hours(4), known_at=hours(5)) == []
    [then] = overdue_watches(door.session, hours(4), known_at=hours(4))
    assert then.overdue.reason == "no_sign"
