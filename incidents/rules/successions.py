"""The kind `sequence`: one thing after another, near each other, with nothing in between (pure).

Steps need t1 <= t2 <= ... <= t(m) by time only, never by number or arrival; each step is another report.
Whether SOME chain holds is decided by the latest one: last step first, then the latest earlier report,
and so on. It has the shortest span, so nothing `absent` can lie in it that would not lie in every other.
Only reports of the same second can stand in each other's way, so those are tried one by one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from incidents.rules.conditions import Hit, Series, hit_of
from incidents.rules.facts import DIR16, Fact, Span, hours, is_within
from incidents.rules.rule import Number, Rule, Succession, fits


def hits_of_succession(
    rule: Rule, asks: Succession, key: str | None, facts: Sequence[Fact], span: Span
) -> Iterator[Hit]:
    """Anchors that complete the sequence: as its last step, or, in any order, as whichever came last."""
    series, parts = Series(facts), _Parts(rule, asks, facts)
    for anchor in series.anchors(span):
        if not parts.may_complete(anchor):
            continue
        since = anchor.event_end - asks.window
        near = [fact for fact in series.ended(since, anchor.event_end) if _takes_part(asks, anchor, fact)]
        chain = _chain_at(parts, anchor, near)
        if chain is None:
            continue
        fallen = [fact for fact in chain if not _stands_without(parts, anchor, near, fact)]
        first = min(fact.event_end for fact in chain)
        numbers: dict[str, Number] = {
            "steps": len(chain),
            "needed": asks.alternate or len(asks.steps),
            "span_h": hours(int((anchor.event_end - first).total_seconds()) // 60),
            "pivotal": len(fallen),
            "margin": 0 if fallen else 1,
            "highest_tier": max((fact.tier or 0 for fact in chain), default=0),
        }
        numbers["order"] = ", ".join(_said(asks, fact) for fact in chain)
        yield hit_of(key or rule.keys_of(anchor)[0], anchor.event_end, chain, numbers, (len(chain),), anchor)


class _Parts:
    """Which part each report can take in a sequence, asked of each once and not again at every anchor."""

    def __init__(self, rule: Rule, asks: Succession, facts: Sequence[Fact]) -> None:
        self.asks = asks
        self._steps = {
            fact.observation_id: tuple(fits(step, fact) for step in asks.steps)
            for fact in facts
            if rule.wants(fact)
        }

    def is_wanted(self, fact: Fact) -> bool:
        return fact.observation_id in self._steps

    def fits(self, step: int, fact: Fact) -> bool:
        """Whether a report that is wanted fulfils this step."""
        return self._steps[fact.observation_id][step]

    def may_complete(self, anchor: Fact) -> bool:
        """Whether a sequence could end with this report, whatever came before."""
        if not self.is_wanted(anchor):
            return False
        if self.asks.alternate:
            return anchor.value("heading") in DIR16
        return self.asks.any_order or self.fits(-1, anchor)


def _takes_part(asks: Succession, anchor: Fact, fact: Fact) -> bool:
    if asks.certain and fact.event_start <= anchor.event_end - asks.window:
        return False
    return fact is anchor or asks.radius_m is None or is_within(anchor, fact, asks.radius_m)


def _stands_without(parts: _Parts, anchor: Fact, near: Sequence[Fact], gone: Fact) -> bool:
    """Whether some sequence would still be complete by then if this report fell away.

    Around another report other reports are near, and those were not read: with a radius only the same
    anchor is tried again, so the answer errs towards falling.
    """
    left = [fact for fact in near if fact is not gone]
    others = [fact for fact in left if fact is anchor or parts.asks.radius_m is None]
    return any(
        _chain_at(parts, other, [f for f in left if f.event_end <= other.event_end]) is not None
        for other in others
        if parts.may_complete(other)
    )


def _said(asks: Succession, fact: Fact) -> str:
    return f"{fact.type} {fact.value('heading')}" if asks.alternate else fact.type


def _chain_at(parts: _Parts, anchor: Fact, near: Sequence[Fact]) -> list[Fact] | None:
    """The canonical chain that the anchor completes, in order of time; None where there is none."""
    asks = parts.asks
    wanted = [fact for fact in near if parts.is_wanted(fact)]
    if asks.alternate:
        return _alternating(asks, anchor, wanted)
    chain = _any_order(parts, anchor, wanted) if asks.any_order else _in_order(parts, anchor, wanted)
    if chain is None or asks.absent is None:
        return chain
    first = min(fact.event_end for fact in chain)
    between = (f for f in near if first <= f.event_end <= anchor.event_end and f not in chain)
    return None if any(fits(asks.absent, fact) for fact in between) else chain


def _in_order(parts: _Parts, anchor: Fact, wanted: Sequence[Fact]) -> list[Fact] | None:
    last = len(parts.asks.steps) - 1
    steps = [[fact for fact in wanted if parts.fits(step, fact)] for step in range(last)]
    found = _latest(steps, anchor.event_end, (anchor,))
    return None if found is None else list(found)


def _latest(
    steps: Sequence[Sequence[Fact]], until: datetime, used: tuple[Fact, ...]
) -> tuple[Fact, ...] | None:
    """The chain back from `until` whose first report is the latest, through the ties of each second."""
    if not steps:
        return used
    free = [fact for fact in steps[-1] if fact.event_end <= until and fact not in used]
    if not free:
        return None
    at = free[-1].event_end
    chains = (_latest(steps[:-1], at, (fact, *used)) for fact in free if fact.event_end == at)
    return max((chain for chain in chains if chain is not None), key=_lateness, default=None)


def _any_order(parts: _Parts, anchor: Fact, wanted: Sequence[Fact]) -> list[Fact] | None:
    """A report for every step, the earliest of them as late as can be; the anchor takes any one of them."""
    chains, steps = [], range(len(parts.asks.steps))
    for own in steps:
        if parts.fits(own, anchor):
            others = [
                # One more than there are steps: no other step can take them all away.
                [fact for fact in wanted if parts.fits(other, fact) and fact is not anchor][-len(steps) :]
                for other in steps
                if other != own
            ]
            chains += list(_choices(others, (anchor,)))
    best = max(chains, key=_lateness, default=None)
    return None if best is None else sorted(best, key=attrgetter("event_end", "observation_id"))


def _choices(steps: Sequence[Sequence[Fact]], used: tuple[Fact, ...]) -> Iterator[tuple[Fact, ...]]:
    if not steps:
        yield used
        return
    for fact in steps[-1]:
        if fact not in used:
            yield from _choices(steps[:-1], (fact, *used))


def _lateness(chain: Sequence[Fact]) -> tuple[list[datetime], list[str]]:
    """Orders chains: the first report as late as can be, then the next; by number only to settle on one."""
    return sorted(fact.event_end for fact in chain), sorted(fact.observation_id for fact in chain)


@dataclass(slots=True)
class _Link:
    length: int
    fact: Fact
    before: "_Link | None"


def _alternating(asks: Succession, anchor: Fact, wanted: Sequence[Fact]) -> list[Fact] | None:
    """The longest chain up to the anchor in which each report points against the one before, and is later.

    An answer in the same second is no answer, so within a second nothing is chained.
    """
    best: dict[str, _Link] = {}
    longest: _Link | None = None
    for _, at_once in groupby(wanted, key=attrgetter("event_end")):
        fresh = []
        for fact in at_once:
            heading = fact.value("heading")
            if heading not in DIR16:
                continue
            answered = [best[other] for other in _against(heading) if other in best]
            before = max(answered, key=lambda link: link.length, default=None)
            link = _Link(before.length + 1 if before else 1, fact, before)
            fresh.append((heading, link))
            if fact is anchor:
                longest = link
        for heading, link in fresh:
            if heading not in best or link.length > best[heading].length:
                best[heading] = link
    if longest is None or longest.length < asks.alternate:
        return None
    chain = []
    while longest is not None:
        chain.append(longest.fact)
        longest = longest.before
    return chain[::-1]


def _against(heading: str) -> list[str]:
    """The directions that point against one, give or take 45 degrees."""
    at = DIR16.index(heading)
    return [DIR16[(at + turn) % 16] for turn in range(6, 11)]
