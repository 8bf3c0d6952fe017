"""The inbox as the room asks for it: who must act by when, and what stays in sight."""

import datetime as dt

import pytest
from many_reports import fill

from incidents.alerts.service import mute
from incidents.desk.queries import LISTED

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def alert(client, file, drain):
    """Fire in the direction of a patrol near Sotk, severity 5 by its rule's ladder."""
    file(exposure="near_miss")
    drain()
    (found,) = client("duty_officer").get("/desk/inbox").json["alerts"]
    return found


def inbox(client, role="duty_officer", **asked):
    return client(role).get("/desk/inbox", query_string=asked).json


def step(client, alert, role="duty_officer", **said):
    answer = client(role).post(f"/api/v1/alerts/{alert['id']}/steps", json=said)
    assert answer.status_code == 201, answer.json


def test_a_new_alert_asks_the_duty_officer_and_says_by_when_and_who_is_next(client, alert, clock):
    assert alert["owed"]["who"] == ["Duty officer"]
    assert alert["owed"]["by_me"]
    assert clock.now() < dt.datetime.fromisoformat(alert["owed"]["by"]) <= clock.now() + HOUR
    assert alert["climbs"]["to"] == "Duty officer"
    assert alert["above"] == "Head of mission"
    (same,) = inbox(client, "analyst")["alerts"]
    assert not same["owed"]["by_me"]


def test_whoever_acknowledged_owes_the_next_word_until_it_runs_out(client, alert, clock):
    step(client, alert, step="acknowledge")
    (held,) = inbox(client)["alerts"]
    assert (held["state"], held["owed"]["who"]) == ("acknowledged", ["First duty officer"])
    clock.set(clock.now() + 3 * HOUR)
    (asks,) = inbox(client)["alerts"]
    assert (asks["state"], asks["owed"]["who"]) == ("open", ["Duty officer"])


def test_it_can_be_given_to_those_who_may_answer_and_to_nobody_else(client, alert):
    client("head_of_mission")
    people = {one["name"]: one["id"] for one in inbox(client)["people"]}
    assert set(people) == {"First duty officer", "First head of mission"}
    assert inbox(client, "analyst")["people"] == []
    step(client, alert, step="assign", to=people["First head of mission"])
    (given,) = inbox(client, "head_of_mission")["alerts"]
    assert (given["owed"]["who"], given["owed"]["by_me"]) == (["First head of mission"], True)
    assert given["history"][-1]["to"] == "First head of mission"


def test_it_is_taken_up_the_ladder_by_hand_and_says_so(client, alert):
    step(client, alert, step="escalate", note="The road is closed.")
    (climbed,) = inbox(client)["alerts"]
    assert climbed["owed"]["who"] == ["Duty officer", "Head of mission"]
    assert [entry["what"] for entry in climbed["history"]] == ["raised", "escalate", "told"]
    assert climbed["above"] is None


def test_mutes_are_shown_with_why_and_end_by_hand(client, alert, parts, clock):
    with parts.transaction() as door:
        mute(door, "E12-mission-safety", None, clock.now() + HOUR, "The range is being cleared.")
    (shown,) = inbox(client)["mutes"]
    assert (shown["about"], shown["why"]) == ("E12-mission-safety", "The range is being cleared.")
    assert client("duty_officer").post(f"/api/v1/alert-mutes/{shown['id']}/end").status_code == 201
    assert inbox(client)["mutes"] == []


def test_the_queue_lists_those_that_wait_longest_and_says_how_many_more(client, file, parts):
    with parts.transaction() as door:
        fill(door, LISTED + 5, 20 * HOUR, waiting=1.0)
    newest = file()
    answer = client("duty_officer").get("/desk/queue").json
    assert (answer["total"], len(answer["rows"])) == (LISTED + 6, LISTED)
    assert newest not in {row["id"] for row in answer["rows"]}
    since = [row["waiting_since"] for row in answer["rows"]]
    assert since == sorted(since)
    assert client("duty_officer").get("/desk/state").json["counts"]["review"] == LISTED + 6
