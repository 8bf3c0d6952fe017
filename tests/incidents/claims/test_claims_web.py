"""The doors of claims: who may read, who may record, what is refused; and the command that imports."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from marshmallow import ValidationError

import incidents.claims
from incidents.claims.schema import ClaimSchema
from incidents.claims.service import import_press
from monitor.door import App
from monitor.keys import make_keys
from monitor.settings import Settings
from wsgi import main

NOBODY = "0c0de51e-0000-4000-8000-000000000000"
SAMPLE = Path(incidents.claims.__file__).parent / "data" / "press-incidents.csv"

STATEMENT: dict[str, Any] = {
    "claimant": "ARM_MOD",
    "claimant_party": "ARM",
    "against": "AZE",
    "t_start": "2022-09-13T00:05:00+04:00",
    "t_precision": "T2",
    "place_text": "Sotk",
    "lon": 45.865,
    "lat": 40.203,
    "uncertainty_m": 5000,
    "geo_precision": "L4",
    "type": "explosion",
    "stated_type": "shelling",
    "channel": "press",
    "source": "https://example.org/1",
}


def test_claims_of_a_period_are_read(client: Any, parts: App) -> None:
    with parts.transaction() as door:
        import_press(door, SAMPLE.read_text(encoding="utf-8"))
    asked = {"from": "2022-09-12T19:30:00+04:00", "to": "2022-09-13T19:30:00+04:00"}
    answer = client("analyst").get("/api/v1/claims", query_string=asked)
    assert answer.status_code == 200
    assert answer.json["is_complete"] is True
    claims = answer.json["claims"]
    assert [claim["external_ref"] for claim in claims] == [f"PR-{number:03}" for number in range(46, 54)]
    assert claims[1]["t_start"] == "2022-09-12T20:05:00Z"
    one = client("analyst").get(f"/api/v1/claims/{claims[1]['id']}")
    assert one.json == claims[1]


def test_a_claim_that_is_not_there(client: Any) -> None:
    assert client("analyst").get("/api/v1/claims/none").status_code == 404


def test_a_time_without_its_offset_is_refused(client: Any) -> None:
    answer = client("analyst").get("/api/v1/claims", query_string={"from": "2022-09-13T00:00"})
    assert answer.status_code == 422
    assert "from" in answer.json["errors"]


def test_a_statement_recorded_twice_is_one_claim(client: Any) -> None:
    desk = client("duty_officer")
    statement = STATEMENT | {"external_ref": "ST-1"}
    first = desk.post("/api/v1/claims", json=statement)
    again = desk.post("/api/v1/claims", json=statement)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["id"] == again.json["id"]
    assert desk.post("/api/v1/claims", json=statement | {"killed": 1}).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"type": "provocation"}, "type"),
        ({"weapons": ["bazooka"]}, "weapons"),
        ({"t_end": "2022-09-12T00:05:00+04:00"}, "t_end"),
        ({"t_start": "2022-09-13T00:05:00"}, "t_start"),
        ({"lat": None}, "lon"),
        ({"uncertainty_m": None}, "uncertainty_m"),
        ({"geo_precision": "L7"}, "uncertainty_m"),
        ({"lon": None, "lat": None}, "geo_precision"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"counter_of": "PR-001"}, "counter_of"),
        ({"verdict": "true"}, "verdict"),
    ],
)
def test_what_must_be_mended_is_named(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ClaimSchema().load(STATEMENT | wrong)
    assert field in refused.value.normalized_messages()


def test_a_refused_statement_names_the_field(client: Any) -> None:
    answer = client("analyst").post("/api/v1/claims", json=STATEMENT | {"counter_of": NOBODY})
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["counter_of"]


@pytest.mark.parametrize(("role", "status"), [("liaison", 403), ("head_of_mission", 403), ("analyst", 201)])
def test_only_those_who_may_record_do(client: Any, role: str, status: int) -> None:
    assert client(role).post("/api/v1/claims", json=STATEMENT).status_code == status


def test_a_stranger_reads_no_claims(client: Any) -> None:
    assert client.nobody().get("/api/v1/claims").status_code == 401


def test_the_command_says_what_it_took_and_what_not(settings: Settings) -> None:
    make_keys(settings.keys_dir)
    environment = {"TRUCELINE_DATA_DIR": str(settings.data_dir), "TRUCELINE_DATABASE_URL": settings.store_url}
    table = settings.data_dir / "press.csv"
    heading, first, second, third, *_ = SAMPLE.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([heading, first, second, third.replace("incursion_attempt", "raid")]))

    def run(file: Path) -> Result:
        return CliRunner().invoke(main, ["import", "press", str(file)], env=environment)

    assert run(table).stdout == "2 taken, 0 already known, 1 refused\n"
    again = run(table)
    assert again.stdout == "0 taken, 2 already known, 1 refused\n"
    assert again.stderr == "refused: line 4 PR-003: incident_type 'raid' is not known\n"
    table.write_bytes(b"\xff\xfe")
    assert "is not UTF-8 text" in run(table).stderr
    table.write_text("a,b\n1,2\n")
    assert run(table).exit_code == 1
