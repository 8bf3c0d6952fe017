"""From facts to findings: what to look at again, what holds there, how hits become episodes (pure).

Every answer is a function of (rule, live set at K, world known at K, now): the order in which reports
arrived, were repeated or corrected leaves no trace. What a late report can change is bounded, so the
service reads a stretch of one sector and never the whole history.

The public interface, in the order of use:
`touched` (dirty): which anchors to judge again when a version of a fact comes, per key.
`read_span`: which facts those anchors read. `judge` (eval): the verdict on every anchor of a span.
`fold`: hits into episodes. `evaluate` does all of it over a whole set, `known_at` over a log of versions,
`evaluate_all` for many rules, those over findings after those they name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from incidents.rules.conditions import (
    Hit,
    Unknown,
    hits_of_count,
    hits_of_rate,
    hits_of_step_up,
)
from incidents.rules.facts import (
    OBSERVATION,
    QUARANTINED,
    Fact,
    Span,
    Spot,
    World,
    is_within,
    live_set,
)
from incidents.rules.rule import (
    Breach,
    Combine,
    Count,
    Numbers,
    Rate,
    Rule,
    Silence,
    Spread,
    State,
    StepUp,
    Succession,
)
from incidents.rules.spans import hits_of_breach, hits_of_silence, hits_of_state, is_open
from incidents.rules.successions import hits_of_succession
from incidents.rules.wholes import hits_of_combine, hits_of_spread


@dataclass(frozen=True, slots=True)
class Cited:
    """A piece of evidence: the observation, watch's event or claim, and the revision that was read."""

    observation_id: str
    revision: int
    origin: str = OBSERVATION


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
    sector: str | None = None
    place: tuple[int, int, int] | None = None

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule says about a stretch of time: where it holds, and where it cannot be judged."""

    hits: tuple[Hit, ...]
    unknown: tuple[Unknown, ...]


def touched(rule: Rule, *versions: Fact | None, spots: Sequence[Spot] = ()) -> dict[str, Span]:
    """The anchors to judge again when a fact changes, per key: footprint of every version given."""
    spans: dict[str, Span] = {}
    for fact in versions:
        if fact is None or not rule.reads(fact):
            continue
        span = footprint(rule, fact.reaches_from, fact.reaches_to)
        for key in rule.keys_of(fact, spots):
            spans[key] = span.joined(spans[key]) if key in spans else span
    return spans


def footprint(rule: Rule, start: datetime, end: datetime) -> Span:
    """The anchors that anything between start and end takes part in."""
    return Span(start, end + rule.lookback)


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
    return Span(span.start - rule.lookback, span.end)


def judge(
    rule: Rule, facts: Iterable[Fact], world: World, span: Span, now: datetime, all_read: bool = False
) -> Verdict:
    """Every anchor inside the span, judged; the facts must cover the rule's read span.

    A rule over findings reads them from the world, and the facts they cite from the facts given.
    `all_read`: the facts are only such as the rule reads.
    """
    hits: list[Hit] = []
    unknown: list[Unknown] = []
    for answer in _answers(rule, facts, world, span, now, all_read):
        (hits if isinstance(answer, Hit) else unknown).append(answer)  # type: ignore[arg-type]
    return Verdict(tuple(hits), tuple(unknown))


def _answers(
    rule: Rule, facts: Iterable[Fact], world: World, span: Span, now: datetime, all_read: bool
) -> Iterator[Hit | Unknown]:
    asks = rule.asks
    if isinstance(asks, Combine):
        yield from hits_of_combine(rule, asks, {f.observation_id: f for f in facts}, world, span)
        return
    read = list(facts) if all_read else [fact for fact in facts if rule.reads(fact)]
    if isinstance(asks, Spread):
        yield from hits_of_spread(rule, asks, [f for f in read if rule.wants(f)], world, span)
        return
    if isinstance(asks, Breach):
        yield from hits_of_breach(rule, asks, read, span)
        return
    keyed = _by_key(rule, read, world)
    if isinstance(asks, Count | Succession) and asks.radius_m is not None and rule.key == "sector":
        answers = _of_key(rule, None, read, world, span, now)
        yield from (a for a in answers if _runs_within(rule, keyed, a))
        return
    for key, own in keyed.items():
        answers = _of_key(rule, key, own, world, span, now)
        yield from (a for a in answers if _runs_within(rule, keyed, a))


def _of_key(
    rule: Rule, key: str | None, facts: Sequence[Fact], world: World, span: Span, now: datetime
) -> Iterator[Hit | Unknown]:
    asks = rule.asks
    if isinstance(asks, Succession):
        yield from hits_of_succession(rule, asks, key, facts, span)
        return
    if isinstance(asks, Silence):
        yield from hits_of_silence(rule, asks, str(key), facts, span, now)
        return
    if isinstance(asks, State):
        yield from hits_of_state(rule, asks, str(key), facts, span, now)
        return
    wanted = [fact for fact in facts if rule.wants(fact)] if rule.reads_beside else facts
    if isinstance(asks, Count):
        yield from hits_of_count(rule, asks, key, wanted, span)
    elif isinstance(asks, StepUp):
        yield from hits_of_step_up(rule, asks, str(key), wanted, world, span)
    elif isinstance(asks, Rate):
        yield from hits_of_rate(rule, asks, str(key), wanted, world, span, now)


def _runs_within(rule: Rule, keyed: Mapping[str, Sequence[Fact]], answer: Hit | Unknown) -> bool:
    """Whether the state runs within which the rule holds at all; without such a state it always does."""
    return rule.within_state is None or is_open(rule.within_state, keyed.get(answer.key, ()), answer.at)


def _by_key(rule: Rule, facts: Iterable[Fact], world: World) -> Mapping[str, list[Fact]]:
    keyed: dict[str, list[Fact]] = {}
    if rule.key == "sector":
        for fact in facts:
            keyed.setdefault(fact.key, []).append(fact)
        return keyed
    for fact in facts:
        for key in rule.keys_of(fact, world.spots):
            keyed.setdefault(key, []).append(fact)
    return keyed


def fold(rule: Rule, hits: Iterable[Hit], now: datetime) -> list[Episode]:
    """Hits into episodes: chains of one key with gaps of at most `join_within`, or linked components.

    An episode that does not last as long as the rule asks (`for`) is pending, and none yet.
    """
    if isinstance(rule.asks, Count) and rule.asks.group == "link":
        chains = _components(list(hits), rule.asks)
    else:
        chains = list(_chains(hits, rule.join_within))
    lasting = [chain for chain in chains if _length(chain) >= rule.lasting]
    episodes = [_episode(rule, chain, now) for chain in lasting]
    return sorted(episodes, key=attrgetter("start", "key", "end"))


def _length(chain: Sequence[Hit]) -> timedelta:
    return max(hit.at for hit in chain) - min(hit.at for hit in chain)


def evaluate(rule: Rule, facts: Iterable[Fact], world: World, now: datetime) -> list[Episode]:
    """Every episode of a rule over a whole set of live facts; a rule over findings reads them in `world`."""
    everything = list(facts)
    span = whole_span(rule, everything)
    if span is None:
        return []
    return fold(rule, judge(rule, everything, world, span, now).hits, now)


def evaluate_all(
    rules: Iterable[Rule], facts: Iterable[Fact], world: World, now: datetime
) -> dict[str, list[Episode]]:
    """What every rule says, by rule id: those over findings read what the others said."""
    everything = list(facts)
    said: dict[str, list[Episode]] = {}
    for rule in in_layers(rules):
        said[rule.id] = evaluate(rule, everything, world.with_episodes(said), now)
    return said


def in_layers(rules: Iterable[Rule]) -> list[Rule]:
    """Rules in such an order that a rule over findings comes after those it names; raises Circular."""
    waiting = {rule.id: rule for rule in rules}
    ordered: list[Rule] = []
    while waiting:
        ready = [r for r in waiting.values() if not any(name in waiting for name in r.reads_episodes_of)]
        if not ready:
            raise Circular(sorted(waiting))
        for rule in ready:
            ordered.append(waiting.pop(rule.id))
    return ordered


class Circular(Exception):
    """Rules over findings that name each other in a circle."""

    def __init__(self, rule_ids: Sequence[str]) -> None:
        super().__init__(f"these rules rest on each other in a circle: {', '.join(rule_ids)}")
        self.rule_ids = rule_ids


def known_at(
    rule: Rule, versions: Iterable[Fact], world: World, known: datetime, now: datetime
) -> list[Episode]:
    """What the rule says at `now`, knowing what had arrived by `known`."""
    return evaluate(rule, live_set(versions, known).values(), world, now)


def whole_span(rule: Rule, facts: Sequence[Fact]) -> Span | None:
    if not facts:
        return None
    return footprint(rule, min(f.reaches_from for f in facts), max(f.reaches_to for f in facts))


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


def _named_by(hit: Hit) -> str:
    return hit.anchor.observation_id if hit.anchor else ""


def _episode(rule: Rule, chain: list[Hit], now: datetime) -> Episode:
    # The peak is the first of the strongest hits, so that it stays put while the chain grows on.
    # Of equally strong hits of one second the one whose evidence comes first by number stands for all:
    # that settles which is shown, never whether the rule holds.
    in_order = sorted(chain, key=lambda hit: (hit.at, _named_by(hit)))
    graded = [(rule.grade(hit.numbers), hit.strength, hit) for hit in in_order]
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
        condition_from=min((fact.event_start for fact in first), default=start),
        # When the chain had lasted long enough, and the first report of it could be made at all.
        detectable_at=max(
            min(hit.at for hit in chain if hit.at - start >= rule.lasting),
            min((fact.event_end for fact in first), default=start),
        ),
        peak_at=peak.at,
        severity=severity,
        strength=strength,
        numbers=peak.numbers,
        evidence=tuple(Cited(fact.observation_id, fact.revision, fact.origin) for fact in cited),
        reviewed=sum(fact.status == "verified" for fact in cited),
        quarantined=sum(QUARANTINED in fact.flags for fact in cited),
        sources=len({fact.source for fact in cited}),
        resolved=rule.resolve_after is not None and now - end >= rule.resolve_after,
        sector=peak.sector,
        place=peak.place,
    )
