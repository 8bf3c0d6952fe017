"""Findings and alerts kept true as observations arrive, are reviewed and linked, on both stores."""

import datetime as dt

import pytest
from rule_desk import RuleDesk
from sqlalchemy import func, select

from incidents.alerts import queries as alerts
from incidents.alerts.service import take_step
from incidents.casework.service import link_observation, open_incident
from incidents.events import (
    AlertChanged,
    ObservationLinked,
    ObservationReceived,
)
from incidents.rules import queries
from incidents.rules.core import evaluate
from incidents.rules.facts import Span, World
from incidents.rules.model import FindingVersion, RuleFact
from incidents.rules.service import house_rules, judge_due, load_rules, rules_in_use
from monitor.errors import Conflict, WrongState
from monitor.notify.queries import deliveries_about
from monitor.outbox import OutboxEvent

NIGHT = dt.datetime(2022, 9, 12, 20, 5, tzinfo=dt.UTC)
RISE, FIRST, SAFETY = "E2-weapon-ladder-rise", "E2-weapon-ladder-first", "E12-mission-safety"


@pytest.fixture
def desk(as_role):
    return RuleDesk(as_role("monitor"), as_role("duty_officer"))


def test_a_report_that_crosses_a_rule_becomes_a_finding_and_one_alert(desk):
    observation_id = desk.ladder(NIGHT)
    assert set(desk.alerts()) == {RISE, FIRST}
    alert = desk.alerts()[RISE]
    assert (alert.state, alert.severity, alert.sector_code) == ("open", 4, "MAR")
    assert [cited.observation_id for cited in alert.evidence] == [observation_id]
    assert alert.raised_at > alert.detectable_at == NIGHT
    assert "tier 4" in alert.sentence
    assert (alert.share_reviewed, alert.independent_sources, alert.margin) == (0.0, 1, 0)


def test_the_same_event_told_twice_changes_nothing(desk):
    observation_id = desk.ladder(NIGHT)
    count = select(func.count()).select_from(FindingVersion)
    before = desk.session.scalar(count)
    desk.hear(ObservationReceived(observation_id, 1, "MAR", "CFV", "explosion"))
    assert desk.session.scalar(count) == before
    assert len(desk.alerts()) == 2


def test_a_late_report_strengthens_the_alert_and_says_that_it_was_late(desk):
    desk.ladder(NIGHT)
    desk.file(NIGHT + dt.timedelta(hours=1), known_after_h=14, tier=4)
    alert = desk.alerts()[RISE]
    assert (alert.last_change, alert.last_reason) == ("strengthened", "late_report")
    assert len(alert.evidence) == 2
    assert desk.said(RISE) == ["raised", "strengthened"]


def test_a_refuted_report_withdraws_the_alert_and_whoever_was_told_is_told(desk):
    observation_id = desk.ladder(NIGHT)
    desk.review(observation_id, "rejected")
    alert = desk.alerts()[FIRST]
    assert (alert.state, alert.last_change, alert.last_reason) == ("withdrawn", "withdrawn", "refuted")
    assert alert.id not in {row.id for row in alerts.open_alerts(desk.session, desk.officer.now)}
    told = deliveries_about(desk.session, f"alert:{alert.id}")
    raised = {row.recipient for row in told if row.code == "alert_raised"}
    assert raised == {row.recipient for row in told if row.code == "alert_withdrawn"}
    assert "role:duty_officer" in raised


def test_an_alert_that_somebody_acted_on_is_not_withdrawn_silently(desk):
    observation_id = desk.ladder(NIGHT)
    alert_id = desk.alerts()[RISE].id
    take_step(desk.officer, alert_id, "acknowledge")
    assert desk.alerts()[RISE].state == "acknowledged"
    desk.review(observation_id, "rejected")
    assert desk.alerts()[RISE].state == "needs_review"
    take_step(desk.officer, alert_id, "close", note="The quarry announced its blast.")
    assert desk.alerts()[RISE].state == "closed"
    with pytest.raises(WrongState):
        take_step(desk.officer, alert_id, "acknowledge")
    steps = alerts.alert_steps(desk.session, alert_id, desk.officer.app.keys)
    assert [(step.step, step.note) for step in steps] == [
        ("acknowledge", None),
        ("close", "The quarry announced its blast."),
    ]


def test_what_was_withdrawn_comes_back_under_its_number(desk):
    observation_id = desk.ladder(NIGHT)
    number = desk.alerts()[RISE].number
    desk.review(observation_id, "rejected")
    desk.review(observation_id, "accepted")
    alert = desk.alerts()[RISE]
    assert (alert.number, alert.state, alert.last_change) == (number, "open", "reopened")
    assert alert.share_reviewed == 1.0


def test_a_correction_into_another_sector_takes_its_finding_along(desk):
    observation_id = desk.ladder(NIGHT)
    desk.file(NIGHT, 1, observation_id, 2, tier=4, sector_code="JER")
    found = {row.key: row for row in queries.findings(desk.session, ("open", "withdrawn"))}
    assert found["MAR"].state == "withdrawn"
    assert (found["JER"].state, found["JER"].rule_id) == ("open", FIRST)
    assert found["JER"].evidence[0].revision == 2


