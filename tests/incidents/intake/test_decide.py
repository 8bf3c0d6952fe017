import pytest

from incidents.intake.decide import decide


@pytest.mark.parametrize(
    ("known", "revision_no", "digest", "outcome"),
    [
        ({}, 1, "a", "new"),
        ({}, 2, "b", "new"),
        ({1: "a"}, 1, "a", "repeat"),
        ({1: "a"}, 1, "b", "conflict"),
        ({1: "a"}, 2, "b", "correction"),
        ({2: "b"}, 1, "a", "correction"),
        ({1: "a", 2: "b"}, 2, "b", "repeat"),
        ({1: "a", 2: "b"}, 2, "a", "conflict"),
    ],
)
def test_what_arrives_is_new_a_repeat_a_correction_or_a_conflict(known, revision_no, digest, outcome):
    assert decide(known, revision_no, digest) == outcome
