"""What each zone of the situation room is answered, and who may ask."""

import datetime as dt
import hashlib
import uuid

import pytest
from cast_of_people import cast_member
from field_report import field_report

from monitor.watches.service import plan_watch, record_watch_event

ZONES = ("", "/state", "/ground", "/map", "/inbox", "/queue", "/incidents", "/claims")


def rows_of(answer):
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]


def accept(client, observation_id):
    url = f"/api/v1/observations/{observation_id}/review"
    assert client("duty_officer").post(url, json={"verdict": "accepted"}).status_code == 200


@pytest.mark.parametrize("zone", ZONES)
def test_the_room_is_for_those_at_the_base(client, mission, zone):
    assert client("duty_officer").get(f"/desk{zone}").status_code == 200
    assert client("head_of_mission").get(f"/desk{zone}").status_code == 200


@pytest.mark.parametrize("zone", ("", "/state", "/map", "/inbox", "/queue"))
def test_others_are_refused_and_told_why(client, mission, zone):
    for outsider in ("monitor", "administrator", "liaison"):
        assert client(outsider).get(f"/desk{zone}").status_code == 403
    assert client.device().get(f"/desk{zone}").status_code == 403
    assert client.nobody().get(f"/desk{zone}").status_code in {302, 303, 401}


def test_the_page_brings_no_inline_script_or_style(client, mission):
    page = client("analyst").get("/desk").text
    assert "EXERCISE" in page
    assert "<style" not in page
    assert " style=" not in page
    assert "Natural Earth" in page
    assert "do not imply any opinion" in page


def test_the_state_says_mission_time_and_the_period_it_falls_in(client, mission):
    state = client("duty_officer").get("/desk/state").json
    assert (state["now"], state["clock_rate"]) == ("2022-09-13T08:00:00+00:00", 0.0)
    assert state["period"] == {"start": "2022-09-12T15:30:00+00:00", "end": "2022-09-13T15:30:00+00:00"}
    assert state["mission"]["timezone"] == "Asia/Yerevan"
    assert len(state["sectors"]) == 6
    assert not any(sector["is_watched"] for sector in state["sectors"])


def test_a_direction_is_drawn_from_its_observer_as_a_wedge(client, file):
    observation_id = file()
    (row,) = rows_of(client("duty_officer").get("/desk/map").json)
    assert row["id"] == observation_id
    assert row["title"] == "12 explosions, heard SE, 3–5 km"
    assert row["bearing"] == 135.0
    assert row["observer"] == [45.865, 40.203, 12]
    assert len(row["shape"][0]) > 8
    assert (row["confidence"], row["symbol"], row["sector"]) == ("dashed", "burst", "MAR")
    assert row["uncertainty_m"] > 500


def test_accepting_makes_the_outline_solid_and_empties_the_queue(client, file):
    observation_id = file()
    duty = client("duty_officer")
    (waiting,) = duty.get("/desk/queue").json["rows"]
    assert (waiting["id"], waiting["is_own"], waiting["media"]) == (observation_id, False, 0)
    counts = duty.get("/desk/state").json["counts"]
    assert (counts["review"], counts["violations_accepted"], counts["violations_waiting"]) == (1, 0, 12)
    accept(client, observation_id)
    assert duty.get("/desk/queue").json["rows"] == []
    counts = duty.get("/desk/state").json["counts"]
    assert (counts["review"], counts["violations_accepted"], counts["violations_waiting"]) == (0, 12, 0)
    assert rows_of(duty.get("/desk/map").json)[0]["confidence"] == "solid"


def test_rejected_and_training_records_are_not_on_the_map(client, file):
    observation_id = file()
    file(category="TST", type="training_record", count=None, fields={})
    url = f"/api/v1/observations/{observation_id}/review"
    answer = client("duty_officer").post(url, json={"verdict": "rejected", "comment": "sent twice"})
    assert answer.status_code == 200
    assert client("duty_officer").get("/desk/map").json["rows"] == []


def test_the_window_is_by_event_time(client, file):
    file()
    duty = client("duty_officer")
    assert len(duty.get("/desk/map?from=2022-09-12T20:00:00Z").json["rows"]) == 1
    assert duty.get("/desk/map?from=2022-09-12T20:06:00Z").json["rows"] == []
    assert duty.get("/desk/map?from=yesterday").status_code == 400


def test_every_zone_answers_as_known_at_a_past_moment(client, file, clock):
    before = clock.now()
    clock.set(before + dt.timedelta(hours=1))
    observation_id = file(exposure="in_direction_of")
    then = clock.now()
    clock.set(then + dt.timedelta(hours=1))
    accept(client, observation_id)
    duty = client("duty_officer")

    def counts(moment):
        state = duty.get("/desk/state", query_string={"at": moment.isoformat()}).json["counts"]
        return state["review"], state["violations_accepted"], state["violations_waiting"]

    def on_the_map(moment):
        return rows_of(duty.get("/desk/map", query_string={"at": moment.isoformat()}).json)

    assert [counts(moment) for moment in (before, then, clock.now())] == [(0, 0, 0), (1, 0, 12), (0, 12, 0)]
    assert on_the_map(before) == []
    assert [row["processing"] for row in on_the_map(then)] == ["received"]
    assert [row["processing"] for row in on_the_map(clock.now())] == ["accepted"]
    waiting = duty.get("/desk/queue", query_string={"at": then.isoformat()}).json["rows"]
    assert [row["id"] for row in waiting] == [observation_id]


