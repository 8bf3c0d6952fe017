"""What the rules see: observation versions and hours watched, as plain values (pure).

Belongs here: the shape of a fact, the live set at a moment, exact distances and watched time.
Does not belong here: where facts come from (service) and what is concluded from them (conditions).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

# The order in which a patrol's own danger rises (domain: exposure of the observer).
EXPOSURES = ("none", "earshot", "present", "in_direction_of", "near_miss", "struck")

# reported: received, in review, returned or quarantined; verified: accepted. Disputed evidence still
# counts, because a dispute is not yet a refutation; refuted and withdrawn evidence does not.
COUNTED = frozenset({"reported", "verified", "disputed"})
STATUSES = frozenset({"reported", "verified", "disputed", "refuted", "withdrawn"})

# The key of facts that lie in no sector: they are judged together, not forgotten.
NO_SECTOR = "-"

QUARANTINED = "quarantined"
TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Fact:
    """One version of one observation as the rules read it; positions are ECEF metres."""

    observation_id: str
    version: int
    revision: int
    known_at: datetime
    event_start: datetime
    event_end: datetime
    category: str
    type: str
    sector: str | None = None
    info_type: str | None = None
    means: str | None = None
    weapon: str | None = None
    tier: int | None = None
    count_best: int | None = None
    exposure: str = "none"
    assessed_exercise: str | None = None
    incident_id: str | None = None
    team: str | None = None
    device: str | None = None
    status: str = "reported"
    flags: frozenset[str] = frozenset()
    x: int | None = None
    y: int | None = None
    z: int | None = None
    cell: str | None = None

    @property
    def key(self) -> str:
        return self.sector or NO_SECTOR

    @property
    def source(self) -> str:
        """Who stands behind it: the team, else the device, else the observation alone."""
        return self.team or self.device or self.observation_id

    @property
    def weight(self) -> int:
        """Violations reported: the best count, and one where nothing was counted (counting rule C4)."""
        return max(1, self.count_best or 1)

    @property
    def counted(self) -> bool:
        return self.status in COUNTED and TRAINING not in self.flags

    @property
    def exposure_level(self) -> int:
        return EXPOSURES.index(self.exposure) if self.exposure in EXPOSURES else 0


def live_set(versions: Iterable[Fact], known_at: datetime) -> dict[str, Fact]:
    """The highest version of each observation that was known at the moment, by observation id."""
    live: dict[str, Fact] = {}
    for fact in versions:
        held = live.get(fact.observation_id)
        if fact.known_at <= known_at and (held is None or fact.version > held.version):
            live[fact.observation_id] = fact
    return live


def is_within(one: Fact, other: Fact, radius_m: int) -> bool:
    """Whether two facts lie within the radius, in whole metres; a fact without a position never does."""
    if one.x is None or one.y is None or one.z is None:
        return False
    if other.x is None or other.y is None or other.z is None:
        return False
    dx, dy, dz = one.x - other.x, one.y - other.y, one.z - other.z
    return dx * dx + dy * dy + dz * dz <= radius_m * radius_m


@dataclass(frozen=True, slots=True)
class Watched:
    """One span in which somebody watched one sector."""

    sector: str
    start: datetime
    end: datetime


class WatchHours:
    """Watched time per sector: two watches of the same hour are two watch-hours.

    The time watched until t is a sum over starts less a sum over ends, so each question costs two
    look-ups, however many watches there were.
    """

    def __init__(self, spans: Iterable[Watched] = ()) -> None:
        starts: dict[str, list[int]] = {}
        ends: dict[str, list[int]] = {}
        for span in spans:
            if span.end > span.start:
                starts.setdefault(span.sector, []).append(_minute(span.start))
                ends.setdefault(span.sector, []).append(_minute(span.end))
        self._starts: Mapping[str, _Marks] = {sector: _Marks(at) for sector, at in starts.items()}
        self._ends: Mapping[str, _Marks] = {sector: _Marks(at) for sector, at in ends.items()}

    def minutes(self, sector: str, start: datetime, end: datetime) -> int:
        """Whole watch-minutes of a sector between two moments."""
        if sector not in self._starts or end <= start:
            return 0
        return self._until(sector, _minute(end)) - self._until(sector, _minute(start))

    def _until(self, sector: str, minute: int) -> int:
        return self._starts[sector].passed(minute) - self._ends[sector].passed(minute)


class _Marks:
    def __init__(self, minutes: list[int]) -> None:
        self._at = sorted(minutes)
        self._sums = [0, *accumulate(self._at)]

    def passed(self, minute: int) -> int:
        """The sum of (minute - mark) over all marks not after the minute."""
        n = bisect_right(self._at, minute)
        return n * minute - self._sums[n]


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def hours(minutes: int) -> float:
    """Minutes as hours to one decimal, the way sentences print them."""
    return round(minutes / 60, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """A closed stretch of event time."""

    start: datetime
    end: datetime

    def widened(self, by: timedelta) -> "Span":
        return Span(self.start - by, self.end + by)

    def touches(self, other: "Span") -> bool:
        return self.start <= other.end and other.start <= self.end

    def joined(self, other: "Span") -> "Span":
        return Span(min(self.start, other.start), max(self.end, other.end))
