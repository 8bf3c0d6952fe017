"""Watches through the service and the door: planned, told, repeated, late, and counted as known at a time."""

import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor.door import App, Door
from monitor.errors import Conflict, Invalid, NotFound, Refused
from monitor.log.model import LogLeaf
from monitor.mission.service import load_mission
from monitor.outbox import OutboxEvent
from monitor.people.service import add_team
from monitor.watches import queries
from monitor.watches.service import plan_watch, record_watch_event

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
HOUR = dt.timedelta(hours=1)
AsRole = Callable[..., Door]


def new_id() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def base(door: Door) -> Door:
    """The demo mission's ground with teams T1 and T2."""
    load_mission(door.session, DEMO, door.now)
    add_team(door, "T1", "Team T1")
    add_team(door, "T2", "Team T2")
    return door


def planned(door: Door, **given: Any) -> str:
    watch_id = given.pop("watch_id", None) or new_id()
    told: dict[str, Any] = {
        "kind": "patrol",
        "sectors": ["JER"],
        "post": None,
        "team": "T1",
        "planned_start": door.now,
        "planned_end": door.now + 8 * HOUR,
    }
    plan_watch(door, watch_id=watch_id, **(told | given))
    return watch_id


def happened(door: Door, watch_id: str, kind: str, after_h: float = 0, **given: Any) -> str:
    return record_watch_event(
        door,
        event_id=given.pop("event_id", None) or new_id(),
        watch_id=watch_id,
        kind=kind,
        at=door.now + after_h * HOUR,
        **given,
    )


def later(door: Door, hours: float) -> Door:
    return Door(door.app, door.session, door.actor, door.now + hours * HOUR)


def test_a_watch_goes_from_planned_to_out_to_ended(base: Door) -> None:
    watch_id = planned(base)
    states = []
    for kind in ("started", "outage_started", "outage_ended", "ended"):
        found = queries.watch(base.session, watch_id)
        assert found is not None
        states.append(found.state)
        happened(base, watch_id, kind, len(states))
    found = queries.watch(base.session, watch_id)
    assert found is not None and found.team == "T1"
    assert [*states, found.state] == ["planned", "out", "down", "out", "ended"]


def test_the_same_plan_again_is_a_repeat_and_another_one_a_conflict(base: Door) -> None:
    watch_id = planned(base)
    leaves = len(base.session.scalars(select(LogLeaf.at_index)).all())
    assert planned(later(base, 0), watch_id=watch_id) == watch_id
    assert len(base.session.scalars(select(LogLeaf.at_index)).all()) == leaves
    with pytest.raises(Conflict):
        planned(base, watch_id=watch_id, sectors=["MAR"])


def test_the_same_event_again_is_a_repeat_and_another_one_a_conflict(base: Door) -> None:
    watch_id, event_id = planned(base), new_id()
    assert happened(base, watch_id, "started", event_id=event_id) == "new"
    assert happened(base, watch_id, "started", event_id=event_id) == "repeat"
    with pytest.raises(Conflict):
        happened(base, watch_id, "ended", event_id=event_id)
    with pytest.raises(Conflict):
        happened(base, watch_id, "started", 1, event_id=event_id)


def test_every_change_is_a_leaf_and_an_event(base: Door) -> None:
    watch_id = planned(base)
    happened(base, watch_id, "started")
    types = base.session.scalars(select(LogLeaf.type).order_by(LogLeaf.at_index)).all()
    assert types[-2:] == ["watch_planned", "watch_started"]
    told = [e.data for e in base.session.scalars(select(OutboxEvent).order_by(OutboxEvent.id))]
    assert [(e["watch_id"], e["change"], e["sector"]) for e in told[-2:]] == [
        (watch_id, "planned", "JER"),
        (watch_id, "started", "JER"),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sectors": ["NOWHERE"]}, "sectors"),
        ({"sectors": []}, "sectors"),
        ({"kind": "post"}, "post"),
        ({"post": "GN584821"}, "post"),
        ({"planned_end": None}, "planned_end"),
        ({"planned_end": dt.datetime(2022, 1, 1, tzinfo=dt.UTC)}, "planned_end"),
        ({"team": "T9"}, "team"),
    ],
)
def test_a_wrong_plan_is_refused_and_says_what_to_mend(base: Door, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid, match=field):
        planned(base, **wrong)


def test_a_sector_that_the_watch_is_not_for_is_refused(base: Door) -> None:
    watch_id = planned(base, sectors=["JER", "MAR"])
    assert happened(base, watch_id, "checked_in", sector="MAR") == "new"
    with pytest.raises(Invalid, match="sector"):
        happened(base, watch_id, "checked_in", sector="KAP")


def test_a_watch_that_nobody_planned_is_not_found(base: Door) -> None:
    with pytest.raises(NotFound):
        happened(base, new_id(), "started")


def test_a_team_speaks_for_itself_and_the_duty_officer_for_all(base: Door, as_role: AsRole) -> None:
    own, other = as_role("monitor"), as_role("monitor", "second", "T2")
    watch_id = planned(own)
    with pytest.raises(Refused, match="another team"):
        happened(other, watch_id, "started")
    with pytest.raises(Refused, match="another team"):
        planned(other)
    assert happened(own, watch_id, "started") == "new"
    assert happened(as_role("duty_officer"), watch_id, "ended", 1) == "new"


def test_hours_watched_name_every_sector_and_are_zero_where_nobody_watched(base: Door) -> None:
    watch_id = planned(base)
    happened(base, watch_id, "started")
    happened(base, watch_id, "ended", 5)
    hours = queries.hours_watched(base.session, base.now, base.now + 24 * HOUR, base.now + 24 * HOUR)
    assert hours == {"GOR": 0, "IJE": 0, "JER": 5, "KAP": 0, "MAR": 0, "YEG": 0}


