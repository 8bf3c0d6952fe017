"""A rule in plain lines: every kind says what it asks, by whom it judges and how it grades."""

import pytest
from trial_rules import OVER_TRIALS, TRIALS

from incidents.rules.explain_rule import in_words
from incidents.rules.loader import load_folder


@pytest.mark.parametrize(
    "rule", [*load_folder(), *TRIALS.values(), *OVER_TRIALS.values()], ids=lambda rule: rule.id
)
def test_every_kind_is_said_in_plain_lines(rule):
    lines = in_words(rule)
    said = " ".join(lines)
    assert all(line.endswith(".") for line in lines)
    assert lines[0].startswith("Reads ") and lines[1].startswith("Holds ")
    assert "Severity" in said and "None" not in said and "()" not in said


def test_the_numbers_of_the_file_stand_in_the_words():
    said = " ".join(in_words(TRIALS["count-link"]))
    assert "at least 3 incidents lie within 3,000 m in 24 hours" in said
    assert "where category is CFV" in said and "each sector by itself" in said
