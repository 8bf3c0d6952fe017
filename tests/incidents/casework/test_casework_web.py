"""One test a door of casework, and that each page is there for whom it is."""

import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from field_report import heard_from

from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"


@pytest.fixture
def two(parts: Any, client: Any, drain: Callable[[], int]) -> list[str]:
    """Two reports of one event by two teams' phones, accepted, and what the worker made of them."""
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
    bodies = [heard_from(200, 4, 12), heard_from(260, 5, 9)]
    for team, body in zip(("T1", "T2"), bodies, strict=True):
        assert client.device(team, team).post("/api/v1/observations", json=body).status_code == 201
    duty = client("duty_officer")
    for body in bodies:
        verdict = {"verdict": "accepted", "expected": "received"}
        assert (
            duty.post(f"/api/v1/observations/{body['observation_id']}/review", json=verdict).status_code
            == 200
        )
    drain()
    return [body["observation_id"] for body in bodies]


def decide(desk: Any, verdict: str, two: list[str], **more: Any) -> Any:
    content = {"one_id": two[0], "other_id": two[1], "verdict": verdict} | more
    return desk.post("/api/v1/suggestions", json=content)


def test_a_suggestion_is_confirmed_shown_on_the_incident_and_undone(client, two):
    analyst = client("analyst")
    [suggested] = analyst.get(f"/api/v1/suggestions?observation={two[0]}").json["suggestions"]
    assert {reason["code"] for reason in suggested["reasons"]} >= {"same_kind", "times_agree"}
    answer = decide(analyst, "confirmed", two, expected="suggested")
    assert answer.status_code == 200
    page = analyst.get(f"/api/v1/incidents/{answer.json['incident_id']}/timeline").json
    assert [account["id"] for account in page["accounts"]] == sorted(two) or len(page["accounts"]) == 2
    assert (page["total"]["best"], sorted(page["total"]["ids"])) == (12, sorted(two))
    assert page["fix"]["residuals"]
    late = decide(client("analyst", "second"), "rejected", two, expected="suggested")
    assert (late.status_code, late.json["type"].rpartition("/")[2]) == (409, "conflict")
    assert decide(analyst, "undone", two, expected="confirmed").status_code == 200


def test_totals_carry_their_ids_and_the_range_of_what_nobody_has_decided(client, two):
    span = "from=2022-09-12T12:00:00Z&to=2022-09-13T12:00:00Z"
    told = client("analyst").get(f"/api/v1/totals?{span}").json["violations"]
    assert (told["best"], told["together"]["best"], sorted(told["ids"])) == (21, 12, sorted(two))
    before = client("analyst").get(f"/api/v1/totals?{span}&known_at=2022-09-13T00:00:00Z").json
    assert before["violations"]["best"] == 0


def test_the_queue_says_what_waits_for_whom_and_who_has_it_open(client, two):
    analyst, other = client("analyst"), client("analyst", "second")
    [row] = [row for row in analyst.get("/api/v1/review").json["rows"] if row["kind"] == "suggestion"]
    assert (row["waits_for"], row["why_not"], row["held_by"]) == ("an analyst", None, None)
    hold = {"thing": "suggestion", "thing_id": row["thing_id"]}
    assert analyst.post("/api/v1/review/holds", json=hold).status_code == 200
    refused = other.post("/api/v1/review/holds", json=hold)
    assert (refused.status_code, "has it open until" in refused.json["detail"]) == (409, True)
    [seen] = [row for row in other.get("/api/v1/review").json["rows"] if row["kind"] == "suggestion"]
    assert (seen["held_by"], seen["is_mine"]) == ("First analyst", False)
    assert analyst.post("/api/v1/review/holds", json=hold | {"held": False}).status_code == 200
    assert other.post("/api/v1/review/holds", json=hold).status_code == 200
    reporting = client("reporting_officer").get("/api/v1/review").json["rows"]
    assert all(row["why_not"] for row in reporting)


def test_what_somebody_holds_and_leaves_runs_out_by_itself(client, two, clock):
    import datetime as dt

    hold = {"thing": "observation", "thing_id": two[0]}
    assert client("analyst").post("/api/v1/review/holds", json=hold).status_code == 200
    clock.advance(dt.timedelta(minutes=16))
    assert client("analyst", "second").post("/api/v1/review/holds", json=hold).status_code == 200


