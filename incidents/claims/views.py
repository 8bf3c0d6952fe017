"""Claims: read by those who compare, recorded by those who listen."""

import datetime as dt
from typing import Any

from flask import request

from incidents.claims import queries
from incidents.claims.schema import ClaimSchema, RecordedSchema, shown
from incidents.claims.service import record_claim
from monitor.door import Door
from monitor.errors import Invalid, NotFound
from monitor.web.blueprint import Blueprint

bp = Blueprint("claims", __name__, url_prefix="/api/v1")

AT_MOST = 500


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
