"""S11: the author cannot accept their own report, an administrator cannot release; the reason is shown."""

import pytest
from field_report import field_report, heard_from

from incidents.casework.service import open_incident, step_incident
from incidents.casework.stating import release_statement, state_incident
from incidents.intake import queries as intake
from incidents.intake.service import receive_observation, review_observation
from monitor.errors import Refused


def test_s11_the_author_does_not_accept_their_own_report(as_role):
    body = field_report()
    receive_observation(as_role("duty_officer"), body)
    with pytest.raises(Refused) as refused:
        review_observation(as_role("duty_officer"), body["observation_id"], "accepted", "")
    assert "reviewed by somebody other than the one who filed it" in refused.value.detail
    row = intake.observation(as_role("duty_officer").session, body["observation_id"])
    assert row is not None
    assert row.processing == "received"


def test_s11_an_administrator_has_no_power_over_content(as_role, mission, file):
    incident_id = open_incident(as_role("analyst"), [file(heard_from(200, 4), "T1")])
    step_incident(as_role("analyst"), incident_id, "assessment", "possible", "Plausible.")
    state_incident(as_role("reporting_officer"), incident_id, "Twelve explosions were heard.")
    step_incident(as_role("reporting_officer"), incident_id, "release", "cleared_for_report", "Ready.")
    with pytest.raises(Refused) as refused:
        release_statement(as_role("administrator"), incident_id, ["role:liaison"], "Because I can.")
    assert "reports:summary:release" in refused.value.detail
    assert "the incident is cleared_for_report" in refused.value.detail
