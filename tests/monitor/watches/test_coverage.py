"""Spans and hours from plans and events, in whatever order they were told."""

import datetime as dt
import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.watches.coverage import (
    EVENT_KINDS,
    Happening,
    Plan,
    WatchSpan,
    clipped,
    course_of,
    monitored_hours,
    spans_of,
    watch_hours,
)

MIDNIGHT = dt.datetime(2022, 9, 13, tzinfo=dt.UTC)


def at(hour: float) -> dt.datetime:
    return MIDNIGHT + dt.timedelta(hours=hour)


def plan(
    sectors: tuple[str, ...] = ("A",),
    start: float = 8,
    end: float | None = 16,
    kind: str = "patrol",
    watch_id: str = "w",
) -> Plan:
    return Plan(watch_id, kind, sectors, None, "T1", at(start), None if end is None else at(end))


def told(*events: tuple[str, float] | tuple[str, float, str]) -> list[Happening]:
    return [Happening(e[0], at(e[1]), e[2] if len(e) == 3 else None) for e in events]


def hours(spans: list[WatchSpan]) -> list[tuple[str, float, float]]:
    hour = dt.timedelta(hours=1)
    return [(s.sector, (s.start - MIDNIGHT) / hour, (s.end - MIDNIGHT) / hour) for s in spans]


@pytest.mark.parametrize(
    ("what", "events", "expected"),
    [
        ("planned only", [], []),
        ("start to end", [("started", 8), ("ended", 15)], [("A", 8, 15)]),
        ("starts early, ends late", [("started", 7), ("ended", 18)], [("A", 7, 18)]),
        ("end never told: to the planned end", [("started", 8)], [("A", 8, 16)]),
        ("last sign after the planned end", [("started", 8), ("checked_in", 17)], [("A", 8, 17)]),
        ("start never told: from the check-in", [("checked_in", 10), ("ended", 15)], [("A", 10, 15)]),
        ("end without a start", [("ended", 15)], []),
        ("first of two ends", [("started", 8), ("ended", 12), ("ended", 15)], [("A", 8, 12)]),
        ("started twice", [("started", 8), ("started", 9), ("ended", 12)], [("A", 8, 12)]),
        ("check-in after the end", [("started", 8), ("ended", 12), ("checked_in", 14)], [("A", 8, 12)]),
        (
            "an outage is cut out",
            [("started", 8), ("outage_started", 10), ("outage_ended", 11), ("ended", 12)],
            [("A", 8, 10), ("A", 11, 12)],
        ),
        (
            "an outage told twice, once",
            [
                ("started", 8),
                ("outage_started", 9),
                ("outage_started", 10),
                ("outage_ended", 11),
                ("ended", 12),
            ],
            [("A", 8, 9), ("A", 11, 12)],
        ),
        ("an outage to the end", [("started", 8), ("outage_started", 10), ("ended", 12)], [("A", 8, 10)]),
        ("the end of no outage", [("started", 8), ("outage_ended", 10), ("ended", 12)], [("A", 8, 12)]),
        (
            "an outage from before the start",
            [("outage_started", 7), ("started", 8), ("outage_ended", 9), ("ended", 12)],
            [("A", 9, 12)],
        ),
        (
            "one outage ends as the next begins",
            [
                ("started", 8),
                ("outage_started", 9),
                ("outage_ended", 10),
                ("outage_started", 10),
                ("ended", 12),
            ],
            [("A", 8, 9)],
        ),
    ],
)
def test_truth_table_of_one_watch(
    what: str, events: list[tuple[str, float]], expected: list[tuple[str, float, float]]
) -> None:
    assert hours(spans_of(plan(), told(*events), at(24))) == expected, what


def test_a_patrol_is_in_the_sector_it_last_named() -> None:
    events = told(
        ("started", 8), ("checked_in", 10, "B"), ("checked_in", 11), ("checked_in", 13, "A"), ("ended", 15)
    )
    assert hours(spans_of(plan(("A", "B")), events, at(24))) == [("A", 8, 10), ("B", 10, 13), ("A", 13, 15)]


