"""Persons who came to harm: persons are counted, not reports, and sources that differ give a range (C14).

Pure. The mission's declared rule where sources differ: the least and the most that anybody said, and as best
the number of the source that stands nearest to the persons themselves (`NEARNESS`). Only what is confirmed
enters the cumulative figure. A person named by a protected key is one person, however many reports name
them; who was injured and later died is counted as killed, from the day of death.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from incidents.casework.counting import NOTHING, Total

# How a harm was established, nearest to the persons first. Unknown ones stand last.
NEARNESS = ("body_seen", "medical_staff", "medical", "document", "official", "family", "resident", "media")
WORSE = {"missing": 0, "injured": 1, "killed": 2}


@dataclass(frozen=True)
class Harm:
    """One source's word on persons harmed in one incident. `outcome` is killed, injured or missing."""

    id: str
    incident: str
    outcome: str
    at: dt.datetime
    min: int
    best: int
    max: int | None
    established_by: str | None = None
    is_confirmed: bool = False
    persons: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Toll:
    """Persons of one outcome in one incident, or of all incidents together."""

    reported: Total
    confirmed: Total


def tolls(harms: Iterable[Harm]) -> dict[str, Toll]:
    """Persons by outcome over all incidents; the confirmed part is the cumulative figure."""
    given = sorted(harms, key=lambda one: (one.at, one.id))
    ends = _ends(given)
    found: dict[str, Toll] = {}
    for incident in dict.fromkeys(one.incident for one in given):
        mine = [one for one in given if one.incident == incident]
        for outcome in dict.fromkeys(one.outcome for one in mine):
            told = [one for one in mine if one.outcome == outcome]
            before = found.get(outcome, Toll(NOTHING, NOTHING))
            found[outcome] = Toll(
                before.reported + _range(told, outcome, ends),
                before.confirmed + _range([one for one in told if one.is_confirmed], outcome, ends),
            )
    return found


def _ends(harms: Iterable[Harm]) -> dict[str, str]:
    """The worst that is known of each person by protected key."""
    worst: dict[str, str] = {}
    for one in harms:
        for person in one.persons:
            held = worst.get(person)
            if held is None or WORSE[one.outcome] > WORSE[held]:
                worst[person] = one.outcome
    return worst


def _range(told: list[Harm], outcome: str, ends: dict[str, str]) -> Total:
    """What the sources together say of one incident, less those who are known to have come to worse."""
    if not told:
        return NOTHING
    nearest = min(told, key=lambda one: (_rank(one), one.at, one.id))
    highs = [one.max for one in told]
    moved = {person for one in told for person in one.persons if ends[person] != outcome}
    least = max(min(one.min for one in told) - len(moved), 0)
    known = {person for one in told for person in one.persons} - moved
    best = max(nearest.best - len(moved), len(known))
    high = None if None in highs else max(max(v for v in highs if v is not None) - len(moved), best)
    least = max(least, len(known))
    return Total(
        min(least, best), best, high, least == best == high, high is None, tuple(one.id for one in told)
    )


def _rank(one: Harm) -> int:
    return NEARNESS.index(one.established_by) if one.established_by in NEARNESS else len(NEARNESS)