def test_a_grade_is_given_with_the_grade_that_was_seen(client, two):
    given = {"reliability": "B", "credibility": 2, "reason": "Clear.", "expected": "B6"}
    address = f"/api/v1/observations/{two[0]}/grades"
    assert client("analyst").post(address, json=given).status_code == 201
    assert client("analyst", "second").post(address, json=given).status_code == 409
    told = client("analyst").get(address).json
    assert (told["now"]["text"], [one["reason"] for one in told["history"]]) == ("B2", ["Clear."])
    wrong = client("analyst").post(address, json=given | {"reliability": "Z"})
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["reliability"])
    nothing = client("analyst").get(f"/api/v1/observations/{uuid.uuid4()}/grades")
    assert nothing.status_code == 404


def test_a_statement_is_said_released_corrected_and_retracted(client, two):
    analyst, reporting, head = client("analyst"), client("reporting_officer"), client("head_of_mission")
    incident = analyst.post("/api/v1/incidents", json={"observation_ids": two}).json["incident_id"]
    address = f"/api/v1/incidents/{incident}"

    def step(desk: Any, axis: str, state: str) -> Any:
        return desk.post(f"{address}/steps", json={"axis": axis, "state": state, "reason": "So."})

    assert step(analyst, "assessment", "possible").status_code == 200
    said = {"text": "No patrol was the target.", "exposure": "none"}
    assert reporting.post(f"{address}/statements", json=said).json == {"version": 1}
    assert step(reporting, "release", "cleared_for_report").status_code == 200
    release = {"recipients": ["role:liaison"], "reason": "Asked for."}
    assert head.post(f"{address}/release", json=release).json["release"] == "released"
    anew = {"text": "A patrol was present.", "exposure": "present", "why": "A clip.", "expected_version": 1}
    assert head.post(f"{address}/corrections", json=anew).json == {"version": 2}
    page = head.get(f"{address}/timeline").json
    assert [said["version"] for said in page["statements"]] == [1, 2]
    assert page["corrections"][0]["why"] == "A clip."
    assert head.post(f"{address}/retraction", json={"why": "Wrong patrol."}).json["release"] == "retracted"


def test_coverage_is_told_for_any_span_and_a_wrong_one_says_what_to_mend(client, two):
    told = client("analyst").get("/api/v1/coverage?from=2022-09-12T12:00:00Z&to=2022-09-13T12:00:00Z").json
    martuni = next(sector for sector in told["sectors"] if sector["code"] == "MAR")
    assert (martuni["monitored_h"], martuni["total"]["best"]) == (0.0, 21)
    assert {sector["reading"] for sector in told["sectors"]} == {"counted", "not_monitored"}
    wrong = client("analyst").get("/api/v1/coverage?from=2022-09-13T12:00:00Z&to=2022-09-12T12:00:00Z")
    assert (wrong.status_code, "must lie before" in wrong.json["detail"]) == (400, True)


def test_positions_and_words_are_left_out_for_whom_they_are_not(client, two):
    analyst = client("analyst")
    incident = analyst.post("/api/v1/incidents", json={"observation_ids": two}).json["incident_id"]
    whole = analyst.get(f"/api/v1/incidents/{incident}/timeline").json
    assert all(account["observer"] and account["text"] for account in whole["accounts"])
    assert client("liaison").get(f"/api/v1/incidents/{incident}/timeline").status_code == 403


@pytest.mark.parametrize("page", ["/review", "/coverage"])
def test_a_page_opens_for_the_mission_and_asks_a_stranger_to_sign_in(client, two, page):
    assert b"<main" in client("analyst").get(page).data
    assert client.nobody().get(page).status_code in (302, 303, 401)


def test_an_incident_has_its_own_page_and_an_unknown_one_has_not(client, two):
    analyst = client("analyst")
    incident = analyst.post("/api/v1/incidents", json={"observation_ids": two}).json["incident_id"]
    found = analyst.get(f"/incidents/{incident}").get_data(as_text=True)
    assert re.search(r"<h1[^>]*>I-0001", found)
    assert analyst.get(f"/incidents/{uuid.uuid4()}").status_code == 404
    assert "token" not in json.dumps(analyst.get(f"/api/v1/incidents/{incident}").json)
