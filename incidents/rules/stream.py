"""Rules over reports as they come, exact after every one of them, in memory (pure).

`core.judge` reads a stretch and judges it; that is right for a store. Here nothing is read twice: facts lie
on shelves by key and day, hits are kept, a change judges its own anchors again and folds only the chains it
touched. Counting goes further: every report carries the number of reports in its window, so a report more
is one more for each anchor that sees it. The cost of a report depends on how many are near it in space and
time, and not on how many there ever were. What comes out is what `core.evaluate` says of the same facts.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import product, takewhile
from operator import attrgetter
from typing import Any

from incidents.rules.conditions import Hit, place_of, thing_of
from incidents.rules.core import Cited, Episode, fold, footprint, in_layers, judge, read_span, touched
from incidents.rules.facts import QUARANTINED, Fact, Span, World
from incidents.rules.rule import Count, Number, Rule

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_at = attrgetter("at")
_end = attrgetter("end")
_id_of = attrgetter("observation_id")


class Shelf:
    """Live facts by key and by the day they reach to, for bounded reads."""

    def __init__(self) -> None:
        self.live: dict[str, Fact] = {}
        self._days: dict[str | None, dict[int, dict[str, Fact]]] = {None: {}}
        self._longest = 0

    def put(self, fact: Fact) -> tuple[Fact | None, Fact | None]:
        """Take in a version; answers what held before and what holds now, twice the same for a stale one."""
        before = self.live.get(fact.observation_id)
        if before is not None and fact.version <= before.version:
            return before, before
        self.change(before, fact)
        return before, fact

    def change(self, before: Fact | None, fact: Fact | None) -> None:
        """Put one fact in the place of another, of the same id."""
        if before is not None:
            del self.live[before.observation_id]
            for key in (None, before.key):
                del self._days[key][_day(before.reaches_to)][before.observation_id]
        if fact is None:
            return
        self.live[fact.observation_id] = fact
        self._longest = max(self._longest, (fact.reaches_to - fact.reaches_from) // _DAY + 1)
        for key in (None, fact.key):
            days = self._days.setdefault(key, {})
            days.setdefault(_day(fact.reaches_to), {})[fact.observation_id] = fact

    def between(self, key: str | None, span: Span) -> Iterator[Fact]:
        """Facts of a key, or of all, that speak of any time in the span."""
        days = self._days.get(key, {})
        for day in range(_day(span.start), _day(span.end) + self._longest + 1):
            for fact in days.get(day, {}).values():
                if fact.reaches_to > span.start and fact.reaches_from <= span.end:
                    yield fact


def _day(moment: datetime) -> int:
    return (moment - _EPOCH) // _DAY


class Stream:
    """One rule whose anchors are judged again where a change touches them; its hits are kept."""

    def __init__(self, rule: Rule, shelf: Shelf, world: World) -> None:
        self.rule, self.world = rule, world
        # Only what the rule reads lies on its own shelf; a rule over findings looks up what those cite.
        self._read = shelf if rule.reads_episodes_of else Shelf()
        self._hits: dict[str, list[Hit]] = {}

    def take(self, before: Fact | None, after: Fact | None, now: datetime) -> list[Episode]:
        """Judge what a change touches; answers the episodes of every chain that it touched."""
        read = [fact if fact is not None and self.rule.reads(fact) else None for fact in (before, after)]
        spans = touched(self.rule, *read, spots=self.world.spots)
        if not spans:
            return []
        self._read.change(*read)
        if self.rule.crosses_sectors:
            return self.look_again(None, _joined(spans.values()), now)
        return [e for key, span in spans.items() for e in self.look_again(key, span, now)]

    def tick(self, since: datetime, now: datetime) -> list[Episode]:
        """Let the clock move: steps that it has finished are judged."""
        if not self.rule.follows_the_clock:
            return []
        span = Span(since - self.rule.settles_after, now)
        if self.rule.crosses_sectors:
            return self.look_again(None, span, now)
        keys = {fact.key for fact in self._read.between(None, read_span(self.rule, span))}
        return [e for key in sorted(keys) for e in self.look_again(key, span, now)]

    def look_again(self, key: str | None, span: Span, now: datetime) -> list[Episode]:
        """Judge the anchors of a span afresh, and fold the chains that they belong to."""
        over_findings = bool(self.rule.reads_episodes_of)
        facts = self._cited() if over_findings else self._read.between(key, read_span(self.rule, span))
        fresh: dict[str, list[Hit]] = {}
        for hit in judge(self.rule, facts, self.world, span, now, all_read=True).hits:
            fresh.setdefault(hit.key, []).append(hit)
        held = self._hits.keys() if key is None else {key} & self._hits.keys()
        return [
            episode
            for hit_key in sorted(held | fresh.keys())
            for episode in self._replace(hit_key, span, sorted(fresh.get(hit_key, ()), key=_at), now)
        ]

    def _cited(self) -> list[Fact]:
        told = [e for episodes in self.world.episodes.values() for e in episodes]
        names = {cited.observation_id for episode in told for cited in episode.evidence}
        return [self._read.live[name] for name in names if name in self._read.live]

    def _replace(self, key: str, span: Span, fresh: list[Hit], now: datetime) -> list[Episode]:
        held = self._hits.setdefault(key, [])
        first, last = bisect_left(held, span.start, key=_at), bisect_right(held, span.end, key=_at)
        if not fresh and first == last:
            return []
        held[first:last] = fresh
        return self._folded(held, span, now)

    def _folded(self, held: list[Hit], span: Span, now: datetime) -> list[Episode]:
        """The episodes of one key that lie in a span or could join what does."""
        joins = self.rule.links_within
        first = bisect_left(held, span.start - joins, key=_at)
        last = bisect_right(held, span.end + joins, key=_at)
        while 0 < first < len(held) and held[first].at - held[first - 1].at <= joins:
            first -= 1
        while 0 < last < len(held) and held[last].at - held[last - 1].at <= joins:
            last += 1
        return fold(self.rule, held[first:last], now)

    def episodes_about(self, span: Span, now: datetime) -> list[Episode]:
        """The episodes that lie in a span or could join what does."""
        return [episode for held in self._hits.values() for episode in self._folded(held, span, now)]

    def episodes(self, now: datetime) -> list[Episode]:
        """Every episode that holds."""
        return fold(self.rule, [hit for hits in self._hits.values() for hit in hits], now)


def _joined(spans: Iterable[Span]) -> Span:
    first, *rest = spans
    for span in rest:
        first = first.joined(span)
    return first


# ---- counting ------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Report:
    """A report with what is counted in its window: plain ones by number, shared things by how often."""

    end: int
    x: int
    y: int
    z: int
    start: int
    key: str
    fact: Fact
    thing: str | None
    cell: "_Cell"
    n: int = 0
    shared: dict[str, int] | None = None
    hit: "_Standing | None" = None

    @property
    def total(self) -> int:
        return self.n + (len(self.shared) if self.shared else 0)


@dataclass(slots=True, eq=False)
class _Standing:
    """What a hit knows of its window, so that nothing is read again to grade it."""

    chain: "_Chain"
    sources: dict[str, int] = field(default_factory=dict)
    tiers: dict[int, int] = field(default_factory=dict)
    exposures: dict[int, int] = field(default_factory=dict)
    severity: int | None = None

    def cite(self, fact: Fact) -> None:
        self.severity = None
        self.chain.cite(fact)
        tier, exposure, source = fact.tier or 0, fact.exposure_level, fact.source
        self.sources[source] = self.sources.get(source, 0) + 1
        self.tiers[tier] = self.tiers.get(tier, 0) + 1
        self.exposures[exposure] = self.exposures.get(exposure, 0) + 1


@dataclass(slots=True, eq=False)
class _Chain:
    """Hits that hang together, and what they cite: kept so that telling of one report more is cheap.

    `hits` lie in order of time, `evidence` in order of ids. `peak` was the gravest hit when it was looked for
    last; `moved` are those that came or grew since. What falls away makes the chain anew.
    """

    hits: list[_Report] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    evidence: list[Cited] = field(default_factory=list)
    reviewed: int = 0
    quarantined: int = 0
    sources: set[str] = field(default_factory=set)
    peak: _Report | None = None
    moved: list[_Report] = field(default_factory=list)
    said: list[Episode] | None = None

    def cite(self, fact: Fact) -> None:
        """Once, however many hits cite it."""
        if fact.observation_id in self.facts:
            return
        self.facts[fact.observation_id] = fact
        insort(self.evidence, Cited(fact.observation_id, fact.revision, fact.origin), key=_id_of)
        self.reviewed += fact.status == "verified"
        self.quarantined += QUARANTINED in fact.flags
        self.sources.add(fact.source)

    def take_over(self, other: "_Chain") -> None:
        """Makes the hits of another chain its own."""
        for hit in other.hits:
            assert hit.hit is not None
            hit.hit.chain = self
            insort(self.hits, hit, key=_moment)
        for fact in other.facts.values():
            self.cite(fact)
        self.moved += other.hits


class _Cell:
    """A cube of the grid, or a key where no radius is asked; its reports by stretches of the window."""

    __slots__ = ("near", "stretches")

    def __init__(self) -> None:
        self.stretches: dict[int, list[_Report]] = {}
        self.near: list[_Cell] = [self]


def counts_in_stream(rule: Rule) -> bool:
    """Whether a counter says all of the rule: weighed counts, and those within a state, are read again."""
    asks = rule.asks
    return isinstance(asks, Count) and asks.weight == "one" and rule.within_state is None


class Counters:
    """The kind `count` as a counter for every report, instead of reading its window again.

    After every report each count is exact, and so is the number of hits. What a hit rests on is kept by
    `CountStream`, which hears of every hit and of what it sees.
    """

    def __init__(self, rule: Rule, shelf: Shelf, world: World) -> None:
        assert isinstance(rule.asks, Count)
        self.rule, self.asks, self._shelf, self.world = rule, rule.asks, shelf, world
        self._window = self.asks.window // _TICK
        self._joins = self.rule.links_within // _TICK
        self._radius = self.asks.radius_m
        self._cells: dict[Any, _Cell] = {}
        self._reports: dict[tuple[str, str], _Report] = {}
        self._longest = 0
        self.hits = 0

    def count(self, before: Fact | None, after: Fact | None) -> None:
        """The counting alone: every count is exact after it, episodes are made when they are asked for."""
        if before is after:
            return
        if before is not None and self.rule.reads(before):
            for key in self.rule.keys_of(before, self.world.spots):
                self._remove(self._reports.pop((before.observation_id, key)))
        if after is not None and self.rule.reads(after):
            for key in self.rule.keys_of(after, self.world.spots):
                report = self._reports[after.observation_id, key] = self._report(after, key)
                self._add(report)

    # -- where a report lies --

    def _report(self, fact: Fact, key: str) -> _Report:
        start, end = (fact.event_start - _EPOCH) // _TICK, (fact.event_end - _EPOCH) // _TICK
        x, y, z = fact.x or 0, fact.y or 0, fact.z or 0
        cell = self._cell(fact, key)
        return _Report(end, x, y, z, start, key, fact, self._thing(fact), cell)

    def _thing(self, fact: Fact) -> str | None:
        """What it counts as; None where it can only count as itself."""
        distinct = self.asks.distinct
        if distinct == "observation" or (distinct == "incident" and fact.incident_id is None):
            return None
        return thing_of(fact, distinct)

    def _cell(self, fact: Fact, key: str) -> _Cell:
        step, place = self._radius, (key, 0, 0)
        if step is not None:
            if fact.x is None or fact.y is None or fact.z is None:
                # Without a position nothing else is near it.
                return _Cell()
            place = (fact.x // step, fact.y // step, fact.z // step)  # type: ignore[assignment]
        cell = self._cells.get(place)
        if cell is None:
            cell = self._cells[place] = _Cell()
            if step is not None:
                self._open(cell, *place)  # type: ignore[arg-type]
        return cell

    def _open(self, cell: _Cell, x: int, y: int, z: int) -> None:
        """Introduces a new cube to those around it: nothing nearer than a radius lies further off."""
        for dx, dy, dz in product((-1, 0, 1), repeat=3):
            other = self._cells.get((x + dx, y + dy, z + dz))
            if other is not None and other is not cell:
                cell.near.append(other)
                other.near.append(cell)

    def _around(self, report: _Report, first: int, last: int) -> Iterator[_Report]:
        """Reports within the radius whose end lies in [first, last], itself among them."""
        squared = None if self._radius is None else self._radius * self._radius
        x, y, z, window = report.x, report.y, report.z, self._window
        stretches = range(first // window, last // window + 1)
        for near in report.cell.near:
            held = near.stretches
            for stretch in stretches:
                for other in held.get(stretch, ()):
                    if first <= other.end <= last and (
                        squared is None
                        or other is report
                        or (other.x - x) ** 2 + (other.y - y) ** 2 + (other.z - z) ** 2 <= squared
                    ):
                        yield other

    def _sees(self, anchor: _Report, other: _Report) -> bool:
        """Whether a report lies in the window of an anchor."""
        if self.asks.certain:
            return anchor.end - self._window < other.start and other.end <= anchor.end
        return anchor.end - self._window < other.end and other.start <= anchor.end

    def _beside(self, report: _Report) -> Iterator[_Report]:
        """Every report that may see it or be seen by it."""
        first = min(report.start, report.end - self._window)
        return self._around(report, first, report.end + self._window + self._longest)

    # -- one more, one less --

    def _add(self, report: _Report) -> None:
        self._longest = max(self._longest, report.end - report.start)
        report.cell.stretches.setdefault(report.end // self._window, []).append(report)
        became: list[_Report] = []
        if self._longest or self.asks.certain:
            for other in self._beside(report):
                if other is not report and self._sees(report, other):
                    _one_more(report, other.thing)
                if self._sees(other, report):
                    self._one_more_for(other, report, became)
        else:
            self._add_moment(report, became)
        if report.total >= self.asks.least:
            became.append(report)
        for hit in became:
            self._becomes_hit(hit)

    def _add_moment(self, report: _Report, became: list[_Report]) -> None:
        """The same where no report lasts: most of all time is spent here."""
        window, end, x, y, z = self._window, report.end, report.x, report.y, report.z
        squared = None if self._radius is None else self._radius * self._radius
        is_plain, plain, stretch, least = report.thing is None, 0, end // window, self.asks.least
        for near in report.cell.near:
            held = near.stretches
            for at in (stretch - 1, stretch, stretch + 1):
                if at not in held:
                    continue
                for other in held[at]:
                    gap = end - other.end
                    if not -window < gap < window:
                        continue
                    if squared is not None:
                        dx, dy, dz = other.x - x, other.y - y, other.z - z
                        if dx * dx + dy * dy + dz * dz > squared and other is not report:
                            continue
                    if gap >= 0 and other is not report:
                        if other.thing is None:
                            plain += 1
                        else:
                            _one_more(report, other.thing)
                    if gap <= 0:
                        if is_plain and other.hit is None and other.n < least - 1 and not other.shared:
                            other.n += 1
                        else:
                            self._one_more_for(other, report, became)
        report.n += plain

    def _one_more_for(self, anchor: _Report, report: _Report, became: list[_Report]) -> None:
        """An anchor sees one report more."""
        before = anchor.total
        _one_more(anchor, report.thing)
        if before < self.asks.least:
            if anchor is not report and anchor.total >= self.asks.least:
                became.append(anchor)
        elif anchor is not report:
            self._sees_more(anchor, report)

    def _remove(self, report: _Report) -> None:
        held = report.cell.stretches[report.end // self._window]
        held.remove(report)
        if not held:
            del report.cell.stretches[report.end // self._window]
        least = self.asks.least
        if report.total >= least:
            self._ceases(report)
        for other in self._beside(report):
            if self._sees(other, report):
                before = other.total
                _one_less(other, report.thing)
                if other.total >= least:
                    self._sees_less(other)
                elif before >= least:
                    self._ceases(other)
        self._settle()

    def _becomes_hit(self, report: _Report) -> None:
        self.hits += 1

    def _ceases(self, report: _Report) -> None:
        self.hits -= 1

    def _sees_more(self, hit: _Report, report: _Report) -> None:
        """A hit sees one report more."""

    def _sees_less(self, hit: _Report) -> None:
        """A hit sees one report less, and stays a hit."""

    def _settle(self) -> None:
        """A report and all that it did are gone."""


class CountStream(Counters):
    """Counters whose hits know what they rest on: chains of hits with their evidence, as episodes."""

    def __init__(self, rule: Rule, shelf: Shelf, world: World) -> None:
        super().__init__(rule, shelf, world)
        self._in_time: dict[str, list[_Report]] = {}
        self._hit_days: dict[int, dict[tuple[str, str], _Report]] = {}
        self._moved: dict[int, _Chain] = {}
        self._broken: dict[int, _Chain] = {}

    def take(self, before: Fact | None, after: Fact | None, now: datetime) -> list[Episode]:
        """Count a change into every window that it lies in; answers the episodes that it touched."""
        self.count(before, after)
        moved, self._moved = self._moved, {}
        for chain in moved.values():
            chain.said = None
        return [e for chain in moved.values() if chain.hits for e in self._told(chain, now)]

    def tick(self, since: datetime, now: datetime) -> list[Episode]:
        """Nothing: a count does not change by waiting."""
        return []

    def episodes(self, now: datetime) -> list[Episode]:
        """Every episode that holds."""
        made = self._of_days(self._hit_days, now)
        return sorted(made, key=attrgetter("start", "key", "end"))

    def episodes_about(self, span: Span, now: datetime) -> list[Episode]:
        """The episodes with any hit on the days of a span."""
        joins = self.rule.links_within
        return self._of_days(range(_day(span.start - joins), _day(span.end + joins) + 1), now)

    def _of_days(self, days: Iterable[int], now: datetime) -> list[Episode]:
        chains = {
            id(hit.hit.chain): hit.hit.chain
            for day in days
            for hit in self._hit_days.get(day, {}).values()
            if hit.hit is not None
        }
        return [episode for chain in chains.values() for episode in self._told(chain, now)]

    def _told(self, chain: _Chain, now: datetime) -> list[Episode]:
        """The episodes of a chain, made once for as long as nothing about it changes."""
        if chain.said is None:
            chain.said = self._folded(chain, now)
        quiet = self.rule.resolve_after
        if quiet is not None:
            chain.said = [replace(e, resolved=now - e.end >= quiet) for e in chain.said]
        return chain.said

    # -- what becomes of hits --

    def _becomes_hit(self, report: _Report) -> None:
        """Cites what lies in its window, and joins the chains that it links."""
        self.hits += 1
        standing = report.hit = _Standing(_Chain([report], moved=[report]))
        for other in self._around(report, report.end - self._window, report.end + self._longest):
            if self._sees(report, other):
                standing.cite(other.fact)
        for other in self._linked(report):
            self._join(report, other)
        self._moved[id(standing.chain)] = standing.chain
        self._hit_days.setdefault(_day(report.fact.event_end), {})[_named(report)] = report

    def _ceases(self, report: _Report) -> None:
        assert report.hit is not None
        self.hits -= 1
        self._broken[id(report.hit.chain)] = report.hit.chain
        report.hit.chain.hits.remove(report)
        report.hit = None
        del self._hit_days[_day(report.fact.event_end)][_named(report)]
        if self.asks.group == "key":
            held = self._in_time[report.key]
            del held[bisect_left(held, _moment(report), key=_moment)]

    def _sees_more(self, hit: _Report, report: _Report) -> None:
        assert hit.hit is not None
        hit.hit.cite(report.fact)
        hit.hit.chain.moved.append(hit)
        self._moved[id(hit.hit.chain)] = hit.hit.chain

    def _sees_less(self, hit: _Report) -> None:
        assert hit.hit is not None
        self._broken[id(hit.hit.chain)] = hit.hit.chain

    def _settle(self) -> None:
        """What is left of a chain may have fallen apart: it is linked anew."""
        broken, self._broken = self._broken, {}
        for chain in broken.values():
            left, chain.hits = chain.hits, []
            self._moved.pop(id(chain), None)
            for report in left:
                report.hit = None
            self.hits -= len(left)
            for report in left:
                self._becomes_hit(report)

    def _linked(self, report: _Report) -> list[_Report]:
        """Hits that belong to one chain with this one."""
        if self.asks.group == "link":
            near = self._around(report, report.end - self._joins, report.end + self._joins)
            return [other for other in near if other.hit is not None and other is not report]
        held = self._in_time.setdefault(report.key, [])
        at = bisect_left(held, _moment(report), key=_moment)
        if at == len(held) or held[at] is not report:
            held.insert(at, report)
        beside = [held[i] for i in (at - 1, at + 1) if 0 <= i < len(held)]
        return [o for o in beside if o.hit is not None and abs(o.end - report.end) <= self._joins]

    def _join(self, report: _Report, other: _Report) -> None:
        """Makes their chains one, the smaller poured into the larger."""
        assert report.hit is not None and other.hit is not None
        chains = (report.hit.chain, other.hit.chain)
        small, large = sorted(chains, key=lambda chain: len(chain.hits) + len(chain.facts))
        if small is not large:
            large.take_over(small)
            small.hits = []
            self._moved.pop(id(small), None)

    # -- what it says --

    def _folded(self, chain: _Chain, now: datetime) -> list[Episode]:
        """The episode of a chain; none where it does not last as long as the rule asks."""
        rule, hits = self.rule, chain.hits
        first = hits[0].end
        start, end = _moment_of(first), _moment_of(hits[-1].end)
        if end - start < rule.lasting:
            return []
        peak = self._peak(chain)
        begun = list(takewhile(lambda hit: hit.end == first, hits))
        facts = [
            other.fact
            for hit in begun
            for other in self._around(hit, hit.end - self._window, hit.end + self._longest)
            if self._sees(hit, other)
        ]
        enough = hits[bisect_left(hits, first + rule.lasting // _TICK, key=_end)].end
        episode = Episode(
            key=min(hit.key for hit in begun),
            start=start,
            end=end,
            condition_from=min(fact.event_start for fact in facts),
            detectable_at=max(_moment_of(enough), min(fact.event_end for fact in facts)),
            peak_at=_moment_of(peak.end),
            severity=self._severity(peak),
            strength=(peak.total,),
            numbers=self._numbers(peak),
            evidence=tuple(chain.evidence),
            reviewed=chain.reviewed,
            quarantined=chain.quarantined,
            sources=len(chain.sources),
            resolved=rule.resolve_after is not None and now - end >= rule.resolve_after,
            sector=peak.fact.sector,
            place=place_of(peak.fact),
        )
        return [episode]

    def _peak(self, chain: _Chain) -> _Report:
        """The first of the gravest and strongest hits. A hit that sees more is never the weaker for it."""
        again = chain.moved if chain.peak is None else [chain.peak, *chain.moved]
        chain.peak, chain.moved = min(again, key=self._rank), []
        return chain.peak

    def _rank(self, hit: _Report) -> tuple[int, int, int, str]:
        return -self._severity(hit), -hit.total, hit.end, hit.fact.observation_id

    def _severity(self, report: _Report) -> int:
        assert report.hit is not None
        if report.hit.severity is None:
            report.hit.severity = self.rule.grade(self._numbers(report))
        return report.hit.severity

    def _numbers(self, report: _Report) -> dict[str, Number]:
        assert report.hit is not None
        return {
            "n": report.total,
            "least": self.asks.least,
            "margin": report.total - self.asks.least,
            "highest_exposure": max(report.hit.exposures),
            "highest_tier": max(report.hit.tiers),
            "sources": len(report.hit.sources),
        }


def _moment(report: _Report) -> tuple[int, str]:
    return report.end, report.fact.observation_id


def _named(report: _Report) -> tuple[str, str]:
    return report.fact.observation_id, report.key


def _moment_of(ticks: int) -> datetime:
    return _EPOCH + ticks * _TICK


def _one_more(anchor: _Report, thing: str | None) -> None:
    if thing is None:
        anchor.n += 1
        return
    if anchor.shared is None:
        anchor.shared = {}
    anchor.shared[thing] = anchor.shared.get(thing, 0) + 1


def _one_less(anchor: _Report, thing: str | None) -> None:
    if thing is None:
        anchor.n -= 1
        return
    assert anchor.shared is not None
    left = anchor.shared[thing] - 1
    if left:
        anchor.shared[thing] = left
    else:
        del anchor.shared[thing]


# ---- many rules together -------------------------------------------------------------------------------


class Live:
    """Many rules over one stream of facts; those over findings are judged after those they name."""

    def __init__(self, rules: Iterable[Rule], world: World | None = None) -> None:
        self.world = world or World()
        self.shelf = Shelf()
        self.streams: dict[str, Stream | CountStream] = {
            rule.id: (CountStream if counts_in_stream(rule) else Stream)(rule, self.shelf, self.world)
            for rule in in_layers(rules)
        }

    def take(self, fact: Fact, now: datetime) -> dict[str, list[Episode]]:
        """Take in one version of a fact; answers by rule the episodes that it touched."""
        before, after = self.shelf.put(fact)
        if before is after:
            return {}
        said: dict[str, list[Episode]] = {}
        moved: dict[str, Span] = {}
        for rule_id, stream in self.streams.items():
            if stream.rule.reads_episodes_of:
                self._above(stream, said, moved, now)
                continue
            spans = touched(stream.rule, before, after, spots=self.world.spots)
            if spans:
                said[rule_id] = stream.take(before, after, now)
                moved[rule_id] = _reach(stream.rule, _joined(spans.values()), said[rule_id])
        return said

    def tick(self, since: datetime, now: datetime) -> dict[str, list[Episode]]:
        """Let the clock move for every rule."""
        said: dict[str, list[Episode]] = {}
        moved: dict[str, Span] = {}
        for rule_id, stream in self.streams.items():
            if stream.rule.reads_episodes_of:
                self._above(stream, said, moved, now)
            elif stream.rule.follows_the_clock:
                said[rule_id] = stream.tick(since, now)
                span = Span(since - stream.rule.settles_after, now)
                moved[rule_id] = _reach(stream.rule, span, said[rule_id])
        return said

    def episodes(self, now: datetime) -> dict[str, list[Episode]]:
        """Every episode of every rule."""
        return {rule_id: stream.episodes(now) for rule_id, stream in self.streams.items()}

    def _above(
        self,
        stream: Stream | CountStream,
        said: dict[str, list[Episode]],
        moved: dict[str, Span],
        now: datetime,
    ) -> None:
        """Judges a rule over findings where those that it names may have moved."""
        rule, spans = stream.rule, [moved[name] for name in stream.rule.reads_episodes_of if name in moved]
        if not spans or not isinstance(stream, Stream):
            return
        whole = _joined(spans)
        span = footprint(rule, whole.start, whole.end)
        reads = read_span(rule, span)
        below = {name: self.streams[name].episodes_about(reads, now) for name in rule.reads_episodes_of}
        stream.world = self.world.with_episodes(below)
        said[rule.id] = stream.look_again(None, span, now)
        moved[rule.id] = _reach(rule, span, said[rule.id])


def _reach(rule: Rule, span: Span, episodes: Iterable[Episode]) -> Span:
    """All that episodes of a rule may have come from or gone to when the anchors of a span were judged."""
    grown = span.widened(rule.links_within + rule.lasting)
    return _joined([grown, *(episode.span for episode in episodes)])
