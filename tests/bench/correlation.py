"""How well correlation finds what belongs together: plants pairs and near misses, prints what it found.

    python tests/bench/correlation.py [PAIRS] [SEED]

An event is heard by two observers from 2 to 15 km, in any directions. Their clocks are off by a normal error
(2 s standard for a tap, 25 s for a watch, 100 s for an estimate), their bearings by 4 degrees or to one of
sixteen words, and their distances by a quarter, told as a range. Near misses are events of the same kind at
the same time 6 to 15 km away, events at the same place 10 minutes to 3 hours away, and other kinds.
"""

import datetime as dt
import random
import sys
import time

from incidents.casework.correlate import LEAST_SCORE, Perceived, compare, speed_of_sound
from monitor import geo

NIGHT = dt.datetime(2022, 9, 12, 20, tzinfo=dt.UTC)
SOTK = (45.865, 40.203)
# Precision, the standard error of the clock behind it in seconds, and how often it is met.
CLOCKS = (("T0", 2.0, 2), ("T1", 25.0, 3), ("T2", 100.0, 5))
AIR_C = 8.0


def somewhere(rng: random.Random, around: tuple[float, float], least_m: float, most_m: float):
    return geo.destination(*around, rng.uniform(0, 360), rng.uniform(least_m, most_m))


def heard(rng: random.Random, id: str, event, at: dt.datetime, kind="explosion") -> Perceived:
    """What one observer tells of an event."""
    stood = somewhere(rng, event, 2_000, 15_000)
    bearing, distance_m = geo.inverse(*stood, *event)
    precision, error_s, _ = rng.choices(CLOCKS, [weight for *_, weight in CLOCKS])[0]
    told_at = at + dt.timedelta(seconds=distance_m / speed_of_sound(AIR_C) + rng.gauss(0, error_s))
    told_m = max(500.0, distance_m * rng.gauss(1, 0.25))
    near_m, far_m = told_m * rng.uniform(0.7, 0.9), told_m * rng.uniform(1.1, 1.35)
    seen_deg = (bearing + rng.gauss(0, 4)) % 360
    words = rng.random() < 0.6
    area = geo.event_from_direction(
        *stood,
        15.0,
        bearing_deg=None if words else seen_deg,
        dir16_word=geo.dir16(seen_deg) if words else None,
        bearing_sigma_deg=None if words else 4.0,
        dist_min_m=near_m,
        dist_max_m=far_m,
    )
    length = dt.timedelta(minutes=rng.choice([0, 0, 3, 8]))
    return Perceived(
        id=id,
        observer=id,
        category="CFV",
        type=kind,
        means="heard",
        start=told_at,
        end=told_at + length,
        precision=precision,
        area=area.polygon,
        stood=stood,
    )


def measure(pairs: int, seed: int = 1) -> dict[str, float]:
    """Plants so many pairs and three near misses for each; answers precision, recall and the milliseconds
    that one comparison takes."""
    rng = random.Random(seed)
    found = wrong = compared = 0
    started = time.perf_counter()
    for index in range(pairs):
        event = somewhere(rng, SOTK, 0, 30_000)
        at = NIGHT + dt.timedelta(seconds=rng.uniform(0, 36_000))
        one = heard(rng, f"a{index}", event, at)
        found += compare(one, heard(rng, f"b{index}", event, at), AIR_C) is not None
        away = somewhere(rng, event, 6_000, 15_000)
        later = at + dt.timedelta(minutes=rng.uniform(10, 180)) * rng.choice([-1, 1])
        misses = (
            heard(rng, f"c{index}", away, at + dt.timedelta(seconds=rng.uniform(-120, 120))),
            heard(rng, f"d{index}", event, later),
            heard(rng, f"e{index}", event, at, kind="shot"),
        )
        wrong += sum(compare(one, miss, AIR_C) is not None for miss in misses)
        compared += 4
    return {
        "precision": found / max(found + wrong, 1),
        "recall": found / pairs,
        "false per true": wrong / pairs,
        "ms a comparison with its making": 1000 * (time.perf_counter() - started) / compared,
    }


def main(pairs: str = "5000", seed: str = "1") -> None:
    told = measure(int(pairs), int(seed))
    print(f"{pairs} planted pairs, {3 * int(pairs)} near misses, seed {seed}, threshold {LEAST_SCORE}")
    for name, value in told.items():
        print(f"  {name}: {value:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
