"""What the charts count, and the files of the reports that the same filter lets through."""

import csv
import dataclasses
import datetime as dt
import io
import uuid

import pytest
from cast_of_people import cast_member

from monitor.watches.service import plan_watch, record_watch_event

HOUR = dt.timedelta(hours=1)
DAY = {"from": "2022-09-12T15:30:00Z", "to": "2022-09-13T15:30:00Z"}


def charts(client, **query):
    answer = client("duty_officer").get("/desk/charts.json", query_string=DAY | query)
    assert answer.status_code == 200, answer.json
    return answer.json


def accept(client, observation_id):
    url = f"/api/v1/observations/{observation_id}/review"
    assert client("duty_officer").post(url, json={"verdict": "accepted"}).status_code == 200


@pytest.fixture
def watch(parts, clock):
    """`watch()`: a patrol was out for six hours of the evening, in the sector of the reports."""

    def recorded():
        start = dt.datetime(2022, 9, 12, 16, tzinfo=dt.UTC)
        with parts.transaction() as door:
            duty = dataclasses.replace(door, actor=cast_member(door, "duty_officer"))
            plan = {"kind": "patrol", "sectors": ["MAR"], "post": None, "team": None}
            watch_id = str(uuid.uuid4())
            plan_watch(duty, watch_id=watch_id, planned_start=start, planned_end=start + 6 * HOUR, **plan)
            for kind, at in (("started", start), ("ended", start + 6 * HOUR)):
                record_watch_event(duty, event_id=str(uuid.uuid4()), watch_id=watch_id, kind=kind, at=at)

    return recorded


def day_of(found, sector="MAR", day=0):
    (row,) = [one for one in found["sectors"] if one["code"] == sector]
    return row["days"][day]


def test_a_day_counts_accepted_violations_beside_those_not_reviewed(client, file):
    accept(client, file())
    file(count={"min": 3, "best": 3, "max": 3, "qualifier": "about"})
    found = charts(client)
    day = day_of(found)
    assert (day["accepted"], day["waiting"], day["reports"]) == (12, 3, 2)
    assert found["total"]["accepted"] == 12
    assert [tier["accepted"] + tier["waiting"] for tier in found["tiers"]].count(15) == 1
    assert {one["hour"]: one["accepted"] for one in found["hours"] if one["accepted"]} == {0: 12}


def test_a_sector_that_nobody_watched_is_not_a_zero(client, mission, watch):
    assert day_of(charts(client))["reading"] == "not_monitored"
    watch()
    day = day_of(charts(client))
    assert (day["reading"], day["watched_h"], day["possible_h"]) == ("none_observed", 6.0, 16.5)
    hours = charts(client)["hours"]
    assert sum(one["watched_h"] for one in hours) == 6.0
    assert [one["hour"] for one in hours if one["watched_h"]] == [0, 1, 20, 21, 22, 23]


def test_charts_take_the_filter_of_the_room(client, file):
    accept(client, file())
    for query, accepted in (
        ({"sector": "MAR"}, 12),
        ({"sector": "JER"}, 0),
        ({"state": "waiting"}, 0),
        ({"hour": "0"}, 12),
        ({"hour": "5"}, 0),
        ({"q": "explosions sotk"}, 12),
        ({"tier": "5"}, 0),
    ):
        assert charts(client, **query)["total"]["accepted"] == accepted, query


def test_charts_are_drawn_as_known_at_a_past_moment(client, file, clock):
    before = clock.now()
    clock.advance(dt.timedelta(hours=1))
    accept(client, file())
    assert charts(client)["total"]["accepted"] == 12
    assert charts(client, at=before.isoformat())["total"]["accepted"] == 0


def test_a_warning_is_told_with_how_late_it_came(client, file, drain):
    file(exposure="in_direction_of")
    drain()
    latency = charts(client)["latency"]
    (alert,) = latency["alerts"]
    assert alert["raised_at"] == "2022-09-13T08:00:00+00:00"
    assert alert["is_late"]
    waited = dt.datetime.fromisoformat(alert["raised_at"]) - dt.datetime.fromisoformat(alert["detectable_at"])
    assert alert["seconds"] == latency["median_s"] == latency["worst_s"] == waited.total_seconds()
    assert charts(client, sector="JER")["latency"]["alerts"] == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"to": "2022-09-01T00:00:00Z"}, "`from` must lie before `to`"),
        ({"from": "2020-01-01T00:00:00Z"}, "more than 400 days"),
        ({"tier": "9"}, "`tier` is a number"),
        ({"at": "2030-01-01T00:00:00Z"}, "future"),
    ],
)
@pytest.mark.parametrize("path", ["/desk/charts.json", "/desk/reports.csv"])
def test_a_question_that_cannot_be_answered_says_what_to_mend(client, mission, query, said, path):
    answer = client("duty_officer").get(path, query_string=DAY | query)
    if path == "/desk/reports.csv" and "400 days" in said:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, said in answer.json["detail"]) == (400, True)


def test_the_layer_of_hours_watched_is_as_known_then(client, mission, watch, clock):
    before = clock.now()
    clock.advance(dt.timedelta(minutes=1))
    watch()
    duty = client("duty_officer")
    now = duty.get("/desk/coverage", query_string=DAY).json
    assert (now["sectors"]["MAR"], now["sectors"]["JER"]) == (6.0, 0.0)
    then = duty.get("/desk/coverage", query_string=DAY | {"at": before.isoformat()}).json
    assert then["sectors"]["MAR"] == 0.0


def test_a_table_holds_the_reports_that_the_filter_lets_through(client, file):
    accept(client, file())
    file(category="NEG", type="nothing_seen_or_heard", count=None, fields={})
    duty = client("duty_officer")
    answer = duty.get("/desk/reports.csv", query_string=DAY | {"state": "accepted"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="reports.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["title"], row["sector"], row["count_best"]) == (
        "12 explosions, heard SE, 3–5 km",
        "MAR",
        "12",
    )
    assert "40.203" not in answer.text  # where the observer stood
    assert len(duty.get("/desk/reports.csv", query_string=DAY).text.strip().splitlines()) == 3


def test_geojson_has_the_place_of_the_event_and_never_that_of_the_observer(client, file):
    observation_id = file()
    answer = client("duty_officer").get("/desk/reports.geojson", query_string=DAY)
    assert answer.mimetype == "application/geo+json"
    assert answer.json["exercise"] is True
    (feature,) = answer.json["features"]
    assert feature["id"] == observation_id
    assert feature["geometry"]["type"] == "Point"
    assert feature["properties"]["event_uncertainty_m"] > 500
    assert "45.865" not in answer.text


def test_a_cell_never_runs_as_a_formula(client, file):
    file(event={"kind": "named", "place_text": "=cmd()"}, observer=None)
    text = client("duty_officer").get("/desk/reports.csv", query_string=DAY).text
    assert not any(cell.startswith("=") for row in csv.reader(io.StringIO(text)) for cell in row)


def test_charts_and_files_are_for_those_who_read_reports(client, mission):
    for path in (
        "/desk/charts",
        "/desk/charts.json",
        "/desk/reports.csv",
        "/desk/reports.geojson",
        "/desk/coverage",
    ):
        assert client("head_of_mission").get(path, query_string=DAY).status_code == 200
        assert client("monitor").get(path, query_string=DAY).status_code == 403
        assert client("liaison").get(path, query_string=DAY).status_code == 403
