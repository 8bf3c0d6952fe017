"""Who is behind a number: sealed, opened with a reason that is logged, and never anywhere else."""

from pathlib import Path
from typing import Any

import pytest
from field_report import field_report
from sqlalchemy import text

from incidents.protection.service import name_index
from monitor.db.base import Base
from monitor.door import App
from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
PEOPLE = "/api/v1/protection/people"
NAME = "Margarita Petrosyan-Əliyeva"
WHY = {"purpose": "family_contact", "reason": "the family asked by letter of 12 September"}


@pytest.fixture
def mission(parts: App) -> App:
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
    return parts


@pytest.fixture
def report(client: Any, mission: App) -> str:
    """A report of a detained person whose author wrote the name into the sealed note."""
    body = field_report(
        category="DET",
        type="detained",
        means="told",
        info_type="told_by_resident",
        count={"min": 1, "best": 1, "max": 1, "qualifier": "exact"},
        fields={"identity_note": f"{NAME}, a shepherd", "held_by_stated": "a border guard"},
        witness={"name": "Sister of Margarita", "phone": "+374 00 000000"},
    )
    assert client.device().post("/api/v1/observations", json=body).json["processing"] == "received"
    return str(body["observation_id"])


@pytest.fixture
def person_id(client: Any, mission: App) -> str:
    answer = client("protection_officer").post(PEOPLE, json={"name": NAME, "born": "1961"})
    assert answer.status_code == 201, answer.json
    assert answer.json["number"] == "P-0001"
    return str(answer.json["id"])


def test_an_identity_is_opened_with_a_reason_and_the_opening_is_logged(
    client: Any, parts: App, person_id: str
) -> None:
    officer = client("protection_officer")
    opened = officer.post(f"{PEOPLE}/{person_id}/open", json=WHY)
    assert opened.json["identity"] == {"name": NAME, "born": "1961"}
    assert opened.headers["Cache-Control"] == "no-store"
    with parts.reading() as door:
        leaf = door.session.execute(text("SELECT leaf FROM log_leaf WHERE type = 'identity_viewed'")).scalar()
    assert f'"subject":"protected_person:{person_id}"' in leaf
    assert '"purpose":"family_contact"' in leaf
    page = client("head_of_mission").get("/protection/openings").text
    assert "the family asked by letter" in page
    assert NAME not in page


@pytest.mark.parametrize("wrong", [{}, {"purpose": "curiosity"}, {"reason": "because"}, {"reason": " " * 20}])
def test_without_a_reason_nothing_is_opened(client: Any, person_id: str, wrong: dict[str, str]) -> None:
    body = WHY | wrong if wrong else {}
    answer = client("protection_officer").post(f"{PEOPLE}/{person_id}/open", json=body)
    assert answer.status_code == 422
    assert NAME not in answer.text


@pytest.mark.parametrize(
    "role",
    ["duty_officer", "analyst", "verification_officer", "reporting_officer", "head_of_mission", "liaison"],
)
def test_nobody_else_opens_or_enters_an_identity(client: Any, person_id: str, report: str, role: str) -> None:
    other = client(role)
    assert other.post(f"{PEOPLE}/{person_id}/open", json=WHY).status_code == 403
    assert other.post(f"/api/v1/protection/reports/{report}/open", json=WHY).status_code == 403
    assert other.post(PEOPLE, json={"name": "x"}).status_code == 403
    assert other.get(f"/protection/people/{person_id}").status_code == 403


def test_what_an_author_wrote_of_a_name_is_nowhere_but_behind_an_opening(client: Any, report: str) -> None:
    for role in ("duty_officer", "analyst", "protection_officer"):
        someone = client(role)
        for url in (
            f"/desk/observations/{report}",
            f"/api/v1/observations/{report}",
            "/protection",
            "/desk/queue",
        ):
            shown = someone.get(url).text
            assert "Margarita" not in shown, (role, url)
        assert "a border guard" in someone.get(f"/desk/observations/{report}").text
    officer = client("protection_officer")
    page = officer.get(f"/protection/reports/{report}").text
    assert "Open, and log it" in page and "Margarita" not in page
    opened = officer.post(f"/api/v1/protection/reports/{report}/open", json=WHY).json["identity"]
    assert NAME in opened["identity_note"]
    assert opened["witness"]["name"] == "Sister of Margarita"
    assert f"/protection/reports/{report}" in officer.get("/protection").text


