"""A step of the exercise: who does what at which mission time. Pure values; `replay` does them."""

import datetime as dt
import hashlib
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "plan_watch",
    "watch_event",
    "media",
    "observation",
    "review",
    "open_incident",
    "link",
    "step_incident",
    "claim",
    "acknowledge",
    "issue_edition",
]


@dataclass(frozen=True)
class Step:
    """`actor` is the code of a device (observations, media, watch events) or of a person (all else)."""

    at: dt.datetime
    kind: Kind
    actor: str
    body: Mapping[str, Any]


class Ids:
    """Ids that a client would draw at random, drawn from the seed instead: same seed, same ids."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def of(self, *parts: object) -> str:
        digest = hashlib.sha256(":".join(map(str, (self._seed, *parts))).encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))


def dice(seed: object) -> random.Random:
    """Chance that repeats itself; nothing here is a secret."""
    return random.Random(str(seed))  # noqa: S311


def pick(rng: random.Random, weighted: Mapping[str, float]) -> str:
    """One key, as often as its weight says."""
    return rng.choices(list(weighted), list(weighted.values()))[0]


def poisson(rng: random.Random, mean: float) -> int:
    """A Poisson number by waiting times; fine for the small means of quiet days."""
    number, waited = 0, rng.expovariate(1.0)
    while waited < mean:
        number += 1
        waited += rng.expovariate(1.0)
    return number
