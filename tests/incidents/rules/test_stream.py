"""Judged as reports come, one by one, every rule says after each of them what it says of the whole set."""

import random

import pytest
from trial_rules import BODIES, LATER, OVER_TRIALS, START, TRIALS, WORLD, seeded_log, trial

from incidents.rules.core import evaluate_all
from incidents.rules.facts import live_set
from incidents.rules.loader import load_folder
from incidents.rules.stream import CountStream, Live, counts_in_stream

FIRE = "where: [{field: category, is: CFV}]\n"
MORE = {
    "count-near-by-key": trial(
        "near-by-key", "kind: count\nkey: sector\nwindow: 24h\nleast: 2\nradius_m: 3000\n" + FIRE
    ),
    "count-graded": trial("graded", "kind: count\nkey: sector\nwindow: 48h\nleast: 2\n" + FIRE, join="6h"),
}
EVERY = {**TRIALS, **OVER_TRIALS, **MORE}


def alone(name):
    rule = EVERY[name]
    below = [TRIALS[n] for n in ("count", "step", "state")] if rule.reads_episodes_of else []
    return rule, [rule, *below]


@pytest.mark.parametrize("name", EVERY)
def test_after_every_report_it_is_what_the_whole_set_says(name):
    rule, rules = alone(name)
    spoken = 0
    for seed in range(25):
        log = seeded_log(seed, 24)
        random.Random(seed).shuffle(log)
        live, taken = Live(rules, WORLD), []
        for fact in log:
            live.take(fact, LATER)
            taken.append(fact)
            facts = list(live_set(taken, LATER).values())
            truth = evaluate_all(rules, facts, WORLD, LATER)[rule.id]
            assert live.episodes(LATER)[rule.id] == truth, (seed, len(taken))
            spoken += len(truth)
    assert spoken


@pytest.mark.parametrize("name", EVERY)
def test_what_a_report_touched_is_among_what_is_answered(name):
    """Who keeps the answers of every report holds every episode at the end."""
    rule, rules = alone(name)
    for seed in range(25, 35):
        log = [fact for fact in seeded_log(seed, 24) if fact.version == 1]
        live, kept = Live(rules, WORLD), []
        for fact in log:
            kept += live.take(fact, LATER).get(rule.id, [])
        assert all(episode in kept for episode in live.episodes(LATER)[rule.id])


def test_the_clock_finishes_steps():
    for name in ("rate", "state", "silence", "silence-end"):
        rule = TRIALS[name]
        for seed in range(20):
            facts = list(live_set(seeded_log(seed, 24), LATER).values())
            known = [fact for fact in facts if fact.event_end <= START]
            live = Live([rule], WORLD)
            for fact in known:
                live.take(fact, START)
            live.tick(START, LATER)
            assert live.episodes(LATER)[rule.id] == evaluate_all([rule], known, WORLD, LATER)[rule.id]


def test_the_house_rules_run_in_it_together():
    rules = load_folder()
    live = Live(rules, WORLD)
    log = seeded_log(3, 40)
    for fact in log:
        live.take(fact, LATER)
    facts = list(live_set(log, LATER).values())
    assert live.episodes(LATER) == evaluate_all(rules, facts, WORLD, LATER)


def test_a_plain_count_is_counted_and_a_weighed_one_is_read():
    assert isinstance(Live([TRIALS["count"]]).streams["E90-count"], CountStream)
    assert not counts_in_stream(TRIALS["count-weighed"])
    assert not counts_in_stream(TRIALS["count-within"])
    assert {name for name in BODIES if counts_in_stream(TRIALS[name])} >= {"count-link", "count-certain"}
