"""The kinds that look across sectors: `spread` over reports and `combine` over findings (pure)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from incidents.rules.conditions import Hit, Series, hit_of
from incidents.rules.facts import NO_SECTOR, WHOLE_MISSION, Fact, Span, World
from incidents.rules.rule import Combine, Number, Rule, Spread


def hits_of_spread(
    rule: Rule, asks: Spread, facts: Sequence[Fact], world: World, span: Span
) -> Iterator[Hit]:
    """Anchors with reports in so many sectors within the window; in adjoining ones where the rule says so."""
    series = Series(fact for fact in facts if fact.key != NO_SECTOR)
    for anchor in series.anchors(span):
        at = anchor.event_end
        by_sector: dict[str, list[Fact]] = {}
        for fact in series.touching(at - asks.window, at, asks.certain):
            by_sector.setdefault(fact.key, []).append(fact)
        held = {sector for sector, told in by_sector.items() if len(told) >= asks.each}
        if asks.adjacent:
            held = hanging_together(anchor.key, held, world.neighbours)
        if len(held) < asks.least:
            continue
        told = [fact for sector in sorted(held) for fact in by_sector[sector]]
        numbers: dict[str, Number] = {
            "n": len(held),
            "least": asks.least,
            "reports": len(told),
            "margin": _margin(asks, [len(by_sector[sector]) for sector in held]),
            "sectors": ", ".join(sorted(held)),
        }
        yield hit_of(rule.keys_of(anchor)[0], at, told, numbers, (len(held), len(told)), anchor)


def hanging_together(start: str, held: Collection[str], neighbours: Mapping[str, frozenset[str]]) -> set[str]:
    """The sectors among those held that can be reached from one of them over common borders."""
    if start not in held:
        return set()
    reached, waiting = {start}, [start]
    while waiting:
        for sector in neighbours.get(waiting.pop(), frozenset()):
            if sector in held and sector not in reached:
                reached.add(sector)
                waiting.append(sector)
    return reached


def _margin(asks: Spread, counts: Sequence[int]) -> int:
    """How many reports, whichever they are, may fall away before too few sectors are left.

    Where the sectors must adjoin, one sector lost in the middle can be enough.
    """
    spare = [count - asks.each + 1 for count in sorted(counts)]
    if asks.adjacent:
        return min(spare) - 1
    return sum(spare[: len(counts) - asks.least + 1]) - 1


class _Episode(Protocol):
    """What a rule over findings reads of one."""

    @property
    def key(self) -> str: ...
    @property
    def sector(self) -> str | None: ...
    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def severity(self) -> int: ...
    @property
    def place(self) -> tuple[int, int, int] | None: ...
    @property
    def evidence(self) -> Sequence[Any]: ...


def hits_of_combine(
    rule: Rule, asks: Combine, facts: Mapping[str, Fact], world: World, span: Span
) -> Iterator[Hit]:
    """Beginnings of findings at which so many of the named rules hold, or hold in so many sectors."""
    everything = [(name, one) for name in asks.of for one in world.episodes.get(name, ())]
    everything.sort(key=lambda item: (item[1].start, item[0], item[1].key))
    for name, latest in everything:
        if not span.start <= latest.start <= span.end:
            continue
        near = [
            (other, one)
            for other, one in everything
            if one.start <= latest.start and one.end > latest.start - asks.window
            if one is latest or _is_near(asks, one, latest)
        ]
        held = _held(asks, name, latest, near, world)
        if len(held) < asks.least:
            continue
        parts = [(other, one) for other, one in near if _counted_as(asks, other, one) in held]
        numbers: dict[str, Number] = {
            "n": len(held),
            "least": asks.least,
            "findings": len(parts),
            "margin": len(held) - asks.least,
            "highest": max(one.severity for _, one in parts),
            "held": ", ".join(sorted(held)),
        }
        cited = {c.observation_id for _, one in parts for c in one.evidence}
        evidence = [facts[observation_id] for observation_id in cited if observation_id in facts]
        key = WHOLE_MISSION if asks.across == "mission" else latest.sector or NO_SECTOR
        hit = hit_of(key, latest.start, evidence, numbers, (len(held), len(parts)), None)
        yield Hit(
            hit.key, hit.at, hit.evidence, hit.numbers, hit.strength, place=latest.place, sector=latest.sector
        )


def _held(
    asks: Combine, name: str, latest: _Episode, near: Sequence[tuple[str, _Episode]], world: World
) -> set[str]:
    if asks.ordered:
        return _in_order(asks, name, latest, near)
    held = {_counted_as(asks, other, one) for other, one in near} - {NO_SECTOR}
    if asks.adjacent:
        return hanging_together(_counted_as(asks, name, latest), held, world.neighbours)
    return held


def _counted_as(asks: Combine, name: str, one: _Episode) -> str:
    return name if asks.counts == "rules" else one.sector or NO_SECTOR


def _in_order(asks: Combine, name: str, latest: _Episode, near: Sequence[tuple[str, _Episode]]) -> set[str]:
    """All the rules where they began in the order named, the last of them with `latest`; else none."""
    if name != asks.of[-1]:
        return set()
    until = latest.start
    for earlier in reversed(asks.of[:-1]):
        starts = [
            one.start
            for other, one in near
            if other == earlier and latest.start - asks.window < one.start <= until
        ]
        if not starts:
            return set()
        until = max(starts)
    return set(asks.of)


def _is_near(asks: Combine, one: _Episode, other: _Episode) -> bool:
    if asks.across == "mission":
        return True
    if asks.across == "sector":
        return (one.sector or NO_SECTOR) == (other.sector or NO_SECTOR)
    if one.place is None or other.place is None or asks.radius_m is None:
        return False
    return sum((a - b) ** 2 for a, b in zip(one.place, other.place, strict=True)) <= asks.radius_m**2
