"""Which observations may be of one event: a suggestion with its reasons and a score, never a decision. Pure.

Two observations come into question (C6) when their kinds are compatible, when the time between them is within
the tolerance of both clocks and the longest way that the sound may have had to one observer beyond the other,
and when their areas of uncertainty meet. A person confirms, rejects or undoes; nothing merges by itself.
"""

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from incidents.casework.counting import CAUSED_BY
from monitor.geo import FARTHEST_M, WGS84

# How far the time of a report may be off, by its precision, in seconds. A time that is known to the date
# only (T5, T6) fits everything of that day and therefore suggests nothing.
TOLERANCE_S = {"T0": 1.0, "T1": 60.0, "T2": 300.0, "T3": 1_800.0, "T4": 10_800.0}
# What lies between a phone's clock and ours even when both were set lately.
CLOCKS_S = 2.0
AIR_C = 10.0
# Distances told by ear are often wrong by more than was said; areas may miss each other by this part of
# the distance and still be of one event.
EAR_SPREAD = 0.25
# Below this a suggestion is left out: the benchmark in tests/bench/correlation.py prints what it costs.
LEAST_SCORE = 0.4

_FIRE = frozenset({"burst", "shot", "muzzle_flash", "exchange_of_fire"})
_BLAST = frozenset(
    {"explosion", "projectile_in_flight", "muzzle_flash", "exchange_of_fire", "rocket_missile"}
)
_AIR_BLAST = frozenset({"explosion", "uav_strike", "uav_munition_drop", "loitering_munition", "air_strike"})
FAMILIES = (_FIRE, _BLAST, _AIR_BLAST)
LIKE = 0.75


def speed_of_sound(air_c: float = AIR_C) -> float:
    """Metres a second in air of this temperature."""
    return 331.3 + 0.606 * air_c


@dataclass(frozen=True)
class Perceived:
    """One observation as correlation sees it.

    `area` is where the event may have been (GeoJSON), `stood` where the observer was (lon, lat); `observer`
    is the person or camera.
    """

    id: str
    observer: str
    category: str
    type: str
    means: str | None
    start: dt.datetime
    end: dt.datetime
    precision: str
    area: Mapping[str, Any] | None = None
    stood: tuple[float, float] | None = None
    sector: str | None = None
    tier: int | None = None
    incident: str | None = None

    @cached_property
    def shape(self) -> BaseGeometry | None:
        if self.area is None:
            return None
        drawn = shape(self.area)
        return drawn if drawn.is_valid else shapely.make_valid(drawn)

    @property
    def is_by_ear(self) -> bool:
        return self.means in ("heard", "felt", "recorded_acoustic")


@dataclass(frozen=True)
class Reason:
    """One ground of a suggestion: a code, and the sentence that a person reads."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Suggestion:
    """That two observations may be of one event. `one` < `other`; the score is from LEAST_SCORE to 1."""

    one: str
    other: str
    score: float
    reasons: tuple[Reason, ...]


def suggestions(new: Perceived, others: Iterable[Perceived], air_c: float = AIR_C) -> list[Suggestion]:
    """Those of the others that may be of the same event as the new one, the likeliest first."""
    found = [one for other in others if (one := compare(new, other, air_c)) is not None]
    return sorted(found, key=lambda one: (-one.score, one.one, one.other))


def compare(a: Perceived, b: Perceived, air_c: float = AIR_C) -> Suggestion | None:
    """The suggestion, or None where the gate is shut. The same for (a, b) and (b, a)."""
    a, b = (a, b) if a.id < b.id else (b, a)
    if a.id == b.id or (a.incident is not None and a.incident == b.incident):
        return None
    kind = _kinds(a, b)
    if kind is None:
        return None
    if a.precision not in TOLERANCE_S or b.precision not in TOLERANCE_S:
        return None
    if _apart_s(a, b) > _tolerance_s(a) + _tolerance_s(b) + FARTHEST_M / speed_of_sound(air_c):
        return None
    place = _places(a, b)
    if place is None:
        return None
    time = _times(a, b, place.common, speed_of_sound(air_c))
    if time is None:
        return None
    weapons = 0.6 if a.tier and b.tier and abs(a.tier - b.tier) >= 2 else 1.0
    score = round(kind[0] * weapons * (0.55 * time[0] + 0.45 * place.fit), 2)
    if score < LEAST_SCORE:
        return None
    reasons = [kind[1], time[1], place.reason]
    if weapons < 1:
        reasons.append(Reason("weapons_differ", "The weapons named are of different weight."))
    return Suggestion(a.id, b.id, score, tuple(reasons))


def _kinds(a: Perceived, b: Perceived) -> tuple[float, Reason] | None:
    """How alike the kinds are. One observer's two reports are two events, save cause and effect (C2)."""
    if a.observer == b.observer:
        causes = b.type in CAUSED_BY.get(a.type, ()) or a.type in CAUSED_BY.get(b.type, ())
        return (1.0, Reason("cause", "One observer perceived the cause and the effect.")) if causes else None
    if a.category != b.category:
        return None
    if a.type == b.type:
        return 1.0, Reason("same_kind", "Both are of the same kind, by different observers.")
    if any({a.type, b.type} <= family for family in FAMILIES):
        return LIKE, Reason("like_kind", "Their kinds can be of one event, by different observers.")
    return None


def _tolerance_s(one: Perceived) -> float:
    return TOLERANCE_S[one.precision] + CLOCKS_S


