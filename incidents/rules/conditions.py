"""The kinds of condition: each turns facts into hits, and nothing else (pure).

Belongs here: count, rate and step_up, with windows, ties and the arithmetic of the verdict; what a hit
is. The other kinds: `successions` (sequence), `spans` (state, silence, breach), `wholes` (spread, combine).
Does not belong here: which stretch of time to look at, and how hits become findings (core).

Windows are half open, (t - T, t]: a report exactly T earlier is outside. Reports of the same second
count both ways. A report that lasted stands at its end as an anchor and takes part in every window
it touches; `time: certain` asks that it lie wholly inside. Verdicts compare whole numbers only, so
every machine gives the same answer.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from math import exp, gcd, lgamma, log
from operator import attrgetter

from incidents.rules.facts import NO_SECTOR, Fact, Span, World, hours, is_within
from incidents.rules.rule import Count, Number, Numbers, Rate, Rule, StepUp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Hit:
    """One anchor at which a condition holds, with the facts and the numbers that made it hold."""

    key: str
    at: datetime
    evidence: tuple[Fact, ...]
    numbers: Numbers
    strength: tuple[int, ...]
    anchor: Fact | None = None
    place: tuple[int, int, int] | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """One anchor at which the condition could not be judged: silence about unknown is not safety."""

    key: str
    at: datetime
    reason: str
    numbers: Numbers


class Series:
    """Facts in order of their end, with bounded look-ups by time."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts = sorted(facts, key=attrgetter("event_end", "observation_id"))
        self.ends = [fact.event_end for fact in self.facts]
        self.longest = max((fact.event_end - fact.event_start for fact in self.facts), default=_NOTHING)

    @cached_property
    def _weights(self) -> list[int]:
        return [0, *accumulate(fact.weight for fact in self.facts)]

    @cached_property
    def _linked(self) -> list[int]:
        return [0, *accumulate(fact.incident_id is not None for fact in self.facts)]

    def ended(self, after: datetime, until: datetime) -> list[Fact]:
        """Facts whose end lies in (after, until]."""
        return self.facts[bisect_right(self.ends, after) : bisect_right(self.ends, until)]

    def touching(self, after: datetime, until: datetime, certain: bool = False) -> list[Fact]:
        """Facts that touch (after, until], or that lie wholly inside it when the rule asks for certainty."""
        if certain:
            return [fact for fact in self.ended(after, until) if fact.event_start > after]
        first = bisect_right(self.ends, after)
        last = bisect_right(self.ends, until + self.longest)
        return [fact for fact in self.facts[first:last] if fact.event_start <= until]

    def any_touching(self, after: datetime, until: datetime, certain: bool = False) -> bool:
        """Whether any fact touches (after, until]; the first that ends in it mostly settles it."""
        if certain:
            return any(fact.event_start > after for fact in self.ended(after, until))
        last = bisect_right(self.ends, until + self.longest)
        return any(self.facts[i].event_start <= until for i in range(bisect_right(self.ends, after), last))

    def weighed(self, after: datetime, until: datetime, weight: str) -> int:
        """An upper bound of the tally of (after, until], without grouping."""
        first, last = bisect_right(self.ends, after), bisect_right(self.ends, until)
        return last - first if weight == "one" else self._weights[last] - self._weights[first]

    def tally(self, after: datetime, until: datetime, distinct: str, weight: str) -> int:
        """The tally of (after, until]; a difference of two sums where no two facts share an incident."""
        first, last = bisect_right(self.ends, after), bisect_right(self.ends, until)
        if distinct == "incident" and self._linked[first] == self._linked[last]:
            return last - first if weight == "one" else self._weights[last] - self._weights[first]
        return tally(self.facts[first:last], distinct, weight)

    def anchors(self, span: Span) -> list[Fact]:
        return self.facts[bisect_left(self.ends, span.start) : bisect_right(self.ends, span.end)]


def hits_of_count(
    rule: Rule, asks: Count, key: str | None, facts: Sequence[Fact], span: Span
) -> Iterator[Hit]:
    """Anchors with at least K in their window: (t - T, t], and within R metres where the rule says so.

    Without a key every anchor stands under its own.
    """
    series = Series(facts)
    for anchor in series.anchors(span):
        near = series.touching(anchor.event_end - asks.window, anchor.event_end, asks.certain)
        if asks.radius_m is not None:
            near = [f for f in near if f is anchor or is_within(anchor, f, asks.radius_m)]
        n = tally(near, asks.distinct, asks.weight)
        if n < asks.least:
            continue
        numbers: dict[str, Number] = {
            "n": n,
            "least": asks.least,
            "margin": n - asks.least,
            "highest_exposure": max(f.exposure_level for f in near),
            "highest_tier": max((f.tier or 0 for f in near), default=0),
        }
        yield hit_of(key or rule.keys_of(anchor)[0], anchor.event_end, near, numbers, (n,), anchor)


