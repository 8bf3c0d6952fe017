"""Counting, rule by rule (C1 to C16), and the two patrols of scenario S1."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.casework import counting
from incidents.casework.counting import Counted

START = dt.datetime(2022, 9, 12, 15, 30, tzinfo=dt.UTC)
END = START + dt.timedelta(days=1)
AT = dt.datetime(2022, 9, 12, 21, 2, tzinfo=dt.UTC)


def heard(id: str = "a", count: int | None = 1, **facts: Any) -> Counted:
    defaults: dict[str, Any] = {
        "category": "CFV",
        "type": "explosion",
        "info_type": "observed",
        "processing": "accepted",
        "observer": f"observer of {id}",
        "start": AT,
        "received_at": AT + dt.timedelta(minutes=5),
        "sector": "S4",
        "count_min": count,
        "count_best": count,
        "count_max": count,
        "qualifier": "exact",
    }
    return Counted(id=id, **(defaults | facts))


def two_patrols(incident: str | None) -> list[Counted]:
    return [
        heard("p1", 12, end=AT + dt.timedelta(minutes=8), incident=incident),
        heard("p2", 9, end=AT + dt.timedelta(minutes=9), incident=incident),
    ]


def test_two_patrols_nobody_has_put_together_are_added_and_named_as_perhaps_the_same() -> None:
    assert counting.total(two_patrols(None)).best == 21
    assert counting.may_be_the_same(two_patrols(None)) == ("p1", "p2")


def test_two_patrols_confirmed_to_have_heard_one_event_give_the_larger_count_and_both_ids() -> None:
    whole = counting.total(two_patrols("incident"))
    assert (whole.best, whole.ids) == (12, ("p1", "p2"))
    assert counting.may_be_the_same(two_patrols("incident")) == ()


def test_unconfirmed_candidates_give_a_range_from_fused_to_apart_with_their_ids() -> None:
    told = counting.range_of([*two_patrols(None), heard("far", 4, sector="S1")])
    assert (told.together.best, told.apart.best, told.open_ids) == (16, 25, ("p1", "p2"))
    assert told.is_open


def test_confirmed_or_rejected_candidates_leave_no_range() -> None:
    assert counting.range_of(two_patrols("incident")) == counting.Range(
        counting.total(two_patrols("incident")), counting.total(two_patrols("incident"))
    )
    rejected = counting.range_of(two_patrols(None), pairs=[])
    assert (rejected.apart.best, rejected.together.best, rejected.is_open) == (21, 21, False)


def test_a_candidate_for_a_confirmed_group_joins_all_of_it() -> None:
    three = [*two_patrols("incident"), heard("p3", 15)]
    told = counting.range_of(three, pairs=[("p2", "p3")])
    assert (told.together.best, told.apart.best) == (15, 27)


def test_a_group_says_at_least_where_one_observer_could_not_say_how_many_at_most() -> None:
    pair = [heard("a", 12, incident="i"), heard("b", 9, incident="i", qualifier="at_least")]
    whole = counting.total(pair)
    assert (whole.min, whole.best, whole.max, whole.qualifier) == (12, 12, None, "at_least")


def test_a_group_is_not_exact_where_another_observer_may_have_heard_more() -> None:
    pair = [
        heard("a", 12, incident="i"),
        heard("b", 9, incident="i", qualifier="about", count_min=6, count_max=14),
    ]
    whole = counting.total(pair)
    assert (whole.min, whole.best, whole.max, whole.qualifier) == (12, 12, 14, "about")


def over(id: str, observer: str, hour: int, hours: float, count: int, incident: str | None = "i") -> Counted:
    start = AT + dt.timedelta(hours=hour)
    end = start + dt.timedelta(hours=hours)
    return heard(id, count, observer=observer, start=start, end=end, type="burst", incident=incident)


def test_of_an_exchange_of_hours_each_stretch_takes_the_larger_count() -> None:
    rows = [
        over("p1 first", "p1", 0, 1, 40),
        over("p1 then", "p1", 1, 1, 10),
        over("p2 first", "p2", 0, 1, 25),
        over("p2 then", "p2", 1, 1, 30),
    ]
    assert counting.total(rows).best == 40 + 30


def test_one_report_over_the_whole_exchange_makes_it_one_stretch() -> None:
    rows = [over("p1", "p1", 0, 2, 50), over("p2a", "p2", 0, 1, 25), over("p2b", "p2", 1, 1, 30)]
    assert counting.total(rows).best == 55


def test_shots_of_a_moment_are_compared_by_observer_even_where_their_times_differ() -> None:
    rows = [
        heard("a", 12, incident="i"),
        heard("b", 9, incident="i", start=AT + dt.timedelta(minutes=1)),
    ]
    assert counting.total(rows).best == 12


def test_what_one_observer_filed_in_parts_is_added_before_observers_are_compared() -> None:
    parts = [heard("p1a", 5, observer="p1", incident="i"), heard("p1b", 6, observer="p1", incident="i")]
    assert counting.total([*parts, heard("p2", 9, incident="i")]).best == 11


def test_kinds_of_one_incident_are_counted_apart() -> None:
    seen = [heard("a", 3, incident="i"), heard("b", 40, type="burst", incident="i")]
    assert {kind: part.best for kind, part in counting.by_kind(seen).items()} == {"explosion": 3, "burst": 40}


def test_a_projectile_and_its_explosion_recorded_by_one_camera_count_as_one() -> None:
    camera = [
        heard("flight", 2, type="projectile_in_flight", observer="camera", incident="i"),
        heard("impact", 2, observer="camera", incident="i"),
    ]
    whole = counting.total(camera)
    assert whole.best == 2
    assert set(whole.ids) == {"flight", "impact"}


def test_a_projectile_seen_by_another_than_the_one_who_heard_the_explosion_counts() -> None:
    two = [heard("flight", 2, type="projectile_in_flight", incident="i"), heard("impact", 2, incident="i")]
    assert counting.total(two).best == 4


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"count": 7}, (7, 7, 7, "exact")),
        ({"count": 7, "qualifier": "about"}, (7, 7, 7, "about")),
        ({"count": 7, "qualifier": "about", "count_min": 5, "count_max": 9}, (5, 7, 9, "about")),
        ({"count": 7, "qualifier": "up_to", "count_min": 1}, (1, 7, 7, "about")),
        ({"count": 7, "qualifier": "at_least"}, (7, 7, None, "at_least")),
        ({"count": 40, "qualifier": "uncountable", "count_min": 30}, (30, 30, None, "at_least")),
        ({"count": None, "qualifier": "uncountable"}, (1, 1, None, "at_least")),
        ({"count": None, "qualifier": None}, (1, 1, None, "at_least")),
    ],
)
def test_one_observation_as_a_total(
    facts: dict[str, Any], expected: tuple[int, int, int | None, str]
) -> None:
    one = counting.of_one(heard("a", **facts))
    assert (one.min, one.best, one.max, one.qualifier) == expected


def test_about_spreads_to_the_total_and_at_least_is_stronger() -> None:
    exact, about = heard("a", 2), heard("b", 3, qualifier="about")
    assert counting.total([exact, about]).qualifier == "about"
    assert counting.total([exact, about, heard("c", 1, qualifier="at_least")]).qualifier == "at_least"


def test_the_event_time_decides_the_period_and_its_end_belongs_to_the_next() -> None:
    at_end = heard("at end", start=END, received_at=END)
    at_start = heard("at start", start=START, received_at=START)
    counted = counting.accepted_violations([at_end, at_start], START, END, END)
    assert [one.id for one in counted] == ["at start"]


def test_what_came_after_the_cut_off_is_not_known() -> None:
    late = heard("late", received_at=END + dt.timedelta(seconds=1))
    assert counting.accepted_violations([late], START, END, END) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"info_type": "told_by_resident"},
        {"info_type": "media"},
        {"category": "CLM"},
        {"is_training": True},
        {"assessment": "refuted"},
        {"processing": "rejected"},
        {"processing": "quarantined"},
    ],
)
def test_what_never_counts_as_a_violation(facts: dict[str, Any]) -> None:
    assert counting.accepted_violations([heard("a", 5, **facts)], START, END, END) == []


def test_reports_not_yet_reviewed_stand_beside_the_total() -> None:
    rows = [heard("a", 5), heard("b", 3, processing="received"), heard("c", 2, processing="in_review")]
    assert counting.total(counting.accepted_violations(rows, START, END, END)).best == 5
    assert counting.total(counting.unreviewed_violations(rows, START, END, END)).best == 5


def test_an_exercise_is_counted_and_then_named() -> None:
    rows = [heard("a", 63), heard("b", 1528, exercise="probable"), heard("c", 1, exercise="possible")]
    assert counting.total(rows).best == 1592
    assert counting.total(counting.exercise_part(rows)).best == 1528


def test_a_zero_is_only_a_zero_where_somebody_watched() -> None:
    sectors = counting.per_sector(["S1", "S2", "S4"], [heard("a", 2)], {"S1": 12.0, "S4": 3.0})
    assert {name: one.reading for name, one in sectors.items()} == {
        "S1": "none_observed",
        "S2": "not_monitored",
        "S4": "counted",
    }


def test_an_incident_across_two_sectors_counts_once_in_the_first() -> None:
    rows = [
        heard("a", 4, sector="S1", incident="i"),
        heard("b", 6, sector="S2", incident="i", start=AT + dt.timedelta(minutes=1)),
    ]
    kinds = counting.by_sector_and_kind(rows)
    assert list(kinds) == ["S1"]
    assert kinds["S1"]["explosion"].best == 6


def test_the_same_weapon_seen_again_on_one_day_is_one_sighting() -> None:
    rows = [heard("a", 2, type="weapons_sighting"), heard("b", 3, type="weapons_sighting")]
    assert counting.sightings(rows, dt.UTC).best == 3


def test_the_same_weapon_at_the_same_site_on_the_next_day_is_seen_again() -> None:
    seen = [
        heard("mon", 2, type="weapons_sighting", weapon="mortar", site="Sotk"),
        heard("tue", 2, type="weapons_sighting", weapon="mortar", site="Sotk", start=AT + dt.timedelta(1)),
        heard("other", 1, type="weapons_sighting", weapon="tank", site="Sotk", start=AT + dt.timedelta(1)),
    ]
    assert counting.seen_again(seen, dt.UTC) == ("tue",)
    assert counting.sightings(seen, dt.UTC).best == 5


def test_what_came_after_the_issue_revises_the_series_and_not_the_issued_number() -> None:
    late = heard("late", 9, received_at=END + dt.timedelta(hours=14))
    told = counting.revised([heard("in time", 12), late], START, END, END, END + dt.timedelta(days=1))
    assert (told.as_issued.best, told.now.best, told.late_ids) == (12, 21, ("late",))


KINDS = st.sampled_from(["explosion", "burst", "shot", "projectile_in_flight", "muzzle_flash"])
ANY_COUNT = st.sampled_from(
    [("exact", 3), ("about", 5), ("at_least", 7), ("uncountable", None), ("up_to", 4)]
)


@st.composite
def some_night(draw: st.DrawFn) -> list[Counted]:
    """Up to nine reports of three observers, in incidents or alone, at moments or over hours."""
    rows = []
    for index in range(draw(st.integers(1, 9))):
        qualifier, count = draw(ANY_COUNT)
        start = AT + dt.timedelta(minutes=draw(st.integers(0, 200)))
        rows.append(
            heard(
                f"o{index}",
                count,
                type=draw(KINDS),
                qualifier=qualifier,
                observer=draw(st.sampled_from(["p1", "p2", "p3"])),
                start=start,
                end=start + dt.timedelta(minutes=draw(st.sampled_from([0, 5, 45, 90]))),
                sector=draw(st.sampled_from(["S1", "S4"])),
                incident=draw(st.sampled_from([None, "i1", "i2"])),
            )
        )
    return rows


@given(some_night(), st.randoms(use_true_random=False))
def test_no_order_of_arrival_changes_any_total(rows: list[Counted], random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert counting.total(shuffled) == counting.total(rows)
    assert counting.by_sector_and_kind(shuffled) == counting.by_sector_and_kind(rows)
    assert counting.range_of(shuffled) == counting.range_of(rows)


@given(some_night())
def test_a_total_names_every_report_behind_it_and_keeps_its_bounds(rows: list[Counted]) -> None:
    whole = counting.total(rows)
    assert set(whole.ids) == {one.id for one in rows}
    assert whole.min <= whole.best
    assert whole.max is None or whole.best <= whole.max
    assert whole.at_least == (whole.max is None)


@given(some_night())
def test_taking_reports_together_never_makes_more_of_them(rows: list[Counted]) -> None:
    told = counting.range_of(rows)
    assert told.together.best <= told.apart.best


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=8),
    st.randoms(use_true_random=False),
)
def test_no_order_of_confirmations_changes_a_total(pairs: list[tuple[int, int]], random: Any) -> None:
    rows = [heard(f"o{index}", 2 + index) for index in range(7)]
    named = [(f"o{one}", f"o{other}") for one, other in pairs if one != other]
    shuffled = [pair if random.random() < 0.5 else pair[::-1] for pair in named]
    random.shuffle(shuffled)
    assert counting.range_of(rows, shuffled) == counting.range_of(rows, named)


@given(
    st.permutations(
        [
            heard("a", 3, incident="i"),
            heard("b", 9, incident="i", start=AT + dt.timedelta(minutes=2)),
            heard("c", 4, qualifier="about"),
            heard("d", 2, type="burst", sector="S1"),
            heard("e", None, qualifier="uncountable", start=AT + dt.timedelta(minutes=1)),
        ]
    )
)
def test_the_order_of_arrival_does_not_change_a_total(rows: list[Counted]) -> None:
    assert counting.total(rows) == counting.total(sorted(rows, key=lambda one: one.id))
    assert counting.may_be_the_same(rows) == counting.may_be_the_same(rows[::-1])
