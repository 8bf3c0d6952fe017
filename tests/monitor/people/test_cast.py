"""The cast that other tests ask for by role."""

from collections.abc import Callable

from monitor.door import Door


def test_a_role_is_one_person_and_holds_its_permissions(as_role: Callable[..., Door]) -> None:
    assert as_role("duty_officer").actor == as_role("duty_officer").actor
    assert as_role("duty_officer").actor.may("incidents:observation:review")
    assert not as_role("administrator").actor.may("incidents:observation:read")


def test_each_test_finds_the_store_empty(door: Door, as_role: Callable[..., Door]) -> None:
    from monitor.people.queries import all_people

    assert all_people(door.session) == []
    as_role("monitor")
    assert [row.roles for row in all_people(door.session)] == [("monitor",)]
