"""Watches for the form and the room."""

import datetime as dt
import uuid
from typing import Any

from flask import request

from monitor.door import Door
from monitor.errors import BadRequest
from monitor.watches import queries
from monitor.watches.schema import PlanSchema, WatchAnswerSchema, WatchesSchema, WatchEventSchema, WatchSchema
from monitor.watches.service import FILE, Outcome, plan_watch, record_watch_event
from monitor.web.blueprint import Blueprint

bp = Blueprint("watches", __name__, url_prefix="/api/v1/watches")

ANSWERS = {200: WatchAnswerSchema, 201: WatchAnswerSchema}


@bp.route("", methods=["GET"], permission="monitor:watch:read", gives=WatchesSchema, summary="Watches")
def watches(door: Door) -> Any:
    """`?mine=1`: one's own team's open and coming watches; else all between `from` and `to`."""
    if request.args.get("mine", "") not in {"", "0"}:
        found = queries.own_watches(door.session, door.actor.team_id, door.now)
    else:
        start = _instant("from", door.now - dt.timedelta(hours=24))
        found = queries.watches(door.session, start, _instant("to", door.now + dt.timedelta(hours=24)))
    return {"watches": WatchSchema(many=True).dump(found)}


@bp.route("", methods=["POST"], permission=FILE, takes=PlanSchema, gives=ANSWERS, summary="Plan a watch")
def plan(door: Door) -> Any:
    """201 for a new watch, 200 for the same one again, 409 for another one under the same id."""
    told = door.load(PlanSchema)
    watch_id = str(told.pop("watch_id"))
    return _answer(door, watch_id, plan_watch(door, watch_id=watch_id, **told))


@bp.route(
    "/<uuid:watch_id>/events",
    methods=["POST"],
    permission=FILE,
    takes=WatchEventSchema,
    gives=ANSWERS,
    summary="Start, check in, end, or tell of an outage",
)
def happened(door: Door, watch_id: uuid.UUID) -> Any:
    """201 for news, 200 for the same event again, 409 for another one under the same id."""
    told = door.load(WatchEventSchema)
    event_id = str(told.pop("event_id") or uuid.uuid4())
    outcome = record_watch_event(door, event_id=event_id, watch_id=str(watch_id), **told)
    return _answer(door, str(watch_id), outcome)


def _answer(door: Door, watch_id: str, outcome: Outcome) -> tuple[dict[str, Any], int]:
    shown = WatchSchema().dump(queries.watch(door.session, watch_id))
    return {"outcome": outcome, "watch": shown}, 201 if outcome == "new" else 200


def _instant(name: str, otherwise: dt.datetime) -> dt.datetime:
    text = request.args.get(name)
    if not text:
        return otherwise
    wrong = BadRequest(reason=f"`{name}` must be a time with its offset, as in 2022-09-13T00:00:00+04:00.")
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as unread:
        raise wrong from unread
    if at.tzinfo is None:
        raise wrong
    return at
