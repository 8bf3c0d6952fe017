"""A rule over a whole history at once: the same verdicts as report by report, many times faster (pure).

Belongs here: facts as columns, a screen that leaves out every anchor which cannot be a hit, and the exact
count of the rest. Does not belong here: what a hit means (conditions) and how hits become episodes (core).

The screen is safe, never clever: it bounds each count from above by the reports of a whole neighbourhood
and of whole stretches of time, so what it drops cannot reach the threshold. What it keeps is measured
pair by pair, in whole metres and microseconds, with the very comparisons of the core.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from incidents.rules import core
from incidents.rules.conditions import Hit, thing_of
from incidents.rules.facts import Fact, Span, World
from incidents.rules.rule import Count, Rate, Rule, StepUp

Whole: TypeAlias = NDArray[np.int64]
Real: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
# Hears which share of a long work is done.
Told: TypeAlias = Callable[[float], None]

# How many anchors and how many pairs are held at a time: both fit a processor's cache, which is what
# makes the difference between four seconds and a quarter of one for a million reports.
ANCHORS_AT_ONCE = 65_536
PAIRS_AT_ONCE = 262_144
# Into how many stretches the screen cuts one window. More bound tighter and cost more to add up.
STRETCHES = 8

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Reports that a rule reads, as columns in order of their end.

    start, end: microseconds since 1970 UTC. x, y, z: whole ECEF metres, NaN where the position is unknown.
    key, thing, kind, source: codes; two reports with one `thing` are counted once, and where every report
    is a thing of its own the column is None. weight: how much each counts.
    """

    start: Whole
    end: Whole
    x: Real
    y: Real
    z: Real
    key: Whole
    weight: Whole
    thing: Whole | None = None
    kind: Whole | None = None
    source: Whole | None = None

    @classmethod
    def of(
        cls, facts: Sequence[Fact], distinct: str = "observation", keys: Sequence[str] | None = None
    ) -> "Columns":
        """Facts in the order of `Series`, as columns; counted together unless each has its key."""
        things = [thing_of(fact, distinct) for fact in facts]
        return cls(
            start=np.array([microseconds(fact.event_start) for fact in facts], dtype=np.int64),
            end=np.array([microseconds(fact.event_end) for fact in facts], dtype=np.int64),
            x=_metres(fact.x for fact in facts),
            y=_metres(fact.y for fact in facts),
            z=_metres(fact.z for fact in facts),
            key=np.zeros(len(facts), np.int64) if keys is None else _codes(keys),
            weight=np.array([fact.weight for fact in facts], dtype=np.int64),
            thing=None if len(set(things)) == len(things) else _codes(things),
            kind=_codes([fact.type for fact in facts]),
            source=_codes([fact.source for fact in facts]),
        )

    def __len__(self) -> int:
        return len(self.end)

    def part(self, first: int, last: int) -> "Columns":
        part = replace(self, **{name: held[first:last] for name, held in self._held()})
        return replace(part, start=part.end) if self.start is self.end else part

    def then(self, later: "Columns") -> "Columns":
        """These and later ones; both must hold the same columns and share their codes."""
        theirs = dict(later._held())
        both = replace(self, **{name: np.concatenate((held, theirs[name])) for name, held in self._held()})
        is_moments = self.start is self.end and later.start is later.end
        return replace(both, start=both.end) if is_moments else both

    def taken(self, numbers: Whole) -> "Columns":
        """The reports of these numbers, in that order."""
        taken = replace(self, **{name: held[numbers] for name, held in self._held()})
        return replace(taken, start=taken.end) if self.start is self.end else taken

    def _held(self) -> list[tuple[str, Any]]:
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return [(name, held) for name, held in named if held is not None]


def microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """The moment so many microseconds after the start of 1970."""
    return _EPOCH + at * _MICROSECOND


