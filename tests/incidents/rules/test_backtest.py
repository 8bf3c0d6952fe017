"""A back-test counts what the rule would have said: by month, by who carried it, against its budget."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from incidents.rules.backtest import back_test, reads_back_to
from incidents.rules.facts import Fact, World
from incidents.rules.loader import load_rule

ZONE = ZoneInfo("Asia/Baku")
START = datetime(2022, 8, 1, tzinfo=UTC)
UNTIL = datetime(2022, 10, 15, tzinfo=UTC)
RULE = load_rule(
    """
id: E90-trial
version: 3
status: shadow
title: t
says: s
article: a
kind: count
where: [{field: category, is: CFV}]
key: sector
window: 24h
least: 2
join_within: 24h
resolve_after: 48h
severity: [{level: 4, when: {n: 3}}, {level: 2}]
budget: {alerts: 1, every: 30d}
""",
    "trial.yaml",
)
OVER = load_rule(
    """
id: E91-both
version: 1
status: shadow
title: t
says: s
article: a
kind: combine
of: [E90-trial]
counts: sectors
across: mission
least: 2
key: mission
window: 48h
join_within: 24h
resolve_after: 48h
severity: [{level: 2}]
""",
    "both.yaml",
)


def pair(day: int, sector: str = "S1", teams: tuple[str, ...] = ("T1", "T1"), late: int = 2) -> list[Fact]:
    at = START + timedelta(days=day)
    return [
        Fact(
            observation_id=f"{sector}-{day}-{i}",
            version=1,
            revision=1,
            known_at=at + timedelta(hours=i + late),
            event_start=at + timedelta(hours=i),
            event_end=at + timedelta(hours=i),
            category="CFV",
            type="shot",
            sector=sector,
            team=team,
        )
        for i, team in enumerate(teams)
    ]


def test_findings_are_counted_by_the_month_of_the_mission_and_months_without_any_are_shown():
    facts = [*pair(3), *pair(10, "S2"), *pair(60)]
    found = back_test(RULE, facts, World(), START, UNTIL, ZONE)
    assert found.by_month == {"2022-08": 2, "2022-09": 1, "2022-10": 0}
    assert (found.findings, found.worst_month, found.reports, found.a_month) == (3, "2022-08", 6, 1.2)


def test_a_finding_in_the_last_hours_of_a_month_at_the_mission_is_counted_there():
    at_the_turn = replace(
        pair(0)[0], event_start=(turn := datetime(2022, 8, 31, 20, 30, tzinfo=UTC)), event_end=turn
    )
    facts = [at_the_turn, replace(at_the_turn, observation_id="o2")]
    assert back_test(RULE, facts, World(), START, UNTIL, ZONE).by_month == {
        "2022-08": 0,
        "2022-09": 1,
        "2022-10": 0,
    }


def test_what_began_before_or_after_the_span_is_read_but_not_counted():
    facts = [*pair(3), *pair(40)]
    found = back_test(RULE, facts, World(), START + timedelta(days=20), START + timedelta(days=30), ZONE)
    assert found.findings == 0 and found.worst_month is None and found.a_month == 0


def test_the_budget_is_held_against_the_most_findings_in_any_stretch_of_its_length():
    kept = back_test(RULE, [*pair(0), *pair(31), *pair(62)], World(), START, UNTIL, ZONE).budget
    assert (kept.most, kept.held) == (1, True)
    # Thirty days to the hour is the next stretch; one hour less is the same.
    broken = back_test(RULE, [*pair(0), *pair(29), *pair(62)], World(), START, UNTIL, ZONE).budget
    assert (broken.most, broken.held, broken.since) == (2, False, START + timedelta(hours=1))


def test_who_carried_the_findings_is_named_and_whether_alone():
    facts = [*pair(0), *pair(5, teams=("T1", "T2", "T2")), *pair(20, "S2", ("T2", "T2"))]
    found = back_test(RULE, facts, World(), START, UNTIL, ZONE)
    assert [(one.name, one.findings, one.alone) for one in found.sources] == [("T1", 2, 1), ("T2", 2, 1)]
    assert [(one.name, one.findings) for one in found.keys] == [("S1", 2), ("S2", 1)]
    assert found.by_severity == {4: 1, 2: 2}
    assert found.falling == 2


def test_how_late_the_evidence_came_is_told():
    found = back_test(RULE, [*pair(0, late=10), *pair(20, late=30)], World(), START, UNTIL, ZONE)
    assert found.median_hours_to_know == 20.0


def test_the_gravest_come_first_in_words():
    facts = [*pair(0), *pair(9, teams=("T1", "T2", "T3"))]
    said = back_test(RULE, facts, World(), START, UNTIL, ZONE).said
    assert [(one.severity, one.evidence) for one in said] == [(4, 3), (2, 2)]
    assert said[0].sentence.startswith("Sector S1: 3 incidents in the 24 hours to 06:00 on 10 August 2022")


def test_a_rule_over_findings_is_tested_on_what_the_others_would_have_said():
    facts = [*pair(0, "S1"), *pair(1, "S2"), *pair(30, "S1")]
    found = back_test(OVER, facts, World(), START, UNTIL, ZONE, others=[RULE])
    assert found.findings == 1
    assert reads_back_to(OVER, START, [RULE]).start == START - timedelta(hours=48 + 24 + 24 + 24)


def test_it_is_plain_json():
    found = back_test(RULE, pair(0), World(), START, UNTIL, ZONE)
    said = json.loads(json.dumps(found.as_json()))
    assert said["budget"] == {
        "alerts": 1,
        "days": 30.0,
        "most": 1,
        "since": "2022-08-01T01:00:00+00:00",
        "held": True,
    }
    assert said["said"][0]["start"] == "2022-08-01T01:00:00+00:00"
    assert said["by_severity"] == {"2": 1}
