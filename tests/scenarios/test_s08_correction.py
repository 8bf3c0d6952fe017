"""S8: a statement is released, then a video shows more: version 2, both kept, everybody told."""

import datetime as dt

import pytest
from field_report import heard_from

from incidents.casework import queries
from incidents.casework.service import open_incident, step_incident
from incidents.casework.stating import correct_statement, release_statement, retract_statement, state_incident
from incidents.casework.timeline import timeline
from monitor.errors import Conflict, Invalid, WrongState
from monitor.notify.queries import deliveries_about

NOBODY = "No patrol of the mission was the target."
PRESENT = "A patrol was present at a shooting incident. Nobody was harmed."
WHY = "A clip shows the patrol at the place."


@pytest.fixture
def released(as_role, mission, file, clock):
    """An incident with a statement, released to the liaison officers."""
    incident_id = open_incident(as_role("analyst"), [file(heard_from(200, 1, 3, type="shot"), "T1")])
    step_incident(as_role("analyst"), incident_id, "assessment", "possible", "One patrol.")
    state_incident(as_role("reporting_officer"), incident_id, NOBODY, "none")
    step_incident(as_role("reporting_officer"), incident_id, "release", "cleared_for_report", "Asked for.")
    release_statement(as_role("head_of_mission"), incident_id, ["role:liaison"], "To the host.")
    clock.advance(dt.timedelta(hours=3))
    return incident_id


def test_s08_the_correction_stands_beside_the_released_version_and_says_what_who_and_why(as_role, released):
    door = as_role("head_of_mission")
    assert correct_statement(door, released, PRESENT, "present", WHY, expected_version=1) == 2
    page = timeline(door, released)
    assert [(said.version_no, said.text, said.exposure) for said in page.statements] == [
        (1, NOBODY, "none"),
        (2, PRESENT, "present"),
    ]
    [correction] = page.corrections
    assert [(one.field, one.before, one.after) for one in correction.changes] == [
        ("text", NOBODY, PRESENT),
        ("exposure", "none", "present"),
    ]
    assert (correction.why, correction.actor, correction.after_issue) == (WHY, door.actor.code, True)
    assert page.incident.release == "corrected"


def test_s08_whoever_received_the_first_version_is_told_of_the_second(as_role, released):
    door = as_role("head_of_mission")
    correct_statement(door, released, PRESENT, "present", WHY)
    told = deliveries_about(door.session, f"incident:{released}")
    assert [(one.recipient, one.code, one.refs["version"]) for one in told] == [
        ("role:liaison", "incident_released", 1),
        ("role:liaison", "incident_corrected", 2),
    ]


def test_s08_before_the_correction_only_the_first_version_was_known(as_role, released, clock):
    before = clock.now()
    clock.advance(dt.timedelta(minutes=1))
    door = as_role("head_of_mission")
    correct_statement(door, released, PRESENT, "present", WHY)
    then = timeline(door, released, before)
    assert ([said.version_no for said in then.statements], then.corrections) == ([1], ())
    assert then.incident.release == "released"


def test_s08_a_correction_needs_a_reason_a_difference_and_the_version_that_was_read(as_role, released):
    door = as_role("head_of_mission")
    with pytest.raises(Invalid):
        correct_statement(door, released, PRESENT, "present", " ")
    with pytest.raises(Invalid):
        correct_statement(door, released, NOBODY, "none", WHY)
    with pytest.raises(Conflict):
        correct_statement(door, released, PRESENT, "present", WHY, expected_version=2)
    with pytest.raises(WrongState):
        state_incident(as_role("reporting_officer"), released, PRESENT)


def test_s08_a_retraction_is_told_as_well_and_ends_the_statement(as_role, released):
    door = as_role("head_of_mission")
    retract_statement(door, released, "It was another patrol.")
    assert queries.incident(door.session, released).release == "retracted"
    assert deliveries_about(door.session, f"incident:{released}")[-1].code == "incident_retracted"


def test_s08_a_report_corrected_after_the_issue_keeps_both_versions_and_says_what_changed(
    as_role, released, file, clock
):
    body = heard_from(260, 1, 3, type="shot")
    other = file(body, "T2")
    incident_id = open_incident(as_role("analyst"), [other])
    step_incident(as_role("analyst"), incident_id, "assessment", "possible", "Second patrol.")
    state_incident(as_role("reporting_officer"), incident_id, NOBODY)
    step_incident(as_role("reporting_officer"), incident_id, "release", "cleared_for_report", "Asked for.")
    release_statement(as_role("head_of_mission"), incident_id, ["role:liaison"], "To the host.")
    clock.advance(dt.timedelta(hours=1))
    count = {"min": 5, "best": 5, "max": 5, "qualifier": "exact"}
    file(body | {"revision_no": 2, "count": count}, "T2", verdict=None)
    [account] = timeline(as_role("analyst"), incident_id).accounts
    [correction] = account.corrections
    assert [(one.field, one.before, one.after) for one in correction.changes] == [
        ("count_min", 3, 5),
        ("count_best", 3, 5),
        ("count_max", 3, 5),
    ]
    assert correction.after_issue
