import datetime as dt

import pytest
from field_report import field_report

from incidents.casework import queries
from incidents.casework.grading import Grade
from incidents.casework.service import grade_observation, link_observation, open_incident, step_incident
from incidents.casework.workflow import CASUALTY_CHECKLIST
from incidents.intake import queries as intake
from incidents.intake.service import receive_observation, review_observation
from monitor.errors import Conflict, Refused, WrongState


def filed(as_role, *teams, **changes):
    """One accepted observation by each team; their ids."""
    ids = []
    for team in teams:
        body = field_report(**changes)
        receive_observation(as_role("monitor", team, team_code=team), body)
        review_observation(as_role("duty_officer"), body["observation_id"], "accepted", "")
        ids.append(body["observation_id"])
    return ids


def test_an_incident_opens_as_reported_and_internal_and_holds_its_observations(as_role):
    ids = filed(as_role, "T1", "T2")
    door = as_role("analyst")
    incident_id = open_incident(door, ids)
    row = queries.incident(door.session, incident_id)
    assert (row.label, row.assessment, row.release) == ("I-0001", "reported", "internal")
    assert row.observation_ids == tuple(ids)
    assert queries.incidents_of(door.session, ids)[ids[0]].incident_id == incident_id


def test_an_incident_is_confirmed_by_another_person_than_the_one_who_corroborated(as_role):
    door = as_role("analyst")
    incident_id = open_incident(door, filed(as_role, "T1", "T2"))
    step_incident(door, incident_id, "assessment", "corroborated", "Two posts agree.")
    with pytest.raises(Refused) as refused:
        step_incident(door, incident_id, "assessment", "confirmed", "Sure.")
    assert "incidents:incident:confirm" in refused.value.detail
    step_incident(as_role("verification_officer"), incident_id, "assessment", "confirmed", "Checked.")
    steps = queries.steps(door.session, door.app.keys, incident_id)
    assert [(step.state, step.reason) for step in steps if step.axis == "assessment"] == [
        ("reported", None),
        ("corroborated", "Two posts agree."),
        ("confirmed", "Checked."),
    ]


def test_a_refused_step_says_what_is_missing_and_what_the_state_is(as_role):
    door = as_role("analyst")
    incident_id = open_incident(door, filed(as_role, "T1"))
    with pytest.raises(WrongState) as refused:
        step_incident(door, incident_id, "assessment", "corroborated", "I think so.")
    assert refused.value.facts["found"] == "reported"
    assert "two accepted observations" in refused.value.detail


def test_an_administrator_has_no_power_over_content(as_role):
    incident_id = open_incident(as_role("analyst"), filed(as_role, "T1"))
    with pytest.raises(Refused):
        step_incident(as_role("administrator"), incident_id, "assessment", "possible", "Because I can.")


def test_an_observation_belongs_to_one_incident_at_a_time_and_can_be_taken_out(as_role):
    [one] = filed(as_role, "T1")
    door = as_role("analyst")
    first, second = open_incident(door, [one]), open_incident(door, filed(as_role, "T2"))
    with pytest.raises(WrongState):
        link_observation(door, second, one, linked=True)
    link_observation(door, first, one, linked=False)
    link_observation(door, second, one, linked=True)
    assert queries.incidents_of(door.session, [one])[one].incident_id == second


def test_what_was_known_before_a_step_is_still_known(as_role, clock):
    door = as_role("analyst")
    incident_id = open_incident(door, filed(as_role, "T1"))
    before = door.now
    clock.advance(dt.timedelta(hours=1))
    step_incident(as_role("analyst"), incident_id, "assessment", "possible", "Plausible.")
    assert queries.incident(door.session, incident_id).assessment == "possible"
    assert queries.incident(door.session, incident_id, known_at=before).assessment == "reported"


def test_the_desk_opens_joins_and_steps_an_incident(client):
    body = field_report()
    client.device().post("/api/v1/observations", json=body)
    analyst = client("analyst")
    opened = analyst.post("/api/v1/incidents", json={"observation_ids": [body["observation_id"]]})
    assert opened.status_code == 201
    assert "possible" in opened.json["ways"]["assessment"]
    step = {"axis": "assessment", "state": "possible", "reason": "Plausible."}
    stepped = analyst.post(f"/api/v1/incidents/{opened.json['incident_id']}/steps", json=step)
    assert stepped.json["assessment"] == "possible"
    unknown = analyst.post(f"/api/v1/incidents/{opened.json['incident_id']}/steps", json=step | {"x": 1})
    assert unknown.status_code == 422
    assert unknown.json["errors"] == {"x": ["Unknown field."]}


