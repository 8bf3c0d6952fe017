"""Alerts by the API: who may read them, who may answer, and what an answer must say."""

import datetime as dt

import pytest

from incidents.alerts.model import Alert, AlertVersion
from incidents.rules.model import Finding, FindingVersion
from incidents.rules.service import load_rules

AT = dt.datetime(2022, 9, 12, 20, 5, tzinfo=dt.UTC)


@pytest.fixture
def alert_id(parts):
    """An alert of mission safety, as rules and alerts would have left it."""
    with parts.transaction() as door:
        load_rules(door)
        door.session.add(
            Finding(id="f", number=1, rule_version_id="E12-mission-safety@2", key="MAR", recorded_at=AT)
        )
        door.session.flush()
        times = dict.fromkeys(("start_at", "end_at", "condition_from", "detectable_at", "peak_at"), AT)
        door.session.add(
            FindingVersion(
                finding_id="f",
                version_no=1,
                change="raised",
                reason="new_report",
                state="open",
                severity=4,
                strength=[1],
                numbers={"n": 1, "margin": 0},
                evidence_count=0,
                reviewed=0,
                quarantined=0,
                sources=1,
                is_resolved=False,
                sector="MAR",
                sentence="Sector MAR: 1 incident.",
                recorded_at=AT,
                **times,
            )
        )
        door.session.add(Alert(id="a", number=1, finding_id="f", recorded_at=AT))
        door.session.flush()
        door.session.add(
            AlertVersion(
                alert_id="a",
                version_no=1,
                change="raised",
                reason="new_report",
                condition="open",
                severity=4,
                finding_id="f",
                finding_version_no=1,
                recorded_at=AT,
            )
        )
    return "a"


def test_open_alerts_are_read_with_what_they_say(client, alert_id):
    (alert,) = client("analyst").get("/api/v1/alerts").json["alerts"]
    assert (alert["id"], alert["label"], alert["severity"], alert["state"]) == ("a", "A-0001", 4, "open")
    assert alert["sentence"] == "Sector MAR: 1 incident."
    assert alert["sector_code"] == "MAR"


def test_the_duty_officer_acknowledges_and_it_expires(client, alert_id, parts):
    duty = client("duty_officer")
    answer = duty.post(f"/api/v1/alerts/{alert_id}/steps", json={"step": "acknowledge"})
    assert answer.status_code == 201
    assert answer.json["state"] == "acknowledged"
    assert answer.json["ack_expires_at"] == (parts.clock.now() + dt.timedelta(hours=2)).isoformat()
    parts.clock.set(parts.clock.now() + dt.timedelta(hours=3))
    assert duty.get(f"/api/v1/alerts/{alert_id}").json["state"] == "open"


def test_a_closed_alert_shows_who_did_what_and_why(client, alert_id):
    duty = client("duty_officer")
    answer = duty.post(f"/api/v1/alerts/{alert_id}/steps", json={"step": "close", "note": "Patrol is back."})
    assert answer.json["state"] == "closed"
    shown = duty.get(f"/api/v1/alerts/{alert_id}").json
    assert [(step["step"], step["note"]) for step in shown["steps"]] == [("close", "Patrol is back.")]
    assert [version["change"] for version in shown["versions"]] == ["raised"]
    assert duty.get("/api/v1/alerts").json["alerts"] == []
    assert len(duty.get("/api/v1/alerts?all=1").json["alerts"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"step": "close"}, "note"),
        ({"step": "shelve", "note": "later"}, "until"),
        ({"step": "dance"}, "step"),
        ({"step": "note", "note": "x", "loudly": True}, "loudly"),
    ],
)
def test_a_step_that_says_too_little_is_sent_back(client, alert_id, body, field):
    answer = client("duty_officer").post(f"/api/v1/alerts/{alert_id}/steps", json=body)
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_reading_is_not_answering(client, alert_id):
    answer = client("analyst").post(f"/api/v1/alerts/{alert_id}/steps", json={"step": "acknowledge"})
    assert answer.status_code == 403
    assert client("liaison").get("/api/v1/alerts").status_code == 403
    assert client.device().get("/api/v1/alerts").status_code == 403


def test_an_alert_that_does_not_exist_is_said_so(client, alert_id):
    assert client("duty_officer").get("/api/v1/alerts/nobody").status_code == 404
    answer = client("duty_officer").post("/api/v1/alerts/nobody/steps", json={"step": "acknowledge"})
    assert answer.status_code == 404
