"""The pages of the summaries: who may open them, what they offer, and what they hand out."""

import datetime as dt
import hashlib
from typing import Any

import pytest

from monitor.door import App
from monitor.mission.service import load_mission
from reports.daily import service
from reports.document import digest, from_json
from reports.exercise.mission_data import DATA
from reports.issuing import editing, queries

MISSION_START = dt.datetime(2022, 8, 27, 15, 30, tzinfo=dt.UTC)
CUT_OFF = MISSION_START + dt.timedelta(days=1)


@pytest.fixture
def summary_id(parts: App, clock: Any) -> str:
    """The demo mission's first day, drafted; nothing happened and nobody watched."""
    clock.set(CUT_OFF + dt.timedelta(minutes=1))
    with parts.transaction() as door:
        load_mission(door.session, DATA, MISSION_START)
        service.draft_due(door)
        row = queries.summary_of_period(door.session, CUT_OFF)
        assert row is not None
        return row.id


def test_the_list_names_the_period_and_its_state(client: Any, summary_id: str) -> None:
    page = client("reporting_officer").get("/summaries").get_data(as_text=True)
    assert "No. 1/2022" in page
    assert "19:30 on 27 August to 19:30 on 28 August 2022" in page
    assert "drafted" in page


@pytest.mark.parametrize("role", ["monitor", "liaison", "administrator"])
def test_a_summary_is_not_for_everybody(client: Any, summary_id: str, role: str) -> None:
    for path in ("", ".pdf", ".html", ".json", "/figures/2-all-total"):
        assert client(role).get(f"/summaries/{summary_id}{path}").status_code == 403, path


def test_a_draft_is_shown_as_the_paper_it_becomes_and_says_what_one_may_not_do(
    client: Any, summary_id: str
) -> None:
    page = client("reporting_officer").get(f"/summaries/{summary_id}").get_data(as_text=True)
    assert 'class="paper"' in page and "DRAFT" in page and "EXERCISE" in page
    assert "is not granted to reporting officer" in page
    assert " style=" not in page


def test_the_way_from_draft_to_edition_by_the_pages_forms(client: Any, summary_id: str, parts: App) -> None:
    reviewer, head = client("reporting_officer"), client("head_of_mission")
    address = f"/summaries/{summary_id}"
    assert (
        reviewer.post(f"{address}/review", data={"version_no": 1, "verdict": "reviewed"}).status_code == 303
    )
    assert head.post(f"{address}/release", data={"version_no": 1}).status_code == 303
    with parts.reading() as door:
        edition = queries.editions(door.session)[0]
    paper = head.get(f"{address}.pdf")
    assert paper.mimetype == "application/pdf"
    assert hashlib.sha256(paper.data).hexdigest() == edition.pdf_sha256
    assert hashlib.sha256(head.get(f"{address}.html").data).hexdigest() == edition.html_sha256
    assert digest(from_json(head.get(f"{address}.json").data)) == edition.digest
    assert edition.digest in head.get(address).get_data(as_text=True)


def test_a_refused_release_changes_nothing_and_says_why(client: Any, summary_id: str, parts: App) -> None:
    answer = client("head_of_mission").post(f"/summaries/{summary_id}/release", json={"version_no": 1})
    assert answer.status_code == 409
    assert "this step needs reviewed" in answer.get_json()["detail"]
    with parts.reading() as door:
        assert queries.editions(door.session) == []


