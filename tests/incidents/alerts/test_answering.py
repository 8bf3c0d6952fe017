"""What people do about alerts: each answer, what it leaves, and what it must not take away."""

import dataclasses
import datetime as dt

import pytest
from rule_desk import RuleDesk

from incidents.alerts import queries
from incidents.alerts.service import speak, take_step
from incidents.rules.loader import load_folder, load_rule
from incidents.rules.parts import RuleFileError
from incidents.rules.service import rules_in_use
from monitor.errors import NotFound, WrongState
from monitor.notify.queries import deliveries_about

NIGHT = dt.datetime(2022, 9, 12, 20, 5, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def desk(as_role):
    desk = RuleDesk(as_role("monitor"), as_role("duty_officer"))
    desk.at(NIGHT - 48 * HOUR)
    rules_in_use(desk.officer)
    return desk


@pytest.fixture
def alert(desk):
    """Fire at a patrol: severity 5, its ladder ends with the head of mission."""
    desk.file(NIGHT, exposure="near_miss")
    return desk.alerts()["E12-mission-safety"]


def told(desk, alert):
    return [(one.recipient, one.code) for one in deliveries_about(desk.session, f"alert:{alert.id}")]


def again(desk, alert):
    return queries.alert(desk.session, alert.id, desk.officer.now)


def test_an_acknowledgement_runs_out_and_the_alert_asks_and_climbs_again(desk, alert):
    take_step(desk.officer, alert.id, "acknowledge")
    ends = again(desk, alert).ack_expires_at
    desk.at(ends + 2 * HOUR)
    asked = again(desk, alert)
    assert (asked.state, asked.asks_since) == ("open", ends)
    speak(desk.officer)
    assert ("role:head_of_mission", "alert_escalated") in told(desk, alert)


def test_whoever_is_given_an_alert_is_told_and_must_say_that_they_have_it(desk, alert, as_role):
    head = as_role("head_of_mission").actor
    take_step(desk.officer, alert.id, "assign", to=head.id)
    assert (f"person:{head.id}", "alert_assigned") in told(desk, alert)
    given = again(desk, alert)
    assert (given.state, given.assigned_to) == ("open", head.id)
    take_step(dataclasses.replace(desk.officer, actor=head), alert.id, "acknowledge")
    assert again(desk, alert).state == "assigned"


def test_nobody_is_given_an_alert_who_is_not_there(desk, alert):
    with pytest.raises(NotFound):
        take_step(desk.officer, alert.id, "assign", to="nobody")


def test_a_note_changes_nothing_but_stays(desk, alert):
    before = again(desk, alert).state
    take_step(desk.officer, alert.id, "note", note="The patrol has answered by radio.")
    assert again(desk, alert).state == before
    (step,) = queries.alert_steps(desk.session, alert.id, desk.officer.app.keys)
    assert (step.step, step.note) == ("note", "The patrol has answered by radio.")


def test_a_shelved_alert_comes_back_at_its_time(desk, alert):
    until = desk.officer.now + 2 * HOUR
    take_step(desk.officer, alert.id, "shelve", note="The range is being cleared.", until=until)
    assert (again(desk, alert).state, again(desk, alert).shelved_until) == ("shelved", until)
    desk.at(until + dt.timedelta(minutes=1))
    assert (again(desk, alert).state, again(desk, alert).asks_since) == ("open", until)


def test_a_closed_alert_is_no_longer_open_and_says_why(desk, alert):
    take_step(desk.officer, alert.id, "close", note="All are back at the base.")
    assert alert.id not in {row.id for row in queries.open_alerts(desk.session, desk.officer.now)}
    with pytest.raises(WrongState):
        take_step(desk.officer, alert.id, "acknowledge")


def test_a_person_takes_it_up_the_ladder_until_everybody_has_been_told(desk, alert):
    take_step(desk.officer, alert.id, "escalate", note="I need a decision on the route.")
    assert ("role:head_of_mission", "alert_escalated") in told(desk, alert)
    assert [who for who, _ in queries.climbed(desk.session, [alert.id], desk.officer.now)[alert.id]] == [
        "role:head_of_mission"
    ]
    with pytest.raises(WrongState):
        take_step(desk.officer, alert.id, "escalate")
    desk.at(NIGHT + 3 * HOUR)
    speak(desk.officer)
    assert told(desk, alert).count(("role:head_of_mission", "alert_escalated")) == 1


def test_refuted_evidence_withdraws_an_alert_that_nobody_had_acted_on(desk):
    alone = desk.file(NIGHT, exposure="near_miss")
    alert = desk.alerts()["E12-mission-safety"]
    desk.review(alone, "rejected")
    assert (again(desk, alert).state, again(desk, alert).last_reason) == ("withdrawn", "refuted")


def test_refuted_evidence_asks_for_another_look_where_somebody_had_acted(desk):
    alone = desk.file(NIGHT, exposure="near_miss")
    alert = desk.alerts()["E12-mission-safety"]
    take_step(desk.officer, alert.id, "acknowledge")
    desk.review(alone, "rejected")
    assert again(desk, alert).state == "needs_review"


@pytest.mark.parametrize(
    "said",
    [
        {"category": "CAS", "type": "killed", "info_type": "told_by_resident", "count_best": 1},
        {"exposure": "near_miss"},
    ],
)
def test_harm_to_people_is_closed_by_a_person_only(desk, said):
    desk.file(NIGHT, **said)
    raised = list(desk.alerts().values())
    assert raised
    for days in (1, 7, 60):
        desk.tick(NIGHT + days * 24 * HOUR)
    assert {row.state for row in queries.open_alerts(desk.session, desk.officer.now)} == {"open"}
    assert {row.id for row in raised} <= {
        row.id for row in queries.open_alerts(desk.session, desk.officer.now) if row.severity >= 4
    }


def test_no_shipped_rule_about_people_harmed_ever_resolves_by_itself():
    about_people = [
        rule
        for rule in load_folder()
        if any(clause.field == "category" and clause.value == "CAS" for clause in rule.where)
    ]
    assert about_people
    assert [rule.id for rule in about_people if rule.resolve_after is not None] == []


def test_a_rule_about_people_harmed_that_resolves_by_itself_is_refused():
    (rule,) = [rule for rule in load_folder() if rule.id == "E5-civilian-killed"]
    with pytest.raises(RuleFileError, match="closed by a person"):
        load_rule(rule.source.replace("resolve_after: never", "resolve_after: 48h"), "E5.yaml")
