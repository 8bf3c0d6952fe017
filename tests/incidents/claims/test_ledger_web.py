"""The ledger's page and deeds: filters in the address, evidence behind each answer, and who may see it."""

import hashlib
import uuid
from pathlib import Path
from typing import Any

import pytest
from field_report import field_report

import incidents.claims
from incidents.claims.queries import claims
from incidents.claims.service import import_press
from monitor.door import App
from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
SAMPLE = Path(incidents.claims.__file__).parent / "data" / "press-incidents.csv"


@pytest.fixture
def ids(parts: App) -> dict[str, str]:
    """The press file in the ledger of the demo mission: reference → id."""
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
        import_press(door, SAMPLE.read_text(encoding="utf-8"))
    with parts.reading() as door:
        return {row.external_ref or "": row.id for row in claims(door.session)}


@pytest.fixture
def seen(client: Any, ids: dict[str, str]) -> str:
    """An accepted observation of the shelling of Sotk (PR-047)."""
    body = field_report()
    assert client.device().post("/api/v1/observations", json=body).status_code == 201
    url = f"/api/v1/observations/{body['observation_id']}/review"
    assert client("duty_officer").post(url, json={"verdict": "accepted"}).status_code == 200
    return str(body["observation_id"])


def test_the_ledger_tells_each_party_with_its_answers_and_its_evidence(
    client: Any, ids: dict[str, str], seen: str
) -> None:
    page = client("analyst").get(f"/claims?from=2022-09-12&to=2022-09-13&open={ids['PR-047']}").text
    assert "The mission has an accepted observation that can be of this event" in page
    assert f"/desk?report={seen}" in page
    assert "may be of the same event" in page
    assert "<style" not in page and " style=" not in page


def test_a_filter_of_the_address_is_what_is_shown(client: Any, ids: dict[str, str], seen: str) -> None:
    analyst = client("analyst")
    window = "from=2022-09-12&to=2022-09-13"
    for query, there, gone in (
        ("answer=matched", "PR-047", "PR-049"),
        ("answer=not_monitored", "PR-049", "PR-047"),
        ("party=AZE", "PR-046", "PR-047"),
        ("text=jermuk", "PR-053", "PR-047"),
        ("pair=suggested", "PR-053", "PR-050"),
        ("type=exchange_of_fire", "PR-046", "PR-047"),
    ):
        page = analyst.get(f"/claims?{window}&{query}").text
        assert ids[there] in page, query
        assert ids[gone] not in page, query
    assert analyst.get("/claims?from=soon").status_code == 400
    assert analyst.get("/claims?open=nobody").status_code == 404


def test_a_liaison_officer_reads_statements_and_not_what_was_watched(
    client: Any, ids: dict[str, str], seen: str
) -> None:
    page = client("liaison").get(f"/claims?window=all&open={ids['PR-047']}").text
    assert "Sotk" in page
    assert "Matched" not in page
    assert "Who watched" not in page
    assert seen not in page
    assert client("monitor").get("/claims").status_code == 403


def test_a_pair_is_put_together_by_a_person_and_taken_apart_again(client: Any, ids: dict[str, str]) -> None:
    analyst = client("analyst")
    url = f"/api/v1/claims/{ids['PR-068']}/pairs"
    other = {"other_id": ids["PR-069"]}
    assert analyst.post(url, json=other | {"linked": True}).status_code == 200
    assert analyst.post(url, json=other | {"linked": True}).status_code == 409
    page = analyst.get(f"/claims?window=all&open={ids['PR-069']}").text
    assert "put together by First analyst" in page
    assert analyst.post(url, json=other | {"linked": False}).status_code == 422
    assert analyst.post(url, json=other | {"linked": False, "reason": "other_event"}).status_code == 200
    page = analyst.get(f"/claims?window=all&open={ids['PR-069']}").text
    assert "No other party is known to speak of this event" in page
    assert client("reporting_officer").post(url, json=other | {"linked": True}).status_code == 403


def test_claims_of_one_party_are_no_pair(client: Any, ids: dict[str, str]) -> None:
    url = f"/api/v1/claims/{ids['PR-047']}/pairs"
    for other in (ids["PR-048"], ids["PR-047"]):
        answer = client("analyst").post(url, json={"other_id": other, "linked": True})
        assert answer.status_code == 422


