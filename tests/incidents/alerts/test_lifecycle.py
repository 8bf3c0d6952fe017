"""The life of an alert: what happens to it, what people do, and what it is then."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.alerts.lifecycle import (
    ANSWERABLE,
    CHANGES,
    CONDITIONS,
    STATES,
    STEPS,
    Did,
    Happened,
    happens,
    holds_until,
    refusal,
    standing,
)
from incidents.alerts.routing import recipients, roles_for

NOON = datetime(2022, 9, 13, 8, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
RAISED = Happened("raised", "open", 3)


def acknowledged(until=LATER) -> Did:
    return Did("acknowledge", "person:duty", NOON, until)


def test_a_new_alert_is_open_and_nobody_has_it():
    now = standing([RAISED], NOON)
    assert (now.state, now.acknowledged_by, now.acted_on) == ("open", None, False)


def test_an_acknowledgement_expires_and_the_alert_asks_again():
    history = [RAISED, acknowledged()]
    assert standing(history, NOON).state == "acknowledged"
    assert standing(history, LATER).state == "open"


def test_a_higher_severity_undoes_an_acknowledgement_and_a_shelf():
    shelf = Did("shelve", "person:duty", NOON, LATER)
    worse = Happened("strengthened", "open", 4)
    assert standing([RAISED, acknowledged(), worse], NOON).state == "open"
    assert standing([RAISED, shelf, worse], NOON).state == "open"


def test_more_of_the_same_leaves_it_with_whoever_has_it():
    same = Happened("strengthened", "open", 3)
    assert standing([RAISED, acknowledged(), same], NOON).state == "acknowledged"


def test_an_assigned_alert_asks_again_when_its_acknowledgement_runs_out():
    assigned = Did("assign", "person:duty", NOON, to="p1")
    history = [RAISED, acknowledged(), assigned]
    assert (standing(history, NOON).state, standing(history, NOON).assigned_to) == ("assigned", "p1")
    assert standing(history, LATER).state == "open"


@pytest.mark.parametrize(
    ("history", "change", "severity", "expected"),
    [
        ([], "raised", 3, Happened("raised", "open", 3)),
        ([RAISED], "strengthened", 4, Happened("strengthened", "open", 4)),
        ([RAISED], "amended", 3, Happened("amended", "open", 3)),
        ([RAISED], "withdrawn", 3, Happened("withdrawn", "withdrawn", 3)),
        ([RAISED, acknowledged()], "withdrawn", 3, Happened("needs_review", "needs_review", 3)),
        ([RAISED, Did("close", "p", NOON)], "withdrawn", 3, Happened("needs_review", "needs_review", 3)),
        ([RAISED], "merged", 3, Happened("superseded", "superseded", 3)),
        ([RAISED], "resolved", 3, Happened("resolved", "resolved", 3)),
        ([RAISED, Happened("withdrawn", "withdrawn", 3)], "reopened", 3, Happened("reopened", "open", 3)),
        ([RAISED, Did("close", "p", NOON)], "strengthened", 4, Happened("reopened", "open", 4)),
        ([RAISED, Did("close", "p", NOON)], "strengthened", 3, Happened("strengthened", "open", 3)),
        ([RAISED, Happened("resolved", "resolved", 3)], "amended", 3, Happened("amended", "resolved", 3)),
    ],
)
def test_what_a_change_of_the_finding_means(history, change, severity, expected):
    now = standing(history, NOON) if history else None
    assert happens(now, change, severity) == expected


def test_a_closed_alert_stays_closed_until_it_grows_worse_or_its_evidence_falls():
    closed = [RAISED, Did("close", "p", NOON)]
    assert standing([*closed, Happened("strengthened", "open", 3)], NOON).state == "closed"
    assert standing([*closed, Happened("resolved", "resolved", 3)], NOON).state == "closed"
    assert standing([*closed, Happened("reopened", "open", 4)], NOON).state == "open"
    assert standing([*closed, Happened("needs_review", "needs_review", 3)], NOON).state == "needs_review"


@pytest.mark.parametrize("step", sorted(set(STEPS) - {"note"}))
def test_what_is_over_is_not_answered_but_may_be_noted(step):
    over = standing([RAISED, Happened("withdrawn", "withdrawn", 3)], NOON)
    assert refusal(over, step, LATER, NOON) == "an alert that is not closed, withdrawn or superseded"
    assert refusal(over, "note", None, NOON) is None


def test_a_shelf_has_an_end_that_is_still_to_come():
    now = standing([RAISED], NOON)
    assert refusal(now, "shelve", None, NOON) == "a time until which it is shelved"
    assert refusal(now, "shelve", NOON, NOON) == "a time that is still to come"
    assert refusal(now, "shelve", LATER, NOON) is None


def test_an_acknowledgement_never_holds_longer_than_its_severity_allows():
    far = NOON + timedelta(days=3)
    assert holds_until("acknowledge", 5, None, NOON) == NOON + timedelta(hours=1)
    assert holds_until("acknowledge", 5, far, NOON) == NOON + timedelta(hours=1)
    assert holds_until("shelve", 5, far, NOON) == far


entries = st.lists(
    st.one_of(
        st.builds(Happened, st.sampled_from(CHANGES), st.sampled_from(CONDITIONS), st.integers(1, 5)),
        st.builds(
            Did, st.sampled_from(STEPS), st.just("p"), st.just(NOON), st.sampled_from([None, NOON, LATER])
        ),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(entries)
def test_every_history_ends_in_a_known_state_and_what_is_acted_on_is_never_withdrawn_silently(history):
    now = standing([RAISED, *history], NOON)
    assert now.state in STATES
    assert now.state in ANSWERABLE or now.state in {"closed", "withdrawn", "superseded"}
    if now.acted_on:
        assert happens(now, "withdrawn", 3).change == "needs_review"


def test_graver_alerts_reach_more_people():
    assert roles_for(1) == ("duty_officer",)
    assert "head_of_mission" in roles_for(5)
    for severity in range(1, 5):
        assert set(roles_for(severity)) < set(roles_for(severity + 1)) or severity == 1


def test_more_of_the_same_is_no_message_but_worse_is():
    assert recipients("strengthened", 3, 3, ["role:duty_officer"]) == ()
    assert "role:verification_officer" in recipients("strengthened", 4, 3, ["role:duty_officer"])


def test_whoever_was_told_is_told_of_the_retraction():
    told = ["role:duty_officer", "role:head_of_mission"]
    assert recipients("withdrawn", 3, 3, told) == tuple(told)
    assert recipients("needs_review", 3, 3, told) == tuple(told)