def hits_of_step_up(
    rule: Rule, asks: StepUp, key: str, facts: Sequence[Fact], world: World, span: Span
) -> Iterator[Hit | Unknown]:
    """Anchors whose window holds a higher tier than the time before it, by `rise` or across `reach`."""
    # Without a tier that could be a step at all, nothing is to be said.
    if max((fact.tier or 0 for fact in facts), default=0) < (asks.reach or asks.rise or 1):
        return
    series = Series(fact for fact in facts if fact.tier)
    by_tier = [
        (tier, Series(fact for fact in series.facts if fact.tier == tier))
        for tier in sorted({fact.tier for fact in series.facts if fact.tier}, reverse=True)
    ]

    def highest(after: datetime, until: datetime) -> int:
        return next((t for t, s in by_tier if s.any_touching(after, until, asks.certain)), 0)

    for anchor in series.anchors(span):
        at = anchor.event_end
        level = highest(at - asks.window, at)
        if level < (asks.reach or asks.rise or 1):
            continue
        prior = highest(at - asks.window - asks.before, at - asks.window)
        needed = asks.reach or prior + (asks.rise or 0)
        is_hit = level >= needed and (asks.reach is None or prior < asks.reach)
        if not is_hit and asks.min_before <= (1 if prior else 0):
            continue
        before = series.touching(at - asks.window - asks.before, at - asks.window, asks.certain)
        lacks = len(before) < asks.min_before
        if not (is_hit or lacks):
            continue
        now_in = series.touching(at - asks.window, at, asks.certain)
        minutes = world.watched.minutes(key, at - asks.window - asks.before, at - asks.window)
        raising = [fact for fact in now_in if (fact.tier or 0) >= needed]
        numbers: dict[str, Number] = {
            "level": level,
            "prior": prior,
            "needed": needed,
            "n": len(raising),
            "before_n": len(before),
            "before_hours": hours(minutes),
            "margin": len(raising) - 1,
        }
        if lacks:
            yield Unknown(key, at, "no_baseline", numbers)
        else:
            yield hit_of(key, at, raising, numbers, (level, len(raising)), anchor)


def hits_of_rate(
    rule: Rule, asks: Rate, key: str, facts: Sequence[Fact], world: World, span: Span, now: datetime
) -> Iterator[Hit | Unknown]:
    """Finished steps of the clock at which the window holds more (or less) than its baseline lets expect.

    A step is finished when `now` has reached it; a report counts at its end, once.
    """
    if asks.direction == "up" and _too_few(asks, facts, span, now):
        return
    series = Series(facts)
    apart = [fact for fact in series.facts if asks.without and all(c.holds(fact) for c in asks.without)]
    alone = Series(fact for fact in series.facts if fact not in apart) if apart else series
    steps = _steps(series, asks, span, now) if asks.direction == "up" else _all_steps(series, asks, span, now)
    for at in steps:
        since = at - asks.window
        if asks.direction == "up":
            if series.weighed(since, at, asks.weight) < asks.min_count:
                continue
            if series.tally(since, at, asks.distinct, asks.weight) < asks.min_count:
                continue
        if not _rises(asks, series, at):
            continue
        exposure = _Exposure.of(asks, key, at, world, now)
        numbers = _rate_numbers(asks, series, at, exposure)
        if exposure.refusal:
            yield Unknown(key, at, exposure.refusal, numbers)
        elif _reaches(numbers):
            if asks.without:
                numbers |= _carved_out(
                    numbers if alone is series else _rate_numbers(asks, alone, at, exposure)
                )
            evidence = series.ended(since, at) or series.ended(since - asks.guard - asks.baseline, since)
            n = int(numbers["n"] or 0)
            strength = (n,) if asks.direction == "up" else (-n,)
            yield hit_of(key, at, evidence, numbers, strength, None)