def test_no_row_of_the_store_holds_a_name(client: Any, parts: App, person_id: str, report: str) -> None:
    client("protection_officer").post(f"{PEOPLE}/{person_id}/open", json=WHY)
    with parts.reading() as door:
        for table in Base.metadata.sorted_tables:
            for row in door.session.execute(table.select()):
                assert "Margarita" not in repr(row), table.name
                assert "the family asked" not in repr(row), table.name


def test_the_same_name_is_found_again_whatever_its_writing(client: Any, parts: App, person_id: str) -> None:
    officer = client("protection_officer")
    again = officer.post(PEOPLE, json={"name": "PETROSYAN ƏLIYEVA margarita"}).json
    assert again["alike"] == ["P-0001"]
    assert "The same name stands under P-0001" in officer.get(again["href"]).text
    same = f"{PEOPLE}/{again['id']}/same"
    assert officer.post(same, json={"other": "P-0001"}).status_code == 200
    assert officer.post(same, json={"other": "P-0001"}).status_code == 409
    assert officer.post(same, json={"other": "P-0002"}).status_code == 422
    assert officer.post(same, json={"other": "P-0009"}).status_code == 422
    assert "the same person as P-0001" in officer.get(again["href"]).text
    assert officer.post(same, json={"other": "P-0001", "holds": False}).status_code == 200
    assert name_index(parts.keys, {"name": " "}) is None


def test_a_correction_is_a_version_and_the_latest_one_is_opened(client: Any, person_id: str) -> None:
    officer = client("protection_officer")
    corrected = officer.post(f"{PEOPLE}/{person_id}/identity", json={"name": NAME, "born": "1962"})
    assert corrected.json["version"] == 2
    opened = officer.post(f"{PEOPLE}/{person_id}/open", json=WHY).json
    assert opened["identity"]["born"] == "1962"
    assert officer.post(f"{PEOPLE}/{person_id}/identity", json={"name": " "}).status_code == 422


def test_a_shredded_identity_is_gone_and_the_number_stays(client: Any, person_id: str) -> None:
    officer = client("protection_officer")
    officer.post(f"{PEOPLE}/{person_id}/identity", json={"name": NAME, "born": "1962"})
    gone = officer.post(f"{PEOPLE}/{person_id}/shred", json=WHY)
    assert gone.json["shredded"] == 2
    assert officer.post(f"{PEOPLE}/{person_id}/open", json=WHY).status_code == 409
    assert officer.post(f"{PEOPLE}/{person_id}/shred", json=WHY).status_code == 409
    assert officer.post(PEOPLE, json={"name": NAME}).json["alike"] == []
    assert "P-0001" in officer.get("/protection").text


def test_a_fate_is_told_by_a_report_and_taken_back(client: Any, person_id: str, report: str) -> None:
    officer = client("protection_officer")
    url = f"{PEOPLE}/{person_id}/fates"
    told = {"observation_id": report, "fate": "detained"}
    assert officer.post(url, json=told).status_code == 200
    assert "Detained" in officer.get(f"/protection/people/{person_id}").text
    assert officer.post(url, json=told | {"holds": False}).status_code == 200
    assert officer.post(url, json=told | {"holds": False}).status_code == 409
    assert officer.post(url, json=told | {"at": "2030-01-01T00:00:00Z"}).status_code == 422
    assert officer.post(url, json=told | {"observation_id": "R-999999"}).status_code == 404


def test_a_person_is_entered_from_a_report(client: Any, report: str) -> None:
    officer = client("protection_officer")
    assert "What report R-" in officer.get(f"/protection/new?report={report}").text
    body = {"name": NAME, "observation_id": report, "fate": "detained"}
    entered = officer.post(PEOPLE, json=body).json
    assert f"/desk?report={report}" in officer.get(entered["href"]).text
    assert officer.post(PEOPLE, json={"name": NAME, "fate": "detained"}).status_code == 422


def test_the_days_of_the_toll_are_by_the_missions_clock(client: Any, mission: App) -> None:
    assert client("analyst").get("/protection?from=2022-09-13&to=2022-09-13").status_code == 200
    assert client("analyst").get("/protection?from=never").status_code == 400