def test_a_patrol_that_moves_during_an_outage_watches_where_it_comes_out() -> None:
    events = told(
        ("started", 8), ("outage_started", 9), ("checked_in", 10, "B"), ("outage_ended", 11), ("ended", 12)
    )
    assert hours(spans_of(plan(("A", "B")), events, at(24))) == [("A", 8, 9), ("B", 11, 12)]


def test_what_runs_on_is_credited_only_up_to_what_can_be_known() -> None:
    camera = plan(end=None, kind="camera")
    assert hours(spans_of(camera, told(("started", 8)), at(20))) == [("A", 8, 20)]
    assert hours(spans_of(plan(), told(("started", 8)), at(10))) == [("A", 8, 10)]


def test_spans_are_clipped_to_the_period() -> None:
    spans = spans_of(plan(), told(("started", 8), ("ended", 15)), at(24))
    assert hours(clipped(spans, at(10), at(12))) == [("A", 10, 12)]
    assert clipped(spans, at(15), at(20)) == [] == clipped(spans, at(0), at(8))


def test_three_watches_of_one_hour_are_three_watch_hours_and_one_monitored_hour() -> None:
    spans = [
        span
        for kind in ("post", "camera", "patrol")
        for span in spans_of(plan(kind=kind, watch_id=kind), told(("started", 8), ("ended", 9)), at(24))
    ]
    assert watch_hours(spans) == {"A": 3.0}
    assert monitored_hours(spans) == {"A": 1.0}


def test_monitored_hours_bridge_overlaps_and_leave_gaps() -> None:
    def span(start: float, end: float) -> WatchSpan:
        return WatchSpan("w", "post", "A", None, None, at(start), at(end))

    assert monitored_hours([span(8, 12), span(9, 10), span(11, 13), span(15, 16)]) == {"A": 6.0}


def test_the_course_says_when_a_watch_began_ended_and_is_down() -> None:
    course = course_of(told(("outage_started", 10), ("started", 8), ("checked_in", 9)))
    assert (course.started_at, course.checked_in_at, course.ended_at) == (at(8), at(9), None)
    assert course.is_down
    assert not course_of(told(("started", 8), ("outage_started", 10), ("ended", 11))).is_down


happenings = st.lists(
    st.builds(
        Happening,
        st.sampled_from(EVENT_KINDS),
        st.integers(0, 48).map(lambda half: at(half / 2)),
        st.sampled_from([None, "A", "B"]),
    ),
    max_size=10,
)


@settings(max_examples=300)
@given(happenings, st.randoms(use_true_random=False))
def test_the_order_of_telling_does_not_matter_nor_does_telling_twice(
    events: list[Happening], shuffle: random.Random
) -> None:
    expected = spans_of(plan(("A", "B")), events, at(24))
    mixed = events * 2
    shuffle.shuffle(mixed)
    assert spans_of(plan(("A", "B")), mixed, at(24)) == expected
    assert course_of(mixed) == course_of(events)


@settings(max_examples=300)
@given(happenings, st.integers(0, 48), st.integers(0, 48))
def test_spans_never_overlap_and_splitting_a_period_keeps_the_hours(
    events: list[Happening], start: int, cut: int
) -> None:
    spans = spans_of(plan(("A", "B")), events, at(24))
    assert all(s.start < s.end for s in spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    first, last = sorted((at(start / 2), at(cut / 2)))
    whole = sum(s.hours for s in clipped(spans, at(-1), at(30)))
    edges = [at(-1), first, last, at(30)]
    parts = [clipped(spans, a, b) for a, b in itertools.pairwise(edges)]
    assert sum(s.hours for part in parts for s in part) == pytest.approx(whole)
    assert monitored_hours(spans) == watch_hours(spans)