def _metres(values: Iterable[int | None]) -> Real:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _codes(names: Sequence[str]) -> Whole:
    code: dict[str, int] = {}
    return np.array([code.setdefault(name, len(code)) for name in names], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class CountHits:
    """The anchors that reach the threshold, as positions in the columns, with their exact counts."""

    anchor: Whole
    n: Whole


# ---- count ---------------------------------------------------------------------------------------------


def hits_of_count(asks: Count, reports: Columns, workers: int = 1) -> CountHits:
    """Every hit of a count over columns in order of their end."""
    longest = int((reports.end - reports.start).max(initial=0))
    return _joined(_run(asks, _parts(asks, [reports], longest), workers))


def hits_in_stream(
    asks: Count, pieces: Iterable[Columns], longest: timedelta = timedelta(0), workers: int = 1
) -> Iterator[CountHits]:
    """The hits of a history that does not fit in memory, in order; anchors are numbered over all of it.

    The pieces come in order of their end and share their codes; no report lasts longer than `longest`.
    Holds one piece and what its first anchors can read. Raises ValueError where a piece breaks its word.
    """
    yield from _run(asks, _parts(asks, pieces, longest // _MICROSECOND), workers)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Some anchors, with every report that they can read; `first` is the number of the first report."""

    reports: Columns
    anchors_from: int
    anchors_to: int
    first: int


def _parts(asks: Count, pieces: Iterable[Columns], longest: int) -> Iterator[_Part]:
    window = asks.window // _MICROSECOND
    held: Columns | None = None
    passed = waiting = 0  # reports let go before `held`, and the first anchor in it not yet judged
    for piece in pieces:
        if not len(piece):
            continue
        if int((piece.end - piece.start).max()) > longest:
            raise ValueError("a report lasts longer than the stream was said to hold")
        if np.any(np.diff(piece.end) < 0) or (held is not None and piece.end[0] < held.end[-1]):
            raise ValueError("reports must come in order of their end")
        held = piece if held is None else held.then(piece)
        # What comes later may still touch the last anchors, be it in the same second: they wait.
        ready = int(np.searchsorted(held.end, held.end[-1] - longest, "left"))
        yield from _cut(held, waiting, ready, passed, window, longest)
        waiting = max(waiting, ready)
        let_go = int(np.searchsorted(held.end, held.end[waiting] - window, "right"))
        held, passed, waiting = held.part(let_go, len(held)), passed + let_go, waiting - let_go
    if held is not None:
        yield from _cut(held, waiting, len(held), passed, window, longest)


def _cut(held: Columns, since: int, until: int, passed: int, window: int, longest: int) -> Iterator[_Part]:
    for start in range(since, until, ANCHORS_AT_ONCE):
        stop = min(start + ANCHORS_AT_ONCE, until)
        low = int(np.searchsorted(held.end, held.end[start] - window, "right"))
        high = int(np.searchsorted(held.end, held.end[stop - 1] + longest, "right"))
        yield _Part(held.part(low, high), start - low, stop - low, passed + low)


def _run(asks: Count, parts: Iterator[_Part], workers: int) -> Iterator[CountHits]:
    """Judges parts in order; numpy lets other threads run while it counts."""
    _let_memory_stay()
    if workers < 2:
        yield from (_judge(asks, part) for part in parts)
        return
    with ThreadPoolExecutor(workers) as pool:
        while some := list(islice(parts, 2 * workers)):
            yield from pool.map(lambda part: _judge(asks, part), some)


def _let_memory_stay() -> None:
    """Has the C library keep arrays of a few megabytes for the next one instead of handing them back.

    It learns from the first large array that is freed. Without this a third of the time goes into fresh
    pages for the same few temporary arrays, over and over.
    """
    np.empty(2 * 2**20, np.float64)


def _joined(found: Iterable[CountHits]) -> CountHits:
    hits = list(found)
    if not hits:
        return CountHits(np.empty(0, np.int64), np.empty(0, np.int64))
    return CountHits(np.concatenate([h.anchor for h in hits]), np.concatenate([h.n for h in hits]))


def _judge(asks: Count, part: _Part) -> CountHits:
    screen = _Screen.over(asks, part.reports)
    anchors = screen.kept(asks.least, part.anchors_from, part.anchors_to)
    counts = np.empty(len(anchors), np.int64)
    for first, last in screen.batches(anchors):
        counts[first:last] = _exact(asks, screen, anchors[first:last])
    is_hit = counts >= asks.least
    hits, n = screen.number[anchors[is_hit]], counts[is_hit]
    order = np.argsort(hits)
    return CountHits(hits[order] + part.first, n[order])


@dataclass(frozen=True, slots=True, eq=False)
class _Screen:
    """Reports by cell and stretch of time, and for each such box a bound of what its anchors can count.

    A cell is a square of R metres on two axes at right angles (or a key, where the rule has no radius):
    two places within R metres lie at most R apart on any axis, so the nine cells about an anchor hold all
    that it can reach. Stretches are an eighth of the window, counted from the first report.
    """

    reports: Columns  # in order of their box
    number: Whole  # of each of them, in order of their end
    box: Whole  # of each of them
    box_starts: Whole  # where each box begins
    beside: Whole  # per cell its neighbours, -1 where there is none
    stretches: int  # how many there are
    back: int  # how many stretches a window reaches back
    ahead: int  # and how many a report that lasts may end later
    bound: NDArray[Any]  # per box
    has_unplaced: bool

    @classmethod
    def over(cls, asks: Count, reports: Columns) -> "_Screen":
        window = asks.window // _MICROSECOND
        stretch = -(-window // STRETCHES)
        longest = 0 if asks.certain else int((reports.end - reports.start).max())
        at = (reports.end - reports.end[0]) // stretch
        stretches, ahead = int(at[-1]) + 1, -(-longest // stretch)
        cell, beside = _cells(reports, asks.radius_m)
        box = cell * stretches + at
        boxes = len(beside) * stretches
        held = np.bincount(box, minlength=boxes)
        starts = np.concatenate(([0], np.cumsum(held)))
        weights = held
        if asks.weight != "one":
            weights = np.bincount(box, weights=reports.weight, minlength=boxes).astype(np.int64)
        bound = _reached(weights.reshape(len(beside), stretches), STRETCHES, ahead, beside)
        # Reports come in order of time, so sorting by cell alone sorts by box; small numbers sort fastest.
        number = np.argsort(cell.astype(np.uint16) if len(beside) < 2**16 else cell, kind="stable")
        has_unplaced = bool(np.isnan(reports.x).any())
        return cls(
            reports=reports.taken(number),
            number=number,
            box=box[number],
            box_starts=starts,
            beside=beside,
            stretches=stretches,
            back=STRETCHES,
            ahead=ahead,
            bound=bound.ravel(),
            has_unplaced=has_unplaced,
        )

    def kept(self, least: int, first: int, last: int) -> Whole:
        """The anchors that may reach the threshold, in order of their box."""
        return np.flatnonzero((self.bound[self.box] >= least) & (self.number >= first) & (self.number < last))

    def batches(self, anchors: Whole) -> Iterator[tuple[int, int]]:
        """Cuts anchors so that each batch has about as many pairs as fit."""
        sums = np.cumsum(self._ranges(anchors)[1].sum(axis=1))
        first = 0
        while first < len(anchors):
            done = int(sums[first - 1]) if first else 0
            last = max(first + 1, int(np.searchsorted(sums, done + PAIRS_AT_ONCE, "right")))
            yield first, last
            first = last

    def pairs(self, anchors: Whole) -> tuple[Whole, Whole]:
        """How many reports each anchor may reach, and all of these reports, anchor by anchor."""
        starts, lengths = self._ranges(anchors)
        per_anchor, lengths, starts = lengths.sum(axis=1), lengths.ravel(), starts.ravel()
        # Every range as consecutive numbers: one count over all, shifted to where each range begins.
        ends = np.cumsum(lengths)
        place = np.repeat(starts - (ends - lengths), lengths)
        place += np.arange(len(place))
        return per_anchor, place

    def _ranges(self, anchors: Whole) -> tuple[Whole, Whole]:
        """Start and length of what lies in each neighbouring cell at about the right time."""
        cell, at = np.divmod(self.box[anchors], self.stretches)
        near = self.beside[cell]
        row = np.where(near >= 0, near, 0) * self.stretches
        since = self.box_starts[row + np.maximum(at - self.back, 0)[:, None]]
        until = self.box_starts[row + np.minimum(at + self.ahead, self.stretches - 1)[:, None] + 1]
        return since, np.where(near >= 0, until - since, 0)


def _cells(reports: Columns, radius_m: int | None) -> tuple[Whole, Whole]:
    """The cell of each report, and each cell's neighbours with itself; places unknown share no cell."""
    if radius_m is None:
        keys, cell = _ranked(reports.key)
        return cell, np.arange(len(keys))[:, None]
    is_placed = ~np.isnan(reports.x)
    east, north = _axes(reports, is_placed)
    # One metre more than R outweighs the rounding of a sum of three products.
    step = radius_m + 1.0
    across = np.zeros(len(reports), np.int64)
    along = np.zeros(len(reports), np.int64)
    position = np.stack((reports.x, reports.y, reports.z))[:, is_placed]
    across[is_placed] = np.floor(east @ position / step)
    along[is_placed] = np.floor(north @ position / step)
    across -= across.min(initial=0, where=is_placed)
    along -= along.min(initial=0, where=is_placed)
    wide = int(along.max(initial=0)) + 3
    code = across * wide + along
    code[~is_placed] = int(code.max(initial=0)) + 4 * wide  # far from every cell
    cells, cell = _ranked(code)
    shifts = [i * wide + j for i in (-1, 0, 1) for j in (-1, 0, 1)]
    beside = np.full((len(cells), len(shifts)), -1)
    for column, shift in enumerate(shifts):
        found = np.minimum(np.searchsorted(cells, cells + shift), len(cells) - 1)
        beside[:, column] = np.where(cells[found] == cells + shift, found, -1)
    return cell, beside


def _ranked(code: Whole) -> tuple[Whole, Whole]:
    """The codes that occur, in order, and for each report which of them is its own."""
    top = int(code.max(initial=0))
    if top > 4 * ANCHORS_AT_ONCE:
        cells, cell = np.unique(code, return_inverse=True)
        return cells, cell
    # Few codes are ticked off in a list, which needs no sorting.
    occurs = np.zeros(top + 1, np.bool_)
    occurs[code] = True
    rank = np.cumsum(occurs) - 1
    return np.flatnonzero(occurs), rank[code]


def _axes(reports: Columns, is_placed: Mask) -> tuple[Real, Real]:
    """Two unit vectors at right angles, level with the ground in the middle of the reports."""
    if not is_placed.any():
        return np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    middle = np.array([column[is_placed].mean() for column in (reports.x, reports.y, reports.z)])
    # The middle of reports from all round the world is no direction: any two axes serve.
    up = middle / np.linalg.norm(middle) if np.linalg.norm(middle) > 1 else np.array([0.0, 0.0, 1.0])
    side = np.cross(np.array([0.0, 0.0, 1.0]) if abs(up[2]) < 0.9 else np.array([1.0, 0.0, 0.0]), up)
    east = side / np.linalg.norm(side)
    return east, np.cross(up, east)


def _reached(held: Whole, back: int, ahead: int, beside: Whole) -> NDArray[Any]:
    """Per box, what lies in it, `back` stretches before, `ahead` after, in its cell and those beside it."""
    cells, wide = held.shape
    # A row of nothing at the end stands for the neighbour that is not there.
    in_time = np.zeros((cells + 1, wide), np.int32 if held.sum() < 2**31 else np.int64)
    sums = np.zeros((cells, back + wide + ahead + 1), in_time.dtype)
    np.cumsum(held, axis=1, out=sums[:, back + 1 : back + 1 + wide])
    sums[:, back + 1 + wide :] = sums[:, back + wide : back + wide + 1]
    np.subtract(sums[:, back + ahead + 1 :], sums[:, :wide], out=in_time[:cells])
    bound = np.zeros((cells, wide), in_time.dtype)
    for column in beside.T:
        bound += in_time[column]
    return bound


def _exact(asks: Count, screen: _Screen, anchors: Whole) -> Whole:
    """The count of each anchor, pair by pair, with the comparisons of the core."""
    reports, window = screen.reports, asks.window // _MICROSECOND
    per_anchor, other = screen.pairs(anchors)

    def at_anchor(column: NDArray[Any]) -> NDArray[Any]:
        return np.repeat(column[anchors], per_anchor)

    until = at_anchor(reports.end)
    start = reports.start[other]
    end = start if reports.end is reports.start else reports.end[other]
    if asks.certain:
        counts = end <= until
        counts &= start > until - window
    else:
        counts = start <= until
        until -= window
        counts &= end > until
    if asks.radius_m is not None:
        away = np.zeros(len(other))
        for axis in (reports.x, reports.y, reports.z):
            apart = axis[other]
            apart -= at_anchor(axis)
            apart *= apart
            away += apart
        # Whole metres below 2**26 square without loss; NaN is never within reach, but each is its own.
        is_near = away <= float(asks.radius_m) ** 2
        if screen.has_unplaced:
            is_near |= other == np.repeat(anchors, per_anchor)
        counts &= is_near
    if asks.weight == "one" and reports.thing is None:
        return np.add.reduceat(counts, np.cumsum(per_anchor) - per_anchor, dtype=np.int64)
    of = np.repeat(np.arange(len(anchors)), per_anchor)
    return _tally(asks, reports, of[counts], other[counts], len(anchors))


def _tally(asks: Count, reports: Columns, of: Whole, other: Whole, anchors: int) -> Whole:
    """What `conditions.tally` answers, for many anchors at once."""
    if asks.weight == "one":
        assert reports.thing is not None
        return np.bincount(_first_of(of, reports.thing[other])[0], minlength=anchors)
    weight = reports.weight[other]
    if asks.distinct == "observation":
        return _sums(of, weight, anchors)
    # Per observer the sum, per kind of event the observer who counted most, then all together.
    thing = reports.thing[other] if reports.thing is not None else other
    assert reports.kind is not None and reports.source is not None
    event = _paired(thing, reports.kind[other])
    seen, at = _first_of(of, _paired(event, reports.source[other]))
    by_observer = _sums(at, weight, len(seen))
    first = np.zeros(len(seen), np.int64)
    first[at] = event
    told, at = _first_of(seen, first)
    most = np.zeros(len(told), np.int64)
    np.maximum.at(most, at, by_observer)
    return _sums(told, most, anchors)


def _first_of(of: Whole, what: Whole) -> tuple[Whole, Whole]:
    """The anchors of distinct (anchor, what), and for each pair which of these it is."""
    wide = int(what.max(initial=0)) + 1
    pairs, at = np.unique(of * wide + what, return_inverse=True)
    return pairs // wide, at


def _paired(one: Whole, other: Whole) -> Whole:
    """A code for each pair of codes, small enough to be paired again."""
    wide = int(other.max(initial=0)) + 1
    return np.unique(one * wide + other, return_inverse=True)[1]


def _sums(of: Whole, weight: Whole, anchors: int) -> Whole:
    # Whole numbers below 2**53 add up without loss.
    sums: Whole = np.bincount(of, weights=weight, minlength=anchors).astype(np.int64)
    return sums


# ---- a rule over a whole history -----------------------------------------------------------------------


def evaluate(
    rule: Rule, facts: Iterable[Fact], world: World, now: datetime, told: Told | None = None
) -> list[core.Episode]:
    """What `core.evaluate` answers; where columns can say what is no hit, the core reads only the rest.

    `told` hears which share is done. A kind without a screen is judged by the core as it stands.
    """
    everything = list(facts)
    if not has_screen(rule):
        return core.evaluate(rule, everything, world, now)
    read = [fact for fact in everything if rule.reads(fact)]
    shelves = {key: _Shelf(held) for key, held in _scoped(rule, read).items()}
    spans = list(stretches(_promising(rule, read, world), rule.asks.lookback))
    hits: list[Hit] = []
    for done, (scope, span) in enumerate(spans, 1):
        near = shelves[scope].between(core.read_span(rule, span))
        hits += core.judge(rule, near, world, span, now).hits
        if told is not None:
            told(done / len(spans))
    return core.fold(rule, hits, now)


def evaluate_all(
    rules: Iterable[Rule], facts: Iterable[Fact], world: World, now: datetime
) -> dict[str, list[core.Episode]]:
    """What `core.evaluate_all` answers: every rule, those over findings after those they name."""
    everything, said = list(facts), dict[str, list[core.Episode]]()
    for rule in core.in_layers(rules):
        said[rule.id] = evaluate(rule, everything, world.with_episodes(said), now)
    return said


def has_screen(rule: Rule) -> bool:
    """Whether columns can leave out what is no hit. What a rule finds in too little, only the core sees."""
    return isinstance(rule.asks, Count | StepUp) or (
        isinstance(rule.asks, Rate) and rule.asks.direction == "up"
    )


class _Shelf:
    """Facts in order of the end of their reach, to be read by stretch of time."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts = sorted(facts, key=attrgetter("reaches_to", "observation_id"))
        self._ends = [fact.reaches_to for fact in self._facts]
        self._longest = max(fact.reaches_to - fact.reaches_from for fact in self._facts)

    def between(self, span: Span) -> list[Fact]:
        first, last = bisect_left(self._ends, span.start), bisect_right(self._ends, span.end + self._longest)
        return self._facts[first:last]


def _scoped(rule: Rule, facts: Iterable[Fact]) -> dict[str | None, list[Fact]]:
    """Facts by what one judging reads: a sector, or everything where a rule looks across."""
    scoped: dict[str | None, list[Fact]] = {}
    for fact in facts:
        scoped.setdefault(_scope(rule, fact), []).append(fact)
    return scoped


def _scope(rule: Rule, fact: Fact) -> str | None:
    return None if rule.crosses_sectors else fact.key


def _promising(rule: Rule, read: Sequence[Fact], world: World) -> Iterator[tuple[str | None, Span]]:
    """Every anchor at which the rule may hold, and few others, by what one judging reads."""
    asks = rule.asks
    for facts in _counted_together(rule, [fact for fact in read if rule.wants(fact)], world):
        scope = _scope(rule, facts[0])
        if isinstance(asks, Count):
            for i in hits_of_count(asks, Columns.of(facts, asks.distinct)).anchor.tolist():
                yield scope, Span(facts[i].event_end, facts[i].event_end)
        elif isinstance(asks, StepUp):
            for fact in facts:
                if (fact.tier or 0) >= (asks.reach or asks.rise or 1):
                    yield scope, Span(fact.event_start, fact.event_end + asks.window)
        elif isinstance(asks, Rate):
            for step in _busy_steps(asks, Columns.of(facts)):
                yield scope, Span(moment(step), moment(step))


def _counted_together(rule: Rule, facts: Sequence[Fact], world: World) -> list[list[Fact]]:
    """Facts by key, as the core judges them, each list in order of their end."""
    in_order = sorted(facts, key=attrgetter("event_end", "observation_id"))
    if isinstance(rule.asks, Count) and rule.asks.radius_m is not None and rule.key == "sector":
        return [in_order] if in_order else []
    keyed: dict[str, list[Fact]] = {}
    for fact in in_order:
        for key in rule.keys_of(fact, world.spots):
            keyed.setdefault(key, []).append(fact)
    return list(keyed.values())


def _busy_steps(asks: Rate, reports: Columns) -> list[int]:
    """The steps of the clock whose window holds as many as the rule asks at least, before grouping."""
    window, every, ends = asks.window // _MICROSECOND, asks.every // _MICROSECOND, reports.end
    counted = reports.weight if asks.weight != "one" else np.ones(len(reports), np.int64)
    sums = np.concatenate(([0], np.cumsum(counted)))
    steps = np.unique(-(-ends // every)[:, None] * every + np.arange(window // every + 1) * every)
    n = sums[np.searchsorted(ends, steps, "right")] - sums[np.searchsorted(ends, steps - window, "right")]
    busy: list[int] = steps[n >= asks.min_count].tolist()
    return busy


def stretches(
    spans: Iterable[tuple[str | None, Span]], together: timedelta
) -> Iterator[tuple[str | None, Span]]:
    """Spans of one scope that lie close together, as one: what they read is read once."""
    held: tuple[str | None, Span] | None = None
    for scope, span in sorted(spans, key=lambda one: (one[0] or "", one[1].start)):
        if held is not None and held[0] == scope and span.start - held[1].end <= together:
            held = (scope, held[1].joined(span))
            continue
        if held is not None:
            yield held
        held = (scope, span)
    if held is not None:
        yield held