def test_a_person_may_set_a_match_apart_and_bring_it_back(
    client: Any, ids: dict[str, str], seen: str
) -> None:
    analyst = client("analyst")
    url = f"/api/v1/claims/{ids['PR-047']}/matches"
    page = f"/claims?window=all&open={ids['PR-047']}"
    away = {"observation_id": seen, "linked": False, "reason": "other_place"}
    assert analyst.post(url, json=away).status_code == 200
    shown = analyst.get(page).text
    assert "Looked at and set apart" in shown
    assert "Nobody watched Sector Martuni" in shown
    number = client("duty_officer").get(f"/desk/observations/{seen}").json["number"]
    assert analyst.post(url, json={"observation_id": number, "linked": True}).status_code == 200
    assert "put here by a person" in analyst.get(page).text
    assert analyst.post(url, json={"observation_id": "R-999999", "linked": True}).status_code == 422


def test_what_a_party_told_a_patrol_cannot_be_put_to_a_claim(client: Any, ids: dict[str, str]) -> None:
    body = field_report(means="told", info_type="told_by_party_military")
    client.device().post("/api/v1/observations", json=body)
    answer = client("analyst").post(
        f"/api/v1/claims/{ids['PR-047']}/matches",
        json={"observation_id": body["observation_id"], "linked": True},
    )
    assert answer.status_code == 422


def test_a_copy_of_the_statement_is_kept_by_its_hash_and_only_saved(client: Any, ids: dict[str, str]) -> None:
    content = b"<html><script>alert(1)</script>"
    analyst, url = client("analyst"), f"/api/v1/claims/{ids['PR-047']}/copies"
    for _ in range(2):
        kept = analyst.post(url, data=content, content_type="text/html")
        assert kept.status_code == 201
    assert kept.json["sha256"] == hashlib.sha256(content).hexdigest()
    saved = analyst.get(f"{url}/{kept.json['sha256']}")
    assert saved.data == content
    assert saved.mimetype == "application/octet-stream"
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    assert analyst.get(f"{url}/{'0' * 64}").status_code == 404
    assert analyst.get(f"/claims?window=all&open={ids['PR-047']}").text.count("Save the copy") == 1
    assert analyst.post(url, data=b"", content_type="text/html").status_code == 422


TABLE = (
    "claimant,start,place,type,source\n"
    "ARM_MOD,2022-09-13T00:05,Sotk,explosion,https://example.org\n"
    "ARM_MOD,2022-09-13T00:05,Sotk,raid,https://example.org\n"
)


def test_a_table_is_looked_at_then_taken_and_its_report_stays(client: Any, ids: dict[str, str]) -> None:
    analyst = client("analyst")
    before = analyst.get("/api/v1/claims").json["claims"]
    looked = analyst.post("/api/v1/claims:preview", data=TABLE, content_type="text/csv").json
    assert [row["outcome"] for row in looked["rows"]] == ["new"]
    assert [row["line"] for row in looked["refused"]] == [3]
    assert analyst.get("/api/v1/claims").json["claims"] == before
    send = {"content_type": "text/csv", "headers": {"X-Content-SHA256": looked["sha256"]}}
    other = analyst.post("/api/v1/claims:import", data=TABLE + "\n", **send)
    assert other.status_code == 409
    taken = analyst.post("/api/v1/claims:import", data=TABLE, **send)
    assert (taken.status_code, taken.json["taken"], len(taken.json["refused"])) == (201, 1, 1)
    report = analyst.get(taken.json["href"]).text
    assert "1 taken" in report and "is not in the taxonomy" in report
    saved = analyst.get(taken.json["href"] + "/not-taken.csv")
    assert saved.text.splitlines()[1].startswith("3,")
    again = analyst.post("/api/v1/claims:import", data=TABLE, content_type="text/csv").json
    assert (again["taken"], again["known"]) == (0, 1)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a,b\n1,2\n", b""])
def test_what_is_no_table_is_refused_with_its_reason(
    client: Any, ids: dict[str, str], content: bytes
) -> None:
    for deed in ("preview", "import"):
        answer = client("analyst").post(f"/api/v1/claims:{deed}", data=content, content_type="text/csv")
        assert answer.status_code == 422
        assert answer.json["errors"]["file"]


def test_the_pages_of_recording_are_for_those_who_record(client: Any, ids: dict[str, str]) -> None:
    for page in ("/claims/new", "/claims/import", f"/claims/new?counter_of={ids['PR-047']}"):
        assert client("analyst").get(page).status_code == 200
        assert client("reporting_officer").get(page).status_code == 403
    assert client("analyst").get(f"/claims/imports/{uuid.uuid4()}").status_code == 404


def test_the_table_that_is_saved_holds_what_the_filters_leave(client: Any, ids: dict[str, str]) -> None:
    saved = client("analyst").get("/claims/claims.csv?from=2022-09-13&to=2022-09-13&party=AZE")
    assert saved.mimetype == "text/csv"
    assert [line.split(",")[0] for line in saved.text.splitlines()] == ["ref", "PR-046"]
