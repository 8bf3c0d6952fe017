"""The kinds that need more than observations, live on both stores: watches, claims, agreements, findings."""

import datetime as dt

import pytest
from field_report import field_report
from rule_desk import RuleDesk
from sqlalchemy import select

from incidents.alerts import queries as alerts
from incidents.alerts.service import mute, speak, take_step
from incidents.events import ObservationReceived
from incidents.rules import queries
from incidents.rules.checking import check_from_scratch, check_nightly
from incidents.rules.history import replayed, try_what_is_on
from incidents.rules.model import FindingVersion, RuleCheck
from incidents.rules.service import hear, rules_in_use
from monitor.errors import WrongState
from monitor.events import JobFailed
from monitor.notify.queries import deliveries_about
from monitor.outbox import OutboxEvent
from monitor.places.model import Place, PlaceName

NIGHT = dt.datetime(2022, 9, 12, 20, 5, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def desk(as_role):
    desk = RuleDesk(as_role("monitor"), as_role("duty_officer"))
    desk.at(NIGHT - 48 * HOUR)
    rules_in_use(desk.officer)
    return desk


def found(desk, rule_id, states=("open", "resolved")):
    return [row for row in queries.findings(desk.session, states) if row.rule_id == rule_id]


def reasons(desk, finding_id):
    return [(row.change, row.reason) for row in queries.finding_versions(desk.session, finding_id)]


def test_a_silent_patrol_is_found_by_the_clock_and_taken_back_by_a_late_sign(desk):
    watch = desk.plan(NIGHT, NIGHT + 8 * HOUR)
    desk.sign(watch, "started", NIGHT)
    desk.tick(NIGHT + 3.4 * HOUR)
    assert not found(desk, "E12-no-sign")
    desk.tick(NIGHT + 3.6 * HOUR)
    (silent,) = found(desk, "E12-no-sign")
    assert (silent.key, silent.sector, silent.numbers["silent_h"]) == (watch, "MAR", 3.5)
    assert {cited.origin for cited in silent.evidence} == {"watch"}
    desk.sign(watch, "checked_in", NIGHT + 2 * HOUR, known_after_h=3)
    assert reasons(desk, silent.finding_id)[-1] == ("withdrawn", "out_of_contact")
    assert reasons(desk, silent.finding_id)[0] == ("raised", "clock")


def test_a_patrol_that_does_not_end_its_watch_is_overdue(desk):
    watch = desk.plan(NIGHT, NIGHT + 4 * HOUR)
    desk.sign(watch, "started", NIGHT)
    desk.tick(NIGHT + 4.9 * HOUR)
    assert not found(desk, "E12-patrol-overdue")
    desk.tick(NIGHT + 5.1 * HOUR)
    assert len(found(desk, "E12-patrol-overdue")) == 1
    desk.sign(watch, "ended", NIGHT + 4 * HOUR, known_after_h=2)
    assert not found(desk, "E12-patrol-overdue")


def test_a_watch_without_any_report_is_named_and_a_negative_report_answers_it(desk):
    watch = desk.plan(NIGHT, NIGHT + 4 * HOUR)
    desk.sign(watch, "started", NIGHT)
    desk.sign(watch, "ended", NIGHT + 4 * HOUR)
    desk.tick(NIGHT + 6.2 * HOUR)
    assert len(found(desk, "E13-no-report")) == 1
    desk.file(
        NIGHT + 3 * HOUR, 5, category="NEG", type="nothing_observed", info_type="observed", watch_id=watch
    )
    assert not found(desk, "E13-no-report")


def test_an_agreed_silence_that_is_broken_raises_an_alert(desk):
    silence = {
        "category": "CBM",
        "type": "window_of_silence",
        "fields": {
            "since": (NIGHT + 4 * HOUR).isoformat(),
            "until": (NIGHT + 10 * HOUR).isoformat(),
        },
    }
    desk.file(NIGHT, **silence)
    desk.file(NIGHT + 3 * HOUR, type="shot")
    assert "E8-silence-broken" not in desk.alerts()
    desk.file(NIGHT + 5 * HOUR, type="shot")
    alert = desk.alerts()["E8-silence-broken"]
    assert (alert.sector_code, alert.numbers["n"], len(alert.evidence)) == ("MAR", 1, 2)


def test_a_closed_corridor_is_told_after_six_hours_and_opened_only_by_as_firm_a_report(desk):
    closed = {"category": "HUM", "type": "corridor_status", "fields": {"corridor_state": "closed"}}
    shut = desk.file(NIGHT, **closed)
    desk.review(shut, "accepted")
    desk.tick(NIGHT + 6.1 * HOUR)
    assert desk.alerts()["E9-corridor-closed"].colour == "humanitarian"
    opened = desk.file(NIGHT + 5 * HOUR, 2, **{**closed, "fields": {"corridor_state": "open"}})
    assert desk.alerts()["E9-corridor-closed"].state == "open"
    desk.review(opened, "accepted")
    assert desk.alerts()["E9-corridor-closed"].state == "withdrawn"


def test_claims_about_what_was_watched_and_not_seen_are_an_alert_of_their_own_colour(
    desk, sector_of_the_test
):
    watch = desk.plan(NIGHT, NIGHT + 10 * HOUR)
    desk.sign(watch, "started", NIGHT)
    desk.sign(watch, "ended", NIGHT + 10 * HOUR)
    for i in range(5):
        desk.claim(NIGHT + (2 + i) * HOUR, "A", sector_of_the_test, known_after_h=12)
    (surge,) = found(desk, "E10-claim-surge")
    assert (surge.key, surge.numbers["n"]) == ("A", 5)
    assert {cited.origin for cited in surge.evidence} == {"claim"}
    assert queries.rule_as_published(desk.session, surge.rule_version_id).speaking.colour == "information"


def test_a_rule_over_findings_follows_the_findings_it_names(desk, as_role):
    second = as_role("monitor", "second", "T2")
    closed = {"category": "HUM", "type": "corridor_status", "fields": {"corridor_state": "closed"}}
    desk.file(NIGHT, **closed)
    desk.tick(NIGHT + 7 * HOUR)
    short = {"category": "HUM", "type": "shortage", "fields": {"severity": 5, "shortage_of": ["food"]}}
    desk.file(NIGHT + 30 * HOUR, **short)
    assert not found(desk, "E9-closed-and-short")
    desk.door.actor = second.actor
    told = desk.file(NIGHT + 32 * HOUR, **short)
    (both,) = found(desk, "E9-closed-and-short")
    assert (both.severity, both.key) == (5, "MAR")
    desk.review(told, "rejected")
    assert not found(desk, "E9-closed-and-short")


def test_a_message_that_a_graver_alert_makes_needless_is_kept_and_not_sent(desk):
    desk.ladder(NIGHT)
    rise, first = desk.alerts()["E2-weapon-ladder-rise"], desk.alerts()["E2-weapon-ladder-first"]
    assert deliveries_about(desk.session, f"alert:{first.id}")
    assert not deliveries_about(desk.session, f"alert:{rise.id}")
    assert rise.state == "open"


def test_nobody_answers_and_the_head_of_mission_hears_of_it(desk):
    desk.file(NIGHT, exposure="near_miss")
    alert = desk.alerts()["E12-mission-safety"]

    def codes():
        told = deliveries_about(desk.session, f"alert:{alert.id}")
        return [one.recipient for one in told if one.code == "alert_escalated"]

    desk.at(NIGHT + 0.5 * HOUR)
    speak(desk.officer)
    assert codes() == ["role:duty_officer"]
    desk.at(NIGHT + 2 * HOUR)
    assert "1 escalations" in (speak(desk.officer) or "")
    assert codes() == ["role:duty_officer", "role:head_of_mission"]
    assert speak(desk.officer) is None


def test_an_acknowledged_alert_does_not_climb(desk):
    desk.file(NIGHT, exposure="near_miss")
    alert = desk.alerts()["E12-mission-safety"]
    take_step(desk.officer, alert.id, "acknowledge")
    desk.at(NIGHT + 0.5 * HOUR)
    assert speak(desk.officer) is None


def test_a_mute_holds_messages_back_and_takes_no_alert_away(desk):
    desk.at(NIGHT - HOUR)
    mute(desk.officer, "E12-mission-safety", None, NIGHT + 5 * HOUR, "The range is being cleared.")
    desk.file(NIGHT, exposure="near_miss")
    alert = desk.alerts()["E12-mission-safety"]
    assert alert.state == "open"
    assert not deliveries_about(desk.session, f"alert:{alert.id}")
    (quiet,) = alerts.mutes(desk.session, desk.officer.now, desk.officer.app.keys)
    assert (quiet.why, quiet.held_back > 0) == ("The range is being cleared.", True)
    with pytest.raises(WrongState):
        mute(desk.officer, None, "MAR", NIGHT - HOUR, "too late")


def test_what_stands_is_the_same_from_scratch(desk):
    for hour in range(0, 40, 4):
        desk.file(NIGHT + hour * HOUR, hour % 9, tier=1 + hour % 5)
    watch = desk.plan(NIGHT + 41 * HOUR, NIGHT + 49 * HOUR)
    desk.sign(watch, "started", NIGHT + 41 * HOUR)
    desk.tick(NIGHT + 60 * HOUR)
    checked = check_from_scratch(desk.officer)
    assert checked.differing == ()
    assert checked.standing == checked.recomputed
    assert found(desk, "E12-no-sign")
    assert check_nightly(desk.officer) is None


def test_a_finding_that_does_not_follow_from_the_facts_is_named_in_the_morning(desk):
    desk.ladder(NIGHT)
    version = desk.session.scalars(select(FindingVersion)).first()
    version.numbers = {**version.numbers, "n": 99}
    desk.session.flush()
    desk.at(NIGHT + 24 * HOUR)
    said = check_nightly(desk.officer)
    assert "MAR" in (said or "")
    kept = desk.session.scalars(select(RuleCheck)).one()
    assert kept.standing != kept.recomputed
    told = desk.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "JobFailed"))
    assert [JobFailed(**row.data).job for row in told] == ["rules.check"]


