"""Whether the 95 % ellipse of a fix holds the truth 95 times in a hundred, over simulated bearings.

    python tests/bench/fixes.py [DRAWS] [SEED]

Each case is a geometry of observers about a known place. Every draw measures it anew with the stated errors.
"""

import random
import sys
from dataclasses import dataclass

from incidents.casework.triangulation import Bearing, NoCrossing, fix, holds
from monitor import geo

EVENT = (45.90, 40.10)


@dataclass(frozen=True)
class Case:
    """Observers as (direction in which they see the event, distance, standard errors, knows the distance)."""

    name: str
    observers: tuple[tuple[float, float, float, bool], ...]
    accuracy_m: float = 15.0


CASES = (
    Case("two, square, 5 km", ((0, 5_000, 3, False), (90, 5_000, 3, False))),
    Case("two, 40 degrees apart, 8 km", ((10, 8_000, 2, False), (50, 8_000, 2, False))),
    Case("two with distances, 25 degrees apart", ((0, 6_000, 3, True), (25, 9_000, 3, True))),
    Case(
        "three, all round, 4 to 10 km",
        ((0, 4_000, 3, False), (120, 7_000, 3, False), (240, 10_000, 3, False)),
    ),
    Case(
        "four of unequal skill",
        ((20, 5_000, 1, False), (70, 9_000, 5, True), (150, 12_000, 3, False), (300, 3_000, 8, False)),
    ),
    Case("two poorly placed observers", ((0, 5_000, 3, False), (90, 5_000, 3, False)), accuracy_m=200.0),
)


def draw(case: Case, rng: random.Random) -> list[Bearing]:
    told = []
    for index, (towards, distance_m, sigma_deg, knows) in enumerate(case.observers):
        stood = geo.destination(*EVENT, towards + 180, distance_m)
        bearing, true_m = geo.inverse(*stood, *EVENT)
        said = geo.destination(*stood, rng.uniform(0, 360), abs(rng.gauss(0, case.accuracy_m)) * 2**0.5)
        sigma_m = 0.1 * distance_m
        told.append(
            Bearing(
                f"o{index}",
                *said,
                bearing + rng.gauss(0, sigma_deg),
                sigma_deg,
                case.accuracy_m,
                true_m + rng.gauss(0, sigma_m) if knows else None,
                sigma_m if knows else None,
            )
        )
    return told


def coverage(case: Case, draws: int, seed: int = 1) -> tuple[float, int]:
    """The share of draws whose ellipse held the truth, and how many gave no fix at all."""
    rng = random.Random(seed)
    held = missed = 0
    for _ in range(draws):
        try:
            held += holds(fix(draw(case, rng)), *EVENT)
        except NoCrossing:
            missed += 1
    return held / max(draws - missed, 1), missed


def main(draws: str = "10000", seed: str = "1") -> None:
    print(f"{draws} draws a case, seed {seed}: share of 95 % ellipses that hold the truth")
    for case in CASES:
        share, missed = coverage(case, int(draws), int(seed))
        print(f"  {100 * share:5.1f} %  {case.name}" + (f" ({missed} without a fix)" if missed else ""))


if __name__ == "__main__":
    main(*sys.argv[1:])