def _apart_s(a: Perceived, b: Perceived) -> float:
    """Seconds between the two spans; 0 where they overlap."""
    return max((b.start - a.end).total_seconds(), (a.start - b.end).total_seconds(), 0.0)


@dataclass(frozen=True)
class _Place:
    fit: float
    common: BaseGeometry | None
    reason: Reason


def _places(a: Perceived, b: Perceived) -> _Place | None:
    """Where both may have been: their areas' common part, or a miss that ears explain, or the same sector."""
    if a.shape is None or b.shape is None:
        if a.sector and a.sector == b.sector:
            words = f"Both lie in sector {a.sector}; one has no area."
            return _Place(0.3, None, Reason("same_sector", words))
        return None
    common = a.shape.intersection(b.shape)
    if not common.is_empty and common.area > 0:
        share = common.area / min(a.shape.area, b.shape.area)
        words = f"Their areas of uncertainty meet in {_percent(share)} of the smaller one."
        return _Place(0.5 + 0.5 * math.sqrt(share), common, Reason("areas_meet", words))
    miss_m, between = _miss(a.shape, b.shape)
    allowed_m = EAR_SPREAD * max(_distance_m(a.stood, between), _distance_m(b.stood, between))
    if not (a.is_by_ear or b.is_by_ear) or miss_m > allowed_m:
        return None
    words = f"Their areas miss each other by {_metres(miss_m)}, no more than a distance told by ear may."
    return _Place(0.5 * (1 - miss_m / allowed_m), between, Reason("areas_near", words))


def _miss(a: BaseGeometry, b: BaseGeometry) -> tuple[float, BaseGeometry]:
    """The metres between two areas, and the line that joins them there."""
    line = shapely.shortest_line(a, b)
    (lon1, lat1), (lon2, lat2) = shapely.get_coordinates(line)[[0, -1]]
    return float(WGS84.inv(lon1, lat1, lon2, lat2)[2]), line


def _distance_m(stood: tuple[float, float] | None, to: BaseGeometry) -> float:
    if stood is None:
        return 0.0
    lons, lats = shapely.get_coordinates(to).T
    return float(WGS84.inv(stood[0], stood[1], float(np.mean(lons)), float(np.mean(lats)))[2])


def _ways_m(one: Perceived, common: BaseGeometry | None) -> tuple[float, float]:
    """How far the sound may have come to this observer, at least and at most; nothing for who saw it."""
    if not one.is_by_ear:
        return 0.0, 0.0
    if one.stood is None or common is None:
        return 0.0, FARTHEST_M
    corners = shapely.get_coordinates(common)
    count = len(corners)
    _, _, ways = WGS84.inv([one.stood[0]] * count, [one.stood[1]] * count, corners[:, 0], corners[:, 1])
    return float(np.min(ways)), float(np.max(ways))


def _times(
    a: Perceived, b: Perceived, common: BaseGeometry | None, sound_m_s: float
) -> tuple[float, Reason] | None:
    """How well the times agree once the sound's way is taken off, or None beyond the gate of C6."""
    (near_a, far_a), (near_b, far_b) = _ways_m(a, common), _ways_m(b, common)
    longest = max(far_a - near_b, far_b - near_a, 0.0)
    if a.is_by_ear and b.is_by_ear and a.stood and b.stood:
        # To whoever stands apart, the ways differ by no more than they stand apart.
        longest = min(longest, float(WGS84.inv(*a.stood, *b.stood)[2]))
    apart_s, clocks_s = _apart_s(a, b), _tolerance_s(a) + _tolerance_s(b)
    if apart_s > clocks_s + longest / sound_m_s:
        return None
    # The spans in which the event itself may have been, each by the middle of its way.
    early = dt.timedelta(seconds=(near_a + far_a) / 2 / sound_m_s)
    late = dt.timedelta(seconds=(near_b + far_b) / 2 / sound_m_s)
    gap_s = max(
        ((b.start - late) - (a.end - early)).total_seconds(),
        ((a.start - early) - (b.end - late)).total_seconds(),
        0.0,
    )
    spread_s = math.hypot(
        _tolerance_s(a) / 2,
        _tolerance_s(b) / 2,
        (far_a - near_a) / 4 / sound_m_s,
        (far_b - near_b) / 4 / sound_m_s,
    )
    fit = math.exp(-0.5 * (gap_s / spread_s) ** 2)
    between = "Their times overlap" if apart_s == 0 else f"They lie {_seconds(apart_s)} apart"
    sound_s = _seconds(longest / sound_m_s)
    words = f"{between}; the clocks allow {_seconds(clocks_s)}, the way of the sound {sound_s}."
    return fit, Reason("times_agree", words)


def _seconds(value: float) -> str:
    return f"{value:.0f} s" if value < 120 else f"{value / 60:.0f} min"


def _metres(value: float) -> str:
    return f"{round(value, -1):.0f} m" if value < 950 else f"{value / 1000:.1f} km"


def _percent(share: float) -> str:
    return "under 1 %" if share < 0.01 else f"{100 * share:.0f} %"


def groups(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The ids that hang together by pairs, each group sorted, in the order of their first member."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for one, other in pairs:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    ordered = sorted((root(name), name) for name in list(parent))
    return [
        tuple(name for _, name in members) for _, members in itertools.groupby(ordered, lambda pair: pair[0])
    ]