def test_nobody_knows_what_will_be_known(client, mission):
    answer = client("duty_officer").get("/desk/state?at=2030-01-01T00:00:00Z")
    assert answer.status_code == 400
    assert "future" in answer.json["detail"]


def test_a_report_is_opened_with_all_its_parts(client, file):
    observation_id = file(means="smelled")
    report = client("duty_officer").get(f"/desk/observations/{observation_id}").json
    assert report["processing"] == "quarantined"
    assert len(report["quarantine_reasons"]) == 1
    assert report["text"] == "Windows rattled at the post."
    facts = {name: value for section in report["sections"] for name, value in section["facts"]}
    assert facts["Observer’s position"] == "40.20300° N, 45.86500° E ± 12 m, satellite position"
    assert facts["Direction of the event"] == "SE, 3–5 km (135° true)"
    assert facts["Sector"].endswith("by the event")
    assert [step["what"] for step in report["history"]] == ["Set aside for a check"]
    assert client("duty_officer").get("/desk/observations/nobody").status_code == 404


def test_ones_own_report_is_marked_and_its_review_refused(client, mission):
    duty = client("duty_officer")
    observation_id = duty.post("/api/v1/observations", json=field_report()).json["observation_id"]
    assert duty.get(f"/desk/observations/{observation_id}").json["is_own"]
    assert duty.get("/desk/queue").json["rows"][0]["is_own"]
    answer = duty.post(f"/api/v1/observations/{observation_id}/review", json={"verdict": "accepted"})
    assert answer.status_code == 403
    assert "somebody other than the one who filed it" in answer.json["detail"]


def test_an_incident_is_shown_with_the_steps_that_could_come_next(client, file):
    ids = [file(), file(count={"min": 9, "best": 9, "max": 9, "qualifier": "about"})]
    duty = client("duty_officer")
    opened = duty.post("/api/v1/incidents", json={"observation_ids": ids}).json
    (row,) = duty.get("/desk/incidents").json["rows"]
    assert (row["id"], row["number"], row["observations"]) == (opened["incident_id"], "I-0001", 2)
    shown = duty.get(f"/desk/incidents/{row['id']}").json
    assert [one["id"] for one in shown["observations"]] == ids
    following = {step["state"]: step for step in shown["next"]}
    assert following["possible"]["is_allowed"]
    assert "needs two accepted observations" in following["corroborated"]["reason"]
    assert "not granted to duty officer" in following["refuted"]["reason"]
    assert rows_of(duty.get("/desk/map").json)[0]["incident"] == "I-0001"


def test_harm_is_confirmed_with_the_checklist_that_comes_with_the_step(client, file):
    harm = {"category": "CAS", "type": "injured", "means": "told"}
    ids = [file(info_type="medical", **harm), file(info_type="told_by_official", **harm)]
    duty, officer = client("duty_officer"), client("verification_officer")
    for one in ids:
        duty.post(f"/api/v1/observations/{one}/review", json={"verdict": "accepted"})
    client("analyst").post(
        f"/api/v1/observations/{ids[0]}/grades", json={"reliability": "B", "credibility": 2}
    )
    incident_id = duty.post("/api/v1/incidents", json={"observation_ids": ids}).json["incident_id"]
    steps = f"/api/v1/incidents/{incident_id}/steps"
    step = {"axis": "assessment", "state": "corroborated", "reason": "Hospital and mayor."}
    assert client("analyst").post(steps, json=step).status_code in (200, 201)
    shown = officer.get(f"/desk/incidents/{incident_id}").json["next"]
    (confirm,) = [one for one in shown if one["state"] == "confirmed"]
    assert confirm["is_allowed"]
    assert len(confirm["checklist"]) == 6
    codes = [point["code"] for point in confirm["checklist"]]
    step |= {"state": "confirmed", "checklist": codes[1:]}
    refused = officer.post(steps, json=step)
    assert refused.status_code == 409
    assert confirm["checklist"][0]["words"] in refused.json["detail"]
    assert officer.post(steps, json=step | {"checklist": codes}).status_code in (200, 201)


def test_the_parties_stand_side_by_side_with_or_without_claims(client, mission):
    answer = client("duty_officer").get("/desk/claims").json
    assert [party["code"] for party in answer["parties"]] == ["ARM", "AZE", "NK"]
    assert answer["claims"] == []


