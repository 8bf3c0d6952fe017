"""Media arrive by PUT under an id of their own and are looked at as copies."""

import uuid
from typing import Any

from flask import Response, request, send_file

from incidents.evidence.custody import look
from incidents.evidence.service import receive_media
from monitor.door import Door
from monitor.errors import BadRequest, NotFound
from monitor.web.blueprint import Blueprint, body_bytes

bp = Blueprint("evidence", __name__, url_prefix="/api/v1/media")

HEX = frozenset("0123456789abcdef")


@bp.route(
    "/<media_id>",
    methods=["PUT"],
    permission="incidents:observation:file",
    summary="Hand in a file, whole; its SHA-256 goes in X-Content-SHA256",
)
def put_media(door: Door, media_id: str) -> Any:
    media_id = _uuid(media_id)
    sha256 = request.headers.get("X-Content-SHA256", "").casefold()
    if len(sha256) != 64 or not HEX.issuperset(sha256):
        raise BadRequest(reason="X-Content-SHA256 must hold the file's SHA-256 as 64 hexadecimal digits.")
    content = body_bytes(door.app.settings.media_limit_bytes)
    mime = request.mimetype or "application/octet-stream"
    is_new = receive_media(door, media_id, content, sha256, mime[:80])
    return {"media_id": media_id, "sha256": sha256, "bytes": len(content)}, 201 if is_new else 200


@bp.route(
    "/<media_id>/view",
    methods=["GET"],
    permission="incidents:media:read",
    summary="A copy to look at; the look is on record",
    records=True,
)
def view_media(door: Door, media_id: str) -> Response:
    response = send_file(door.app.storage.open(look(door, _uuid(media_id))), mimetype="image/jpeg")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise NotFound(thing="file", id=text) from error
