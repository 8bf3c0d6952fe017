import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.casework.workflow import (
    ASSESSMENT,
    CASUALTY_CHECKLIST,
    ENDS,
    STATES,
    Case,
    Evidence,
    judge_step,
    ways,
)


def seen_by(team, means="heard", **more):
    facts = {
        "category": "CFV",
        "processing": "accepted",
        "info_type": "observed",
        "has_media": False,
        "reliability": "B",
    } | more
    return Evidence(observation_id=f"{team}-{means}", team_id=team, means=means, **facts)


def case(assessment="reported", *evidence, release="internal", last="person:analyst", **more):
    return Case(assessment, release, evidence, last, **more)


TWO_TEAMS = (seen_by("T1"), seen_by("T2"))
TOLD_TWICE = (
    seen_by("T1", "told", info_type="told_by_resident", reliability="F"),
    seen_by("T2", "told", info_type="told_by_official", reliability="D"),
)


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
            "these points checked",
        ),
        ("corroborated", "confirmed", TOLD_TWICE, "v", "graded A to C"),
        ("corroborated", "confirmed", (*TOLD_TWICE, seen_by("T3", credibility=5)), "v", "graded A to C"),
        ("corroborated", "confirmed", (*TOLD_TWICE, seen_by("T3", credibility=2)), "v", None),
        ("disputed", "unverifiable", (), "person:verifier", None),
        ("disputed", "unverifiable", (), "person:analyst", "another person"),
        ("unverifiable", "possible", (), "person:a", None),
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


def test_harm_is_confirmed_when_every_point_of_the_checklist_is_ticked():
    seen = (*TWO_TEAMS, seen_by("T3", category="CAS", info_type="medical"))
    all_but_one = frozenset(CASUALTY_CHECKLIST) - {"cause_assessed"}
    [missing] = judge_step(
        case("corroborated", *seen, ticked=all_but_one), "assessment", "confirmed", "v"
    ).reasons
    assert CASUALTY_CHECKLIST["cause_assessed"] in missing
    whole = case("corroborated", *seen, ticked=frozenset(CASUALTY_CHECKLIST))
    assert judge_step(whole, "assessment", "confirmed", "v").reasons == ()


@pytest.mark.parametrize(
    ("assessment", "start", "to", "actor", "missing"),
    [
        ("reported", "internal", "cleared_for_report", "r", "beyond reported"),
        ("unverifiable", "internal", "cleared_for_report", "r", None),
        ("confirmed", "cleared_for_report", "released", "r", "another person"),
        ("confirmed", "cleared_for_report", "released", "head", None),
        ("confirmed", "internal", "released", "head", "one can go to"),
        ("confirmed", "released", "internal", "head", "one can go to"),
        ("confirmed", "released", "corrected", "head", None),
        ("refuted", "corrected", "retracted", "head", None),
    ],
)
def test_release_takes_another_person_than_the_one_who_cleared(assessment, start, to, actor, missing):
    here = case(assessment, release=start, last_releaser="r")
    verdict = judge_step(here, "release", to, actor)
    assert (verdict.reasons == ()) == (missing is None)
    assert missing is None or missing in "; ".join(verdict.reasons)


def test_every_end_can_be_left_again():
    for end in ENDS:
        assert ways(case(end), "assessment"), end
