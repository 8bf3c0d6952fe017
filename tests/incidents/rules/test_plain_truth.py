"""The engine says what the plainest reading of each kind says, hit by hit, on random logs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_rules import hits, stretches
from trial_rules import LATER, OVER_TRIALS, START, TRIALS, WORLD, logs, seeded_log

from incidents.rules.core import evaluate, evaluate_all, fold, judge, whole_span
from incidents.rules.facts import live_set
from incidents.rules.rule import Combine, Count

# How the number that is compared is called; what is not here is compared by moment only.
NUMBER = {
    "count": "n",
    "rate": "n",
    "step_up": "level",
    "sequence": "steps",
    "spread": "n",
    "state": "hours",
    "silence": "silent_h",
    "breach": "n",
    "combine": "n",
}


def found_by_engine(rule, facts, world, now):
    span = whole_span(rule, facts)
    return judge(rule, facts, world, span, now).hits if span else ()


def number_of(rule, hit):
    if rule.kind == "breach":
        return hit.strength[0]
    return round(float(hit.numbers[NUMBER[rule.kind]]))


@pytest.mark.parametrize("rule", TRIALS.values(), ids=lambda rule: rule.id)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_the_engine_agrees_with_the_plain_reading(rule, data):
    log = data.draw(st.one_of(logs(), st.integers(0, 10_000).map(seeded_log)))
    facts = list(live_set(log, LATER).values())
    now = data.draw(st.sampled_from([LATER, START + (LATER - START) / 10]))
    known = [fact for fact in facts if fact.event_end <= now]
    truth = hits(rule, known, WORLD, now)
    said = found_by_engine(rule, known, WORLD, now)
    assert {(hit.key, hit.at, number_of(rule, hit)) for hit in said} == truth
    if not (isinstance(rule.asks, Count) and rule.asks.group == "link"):
        episodes = {(e.key, e.start, e.end) for e in fold(rule, said, now)}
        assert episodes == stretches(rule, truth)


@pytest.mark.parametrize("rule", OVER_TRIALS.values(), ids=lambda rule: rule.id)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_rule_over_findings_agrees_with_the_plain_reading(rule, data):
    log = data.draw(st.one_of(logs(), st.integers(0, 10_000).map(seeded_log)))
    facts = list(live_set(log, LATER).values())
    below = [TRIALS["count"], TRIALS["step"], TRIALS["state"]]
    world = WORLD.with_episodes({r.id: evaluate(r, facts, WORLD, LATER) for r in below})
    truth = hits(rule, facts, world, LATER)
    everything = evaluate_all([rule, *below], facts, WORLD, LATER)
    said = stretches(rule, truth) if truth else set()
    assert {(e.key, e.start, e.end) for e in everything[rule.id]} == said


@pytest.mark.parametrize("name", [*TRIALS, *OVER_TRIALS])
def test_every_trial_speaks_on_some_log(name):
    """So that the comparisons above compare something."""
    rule = {**TRIALS, **OVER_TRIALS}[name]
    below = [TRIALS[n] for n in ("count", "step", "state")] if isinstance(rule.asks, Combine) else []
    for seed in range(60):
        facts = list(live_set(seeded_log(seed), LATER).values())
        if evaluate_all([rule, *below], facts, WORLD, LATER)[rule.id]:
            return
    pytest.fail(f"{name} never speaks")
