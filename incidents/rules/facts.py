"""What the rules see: versions of observations, watches and claims, and the world they lie in (pure).

Belongs here: the shape of a fact, the live set at a moment, exact distances, watched time, neighbours,
how complete recent reports are. Does not belong here: where facts come from (service) and what is
concluded from them (conditions and its neighbours).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

# The order in which a patrol's own danger rises (domain: exposure of the observer).
EXPOSURES = ("none", "earshot", "present", "in_direction_of", "near_miss", "struck")

# reported: received, in review, returned or quarantined; verified: accepted. Disputed evidence still
# counts, because a dispute is not yet a refutation; refuted and withdrawn evidence does not.
COUNTED = frozenset({"reported", "verified", "disputed"})
STATUSES = frozenset({"reported", "verified", "disputed", "refuted", "withdrawn"})

# The key of facts that lie in no sector: they are judged together, not forgotten.
NO_SECTOR = "-"
# The one key of rules that look at the whole mission.
WHOLE_MISSION = "*"

# Where a fact comes from. Only observations are counted as what the mission saw.
OBSERVATION, WATCH, CLAIM = "observation", "watch", "claim"
ORIGINS = (OBSERVATION, WATCH, CLAIM)
# The categories under which watches, their signs and claims stand beside the taxonomy's own.
WATCH_CATEGORY, SIGN_CATEGORY, CLAIM_CATEGORY = "WAT", "SGN", "CLM"

# Compass points in sixteenths of the circle, as the form names them.
DIR16 = ("N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW").split()

# What a fact may carry beside its own attributes: a closed list, so that a filter can be checked.
DETAILS = frozenset(
    """access agreed_area answer armed assessed_cause breached build_up_size cargo civilian claimant
    corridor_state corridor devices_affected distance_to_line_m evidence_risk fire_toward first_seen
    harm_cause heading hours_per_day in_zone line_relation missing missing_again object organisation
    passage_outcome person_status reason_given severity shortage_of site_type stopped_by towards
    uav_class utility watch_kind works_kind""".split()
)

QUARANTINED = "quarantined"
TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Fact:
    """One version of one thing that was told, as the rules read it; positions are ECEF metres.

    `observation_id` is the id of the observation, or of the watch's event or the claim, as `origin` says.
    `holds_from` and `holds_to` tell of a span that the thing speaks of and that may be still to come: an
    agreed silence, a planned watch, a corridor closed since yesterday.
    """

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
    origin: str = OBSERVATION
    watch: str | None = None
    holds_from: datetime | None = None
    holds_to: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def value(self, name: str) -> Any:
        """A field that a filter asks about: an attribute, else a detail, else null."""
        return self.details.get(name) if name in DETAILS else getattr(self, name)

    @property
    def reaches_from(self) -> datetime:
        """The earliest moment that the fact speaks of."""
        return self.event_start if self.holds_from is None else min(self.event_start, self.holds_from)

    @property
    def reaches_to(self) -> datetime:
        """The latest moment that the fact speaks of."""
        return self.event_end if self.holds_to is None else max(self.event_end, self.holds_to)

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
    def firmness(self) -> int:
        """How well it is established, for contradictory reports: disputed, reported, verified."""
        return {"disputed": 0, "reported": 1, "verified": 2}.get(self.status, -1)

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
        """Whole watch-minutes of a sector, or of the whole mission, between two moments."""
        if sector == WHOLE_MISSION:
            return sum(self.minutes(one, start, end) for one in self._starts)
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
    """Minutes as hours to two decimals: fine enough that a reader can tell every minute."""
    return round(minutes / 60, 2)


@dataclass(frozen=True, slots=True)
class Span:
    """A closed stretch of event time."""

    start: datetime
    end: datetime

    def widened(self, by: timedelta) -> "Span":
        return Span(self.start - by, self.end + by)

    def touches(self, other: "Span") -> bool:
        return self.start <= other.end and other.start <= self.end

    def holds(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def joined(self, other: "Span") -> "Span":
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Spot:
    """A named point, in ECEF metres: a settlement that a rule looks around."""

    code: str
    x: int
    y: int
    z: int


@dataclass(frozen=True, slots=True)
class Lag:
    """How long after its event one observation was first known, and in which sector it lay."""

    key: str
    event_end: datetime
    late: timedelta


class Completeness:
    """Which share of what will be known of a day is usually known so long after it, in whole percent.

    Estimated once a month, from observations that were known by the first of that month and whose events
    lie between 30 and 210 days before it: one more report does not move every day.
    A sector with fewer than `LEAST` of them is taken with all sectors; without any, all is taken as known.
    """

    LEAST = 30
    OLDEST, YOUNGEST = timedelta(days=210), timedelta(days=30)

    def __init__(self, lags: Iterable[Lag] = (), now: datetime | None = None) -> None:
        self._late: dict[str | None, list[timedelta]] = {}
        if now is not None:
            month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            for lag in lags:
                known = lag.event_end + lag.late <= month
                if known and month - self.OLDEST <= lag.event_end < month - self.YOUNGEST:
                    self._late.setdefault(lag.key, []).append(lag.late)
                    self._late.setdefault(None, []).append(lag.late)
        for late in self._late.values():
            late.sort()

    def percent(self, key: str, age: timedelta, within: timedelta) -> int:
        """Of what is known `within` so long, the share that is known after `age`."""
        late = self._late.get(key, [])
        if len(late) < self.LEAST:
            late = self._late.get(None, [])
        all_of_it = bisect_right(late, within)
        if len(late) < self.LEAST or not all_of_it or age >= within:
            return 100
        return max(1, 100 * bisect_right(late, age) // all_of_it)


def lags_of(versions: Iterable[Fact]) -> list[Lag]:
    """How late each observation was first known."""
    first: dict[str, Fact] = {}
    for fact in versions:
        held = first.get(fact.observation_id)
        if fact.origin == OBSERVATION and (held is None or fact.version < held.version):
            first[fact.observation_id] = fact
    return [Lag(f.key, f.event_end, f.known_at - f.event_end) for f in first.values()]


class World:
    """Everything that conditions read beside the facts of their key.

    `neighbours`: sectors that touch, both ways. `spots`: settlements by code. `episodes`: for rules over
    findings, what the named rules hold, by rule id.
    """

    def __init__(
        self,
        watched: WatchHours | None = None,
        neighbours: Mapping[str, frozenset[str]] | None = None,
        spots: Sequence[Spot] = (),
        completeness: Completeness | None = None,
        episodes: Mapping[str, Sequence[Any]] | None = None,
    ) -> None:
        self._watched = watched or WatchHours()
        self._neighbours = neighbours or {}
        self._spots = spots
        self._completeness = completeness or Completeness()
        self._episodes = episodes or {}

    @property
    def watched(self) -> WatchHours:
        return self._watched

    @property
    def neighbours(self) -> Mapping[str, frozenset[str]]:
        return self._neighbours

    @property
    def spots(self) -> Sequence[Spot]:
        return self._spots

    @property
    def completeness(self) -> Completeness:
        return self._completeness

    @property
    def episodes(self) -> Mapping[str, Sequence[Any]]:
        return self._episodes

    def with_episodes(self, episodes: Mapping[str, Sequence[Any]]) -> "World":
        """The same world, with what the rules below hold."""
        return World(self.watched, self.neighbours, self.spots, self.completeness, episodes)
