"""Drafting the weekly report at the cut-off of its day; once a week, by the same claim as the daily."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from monitor.door import Door
from monitor.mission.periods import Period
from monitor.mission.queries import find_mission
from reports.daily.facts import gather
from reports.daily.issues import WEEKDAYS
from reports.daily.service import in_languages, issued_before
from reports.issuing import queries
from reports.issuing.service import claim, keep_draft
from reports.weekly.assemble import assemble

WEEKLY = "weekly"
FOUR_WEEKS = 28


def draft_due(door: Door) -> str | None:
    """Drafts the oldest week that has ended and has no draft; None if none was due."""
    mission = find_mission(door.session)
    if mission is None:
        return None
    done = {end for _, end in queries.covered(door.session, WEEKLY)}
    for periods in weeks_of(mission.periods(door.now), mission.zone, door.app.settings.week_ends_on):
        if periods[-1].end in done:
            continue
        run_id = claim(door, WEEKLY, periods[0].start, periods[-1].end)
        if run_id is None:
            continue
        cut_off = periods[-1].end
        number = queries.number_in_year(door.session, WEEKLY, cut_off.astimezone(mission.zone).year)
        issues = issued_before(door, mission, periods[0].start, cut_off)
        facts = gather(
            door.session, door.app.keys, mission, periods, cut_off, number, WEEKLY, issues, FOUR_WEEKS
        )
        return f"drafted weekly {keep_draft(door, run_id, in_languages(facts, assemble)).label}"
    return None


def weeks_of(ended: Sequence[Period], zone: ZoneInfo, ends_on: str) -> list[tuple[Period, ...]]:
    """The weeks that have ended, oldest first; the first of a mission may be short. Pure."""
    weeks: list[tuple[Period, ...]] = []
    current: list[Period] = []
    for period in ended:
        current.append(period)
        if WEEKDAYS[period.end.astimezone(zone).weekday()] == ends_on:
            weeks.append(tuple(current))
            current = []
    return weeks
