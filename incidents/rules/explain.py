"""A finding in one sentence that carries every number of its verdict (pure).

A reader can recompute the verdict from the sentence alone: what was counted, against what, what was
needed, and how many reports could fall away before it falls.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from incidents.rules.core import Episode
from incidents.rules.facts import EXPOSURES, NO_SECTOR, WHOLE_MISSION
from incidents.rules.rule import (
    Breach,
    Combine,
    Count,
    Number,
    Numbers,
    Rate,
    Rule,
    Silence,
    Spread,
    State,
    StepUp,
    Succession,
)


def sentence(rule: Rule, episode: Episode, zone: ZoneInfo, sector_name: str | None = None) -> str:
    """The finding in words, with times in the mission's zone."""
    said = _SAYS[type(rule.asks)](rule.asks, episode.numbers, episode.peak_at, zone)
    lasted = ""
    if rule.lasting:
        length = episode.end - episode.start
        lasted = f" It has held for {_hours_of(length)} hours; {_hours_of(rule.lasting)} were needed."
    return f"{_where(rule, episode, sector_name)}: {said}{lasted} {_standing(rule, episode)}"


def _where(rule: Rule, episode: Episode, sector_name: str | None) -> str:
    """What the finding is about, from its key."""
    key = episode.key
    if key == WHOLE_MISSION:
        return "Whole mission"
    sector = sector_name or (
        f"Sector {episode.sector or key}" if (episode.sector or key) != NO_SECTOR else None
    )
    if rule.key == "sector":
        return sector if key != NO_SECTOR and sector else "Outside all sectors"
    who = episode.numbers.get("who") if rule.key == "watch" else key
    named = {
        "settlement": f"Around {key}",
        "claimant": f"Statements of {key}",
        "corridor": f"Corridor {key}",
    }.get(rule.key, f"{rule.key.capitalize()} {who}")
    return f"{named}, {sector}" if episode.sector and sector else named


def _rate(asks: Rate, numbers: Numbers, at: datetime, zone: ZoneInfo) -> str:
    what = "violations" if asks.weight == "count_best" else "incidents"
    watched = "watch-hours" if asks.exposure == "watch_hours" else "hours"
    before_to = at - asks.window - asks.guard
    said = (
        f"{_n(numbers, 'n')} {what} in the {_span(asks.window)} to {_at(at, zone)} "
        f"over {_n(numbers, 'hours')} {watched}; the {_span(asks.baseline)} to {_at(before_to, zone)} had "
        f"{_n(numbers, 'before_n')} over {_n(numbers, 'before_hours')} {watched}{_capping(numbers)}, so "
        f"{_n(numbers, 'expected')} were to be expected and "
    )
    if asks.direction == "up":
        said += (
            f"{_n(numbers, 'needed')} were needed for a surge "
            f"(at least {asks.min_count}, {_plain(float(asks.min_ratio))} times the expected or of 0.5, and "
            f"a chance of at most {_plain(float(asks.alpha))}, counts divided by "
            f"{_n(numbers, 'dispersion')} for clustering; the chance of this count is {_chance(numbers)})."
        )
    else:
        said += (
            f"at most {_n(numbers, 'needed')} were needed for a fall "
            f"(at least {asks.min_count} expected, the expected over {_plain(float(asks.min_ratio))}, and a "
            f"chance of at most {_plain(float(asks.alpha))}, counts divided by "
            f"{_n(numbers, 'dispersion')} for clustering; the chance of so few is {_chance(numbers)})."
        )
    if "known_percent" in numbers:
        said += f" Of such a time we normally know {_n(numbers, 'known_percent')} % by now."
    if asks.rising:
        said += f" Each of the last {asks.rising} times {_span(asks.window)} held more than the one before."
    if asks.without and numbers.get("without_n") != numbers.get("n"):
        verdict = "still a surge" if numbers.get("without_stands") else "no surge"
        said += (
            f" Without those assessed as an exercise: {_n(numbers, 'without_n')}, "
            f"needed {_n(numbers, 'without_needed')}, {verdict}."
        )
    return said


def _capping(numbers: Numbers) -> str:
    if "before_capped_at" not in numbers:
        return ""
    return f" (no window of it counted above {_n(numbers, 'before_capped_at')})"


