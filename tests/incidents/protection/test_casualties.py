"""How many people: sources that differ, people named twice, injured who die. The rule's truth table."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.protection.casualties import Account, Move, Named, Range, count_people
from incidents.protection.sources import source_of

MONDAY = dt.datetime(2022, 9, 12, 6, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOSPITAL = Account("r1", "I-1", "injured", "medical_staff", MONDAY, 2, 2, 2)
MAYOR = Account("r2", "I-1", "injured", "official", MONDAY, 3, 3, 3)


def named(person: str, account: Account, fate: str | None = None, after: int = 0) -> Named:
    return Named(person, account.id, account.event, fate or account.fate, account.at + after * DAY)


def injured(*accounts: Account, people: tuple[Named, ...] = (), **more) -> Range:
    return count_people(accounts, people, **more).by_fate["injured"]


def test_sources_that_differ_give_a_range_and_the_first_source_the_best_figure() -> None:
    found = injured(HOSPITAL, MAYOR)
    assert (found.least, found.best, found.most, found.confirmed) == (2, 2, 3, 0)
    assert found.words == "2 to 3, best 2"
    assert found.accounts == ("r1", "r2")


def test_only_a_confirmed_incident_is_in_the_cumulative_figure() -> None:
    assert injured(replace(HOSPITAL, is_confirmed=True), MAYOR).confirmed == 2


def test_the_cumulative_figure_names_the_reports_behind_it_and_no_others() -> None:
    found = injured(replace(HOSPITAL, is_confirmed=True), replace(MAYOR, event="I-2"))
    assert (found.best, found.confirmed, found.confirmed_accounts) == (5, 2, ("r1",))


def test_two_reports_of_one_person_each_are_two_persons_where_the_numbers_differ() -> None:
    one = replace(HOSPITAL, least=1, best=1, most=1)
    other = replace(one, id="r3")
    found = injured(one, other, people=(named("a", one), named("b", other)))
    assert (found.least, found.best, found.most) == (2, 2, 2)


def test_two_events_are_added() -> None:
    found = injured(HOSPITAL, replace(MAYOR, event="I-2"))
    assert (found.least, found.best, found.most) == (5, 5, 5)


def test_a_number_that_is_open_above_stays_open() -> None:
    found = injured(replace(HOSPITAL, most=None), MAYOR)
    assert found.most is None
    assert found.words == "at least 2"


def test_as_many_as_are_known_is_the_least() -> None:
    people = tuple(named(person, HOSPITAL) for person in ("a", "b", "c"))
    found = injured(HOSPITAL, MAYOR, people=people)
    assert (found.least, found.best, found.most) == (3, 3, 3)


def test_a_person_named_by_two_reports_of_one_event_counts_once() -> None:
    one = replace(HOSPITAL, least=1, best=1, most=1)
    found = injured(one, replace(one, id="r3"), people=(named("a", one), named("a", replace(one, id="r3"))))
    assert (found.least, found.best, found.most, found.people) == (1, 1, 1, ("a",))


def test_a_person_named_in_two_events_counts_in_the_earlier_one() -> None:
    one = replace(HOSPITAL, least=1, best=1, most=1)
    other = replace(one, id="r3", event="I-2", at=MONDAY + DAY)
    assert injured(one, other).best == 2
    assert injured(one, other, people=(named("a", one), named("a", other))).best == 1


def test_two_numbers_of_one_person_count_once() -> None:
    one = replace(HOSPITAL, least=1, best=1, most=1)
    other = replace(one, id="r3", event="I-2")
    people = (named("a", one), named("b", other))
    assert injured(one, other, people=people).best == 2
    assert injured(one, other, people=people, same_as={"b": "a"}).best == 1


def test_an_injured_person_who_dies_moves_with_the_date() -> None:
    people = (named("a", HOSPITAL), named("a", HOSPITAL, "killed", after=3))
    toll = count_people([HOSPITAL], people)
    assert (toll.by_fate["injured"].best, toll.by_fate["killed"].best) == (1, 1)
    assert toll.moves == (Move("a", "injured", "killed", MONDAY + 3 * DAY),)
    before = count_people([HOSPITAL], people, until=MONDAY + 2 * DAY)
    assert (before.by_fate["injured"].best, before.by_fate["killed"].best) == (2, 0)
    assert before.moves == ()


def test_a_death_told_by_a_report_of_its_own_counts_once() -> None:
    death = Account("r4", "I-1", "killed", "medical_staff", MONDAY + 3 * DAY, 1, 1, 1)
    toll = count_people([HOSPITAL, death], (named("a", HOSPITAL), named("a", death)))
    assert (toll.by_fate["injured"].best, toll.by_fate["killed"].best) == (1, 1)


def test_nobody_comes_back_from_the_dead() -> None:
    people = (named("a", HOSPITAL, "killed"), named("a", HOSPITAL, "injured", after=1))
    toll = count_people([HOSPITAL], people)
    assert toll.by_fate["killed"].people == ("a",)
    assert toll.moves == ()


def test_who_was_released_is_not_detained_any_more() -> None:
    held = Account("d1", "d1", "detained", "official", MONDAY, 1, 1, 1)
    freed = Account("d2", "d2", "released", "official", MONDAY + DAY, 1, 1, 1)
    toll = count_people([held, freed], (named("a", held), named("a", freed)))
    assert (toll.by_fate["detained"].best, toll.by_fate["released"].best) == (0, 1)
    assert [move.after for move in toll.moves] == ["released"]


def test_harm_and_detention_are_apart() -> None:
    held = Account("d1", "d1", "detained", "official", MONDAY + DAY, 1, 1, 1)
    toll = count_people([HOSPITAL, held], (named("a", HOSPITAL), named("a", held)))
    assert (toll.by_fate["injured"].best, toll.by_fate["detained"].best) == (2, 1)


numbers = st.tuples(st.integers(0, 5), st.integers(0, 5), st.none() | st.integers(0, 5))
accounts = st.lists(
    st.builds(
        lambda n, event, fate, source, count, day: Account(
            f"r{n}",
            event,
            fate,
            source,
            MONDAY + day * DAY,
            min(count[0], count[1]),
            count[1],
            None if count[2] is None else max(count[1], count[2]),
        ),
        st.integers(0, 10**9),
        st.sampled_from(["A", "B"]),
        st.sampled_from(["injured", "killed", "missing"]),
        st.sampled_from(["medical_staff", "official", "media"]),
        numbers,
        st.integers(0, 4),
    ),
    max_size=6,
    unique_by=lambda account: account.id,
)


@given(
    accounts, st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.integers(0, 3))), st.randoms()
)
def test_no_order_changes_a_figure_and_every_figure_lies_in_its_range(told, links, random) -> None:
    people = [named(person, told[at % len(told)], after=day) for person, at, day in links if told]
    toll = count_people(told, people)
    shuffled, mixed = list(told), list(people)
    random.shuffle(shuffled)
    random.shuffle(mixed)
    assert count_people(shuffled, mixed) == toll
    everybody: list[str] = []
    for found in toll.by_fate.values():
        assert 0 <= found.least <= found.best
        assert found.most is None or found.best <= found.most
        assert found.least >= len(found.people)
        everybody += found.people
    assert len(everybody) == len(set(everybody)), "a person stands in two fates"


@pytest.mark.parametrize(
    ("fields", "info_type", "source"),
    [
        ({"established_by": ["media", "medical_staff"]}, "told_by_resident", "medical_staff"),
        ({"established_by": ["n_k"]}, "medical", "medical_staff"),
        ({"established_by": "odd"}, "told_by_official", "official"),
        ({}, "observed", "body_seen"),
        ({}, None, "n_k"),
    ],
)
def test_what_stands_behind_an_account(fields, info_type, source) -> None:
    assert source_of(fields, info_type) == source
