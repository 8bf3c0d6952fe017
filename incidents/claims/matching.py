"""Whether the mission saw what a party claims: matched, not observed while monitored, or not monitored.

The same rule for every claimant: who speaks, and against whom, is not among the facts judged here.
A claim is *matched* by an accepted observation of a compatible kind that overlaps in time within the
tolerance of both and in space within the uncertainty of both, or lies in the same sector. Without one it
is *not observed* only where the sector was watched throughout the time alleged; a shorter watch could
have missed it, so that is *not monitored*. "Not observed" does not mean "did not happen".
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.geo import inverse

Answer = Literal["matched", "not_observed", "not_monitored"]
ANSWERS: tuple[Answer, ...] = ("matched", "not_observed", "not_monitored")

TOLERANCE = {
    "T0": dt.timedelta(seconds=1),
    "T1": dt.timedelta(minutes=1),
    "T2": dt.timedelta(minutes=5),
    "T3": dt.timedelta(minutes=30),
    "T4": dt.timedelta(hours=3),
    # A date or a range of dates already spans what it may be.
    "T5": dt.timedelta(),
    "T6": dt.timedelta(),
}

_SMALL_ARMS = {"burst", "shot", "muzzle_flash", "projectile_in_flight", "exchange_of_fire", "gunfire_near"}
_AIR = {"uav_strike", "uav_munition_drop", "loitering_munition", "air_strike"}
_HEAVY = {"explosion", "projectile_in_flight", "muzzle_flash", "exchange_of_fire", "rocket_missile", *_AIR}
_LINE = {"incursion", "crossing", "new_position", "position_change", "troop_movement"}

# The observed types that can answer a claimed type; a type not named here is answered by itself only.
COMPATIBLE: dict[str, frozenset[str]] = {
    **dict.fromkeys(("burst", "shot", "muzzle_flash", "gunfire_near"), frozenset(_SMALL_ARMS)),
    **dict.fromkeys(("explosion", "rocket_missile"), frozenset(_HEAVY)),
    **dict.fromkeys(sorted(_AIR), frozenset(_AIR | {"explosion"})),
    "exchange_of_fire": frozenset(_SMALL_ARMS | _HEAVY),
    **dict.fromkeys(("incursion", "crossing"), frozenset(_LINE)),
    "mine_accident": frozenset({"mine_accident", "explosion"}),
}


@dataclass(frozen=True)
class AllegedEvent:
    """A claim without its claimant. `sector` is where its position falls, None where it falls in none."""

    claim_id: str
    type: str
    start: dt.datetime
    end: dt.datetime
    precision: str
    lon: float | None
    lat: float | None
    uncertainty_m: float | None
    sector: str | None


@dataclass(frozen=True)
class SeenEvent:
    """An accepted observation that somebody of the mission made with their own senses or a sensor."""

    observation_id: str
    type: str
    start: dt.datetime
    end: dt.datetime
    precision: str
    lon: float | None
    lat: float | None
    uncertainty_m: float | None
    sector: str | None


@dataclass(frozen=True)
class Watched:
    watch_id: str
    sector: str
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Verdict:
    """The answer, and the observations and watches that say so."""

    claim_id: str
    answer: Answer
    observation_ids: tuple[str, ...] = ()
    watch_ids: tuple[str, ...] = ()


def judge(claim: AllegedEvent, seen: Iterable[SeenEvent], watched: Iterable[Watched]) -> Verdict:
    """What the mission can say about one claim."""
    matching = sorted({event.observation_id for event in seen if answers(event, claim)})
    covering = _watches_throughout(claim, watched)
    if matching:
        return Verdict(claim.claim_id, "matched", tuple(matching), covering)
    return Verdict(claim.claim_id, "not_observed" if covering else "not_monitored", (), covering)


def judge_all(
    claims: Iterable[AllegedEvent], seen: Sequence[SeenEvent], watched: Sequence[Watched]
) -> list[Verdict]:
    return [judge(claim, seen, watched) for claim in claims]


def count_answers(verdicts: Iterable[Verdict]) -> dict[Answer, int]:
    """How many of each answer, every answer named."""
    counted = Counter(verdict.answer for verdict in verdicts)
    return {answer: counted[answer] for answer in ANSWERS}


def answers(event: SeenEvent, claim: AllegedEvent) -> bool:
    """Whether what was seen can be what is claimed: kind, time and place."""
    if event.type not in COMPATIBLE.get(claim.type, frozenset({claim.type})):
        return False
    slack = TOLERANCE[claim.precision] + TOLERANCE[event.precision]
    if event.start > claim.end + slack or event.end < claim.start - slack:
        return False
    return _same_place(event, claim)


def _same_place(event: SeenEvent, claim: AllegedEvent) -> bool:
    if claim.sector is not None and claim.sector == event.sector:
        return True
    if claim.lon is None or claim.lat is None or event.lon is None or event.lat is None:
        return False
    _azimuth, apart_m = inverse(claim.lon, claim.lat, event.lon, event.lat)
    return apart_m <= (claim.uncertainty_m or 0) + (event.uncertainty_m or 0)


def _watches_throughout(claim: AllegedEvent, watched: Iterable[Watched]) -> tuple[str, ...]:
    """The watches that together covered the claim's sector during all of the time alleged; else none.

    A part of the day ("evening") is taken with its tolerance; a clock time as stated.
    """
    if claim.sector is None:
        return ()
    slack = TOLERANCE[claim.precision] if claim.precision == "T4" else dt.timedelta()
    start, end = claim.start - slack, claim.end + slack
    there = sorted(
        (span for span in watched if span.sector == claim.sector and span.start <= end and span.end >= start),
        key=lambda span: (span.start, span.end, span.watch_id),
    )
    covered_until = start
    for span in there:
        if span.start > covered_until:
            return ()
        covered_until = max(covered_until, span.end)
    if not there or covered_until < end:
        return ()
    return tuple(sorted({span.watch_id for span in there}))
