"""Who must act on an alert, and by when: every kind of standing, and the ladder above it."""

import datetime as dt

import pytest

from incidents.alerts.lifecycle import Did, Happened, standing
from incidents.alerts.routing import climbs_next, next_rung, owed
from incidents.rules.rule import Escalation, Speaking

AT = dt.datetime(2022, 9, 12, 20, 0, tzinfo=dt.UTC)
MINUTES = dt.timedelta(minutes=1)
LADDER = Speaking(
    escalate=(Escalation(15 * MINUTES, "duty_officer"), Escalation(60 * MINUTES, "head_of_mission"))
)
RAISED = Happened("raised", "open", 5)
FELL_AWAY = Happened("needs_review", "needs_review", 5)
ANNA, BORIS = "person:anna", "person:boris"


def acknowledged(minutes: int, lasts: int = 60) -> Did:
    at = AT + minutes * MINUTES
    return Did("acknowledge", ANNA, at, at + lasts * MINUTES)


SHELVED = Did("shelve", ANNA, AT, AT + 300 * MINUTES)
ASSIGNED = Did("assign", ANNA, AT + 2 * MINUTES, to="boris")


@pytest.mark.parametrize(
    ("history", "after", "who", "by"),
    [
        ([RAISED], 5, ("role:duty_officer",), 15),
        ([RAISED, acknowledged(5)], 10, (ANNA,), 65),
        ([RAISED, acknowledged(5), ASSIGNED], 10, (BORIS,), 65),
        # Given to somebody who has not said that they have it.
        ([RAISED, ASSIGNED], 10, (BORIS,), 15),
        ([RAISED, SHELVED], 10, ("role:duty_officer",), 300),
        # The acknowledgement has run out: it asks again from then on.
        ([RAISED, acknowledged(5)], 70, ("role:duty_officer",), 65 + 15),
        ([RAISED, acknowledged(5), FELL_AWAY], 70, ("role:duty_officer",), 65 + 15),
    ],
)
def test_who_owes_an_answer_and_by_when(history, after, who, by):
    now = standing(history, AT + after * MINUTES)
    found = owed(now, max(AT, now.lapsed_at or AT), LADDER, ())
    assert found is not None
    assert (found.who, found.by) == (who, AT + by * MINUTES)


@pytest.mark.parametrize("change", ["resolved", "withdrawn", "superseded"])
def test_nobody_owes_an_answer_to_what_is_over(change):
    assert owed(standing([RAISED, Happened(change, change, 5)], AT), AT, LADDER, ()) is None


def test_whom_it_has_climbed_to_owes_it_beside_the_first():
    found = owed(standing([RAISED], AT), AT, LADDER, ("role:head_of_mission",))
    assert found is not None
    assert found.who == ("role:duty_officer", "role:head_of_mission")


def test_without_a_ladder_severity_says_how_long():
    by_severity = {}
    for severity in range(1, 6):
        found = owed(standing([Happened("raised", "open", severity)], AT), AT, Speaking(), ())
        assert found is not None
        by_severity[severity] = found.by - AT
    assert sorted(by_severity.values(), reverse=True) == [by_severity[s] for s in range(1, 6)]
    assert by_severity[5] == 15 * MINUTES


def test_a_restricted_rule_asks_only_the_roles_it_names():
    only = Speaking(restricted=("protection_officer",))
    found = owed(standing([RAISED], AT), AT, only, ())
    assert found is not None
    assert found.who == ("role:protection_officer",)
    assert next_rung(only, ()) is None


def test_the_next_rung_is_somebody_else_who_has_not_been_told():
    assert next_rung(LADDER, ()) == "role:duty_officer"
    assert next_rung(LADDER, (), but=("duty_officer",)) == "role:head_of_mission"
    assert next_rung(LADDER, ("role:duty_officer", "role:head_of_mission")) is None
    assert next_rung(Speaking(), ()) == "role:head_of_mission"


def test_it_says_whom_it_will_climb_to_unless_somebody_answers():
    assert climbs_next(LADDER, "open", AT, ()) == ("duty_officer", AT + 15 * MINUTES)
    assert climbs_next(LADDER, "open", AT, ("role:duty_officer",)) == ("head_of_mission", AT + 60 * MINUTES)
    assert climbs_next(LADDER, "acknowledged", AT, ()) is None
    assert climbs_next(Speaking(), "open", AT, ()) is None
