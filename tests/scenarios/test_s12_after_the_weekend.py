"""S12: the issue after a weekend holds its days one by one, each against the day before it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from paper_mission import EVENT, START, at, counted, definition, heard, paper, watched, when

from monitor.door import App, Door
from monitor.mission.periods import Period
from monitor.mission.service import load_mission
from monitor.settings import Settings
from reports.daily import service
from reports.daily.issues import issues_of
from reports.document import figures, text_of
from reports.issuing import editing, queries

YEREVAN = ZoneInfo("Asia/Yerevan")
DAY = dt.timedelta(days=1)
# The mission begins on Sunday 11 September 2022 at 19:30; Monday and Tuesday end its two periods.
NEXT_WEEK = [Period(START + number * DAY, START + (number + 1) * DAY) for number in range(8)]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return Settings({**settings.values, "no_issue_on": ("mon",)})


@pytest.fixture
def mission(door: Door, folder: Path, clock: Any) -> Door:
    clock.set(START)
    load_mission(door.session, definition(folder), START)
    return door


def test_days_without_an_issue_wait_for_the_next_that_has_one() -> None:
    issues = issues_of(NEXT_WEEK, YEREVAN, ("sat", "sun", "2022-09-15"))
    ends = [[period.end.astimezone(YEREVAN).strftime("%a %d") for period in issue] for issue in issues]
    assert ends == [
        ["Mon 12"],
        ["Tue 13"],
        ["Wed 14"],
        ["Thu 15", "Fri 16"],
        ["Sat 17", "Sun 18", "Mon 19"],
    ]


def test_an_issue_that_still_waits_is_not_made_and_the_missions_last_day_waits_for_none() -> None:
    week = NEXT_WEEK[:7]
    assert issues_of(week, YEREVAN, ("sat", "sun"))[-1] == (week[4],)
    assert issues_of(week, YEREVAN, ("sat", "sun"), last=week[-1].end)[-1] == (week[5], week[6])


def test_two_periods_in_one_issue_each_against_the_one_before(
    mission: Door, as_role: Callable[..., Door], parts: App
) -> None:
    watched(as_role)
    heard(as_role, received=START + dt.timedelta(hours=6), time=when(START + dt.timedelta(hours=5)))
    heard(as_role, "second", count=counted(30), time=when(EVENT))
    after = at(mission, START + 2 * DAY + dt.timedelta(minutes=1))
    assert service.draft_due(at(mission, START + DAY + dt.timedelta(minutes=1))) is None
    assert service.draft_due(after) == "drafted No. 1/2022"
    assert service.draft_due(after) is None
    (row,) = queries.summaries(mission.session, "daily")
    document = paper(mission, row)
    assert [span.end_utc for span in document.header.periods] == [
        (START + number * DAY).isoformat() for number in (1, 2)
    ]
    found = figures(document)
    assert (found["2-d1-all-total"].value, found["2-d2-all-total"].value) == (12, 30)
    assert found["2-d2-all-before"].value == 12
    first, second = (text_of(bullet.runs) for bullet in editing.lines(document)[:2])
    assert "there is no earlier period" in first and "to 19:30 on 12 September 2022" in first
    assert "more ceasefire violations" in second and "(30)" in second and "(12)" in second
