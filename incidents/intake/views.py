"""Thin routes of intake: file one, file many, the receipt, read, review."""

import dataclasses
from typing import Any

from flask import request

from incidents.evidence.views import SEALED
from incidents.intake import queries, schema
from incidents.intake.service import (
    Received,
    receive_observation,
    receive_package,
    receive_sealed,
    review_observation,
    the_ground,
)
from monitor.access import may
from monitor.door import Door
from monitor.errors import BadRequest, DomainError, Invalid, NotFound, WrongMediaType
from monitor.sealing import OVERHEAD
from monitor.settings import Settings
from monitor.web.blueprint import Blueprint, body_bytes, json_body
from monitor.web.parameters import instant_argument

bp = Blueprint("intake", __name__, url_prefix="/api/v1")

BATCH = 100


PLAIN = "application/json"
SIGNED = "application/vnd.truceline.observation.v1+dsse"


def package_limit(settings: Settings) -> int:
    """The same report signed and written in base64, twice over, and sealed."""
    return 2 * settings.report_limit_bytes + OVERHEAD


@bp.route(
    "/observations",
    methods=["POST"],
    permission="incidents:observation:file",
    body_limit=package_limit,
    takes=schema.ObservationSchema,
    gives={201: schema.ReceiptSchema, 200: schema.ReceiptSchema},
    summary="File one observation, plain, signed or sealed; content is never refused",
)
def file_observation(door: Door) -> Any:
    limit = package_limit(door.app.settings)
    if request.mimetype == SIGNED:
        received = receive_package(door, body_bytes(limit))
    elif request.mimetype == SEALED:
        received = receive_sealed(door, body_bytes(limit), *_named_in_headers())
    elif request.mimetype == PLAIN:
        received = receive_observation(door, json_body(door.app.settings.report_limit_bytes))
    else:
        raise WrongMediaType(wanted=", ".join((PLAIN, SIGNED, SEALED)), found=request.mimetype or "nothing")
    return answer(received), 200 if received.outcome == "repeat" else 201


def _named_in_headers() -> tuple[str, int]:
    """Which report a sealed package holds: it was bound to its number when it was sealed."""
    number = request.headers.get("X-Revision-No", "")
    if not (number.isascii() and number.isdecimal() and len(number) <= 5):
        raise BadRequest(reason="X-Revision-No must be the revision of the sealed report.")
    return request.headers.get("X-Observation-Id", ""), int(number)


@bp.route(
    "/observations:batch",
    methods=["POST"],
    permission="incidents:observation:file",
    body_limit=lambda settings: BATCH * settings.report_limit_bytes,
    takes=schema.ObservationBatchSchema,
    gives={200: schema.BatchAnswerSchema},
    summary="File up to 100 observations; each succeeds or fails alone",
)
def file_batch(door: Door) -> Any:
    body = json_body(BATCH * door.app.settings.report_limit_bytes)
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= BATCH:
        raise BadRequest(reason=f"A batch is an object with `items`, a list of 1 to {BATCH} observations.")
    ground = the_ground(door.session)
    answers = []
    for item in items:
        try:
            with door.session.begin_nested():
                received = receive_observation(door, item, ground)
            answers.append({"status": 200 if received.outcome == "repeat" else 201, **answer(received)})
        except DomainError as error:
            given = item.get("observation_id") if isinstance(item, dict) else None
            answers.append({"status": error.status, "observation_id": given, "detail": error.detail})
    return {"items": answers}


def answer(received: Received) -> dict[str, Any]:
    return {**receipt_json(received.receipt), "outcome": received.outcome}


def receipt_json(receipt: queries.Receipt) -> dict[str, Any]:
    return {
        "observation_id": receipt.observation_id,
        "revision_no": receipt.revision_no,
        "digest": receipt.digest,
        "envelope_sha256": receipt.envelope_sha256,
        "received_at": receipt.received_at.isoformat(),
        "processing": receipt.processing,
        "reasons": list(receipt.reasons),
        "receipt": {"number": receipt.number, "leaf_index": receipt.leaf_index, "leaf": receipt.leaf},
        "links": {"self": f"/api/v1/receipts/{receipt.observation_id}/{receipt.revision_no}"},
    }


@bp.route(
    "/receipts/<observation_id>/<int:revision_no>",
    methods=["GET"],
    permission="incidents:observation:file",
    gives=schema.SignedReceiptSchema,
    summary="One's own receipt, with the signed head and the proof once there are",
)
def read_receipt(door: Door, observation_id: str, revision_no: int) -> Any:
    wanted = (observation_id, revision_no)
    found = _own_receipts(door, [wanted]).get(wanted)
    if found is None:
        raise NotFound(thing="receipt", id=f"{observation_id}/{revision_no}")
    return signed_receipt_json(found)