def _too_few(asks: Rate, facts: Sequence[Fact], span: Span, now: datetime) -> bool:
    """Whether all windows of a span together hold less than one of them must."""
    after, until = span.start - asks.window, min(now, span.end)
    told = (fact for fact in facts if after < fact.event_end <= until)
    return sum(1 if asks.weight == "one" else fact.weight for fact in told) < asks.min_count


def _rises(asks: Rate, series: Series, at: datetime) -> bool:
    """Whether each of the last windows holds more than the one before it."""
    counts = [
        series.tally(at - asks.window * (i + 1), at - asks.window * i, asks.distinct, asks.weight)
        for i in range(asks.rising)
    ]
    return all(later > earlier for later, earlier in pairwise(counts))


def _reaches(numbers: Numbers) -> bool:
    margin = numbers["margin"]
    return isinstance(margin, int) and margin >= 0


def tally(facts: Sequence[Fact], distinct: str, weight: str) -> int:
    """How many, counting each distinct thing once.

    Weighed by the best count, the observers of one incident are not added up: per kind of event the
    one who counted most stands for all (counting rule C5). A null incident counts as itself.
    """
    if weight == "one":
        return len({thing_of(fact, distinct) for fact in facts})
    if distinct == "observation":
        return sum(fact.weight for fact in facts)
    by_observer: dict[tuple[str, str, str], int] = {}
    for fact in facts:
        seen = (thing_of(fact, distinct), fact.type, fact.source)
        by_observer[seen] = by_observer.get(seen, 0) + fact.weight
    by_event: dict[tuple[str, str], int] = {}
    for (thing, kind, _), counted in by_observer.items():
        by_event[thing, kind] = max(by_event.get((thing, kind), 0), counted)
    return sum(by_event.values())


def thing_of(fact: Fact, distinct: str) -> str:
    """What the fact is counted once as."""
    if distinct == "incident":
        return fact.incident_id or f"observation {fact.observation_id}"
    if distinct == "source":
        return fact.source
    if distinct == "device":
        return fact.device or f"observation {fact.observation_id}"
    if distinct == "claimant":
        return str(fact.value("claimant") or f"observation {fact.observation_id}")
    return fact.observation_id


def hit_of(
    key: str,
    at: datetime,
    evidence: Iterable[Fact],
    numbers: dict[str, Number],
    strength: tuple[int, ...],
    anchor: Fact | None,
) -> Hit:
    cited = tuple(sorted(evidence, key=attrgetter("event_end", "observation_id")))
    numbers["sources"] = len({fact.source for fact in cited})
    return Hit(key, at, cited, numbers, strength, anchor, place_of(anchor), _sector_of(cited, anchor))


def _sector_of(evidence: Sequence[Fact], anchor: Fact | None) -> str | None:
    """The anchor's sector; without an anchor the one that most of the evidence lies in."""
    if anchor is not None:
        return anchor.sector
    lying = Counter(fact.sector for fact in evidence if fact.sector)
    return min(lying, key=lambda sector: (-lying[sector], sector)) if lying else None


def place_of(fact: Fact | None) -> tuple[int, int, int] | None:
    if fact is None or fact.x is None or fact.y is None or fact.z is None:
        return None
    return fact.x, fact.y, fact.z


# ---- rate: its clock, its baseline and its arithmetic ------------------------------------------------


def _steps(series: Series, asks: Rate, span: Span, now: datetime) -> Iterator[datetime]:
    """The finished steps inside the span whose window is not empty, in order, each once."""
    last_step = min(now, span.end)
    behind = span.start
    for end in series.ends[bisect_right(series.ends, ceil_to(behind, asks.every) - asks.window) :]:
        step = max(ceil_to(end, asks.every), ceil_to(behind, asks.every))
        while step <= last_step and step - asks.window < end:
            yield step
            step += asks.every
            behind = step
        if end > last_step:
            return


def ceil_to(moment: datetime, every: timedelta) -> datetime:
    """The first step of the clock at or after a moment; steps count from the start of 1970 UTC."""
    return moment + (_EPOCH - moment) % every


def _all_steps(series: Series, asks: Rate, span: Span, now: datetime) -> Iterator[datetime]:
    """Every finished step inside the span that any report has in its reach."""
    if not series.ends:
        return
    step = ceil_to(max(span.start, series.ends[0]), asks.every)
    last = min(now, span.end, series.ends[-1] + asks.lookback)
    while step <= last:
        yield step
        step += asks.every


