"""From the sentence of a finding alone a reader works the verdict out again."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sentence_reader import holds
from trial_rules import LATER, OVER_TRIALS, TRIALS, WORLD, seeded_log

from incidents.rules.core import evaluate_all, known_at
from incidents.rules.examples import over_findings, world_of
from incidents.rules.explain import sentence
from incidents.rules.facts import live_set
from incidents.rules.loader import load_folder

ZONE = ZoneInfo("Asia/Yerevan")
RULES = load_folder()
EVERY_TRIAL = {**TRIALS, **OVER_TRIALS}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_sentences_of_the_house_hold_their_verdict(rule):
    read = 0
    for example in rule.examples:
        world = world_of(example)
        said = (
            over_findings(rule, example, world)
            if rule.reads_episodes_of
            else known_at(rule, example.versions, world, example.now, example.now)
        )
        for episode in said:
            words = sentence(rule, episode, ZONE)
            assert holds(rule.kind, words), words
            assert f"of {len(episode.evidence)} reviewed" in words
            read += 1
    assert read


@pytest.mark.parametrize("name", EVERY_TRIAL)
def test_the_sentences_of_every_kind_and_option_hold_their_verdict(name):
    rule, read = EVERY_TRIAL[name], 0
    below = [TRIALS[n] for n in ("count", "step", "state")] if rule.reads_episodes_of else []
    for seed in range(60):
        facts = list(live_set(seeded_log(seed), LATER).values())
        for episode in evaluate_all([rule, *below], facts, WORLD, LATER)[rule.id]:
            words = sentence(rule, episode, ZONE)
            assert holds(rule.kind, words), words
            read += 1
    assert read


def test_a_reader_finds_a_sentence_out_that_does_not_hold():
    """So that the reader above could say no."""
    rule = next(rule for rule in RULES if rule.id == "E7-access-denied")
    example = next(example for example in rule.examples if example.is_positive)
    (episode,) = known_at(rule, example.versions, world_of(example), example.now, example.now)
    words = sentence(rule, episode, ZONE)
    assert holds("count", words)
    assert not holds("count", re.sub(r"; 3 needed", "; 9 needed", words))
    weaker = replace(episode, numbers={**episode.numbers, "n": 2})
    assert not holds("count", sentence(rule, weaker, ZONE))
