"""Two people act on one thing in the same moment: one deed stands, the other is told so, nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from cast_of_people import cast_member
from field_report import field_report, heard_from
from two_patrols import DEMO

from incidents.casework import queries
from incidents.casework.grading import Grade
from incidents.casework.service import grade_observation, open_incident, step_incident
from incidents.casework.stating import state_incident
from incidents.casework.suggesting import confirm_pair, reject_pair, suggest_for
from incidents.intake import queries as intake
from incidents.intake.service import receive_observation, review_observation
from monitor.door import App, Door
from monitor.errors import Conflict, DomainError, WrongState
from monitor.mission.service import load_mission

Deed = Callable[[Door], Any]


@pytest.fixture
def both(parts: App) -> Callable[..., list[Any]]:
    """`both("analyst", one, other)`: two people of a role do these in two transactions at one moment.

    Answers what was refused, as the errors that were raised.
    """

    def at_once(role: str, *deeds: Deed) -> list[Any]:
        with parts.transaction() as door:
            actors = [cast_member(door, role, which) for which in ("first", "second")]
        ready = Barrier(len(deeds))

        def act(number: int) -> DomainError | None:
            ready.wait()
            try:
                with parts.transaction(actors[number]) as door:
                    deeds[number](door)
            except DomainError as error:
                return error
            return None

        with ThreadPoolExecutor(len(deeds)) as pool:
            told = list(pool.map(act, range(len(deeds))))
        return [error for error in told if error is not None]

    return at_once


@pytest.fixture
def pair(parts: App) -> list[str]:
    """Two accepted reports of one night, suggested as one event."""
    ids = []
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
    for team, body in (("T1", heard_from(200, 4, 12)), ("T2", heard_from(260, 5, 9))):
        with parts.transaction() as door:
            monitor = cast_member(door, "monitor", team, team)
        with parts.transaction(monitor) as door:
            receive_observation(door, body)
        ids.append(body["observation_id"])
    with parts.transaction() as door:
        officer = cast_member(door, "duty_officer")
    with parts.transaction(officer) as door:
        for one in ids:
            review_observation(door, one, "accepted", "")
        suggest_for(door, ids[0])
    return sorted(ids)


@pytest.fixture
def incident_id(parts: App, pair: list[str]) -> str:
    with parts.transaction() as door:
        analyst = cast_member(door, "analyst", "third")
    with parts.transaction(analyst) as door:
        return open_incident(door, pair)


def read(parts: App, question: Callable[[Door], Any]) -> Any:
    with parts.reading() as door:
        return question(door)


def test_two_steps_at_once_leave_one_step_and_one_refusal(parts, both, incident_id):
    def step(state: str) -> Deed:
        return lambda door: step_incident(door, incident_id, "assessment", state, f"{state}.", "reported")

    [refused] = both("analyst", step("possible"), step("disputed"))
    assert isinstance(refused, Conflict)
    steps = read(parts, lambda door: queries.steps(door.session, door.app.keys, incident_id))
    [taken] = [one for one in steps if one.axis == "assessment" and one.state != "reported"]
    assert taken.reason == f"{taken.state}."
    assert f"the incident is {taken.state} now, not reported" in str(refused.facts["reason"])


def test_two_wordings_at_once_leave_one_version_and_one_refusal(parts, both, incident_id):
    def say(text: str) -> Deed:
        return lambda door: state_incident(door, incident_id, text, expected_version=0)

    [refused] = both("reporting_officer", say("One wording."), say("Another wording."))
    assert isinstance(refused, Conflict)
    said = read(parts, lambda door: queries.statements(door.session, door.app.keys, incident_id))
    assert [one.version_no for one in said] == [1]


def test_one_puts_together_what_another_sets_apart_and_only_one_of_them_is_heard(parts, both, pair):
    [refused] = both(
        "analyst",
        lambda door: confirm_pair(door, *pair, expected="suggested"),
        lambda door: reject_pair(door, *pair, expected="suggested"),
    )
    assert isinstance(refused, Conflict | WrongState)
    states = ("suggested", "confirmed", "rejected")
    [row] = read(parts, lambda door: queries.suggestions(door.session, states=states))
    incidents = read(parts, lambda door: queries.incidents(door.session))
    assert (row.state, len(incidents)) in {("confirmed", 1), ("rejected", 0)}


def test_two_reviewers_at_once_give_one_verdict(parts, both):
    body = field_report()
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
        monitor = cast_member(door, "monitor")
    with parts.transaction(monitor) as door:
        receive_observation(door, body)

    def judge(verdict: str) -> Deed:
        return lambda door: review_observation(door, body["observation_id"], verdict, "Why.", "received")

    [refused] = both("duty_officer", judge("accepted"), judge("rejected"))
    assert isinstance(refused, Conflict)
    steps = read(parts, lambda door: intake.steps(door.session, door.app.keys, body["observation_id"]))
    assert next(step.state for step in steps) == "received"
    assert len([step for step in steps if step.state in ("accepted", "rejected")]) == 1


def test_two_grades_at_once_leave_the_one_that_was_given_on_what_was_seen(parts, both, pair):
    def grade(credibility: int) -> Deed:
        return lambda door: grade_observation(door, pair[0], Grade("C", credibility), "Seen.", "B6")

    [refused] = both("analyst", grade(2), grade(4))
    assert isinstance(refused, Conflict)
    history = read(parts, lambda door: queries.grade_history(door.session, door.app.keys, pair[0]))
    assert len(history) == 1
