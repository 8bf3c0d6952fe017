import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.casework.workflow import ASSESSMENT, STATES, Case, Evidence, judge_step, ways


def seen_by(team, means="heard", **more):
    facts = {"category": "CFV", "processing": "accepted", "info_type": "observed", "has_media": False} | more
    return Evidence(observation_id=f"{team}-{means}", team_id=team, means=means, **facts)


def case(assessment="reported", *evidence, release="internal", last="person:analyst"):
    return Case(assessment, release, evidence, last)


TWO_TEAMS = (seen_by("T1"), seen_by("T2"))


@pytest.mark.parametrize(
    ("start", "to", "evidence", "actor", "missing"),
    [
        ("reported", "possible", (), "person:a", None),
        ("possible", "corroborated", TWO_TEAMS, "person:a", None),
        ("possible", "corroborated", (seen_by("T1"), seen_by("T1", "saw")), "person:a", None),
        ("possible", "corroborated", (seen_by("T1", has_media=True),), "person:a", None),
        ("possible", "corroborated", (seen_by("T1"),), "person:a", "two accepted"),
        ("possible", "corroborated", (seen_by("T1"), seen_by("T1")), "person:a", "two accepted"),
        (
            "possible",
            "corroborated",
            (seen_by("T1"), seen_by("T2", processing="received")),
            "x",
            "two accepted",
        ),
        ("corroborated", "confirmed", TWO_TEAMS, "person:verifier", None),
        ("corroborated", "confirmed", TWO_TEAMS, "person:analyst", "another person"),
        ("reported", "confirmed", TWO_TEAMS, "person:verifier", "one can go to"),
        ("corroborated", "confirmed", (*TWO_TEAMS, seen_by("T3", category="CAS")), "v", "medical source"),
        (
            "corroborated",
            "confirmed",
            (*TWO_TEAMS, seen_by("T3", category="CAS", info_type="medical")),
            "v",
            None,
        ),
        ("confirmed", "refuted", (), "person:verifier", None),
        ("refuted", "possible", (), "person:a", None),
        ("refuted", "confirmed", TWO_TEAMS, "v", "one can go to"),
    ],
)
def test_a_step_needs_its_way_and_its_guards(start, to, evidence, actor, missing):
    verdict = judge_step(case(start, *evidence), "assessment", to, actor)
    if missing is None:
        assert verdict.transition is not None
        assert verdict.reasons == ()
    else:
        assert missing in "; ".join(verdict.reasons)


@given(st.sampled_from(sorted(STATES)), st.data())
def test_no_step_leads_anywhere_that_is_not_offered(axis, data):
    state = data.draw(st.sampled_from(STATES[axis]))
    here = case(state, *TWO_TEAMS) if axis == "assessment" else case(release=state)
    to = data.draw(st.sampled_from(STATES[axis]))
    assert (judge_step(here, axis, to, "person:other").transition is not None) == (to in ways(here, axis))


def test_every_assessment_can_be_reached_and_left():
    reached = {state for start in ASSESSMENT for state in ways(case(start), "assessment")}
    assert reached == set(ASSESSMENT) - {"reported"}
    assert all(ways(case(start), "assessment") for start in ASSESSMENT)