@pytest.fixture
def sector_of_the_test(desk):
    """A point inside a sector MAR that is drawn for the test."""
    square = [[[46.0, 39.0], [47.0, 39.0], [47.0, 40.0], [46.0, 40.0], [46.0, 39.0]]]
    place = Place(
        code="MAR",
        version=1,
        kind="sector",
        geometry={"type": "Polygon", "coordinates": square},
        valid_from=NIGHT - 1000 * HOUR,
        source="drawn for the test",
        synthetic=True,
        traits={},
        digest="0" * 64,
        recorded_at=NIGHT - 1000 * HOUR,
    )
    place.lon, place.lat = 46.5, 39.5
    desk.session.add(place)
    desk.session.flush()
    desk.session.add(PlaceName(place_id=place.id, language="en", name="Sector MAR"))
    desk.session.flush()
    return 46.5, 39.5


def test_what_is_on_gets_a_back_test_of_the_missions_own_past_once_there_is_enough(desk):
    desk.file(NIGHT, exposure="near_miss")
    assert try_what_is_on(desk.officer) is None
    desk.at(NIGHT + dt.timedelta(days=15))
    on = {version_id for version_id, rule in rules_in_use(desk.officer) if rule.status == "on"}
    for _ in on:
        assert try_what_is_on(desk.officer)
    assert try_what_is_on(desk.officer) is None
    kept = queries.back_tests(desk.session)
    assert {row.rule_version_id for row in kept} == on and len(kept) == len(on)
    assert {row.findings for row in kept if row.rule_version_id.startswith("E12-mission-safety")} == {1}
    desk.at(NIGHT + dt.timedelta(days=46))
    assert try_what_is_on(desk.officer)