def test_a_second_officer_who_saw_an_older_state_gets_a_conflict_that_says_what_it_is_now(as_role):
    incident_id = open_incident(as_role("analyst"), filed(as_role, "T1", "T2"))
    step_incident(
        as_role("analyst"), incident_id, "assessment", "possible", "Plausible.", expected="reported"
    )
    with pytest.raises(Conflict) as refused:
        step_incident(
            as_role("duty_officer"), incident_id, "assessment", "disputed", "No.", expected="reported"
        )
    assert "the incident is possible now, not reported" in refused.value.detail
    assert queries.incident(as_role("analyst").session, incident_id).assessment == "possible"


def test_a_refused_step_names_the_permission_and_the_present_state(as_role):
    incident_id = open_incident(as_role("analyst"), filed(as_role, "T1", "T2"))
    with pytest.raises(Refused) as refused:
        step_incident(as_role("administrator"), incident_id, "assessment", "possible", "Because I can.")
    assert "incidents:incident:assess" in refused.value.detail
    assert "the incident is reported" in refused.value.detail


@pytest.mark.parametrize("end", ["disputed", "unverifiable"])
def test_disputed_and_unverifiable_are_ends_that_may_stand_in_a_report_and_be_opened_again(as_role, end):
    incident_id = open_incident(as_role("analyst"), filed(as_role, "T1"))
    step_incident(as_role("verification_officer"), incident_id, "assessment", end, "Nothing more to find.")
    step_incident(as_role("reporting_officer"), incident_id, "release", "cleared_for_report", "As it stands.")
    step_incident(as_role("analyst"), incident_id, "assessment", "possible", "A new witness came.")
    steps = queries.steps(as_role("analyst").session, as_role("analyst").app.keys, incident_id)
    assert steps[-1].reason == "A new witness came."


def test_the_ticked_points_of_the_checklist_are_kept_with_the_step(as_role):
    ids = [
        *filed(as_role, "T1"),
        *filed(as_role, "T2", category="CAS", type="injured", means="document", info_type="medical"),
    ]
    incident_id = open_incident(as_role("analyst"), ids)
    step_incident(as_role("analyst"), incident_id, "assessment", "corroborated", "Hospital and patrol agree.")
    with pytest.raises(WrongState, match="points checked"):
        step_incident(as_role("verification_officer"), incident_id, "assessment", "confirmed", "Sure.")
    door = as_role("verification_officer")
    step_incident(
        door, incident_id, "assessment", "confirmed", "Checked.", checklist=list(CASUALTY_CHECKLIST)
    )
    last = queries.steps(door.session, door.app.keys, incident_id)[-1]
    assert set(last.checklist) == set(CASUALTY_CHECKLIST)


def test_a_grade_is_given_by_another_than_the_author_and_its_history_is_kept(as_role, clock):
    [one] = filed(as_role, "T1")
    door = as_role("analyst")
    [row] = intake.observations(door.session)
    assert queries.grades(door.session, [row])[one].grade == Grade("B", 6, is_default=True)
    grade_observation(door, one, Grade("B", 2), "Clear view.", expected="B6")
    clock.advance(dt.timedelta(hours=1))
    later = as_role("verification_officer")
    grade_observation(later, one, Grade("C", 3), "The view was not clear.")
    history = queries.grade_history(door.session, door.app.keys, one)
    assert [(row.grade.text, row.reason) for row in history] == [
        ("B2", "Clear view."),
        ("C3", "The view was not clear."),
    ]
    assert queries.grades(door.session, [row], known_at=door.now)[one].grade.text == "B2"
    with pytest.raises(Refused):
        grade_observation(as_role("monitor", "T1"), one, Grade("A", 1), "I know what I saw.")
    with pytest.raises(Conflict):
        grade_observation(door, one, Grade("B", 2), "Late.", expected="B2")


def test_a_duty_officer_does_not_grade_what_they_filed_themselves(as_role):
    body = field_report()
    receive_observation(as_role("duty_officer"), body)
    with pytest.raises(Refused, match="somebody other"):
        grade_observation(as_role("duty_officer"), body["observation_id"], Grade("A", 2), "Mine.")


def test_confirmed_by_others_is_graded_only_with_an_independent_source_in_the_same_incident(as_role):
    one, other = filed(as_role, "T1", "T2")
    door = as_role("analyst")
    with pytest.raises(WrongState, match="independent second source"):
        grade_observation(door, one, Grade("B", 1), "Both say so.")
    open_incident(door, [one, other])
    grade_observation(door, one, Grade("B", 1), "Both say so.")


def test_a_report_that_somebody_else_decided_on_meanwhile_is_not_decided_again(as_role):
    body = field_report()
    receive_observation(as_role("monitor"), body)
    review_observation(as_role("duty_officer"), body["observation_id"], "accepted", "", "received")
    with pytest.raises(Conflict, match="accepted now"):
        review_observation(
            as_role("verification_officer"), body["observation_id"], "rejected", "No.", "received"
        )
