"""What a phone's token opens: handing in, its own receipts and questions, and what the form is made of."""

import re
from typing import Any

from cast_of_people import cast_member
from field_report import field_report
from flask import Flask

from monitor.access import PUBLIC

# Everything that a phone may ask, by the verb and the address. Whoever adds a line says here why.
OPEN_TO_A_PHONE = {
    # what the form is made of: vocabulary, places of the mission, the page itself
    "GET /api/v1/taxonomy",
    "GET /api/v1/places",
    "GET /api/v1/lines",
    "GET /api/v1/mission",
    "GET /api/v1/basemap",
    "GET /api/v1/basemap.pmtiles",
    "GET /api/v1/field/start",
    "GET /field",
    "GET /field/<language>",
    "GET /field/<language>/words",
    # handing in
    "POST /api/v1/observations",
    "POST /api/v1/observations:batch",
    "PUT /api/v1/media/<media_id>",
    "PATCH /api/v1/media/<media_id>",
    "HEAD /api/v1/media/<media_id>",
    # a watch is started, checked in and ended from the phone; others' watches are not shown to it
    "POST /api/v1/watches",
    "POST /api/v1/watches/<uuid:watch_id>/events",
    # one's own receipts and questions
    "GET /api/v1/receipts/<observation_id>/<int:revision_no>",
    "POST /api/v1/receipts:batch",
    "GET /api/v1/questions",
}
ANY = {"int": "1"}


def asked(app: Flask, phone: Any) -> dict[str, int]:
    """The status of every verb of every route, asked with the phone's token and any value in its places."""
    found = {}
    for rule in app.url_map.iter_rules():
        facts = getattr(app.view_functions[rule.endpoint], "route_facts", None)
        if facts is None or facts.permission == PUBLIC:
            continue
        address = re.sub(r"<(?:(\w+):)?\w+>", lambda part: ANY.get(part[1], "any"), rule.rule)
        verbs = (rule.methods or set()) - {"OPTIONS"}
        for verb in verbs - {"HEAD"} if "GET" in verbs else verbs:
            found[f"{verb} {rule.rule}"] = phone.open(address, method=verb).status_code
    return found


def test_a_phones_token_opens_what_is_listed_and_nothing_else(app: Flask, client: Any) -> None:
    found = asked(app, client.device())
    opened = {what for what, status in found.items() if status not in {401, 403}}
    assert opened - OPEN_TO_A_PHONE == set()
    assert len(found) > 60


def test_a_phone_reads_nothing_that_another_one_filed(app: Flask, client: Any, parts: Any) -> None:
    """Object by object: the ids are real, and still nothing of another team comes out."""
    body = field_report(text="Only for the base.")
    client.device().post("/api/v1/observations", json=body)
    verdict = {"verdict": "returned", "comment": "Where exactly?"}
    client("duty_officer").post(f"/api/v1/observations/{body['observation_id']}/review", json=verdict)
    other = client.device("second", team_code="T2")
    answers = [
        other.get(f"/api/v1/receipts/{body['observation_id']}/1"),
        other.post("/api/v1/receipts:batch", json={"ids": [f"{body['observation_id']}/1"]}),
        other.get("/api/v1/questions"),
        other.get(f"/api/v1/observations/{body['observation_id']}"),
        other.get("/api/v1/observations"),
        other.get(f"/desk/observations/{body['observation_id']}"),
    ]
    for answer in answers:
        for secret in ("Only for the base.", "Where exactly?", "40.203", "leaf_index"):
            assert secret not in answer.text
    with parts.reading() as door:
        assert cast_member(door, "monitor").name not in "".join(answer.text for answer in answers)
