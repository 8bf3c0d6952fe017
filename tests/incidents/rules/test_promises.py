"""Order-free and replayable: the two promises of the engine, and scenario S3."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trial_rules import LATER, OVER_TRIALS, START, TRIALS, WORLD, logs, trial

from incidents.rules.core import evaluate_all, known_at
from incidents.rules.examples import world_of
from incidents.rules.facts import DIR16, Completeness, Fact, World, lags_of, live_set
from incidents.rules.keeping import House
from incidents.rules.loader import load_folder

RULES = load_folder()
COMPLETE = trial(
    "rate-complete",
    """kind: rate
key: mission
window: 24h
baseline: 48h
guard: 0h
every: 12h
min_count: 2
min_ratio: 1
alpha: 0.4
exposure: hours
complete_within: 48h
where: [{field: category, is: CFV}]
""",
)
EVERY_RULE = [*RULES, *TRIALS.values(), *OVER_TRIALS.values(), COMPLETE]
NAMED = {rule.id: rule for rule in EVERY_RULE}


def with_those_below(rule):
    """The rule, and the rules whose findings it reads, down to those that read reports."""
    below = [NAMED[name] for name in rule.reads_episodes_of]
    return [rule, *(r for b in below for r in with_those_below(b))]


def whole(rule, log, known, now):
    """What a fresh engine says of everything that was known."""
    facts = list(live_set(log, known).values())
    world = World(WORLD.watched, WORLD.neighbours, WORLD.spots, completeness_of(log, known, now))
    return evaluate_all(with_those_below(rule), facts, world, now)[rule.id]


def completeness_of(log, known, now):
    return Completeness(lags_of([fact for fact in log if fact.known_at <= known]), now)


def kept(rule, log, nows) -> House:
    house = House(with_those_below(rule), WORLD)
    for fact, now in zip(log, nows, strict=True):
        house.take(fact, now)
    return house


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.id)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_findings_do_not_depend_on_the_order_or_repetition_of_arrival(rule, data):
    log = data.draw(logs())
    shuffled = data.draw(st.permutations(log + log[::2]))
    house = kept(rule, shuffled, [LATER] * len(shuffled))
    assert house.episodes()[rule.id] == whole(rule, log, LATER, LATER)


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.id)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_what_was_said_then_is_what_a_fresh_engine_says_of_what_was_known_then(rule, data):
    """Reports arrive as they become known, the clock ticks and jumps; at every moment both agree."""
    log = sorted(data.draw(logs()), key=lambda f: (f.known_at, f.observation_id, f.version))
    house, last = House(with_those_below(rule), WORLD), START
    for n, fact in enumerate(log):
        house.take(fact, fact.known_at)
        house.tick(last, fact.known_at)
        last = fact.known_at
        if n + 1 < len(log) and log[n + 1].known_at == last:
            continue
        said = [replace(episode, resolved=False) for episode in house.episodes()[rule.id]]
        assert said == [replace(episode, resolved=False) for episode in whole(rule, log, last, last)]


def mirrored(fact):
    """The same report with north for south and one claimant for the other."""
    details = dict(fact.details)
    if details.get("heading") in DIR16:
        details["heading"] = DIR16[(DIR16.index(details["heading"]) + 8) % 16]
    if "claimant" in details:
        details["claimant"] = {"A": "B", "B": "A"}.get(details["claimant"], details["claimant"])
    return replace(fact, details=details)


@pytest.mark.parametrize("rule", [r for r in RULES if not r.reads_episodes_of], ids=lambda rule: rule.id)
def test_no_rule_takes_a_side(rule):
    """Every worked case mirrored, side for side, gives the mirrored findings of the same gravity."""
    swapped = {"A": "B", "B": "A"}
    for example in rule.examples:
        cases = [example.versions, tuple(mirrored(fact) for fact in example.versions)]
        straight, turned = (known_at(rule, c, world_of(example), example.now, example.now) for c in cases)
        assert [(swapped.get(e.key, e.key), e.start, e.end, e.severity) for e in straight] == [
            (e.key, e.start, e.end, e.severity) for e in turned
        ]


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
    said = whole(rule, six(), LATER, LATER)
    outcomes = []
    for order in permutations(six()):
        episodes = kept(rule, order, [LATER] * 6).episodes()[rule.id]
        if episodes not in outcomes:
            outcomes.append(episodes)
    assert outcomes == [said]


def test_a_rule_of_the_house_speaks_on_the_six():
    """So that the permutations above compare something."""
    spoken = {rule.id for rule in RULES if whole(rule, six(), LATER, LATER)}
    assert {"E2-weapon-ladder-rise", "E2-weapon-ladder-first", "E12-mission-safety"} <= spoken


def test_a_late_report_strengthens_and_a_refutation_withdraws():
    rule = next(rule for rule in RULES if rule.id == "E2-weapon-ladder-rise")
    log = six()
    keeping = kept(rule, [log[0], log[1]], [LATER] * 2).keepings[rule.id]
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
    keeping = kept(rule, [at("a", 0), at("b", 10)], [LATER] * 2).keepings[rule.id]
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
        house = kept(rule, log, [LATER] * len(log))
        assert house.episodes()[rule.id] == whole(rule, log, LATER, LATER)
