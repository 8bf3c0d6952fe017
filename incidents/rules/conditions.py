"""The kinds of condition: each turns facts into hits, and nothing else (pure).

Belongs here: count, rate and step_up, with windows, ties and the arithmetic of the verdict.
Does not belong here: which stretch of time to look at, and how hits become findings (core).

Windows are half open, (t - T, t]: a report exactly T earlier is outside. Reports of the same second
count both ways. A report that lasted stands at its end as an anchor and takes part in every window
it touches; `time: certain` asks that it lie wholly inside. Verdicts compare whole numbers only, so
every machine gives the same answer.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, pairwise
from math import exp, gcd, lgamma, log
from operator import attrgetter

from incidents.rules.facts import NO_SECTOR, Fact, Span, WatchHours, hours, is_within
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
        self._weights = [0, *accumulate(fact.weight for fact in self.facts)]
        self._linked = [0, *accumulate(fact.incident_id is not None for fact in self.facts)]

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


def hits_of_count(rule: Rule, asks: Count, facts: Sequence[Fact], span: Span) -> Iterator[Hit]:
    """Anchors with at least K in their window: (t - T, t], and within R metres where the rule says so."""
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
        yield _hit(anchor.key, anchor.event_end, near, numbers, (n,), anchor)


def hits_of_step_up(
    rule: Rule, asks: StepUp, key: str, facts: Sequence[Fact], watched: WatchHours, span: Span
) -> Iterator[Hit | Unknown]:
    """Anchors whose window holds a higher tier than the time before it, by `rise` or across `reach`."""
    series = Series(fact for fact in facts if fact.tier)
    for anchor in series.anchors(span):
        at = anchor.event_end
        now_in = series.touching(at - asks.window, at, asks.certain)
        level = max((fact.tier or 0 for fact in now_in), default=0)
        if level < (asks.reach or asks.rise or 1):
            continue
        before = series.touching(at - asks.window - asks.before, at - asks.window, asks.certain)
        prior = max((fact.tier or 0 for fact in before), default=0)
        needed = asks.reach or prior + (asks.rise or 0)
        is_hit = level >= needed and (asks.reach is None or prior < asks.reach)
        lacks = len(before) < asks.min_before
        if not (is_hit or lacks):
            continue
        minutes = watched.minutes(key, at - asks.window - asks.before, at - asks.window)
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
            yield _hit(key, at, raising, numbers, (level, len(raising)), anchor)


def hits_of_rate(
    rule: Rule, asks: Rate, key: str, facts: Sequence[Fact], watched: WatchHours, span: Span, now: datetime
) -> Iterator[Hit | Unknown]:
    """Finished steps of the clock at which the window holds more than its own baseline lets expect.

    A step is finished when `now` has reached it; a report counts at its end, once.
    """
    series = Series(facts)
    apart = [fact for fact in series.facts if asks.without and all(c.holds(fact) for c in asks.without)]
    alone = Series(fact for fact in series.facts if fact not in apart) if apart else series
    for at in _steps(series, asks, span, now):
        since = at - asks.window
        if series.weighed(since, at, asks.weight) < asks.min_count:
            continue
        if series.tally(since, at, asks.distinct, asks.weight) < asks.min_count:
            continue
        baseline = _Baseline.of(asks, key, at, watched)
        numbers = _rate_numbers(asks, series, at, baseline)
        if baseline.refusal:
            yield Unknown(key, at, baseline.refusal, numbers)
        elif _reaches(numbers):
            if asks.without:
                numbers |= _carved_out(
                    numbers if alone is series else _rate_numbers(asks, alone, at, baseline)
                )
            yield _hit(key, at, series.ended(since, at), numbers, (int(numbers["n"] or 0),), None)


def _reaches(numbers: Numbers) -> bool:
    n, needed = numbers["n"], numbers["needed"]
    return isinstance(n, int) and isinstance(needed, int) and n >= needed


def tally(facts: Sequence[Fact], distinct: str, weight: str) -> int:
    """How many, counting each distinct thing once.

    Weighed by the best count, the observers of one incident are not added up: per kind of event the
    one who counted most stands for all (counting rule C5). A null incident counts as itself.
    """
    if weight == "one":
        return len({_distinct(fact, distinct) for fact in facts})
    if distinct == "observation":
        return sum(fact.weight for fact in facts)
    by_observer: dict[tuple[str, str, str], int] = {}
    for fact in facts:
        seen = (_distinct(fact, distinct), fact.type, fact.source)
        by_observer[seen] = by_observer.get(seen, 0) + fact.weight
    by_event: dict[tuple[str, str], int] = {}
    for (thing, kind, _), counted in by_observer.items():
        by_event[thing, kind] = max(by_event.get((thing, kind), 0), counted)
    return sum(by_event.values())


def _distinct(fact: Fact, distinct: str) -> str:
    if distinct == "incident":
        return fact.incident_id or f"observation {fact.observation_id}"
    if distinct == "source":
        return fact.source
    if distinct == "device":
        return fact.device or f"observation {fact.observation_id}"
    return fact.observation_id


def _hit(
    key: str,
    at: datetime,
    evidence: Iterable[Fact],
    numbers: dict[str, Number],
    strength: tuple[int, ...],
    anchor: Fact | None,
) -> Hit:
    cited = tuple(sorted(evidence, key=attrgetter("event_end", "observation_id")))
    numbers["sources"] = len({fact.source for fact in cited})
    return Hit(key, at, cited, numbers, strength, anchor)


# ---- rate: its clock, its baseline and its arithmetic ------------------------------------------------


def _steps(series: Series, asks: Rate, span: Span, now: datetime) -> Iterator[datetime]:
    """The finished steps inside the span whose window is not empty, in order, each once."""
    last_step = min(now, span.end)
    behind = span.start
    for end in series.ends:
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


@dataclass(frozen=True, slots=True)
class _Baseline:
    """How long we watched: in the window, and in the time that it is compared with."""

    minutes_now: int
    minutes_before: int
    refusal: str | None

    @classmethod
    def of(cls, asks: Rate, key: str, at: datetime, watched: WatchHours) -> "_Baseline":
        since, until = at - asks.window, at - asks.window - asks.guard
        if asks.exposure == "hours":
            now_in, before = asks.window // timedelta(minutes=1), asks.baseline // timedelta(minutes=1)
        else:
            now_in = watched.minutes(key, since, at)
            before = watched.minutes(key, until - asks.baseline, until)
        refusal = None
        if before < max(1, asks.min_baseline_minutes) or key == NO_SECTOR:
            refusal = "no_baseline"
        elif now_in < max(1, asks.min_window_minutes):
            refusal = "not_watched"
        return cls(now_in, before, refusal)


def _rate_numbers(asks: Rate, series: Series, at: datetime, baseline: _Baseline) -> dict[str, Number]:
    until = at - asks.window - asks.guard
    n = series.tally(at - asks.window, at, asks.distinct, asks.weight)
    before = series.tally(until - asks.baseline, until, asks.distinct, asks.weight)
    spread = _dispersion(asks, series, until)
    numbers: dict[str, Number] = {
        "n": n,
        "hours": hours(baseline.minutes_now),
        "before_n": before,
        "before_hours": hours(baseline.minutes_before),
        "dispersion": float(spread),
    }
    if baseline.refusal:
        return numbers
    expected = Fraction(before * baseline.minutes_now, baseline.minutes_before)
    needed = _needed(asks, before, spread, expected, baseline)
    compared = max(expected, Fraction(1, 2))
    numbers |= {
        "expected": round(float(expected), 2),
        "ratio": round(float(n / compared), 1),
        "needed": needed,
        "margin": n - needed,
        "chance": _chance(
            int(n / spread), -int(-before // spread), baseline.minutes_now, baseline.minutes_before
        ),
    }
    return numbers


def _carved_out(alone: Numbers) -> dict[str, Number]:
    """The same verdict once more, without what the rule sets apart (an assessed exercise)."""
    return {
        "without_n": alone["n"],
        "without_needed": alone["needed"],
        "without_stands": _reaches(alone),
    }


def _dispersion(asks: Rate, series: Series, until: datetime) -> Fraction:
    """Variance over mean of the baseline's windows, in tenths, rounded up, between 1 and the rule's limit."""
    windows = asks.baseline // asks.window
    edges = [until - asks.window * i for i in range(windows + 1)]
    counts = [series.tally(after, to, asks.distinct, asks.weight) for to, after in pairwise(edges)]
    total = sum(counts)
    if windows < 2 or total == 0:
        return Fraction(1)
    # Sum of squared deviations over (windows - 1), divided by the mean, without leaving whole numbers.
    squares = windows * sum(count * count for count in counts) - total * total
    tenths = -(-10 * squares // ((windows - 1) * total))
    return min(max(Fraction(tenths, 10), Fraction(1)), asks.max_dispersion)


def _needed(asks: Rate, before: int, spread: Fraction, expected: Fraction, baseline: _Baseline) -> int:
    """The least count that is a hit: by number, by ratio and by chance."""
    by_ratio = asks.min_ratio * max(expected, Fraction(1, 2))
    # Clustered reports carry less: both counts are divided by the dispersion, against the alarm.
    calm = -int(-before // spread)
    by_chance = least_unlikely(calm, baseline.minutes_now, baseline.minutes_before, asks.alpha)
    return max(asks.min_count, -int(-by_ratio // 1), -int(-by_chance * spread // 1))


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
