"""S1: two patrols hear the same explosions. Unconfirmed 21, with a word of doubt; confirmed 12, both kept."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from field_report import field_report
from paper_mission import EVENT, START, As, at, counted, definition, drafted, heard, lines, paper, watched

from incidents.casework import queries
from incidents.casework.service import open_incident
from incidents.casework.suggesting import confirm_pair
from incidents.casework.timeline import timeline
from incidents.casework.totals import totals
from incidents.intake import queries as intake
from monitor import geo
from monitor.door import Door
from monitor.mission.service import load_mission
from reports.document import figures, text_of

P1 = (45.865, 40.203)
P2 = geo.destination(*P1, 149.7, 6_100)
NIGHT = dt.datetime(2022, 9, 12, 12, tzinfo=dt.UTC)


def told(
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
    first = file(told(P1, "SW", (3, 5), 12, "21:10"), "T1")
    return [first, file(told(P2, "W", (4, 6), 9, "21:11"), "T2")]


def violations(door: Any) -> Any:
    return totals(door.session, NIGHT, NIGHT + dt.timedelta(days=1), door.now).violations


def test_s01_unconfirmed_the_total_is_21_and_says_that_two_may_be_the_same(door, two):
    [suggested] = queries.suggestions(door.session)
    assert set(suggested.pair) == set(two)
    found = violations(door)
    assert (found.apart.best, found.together.best, set(found.open_ids)) == (21, 12, set(two))


def test_s01_confirmed_the_total_is_12_and_both_observations_stand_side_by_side(as_role, two):
    door = as_role("analyst")
    incident_id = confirm_pair(door, *two)
    found = violations(door)
    assert (found.apart.best, found.is_open, set(found.apart.ids)) == (12, False, set(two))
    page = timeline(door, incident_id)
    assert {account.row.observation_id for account in page.accounts} == set(two)
    assert page.kinds["explosion"].best == 12
    assert [one.code for one in page.contradictions] == ["numbers"]
    assert page.fix is not None
    assert len(intake.observations(door.session)) == 2


@pytest.fixture
def two_in_a_paper(door: Door, folder: Path, clock: Any, as_role: As) -> list[str]:
    clock.set(START)
    load_mission(door.session, definition(folder), START)
    watched(as_role)
    return [heard(as_role), heard(as_role, "second", count=counted(9))]


def test_s01_unconfirmed_the_paper_prints_21_and_how_many_may_be_the_same(
    door: Door, as_role: As, two_in_a_paper: list[str]
) -> None:
    document = paper(door, drafted(door))
    found = figures(document)
    assert found["2-all-total"].value == 21
    assert set(found["2-same"].ids) == set(two_in_a_paper)
    said = str(document.section("violations")) + lines(document)
    assert "may refer to the same events" in said


def test_s01_confirmed_the_paper_prints_12_and_both_observations(
    door: Door, as_role: As, two_in_a_paper: list[str]
) -> None:
    open_incident(at(as_role("analyst"), EVENT + dt.timedelta(hours=2)), two_in_a_paper)
    document = paper(door, drafted(door))
    assert figures(document)["2-all-total"].value == 12
    rows = document.section("annex_a").blocks[0].rows  # type: ignore[union-attr]
    assert {row.ref for row in rows} == set(two_in_a_paper)
    assert all(text_of(row.cells[-1]) for row in rows)
