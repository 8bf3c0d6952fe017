"""The weekly report: rates with their intervals, and what a week of seven periods says."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from paper_mission import CUT_OFF, EVENT, SECOND, START, As, at, counted, heard, paper, watched, when

from monitor.door import Door
from monitor.mission.periods import Period
from monitor.settings import Settings
from reports.document import Chart, figures
from reports.issuing import queries
from reports.weekly import service
from reports.weekly.rates import Rate, median_of_weeks, overlap, poisson_interval, rate

YEREVAN = ZoneInfo("Asia/Yerevan")
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.69), (1, 0.025, 5.57), (5, 1.62, 11.67), (20, 12.22, 30.89), (100, 81.36, 121.63)],
)
def test_the_interval_of_a_count_is_that_of_the_tables(count: int, low: float, high: float) -> None:
    found = poisson_interval(count)
    assert found[0] == pytest.approx(low, rel=0.02, abs=0.02)
    assert found[1] == pytest.approx(high, rel=0.02)


def test_a_rate_needs_somebody_who_watched() -> None:
    found, (low, high) = rate(7, 50), poisson_interval(7)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((14.0, low * 2, high * 2))
    assert rate(7, 0) is None


def test_rates_are_different_only_where_their_intervals_part() -> None:
    assert overlap(Rate(10, 5, 15), Rate(14, 12, 20))
    assert not overlap(Rate(10, 5, 11), Rate(14, 12, 20))


def test_the_median_is_of_the_weeks_there_are() -> None:
    assert median_of_weeks([3, 100, 5]) == 5.0
    assert median_of_weeks([]) is None


def test_weeks_end_on_the_missions_day_and_the_first_may_be_short() -> None:
    periods = [Period(START + n * DAY, START + (n + 1) * DAY) for n in range(12)]
    assert [len(week) for week in service.weeks_of(periods, YEREVAN, "sat")] == [6]
    assert [len(week) for week in service.weeks_of(periods, YEREVAN, "tue")] == [2, 7]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return Settings({**settings.values, "week_ends_on": "tue"})


def test_a_week_is_drafted_once_with_its_totals_rates_and_charts(mission: Door, as_role: As) -> None:
    watched(as_role)
    heard(as_role, received=START + dt.timedelta(hours=6), time=when(START + dt.timedelta(hours=5)))
    heard(as_role, "second", count=counted(30), time=when(EVENT))
    after = at(mission, CUT_OFF + dt.timedelta(minutes=1))
    assert service.draft_due(at(mission, SECOND + dt.timedelta(minutes=1))) is None
    assert service.draft_due(after) == "drafted weekly No. 1/2022"
    assert service.draft_due(after) is None
    (row,) = queries.summaries(mission.session, "weekly")
    document = paper(mission, row)
    found = figures(document)
    assert found["2-all-total"].value == 42
    assert found["2-EAST-rate"].value == pytest.approx(87.5)
    assert found["2-all-rate"].text.startswith("87.5 (")
    charts = {
        block.id: block
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Chart)
    }
    heat = {one.name: one.values for one in charts["heat"].series}
    assert heat == {"Sector East": (12, 30), "Sector South": (None, None)}
    violations, hours = charts["hours"].series
    assert sum(violations.values) == 42 and sum(hours.values) == 48  # type: ignore[arg-type]