@dataclass(frozen=True, slots=True)
class _Exposure:
    """How long we watched, in the window and in the time it is compared with, and how much is known yet."""

    minutes_now: int
    minutes_before: int
    known_percent: int
    refusal: str | None

    @classmethod
    def of(cls, asks: Rate, key: str, at: datetime, world: World, now: datetime) -> "_Exposure":
        since, until = at - asks.window, at - asks.window - asks.guard
        if asks.exposure == "hours":
            now_in, before = asks.window // timedelta(minutes=1), asks.baseline // timedelta(minutes=1)
        else:
            now_in = world.watched.minutes(key, since, at)
            before = world.watched.minutes(key, until - asks.baseline, until)
        refusal = None
        if before < max(1, asks.min_baseline_minutes) or key == NO_SECTOR:
            refusal = "no_baseline"
        elif now_in < max(1, asks.min_window_minutes):
            refusal = "not_watched"
        return cls(now_in, before, _known_percent(asks, key, at, world, now), refusal)

    @property
    def compared(self) -> tuple[int, int]:
        """Exposure of window and baseline on one scale, the window's as far as it is known yet."""
        return self.minutes_now * self.known_percent, self.minutes_before * 100


def _known_percent(asks: Rate, key: str, at: datetime, world: World, now: datetime) -> int:
    """How much of the window is usually known by now, on average over its days, in whole percent.

    Ages are taken in whole days, rounded up: so the answer moves once a day, and rather too little than too
    much is made of what has only just happened.
    """
    if asks.complete_within is None:
        return 100
    # As of the last finished step, so that looking again between two steps gives the same answer.
    now -= (now - _EPOCH) % asks.every
    if now - at >= asks.complete_within:
        return 100
    days = max(1, -(-asks.window // timedelta(days=1)))
    day = timedelta(days=1)
    ages = [max(day, day * -((at - now) // day)) + day * i for i in range(days)]
    return sum(world.completeness.percent(key, age, asks.complete_within) for age in ages) // days


def _rate_numbers(asks: Rate, series: Series, at: datetime, exposure: _Exposure) -> dict[str, Number]:
    until = at - asks.window - asks.guard
    n = series.tally(at - asks.window, at, asks.distinct, asks.weight)
    counts = _counts_before(asks, series, until)
    before, at_most = sum(counts), None
    if asks.cap is not None and counts:
        at_most = _capped(counts, asks.cap)
        counts = [min(count, at_most) for count in counts]
        before = sum(counts)
    elif asks.distinct != "observation":
        # Something that lasted over two windows of the baseline counts once in the whole of it.
        before = series.tally(until - asks.baseline, until, asks.distinct, asks.weight)
    spread = _dispersion(asks, counts)
    numbers: dict[str, Number] = {
        "n": n,
        "hours": hours(exposure.minutes_now),
        "before_n": before,
        "before_hours": hours(exposure.minutes_before),
        "dispersion": float(spread),
    }
    if at_most is not None:
        numbers["before_capped_at"] = at_most
    if asks.complete_within is not None:
        numbers["known_percent"] = exposure.known_percent
    if asks.rising:
        numbers["rising"] = asks.rising
    if exposure.refusal:
        return numbers
    now_in, before_in = exposure.compared
    expected = Fraction(before * now_in, before_in)
    calm = -int(-before // spread)
    compared = max(expected, Fraction(1, 2))
    if asks.direction == "up":
        needed = _needed(asks, calm, spread, compared, now_in, before_in)
        margin = n - needed
        chance = _chance(int(n / spread), calm, now_in, before_in)
    else:
        needed = _allowed(asks, before, spread, expected, now_in, before_in)
        margin = needed - n
        fewer = max(0, int(before / spread) - 1)
        chance = 1 - _chance(-int(-n // spread) + 1, fewer, now_in, before_in)
    numbers |= {
        "expected": round(float(expected), 2),
        "ratio": round(float(n / compared), 1),
        "needed": needed,
        "margin": margin,
        "chance": float(f"{max(0.0, chance):.1e}"),
    }
    return numbers


def _counts_before(asks: Rate, series: Series, until: datetime) -> list[int]:
    """What each window of the baseline held, latest first."""
    edges = [until - asks.window * i for i in range(asks.baseline // asks.window + 1)]
    return [series.tally(after, to, asks.distinct, asks.weight) for to, after in pairwise(edges)]


def _capped(counts: Sequence[int], cap: Fraction) -> int:
    """The most that one window of the baseline counts: so many times their median, and at least one."""
    ordered = sorted(counts)
    middle = Fraction(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2], 2)
    return max(1, int(cap * max(middle, Fraction(1, 2))))


def _carved_out(alone: Numbers) -> dict[str, Number]:
    """The same verdict once more, without what the rule sets apart (an assessed exercise)."""
    return {
        "without_n": alone["n"],
        "without_needed": alone["needed"],
        "without_stands": _reaches(alone),
    }


def _dispersion(asks: Rate, counts: Sequence[int]) -> Fraction:
    """Variance over mean of the baseline's windows, in tenths, rounded up, between 1 and the rule's limit."""
    windows, total = len(counts), sum(counts)
    if windows < 2 or total == 0:
        return Fraction(1)
    # Sum of squared deviations over (windows - 1), divided by the mean, without leaving whole numbers.
    squares = windows * sum(count * count for count in counts) - total * total
    tenths = -(-10 * squares // ((windows - 1) * total))
    return min(max(Fraction(tenths, 10), Fraction(1)), asks.max_dispersion)


def _needed(asks: Rate, calm: int, spread: Fraction, compared: Fraction, now_in: int, before_in: int) -> int:
    """The least count that is a hit: by number, by ratio and by chance.

    Clustered reports carry less: both counts are divided by the dispersion, against the alarm.
    """
    by_chance = least_unlikely(calm, now_in, before_in, asks.alpha)
    return max(asks.min_count, -int(-(asks.min_ratio * compared) // 1), -int(-by_chance * spread // 1))


def _allowed(
    asks: Rate, before: int, spread: Fraction, expected: Fraction, now_in: int, before_in: int
) -> int:
    """The greatest count that is a hit of a fall, -1 where none is: by expectation, ratio and chance."""
    if expected < asks.min_count:
        return -1
    by_chance = greatest_unlikely(int(before / spread), now_in, before_in, asks.alpha)
    return min(int(expected / asks.min_ratio), int(by_chance * spread) if by_chance >= 0 else -1)


@lru_cache(maxsize=4096)
def least_unlikely(before: int, minutes_now: int, minutes_before: int, alpha: Fraction) -> int:
    """The least n whose chance, given the baseline, is at most alpha; exact, in whole numbers.

    The conditional test of two Poisson rates, which is the tail of a negative binomial with
    `before + 1` successes: P(X >= n) = 1 - sum over k < n of C(k + before, k) p^k (1 - p)^(before + 1),
    p = E_n / (E_n + E_B). Both sides are multiplied out, so nothing is rounded.
    """
    shared = gcd(minutes_now, minutes_before)
    a, b = minutes_now // shared, minutes_before // shared
    both = a + b
    term = below = b ** (before + 1)
    whole = both ** (before + 1)
    n = 1
    spared, of = alpha.denominator - alpha.numerator, alpha.denominator
    while below * of < spared * whole:
        term = term * a * (n + before) // n
        below = below * both + term
        whole *= both
        n += 1
    return n


@lru_cache(maxsize=4096)
def greatest_unlikely(before: int, minutes_now: int, minutes_before: int, alpha: Fraction) -> int:
    """The greatest n so few that as few come about with a chance of at most alpha; -1 where none is.

    The other side of the same conditional test, with `before` successes: P(X <= n) <= alpha, in whole
    numbers. Without anything before, nothing is too few.
    """
    shared = gcd(minutes_now, minutes_before)
    a, b = minutes_now // shared, minutes_before // shared
    both = a + b
    term = below = b**before if before else 1
    whole = both**before if before else 1
    n = -1
    while below * alpha.denominator <= alpha.numerator * whole and before:
        n += 1
        term = term * a * (n + before) // (n + 1)
        below = below * both + term
        whole *= both
    return n


def _chance(n: int, before: int, minutes_now: int, minutes_before: int) -> float:
    """The chance of at least n, for the sentence only: two significant digits, never a verdict."""
    if n <= 0:
        return 1.0
    p = minutes_now / (minutes_now + minutes_before)
    log_term = (
        lgamma(n + before + 1) - lgamma(n + 1) - lgamma(before + 1) + n * log(p) + (before + 1) * log(1 - p)
    )
    ratio_sum, factor, k = 0.0, 1.0, n
    while factor > 1e-12 * max(ratio_sum, 1e-300) and k < n + 100_000:
        ratio_sum += factor
        factor *= p * (k + before + 1) / (k + 1)
        k += 1
    return float(f"{min(1.0, exp(log_term) * ratio_sum):.1e}")
