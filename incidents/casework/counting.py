"""How many. Observations into totals by the mission's counting rules C1 to C17; every total keeps its ids.

Pure: callers fetch the rows and hand over what counting needs. A total is never a sum of what two people
heard of one event, and never hides that it is a least number. No order of arrival, and no order in which
people confirmed what belongs together, changes a total.
Persons who came to harm (C14) are counted in `protection.casualties`; which camera was down (C17) is told by
the watches.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

Pair = tuple[str, str]

UNIT_TYPES = ("explosion", "burst", "shot", "projectile_in_flight", "muzzle_flash", "illumination_flare")
CAUSED_BY = {"projectile_in_flight": ("explosion",), "muzzle_flash": ("shot", "burst", "explosion")}
PROBABLE_EXERCISE = ("probable", "announced")
NOT_COUNTED_ASSESSMENTS = ("refuted", "withdrawn")
NOT_REVIEWED = ("received", "in_review")
SOUND_M_S = 331.3 + 0.606 * 10
FARTHEST_HEARD_M = 10_000
CLOCK_TOLERANCE_S = 60
# From this length on a report counts an exchange of fire over time, not the shots of one moment (C8).
AMBIENT_FROM = dt.timedelta(minutes=30)


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
    weapon: str | None = None
    site: str | None = None

    @property
    def until(self) -> dt.datetime:
        return self.end or self.start


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
    """One incident of several observations, with the ids of all of them.

    The largest of what each observer counted, never their sum (C5); where several counted an exchange of
    fire over time, that for each stretch of time, and the stretches added (C8).
    """
    whole = NOTHING
    for stretch in _stretches(countable) if _is_ambient(countable) else [countable]:
        whole = whole + _largest(stretch)
    return dataclasses.replace(whole, ids=tuple(one.id for one in members))


def _largest(members: Iterable[Counted]) -> Total:
    """What the observer who counted most counted. Whoever could not say how many at most leaves it open."""
    per_observer: dict[str, Total] = {}
    for one in members:
        per_observer[one.observer] = per_observer.get(one.observer, NOTHING) + of_one(one)
    if not per_observer:
        return NOTHING
    told = list(per_observer.values())
    best = max(part.best for part in told)
    highs = [part.max for part in told]
    high = None if None in highs else max(value for value in highs if value is not None)
    return Total(
        min=max(part.min for part in told),
        best=best,
        max=high,
        exact=high == best and any(part.exact and part.best == best for part in told),
        at_least=any(part.at_least for part in told),
    )


def _is_ambient(members: Iterable[Counted]) -> bool:
    """Whether at least two observers counted over time rather than at a moment."""
    return len({one.observer for one in members if one.until - one.start >= AMBIENT_FROM}) >= 2


def _stretches(members: Iterable[Counted]) -> list[list[Counted]]:
    """The observations by unbroken time: those whose times overlap are of one stretch."""
    found: list[list[Counted]] = []
    for one in sorted(members, key=lambda item: (item.start, item.until, item.id)):
        if found and (one.start == found[-1][0].start or one.start < max(m.until for m in found[-1])):
            found[-1].append(one)
        else:
            found.append([one])
    return found


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
    found = {member for pair in pairs_that_may_be_the_same(ordered) for member in pair}
    return tuple(one.id for one in ordered if one.id in found)


def pairs_that_may_be_the_same(observations: Iterable[Counted]) -> list[Pair]:
    """The pairs of `may_be_the_same`: the coarse answer by sector, where no correlation was asked."""
    ordered = sorted(observations, key=lambda item: (item.start, item.id))
    slack = dt.timedelta(seconds=CLOCK_TOLERANCE_S + FARTHEST_HEARD_M / SOUND_M_S)
    found: list[Pair] = []
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.start > one.until + slack:
                break
            alike = other.type == one.type and other.sector == one.sector and other.observer != one.observer
            apart = one.incident is None or other.incident is None or one.incident != other.incident
            if alike and apart:
                found.append((one.id, other.id))
    return found


@dataclass(frozen=True)
class Range:
    """A total while nobody has said yet which reports are of one event (C7).

    `together` if all the candidates are the same events; `apart`, which is printed, if none is. `open_ids`
    are the candidates.
    """

    apart: Total
    together: Total
    open_ids: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return bool(self.open_ids)


def range_of(observations: Iterable[Counted], pairs: Iterable[Pair] | None = None) -> Range:
    """The total and what it would be if every open pair were confirmed. Pairs that are of one incident
    already, or of which one side is not counted, change nothing. `pairs` None: `may_be_the_same` decides."""
    rows = sorted(observations, key=lambda item: (item.start, item.id))
    by_id = {one.id: one for one in rows}
    open_pairs = [
        (one, other)
        for one, other in (pairs if pairs is not None else pairs_that_may_be_the_same(rows))
        if one in by_id
        and other in by_id
        and not (by_id[one].incident and by_id[one].incident == by_id[other].incident)
    ]
    if not open_pairs:
        whole = total(rows)
        return Range(whole, whole)
    joined = _joined(rows, open_pairs)
    named = {member for pair in open_pairs for member in pair}
    apart = total(rows)
    together = total(dataclasses.replace(one, incident=joined[one.id]) for one in rows)
    # Stretches of time (C8) can be cut finer in a large group than in its parts; taking reports together
    # is no reason to print more of them.
    least = min(apart, together, key=lambda whole: whole.best)
    return Range(apart, least, tuple(one.id for one in rows if one.id in named))


def _joined(rows: Iterable[Counted], pairs: Iterable[Pair]) -> dict[str, str]:
    """The group of each observation once its incident and every pair are taken together, by a name that
    depends on the members alone."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    ties = [(one.id, f"incident:{one.incident}") for one in rows if one.incident]
    for one, other in [*ties, *pairs]:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    return {one.id: root(one.id) for one in rows}


@dataclass(frozen=True)
class Revised:
    """A period's total as issued and as known later, with what came too late for it (C11)."""

    as_issued: Total
    now: Total
    late_ids: tuple[str, ...]


def revised(
    observations: Iterable[Counted],
    start: dt.datetime,
    end: dt.datetime,
    issued: dt.datetime,
    now: dt.datetime,
) -> Revised:
    """What an issued period counted, and what it would count now. The issued number is never changed."""
    rows = list(observations)
    before = accepted_violations(rows, start, end, issued)
    after = accepted_violations(rows, start, end, now)
    late = tuple(one.id for one in after if one.received_at > issued)
    return Revised(total(before), total(after), late)


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
    """Weapons and vehicles seen: the largest number per type, weapon, site and day, the sum of days (C15)."""
    per_day: dict[tuple[_Site, dt.date], list[Counted]] = {}
    for one in observations:
        per_day.setdefault((_site(one), one.start.astimezone(zone).date()), []).append(one)
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


_Site = tuple[str, str, str]


def _site(one: Counted) -> _Site:
    return one.type, one.weapon or "", one.site or one.sector or ""


def seen_again(observations: Iterable[Counted], zone: dt.tzinfo) -> tuple[str, ...]:
    """Sightings of what was seen at the same site on the day before: printed as "again" (C15)."""
    rows = sorted(observations, key=lambda item: (item.start, item.id))
    days = {(_site(one), one.start.astimezone(zone).date()) for one in rows}
    day = dt.timedelta(days=1)
    return tuple(one.id for one in rows if (_site(one), one.start.astimezone(zone).date() - day) in days)
