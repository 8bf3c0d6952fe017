"""`/live`, the stream, and `/live/changes`, the same by asking again."""

from typing import Any

from flask import Response, current_app, request

from monitor.door import Door
from monitor.errors import BadRequest, NotReady
from monitor.live.stream import Stream
from monitor.outbox import events_after, last_event_id
from monitor.web.blueprint import Blueprint

bp = Blueprint("live", __name__, url_prefix="/live")

PAGE = 500


def the_stream() -> Stream:
    return current_app.extensions["truceline.stream"]


@bp.route("", methods=["GET"], permission="monitor:live:read", summary="Events as they happen")
def live(door: Door) -> Response:
    """Replays what came after `Last-Event-ID` (or `?after=`), then goes on. With every seat taken: 503."""
    after, stream = _number(request.headers.get("Last-Event-ID") or request.args.get("after")), the_stream()
    if not stream.take_seat():
        raise NotReady(reason="As many desks listen as this server carries. Ask /live/changes instead.")
    response = Response(stream.listen(after), mimetype="text/event-stream")
    response.call_on_close(stream.give_back_seat)
    response.headers["X-Accel-Buffering"] = "no"
    return response


@bp.route("/changes", methods=["GET"], permission="monitor:live:read", summary="Events after a number")
def changes(door: Door) -> Any:
    since = _number(request.args.get("since"))
    last = last_event_id(door.session)
    found = [] if since is None else events_after(door.session, since, limit=PAGE)
    return {
        "last_id": found[-1].id if found else last,
        "events": [{"id": told.id, "name": told.name, "data": told.data} for told in found],
    }


def _number(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not text.isdecimal():
        raise BadRequest(reason="The event number must be a whole number.")
    return int(text)
