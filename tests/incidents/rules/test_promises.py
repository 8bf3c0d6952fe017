"""Order-free and replayable: the two promises of the engine, and scenario S3."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.rules.core import known_at
from incidents.rules.facts import Fact, Watched, WatchHours
from incidents.rules.keeping import Keeping
from incidents.rules.loader import load_folder, load_rule

START = datetime(2022, 9, 1, tzinfo=UTC)
LATER = START + timedelta(days=40)
RULES = load_folder()
TRIAL = load_rule(
    """
id: E90-trial
version: 1
status: shadow
title: t
says: s
article: a
kind: count
where: [{field: category, is: CFV}]
key: sector
window: 24h
least: 3
radius_m: 3000
group: link
join_within: 12h
resolve_after: never
severity: [{level: 3, when: {n: 5}}, {level: 2}]
""",
    "trial.yaml",
)
SURGE = load_rule(
    """
id: E91-trial
version: 1
status: shadow
title: t
says: s
article: a
kind: rate
where: [{field: category, is: CFV}]
key: sector
window: 12h
baseline: 48h
guard: 6h
every: 6h
min_count: 2
min_ratio: 2
alpha: 0.2
weight: count_best
join_within: 12h
resolve_after: 24h
severity: [{level: 3, when: {ratio: 5}}, {level: 2}]
without: [{field: assessed_exercise, in: [probable]}]
""",
    "trial.yaml",
)
EVERY_RULE = [*RULES, TRIAL, SURGE]
WATCHED = [Watched(s, START, START + timedelta(days=40)) for s in ("S1", "S2")]


@st.composite
def versions(draw) -> list[Fact]:
    """A log of up to ten observations with corrections, refutations, links and repeats, on a coarse grid."""
    log: list[Fact] = []
    for i in range(draw(st.integers(0, 10))):
        known = START
        for version in range(1, draw(st.integers(1, 3)) + 1):
            at = START + timedelta(hours=6 * draw(st.integers(0, 20)))
            known = max(known, at) + timedelta(hours=6 * draw(st.integers(0, 8)))
            log.append(
                Fact(
                    observation_id=f"o{i}",
                    version=version,
                    revision=version,
                    known_at=known,
                    event_start=at,
                    event_end=at + timedelta(hours=6 * draw(st.integers(0, 2))),
                    category="CFV",
                    type=draw(st.sampled_from(["shot", "explosion"])),
                    info_type="observed",
                    sector=draw(st.sampled_from(["S1", "S2", None])),
                    tier=draw(st.sampled_from([None, 1, 2, 3, 4, 5])),
                    count_best=draw(st.sampled_from([None, 1, 12, 60])),
                    exposure=draw(st.sampled_from(["none", "present", "near_miss"])),
                    incident_id=draw(st.sampled_from([None, None, "I1", "I2"])),
                    team=draw(st.sampled_from(["T1", "T2", None])),
                    assessed_exercise=draw(st.sampled_from([None, "probable"])),
                    status=draw(st.sampled_from(["reported", "verified", "refuted", "withdrawn"])),
                    x=1000 * draw(st.integers(0, 6)),
                    y=0,
                    z=0,
                )
            )
    return log


def kept(rule, log, nows) -> Keeping:
    keeping = Keeping(rule, WATCHED)
    for fact, now in zip(log, nows, strict=True):
        keeping.take(fact, now)
    return keeping


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.id)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_findings_do_not_depend_on_the_order_or_repetition_of_arrival(rule, data):
    log = data.draw(versions())
    shuffled = data.draw(st.permutations(log + log[::2]))
    whole = known_at(rule, log, WatchHours(WATCHED), LATER, LATER)
    assert kept(rule, shuffled, [LATER] * len(shuffled)).episodes() == whole


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.id)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_was_said_then_is_what_a_fresh_engine_says_of_what_was_known_then(rule, data):
    """Reports arrive as they become known and the clock ticks; at every moment both agree."""
    log = sorted(data.draw(versions()), key=lambda f: (f.known_at, f.observation_id, f.version))
    keeping, last = Keeping(rule, WATCHED), START
    for n, fact in enumerate(log):
        keeping.take(fact, fact.known_at)
        keeping.tick(last, fact.known_at)
        last = fact.known_at
        if n + 1 < len(log) and log[n + 1].known_at == last:
            continue
        fresh = known_at(rule, log, WatchHours(WATCHED), last, last)
        said = [replace(episode, resolved=False) for episode in keeping.episodes()]
        assert said == [replace(episode, resolved=False) for episode in fresh]


def six() -> list[Fact]:
    """Scenario S3: six observations of one night and one morning, one of them late."""
    seen = [
        (0, 1, 3, "T1"),
        (30, 3, 12, "T1"),
        (30, 3, 9, "T2"),
        (32, 4, 20, "T2"),
        (32, 4, 2, "T3"),
        (58, 1, 1, "T1"),
    ]
    return [
        Fact(
            observation_id=f"o{i}",
            version=1,
            revision=1,
            known_at=START + timedelta(hours=at + 14),
            event_start=START + timedelta(hours=at),
            event_end=START + timedelta(hours=at),
            category="CFV",
            type="explosion",
            info_type="observed",
            sector="S1",
            tier=tier,
            count_best=count,
            team=team,
            exposure="in_direction_of" if i == 3 else "none",
            incident_id="I1" if i in (1, 2) else None,
        )
        for i, (at, tier, count, team) in enumerate(seen)
    ]


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.id)
def test_all_720_orders_of_six_observations_give_the_same_findings_and_counts(rule):
    whole = known_at(rule, six(), WatchHours(WATCHED), LATER, LATER)
    outcomes = []
    for order in permutations(six()):
        episodes = kept(rule, order, [LATER] * 6).episodes()
        if episodes not in outcomes:
            outcomes.append(episodes)
    assert outcomes == [whole]


def test_a_rule_of_the_house_speaks_on_the_six():
    """So that the permutations above compare something."""
    spoken = {rule.id for rule in RULES if known_at(rule, six(), WatchHours(WATCHED), LATER, LATER)}
    assert {"E2-weapon-ladder-rise", "E2-weapon-ladder-first", "E12-mission-safety"} <= spoken


def test_a_late_report_strengthens_and_a_refutation_withdraws():
    rule = next(rule for rule in RULES if rule.id == "E2-weapon-ladder-rise")
    log = six()
    keeping = kept(rule, [log[0], log[1]], [LATER] * 2)
    assert [c.change for c in keeping.changes] == ["raised"]
    keeping.take(log[3], LATER)
    assert keeping.changes[-1].change == "strengthened"
    keeping.take(replace(log[1], version=2, status="refuted"), LATER)
    assert keeping.changes[-1].change == "amended"
    keeping.take(replace(log[3], version=2, status="refuted"), LATER)
    assert keeping.changes[-1].change == "withdrawn"
    keeping.take(replace(log[3], version=3, status="reported"), LATER)
    assert keeping.changes[-1].change == "reopened"
    assert len(keeping.standing) == 1


def test_two_findings_that_a_late_report_makes_one_keep_the_older_number():
    rule = next(rule for rule in RULES if rule.id == "E12-mission-safety")
    at = lambda name, h: replace(  # noqa: E731
        six()[3],
        observation_id=name,
        event_start=START + timedelta(hours=h),
        event_end=START + timedelta(hours=h),
    )
    keeping = kept(rule, [at("a", 0), at("b", 10)], [LATER] * 2)
    assert [c.change for c in keeping.changes] == ["raised", "raised"]
    keeping.take(at("c", 5), LATER)
    assert {(c.change, c.finding_id, c.merged_into) for c in keeping.changes[2:]} == {
        ("strengthened", "finding 1", None),
        ("merged", "finding 2", "finding 1"),
    }
    keeping.take(replace(at("c", 5), version=2, status="withdrawn"), LATER)
    assert {c.change for c in keeping.changes[4:]} == {"amended", "reopened"}


def test_random_logs_of_some_length_agree_with_the_whole_set():
    """One longer walk than Hypothesis takes: a hundred versions of fifty observations in two sectors."""
    chance = random.Random(7)
    for rule in EVERY_RULE:
        log = []
        for i in range(50):
            base = six()[i % 6]
            for version in range(1, chance.choice([1, 1, 2, 3]) + 1):
                at = START + timedelta(minutes=chance.randrange(0, 60 * 24 * 20))
                log.append(
                    replace(
                        base,
                        observation_id=f"o{i}",
                        version=version,
                        event_start=at,
                        event_end=at,
                        sector=chance.choice(["S1", "S2"]),
                        x=chance.randrange(0, 5000),
                        y=0,
                        z=0,
                    )
                )
        chance.shuffle(log)
        whole = known_at(rule, log, WatchHours(WATCHED), LATER, LATER)
        assert kept(rule, log, [LATER] * len(log)).episodes() == whole
