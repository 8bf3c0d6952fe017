"""Whether the mission saw what a party claims: matched, not observed while monitored, or not monitored.

The same rule for every claimant: who speaks, and against whom, is not among the facts judged here.
A claim is *matched* by an accepted observation of a compatible kind that overlaps in time within the
tolerance of both and in space within the uncertainty of both, or lies in the same sector. Without one it
is *not observed* only where the sector was watched throughout the time alleged; a shorter watch could
have missed it, so that is *not monitored*. "Not observed" does not mean "did not happen".
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
# What two parties may call one and the same: fire of any weapon; somebody going over a line.
FIRE = frozenset(_SMALL_ARMS | _HEAVY)
LINE_EVENTS = frozenset({"incursion", "crossing"})

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
    """The answer, and the observations and watches that say so.

    `watch_ids` covered all of the time alleged; `part_watch_ids` only a part of it, `watched_share` of it
    together (0 to 1, of an instant 0 or 1). `decided_ids` are the observations that a person put here.
    """

    claim_id: str
    answer: Answer
    observation_ids: tuple[str, ...] = ()
    watch_ids: tuple[str, ...] = ()
    part_watch_ids: tuple[str, ...] = ()
    watched_share: float = 0.0
    decided_ids: tuple[str, ...] = ()


Decided = Mapping[str, bool]


def judge(
    claim: AllegedEvent, seen: Iterable[SeenEvent], watched: Iterable[Watched], decided: Decided | None = None
) -> Verdict:
    """What the mission can say about one claim.

    `decided` maps observations to what a person said of them: true, it answers this claim; false, it does
    not. Only observations among `seen` count either way, so one that was rejected later falls out.
    """
    said = decided or {}
    matching, by_person = set(), set()
    for event in seen:
        told = said.get(event.observation_id)
        if told or (told is None and answers(event, claim)):
            matching.add(event.observation_id)
            by_person |= {event.observation_id} if told else set()
    there = _watches_there(claim, watched)
    share = _share_watched(claim, there)
    ids = tuple(sorted({span.watch_id for span in there}))
    is_covered = bool(there) and share >= 1.0
    return Verdict(
        claim_id=claim.claim_id,
        answer="matched" if matching else "not_observed" if is_covered else "not_monitored",
        observation_ids=tuple(sorted(matching)),
        watch_ids=ids if is_covered else (),
        part_watch_ids=() if is_covered else ids,
        watched_share=share,
        decided_ids=tuple(sorted(by_person)),
    )


def judge_all(
    claims: Iterable[AllegedEvent],
    seen: Sequence[SeenEvent],
    watched: Sequence[Watched],
    decided: Mapping[str, Decided] | None = None,
) -> list[Verdict]:
    """Each claim's verdict, as `judge` gives it, looking only at what can bear on it."""
    events = _ByStart(seen)
    spans = _ByStart(watched)
    by_id = {event.observation_id: event for event in seen}
    found = []
    for claim in claims:
        said = (decided or {}).get(claim.claim_id, {})
        slack = _window(claim.precision) + TOLERANCE["T4"]
        near = events.between(claim.start - slack, claim.end + slack)
        named = {one: by_id[one] for one in said if one in by_id}
        candidates = {event.observation_id: event for event in near} | named
        found.append(
            judge(claim, candidates.values(), spans.between(claim.start - slack, claim.end + slack), said)
        )
    return found


class _ByStart:
    """Spans in the order of their beginnings, for finding those that touch a time."""

    def __init__(self, spans: Iterable[SeenEvent | Watched]) -> None:
        self._spans = sorted(spans, key=lambda span: span.start)
        self._starts = [span.start for span in self._spans]
        self._longest = max((span.end - span.start for span in self._spans), default=dt.timedelta())

    def between(self, start: dt.datetime, end: dt.datetime) -> list:
        first = bisect_left(self._starts, start - self._longest)
        return [span for span in self._spans[first : bisect_right(self._starts, end)] if span.end >= start]


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


def _window(precision: str) -> dt.timedelta:
    """How much longer than stated a watch must last. A part of the day ("evening") is taken with its
    tolerance; a clock time as stated."""
    return TOLERANCE[precision] if precision == "T4" else dt.timedelta()


def _watches_there(claim: AllegedEvent, watched: Iterable[Watched]) -> list[Watched]:
    """The watches over the claim's sector during at least a part of the time alleged, earliest first."""
    if claim.sector is None:
        return []
    slack = _window(claim.precision)
    start, end = claim.start - slack, claim.end + slack
    return sorted(
        (span for span in watched if span.sector == claim.sector and span.start <= end and span.end >= start),
        key=lambda span: (span.start, span.end, span.watch_id),
    )


def _share_watched(claim: AllegedEvent, there: list[Watched]) -> float:
    """How much of the time alleged at least one of these watches covered, 0 to 1."""
    slack = _window(claim.precision)
    start, end = claim.start - slack, claim.end + slack
    if end <= start:
        return 1.0 if there else 0.0
    covered, until = dt.timedelta(), start
    for span in there:
        covered += max(min(span.end, end) - max(span.start, until), dt.timedelta())
        until = max(until, span.end)
    return covered / (end - start)