def test_review_moves_the_share_reviewed_and_nothing_else(desk):
    observation_id = desk.ladder(NIGHT)
    desk.review(observation_id, "accepted")
    alert = desk.alerts()[RISE]
    assert (alert.share_reviewed, alert.last_change, alert.last_reason) == (1.0, "amended", "reviewed")


def test_mission_safety_does_not_resolve_by_itself(desk):
    desk.file(NIGHT, exposure="near_miss")
    desk.door.now = desk.officer.now = NIGHT + dt.timedelta(days=9)
    judge_due(desk.officer)
    desk.follow()
    assert desk.alerts()[SAFETY].state == "open"
    assert desk.alerts()[SAFETY].severity == 5


def test_a_quiet_finding_resolves_when_the_clock_says_so_and_keeps_its_history(desk):
    desk.ladder(NIGHT)
    desk.officer.now = NIGHT + dt.timedelta(hours=47)
    judge_due(desk.officer)
    desk.follow()
    assert desk.alerts()[RISE].state == "open"
    desk.officer.now = NIGHT + dt.timedelta(hours=49)
    assert "resolved" in (judge_due(desk.officer) or "")
    desk.follow()
    assert (desk.alerts()[RISE].state, desk.alerts()[FIRST].state) == ("resolved", "open")
    assert judge_due(desk.officer) is None


def test_linked_reports_count_once(desk):
    ids = [desk.file(NIGHT + dt.timedelta(minutes=i), exposure="in_direction_of") for i in range(3)]
    assert desk.alerts()[SAFETY].numbers["n"] == 3
    incident_id = open_incident(desk.officer, [])
    for observation_id in ids:
        link_observation(desk.officer, incident_id, observation_id, linked=True)
        desk.hear(ObservationLinked(incident_id, observation_id, True))
    assert desk.alerts()[SAFETY].numbers["n"] == 1
    assert desk.alerts()[SAFETY].last_reason == "linked"


def test_alerts_of_a_span_are_answered_as_they_were_known_then(desk):
    observation_id = desk.ladder(NIGHT)
    issued = desk.officer.now
    desk.door.now = desk.officer.now = NIGHT + dt.timedelta(hours=20)
    desk.review(observation_id, "rejected")
    span = (NIGHT - dt.timedelta(hours=1), NIGHT + dt.timedelta(hours=24))
    assert {row.state for row in alerts.alerts_between(desk.session, *span, known_at=issued)} == {"open"}
    known = alerts.alerts_between(desk.session, *span, known_at=desk.officer.now)
    assert {row.state for row in known} == {"withdrawn"}
    assert alerts.alerts_between(desk.session, span[1], span[1] + dt.timedelta(days=1), span[1]) == []


def test_the_findings_kept_are_those_of_the_whole_set(desk):
    """What was kept up report by report equals one look at everything."""
    ids = [desk.ladder(NIGHT)]
    for hour in range(0, 40, 4):
        ids.append(desk.file(NIGHT + dt.timedelta(hours=hour), hour % 9, tier=1 + hour % 5))
    for observation_id in ids[::3]:
        desk.review(observation_id, "rejected")
    facts = queries.live_facts(desk.session, "MAR", Span(NIGHT - dt.timedelta(days=60), desk.officer.now))
    for version_id, rule in rules_in_use(desk.officer):
        whole = evaluate(rule, facts, World(), desk.officer.now)
        kept = queries.standing_findings(desk.session, version_id, "MAR", NIGHT - dt.timedelta(days=60))
        stand = [finding.episode for finding in kept if finding.state not in ("withdrawn", "merged")]
        assert sorted(stand, key=lambda e: e.start) == whole


def test_facts_are_a_log_of_versions(desk):
    observation_id = desk.ladder(NIGHT)
    desk.review(observation_id, "accepted")
    rows = desk.session.scalars(
        select(RuleFact).where(RuleFact.observation_id == observation_id).order_by(RuleFact.version)
    )
    assert [(row.version, row.status) for row in rows] == [(1, "reported"), (2, "verified")]


def test_loading_rules_is_an_entry_of_the_log_and_happens_once(desk):
    assert len(load_rules(desk.officer)) == len(house_rules())
    assert load_rules(desk.officer) == []


def test_a_published_version_cannot_change_its_content(desk):
    import dataclasses

    load_rules(desk.officer)
    changed = dataclasses.replace(house_rules()[0], digest="1" * 64)
    with pytest.raises(Conflict):
        load_rules(desk.officer, [changed, *house_rules()[1:]])


def test_a_rule_taken_out_is_retired_and_its_findings_stay(desk):
    desk.ladder(NIGHT)
    load_rules(desk.officer, [rule for rule in house_rules() if rule.id != RISE])
    statuses = {row.rule_id: row.status for row in queries.rule_versions(desk.session)}
    assert statuses[RISE] == "retired"
    assert desk.alerts()[RISE].state == "open"


def test_every_change_of_an_alert_is_told_to_the_house(desk):
    desk.ladder(NIGHT)
    told = [
        AlertChanged(**row.data).change
        for row in desk.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "AlertChanged"))
    ]
    assert told == ["raised", "raised"]
