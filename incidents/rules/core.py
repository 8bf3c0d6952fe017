"""From facts to findings: what to look at again, what holds there, how hits become episodes (pure).

Every answer is a function of (rule, live set at K, hours watched known at K, now): the order in which
reports arrived, were repeated or corrected leaves no trace. What a late report can change is bounded,
so the service reads a stretch of one sector and never the whole history.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from incidents.rules.conditions import (
    Hit,
    Unknown,
    hits_of_count,
    hits_of_rate,
    hits_of_step_up,
)
from incidents.rules.facts import QUARANTINED, Fact, Span, WatchHours, is_within, live_set
from incidents.rules.rule import Count, Numbers, Rate, Rule, StepUp


@dataclass(frozen=True, slots=True)
class Cited:
    """A piece of evidence: the observation and the revision that was read."""

    observation_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class Episode:
    """A maximal chain of hits of one rule and key: the content of a finding.

    condition_from: when the evidence of the first hit began; detectable_at: when, in event time, that
    evidence was complete. Numbers are those of the peak hit.
    """

    key: str
    start: datetime
    end: datetime
    condition_from: datetime
    detectable_at: datetime
    peak_at: datetime
    severity: int
    strength: tuple[int, ...]
    numbers: Numbers
    evidence: tuple[Cited, ...]
    reviewed: int
    quarantined: int
    sources: int
    resolved: bool

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule says about a stretch of time: where it holds, and where it cannot be judged."""

    hits: tuple[Hit, ...]
    unknown: tuple[Unknown, ...]


def touched(rule: Rule, *versions: Fact | None) -> dict[str, Span]:
    """The anchors to judge again when an observation changes, per key: footprint of every version given."""
    spans: dict[str, Span] = {}
    for fact in versions:
        if fact is None or not rule.reads(fact):
            continue
        span = footprint(rule, fact.event_start, fact.event_end)
        spans[fact.key] = span.joined(spans[fact.key]) if fact.key in spans else span
    return spans


def footprint(rule: Rule, start: datetime, end: datetime) -> Span:
    """The anchors that anything between start and end takes part in."""
    return Span(start, end + rule.asks.lookback)


def widened(span: Span, standing: Iterable[Span], within: timedelta) -> Span:
    """The span grown over every standing episode that its chain could join, until none is left."""
    waiting = list(standing)
    while near := [other for other in waiting if span.widened(within).touches(other)]:
        for other in near:
            span = span.joined(other)
            waiting.remove(other)
    return span


def read_span(rule: Rule, span: Span) -> Span:
    """The stretch of event time that holds every fact which anchors inside the span can read."""
    return Span(span.start - rule.asks.lookback, span.end)


def judge(rule: Rule, facts: Iterable[Fact], watched: WatchHours, span: Span, now: datetime) -> Verdict:
    """Every anchor inside the span, judged; the facts must cover the rule's read span."""
    read = [fact for fact in facts if rule.reads(fact)]
    hits: list[Hit] = []
    unknown: list[Unknown] = []
    for answer in _answers(rule, read, watched, span, now):
        (hits if isinstance(answer, Hit) else unknown).append(answer)  # type: ignore[arg-type]
    return Verdict(tuple(hits), tuple(unknown))


def _answers(
    rule: Rule, read: Sequence[Fact], watched: WatchHours, span: Span, now: datetime
) -> Iterator[Hit | Unknown]:
    asks = rule.asks
    if isinstance(asks, Count) and asks.radius_m is not None:
        yield from hits_of_count(rule, asks, read, span)
        return
    for key, facts in _by_key(read).items():
        if isinstance(asks, Count):
            yield from hits_of_count(rule, asks, facts, span)
        elif isinstance(asks, StepUp):
            yield from hits_of_step_up(rule, asks, key, facts, watched, span)
        elif isinstance(asks, Rate):
            yield from hits_of_rate(rule, asks, key, facts, watched, span, now)


def _by_key(facts: Iterable[Fact]) -> Mapping[str, list[Fact]]:
    return {key: list(group) for key, group in groupby(sorted(facts, key=_key), key=_key)}


