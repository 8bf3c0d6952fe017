"""Asking for the pack of a meeting with a party."""

from typing import Any

from flask import redirect, request, url_for

from monitor.door import Door
from monitor.web.blueprint import Blueprint
from reports.issuing.schema import PackSchema
from reports.issuing.service import EDIT
from reports.pack.service import draft_pack

bp = Blueprint("pack", __name__, url_prefix="/summaries/pack")


@bp.route("", methods=["POST"], permission=EDIT, takes=PackSchema, summary="Draft a meeting pack")
def draft(door: Door) -> Any:
    given = door.load(PackSchema)
    row = draft_pack(door, given["party"], given["days"])
    if request.is_json:
        return {"summary_id": row.id, "version_no": row.version_no, "state": row.state}, 201
    return redirect(url_for("summaries.show", summary_id=row.id), 303)
