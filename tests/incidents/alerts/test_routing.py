"""Which message is sent, which waits, and why: the truth table."""

from datetime import UTC, datetime, timedelta

import pytest

from incidents.alerts.routing import (
    STORM_BUDGET,
    STORM_WINDOW,
    Held,
    Sent,
    escalations_due,
    held_back,
    recipients,
)
from incidents.rules.rule import Escalation, Speaking

NOW = datetime(2022, 9, 12, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLAIN = Speaking()


def message(severity=3, alert="a", rule="E1"):
    return Sent(alert, rule, severity, NOW)


def earlier(minutes, severity=3, alert="b", rule="E2"):
    return Sent(alert, rule, severity, NOW - minutes * MINUTE)


def decided(change="raised", before=0, speaking=PLAIN, sent=(), muted=False, inhibited=False, **said):
    return held_back(message(**said), change, before, speaking, sent, muted, inhibited)


STORM = [earlier(m) for m in range(1, STORM_BUDGET + 1)]


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ({}, None),
        ({"muted": True}, Held("muted")),
        ({"inhibited": True}, Held("inhibited")),
        ({"muted": True, "change": "withdrawn"}, None),
        (
            {
                "speaking": Speaking(cooldown=60 * MINUTE),
                "sent": [earlier(10, alert="a")],
                "change": "reopened",
            },
            Held("cooldown", NOW + 50 * MINUTE),
        ),
        ({"speaking": Speaking(cooldown=60 * MINUTE), "sent": [earlier(61, alert="a")]}, None),
        ({"speaking": Speaking(cooldown=60 * MINUTE), "sent": [earlier(10, alert="b")]}, None),
        (
            {
                "speaking": Speaking(cooldown=60 * MINUTE),
                "sent": [earlier(10, alert="a")],
                "change": "strengthened",
                "before": 2,
            },
            None,
        ),
        ({"speaking": Speaking(group_by="rule", group_wait=5 * MINUTE)}, Held("group", NOW + 5 * MINUTE)),
        ({"sent": STORM[:-1]}, None),
        ({"sent": STORM}, Held("storm", NOW - STORM_BUDGET * MINUTE + STORM_WINDOW)),
        ({"sent": STORM, "severity": 4}, None),
        ({"sent": [earlier(m, 5) for m in range(1, 9)], "severity": 4}, Held("storm", NOW + 2 * MINUTE)),
        ({"sent": [earlier(m, 5) for m in range(1, 9)], "severity": 5}, None),
        (
            {"sent": [earlier(m, 5, rule="E1") for m in range(1, 9)], "severity": 5},
            Held("storm", NOW + 2 * MINUTE),
        ),
        ({"sent": STORM, "change": "needs_review"}, None),
    ],
)
def test_a_message_is_sent_or_waits(given, held):
    assert decided(**given) == held


def test_a_restricted_rule_tells_only_the_roles_it_names():
    assert recipients("raised", 5, 0, (), ("protection_officer",)) == ("role:protection_officer",)
    assert "role:analyst" in recipients("raised", 5, 0, ())


def test_each_step_of_the_ladder_is_climbed_once_and_only_while_nobody_answers():
    ladder = Speaking(
        escalate=(Escalation(15 * MINUTE, "duty_officer"), Escalation(60 * MINUTE, "head_of_mission"))
    )
    since = NOW - 20 * MINUTE
    assert escalations_due(ladder, "open", since, (), NOW) == ("role:duty_officer",)
    assert escalations_due(ladder, "open", since, ("role:duty_officer",), NOW) == ()
    assert escalations_due(ladder, "acknowledged", since, (), NOW) == ()
    later = NOW + 60 * MINUTE
    assert escalations_due(ladder, "open", since, ("role:duty_officer",), later) == ("role:head_of_mission",)
