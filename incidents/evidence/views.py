"""Media arrive whole by PUT or in parts by PATCH, under an id of their own, and are looked at as copies."""

import uuid
from typing import Any

from flask import Response, request, send_file

from incidents.evidence import queries
from incidents.evidence.service import Part, bytes_here, receive_media, receive_part
from monitor.door import Door
from monitor.errors import BadRequest, NotFound
from monitor.web.blueprint import Blueprint, body_bytes

bp = Blueprint("evidence", __name__, url_prefix="/api/v1/media")

HEX = frozenset("0123456789abcdef")
SEALED = "application/vnd.truceline.sealed.v1"
# Phones send 256 kB at a time, so that a bad line costs little; a good line may carry more.
LARGEST_PART = 1_048_576


@bp.route(
    "/<media_id>",
    methods=["PUT"],
    permission="incidents:observation:file",
    body_limit=lambda settings: settings.media_limit_bytes,
    summary="Hand in a file, whole; its SHA-256 goes in X-Content-SHA256",
)
def put_media(door: Door, media_id: str) -> Any:
    media_id, sha256 = _uuid(media_id), _sha256()
    content = body_bytes(door.app.settings.media_limit_bytes)
    mime = request.mimetype or "application/octet-stream"
    is_new = receive_media(door, media_id, content, sha256, mime[:80])
    return {"media_id": media_id, "sha256": sha256, "bytes": len(content)}, 201 if is_new else 200


@bp.route(
    "/<media_id>",
    methods=["PATCH"],
    permission="incidents:observation:file",
    body_limit=lambda _: LARGEST_PART,
    summary="Hand in the next part of a file, sealed or not; 204 says where to go on, 201 that it is whole",
)
def patch_media(door: Door, media_id: str) -> Any:
    media_id, mime = _uuid(media_id), request.mimetype or "application/octet-stream"
    observation_id = request.headers.get("X-Observation-Id", "")
    if mime == SEALED and not observation_id:
        raise BadRequest(reason="X-Observation-Id must name the report that a sealed file belongs to.")
    part = Part(
        offset=_whole_header("Upload-Offset"),
        length=_whole_header("Upload-Length"),
        sha256=_sha256(),
        mime=mime[:80],
        sealed_for=observation_id if mime == SEALED else None,
    )
    arrival = receive_part(door, media_id, part, body_bytes(LARGEST_PART))
    headers = {"Upload-Offset": str(arrival.offset)}
    if arrival.size_bytes is None:
        return "", 204, headers
    answer = {"media_id": media_id, "sha256": part.sha256, "bytes": arrival.size_bytes}
    return answer, 201 if arrival.is_new else 200, headers


@bp.route(
    "/<media_id>",
    methods=["HEAD"],
    permission="incidents:observation:file",
    summary="How much of a file is here",
)
def head_media(door: Door, media_id: str) -> Any:
    offset, is_whole = bytes_here(door, _uuid(media_id))
    headers = {"Upload-Offset": str(offset)} | ({"Upload-Complete": "?1"} if is_whole else {})
    return "", 200, headers


@bp.route("/<media_id>/view", methods=["GET"], permission="incidents:media:read", summary="A copy to look at")
def view_media(door: Door, media_id: str) -> Response:
    copy = queries.viewing_sha256(door.session, _uuid(media_id))
    if copy is None:
        raise NotFound(thing="copy to look at", id=media_id)
    response = send_file(door.app.storage.open(copy), mimetype="image/jpeg")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _sha256() -> str:
    sha256 = request.headers.get("X-Content-SHA256", "").casefold()
    if len(sha256) != 64 or not HEX.issuperset(sha256):
        raise BadRequest(reason="X-Content-SHA256 must hold the file's SHA-256 as 64 hexadecimal digits.")
    return sha256


def _whole_header(name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise BadRequest(reason=f"{name} must be a whole number of bytes.")
    return int(text)


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise NotFound(thing="file", id=text) from error