def test_a_flood_is_taken_in_at_once_and_says_what_one_by_one_would(parts, client, clock, drain):
    start = clock.now()
    clock.set(start + HOUR)
    phone, sent = client.device(), []
    for minute in range(12):
        at = (start + dt.timedelta(minutes=minute)).isoformat()
        time = {"start": at, "end": None, "precision": "T2", "basis": "estimate"}
        exposure = "near_miss" if minute in (3, 11) else "none"
        report = field_report(exposure=exposure, time=time, captured_at=at)
        sent.append(report["observation_id"])
        assert phone.post("/api/v1/observations", json=report).status_code == 201
    with parts.transaction() as door:
        first = door.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "ObservationReceived"))
        hear(door, ObservationReceived(**next(first).data))
        assert {fact.observation_id for fact in queries.facts_of(door.session, sent)} == set(sent)
    drain()
    with parts.reading() as door:
        safety = [f for f in queries.findings(door.session) if f.rule_id == "E12-mission-safety"]
        assert [len(found.evidence) for found in safety] == [2]
        assert [v.change for v in queries.finding_versions(door.session, safety[0].finding_id)] == ["raised"]
        assert check_said(door) == ()


def check_said(door):
    """The rules whose findings differ from a fresh look."""
    return replayed(door, door.now).differing