def test_an_alert_tells_why_and_which_reports(client, file, parts, drain):
    observation_id = file(exposure="in_direction_of")
    drain()
    (alert,) = client("duty_officer").get("/desk/inbox").json["alerts"]
    assert (alert["state"], alert["change"], alert["evidence"]) == ("open", "raised", [observation_id])
    assert alert["place"] == "Sector Martuni"
    assert alert["why"]
    assert [step["what"] for step in alert["history"]] == ["raised"]
    assert client("duty_officer").get("/desk/state").json["counts"]["alerts_new"] == 1


def test_a_photo_is_announced_first_and_shown_once_it_is_here(client, file):
    content, media_id = b"\xff\xd8 a photo", str(uuid.uuid4())
    digest = hashlib.sha256(content).hexdigest()
    announced = {"media_id": media_id, "slot": "photo1", "sha256": digest, "bytes": len(content)}
    observation_id = file(media=[announced | {"mime": "image/jpeg"}])
    duty = client("duty_officer")
    assert duty.get("/desk/queue").json["rows"][0]["media"] == 1
    url = f"/desk/observations/{observation_id}"
    assert [item["is_here"] for item in duty.get(url).json["media"]] == [False]
    answer = client.device().put(
        f"/api/v1/media/{media_id}",
        data=content,
        headers={"X-Content-SHA256": digest},
        content_type="image/jpeg",
    )
    assert answer.status_code == 201, answer.json
    assert [item["is_here"] for item in duty.get(url).json["media"]] == [True]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("sotk", "Sotk"),
        ("Սոթք", "Sotk"),
        ("Zod", "Sotk"),
        ("mar", "Sector Martuni"),
        ("38TNK 12 34", "38TNK 12 34 · square of 1000 m"),
        ("40.2, 45.86", "40.2000 N, 45.8600 E"),
    ],
)
def test_people_find_by_grid_degrees_and_any_name(client, mission, typed, label):
    found = client("duty_officer").get("/desk/find", query_string={"q": typed}).json["found"]
    assert found[0]["label"] == label


def test_people_find_a_report_by_its_number(client, file):
    observation_id = file()
    number = client("duty_officer").get("/desk/queue").json["rows"][0]["number"]
    for typed in (number, number.lower(), number.replace("R-0", "r ")):
        (hit,) = client("duty_officer").get("/desk/find", query_string={"q": typed}).json["found"]
        assert (hit["kind"], hit["id"]) == ("report", observation_id)


def test_nothing_is_found_for_what_means_nothing(client, mission):
    for typed in ("", "R-99", "%%%", "99.9, 400"):
        assert client("duty_officer").get("/desk/find", query_string={"q": typed}).json["found"] == []


def test_the_room_knows_when_nobody_works_behind_it(client, file, drain):
    machine = client("duty_officer").get("/desk/state").json["machine"]
    assert machine == {
        "worker_is_there": False,
        "rules_behind_since": None,
        "alerts_behind_since": None,
        "jobs_failed": [],
    }
    file()
    machine = client("duty_officer").get("/desk/state").json["machine"]
    assert machine["rules_behind_since"] == "2022-09-13T08:00:00+00:00"
    drain()
    assert client("duty_officer").get("/desk/state").json["machine"]["rules_behind_since"] is None


def watching(parts, sector, start, end=None):
    """A patrol of team T1 that set out and, where `end` is given, came back."""
    with parts.transaction() as door:
        officer, monitor = cast_member(door, "duty_officer"), cast_member(door, "monitor")
    watch_id = str(uuid.uuid4())
    plan = {"watch_id": watch_id, "kind": "patrol", "sectors": [sector], "post": None, "team": "T1"}
    with parts.transaction(officer) as door:
        plan_watch(door, **plan, planned_start=start, planned_end=start + dt.timedelta(hours=9))
    with parts.transaction(monitor) as door:
        for kind, at in (("started", start), ("ended", end)):
            if at is not None:
                record_watch_event(door, event_id=str(uuid.uuid4()), watch_id=watch_id, kind=kind, at=at)


def test_the_state_says_what_was_last_heard_of_each_team_that_is_out(client, file, parts, clock):
    began = clock.now()
    watching(parts, "MAR", began)
    state = client("duty_officer").get("/desk/state").json
    assert [(team["name"], team["by"]) for team in state["teams"]] == [("Team T1", "start")]
    clock.set(began + dt.timedelta(hours=2))
    file()
    (team,) = client("duty_officer").get("/desk/state").json["teams"]
    assert (team["by"], team["heard_at"]) == ("report", clock.now().isoformat())


def test_a_sector_that_nobody_watches_any_more_says_since_when(client, mission, clock):
    began = clock.now()
    clock.set(began + dt.timedelta(hours=3))
    watching(mission, "MAR", began, began + dt.timedelta(hours=2))
    sectors = {one["code"]: one for one in client("duty_officer").get("/desk/state").json["sectors"]}
    assert sectors["MAR"]["unwatched_since"] == (began + dt.timedelta(hours=2)).isoformat()
    assert sectors["GOR"]["unwatched_since"] is None
    assert client("duty_officer").get("/desk/state").json["teams"] == []