@bp.route(
    "/receipts:batch",
    methods=["POST"],
    permission="incidents:observation:file",
    only_reads=True,
    takes=schema.ReceiptIdsSchema,
    gives=schema.ReceiptsSchema,
    summary="Up to 100 of one's own receipts at once, all under the newest signed head",
)
def read_receipts(door: Door) -> Any:
    wanted = [_receipt_id(text) for text in door.load(schema.ReceiptIdsSchema)["ids"]]
    found = _own_receipts(door, wanted)
    return {
        "items": [
            {"status": 200, **signed_receipt_json(found[key])}
            if key in found
            else {"status": 404, "observation_id": key[0], "revision_no": key[1]}
            for key in wanted
        ]
    }


def _own_receipts(door: Door, wanted: list[tuple[str, int]]) -> dict[tuple[str, int], queries.SignedReceipt]:
    actor = door.actor
    return queries.signed_receipts(door.session, door.app.keys, wanted, actor.person_id, actor.id)


def _receipt_id(text: str) -> tuple[str, int]:
    observation_id, _, number = text.partition("/")
    if not (number.isascii() and number.isdecimal() and len(number) <= 5):
        raise Invalid({"ids": [f"{text}: a receipt is named <observation_id>/<revision_no>."]})
    return observation_id, int(number)


def signed_receipt_json(found: queries.SignedReceipt) -> dict[str, Any]:
    return {
        **receipt_json(found.receipt),
        "now": found.now,
        "question": found.question,
        "media": [dataclasses.asdict(item) for item in found.media],
        "checkpoint": found.checkpoint,
        "inclusion": found.inclusion,
    }


@bp.route(
    "/questions",
    methods=["GET"],
    permission="incidents:observation:file",
    gives=schema.QuestionsSchema,
    summary="What the base asks about one's own reports, with what an answer begins from",
)
def read_questions(door: Door) -> Any:
    asked = queries.open_questions(door.session, door.app.keys, door.actor.person_id)
    return {"questions": [dataclasses.asdict(one) | {"asked_at": one.asked_at.isoformat()} for one in asked]}


@bp.route(
    "/observations",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="Observations by event time (`from`, `to`), as known at `known_at`",
)
def list_observations(door: Door) -> Any:
    rows = queries.observations(
        door.session,
        instant_argument("from"),
        instant_argument("to"),
        known_at=instant_argument("known_at"),
        states=request.args.getlist("state") or None,
        sectors=request.args.getlist("sector") or None,
    )
    return {"observations": [row_json(row) for row in rows], "now": door.now.isoformat()}


@bp.route(
    "/observations/<observation_id>",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="One observation with its revisions, steps and, where one may, text and position",
)
def read_observation(door: Door, observation_id: str) -> Any:
    row = queries.observation(door.session, observation_id)
    if row is None:
        raise NotFound(thing="observation", id=observation_id)
    keys = door.app.keys
    found = row_json(row) | {
        "revisions": [
            {"revision_no": number, "received_at": at.isoformat(), "digest": digest}
            for number, at, digest in queries.revisions(door.session, observation_id)
        ],
        "steps": [
            dataclasses.asdict(step) | {"recorded_at": step.recorded_at.isoformat()}
            for step in queries.steps(door.session, keys, observation_id)
        ],
    }
    if may(door.actor, "incidents:position:read").allowed:
        position = queries.positions(door.session, keys, [row]).get(observation_id)
        found["position"] = dataclasses.asdict(position) if position else None
    if may(door.actor, "incidents:text:read").allowed:
        found["text"] = queries.texts(door.session, keys, [row]).get(observation_id)
        found["private_fields"] = queries.private_fields(door.session, keys, row)
    return found


def row_json(row: queries.ObservationRow) -> dict[str, Any]:
    hidden = {"x", "y", "z", "cell", "leaf_index"}
    found = {key: value for key, value in dataclasses.asdict(row).items() if key not in hidden}
    times = ("t_start", "t_end", "received_at", "recorded_at")
    return found | {key: found[key].isoformat() for key in times} | {"reasons": list(row.reasons)}


@bp.route(
    "/observations/<observation_id>/review",
    methods=["POST"],
    permission="incidents:observation:review",
    takes=schema.ReviewSchema,
    summary="Accept, return or reject what somebody else filed",
)
def review(door: Door, observation_id: str) -> Any:
    given = door.load(schema.ReviewSchema)
    review_observation(door, observation_id, given["verdict"], given["comment"])
    row = queries.observation(door.session, observation_id)
    assert row is not None
    return row_json(row)
