"""Asking for a draft by hand: at once, or anew as known now."""

from typing import Any

from flask import redirect, request, url_for

from monitor.door import Door
from monitor.web.blueprint import Blueprint
from reports.daily import service
from reports.issuing.queries import SummaryRow
from reports.issuing.schema import NothingSchema
from reports.issuing.service import EDIT

bp = Blueprint("daily", __name__, url_prefix="/summaries/daily")


@bp.route("/now", methods=["POST"], permission=EDIT, takes=NothingSchema, summary="Draft a summary now")
def draft_now(door: Door) -> Any:
    door.load(NothingSchema)
    return _drafted(service.draft_now(door))


@bp.route("/<summary_id>/again", methods=["POST"], permission=EDIT, takes=NothingSchema)
def redraft(door: Door, summary_id: str) -> Any:
    door.load(NothingSchema)
    return _drafted(service.redraft(door, summary_id))


def _drafted(row: SummaryRow) -> Any:
    if request.is_json:
        return {"summary_id": row.id, "version_no": row.version_no, "state": row.state}, 201
    return redirect(url_for("summaries.show", summary_id=row.id), 303)
