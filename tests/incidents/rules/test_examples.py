"""Every rule of the house keeps the promises of its own worked examples."""

from pathlib import Path

import pytest

from incidents.rules.examples import failures
from incidents.rules.loader import DATA, load_folder

RULES = load_folder()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples_hold_in_both_orders_of_arrival(rule):
    assert failures(rule) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_that_is_on_shows_when_it_speaks_and_when_it_is_silent(rule):
    assert {example.is_positive for example in rule.examples} == {True, False}


def test_a_changed_rule_needs_a_new_version():
    """digests.txt holds what was published; a number changed under an old version shows here."""
    published = dict(line.split() for line in (Path(DATA) / "digests.txt").read_text().splitlines())
    assert {f"{rule.id}@{rule.version}": rule.digest for rule in RULES} == published
