"""The exercise's clock as a pure value."""

import datetime as dt

from monitor.clock import WOUND_FOR, Anchor

SET_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SHOWED = dt.datetime(2022, 9, 12, 18, 0, tzinfo=dt.UTC)


def test_a_clock_runs_as_fast_as_it_was_set_to() -> None:
    after = SET_AT + dt.timedelta(seconds=2)

    assert Anchor(SHOWED, SET_AT, 60.0).at(after) == SHOWED + dt.timedelta(minutes=2)
    assert Anchor(SHOWED, SET_AT, 0.0).at(after) == SHOWED


def test_a_fast_clock_that_nobody_winds_stops_before_it_runs_weeks_ahead() -> None:
    a_day_later = SET_AT + dt.timedelta(days=1)

    assert Anchor(SHOWED, SET_AT, 60.0).at(a_day_later) == SHOWED + 60 * WOUND_FOR


def test_a_clock_at_the_pace_of_life_goes_on_by_itself() -> None:
    a_day_later = SET_AT + dt.timedelta(days=1)

    assert Anchor(SHOWED, SET_AT, 1.0).at(a_day_later) == SHOWED + dt.timedelta(days=1)
