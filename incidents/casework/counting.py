"""How many. Observations into totals by the mission's counting rules C1 to C16; every total keeps its ids.

Pure: callers fetch the rows and hand over what counting needs. A total is never a sum of what two people
heard of one event, and never hides that it is a least number.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

UNIT_TYPES = ("explosion", "burst", "shot", "projectile_in_flight", "muzzle_flash", "illumination_flare")
CAUSED_BY = {"projectile_in_flight": ("explosion",), "muzzle_flash": ("shot", "burst", "explosion")}
PROBABLE_EXERCISE = ("probable", "announced")
NOT_COUNTED_ASSESSMENTS = ("refuted", "withdrawn")
NOT_REVIEWED = ("received", "in_review")
SOUND_M_S = 331.3 + 0.606 * 10
FARTHEST_HEARD_M = 10_000
CLOCK_TOLERANCE_S = 60


@dataclass(frozen=True)
class Counted:
    """What counting needs to know of one observation. `observer` is the person or camera that perceived."""

    id: str
    category: str
    type: str
    info_type: str
    processing: str
    observer: str
    start: dt.datetime
    received_at: dt.datetime
    end: dt.datetime | None = None
    sector: str | None = None
    sector_by_observer: bool = False
    count_min: int | None = None
    count_best: int | None = None
    count_max: int | None = None
    qualifier: str | None = None
    incident: str | None = None
    assessment: str | None = None
    exercise: str | None = None
    is_training: bool = False


@dataclass(frozen=True)
class Total:
    """A number of events with the observations behind it. `max` None: nobody can say how many at most."""

    min: int = 0
    best: int = 0
    max: int | None = 0
    exact: bool = True
    at_least: bool = False
    ids: tuple[str, ...] = ()

    @property
    def qualifier(self) -> str:
        if self.at_least:
            return "at_least"
        return "exact" if self.exact else "about"

    def __add__(self, other: "Total") -> "Total":
        return Total(
            self.min + other.min,
            self.best + other.best,
            None if self.max is None or other.max is None else self.max + other.max,
            self.exact and other.exact,
            self.at_least or other.at_least,
            tuple(dict.fromkeys(self.ids + other.ids)),
        )


NOTHING = Total()


def is_violation(one: Counted) -> bool:
    """A kinetic event that the mission perceived itself; what it was told never counts (C12, S15)."""
    return (
        one.category == "CFV"
        and one.info_type == "observed"
        and not one.is_training
        and one.assessment not in NOT_COUNTED_ASSESSMENTS
    )


def in_period(one: Counted, start: dt.datetime, end: dt.datetime) -> bool:
    """The event's own time decides, from the start up to but without the end (C10)."""
    return start <= one.start < end


def known(observations: Iterable[Counted], cut_off: dt.datetime) -> list[Counted]:
    return [one for one in observations if one.received_at <= cut_off]


def accepted_violations(
    observations: Iterable[Counted], start: dt.datetime, end: dt.datetime, cut_off: dt.datetime
) -> list[Counted]:
    """What the totals of a period count, as known at the cut-off."""
    return [
        one
        for one in known(observations, cut_off)
        if one.processing == "accepted" and is_violation(one) and in_period(one, start, end)
    ]


def unreviewed_violations(
    observations: Iterable[Counted], start: dt.datetime, end: dt.datetime, cut_off: dt.datetime
) -> list[Counted]:
    """What stands beside the totals as "not yet reviewed"."""
    return [
        one
        for one in known(observations, cut_off)
        if one.processing in NOT_REVIEWED and is_violation(one) and in_period(one, start, end)
    ]


def of_one(one: Counted) -> Total:
    """One observation as a total. A burst is one however long; uncountable is at least one (C1, C3, C4)."""
    least = (
        max(one.count_min or 0, 1)
        if one.qualifier == "uncountable" or one.count_best is None
        else one.count_min
    )
    best = one.count_best if one.count_best is not None else least
    assert best is not None
    low = min(best, least if least is not None else best)
    open_ended = one.qualifier in ("at_least", "uncountable") or one.count_best is None
    if one.qualifier == "uncountable":
        best = low
    high = None if open_ended else (one.count_max if one.count_max is not None else best)
    return Total(low, best, high, one.qualifier == "exact", open_ended, (one.id,))


def total(observations: Iterable[Counted]) -> Total:
    """All of them together: incidents counted once per kind, everything else one by one."""
    result = NOTHING
    for part in by_kind(observations).values():
        result = result + part
    return result


