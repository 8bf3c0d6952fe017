"""Hours watched by hour of the day, and the days that charts cut a span into."""

import datetime as dt
from zoneinfo import ZoneInfo

from incidents.desk.profiles import hours_by_hour_of_day, middle_and_worst, mission_days
from monitor.watches.coverage import WatchSpan

YEREVAN = ZoneInfo("Asia/Yerevan")
BERLIN = ZoneInfo("Europe/Berlin")


def utc(day: int, hour: int, minute: int = 0, month: int = 9) -> dt.datetime:
    return dt.datetime(2022, month, day, hour, minute, tzinfo=dt.UTC)


def watch(start: dt.datetime, end: dt.datetime, sector: str = "MAR", watch_id: str = "w") -> WatchSpan:
    return WatchSpan(watch_id, "patrol", sector, None, "T1", start, end)


def test_a_day_goes_from_cut_off_to_cut_off_and_the_first_and_last_may_be_short() -> None:
    days = mission_days(utc(12, 8), utc(14, 10), dt.time(19, 30), YEREVAN)
    assert days == [
        (utc(12, 8), utc(12, 15, 30)),
        (utc(12, 15, 30), utc(13, 15, 30)),
        (utc(13, 15, 30), utc(14, 10)),
    ]


def test_a_day_on_which_the_clocks_change_has_its_own_length() -> None:
    days = mission_days(utc(29, 22, month=10), utc(30, 23, month=10), dt.time(0), BERLIN)
    assert [(day.end - day.start) / dt.timedelta(hours=1) for day in days] == [25.0]


def test_a_watch_is_shared_out_to_the_hours_of_the_local_day() -> None:
    found = hours_by_hour_of_day([watch(utc(12, 18, 45), utc(12, 20, 15))], YEREVAN)
    assert {hour: value for hour, value in enumerate(found) if value} == {22: 0.25, 23: 1.0, 0: 0.25}


def test_two_watches_of_one_sector_count_once_and_of_two_sectors_twice() -> None:
    both = [watch(utc(12, 8), utc(12, 9)), watch(utc(12, 8, 30), utc(12, 9, 30), watch_id="other")]
    assert sum(hours_by_hour_of_day(both, YEREVAN)) == 1.5
    apart = [watch(utc(12, 8), utc(12, 9)), watch(utc(12, 8), utc(12, 9), sector="VAY")]
    assert hours_by_hour_of_day(apart, YEREVAN)[12] == 2.0


def test_latency_is_told_by_its_middle_and_its_worst() -> None:
    assert middle_and_worst([]) is None
    assert middle_and_worst([60, 10, 7200]) == (60, 7200)
