"""A to F and 1 to 6: what holds before anybody has judged, and when a 1 may be given."""

import pytest

from incidents.casework.grading import Grade, Voice, default_grade, refusal


@pytest.mark.parametrize(
    ("means", "info_type", "expected"),
    [
        ("heard", "observed", "B6"),
        ("recorded_camera", "observed", "B6"),
        ("told", "told_by_resident", "F6"),
        ("open_source", "media", "F6"),
        ("liaison", "told_by_party_military", "F6"),
        ("document", "medical", "F6"),
        (None, None, "F6"),
    ],
)
def test_our_own_senses_are_usually_reliable_and_all_others_cannot_be_judged_yet(means, info_type, expected):
    assert default_grade(means, info_type).text == expected


def voice(id, team="T1", means="heard", processing="accepted", info_type="observed"):
    return Voice(id, processing, team, means, info_type)


@pytest.mark.parametrize(
    ("linked", "is_allowed"),
    [
        ((), False),
        ((voice("b"),), False),
        ((voice("b", team="T2"),), True),
        ((voice("b", means="saw"),), True),
        ((voice("b", team="T2", processing="received"),), False),
    ],
)
def test_confirmed_by_others_needs_an_accepted_independent_second_source(linked, is_allowed):
    graded = voice("a")
    needs = refusal(Grade("B", 1), graded, (graded, *linked))
    assert (needs is None) == is_allowed
    assert refusal(Grade("B", 2), graded, (graded, *linked)) is None


def test_a_grade_outside_the_scale_is_refused():
    assert refusal(Grade("G", 2), voice("a"), ()) is not None
    assert refusal(Grade("A", 0), voice("a"), ()) is not None