def test_watch_hours_count_each_watch_and_monitored_hours_the_time(base: Door) -> None:
    for kind, post in (("patrol", None), ("post", "J-1")):
        watch_id = planned(base, kind=kind, post=post)
        happened(base, watch_id, "started")
        happened(base, watch_id, "ended", 5)
    span = (base.now, base.now + 24 * HOUR, base.now + 24 * HOUR)
    assert queries.hours_watched(base.session, *span)["JER"] == 10
    assert queries.hours_monitored(base.session, *span)["JER"] == 5


def test_an_end_told_late_changes_what_is_known_now_and_not_what_was_known_then(base: Door) -> None:
    watch_id = planned(base)
    happened(base, watch_id, "started")
    then = base.now + 8 * HOUR
    ended_at = base.now + 3 * HOUR
    record_watch_event(later(base, 20), event_id=new_id(), watch_id=watch_id, kind="ended", at=ended_at)
    period = (base.now, base.now + 24 * HOUR)
    assert queries.hours_watched(base.session, *period, known_at=then)["JER"] == 8
    assert queries.hours_watched(base.session, *period, known_at=base.now + 24 * HOUR)["JER"] == 3
    assert [w.id for w in queries.open_watches(base.session, known_at=then)] == [watch_id]
    assert queries.open_watches(base.session) == []


def test_a_watch_still_running_counts_up_to_the_moment_of_asking(base: Door) -> None:
    watch_id = planned(base)
    happened(base, watch_id, "started")
    hours = queries.hours_watched(base.session, base.now, base.now + 24 * HOUR, base.now + 2 * HOUR)
    assert hours["JER"] == 2


def test_a_camera_that_is_down_is_listed_with_since_when(base: Door) -> None:
    cameras = {down.post for down in queries.cameras_down(base.session, base.now)}
    assert len(cameras) == 6
    watch_id = planned(base, kind="camera", post="J-C", team=None, planned_end=None)
    happened(base, watch_id, "started")
    happened(base, watch_id, "outage_started", 2)
    down = {d.post: d for d in queries.cameras_down(base.session, base.now + HOUR)}
    assert down.keys() == cameras - {"J-C"} and down["M-C"].since is None
    found = {d.post: d for d in queries.cameras_down(base.session, base.now + 3 * HOUR)}["J-C"]
    assert (found.since, found.sector) == (base.now + 2 * HOUR, "JER")
    happened(base, watch_id, "outage_ended", 4)
    assert "J-C" not in {d.post for d in queries.cameras_down(base.session, base.now + 5 * HOUR)}


# --- through the door -------------------------------------------------------------------------------------


@pytest.fixture
def ground(parts: App) -> App:
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
        add_team(door, "T1", "Team T1")
    return parts


def a_plan(app: App, **given: Any) -> dict[str, Any]:
    now = app.clock.now()
    return {
        "watch_id": new_id(),
        "kind": "patrol",
        "sectors": ["JER"],
        "team": "T1",
        "planned_start": now.isoformat(),
        "planned_end": (now + 8 * HOUR).isoformat(),
    } | given


def test_a_patrol_is_planned_at_the_desk_and_started_by_its_phone(ground: App, client: Any) -> None:
    desk, phone = client("duty_officer"), client("monitor")
    plan = a_plan(ground)
    assert desk.post("/api/v1/watches", json=plan).status_code == 201
    assert desk.post("/api/v1/watches", json=plan).status_code == 200
    assert desk.post("/api/v1/watches", json=plan | {"sectors": ["MAR"]}).status_code == 409
    (mine,) = phone.get("/api/v1/watches?mine=1").json["watches"]
    assert (mine["id"], mine["state"], mine["team"]) == (plan["watch_id"], "planned", "T1")

    event = {"event_id": new_id(), "kind": "started"}
    there = f"/api/v1/watches/{plan['watch_id']}/events"
    answer = phone.post(there, json=event)
    assert (answer.status_code, answer.json["watch"]["state"]) == (201, "out")
    assert phone.post(there, json=event).json["outcome"] == "repeat"
    assert client.device().post(there, json={"kind": "ended"}).status_code == 201
    assert phone.get("/api/v1/watches?mine=1").json["watches"] == []
    assert [w["state"] for w in desk.get("/api/v1/watches").json["watches"]] == ["ended"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"kind": "walk"}, 422),
        ({"planned_start": "2022-09-13T08:00:00"}, 422),
        ({"surprise": 1}, 422),
        ({"watch_id": "x"}, 422),
    ],
)
def test_a_plan_that_cannot_be_read_is_refused(
    ground: App, client: Any, change: dict[str, Any], status: int
) -> None:
    answer = client("duty_officer").post("/api/v1/watches", json=a_plan(ground, **change))
    assert answer.status_code == status and set(answer.json["errors"]) == set(change)


def test_a_time_without_its_offset_is_refused(ground: App, client: Any) -> None:
    assert client("duty_officer").get("/api/v1/watches?from=2022-09-13T08:00:00").status_code == 400


def test_a_reporting_officer_reads_watches_and_files_none(ground: App, client: Any) -> None:
    officer = client("reporting_officer")
    assert officer.get("/api/v1/watches").status_code == 200
    assert officer.post("/api/v1/watches", json=a_plan(ground)).status_code == 403
    assert client.nobody().get("/api/v1/watches").status_code == 401
