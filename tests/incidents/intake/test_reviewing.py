"""The review of an observation as a table of ways."""

import pytest

from incidents.intake.model import PROCESSING
from incidents.intake.reviewing import way, ways


@pytest.mark.parametrize(
    ("now", "to", "needs_a_reason"),
    [
        ("received", "in_review", False),
        ("received", "accepted", False),
        ("quarantined", "accepted", False),
        ("in_review", "returned", True),
        ("received", "rejected", True),
        ("accepted", "in_review", True),
        ("rejected", "in_review", True),
        ("returned", "accepted", False),
    ],
)
def test_a_way_that_exists(now, to, needs_a_reason):
    found = way(now, to)
    assert found is not None
    assert (found.reason_for is not None) == needs_a_reason


@pytest.mark.parametrize(
    ("now", "to"), [("rejected", "accepted"), ("accepted", "accepted"), ("received", "quarantined")]
)
def test_a_way_that_does_not_exist(now, to):
    assert way(now, to) is None


def test_every_state_can_be_left_and_only_intake_sets_aside():
    assert all(ways(state) for state in PROCESSING)
    assert {to for state in PROCESSING for to in ways(state)} == set(PROCESSING) - {"received", "quarantined"}
