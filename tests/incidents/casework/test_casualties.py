"""Persons who came to harm (C14): ranges where sources differ, each person once, confirmed ones apart."""

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from incidents.casework.casualties import Harm, tolls

NOON = dt.datetime(2022, 9, 13, 8, tzinfo=dt.UTC)


def harm(id: str, n: int, by: str = "official", outcome: str = "injured", **facts: Any) -> Harm:
    defaults: dict[str, Any] = {"incident": "i", "at": NOON, "min": n, "best": n, "max": n}
    return Harm(id, outcome=outcome, established_by=by, **(defaults | facts))


def test_a_hospital_and_a_mayor_who_differ_give_a_range_and_the_nearer_source_the_best_number() -> None:
    told = tolls([harm("mayor", 3), harm("hospital", 2, by="medical_staff")])["injured"]
    assert (told.reported.min, told.reported.best, told.reported.max) == (2, 2, 3)
    assert set(told.reported.ids) == {"mayor", "hospital"}


def test_nothing_enters_the_cumulative_figure_before_it_is_confirmed() -> None:
    assert tolls([harm("a", 2)])["injured"].confirmed.best == 0
    assert tolls([harm("a", 2, is_confirmed=True)])["injured"].confirmed.best == 2


def test_persons_of_different_incidents_are_added() -> None:
    assert tolls([harm("a", 2), harm("b", 3, incident="j")])["injured"].reported.best == 5


def test_a_person_named_in_two_reports_is_one_person() -> None:
    rows = [harm("a", 1, persons=frozenset({"k1"})), harm("b", 1, persons=frozenset({"k1"}))]
    assert tolls(rows)["injured"].reported.best == 1


def test_two_reports_of_one_person_each_are_two_persons_where_the_keys_differ() -> None:
    rows = [harm("a", 1, persons=frozenset({"k1"})), harm("b", 1, persons=frozenset({"k2"}))]
    found = tolls(rows)["injured"].reported
    assert (found.min, found.best, found.max) == (2, 2, 2)


def test_an_injured_person_who_dies_moves_to_the_killed() -> None:
    rows = [
        harm("a", 2, persons=frozenset({"k1", "k2"}), is_confirmed=True),
        harm(
            "b",
            1,
            outcome="killed",
            at=NOON + dt.timedelta(days=2),
            persons=frozenset({"k1"}),
            is_confirmed=True,
        ),
    ]
    found = tolls(rows)
    assert (found["injured"].confirmed.best, found["killed"].confirmed.best) == (1, 1)


@given(
    st.permutations(
        [
            harm("a", 2, persons=frozenset({"k1", "k2"})),
            harm("b", 3, by="family"),
            harm("c", 1, outcome="killed", persons=frozenset({"k1"})),
            harm("d", 4, incident="j", max=None),
        ]
    )
)
def test_the_order_of_the_reports_does_not_matter(rows: list[Harm]) -> None:
    assert tolls(rows) == tolls(sorted(rows, key=lambda one: one.id))