_key = attrgetter("key")


def fold(rule: Rule, hits: Iterable[Hit], now: datetime) -> list[Episode]:
    """Hits into episodes: chains of one key with gaps of at most `join_within`, or linked components."""
    if isinstance(rule.asks, Count) and rule.asks.group == "link":
        chains = _components(list(hits), rule.asks)
    else:
        chains = list(_chains(hits, rule.join_within))
    episodes = [_episode(rule, chain, now) for chain in chains]
    return sorted(episodes, key=attrgetter("start", "key", "end"))


def evaluate(rule: Rule, facts: Iterable[Fact], watched: WatchHours, now: datetime) -> list[Episode]:
    """Every episode of a rule over a whole set of live facts."""
    everything = list(facts)
    span = whole_span(rule, everything)
    if span is None:
        return []
    return fold(rule, judge(rule, everything, watched, span, now).hits, now)


def known_at(
    rule: Rule, versions: Iterable[Fact], watched: WatchHours, known: datetime, now: datetime
) -> list[Episode]:
    """What the rule says at `now`, knowing what had arrived by `known`."""
    return evaluate(rule, live_set(versions, known).values(), watched, now)


def whole_span(rule: Rule, facts: Sequence[Fact]) -> Span | None:
    if not facts:
        return None
    starts, ends = [f.event_start for f in facts], [f.event_end for f in facts]
    return footprint(rule, min(starts), max(ends))


def _chains(hits: Iterable[Hit], join_within: timedelta) -> Iterator[list[Hit]]:
    chain: list[Hit] = []
    for hit in sorted(hits, key=attrgetter("key", "at")):
        if chain and (hit.key != chain[-1].key or hit.at - chain[-1].at > join_within):
            yield chain
            chain = []
        chain.append(hit)
    if chain:
        yield chain


def _components(hits: list[Hit], asks: Count) -> list[list[Hit]]:
    """Connected hits: within R metres and T of each other. Only hits link, so order has no effect."""
    ordered = sorted(hits, key=attrgetter("at", "key"))
    root = list(range(len(ordered)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for i, hit in enumerate(ordered):
        for j in range(i - 1, -1, -1):
            if hit.at - ordered[j].at > asks.window:
                break
            if _is_linked(hit, ordered[j], asks):
                root[find(i)] = find(j)
    members: dict[int, list[Hit]] = {}
    for i, hit in enumerate(ordered):
        members.setdefault(find(i), []).append(hit)
    return list(members.values())


def _is_linked(one: Hit, other: Hit, asks: Count) -> bool:
    if one.anchor is None or other.anchor is None or asks.radius_m is None:
        return False
    return is_within(one.anchor, other.anchor, asks.radius_m)


def _episode(rule: Rule, chain: list[Hit], now: datetime) -> Episode:
    # The peak is the first of the strongest hits, so that it stays put while the chain grows on.
    graded = [(rule.grade(hit.numbers), hit.strength, hit) for hit in sorted(chain, key=attrgetter("at"))]
    severity, strength, peak = max(graded, key=lambda g: (g[0], g[1]))
    start, end = min(hit.at for hit in chain), max(hit.at for hit in chain)
    # Ties between first hits of one second are judged together, never by number or order of arrival.
    first = [fact for hit in chain if hit.at == start for fact in hit.evidence]
    facts = {fact.observation_id: fact for hit in chain for fact in hit.evidence}
    cited = sorted(facts.values(), key=attrgetter("observation_id"))
    return Episode(
        key=min(hit.key for hit in chain if hit.at == start),
        start=start,
        end=end,
        condition_from=min(fact.event_start for fact in first),
        detectable_at=start,
        peak_at=peak.at,
        severity=severity,
        strength=strength,
        numbers=peak.numbers,
        evidence=tuple(Cited(fact.observation_id, fact.revision) for fact in cited),
        reviewed=sum(fact.status == "verified" for fact in cited),
        quarantined=sum(QUARANTINED in fact.flags for fact in cited),
        sources=len({fact.source for fact in cited}),
        resolved=rule.resolve_after is not None and now - end >= rule.resolve_after,
    )