def test_a_line_that_is_objected_to_comes_back_with_what_was_typed(
    client: Any, summary_id: str, parts: App
) -> None:
    with parts.reading() as door:
        lines = editing.marked_lines(queries.draft(door.session, summary_id, 1))
    typed = {f"line_{number}": text for number, text in enumerate(lines, 1)} | {"version_no": 1}
    typed["line_1"] = "A clear provocation by the enemy."
    officer = client("reporting_officer")
    answer = officer.post(f"/summaries/{summary_id}/lines", data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "A clear provocation by the enemy." in page
    assert "name the armed forces" in page
    typed["line_1"] = "A day without observations."
    assert officer.post(f"/summaries/{summary_id}/lines", data=typed).status_code == 303


def test_a_field_nobody_asked_for_is_refused(client: Any, summary_id: str) -> None:
    given = {"version_no": 1, "verdict": "reviewed", "state": "released"}
    answer = client("reporting_officer").post(f"/summaries/{summary_id}/review", json=given)
    assert answer.status_code == 422


def test_each_number_leads_to_the_list_of_its_records(client: Any, summary_id: str) -> None:
    officer = client("reporting_officer")
    paper = officer.get(f"/summaries/{summary_id}").get_data(as_text=True)
    assert f'href="/summaries/{summary_id}/figures/2-all-total"' in paper
    page = officer.get(f"/summaries/{summary_id}/figures/2-all-total").get_data(as_text=True)
    assert "casework.counting" in page
    assert officer.get(f"/summaries/{summary_id}/figures/none").status_code == 404


def test_an_unknown_edition_is_not_found(client: Any, summary_id: str) -> None:
    assert client("reporting_officer").get(f"/summaries/{summary_id}.pdf?edition=7").status_code == 404


def test_the_symmetry_table_is_for_who_edits(client: Any, summary_id: str) -> None:
    page = client("reporting_officer").get(f"/summaries/{summary_id}/symmetry").get_data(as_text=True)
    assert "Sentences that name it" in page and "Armenia" in page and "Azerbaijan" in page
    assert client("head_of_mission").get(f"/summaries/{summary_id}/symmetry").status_code == 403


def test_a_summary_can_be_asked_for_at_once_from_the_list(client: Any, summary_id: str, clock: Any) -> None:
    officer = client("reporting_officer")
    assert "Draft a summary now" in officer.get("/summaries").get_data(as_text=True)
    clock.set(CUT_OFF + dt.timedelta(hours=3))
    assert officer.post("/summaries/daily/now", data={"csrf_token": ""}).status_code == 303
    assert "Interim summary" in officer.get("/summaries").get_data(as_text=True)
    assert officer.post(f"/summaries/daily/{summary_id}/again", data={"csrf_token": ""}).status_code == 303


def test_records_behind_a_number_are_shown_to_who_may_read_them(client: Any, summary_id: str) -> None:
    officer = client("reporting_officer")
    page = officer.get(f"/summaries/{summary_id}/figures/D-records").get_data(as_text=True)
    assert "records with an event in this period" in page


def test_a_paper_leaves_by_two_people_at_the_page_of_its_release(
    client: Any, summary_id: str, parts: App, clock: Any
) -> None:
    officer, other, head = (
        client("reporting_officer"),
        client("reporting_officer", "second"),
        client("head_of_mission"),
    )
    other.post(f"/summaries/{summary_id}/review", data={"version_no": 1, "verdict": "reviewed"})
    head.post(f"/summaries/{summary_id}/release", data={"version_no": 1})
    clock.set(CUT_OFF + dt.timedelta(hours=30))
    page = officer.get(f"/summaries/{summary_id}/release").get_data(as_text=True)
    assert "Seen as liaison" in page and "Ask for a release of edition 1" in page
    assert "Seen as public" in officer.get(f"/summaries/{summary_id}/seen-as/public").get_data(as_text=True)
    with parts.reading() as door:
        edition = queries.editions(door.session)[0]
    asked = officer.post(
        "/summaries/release", json={"edition_id": edition.id, "profile": "public"}
    ).get_json()
    content = head.get(f"/summaries/release/{asked['release_id']}.pdf").data
    assert hashlib.sha256(content).hexdigest() == asked["pdf_sha256"]
    said = {"pdf_sha256": asked["pdf_sha256"], "decision": "approved"}
    assert officer.post(f"/summaries/release/{asked['release_id']}", json=said).status_code == 403
    assert head.post(f"/summaries/release/{asked['release_id']}", json=said).status_code == 200
    assert client("monitor").get(f"/summaries/release/{asked['release_id']}.pdf").status_code == 403
