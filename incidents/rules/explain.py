"""A finding in one sentence that carries every number of its verdict (pure).

A reader can recompute the verdict from the sentence alone: what was counted, against what, what was
needed, and how many reports could fall away before it falls.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from incidents.rules.core import Episode
from incidents.rules.facts import EXPOSURES, NO_SECTOR
from incidents.rules.rule import Count, Number, Numbers, Rate, Rule, StepUp


def sentence(rule: Rule, episode: Episode, zone: ZoneInfo, sector_name: str | None = None) -> str:
    """The finding in words, with times in the mission's zone."""
    asks = rule.asks
    at = episode.peak_at
    if isinstance(asks, Rate):
        said = _rate(asks, episode.numbers, at, zone)
    elif isinstance(asks, StepUp):
        said = _step_up(asks, episode.numbers, at, zone)
    else:
        said = _count(asks, episode.numbers, at, zone)
    where = "Outside all sectors" if episode.key == NO_SECTOR else (sector_name or f"Sector {episode.key}")
    return f"{where}: {said} {_standing(episode)}"


def _rate(asks: Rate, numbers: Numbers, at: datetime, zone: ZoneInfo) -> str:
    what = "violations" if asks.weight == "count_best" else "incidents of fire"
    watched = "watch-hours" if asks.exposure == "watch_hours" else "hours"
    before_to = at - asks.window - asks.guard
    said = (
        f"{_n(numbers, 'n')} {what} in the {_span(asks.window)} to {_at(at, zone)} "
        f"over {_n(numbers, 'hours')} {watched}; the {_span(asks.baseline)} to {_at(before_to, zone)} had "
        f"{_n(numbers, 'before_n')} over {_n(numbers, 'before_hours')} {watched}, so "
        f"{_n(numbers, 'expected')} were to be expected and {_n(numbers, 'needed')} were needed for a surge "
        f"(at least {asks.min_count}, {_plain(float(asks.min_ratio))} times the expected or of 0.5, and a "
        f"chance of at most {_plain(float(asks.alpha))}, counts divided by {_n(numbers, 'dispersion')} for "
        f"clustering; the chance of this count is {_chance(numbers)})."
    )
    if asks.without and numbers.get("without_n") != numbers.get("n"):
        verdict = "still a surge" if numbers.get("without_stands") else "no surge"
        said += (
            f" Without those assessed as an exercise: {_n(numbers, 'without_n')}, "
            f"needed {_n(numbers, 'without_needed')}, {verdict}."
        )
    return said


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


def _standing(episode: Episode) -> str:
    """How firm it is: what may fall away, how much was reviewed, how many stand behind it."""
    margin = episode.numbers.get("margin")
    firm = "It falls if one falls away" if margin == 0 else f"It stands even without {_plain(margin)} of them"
    total = len(episode.evidence)
    parts = [f"{episode.reviewed} of {total} reviewed", _many(episode.sources, "source", "sources")]
    if episode.quarantined:
        parts.append(f"{episode.quarantined} quarantined")
    return f"{firm}; evidence: {_many(total, 'observation', 'observations')}, {', '.join(parts)}."


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


def _span(length: timedelta) -> str:
    hours = length // timedelta(hours=1)
    return f"{hours // 24} days" if hours > 48 and hours % 24 == 0 else f"{hours} hours"


def _at(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%H:%M} on {local.day} {local:%B %Y}"
