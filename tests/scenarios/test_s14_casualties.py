"""S14: the hospital says 2 injured, the mayor 3; a range, and nothing cumulative until it is confirmed."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from field_report import field_report
from paper_mission import EVENT, START, As, at, counted, definition, drafted, heard, paper

from incidents.casework import queries as casework
from incidents.casework.grading import Grade
from incidents.casework.service import grade_observation, open_incident, step_incident
from incidents.casework.workflow import CASUALTY_CHECKLIST
from monitor.door import App, Door
from monitor.mission.service import load_mission
from reports.document import figures, text_of

DEMO = Path(__file__).parents[2] / "reports" / "exercise" / "data"
TOLL = "/api/v1/protection/toll"


@pytest.fixture
def file(parts: App, client: Any) -> Callable[..., str]:
    """`file("injured", 2, …)` files a report of harm and has it accepted; answers its id."""
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
    phone, duty = client.device(), client("duty_officer")

    def filed(fate: str, number: int, info_type: str, established_by: str, **more: Any) -> str:
        body = field_report(
            category="CAS",
            type=fate,
            means="told",
            info_type=info_type,
            count={"min": number, "best": number, "max": number, "qualifier": "exact"},
            fields={"established_by": [established_by], "identity_note": "Anna A., born 1950"},
            **more,
        )
        answer = phone.post("/api/v1/observations", json=body)
        assert answer.status_code == 201
        assert answer.json["processing"] == "received", answer.json
        url = f"/api/v1/observations/{body['observation_id']}/review"
        assert duty.post(url, json={"verdict": "accepted"}).status_code == 200
        return str(body["observation_id"])

    return filed


@pytest.fixture
def two_accounts(file: Callable[..., str]) -> list[str]:
    return [
        file("injured", 2, "medical", "medical_staff"),
        file("injured", 3, "told_by_official", "official"),
    ]


def together(client: Any, ids: list[str]) -> str:
    opened = client("analyst").post("/api/v1/incidents", json={"observation_ids": ids})
    assert opened.status_code == 201, opened.json
    return str(opened.json["incident_id"])


def test_s14_range_two_to_three_best_two_and_not_cumulative(client: Any, two_accounts: list[str]) -> None:
    together(client, two_accounts)
    injured = client("analyst").get(TOLL).json["fates"]["injured"]
    assert (injured["least"], injured["best"], injured["most"]) == (2, 2, 3)
    assert injured["confirmed"] == 0
    assert injured["observation_ids"] == sorted(two_accounts)
    page = client("analyst").get("/protection").text
    assert "2–3" in page


def test_s14_the_cumulative_figure_takes_it_once_it_is_confirmed(
    client: Any, two_accounts: list[str]
) -> None:
    incident_id = together(client, two_accounts)
    hospital = f"/api/v1/observations/{two_accounts[0]}"
    graded = client("analyst").post(f"{hospital}/grades", json={"reliability": "B", "credibility": 2})
    assert graded.status_code in (200, 201), graded.json
    steps = f"/api/v1/incidents/{incident_id}/steps"
    for role, state in (
        ("analyst", "possible"),
        ("analyst", "corroborated"),
        ("verification_officer", "confirmed"),
    ):
        checked = list(CASUALTY_CHECKLIST) if state == "confirmed" else []
        said = {"reason": "hospital list seen by the patrol", "checklist": checked}
        body = {"axis": "assessment", "state": state, **said}
        answer = client(role).post(steps, json=body)
        assert answer.status_code in (200, 201), answer.json
    injured = client("analyst").get(TOLL).json["fates"]["injured"]
    assert (injured["best"], injured["confirmed"]) == (2, 2)


def test_s14_an_injured_person_who_dies_moves_with_the_date(client: Any, two_accounts: list[str]) -> None:
    together(client, two_accounts)
    officer = client("protection_officer")
    entered = officer.post("/api/v1/protection/people", json={"name": "Anna A.", "born": "1950"}).json
    url = f"/api/v1/protection/people/{entered['id']}/fates"
    for fate, moment in (("injured", "2022-09-12T20:05:00Z"), ("killed", "2022-09-13T06:00:00Z")):
        body = {"observation_id": two_accounts[0], "fate": fate, "at": moment}
        assert officer.post(url, json=body).status_code == 200
    toll = client("analyst").get(TOLL).json
    assert (toll["fates"]["injured"]["best"], toll["fates"]["killed"]["best"]) == (1, 1)
    assert toll["moves"] == [
        {"person": "P-0001", "before": "injured", "after": "killed", "at": "2022-09-13T06:00:00+00:00"}
    ]
    assert "Anna" not in client("analyst").get("/protection").text


@pytest.fixture
def told(door: Door, folder: Path, clock: Any, as_role: As) -> list[str]:
    """The same two accounts, in the mission whose papers are tried, put into one incident."""
    clock.set(START)
    load_mission(door.session, definition(folder), START)
    harm: dict[str, Any] = {"category": "CAS", "type": "injured", "means": "told"}
    ids = [
        heard(
            as_role,
            which,
            count=counted(n),
            info_type=by,
            fields={"established_by": [established]},
            **harm,
        )
        for which, n, by, established in (
            ("first", 2, "medical", "medical_staff"),
            ("second", 3, "told_by_official", "official"),
        )
    ]
    open_incident(at(as_role("analyst"), EVENT + dt.timedelta(hours=1)), ids)
    return ids


def test_s14_the_paper_adds_up_nothing_before_it_is_confirmed(
    door: Door, as_role: As, told: list[str]
) -> None:
    document = paper(door, drafted(door))
    rows = document.section("harm").blocks[0].rows  # type: ignore[union-attr]
    assert {row.ref for row in rows} == set(told)
    assert "4-confirmed-injured" not in figures(document)


def test_s14_the_paper_adds_up_the_best_figure_once_it_is_confirmed(
    door: Door, as_role: As, told: list[str]
) -> None:
    later = EVENT + dt.timedelta(hours=2)
    analyst = at(as_role("analyst"), later)
    [incident] = [row.incident_id for row in casework.incidents(door.session)]
    grade_observation(analyst, told[0], Grade("B", 2), "The hospital's own list.")
    step_incident(analyst, incident, "assessment", "corroborated", "Two sources.")
    officer = at(as_role("verification_officer"), later)
    step_incident(officer, incident, "assessment", "confirmed", "List seen.", checklist=CASUALTY_CHECKLIST)
    document = paper(door, drafted(door))
    confirmed = figures(document)["4-confirmed-injured"]
    assert (confirmed.value, set(confirmed.ids)) == (2, set(told))
    assert any("two" in text_of(block.runs) for block in document.section("harm").blocks[1:])  # type: ignore[union-attr]
