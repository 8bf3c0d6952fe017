"""Asking for a spot report of an incident."""

from typing import Any

from flask import redirect, request, url_for

from monitor.door import Door
from monitor.web.blueprint import Blueprint
from reports.issuing.schema import SpotSchema
from reports.issuing.service import EDIT
from reports.spot.service import draft_spot

bp = Blueprint("spot", __name__, url_prefix="/summaries/spot")


@bp.route("", methods=["POST"], permission=EDIT, takes=SpotSchema, summary="Draft a spot report")
def draft(door: Door) -> Any:
    row = draft_spot(door, door.load(SpotSchema)["incident_id"])
    if request.is_json:
        return {"summary_id": row.id, "version_no": row.version_no, "state": row.state}, 201
    return redirect(url_for("summaries.show", summary_id=row.id), 303)
