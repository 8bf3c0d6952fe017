"""What the accounts of one incident do not agree in. Pure; it decides nothing and hides nothing."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import shapely

from incidents.casework.correlate import (
    CLOCKS_S,
    EAR_SPREAD,
    FAMILIES,
    TOLERANCE_S,
    Perceived,
    speed_of_sound,
)
from incidents.casework.counting import Counted, of_one
from monitor.geo import FARTHEST_M, WGS84

VAGUE_S = 43_200.0


@dataclass(frozen=True)
class Account:
    """One observation as the incident's timeline shows it, with the number that people quote."""

    number: str
    perceived: Perceived
    counted: Counted


@dataclass(frozen=True)
class Contradiction:
    one: str
    other: str
    code: str
    sentence: str


def contradictions(accounts: Iterable[Account]) -> list[Contradiction]:
    """Pairs of accounts that cannot both be right as they stand, or that differ in number or weapon."""
    ordered = sorted(accounts, key=lambda one: (one.perceived.start, one.perceived.id))
    return [
        Contradiction(one.perceived.id, other.perceived.id, code, sentence)
        for one, other in itertools.combinations(ordered, 2)
        for code, sentence in _between(one, other)
    ]


def _between(a: Account, b: Account) -> Iterable[tuple[str, str]]:
    names = f"{a.number} and {b.number}"
    apart_s = max(
        (b.perceived.start - a.perceived.end).total_seconds(),
        (a.perceived.start - b.perceived.end).total_seconds(),
    )
    allowed_s = (
        TOLERANCE_S.get(a.perceived.precision, VAGUE_S)
        + TOLERANCE_S.get(b.perceived.precision, VAGUE_S)
        + CLOCKS_S
        + FARTHEST_M / speed_of_sound()
    )
    if apart_s > allowed_s:
        yield (
            "times",
            f"{names}: the times lie {apart_s / 60:.0f} min apart, more than clocks and sound explain.",
        )
    if (miss_m := _miss_m(a.perceived, b.perceived)) is not None:
        yield "places", f"{names}: the areas lie {miss_m / 1000:.1f} km apart."
    if _is_alike(a.counted.type, b.counted.type):
        yield from _numbers(a, b, names)
    if a.perceived.tier and b.perceived.tier and abs(a.perceived.tier - b.perceived.tier) >= 2:
        yield "weapons", f"{names}: the weapons named are of different weight."


def _is_alike(one: str, other: str) -> bool:
    return one == other or any({one, other} <= family for family in FAMILIES)


def _miss_m(a: Perceived, b: Perceived) -> float | None:
    """How far two areas lie apart, where that is more than a distance told by ear may be wrong."""
    if a.shape is None or b.shape is None or a.shape.intersects(b.shape):
        return None
    (lon1, lat1), (lon2, lat2) = shapely.get_coordinates(shapely.shortest_line(a.shape, b.shape))[[0, -1]]
    miss_m = float(WGS84.inv(lon1, lat1, lon2, lat2)[2])
    ways = [
        float(WGS84.inv(*one.stood, lon1, lat1)[2])
        for one in (a, b)
        if one.is_by_ear and one.stood is not None
    ]
    return miss_m if miss_m > EAR_SPREAD * max(ways, default=0.0) else None


def _numbers(a: Account, b: Account, names: str) -> Iterable[tuple[str, str]]:
    if a.counted.type != b.counted.type or a.counted.observer == b.counted.observer:
        return
    one, other = of_one(a.counted), of_one(b.counted)
    less, more = sorted((one, other), key=lambda total: total.best)
    if less.max is not None and less.max < more.min:
        yield "numbers", f"{names} counted differently: {less.best} and {more.best}."
