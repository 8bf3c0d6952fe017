"""Findings kept up report by report: the service's steps without a store (pure).

`rejudge` is the one step both take; `Keeping` holds what stands of one rule in memory, `House` that of
many, for examples, back-tests and the proofs that order, repetition and correction leave no trace.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from incidents.rules.core import (
    Episode,
    fold,
    footprint,
    in_layers,
    judge,
    read_span,
    touched,
    widened,
)
from incidents.rules.facts import Completeness, Fact, Span, World, lags_of, live_set
from incidents.rules.lineage import Change, Standing, compare
from incidents.rules.rule import Rate, Rule


def affected(rule: Rule, span: Span, standing: Iterable[Standing]) -> tuple[Span, list[Standing]]:
    """The span to judge again, grown over what it may join, and the findings to compare with."""
    findings = list(standing)
    held = [f.episode.span for f in findings if f.state not in ("withdrawn", "merged")]
    grown = widened(span, held, rule.links_within)
    near = grown.widened(rule.links_within)
    return grown, [f for f in findings if f.episode.span.touches(near)]


def over_pending(rule: Rule, span: Span) -> Span:
    """The span grown over what may be pending beside it.

    Where episodes must last before they count, those that are still pending stand nowhere; they are
    shorter than that, so the span is grown by as much.
    """
    if rule.lasting:
        span = span.widened(rule.links_within + rule.lasting)
    return span


def rejudge(
    rule: Rule,
    span: Span,
    standing: Sequence[Standing],
    facts: Iterable[Fact],
    world: World,
    now: datetime,
) -> list[Change]:
    """What changes about the findings of one key when the span is judged afresh."""
    verdict = judge(rule, facts, world, span, now)
    return compare(standing, fold(rule, verdict.hits, now), rule.links_within)


def touched_by_episodes(rule: Rule, episodes: Iterable[Episode]) -> Span | None:
    """The anchors of a rule over findings that any of these episodes takes part in."""
    spans = [footprint(rule, episode.start, episode.end) for episode in episodes]
    joined = spans[0] if spans else None
    for span in spans[1:]:
        joined = joined.joined(span) if joined else span
    return joined


class Keeping:
    """The findings of one rule, kept up as versions arrive in whatever order they come."""

    def __init__(self, rule: Rule, world: World | None = None) -> None:
        self.rule = rule
        self.world = world or World()
        self.versions: list[Fact] = []
        self.standing: dict[str, Standing] = {}
        self.changes: list[Change] = []

    def take(self, fact: Fact, now: datetime) -> list[Change]:
        """Take in one version of a fact, as the server does when it becomes known."""
        before = live_set(self.versions, now).get(fact.observation_id)
        self.versions.append(fact)
        after = live_set(self.versions, now).get(fact.observation_id)
        made = []
        for key, span in touched(self.rule, before, after, spots=self.world.spots).items():
            made += self.look_again(key, span, now)
        return made

    def tick(self, since: datetime, now: datetime) -> list[Change]:
        """Let the clock move: steps that it has finished are judged."""
        if not self.rule.follows_the_clock:
            return []
        if self.rule.crosses_sectors:
            return self.look_again(None, Span(since - self.rule.settles_after, now), now)
        keys = {fact.key for fact in live_set(self.versions, now).values()}
        span = Span(since - self.rule.settles_after, now)
        return [change for key in sorted(keys) for change in self.look_again(key, span, now)]

    def episodes(self) -> list[Episode]:
        """The content of every finding that stands."""
        held = [f.episode for f in self.standing.values() if f.state not in ("withdrawn", "merged")]
        return sorted(held, key=lambda e: (e.start, e.key, e.end))

    def look_again(self, key: str | None, span: Span, now: datetime) -> list[Change]:
        """Judge a span of one key afresh, or of all where the rule looks across sectors."""
        scope = None if self.rule.crosses_sectors else key
        standing = [f for f in self.standing.values() if scope in (None, f.episode.key)]
        grown, near = affected(self.rule, over_pending(self.rule, span), standing)
        wanted = read_span(self.rule, grown)
        facts = [
            fact
            for fact in live_set(self.versions, now).values()
            if scope in (None, fact.key)
            and fact.reaches_to > wanted.start
            and fact.reaches_from <= wanted.end
        ]
        if self.rule.reads_episodes_of:
            facts = list(live_set(self.versions, now).values())
        made = rejudge(self.rule, grown, near, facts, self._world(now), now)
        for change in made:
            self._keep(change)
        return made

    def _world(self, now: datetime) -> World:
        asks = self.rule.asks
        if not isinstance(asks, Rate) or asks.complete_within is None:
            return self.world
        known = [fact for fact in self.versions if fact.known_at <= now]
        complete = Completeness(lags_of(known), now)
        return World(self.world.watched, self.world.neighbours, self.world.spots, complete)

    def _keep(self, change: Change) -> None:
        self.changes.append(change)
        number = len(self.standing) + 1
        finding_id = change.finding_id or f"finding {number}"
        held = self.standing.get(finding_id)
        state = {"withdrawn": "withdrawn", "merged": "merged"}.get(change.change, "open")
        fresh = Standing(finding_id, number, state, change.episode)
        self.standing[finding_id] = replace(held, state=state, episode=change.episode) if held else fresh


class House:
    """Many rules kept up together; those over findings hear of every change of the findings they name."""

    def __init__(self, rules: Iterable[Rule], world: World | None = None) -> None:
        self.world = world or World()
        self._moved: dict[str, list[Episode]] = {}
        self.keepings = {rule.id: Keeping(rule, self.world) for rule in in_layers(rules)}

    def take(self, fact: Fact, now: datetime) -> dict[str, list[Change]]:
        """Take in one version of a fact; answers the changes by rule."""
        return self._each(now, lambda keeping: keeping.take(fact, now))

    def tick(self, since: datetime, now: datetime) -> dict[str, list[Change]]:
        """Let the clock move for every rule."""
        return self._each(now, lambda keeping: keeping.tick(since, now))

    def episodes(self) -> dict[str, list[Episode]]:
        return {rule_id: keeping.episodes() for rule_id, keeping in self.keepings.items()}

    def _each(self, now: datetime, move: Callable[[Keeping], list[Change]]) -> dict[str, list[Change]]:
        made: dict[str, list[Change]] = {}
        for rule_id, keeping in self.keepings.items():
            before = {f.finding_id: f.episode for f in keeping.standing.values()}
            below = keeping.rule.reads_episodes_of
            if below:
                keeping.world = self.world.with_episodes({b: self.keepings[b].episodes() for b in below})
            made[rule_id] = move(keeping)
            if below:
                changed = [episode for name in below for episode in self._moved.get(name, ())]
                span = touched_by_episodes(keeping.rule, changed)
                if span is not None:
                    made[rule_id] += keeping.look_again(None, span, now)
            self._note(rule_id, before, made[rule_id])
        self._moved = {}
        return made

    def _note(self, rule_id: str, before: Mapping[str, Episode], changes: Sequence[Change]) -> None:
        """Remember, for this round, which episodes came, went or moved."""
        moved = [change.episode for change in changes]
        moved += [before[c.finding_id] for c in changes if c.finding_id and c.finding_id in before]
        self._moved[rule_id] = moved
