"""What the engine cannot do is refused when the file is loaded, with file and line."""

import pytest

from incidents.rules.loader import DATA, RuleFileError, load_rule

COUNT = """\
id: E90-trial
version: 1
status: shadow
title: A trial
says: Three within a day.
article: none
kind: count
where:
  - {field: category, is: CFV}
key: sector
window: 24h
least: 3
join_within: 6h
resolve_after: 12h
severity:
  - {level: 2}
"""


def refusal(text: str) -> str:
    with pytest.raises(RuleFileError) as caught:
        load_rule(text, "trial.yaml")
    return str(caught.value)


def test_a_rule_reads_as_written():
    rule = load_rule(COUNT, "trial.yaml")
    assert (rule.id, rule.kind, rule.status, rule.asks.least) == ("E90-trial", "count", "shadow", 3)


@pytest.mark.parametrize(
    ("changed", "line", "why"),
    [
        (("least: 3", "at_least: 3"), 12, "at_least: is not a key of the rule"),
        (("kind: count", "kind: sequence"), 12, "least: is not a key of the rule"),
        (("kind: count", "kind: magic"), 7, "is not one of count, rate, step_up"),
        (("least: 3", "least: many"), 12, "a whole number of at least 1"),
        (("window: 24h", "window: a day"), 11, "is not a duration"),
        (("field: category", "field: side"), 9, "'side' is not one of"),
        (("is: CFV", "like: CFV"), 9, "like: is not a key of where"),
        (("is: CFV", "at_least: CFV"), 9, "has no order to compare by"),
        (("resolve_after: 12h", "resolve_after: 1h"), 14, "may not resolve while"),
        (("level: 2", "level: 6"), 16, "from 1 to 5"),
        (("{level: 2}", "{level: 2, when: {n: 5}}"), 16, "as the floor"),
        (("version: 1", "version: 1\nversion: 2"), 3, "is said twice"),
        (("least: 3\n", ""), 1, "least is missing"),
        (("status: shadow", "status: on"), 3, "a positive and a negative example"),
        (("least: 3", "least: 3\ngroup: link"), 13, "linking needs radius_m"),
        (("key: sector", "key: party"), 10, "'party' is not one of sector"),
        (("title: A trial", "title: [A trial"), 5, ""),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line(changed, line, why):
    said = refusal(COUNT.replace(*changed))
    assert said.startswith(f"trial.yaml:{line}: ")
    assert why in said


def test_layout_and_status_do_not_change_the_digest_but_a_number_does():
    one = load_rule(COUNT, "a.yaml")
    moved = COUNT.replace("least: 3\n", "").replace("kind: count", "least:   3\nkind: count")
    assert load_rule(moved.replace("status: shadow", "status: draft"), "b.yaml").digest == one.digest
    assert load_rule(COUNT.replace("least: 3", "least: 4"), "c.yaml").digest != one.digest


def test_no_rule_can_know_a_party():
    for path in DATA.glob("*.yaml"):
        text = path.read_text(encoding="utf-8").lower()
        assert "armenia" not in text
        assert "azerbaijan" not in text
        assert "side:" not in text
        assert "party" not in text
