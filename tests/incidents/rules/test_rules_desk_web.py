"""The doors of the desk for rules: who may open them, and what they answer."""

import datetime as dt
from dataclasses import replace

import pytest
from field_report import field_report
from rule_texts import street_fire

from incidents.rules import queries
from incidents.rules.pages import history_of


@pytest.fixture
def analyst(client):
    return client("analyst")


def begun(analyst, text=None):
    draft_id = analyst.post("/rules/drafts", json={}).json["draft_id"]
    analyst.post(f"/rules/drafts/{draft_id}", json={"text": text or street_fire(), "edition": 1})
    return draft_id


def in_shadow(analyst):
    return analyst.post(f"/rules/drafts/{begun(analyst)}/shadow", json={"edition": 2}).json["rule"]


def test_the_list_shows_every_rule_to_who_reads_and_the_pen_to_who_writes(client, analyst):
    page = analyst.get("/rules").text
    assert "E12-mission-safety" in page and "Write a new rule" in page
    assert "Write a new rule" not in client("verification_officer").get("/rules").text
    assert client("monitor").get("/rules").status_code == 403


def test_one_rule_shows_text_examples_and_what_it_does(analyst):
    listed = analyst.get("/rules").text
    version_id = listed.split('href="/rules/E12-')[1].split('"')[0]
    page = analyst.get(f"/rules/E12-{version_id}").text
    assert "What it does" in page and "holds" in page and "alarm budget" in page.lower()
    assert analyst.get("/rules/E77-none@1").status_code == 404


def test_a_text_is_judged_without_being_kept(client, analyst):
    wrong = street_fire().replace("least: 3", "least: many")
    assert analyst.post("/rules/check", json={"text": wrong}).json["line"] == 12
    said = analyst.post("/rules/check", json={"text": street_fire()}).json
    assert said["is_sound"] and said["version_id"] == "E90-street-fire@1"
    assert client("duty_officer").post("/rules/check", json={"text": wrong}).status_code == 403


def test_a_next_version_begins_from_the_text_of_the_last(analyst):
    in_shadow(analyst)
    draft_id = analyst.post("/rules/drafts", json={"based_on": "E90-street-fire@1"}).json["draft_id"]
    assert "version: 2" in analyst.get(f"/rules/drafts/{draft_id}").text


def test_a_draft_is_tried_on_history_and_the_answer_is_kept_only_as_it_was_given(analyst):
    version_id = in_shadow(analyst)
    answer = analyst.get(f"/rules/{version_id}/trial?from=2022-08-01T00:00:00Z&to=2022-09-01T00:00:00Z").json
    assert answer["result"]["findings"] == 0
    changed = {"result": answer["result"] | {"findings": 9}, "seal": answer["seal"]}
    assert analyst.post(f"/rules/{version_id}/back-tests", json=changed).status_code == 422
    assert analyst.post(f"/rules/{version_id}/back-tests", json=answer).status_code == 201


def test_two_people_switch_a_rule_on_by_the_web(client, analyst):
    version_id = in_shadow(analyst)
    assert analyst.post(f"/rules/{version_id}/proposals", json={"kind": "on"}).status_code == 422
    answer = analyst.get(f"/rules/{version_id}/trial").json
    analyst.post(f"/rules/{version_id}/back-tests", json=answer)
    asked = analyst.post(f"/rules/{version_id}/proposals", json={"kind": "on"}).json["proposal"]
    agree = {"verdict": "agreed"}
    assert analyst.post(f"/rules/proposals/{asked}", json=agree).status_code == 403
    assert client("analyst", "second").post(f"/rules/proposals/{asked}", json=agree).json == {"status": "on"}


def test_a_rule_in_shadow_is_stopped_by_one_person(analyst):
    version_id = in_shadow(analyst)
    assert analyst.post(f"/rules/{version_id}/stop", json={}).json == {"status": "retired"}
    assert analyst.post(f"/rules/{version_id}/stop", json={}).status_code == 409


def test_the_list_stands_under_the_patterns_in_their_order_and_retired_rules_apart(analyst):
    analyst.post(f"/rules/{in_shadow(analyst)}/stop", json={})
    page = analyst.get("/rules").text
    at = [page.index(f">{name}<") for name in ("E1 Surge", "E2 Weapon ladder", "E10 Claim surge")]
    assert at == sorted(at)
    assert page.index("Retired (1)") < page.index("E90-street-fire@1")
    assert "reads back 16 d" in page and "never" in page


def test_what_the_clock_alone_drew_out_is_one_line_of_a_findings_history(client, drain, parts):
    client.device().post("/api/v1/observations", json=field_report(exposure="near_miss"))
    drain()
    with parts.reading() as door:
        [finding] = queries.findings(door.session, ("open",))
        [raised] = queries.finding_versions(door.session, finding.finding_id)
    hour = dt.timedelta(hours=1)
    by_clock = [
        replace(raised, change="extended", reason="clock", recorded_at=raised.recorded_at + i * hour)
        for i in (1, 2, 3)
    ]
    reviewed = replace(raised, change="amended", reason="reviewed")
    told = history_of([raised, *by_clock[:2], reviewed, by_clock[2]])
    assert [(one.version.change, one.same) for one in told] == [("raised", 2), ("amended", 1)]
    assert told[0].until == by_clock[1].recorded_at
    assert (len(told[0].joined), told[1].joined, told[1].left) == (1, [], [])


def test_a_finding_shows_how_firm_it_is_and_how_late_it_was_said(client, drain, clock):
    captured = clock.now().isoformat()
    clock.set(clock.now() + dt.timedelta(hours=3))
    time = {"start": captured, "end": None, "precision": "T2", "basis": "estimate"}
    report = field_report(exposure="near_miss", time=time, captured_at=captured)
    assert client.device().post("/api/v1/observations", json=report).status_code == 201
    drain()
    page = client("duty_officer").get("/rules/findings/1")
    assert page.status_code == 200
    for said in ("Falls when any one of its reports is refuted", "Independent sources", "0 of 1 (0 %)"):
        assert said in page.text
    assert "<dt>Warning latency</dt><dd>3 h</dd>" in page.text
    assert f'<a href="/desk?report={report["observation_id"]}">' in page.text
    alert = client("duty_officer").get("/api/v1/alerts").json["alerts"][0]
    assert "Finding 1" in client("duty_officer").get(f"/rules/findings/{alert['finding_id']}").text
    assert client("duty_officer").get("/rules/findings/99").status_code == 404
    assert client("duty_officer").get("/rules/findings/no-such-id").status_code == 404
