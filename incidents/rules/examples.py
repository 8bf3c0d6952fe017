"""A rule's worked examples, each run in both orders of arrival (pure)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from incidents.rules.core import Episode, fold, judge, known_at, whole_span
from incidents.rules.facts import Completeness, Fact, WatchHours, World, lags_of, live_set
from incidents.rules.keeping import Keeping, touched_by_episodes
from incidents.rules.rule import Example, Rule


def failures(rule: Rule) -> list[str]:
    """Every promise that an example of the rule does not keep, in words; empty when all are kept."""
    return [f"line {e.line}, {e.name}: {why}" for e in rule.examples for why in _failures(rule, e)]


def _failures(rule: Rule, example: Example) -> Iterator[str]:
    world = world_of(example)
    whole = known_at(rule, example.versions, world, example.now, example.now)
    if rule.reads_episodes_of:
        whole = over_findings(rule, example, world)
    for order, versions in (("as written", example.versions), ("backwards", example.versions[::-1])):
        if not rule.reads_episodes_of and kept_up(rule, example, versions) != whole:
            yield f"reports taken {order} do not give the findings of the whole set"
    yield from _unlike(whole, example)
    if "unknown" in example.expect:
        facts = list(live_set(example.versions, example.now).values())
        span = whole_span(rule, facts)
        said = judge(rule, facts, world, span, example.now).unknown if span else ()
        reasons = {unknown.reason for unknown in said}
        if example.expect["unknown"] not in reasons:
            yield f"expected the answer {example.expect['unknown']}, found {sorted(reasons) or 'none'}"


def world_of(example: Example) -> World:
    """The world of an example: watched hours, sectors that adjoin, settlements, findings given."""
    return World(
        WatchHours(example.watched),
        example.neighbours,
        example.spots,
        Completeness(lags_of(example.versions), example.now),
        example.episodes,
    )


def over_findings(rule: Rule, example: Example, world: World) -> list[Episode]:
    """A rule over findings, from the findings that the example gives."""
    given = [episode for episodes in example.episodes.values() for episode in episodes]
    span = touched_by_episodes(rule, given)
    return fold(rule, judge(rule, (), world, span, example.now).hits, example.now) if span else []


def kept_up(rule: Rule, example: Example, versions: Sequence[Fact]) -> list[Episode]:
    """The findings after the versions came in one by one; all are known by the example's `now`."""
    keeping = Keeping(rule, world_of(example))
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
        if expect.get("key", episode.key) != episode.key:
            yield f"expected the key {expect['key']}, found {episode.key}"
        if expect.get("evidence", len(episode.evidence)) != len(episode.evidence):
            yield f"expected {expect['evidence']} pieces of evidence, found {len(episode.evidence)}"
        for name, value in expect.get("numbers", {}).items():
            if episode.numbers.get(name) != value:
                yield f"expected {name} = {value}, found {episode.numbers.get(name)}"