def _step_up(asks: StepUp, numbers: Numbers, at: datetime, zone: ZoneInfo) -> str:
    reports = _many(numbers["n"], "report", "reports")
    said = (
        f"weapons of tier {_n(numbers, 'level')} in the {_span(asks.window)} to {_at(at, zone)} "
        f"({reports} of tier {_n(numbers, 'needed')} or higher); "
    )
    before = (
        f"in the {_span(asks.before)} before that, with {_n(numbers, 'before_hours')} watch-hours and "
        f"{_many(numbers['before_n'], 'report', 'reports')}, "
    )
    if numbers["before_n"] == 0:
        before += "no weapon was identified; "
    else:
        before += f"the highest was tier {_n(numbers, 'prior')}; "
    if asks.reach is not None:
        return said + before + f"it is the first of tier {asks.reach} or higher in that time."
    return said + before + f"a rise of {asks.rise} tiers, to tier {_n(numbers, 'needed')}, was needed."


def _count(asks: Count, numbers: Numbers, at: datetime, zone: ZoneInfo) -> str:
    unit = "violations" if asks.weight == "count_best" else {"incident": "incidents"}.get(asks.distinct, "")
    unit = unit or {"source": "sources", "device": "devices", "observation": "observations"}[asks.distinct]
    within = "" if asks.radius_m is None else f" within {_plain(asks.radius_m)} m"
    said = (
        f"{_n(numbers, 'n')} {unit[:-1] if numbers['n'] == 1 else unit}{within} in the "
        f"{_span(asks.window)} to {_at(at, zone)}; {asks.least} needed."
    )
    level = numbers.get("highest_exposure")
    if isinstance(level, int) and level > 0:
        said += f" Highest exposure of our observers: {EXPOSURES[level].replace('_', ' ')}."
    return said


def _succession(asks: Succession, numbers: Numbers, at: datetime, zone: ZoneInfo) -> str:
    near = "" if asks.radius_m is None else f" within {_plain(asks.radius_m)} m"
    order = "in any order" if asks.any_order else "one after another"
    if asks.alternate:
        order = "each against the direction of the one before"
    said = (
        f"{_n(numbers, 'steps')} reports {order}{near} ({numbers['order']}), spanning "
        f"{_n(numbers, 'span_h')} hours to {_at(at, zone)}; {_n(numbers, 'needed')} within fewer than "
        f"{_hours_of(asks.window)} hours needed."
    )
    return f"{said} Nothing that would have spoken against it was reported between." if asks.absent else said


def _spread(asks: Spread, numbers: Numbers, at: datetime, zone: ZoneInfo) -> str:
    adjoining = " adjoining" if asks.adjacent else ""
    each = "" if asks.each == 1 else f", each with at least {asks.each} reports"
    return (
        f"{_n(numbers, 'reports')} reports from {_n(numbers, 'n')}{adjoining} sectors "
        f"({numbers['sectors']}) in the {_span(asks.window)} to {_at(at, zone)}; "
        f"{asks.least}{adjoining} sectors needed{each}."
    )


def _state(asks: State, numbers: Numbers, at: datetime, zone: ZoneInfo) -> str:
    since = at - timedelta(hours=float(str(numbers["hours"])))
    return (
        f"it has held since {_at(since, zone)}, for {_n(numbers, 'hours')} hours by {_at(at, zone)}, "
        f"and nothing as well established says that it ended; {_n(numbers, 'needed_h')} hours needed; "
        f"{_many(numbers['n'], 'report says', 'reports say')} so."
    )


def _silence(asks: Silence, numbers: Numbers, at: datetime, zone: ZoneInfo) -> str:
    if asks.due == "end":
        return (
            f"nothing was told of {_n(numbers, 'silent_h')} hours to {_at(at, zone)}, "
            f"{_n(numbers, 'grace_min')} minutes after something was due at the latest."
        )
    return (
        f"no sign for {_n(numbers, 'silent_h')} hours to {_at(at, zone)}; one was due every "
        f"{_n(numbers, 'every_h')} hours and {_n(numbers, 'grace_min')} minutes; "
        f"{_n(numbers, 'missed')} missed."
    )


