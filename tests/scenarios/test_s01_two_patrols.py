"""S1: two patrols hear the same explosions. Unconfirmed 21, with a word of doubt; confirmed 12, both kept."""

import datetime as dt
from typing import Any

import pytest
from field_report import field_report

from incidents.casework import queries
from incidents.casework.suggesting import confirm_pair
from incidents.casework.timeline import timeline
from incidents.casework.totals import totals
from incidents.intake import queries as intake
from monitor import geo

P1 = (45.865, 40.203)
P2 = geo.destination(*P1, 149.7, 6_100)
NIGHT = dt.datetime(2022, 9, 12, 12, tzinfo=dt.UTC)


def heard(
    stood: tuple[float, float], direction: str, km: tuple[int, int], n: int, until: str
) -> dict[str, Any]:
    return field_report(
        observer={"lon": stood[0], "lat": stood[1], "accuracy_m": 15, "method": "gnss"},
        event={"kind": "direction", "dir16": direction, "dist_min_km": km[0], "dist_max_km": km[1]},
        time={
            "start": "2022-09-12T21:02:00+04:00",
            "end": f"2022-09-12T{until}:00+04:00",
            "precision": "T1",
            "basis": "watch",
        },
        count={"min": n, "best": n, "max": n, "qualifier": "exact"},
    )


@pytest.fixture
def two(mission: None, file: Any) -> list[str]:
    first = file(heard(P1, "SW", (3, 5), 12, "21:10"), "T1")
    return [first, file(heard(P2, "W", (4, 6), 9, "21:11"), "T2")]


def counted(door: Any) -> Any:
    return totals(door.session, NIGHT, NIGHT + dt.timedelta(days=1), door.now).violations


def test_s01_unconfirmed_the_total_is_21_and_says_that_two_may_be_the_same(door, two):
    [suggested] = queries.suggestions(door.session)
    assert set(suggested.pair) == set(two)
    told = counted(door)
    assert (told.apart.best, told.together.best, set(told.open_ids)) == (21, 12, set(two))


def test_s01_confirmed_the_total_is_12_and_both_observations_stand_side_by_side(as_role, two):
    door = as_role("analyst")
    incident_id = confirm_pair(door, *two)
    told = counted(door)
    assert (told.apart.best, told.is_open, set(told.apart.ids)) == (12, False, set(two))
    page = timeline(door, incident_id)
    assert {account.row.observation_id for account in page.accounts} == set(two)
    assert page.kinds["explosion"].best == 12
    assert [one.code for one in page.contradictions] == ["numbers"]
    assert page.fix is not None
    assert len(intake.observations(door.session)) == 2
