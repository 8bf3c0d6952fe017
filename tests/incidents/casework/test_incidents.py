import datetime as dt

import pytest
from field_report import field_report

from incidents.casework import queries
from incidents.casework.service import link_observation, open_incident, step_incident
from incidents.intake.service import receive_observation, review_observation
from monitor.errors import Refused, WrongState


def filed(as_role, *teams):
    """One accepted observation by each team; their ids."""
    ids = []
    for team in teams:
        body = field_report()
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