def _breach(asks: Breach, numbers: Numbers, at: datetime, zone: ZoneInfo) -> str:
    agreed = [_at(datetime.fromisoformat(str(numbers[name])), zone) for name in ("agreed_from", "agreed_to")]
    needed = f"{_n(numbers, 'least')} {'within 24 hours ' if asks.a_day is not None else ''}needed"
    said = (
        f"{_many(numbers['n'], 'breach', 'breaches')} by {_at(at, zone)} of the silence agreed from "
        f"{agreed[0]} to {agreed[1]}, {_n(numbers, 'today')} of them in the last 24 hours; {needed}."
    )
    if asks.repeat > 1 and asks.reset is not None:
        said += (
            f" They came in {_n(numbers, 'run')} runs with {_hours_of(asks.reset)} hours or more between; "
            f"{asks.repeat} runs needed."
        )
    return said


def _combine(asks: Combine, numbers: Numbers, at: datetime, zone: ZoneInfo) -> str:
    what = "rules" if asks.counts == "rules" else "sectors"
    how = " in the order named" if asks.ordered else ""
    adjoining = "adjoining " if asks.adjacent else ""
    return (
        f"{_n(numbers, 'n')} {adjoining}{what} hold{how} ({numbers['held']}) in the "
        f"{_span(asks.window)} to {_at(at, zone)}, with {_many(numbers['findings'], 'finding', 'findings')}; "
        f"{asks.least} {adjoining}{what} needed."
    )


_SAYS: dict[type, Callable[[Any, Numbers, datetime, ZoneInfo], str]] = {
    Count: _count,
    Rate: _rate,
    StepUp: _step_up,
    Succession: _succession,
    Spread: _spread,
    State: _state,
    Silence: _silence,
    Breach: _breach,
    Combine: _combine,
}


def _standing(rule: Rule, episode: Episode) -> str:
    """How firm it is: what may fall away, how much was reviewed, how many stand behind it."""
    total = len(episode.evidence)
    parts = [f"{episode.reviewed} of {total} reviewed", _many(episode.sources, "source", "sources")]
    if episode.quarantined:
        parts.append(f"{episode.quarantined} quarantined")
    evidence = _many(total, "observation", "observations")
    return f"{_firmness(rule, episode)}; evidence: {evidence}, {', '.join(parts)}."


def _firmness(rule: Rule, episode: Episode) -> str:
    margin = episode.numbers.get("margin")
    if isinstance(rule.asks, Silence):
        return "It falls if one sign of that time comes in"
    if isinstance(rule.asks, Rate) and rule.asks.direction == "down":
        return f"It stands even with {_plain(margin)} more"
    if isinstance(rule.asks, Combine):
        return f"It stands even without {_plain(margin)} of them" if margin else "It falls if one falls away"
    return (
        "It falls if one falls away" if margin == 0 else f"It stands even if any {_plain(margin)} are refuted"
    )


def _n(numbers: Numbers, name: str) -> str:
    return _plain(numbers[name])


def _plain(value: Number) -> str:
    """A number as the mission prints it: thousands with commas, no tail of zeros."""
    if isinstance(value, float):
        return f"{value:.1e}" if 0 < abs(value) < 0.0001 else f"{value:,.4f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)


def _chance(numbers: Numbers) -> str:
    return "below 1e-300" if numbers["chance"] == 0 else _n(numbers, "chance")


def _many(n: Number, one: str, many: str) -> str:
    return f"{_plain(n)} {one if n == 1 else many}"


def _hours_of(length: timedelta) -> str:
    return _plain(round(length / timedelta(hours=1), 1))


def _span(length: timedelta) -> str:
    hours = length // timedelta(hours=1)
    if length < timedelta(hours=2):
        return f"{length // timedelta(minutes=1)} minutes"
    return f"{hours // 24} days" if hours > 48 and hours % 24 == 0 else f"{hours} hours"


def _at(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%H:%M} on {local.day} {local:%B %Y}"


def firmness_of(margin: int | None) -> str:
    """How much may fall away before the finding falls, in words."""
    if margin is None:
        return "Follows from the clock and the plan, not from a number of reports."
    if margin <= 0:
        return "Falls when any one of its reports is refuted."
    return f"Stays even if any {margin} of its reports {'is' if margin == 1 else 'are'} refuted."
