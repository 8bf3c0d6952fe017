"""Which statements may be two parties' accounts of one event. Suggested with reasons; a person decides.

The same rule for every pair of parties: swapping them changes nothing. A suggestion needs another party,
at least one of the two naming the other, a kind that can be one event, times less than REACH apart and
places less than ACROSS apart, each beyond what the statements' own precision leaves open. Points are our
rule: they order suggestions and prove nothing.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from incidents.claims.matching import FIRE, LINE_EVENTS, TOLERANCE
from monitor.geo import inverse

# A denial or a counter-claim often names another hour of a long exchange.
REACH = dt.timedelta(hours=3)
# Each party names the settlement or the height on its own side of what happened.
ACROSS_M = 10_000.0
ENOUGH = 60


@dataclass(frozen=True)
class Statement:
    """A claim as pairing sees it. `against` is whom it names: a party, "n_k" or None."""

    claim_id: str
    party: str
    against: str | None
    type: str
    start: dt.datetime
    end: dt.datetime
    precision: str
    lon: float | None
    lat: float | None
    uncertainty_m: float | None
    killed: int | None = None
    wounded: int | None = None
    is_counter: bool = False


@dataclass(frozen=True)
class Suggestion:
    """Two statements, the earlier one first, with what speaks for one event, in words."""

    one_id: str
    other_id: str
    points: int
    reasons: tuple[str, ...]


def suggest(statements: Iterable[Statement]) -> list[Suggestion]:
    """Every pair worth a look, the strongest first."""
    ordered = sorted(statements, key=lambda said: (said.start, said.claim_id))
    found: list[Suggestion] = []
    longest = max((_slack(said) + said.end - said.start for said in ordered), default=dt.timedelta())
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.start - one.start > longest + _slack(other) + REACH:
                break
            if pair := compare(one, other):
                found.append(pair)
    return sorted(found, key=lambda pair: (-pair.points, pair.one_id, pair.other_id))


def compare(one: Statement, other: Statement) -> Suggestion | None:
    """What speaks for these two being of one event, or None where something speaks against it."""
    if (one.start, one.claim_id) > (other.start, other.claim_id):
        one, other = other, one
    if one.party == other.party:
        return None
    judged = (_names(one, other), _kind(one, other), _time(one, other), _place(one, other))
    if any(part is None for part in judged):
        return None
    said = [part for part in (*judged, *_marks(one, other)) if part]
    points = sum(points for points, _ in said)
    if points < ENOUGH:
        return None
    return Suggestion(one.claim_id, other.claim_id, points, tuple(words for _, words in said))


def strongest(suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    """At most one suggestion a statement, taken from the strongest down: what a reader looks at first."""
    taken: set[str] = set()
    found = []
    for pair in suggestions:
        if not {pair.one_id, pair.other_id} & taken:
            taken |= {pair.one_id, pair.other_id}
            found.append(pair)
    return found


Judged = tuple[int, str] | None


def _names(one: Statement, other: Statement) -> Judged:
    mutual = (one.against == other.party) + (other.against == one.party)
    if mutual == 2:
        return 30, "each names the other party"
    return (15, "one names the other party") if mutual else None


def _kind(one: Statement, other: Statement) -> Judged:
    if one.type == other.type:
        return 10, "the same kind of event"
    if one.type in FIRE and other.type in FIRE:
        return 10, "both are about fire"
    if {one.type, other.type} <= FIRE | LINE_EVENTS:
        return 5, "one is about fire, the other about a crossing"
    return None


def _time(one: Statement, other: Statement) -> Judged:
    apart = max(other.start - one.end, one.start - other.end, dt.timedelta())
    beyond = apart - _slack(one) - _slack(other)
    if beyond <= dt.timedelta():
        return 30, "the times agree as far as they are known"
    minutes = round(apart / dt.timedelta(minutes=1))
    if beyond <= dt.timedelta(hours=1):
        return 25, f"{minutes} minutes apart"
    hours = f"{minutes // 60} h {minutes % 60:02} min apart"
    return (20, hours) if beyond <= REACH else None


def _place(one: Statement, other: Statement) -> Judged:
    """A statement without a position speaks neither for nor against."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return 0, "one of the places is not known"
    _azimuth, apart_m = inverse(one.lon, one.lat, other.lon, other.lat)
    beyond = apart_m - (one.uncertainty_m or 0) - (other.uncertainty_m or 0)
    words = f"{apart_m / 1000:.0f} km apart" if apart_m >= 500 else "the same place"
    if beyond <= 0:
        return 25, f"{words}, within what is known of the places"
    return (15, words) if beyond <= ACROSS_M else None


def _marks(one: Statement, other: Statement) -> Iterable[tuple[int, str]]:
    if one.is_counter or other.is_counter:
        yield 15, "the source calls one of them a counter-claim or denial"
    for what, here, there in (
        ("killed", one.killed, other.killed),
        ("wounded", one.wounded, other.wounded),
    ):
        if here and here == there:
            yield 10, f"both say {here} {what}"


def _slack(said: Statement) -> dt.timedelta:
    return TOLERANCE[said.precision]
