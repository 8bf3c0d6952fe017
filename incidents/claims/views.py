"""Claims: read by those who compare, recorded by those who listen."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from flask import Response, request, send_file

from incidents.claims import queries, service
from incidents.claims.importer import NotThisTable
from incidents.claims.ledger import type_label
from incidents.claims.schema import ClaimSchema, MatchSchema, PairSchema, RecordedSchema, shown
from incidents.claims.service import record_claim
from monitor.door import Door
from monitor.errors import Conflict, Invalid, NotFound
from monitor.mission.queries import find_mission
from monitor.mission.words import span
from monitor.web.blueprint import Blueprint, body_bytes

bp = Blueprint("claims", __name__, url_prefix="/api/v1")

AT_MOST = 500
TABLE_BYTES = 5_000_000
COPY_BYTES = 20_000_000


@bp.route(
    "/claims",
    methods=["GET"],
    permission="incidents:claim:read",
    summary="What the parties claim about events that begin between `from` and `to`",
)
def read_claims(door: Door) -> dict[str, Any]:
    rows = queries.claims(door.session, _instant("from"), _instant("to"), _instant("known_at"), AT_MOST + 1)
    return {"claims": [shown(row) for row in rows[:AT_MOST]], "is_complete": len(rows) <= AT_MOST}


@bp.route(
    "/claims/<claim_id>", methods=["GET"], permission="incidents:claim:read", summary="One claim as recorded"
)
def read_claim(door: Door, claim_id: str) -> dict[str, Any]:
    row = queries.claim(door.session, claim_id)
    if row is None:
        raise NotFound(thing="claim", id=claim_id)
    return shown(row)


@bp.route(
    "/claims",
    methods=["POST"],
    permission="incidents:claim:record",
    takes=ClaimSchema,
    gives=RecordedSchema,
    summary="Record what a party said; the same statement twice is one claim",
)
def add_claim(door: Door) -> tuple[dict[str, Any], int]:
    values = door.load(ClaimSchema)["values"]
    if values.counter_of and queries.claim(door.session, values.counter_of) is None:
        raise Invalid(errors={"counter_of": ["There is no such claim."]})
    claim_id, is_new = record_claim(door, values)
    return {"id": claim_id, "is_new": is_new}, 201 if is_new else 200


@bp.route(
    "/claims:preview",
    methods=["POST"],
    permission="incidents:claim:record",
    media_types=("text/csv",),
    summary="What would become of every row of a table of statements (CSV); records nothing",
)
def preview(door: Door) -> dict[str, Any]:
    content = body_bytes(TABLE_BYTES)
    try:
        found = service.preview_table(door.session, content)
    except NotThisTable as error:
        raise Invalid(errors={"file": [str(error)]}) from error
    mission = find_mission(door.session)
    zone = mission.zone if mission else dt.UTC
    return {
        "sha256": found.sha256,
        "shape": found.shape,
        "rows": [
            {
                "line": row.line,
                "outcome": row.outcome,
                "ref": row.values.external_ref,
                "claimant": row.values.claimant,
                "when": span(row.values.t_start, row.values.t_end, zone),
                "type": type_label(row.values.type),
                "place": row.values.place_text,
            }
            for row in found.rows
        ],
        "refused": [asdict(refusal) for refusal in found.refused],
    }


@bp.route(
    "/claims:import",
    methods=["POST"],
    permission="incidents:claim:record",
    media_types=("text/csv",),
    summary="Record the rows of a table that can be taken; X-Content-SHA256 names the file looked at",
)
def take_table(door: Door) -> tuple[dict[str, Any], int]:
    content = body_bytes(TABLE_BYTES)
    try:
        looked_at = request.headers.get("X-Content-SHA256")
        if looked_at and looked_at != service.preview_table(door.session, content).sha256:
            raise Conflict(reason="This is not the file that was looked at. Look at it again.")
        taken = service.import_table(door, content)
    except NotThisTable as error:
        raise Invalid(errors={"file": [str(error)]}) from error
    return {
        "id": taken.import_id,
        "taken": taken.taken,
        "known": taken.known,
        "refused": [asdict(refusal) for refusal in taken.refused],
        "href": f"/claims/imports/{taken.import_id}",
    }, 201


@bp.route(
    "/claims/<claim_id>/pairs",
    methods=["POST"],
    permission="incidents:claim:match",
    takes=PairSchema,
    summary="Put another party's claim together with this one, as of the same event, or take them apart",
)
def pair(door: Door, claim_id: str) -> dict[str, Any]:
    given = door.load(PairSchema)
    reason = "same_event" if given["linked"] else given["reason"]
    service.decide_pair(door, claim_id, str(given["other_id"]), given["linked"], reason)
    return {"claim_id": claim_id, "other_id": str(given["other_id"]), "linked": given["linked"]}


@bp.route(
    "/claims/<claim_id>/matches",
    methods=["POST"],
    permission="incidents:claim:match",
    takes=MatchSchema,
    summary="Say that an observation is of the event claimed, or that it is not",
)
def match(door: Door, claim_id: str) -> dict[str, Any]:
    given = door.load(MatchSchema)
    observation_id = queries.observation_named(door.session, given["observation_id"])
    if observation_id is None:
        raise Invalid(errors={"observation_id": ["There is no report with this number or id."]})
    reason = "same_event" if given["linked"] else given["reason"]
    service.decide_match(door, claim_id, observation_id, given["linked"], reason)
    return {"claim_id": claim_id, "observation_id": observation_id, "linked": given["linked"]}


@bp.route(
    "/claims/<claim_id>/copies",
    methods=["POST"],
    permission="incidents:claim:record",
    media_types=("application/octet-stream",),
    summary="Keep a copy of the statement as published, by its hash",
)
def keep_copy(door: Door, claim_id: str) -> tuple[dict[str, Any], int]:
    content = body_bytes(COPY_BYTES)
    sha256 = service.archive_copy(door, claim_id, content, request.mimetype or "application/octet-stream")
    return {"claim_id": claim_id, "sha256": sha256, "bytes": len(content)}, 201


@bp.route(
    "/claims/<claim_id>/copies/<sha256>",
    methods=["GET"],
    permission="incidents:claim:read",
    summary="A kept copy, to be saved; never shown in the page",
)
def copy(door: Door, claim_id: str, sha256: str) -> Response:
    kept = queries.archives(door.session, [claim_id]).get(claim_id, [])
    if sha256 not in {row.sha256 for row in kept}:
        raise NotFound(thing="copy", id=sha256)
    response = send_file(
        door.app.storage.open(sha256),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=f"statement-{sha256[:16]}",
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _instant(name: str) -> dt.datetime | None:
    """A time of the query string; it names its offset."""
    text = request.args.get(name)
    if text is None:
        return None
    try:
        # An unescaped plus sign of an offset arrives as a space.
        instant = dt.datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise Invalid(errors={name: ["A time with its offset, like 2022-09-13T00:00:00+04:00."]})
    return instant
