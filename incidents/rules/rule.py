"""A rule as a value: what it reads, what it asks, how it groups and grades (pure).

Belongs here: the parts of a rule and how a filter or a severity is decided from numbers.
Does not belong here: the file format (loader) and the judging (conditions).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any, TypeAlias

from incidents.rules.facts import EXPOSURES, Fact

Number: TypeAlias = int | float | str | bool | None
Numbers: TypeAlias = Mapping[str, Number]

# The fields a filter may ask about, and no others: the same list answers in Python and in a store.
TEXT_FIELDS = frozenset(
    {"category", "type", "info_type", "means", "weapon", "assessed_exercise", "status", "sector"}
)
NUMBER_FIELDS = frozenset({"tier", "count_best"})
SCALE_FIELDS: Mapping[str, tuple[str, ...]] = {"exposure": EXPOSURES}
OPERATORS = ("is", "is_not", "in", "not_in", "at_least", "at_most")


@dataclass(frozen=True, slots=True)
class Where:
    """One clause of a filter: field, operator, value. An unknown value (null) fulfils only a negation."""

    field: str
    operator: str
    value: Any

    def holds(self, fact: Fact) -> bool:
        found = getattr(fact, self.field)
        if self.operator in ("is_not", "not_in"):
            refused = (self.value,) if self.operator == "is_not" else self.value
            return found not in refused
        if found is None:
            return False
        if self.operator == "is":
            return bool(found == self.value)
        if self.operator == "in":
            return found in self.value
        return self._compares(found)

    def _compares(self, found: Any) -> bool:
        scale = SCALE_FIELDS.get(self.field)
        left, right = (_rank(scale, found), _rank(scale, self.value)) if scale else (found, self.value)
        return bool(left >= right if self.operator == "at_least" else left <= right)


def _rank(scale: tuple[str, ...], value: str) -> int:
    return scale.index(value) if value in scale else -1


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
    """More in `window` than the `baseline` before the `guard` lets expect, per unit of exposure."""

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

    @property
    def lookback(self) -> timedelta:
        return self.window + self.guard + self.baseline


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


Asks: TypeAlias = Count | Rate | StepUp
KIND_OF: Mapping[type, str] = {Count: "count", Rate: "rate", StepUp: "step_up"}


@dataclass(frozen=True, slots=True)
class Example:
    """A worked case inside the rule file: versions as they were known, and what must come out."""

    name: str
    line: int
    versions: tuple[Fact, ...]
    watched: tuple[Any, ...]
    now: Any
    expect: Mapping[str, Any]

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

    @property
    def kind(self) -> str:
        return KIND_OF[type(self.asks)]

    @property
    def runs(self) -> bool:
        return self.status in ("on", "shadow")

    @property
    def crosses_sectors(self) -> bool:
        """Whether one anchor reads facts of other sectors than its own."""
        return isinstance(self.asks, Count) and self.asks.radius_m is not None

    @property
    def follows_the_clock(self) -> bool:
        return isinstance(self.asks, Rate)

    @property
    def links_within(self) -> timedelta:
        """How near two hits must be to belong to one episode."""
        if isinstance(self.asks, Count) and self.asks.group == "link":
            return self.asks.window
        return self.join_within

    def reads(self, fact: Fact) -> bool:
        """Whether a fact takes part at all: it counts, and every clause of the filter holds."""
        return fact.counted and all(clause.holds(fact) for clause in self.where)

    def filters_by(self, field: str) -> bool:
        """Whether the filter asks about a field of a fact."""
        return any(clause.field == field for clause in self.where)

    def grade(self, numbers: Numbers) -> int:
        """The highest severity the numbers earn."""
        return max(grade.level for grade in self.severity if grade.earned(numbers))
