"""The log's newest head and its proofs, for whoever wants to check."""

from typing import Any

from flask import request

from monitor.access import PUBLIC
from monitor.door import Door
from monitor.errors import BadRequest, NotFound
from monitor.log import queries
from monitor.web.blueprint import Blueprint

bp = Blueprint("log", __name__, url_prefix="/api/v1/log")


@bp.route("/head", methods=["GET"], permission=PUBLIC, summary="The newest signed head of the evidence log")
def head(door: Door) -> Any:
    key = queries.verifier_key(door.app)
    found = _head(door)
    return {"size": found.size, "root": found.root.hex(), "note": found.note, "vkey": key.text}


@bp.route(
    "/consistency/<int:size>",
    methods=["GET"],
    permission=PUBLIC,
    summary="That an older log is its beginning",
)
def consistency(door: Door, size: int) -> Any:
    found = _head(door)
    return {"old_size": size, "note": found.note, "proof": queries.consistency(door.session, size, found)}


@bp.route(
    "/entries/<int:index>", methods=["GET"], permission="monitor:log:read", summary="An entry and its proof"
)
def entry(door: Door, index: int) -> Any:
    text = queries.leaf_text(door.session, index)
    found = queries.first_head_with(door.session, index)
    return {
        "index": index,
        "leaf": text,
        "checkpoint": found.note if found else None,
        "inclusion": queries.inclusion(door.session, index, found) if found else None,
    }


def _head(door: Door) -> queries.HeadRow:
    size = request.args.get("size")
    if size is not None and not size.isdecimal():
        raise BadRequest(reason="The size must be a whole number.")
    found = (
        queries.latest_head(door.session)
        if size is None
        else queries.first_head_with(door.session, int(size) - 1)
    )
    if found is None:
        raise NotFound(thing="signed head", id=size or "newest")
    return found