def by_kind(observations: Iterable[Counted]) -> dict[str, Total]:
    """Totals per type of event, in the order the types were first met."""
    groups: dict[tuple[str, str], list[Counted]] = {}
    for one in sorted(observations, key=lambda item: (item.start, item.id)):
        groups.setdefault((one.incident or f"alone:{one.id}", one.type), []).append(one)
    perceived: dict[str, set[tuple[str, str]]] = {}
    for (incident, kind), members in groups.items():
        perceived.setdefault(incident, set()).update((kind, one.observer) for one in members)
    kinds: dict[str, Total] = {}
    for (incident, kind), members in groups.items():
        countable = [one for one in members if not _is_caused(one, perceived[incident])]
        kinds[kind] = kinds.get(kind, NOTHING) + _once(countable, members)
    return kinds


def _is_caused(one: Counted, perceived: Collection[tuple[str, str]]) -> bool:
    """A projectile and its explosion, or a flash and its shot, recorded by the same sensor, are one (C2)."""
    return any((cause, one.observer) in perceived for cause in CAUSED_BY.get(one.type, ()))


def _once(countable: list[Counted], members: list[Counted]) -> Total:
    """One incident heard by several: the largest of what each observer counted, never their sum (C5)."""
    ids = tuple(one.id for one in members)
    per_observer: dict[str, Total] = {}
    for one in countable:
        per_observer[one.observer] = per_observer.get(one.observer, NOTHING) + of_one(one)
    if not per_observer:
        return Total(ids=ids)
    fullest = max(per_observer.values(), key=lambda part: (part.best, part.at_least, not part.exact))
    return Total(
        max(part.min for part in per_observer.values()),
        fullest.best,
        fullest.max,
        fullest.exact,
        fullest.at_least,
        ids,
    )


def by_sector_and_kind(observations: Iterable[Counted]) -> dict[str, dict[str, Total]]:
    """Totals per sector ("" for none) and type; an incident counts where its first observation does (C9)."""
    ordered = sorted(observations, key=lambda item: (item.start, item.id))
    home: dict[str, str] = {}
    for one in ordered:
        if one.incident:
            home.setdefault(one.incident, one.sector or "")
    groups: dict[str, list[Counted]] = {}
    for one in ordered:
        sector = home[one.incident] if one.incident else one.sector or ""
        groups.setdefault(sector, []).append(one)
    return {sector: by_kind(members) for sector, members in groups.items()}


def exercise_part(observations: Iterable[Counted]) -> list[Counted]:
    """Those assessed as a probable or announced exercise: counted, then named beside the total (C13)."""
    return [one for one in observations if one.exercise in PROBABLE_EXERCISE]


def may_be_the_same(observations: Iterable[Counted]) -> tuple[str, ...]:
    """Observations that nobody has put together and that could be of one event: same type and sector, another
    observer, times that touch within clock error and the travel of sound (C6, C7). Ids, in order of time."""
    ordered = sorted(observations, key=lambda item: (item.start, item.id))
    slack = dt.timedelta(seconds=CLOCK_TOLERANCE_S + FARTHEST_HEARD_M / SOUND_M_S)
    found: set[str] = set()
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.start > (one.end or one.start) + slack:
                break
            alike = other.type == one.type and other.sector == one.sector and other.observer != one.observer
            apart = one.incident is None or other.incident is None or one.incident != other.incident
            if alike and apart:
                found |= {one.id, other.id}
    return tuple(one.id for one in ordered if one.id in found)


@dataclass(frozen=True)
class WatchedTotal:
    """A total with the hours somebody watched. Says whether a zero may be printed (C16)."""

    total: Total
    hours: float

    @property
    def reading(self) -> str:
        if self.total.best:
            return "counted"
        return "none_observed" if self.hours > 0 else "not_monitored"


def per_sector(
    sectors: Iterable[str], observations: Iterable[Counted], hours: Mapping[str, float]
) -> dict[str, WatchedTotal]:
    """Each sector's total with its monitored hours; a sector without hours and events is not a zero."""
    kinds = by_sector_and_kind(observations)
    result = {}
    for sector in sectors:
        whole = NOTHING
        for part in kinds.get(sector, {}).values():
            whole = whole + part
        result[sector] = WatchedTotal(whole, hours.get(sector, 0.0))
    return result


def sightings(observations: Iterable[Counted], zone: dt.tzinfo) -> Total:
    """Weapons and vehicles seen: the largest number per type, site and day, the sum of days (C15)."""
    per_day: dict[tuple[str, str | None, dt.date], list[Counted]] = {}
    for one in observations:
        per_day.setdefault((one.type, one.sector, one.start.astimezone(zone).date()), []).append(one)
    result = NOTHING
    for members in per_day.values():
        fullest = max((of_one(one) for one in members), key=lambda part: part.best)
        result = result + Total(
            fullest.min,
            fullest.best,
            fullest.max,
            fullest.exact,
            fullest.at_least,
            tuple(one.id for one in members),
        )
    return result
