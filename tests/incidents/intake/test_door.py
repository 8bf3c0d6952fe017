import json

import pytest
from field_report import field_report

URL = "/api/v1/observations"


def test_a_phone_files_and_reads_its_receipt(client):
    phone, body = client.device(), field_report()
    answer = phone.post(URL, json=body)
    assert answer.status_code == 201
    assert answer.json["receipt"]["number"].startswith("R-")
    assert json.loads(answer.json["receipt"]["leaf"])["observation"] == body["observation_id"]
    receipt = phone.get(answer.json["links"]["self"]).json
    assert (receipt["now"], receipt["checkpoint"]) == ("received", None)
    assert phone.post(URL, json=body).status_code == 200
    assert phone.post(URL, json=body | {"means": "saw"}).status_code == 409


def test_the_receipt_holds_a_proof_once_the_head_is_signed(client, parts):
    from monitor import merkle
    from monitor.log.service import sign_head

    phone = client.device()
    answer = phone.post(URL, json=field_report()).json
    with parts.transaction() as door:
        sign_head(door)
    receipt = phone.get(answer["links"]["self"]).json
    key = merkle.VerifierKey.of(parts.settings.log_origin, parts.keys.log)
    head = merkle.Checkpoint.open(receipt["checkpoint"], key)
    proof = [bytes.fromhex(step) for step in receipt["inclusion"]]
    leaf = merkle.leaf_hash(answer["receipt"]["leaf"].encode())
    assert merkle.verify_inclusion(leaf, answer["receipt"]["leaf_index"], head.size, proof, head.root)


def test_a_phone_can_hand_in_and_nothing_else(client):
    phone, body = client.device(), field_report()
    phone.post(URL, json=body)
    assert phone.get(URL).status_code == 403
    assert phone.get(f"{URL}/{body['observation_id']}").status_code == 403
    assert (
        phone.post(f"{URL}/{body['observation_id']}/review", json={"verdict": "accepted"}).status_code == 403
    )
    other = client.device("second", team_code="T2")
    assert other.get(f"/api/v1/receipts/{body['observation_id']}/1").status_code == 404


def test_each_item_of_a_batch_succeeds_or_fails_alone(client):
    good, odd = field_report(), field_report(means="smelled")
    answer = client.device().post(f"{URL}:batch", json={"items": [good, {"no": "id"}, odd, good]})
    assert [item["status"] for item in answer.json["items"]] == [201, 400, 201, 200]
    assert answer.json["items"][2]["processing"] == "quarantined"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"observation_id": 1, "observation_id": 2}', "stands twice"),
        (b'{"a": NaN}', "NaN"),
        (b"[" * 2000 + b"]" * 2000, "Nested deeper"),
        (b'{"a": "\\u0000"}', "U+0000"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too long"),
        (b"\xff\xfe", "UTF-8"),
        (b"{", "not JSON"),
    ],
)
def test_bytes_that_two_parsers_could_read_differently_are_refused_with_the_reason(client, content, says):
    answer = client.device().post(URL, data=content, content_type="application/json")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert says in answer.json["detail"]


def test_another_kind_of_content_is_refused(client):
    assert client.device().post(URL, data="{}", content_type="text/plain").status_code == 415


def test_a_report_over_the_limit_is_refused_before_it_is_read(client, parts):
    body = field_report(text="x" * (parts.settings.report_limit_bytes + 1))
    assert client.device().post(URL, json=body).status_code == 413


def test_a_reviewer_reads_text_and_position_and_accepts(client):
    body = field_report()
    client.device().post(URL, json=body)
    desk = client("duty_officer")
    found = desk.get(f"{URL}/{body['observation_id']}").json
    assert found["text"] == body["text"]
    assert found["position"]["dir16"] == "SE"
    answer = desk.post(f"{URL}/{body['observation_id']}/review", json={"verdict": "accepted"})
    assert answer.json["processing"] == "accepted"


def test_a_change_from_another_site_is_refused(client):
    desk = client("duty_officer")
    forged = desk.post(f"{URL}/x/review", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert forged.status_code == 403
    desk.environ_base.pop("HTTP_X_CSRF_TOKEN")
    assert desk.post(f"{URL}/x/review", json={"verdict": "accepted"}).status_code == 403


def test_the_description_of_the_api_is_valid_openapi(client):
    from openapi_spec_validator import validate

    described = client.nobody().get("/api/v1/openapi.json").json
    validate(described)
    assert "/api/v1/observations" in described["paths"]
    assert client.nobody().get("/api/v1/").status_code == 200
