"""A rule's worked examples, each run in both orders of arrival (pure)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from incidents.rules.core import Episode, judge, known_at, whole_span
from incidents.rules.facts import Fact, WatchHours, live_set
from incidents.rules.keeping import Keeping
from incidents.rules.rule import Example, Rule


def failures(rule: Rule) -> list[str]:
    """Every promise that an example of the rule does not keep, in words; empty when all are kept."""
    return [f"line {e.line}, {e.name}: {why}" for e in rule.examples for why in _failures(rule, e)]


def _failures(rule: Rule, example: Example) -> Iterator[str]:
    watched = WatchHours(example.watched)
    whole = known_at(rule, example.versions, watched, example.now, example.now)
    for order, versions in (("as written", example.versions), ("backwards", example.versions[::-1])):
        if kept_up(rule, example, versions) != whole:
            yield f"reports taken {order} do not give the findings of the whole set"
    yield from _unlike(whole, example)
    if "unknown" in example.expect:
        facts = list(live_set(example.versions, example.now).values())
        span = whole_span(rule, facts)
        said = judge(rule, facts, watched, span, example.now).unknown if span else ()
        reasons = {unknown.reason for unknown in said}
        if example.expect["unknown"] not in reasons:
            yield f"expected the answer {example.expect['unknown']}, found {sorted(reasons) or 'none'}"


def kept_up(rule: Rule, example: Example, versions: Sequence[Fact]) -> list[Episode]:
    """The findings after the versions came in one by one; all are known by the example's `now`."""
    keeping = Keeping(rule, example.watched)
    for version in versions:
        keeping.take(version, example.now)
    if rule.follows_the_clock:
        keeping.tick(example.now - timedelta(hours=1), example.now)
    return keeping.episodes()


def _unlike(found: Sequence[Episode], example: Example) -> Iterator[str]:
    expect = example.expect
    if len(found) != expect["findings"]:
        yield f"expected {expect['findings']} findings, found {len(found)}"
        return
    for episode in found[:1]:
        if expect.get("severity", episode.severity) != episode.severity:
            yield f"expected severity {expect['severity']}, found {episode.severity}"
        if expect.get("evidence", len(episode.evidence)) != len(episode.evidence):
            yield f"expected {expect['evidence']} pieces of evidence, found {len(episode.evidence)}"
        for name, value in expect.get("numbers", {}).items():
            if episode.numbers.get(name) != value:
                yield f"expected {name} = {value}, found {episode.numbers.get(name)}"
