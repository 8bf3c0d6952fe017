"""A rule as a value: what it reads, what it asks, how it groups, grades and speaks (pure).

Belongs here: the parts of a rule and how a filter or a severity is decided from numbers.
Does not belong here: the file format (loader) and the judging (conditions and its neighbours).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, TypeAlias

from incidents.rules.facts import (
    DETAILS,
    EXPOSURES,
    NO_SECTOR,
    WHOLE_MISSION,
    Fact,
    Spot,
)

Number: TypeAlias = int | float | str | bool | None
Numbers: TypeAlias = Mapping[str, Number]

# The fields a filter may ask about, and no others: the same list answers in Python and in a store.
NUMBER_DETAILS = frozenset({"devices_affected", "distance_to_line_m", "hours_per_day", "missing", "severity"})
TEXT_FIELDS = frozenset(
    {"category", "type", "info_type", "means", "weapon", "assessed_exercise", "status", "sector", "origin"}
) | (DETAILS - NUMBER_DETAILS)
NUMBER_FIELDS = frozenset({"tier", "count_best"}) | NUMBER_DETAILS
SCALE_FIELDS: Mapping[str, tuple[str, ...]] = {"exposure": EXPOSURES}
OPERATORS = ("is", "is_not", "in", "not_in", "at_least", "at_most")

# What a rule judges apart.
KEYS = ("sector", "mission", "settlement", "team", "device", "watch", "claimant", "corridor")


@dataclass(frozen=True, slots=True)
class Where:
    """One clause of a filter: field, operator, value. An unknown value (null) fulfils only a negation.

    A field with several answers (what is short, which risks) fulfils a clause when any of them does, and
    a negation when none does.
    """

    field: str
    operator: str
    value: Any

    def holds(self, fact: Fact) -> bool:
        found = fact.value(self.field)
        # Most clauses ask one word for one word, millions of times.
        if found.__class__ is str:
            if self.operator == "is":
                return bool(found == self.value)
            if self.operator == "in":
                return found in self.value
        answers = found if isinstance(found, list | tuple) else (found,)
        if self.operator in ("is_not", "not_in"):
            refused = (self.value,) if self.operator == "is_not" else self.value
            return all(answer not in refused for answer in answers)
        return any(answer is not None and self._agrees(answer) for answer in answers)

    def _agrees(self, found: Any) -> bool:
        if self.operator == "is":
            return bool(found == self.value)
        if self.operator == "in":
            return found in self.value
        scale = SCALE_FIELDS.get(self.field)
        left, right = (_rank(scale, found), _rank(scale, self.value)) if scale else (found, self.value)
        return bool(left >= right if self.operator == "at_least" else left <= right)


def _rank(scale: tuple[str, ...], value: str) -> int:
    return scale.index(value) if value in scale else -1


def fits(clauses: Sequence[Where], fact: Fact) -> bool:
    """Whether every clause holds; a filter without clauses fits everything."""
    return all(clause.holds(fact) for clause in clauses)


@dataclass(frozen=True, slots=True)
class Grade:
    """A severity and the least numbers that earn it; no numbers means it is the floor."""

    level: int
    when: tuple[tuple[str, int | float], ...] = ()

    def earned(self, numbers: Numbers) -> bool:
        for name, least in self.when:
            found = numbers.get(name)
            if not isinstance(found, int | float) or found < least:
                return False
        return True


# ---- the nine kinds ------------------------------------------------------------------------------------
# `lookback` is how far before an anchor its verdict reads; it bounds all work.


@dataclass(frozen=True, slots=True)
class Count:
    """At least `least` within `window` (and within `radius_m`, when given) of a matching report."""

    window: timedelta
    least: int
    distinct: str = "incident"
    weight: str = "one"
    radius_m: int | None = None
    group: str = "key"
    certain: bool = False

    @property
    def lookback(self) -> timedelta:
        return self.window


@dataclass(frozen=True, slots=True)
class Rate:
    """More in `window` than the `baseline` before the `guard` lets expect, per unit of exposure.

    `direction: down` asks for less instead. `rising`: so many windows in a row must each hold more than
    the one before. `cap`: a window of the baseline counts at most so many times their median, so that a
    war does not become the baseline. `complete_within`: recent days are taken as far as usually known.
    """

    window: timedelta
    baseline: timedelta
    guard: timedelta
    every: timedelta
    min_count: int
    min_ratio: Fraction
    alpha: Fraction
    exposure: str = "watch_hours"
    min_baseline_minutes: int = 0
    min_window_minutes: int = 0
    max_dispersion: Fraction = Fraction(8)
    distinct: str = "incident"
    weight: str = "one"
    without: tuple[Where, ...] = ()
    direction: str = "up"
    rising: int = 0
    cap: Fraction | None = None
    complete_within: timedelta | None = None

    @property
    def lookback(self) -> timedelta:
        return max(self.window + self.guard + self.baseline, self.window * self.rising)


@dataclass(frozen=True, slots=True)
class StepUp:
    """The highest tier of `window` against the highest of `before`: by `rise` tiers, or first to `reach`."""

    window: timedelta
    before: timedelta
    rise: int | None = None
    reach: int | None = None
    min_before: int = 0
    certain: bool = False

    @property
    def lookback(self) -> timedelta:
        return self.window + self.before


@dataclass(frozen=True, slots=True)
class Succession:
    """Distinct reports for every step within `window`, in order or in any, with nothing `absent` between.

    `alternate`: instead of steps, a chain of `times` reports each of which points against the one before.
    """

    window: timedelta
    steps: tuple[tuple[Where, ...], ...]
    radius_m: int | None = None
    any_order: bool = False
    absent: tuple[Where, ...] | None = None
    alternate: int = 0
    certain: bool = False

    @property
    def lookback(self) -> timedelta:
        return self.window


@dataclass(frozen=True, slots=True)
class Spread:
    """Reports in at least `least` sectors within `window`; `adjacent`: in sectors that hang together."""

    window: timedelta
    least: int
    adjacent: bool = False
    each: int = 1
    certain: bool = False

    @property
    def lookback(self) -> timedelta:
        return self.window


@dataclass(frozen=True, slots=True)
class State:
    """Opened and not closed for `holds_for`; judged again `every` so often while it lasts.

    Reads the last `lookback` only: a state that nobody repeats for so long is no longer known to hold.
    """

    opens: tuple[Where, ...]
    closes: tuple[Where, ...]
    holds_for: timedelta
    every: timedelta
    lookback: timedelta


@dataclass(frozen=True, slots=True)
class Silence:
    """No sign within `every` plus `grace` while signs are expected; or none by the end plus `grace`.

    `expects` finds the facts that say from when to when. `due`: after each sign (`sign`), or once, at the
    end of the expected span (`end`). `lookback`: the longest silence, and the longest span, that is followed.
    """

    expects: tuple[Where, ...]
    due: str
    every: timedelta
    grace: timedelta
    lookback: timedelta


@dataclass(frozen=True, slots=True)
class Breach:
    """A report inside the area and time of an agreed silence: the `least`-th since it began.

    `radius_m`: the area is a circle around the silence's position, else its sector. `a_day`: so many
    within 24 hours instead. `repeat` and `reset`: only from the so manieth run of breaches on, where a run
    ends with `reset` without a breach. `lookback`: the longest silence that is followed.
    """

    truce: tuple[Where, ...]
    lookback: timedelta
    least: int = 1
    a_day: int | None = None
    repeat: int = 1
    reset: timedelta | None = None
    radius_m: int | None = None
    distinct: str = "incident"
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Combine:
    """At least `least` of the named rules, or of the keys they hold in, within `window`.

    `across`: in one sector, in the whole mission, or within `radius_m` of each other.
    `ordered`: the rules must have begun in the order named.
    """

    of: tuple[str, ...]
    least: int
    window: timedelta
    counts: str = "rules"
    across: str = "sector"
    radius_m: int | None = None
    ordered: bool = False
    adjacent: bool = False

    @property
    def lookback(self) -> timedelta:
        return self.window


Asks: TypeAlias = Count | Rate | StepUp | Succession | Spread | State | Silence | Breach | Combine
KIND_OF: Mapping[type, str] = {
    Count: "count",
    Rate: "rate",
    StepUp: "step_up",
    Succession: "sequence",
    Spread: "spread",
    State: "state",
    Silence: "silence",
    Breach: "breach",
    Combine: "combine",
}


@dataclass(frozen=True, slots=True)
class Escalation:
    """Whom to tell when nobody has acknowledged after so long (known time)."""

    after: timedelta
    to: str


@dataclass(frozen=True, slots=True)
class Budget:
    """How many alerts a rule may raise in so long, over the whole mission, before it must be looked at."""

    alerts: int
    every: timedelta


@dataclass(frozen=True, slots=True)
class Speaking:
    """How its alerts are told. None of it adds or takes away an alert.

    `cooldown`: least time between messages of one alert, unless it grows graver. `group_by`, `group_wait`:
    one message for several alerts. `inhibit_by`: no message while one of these rules has an open alert of
    the same sector. `colour`: how it is drawn. `restricted`: only these roles are told.
    """

    cooldown: timedelta | None = None
    group_by: str | None = None
    group_wait: timedelta | None = None
    inhibit_by: tuple[str, ...] = ()
    escalate: tuple[Escalation, ...] = ()
    colour: str = "observation"
    restricted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A worked case inside the rule file: versions as they were known, and what must come out."""

    name: str
    line: int
    versions: tuple[Fact, ...]
    watched: tuple[Any, ...]
    now: datetime
    expect: Mapping[str, Any]
    neighbours: Mapping[str, frozenset[str]] = field(default_factory=dict)
    spots: tuple[Spot, ...] = ()
    episodes: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def is_positive(self) -> bool:
        return bool(self.expect["findings"] > 0)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as loaded; the digest covers everything that decides or describes, not status or examples."""

    id: str
    version: int
    status: str
    title: str
    says: str
    article: str
    asks: Asks
    where: tuple[Where, ...]
    join_within: timedelta
    resolve_after: timedelta | None
    severity: tuple[Grade, ...]
    digest: str
    examples: tuple[Example, ...] = ()
    source: str = ""
    key: str = "sector"
    near_m: int | None = None
    lasting: timedelta = timedelta(0)
    within_state: State | None = None
    speaking: Speaking = Speaking()
    budget: Budget | None = None
    approved_by: str | None = None

    @property
    def kind(self) -> str:
        return KIND_OF[type(self.asks)]

    @property
    def runs(self) -> bool:
        return self.status in ("on", "shadow")

    @property
    def lookback(self) -> timedelta:
        """How far before an anchor its verdict reads."""
        if self.within_state is None:
            return self.asks.lookback
        return max(self.asks.lookback, self.within_state.lookback)

    @property
    def crosses_sectors(self) -> bool:
        """Whether one anchor reads facts of other sectors than its own."""
        asks = self.asks
        if self.key != "sector" or isinstance(asks, Spread | Combine | Breach):
            return True
        return isinstance(asks, Count | Succession) and asks.radius_m is not None

    @property
    def follows_the_clock(self) -> bool:
        """Whether time alone can bring a hit, without any report."""
        return isinstance(self.asks, Rate | State | Silence)

    @property
    def settles_after(self) -> timedelta:
        """How long after a step the clock alone may still change its verdict."""
        if isinstance(self.asks, Rate) and self.asks.complete_within is not None:
            return self.asks.complete_within + self.asks.window
        return timedelta(0)

    @property
    def reads_episodes_of(self) -> tuple[str, ...]:
        return self.asks.of if isinstance(self.asks, Combine) else ()

    @property
    def links_within(self) -> timedelta:
        """How near two hits must be to belong to one episode."""
        if isinstance(self.asks, Count) and self.asks.group == "link":
            return self.asks.window
        return self.join_within

    def reads(self, fact: Fact) -> bool:
        """Whether a fact takes part at all: it counts, and some filter of the rule wants it."""
        if isinstance(self.asks, Combine):
            return False
        return fact.counted and (self.wants(fact) or any(fits(c, fact) for c in self._beside()))

    @property
    def reads_beside(self) -> bool:
        """Whether it reads any fact that does not fulfil its own filter."""
        return any(True for _ in self._beside())

    def wants(self, fact: Fact) -> bool:
        """Whether a fact fulfils the rule's own filter; in a sequence, that of some step as well."""
        if not fits(self.where, fact):
            return False
        asks = self.asks
        if isinstance(asks, Succession) and asks.steps:
            return any(fits(step, fact) for step in asks.steps)
        return True

    def _beside(self) -> Iterable[tuple[Where, ...]]:
        """Filters for facts that the verdict reads beside those of `where`."""
        asks = self.asks
        if isinstance(asks, Succession):
            if asks.absent is not None:
                yield asks.absent
        elif isinstance(asks, State):
            yield asks.closes
        elif isinstance(asks, Silence):
            yield asks.expects
        elif isinstance(asks, Breach):
            yield asks.truce
        if self.within_state is not None:
            yield self.within_state.opens
            yield self.within_state.closes

    def keys_of(self, fact: Fact, spots: Sequence[Spot] = ()) -> tuple[str, ...]:
        """What the fact is judged under: one key, or every settlement that it lies near."""
        if self.key == "sector":
            return (fact.key,)
        if self.key == "mission":
            return (WHOLE_MISSION,)
        if self.key == "settlement":
            return tuple(spot.code for spot in spots if self._is_near(fact, spot))
        return (str(fact.value(self.key) or NO_SECTOR),)

    def _is_near(self, fact: Fact, spot: Spot) -> bool:
        if fact.x is None or fact.y is None or fact.z is None or self.near_m is None:
            return False
        dx, dy, dz = fact.x - spot.x, fact.y - spot.y, fact.z - spot.z
        return dx * dx + dy * dy + dz * dz <= self.near_m * self.near_m

    @property
    def categories(self) -> frozenset[str] | None:
        """The categories of the facts it can read at all; None where its filters do not say."""
        asks = self.asks
        own = [self.where]
        if isinstance(asks, Succession) and asks.steps:
            own = [(*self.where, *step) for step in asks.steps]
        named: set[str] = set()
        for clauses in (*own, *self._beside()):
            wanted = [c for c in clauses if c.field == "category" and c.operator in ("is", "in")]
            if not wanted:
                return None
            value = wanted[0].value
            named.update(value if isinstance(value, tuple) else (value,))
        return frozenset(named)

    def filters_by(self, name: str) -> bool:
        """Whether any filter asks about a field of a fact."""
        clauses = [*self.where, *(clause for clauses in self._beside() for clause in clauses)]
        return isinstance(self.asks, State) or any(clause.field == name for clause in clauses)

    def grade(self, numbers: Numbers) -> int:
        """The highest severity the numbers earn."""
        return max(grade.level for grade in self.severity if grade.earned(numbers))
