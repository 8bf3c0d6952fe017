"""Rates per 100 watch-hours with their intervals, and medians of earlier weeks. Pure."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.959964


@dataclass(frozen=True)
class Rate:
    """Events per 100 hours watched, with the 95 % interval of a Poisson count.

    Violations come in clusters, so the true interval is wider; the report says so.
    """

    value: float
    low: float
    high: float


def rate(count: int, hours: float) -> Rate | None:
    """None where nobody watched: nothing was measured there."""
    if hours <= 0:
        return None
    low, high = poisson_interval(count)
    scale = 100 / hours
    return Rate(count * scale, low * scale, high * scale)


def poisson_interval(count: int) -> tuple[float, float]:
    """The 95 % interval of a Poisson count by Byar's approximation; within 1 % of the exact one from 1 up."""
    if count == 0:
        return 0.0, -math.log(0.025)
    low = count * (1 - 1 / (9 * count) - Z95 / (3 * math.sqrt(count))) ** 3
    more = count + 1
    high = more * (1 - 1 / (9 * more) + Z95 / (3 * math.sqrt(more))) ** 3
    return low, high


def overlap(one: Rate, other: Rate) -> bool:
    """Whether two intervals touch: then the report does not call the rates different."""
    return one.low <= other.high and other.low <= one.high


def median_of_weeks(totals: Sequence[int]) -> float | None:
    """The median of earlier weeks' totals; None where there is none."""
    return float(statistics.median(totals)) if totals else None
