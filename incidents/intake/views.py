"""Thin routes of intake: file one, file many, the receipt, read, review."""

import dataclasses
from typing import Any

from flask import request

from incidents.intake import queries, schema
from incidents.intake.service import Received, receive_observation, review_observation, the_ground
from monitor.access import may
from monitor.door import Door
from monitor.errors import BadRequest, DomainError, NotFound
from monitor.log import queries as log
from monitor.web.blueprint import Blueprint, json_body
from monitor.web.parameters import instant_argument

bp = Blueprint("intake", __name__, url_prefix="/api/v1")

BATCH = 100


@bp.route(
    "/observations",
    methods=["POST"],
    permission="incidents:observation:file",
    takes=schema.ObservationSchema,
    gives={201: schema.ReceiptSchema, 200: schema.ReceiptSchema},
    summary="File one observation; content is never refused",
)
def file_observation(door: Door) -> Any:
    received = receive_observation(door, json_body(door.app.settings.report_limit_bytes))
    return answer(received), 200 if received.outcome == "repeat" else 201


@bp.route(
    "/observations:batch",
    methods=["POST"],
    permission="incidents:observation:file",
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
    if not queries.is_own(door.session, observation_id, door.actor.person_id, door.actor.id):
        raise NotFound(thing="receipt", id=f"{observation_id}/{revision_no}")
    receipt = queries.receipt(door.session, observation_id, revision_no)
    head = log.first_head_with(door.session, receipt.leaf_index)
    row = queries.observation(door.session, observation_id)
    steps = queries.steps(door.session, door.app.keys, observation_id)
    asked = [step.comment for step in steps if step.state == "returned" and step.revision_no == revision_no]
    return {
        **receipt_json(receipt),
        "now": row.processing if row else receipt.processing,
        "question": asked[-1] if asked else None,
        "checkpoint": head.note if head else None,
        "inclusion": log.inclusion(door.session, receipt.leaf_index, head) if head else None,
    }


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
    review_observation(door, observation_id, given["verdict"], given["comment"], given["expected"])
    row = queries.observation(door.session, observation_id)
    assert row is not None
    return row_json(row)
