"""Periods from cut-off to cut-off, also where the clocks are turned."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.mission.periods import Period, cut_off_at, period_holding, periods

YEREVAN = ZoneInfo("Asia/Yerevan")
BERLIN = ZoneInfo("Europe/Berlin")
EVENING = dt.time(19, 30)
ZONES = [
    *("Asia/Yerevan", "Asia/Baku", "Europe/Kyiv", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "America/Santiago", "UTC"),
]
HOUR = dt.timedelta(hours=1)
instants = st.integers(0, 20 * 366 * 24 * 60).map(lambda m: utc(2010, 1, 1) + dt.timedelta(minutes=m))


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type, misc]


def test_a_period_ends_at_half_past_seven_in_the_evening_at_the_base() -> None:
    start, end = utc(2022, 9, 11, 15, 30), utc(2022, 9, 14, 15, 30)
    assert periods(start, end, EVENING, YEREVAN) == [
        Period(utc(2022, 9, 11, 15, 30), utc(2022, 9, 12, 15, 30)),
        Period(utc(2022, 9, 12, 15, 30), utc(2022, 9, 13, 15, 30)),
        Period(utc(2022, 9, 13, 15, 30), utc(2022, 9, 14, 15, 30)),
    ]


def test_only_periods_that_have_ended_are_given() -> None:
    start, end = utc(2022, 9, 11, 15, 30), utc(2022, 9, 30, 15, 30)
    almost, just = utc(2022, 9, 12, 15, 29, 59), utc(2022, 9, 12, 15, 30)
    assert periods(start, end, EVENING, YEREVAN, until=almost) == []
    assert len(periods(start, end, EVENING, YEREVAN, until=just)) == 1


def test_the_first_period_begins_and_the_last_one_ends_with_the_mission() -> None:
    got = periods(utc(2022, 9, 11, 6), utc(2022, 9, 13, 6), EVENING, YEREVAN)
    assert [hours(p) for p in got] == [9.5, 24, 14.5]


def hours(period: Period) -> float:
    return (period.end - period.start) / HOUR


@pytest.mark.parametrize(
    ("first", "cut_off", "expected"),
    [
        ((2022, 3, 25), EVENING, [24, 23, 24]),  # 27 March: the day has 23 hours
        ((2022, 10, 28), EVENING, [24, 25, 24]),  # 30 October: it has 25
        ((2022, 3, 25), dt.time(2, 30), [24, 24, 23]),  # 02:30 does not exist and comes at 03:30
        ((2022, 10, 28), dt.time(2, 30), [24, 24, 25]),  # 02:30 comes twice; the first one counts
    ],
)
def test_days_on_which_the_clocks_are_turned(
    first: tuple[int, int, int], cut_off: dt.time, expected: list[float]
) -> None:
    day = dt.date(*first)
    start = cut_off_at(day, cut_off, BERLIN)
    end = cut_off_at(day + dt.timedelta(days=3), cut_off, BERLIN)
    assert [hours(p) for p in periods(start, end, cut_off, BERLIN)] == expected


def test_a_skipped_cut_off_comes_as_much_later_as_the_clocks_skipped() -> None:
    assert cut_off_at(dt.date(2022, 3, 27), dt.time(2, 30), BERLIN).astimezone(BERLIN).time() == dt.time(
        3, 30
    )


def test_a_day_that_an_island_never_had_makes_no_period() -> None:
    apia = ZoneInfo("Pacific/Apia")  # there was no 30 December 2011
    start, end = utc(2011, 12, 28, 12), utc(2012, 1, 2, 12)
    assert all(hours(p) > 0 for p in periods(start, end, EVENING, apia))


@settings(max_examples=200)
@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    start=instants,
    span_h=st.floats(0.1, 24 * 400),
    cut_off=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
def test_periods_tile_the_missions_span(
    zone: ZoneInfo, start: dt.datetime, span_h: float, cut_off: dt.time
) -> None:
    end = start + span_h * HOUR
    got = periods(start, end, cut_off, zone)
    assert got[0].start == start and got[-1].end == end
    assert all(before.end == after.start for before, after in itertools.pairwise(got))
    assert all(dt.timedelta(0) < p.end - p.start <= 26 * HOUR or zone.key == "Pacific/Apia" for p in got)
    middle = start + (end - start) / 2
    holding = period_holding(middle, start, end, cut_off, zone)
    assert holding in got and holding is not None and holding.holds(middle)


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    start=instants,
    until_h=st.integers(0, 24 * 60),
)
def test_a_mission_without_an_end_has_the_same_periods_as_one_that_ends_later(
    zone: ZoneInfo, start: dt.datetime, until_h: int
) -> None:
    until = start + until_h * HOUR
    with_end = periods(start, start + 100 * 24 * HOUR, EVENING, zone, until)
    assert periods(start, None, EVENING, zone, until) == with_end


def test_outside_the_missions_span_there_is_no_period() -> None:
    start, end = utc(2022, 9, 11, 6), utc(2022, 9, 13, 6)
    assert period_holding(start - HOUR, start, end, EVENING, YEREVAN) is None
    assert period_holding(end, start, end, EVENING, YEREVAN) is None
    open_end = period_holding(end, start, None, EVENING, YEREVAN)
    assert open_end is not None and open_end.holds(end)
