"""The doors of custody: save, export, blur. An original is only ever saved, never shown."""

import uuid
from typing import Any

from flask import Response, make_response, send_file
from marshmallow import Schema, fields, validate

from incidents.evidence import custody, queries
from monitor.door import Door
from monitor.errors import NotFound
from monitor.web.blueprint import Blueprint

bp = Blueprint("custody", __name__, url_prefix="/api/v1/media")

# What comes from outside is handed on as bytes of no kind, in a box without rights.
AS_BYTES = "application/octet-stream"
BOX = "default-src 'none'; sandbox"


class RegionSchema(Schema):
    """A rectangle as fractions of the picture, from its upper left corner."""

    x = fields.Float(required=True, validate=validate.Range(0, 1))
    y = fields.Float(required=True, validate=validate.Range(0, 1))
    w = fields.Float(required=True, validate=validate.Range(0, 1))
    h = fields.Float(required=True, validate=validate.Range(0, 1))


class BlurSchema(Schema):
    """What is made unreadable, and what it shows."""

    regions = fields.List(fields.Nested(RegionSchema), required=True, validate=validate.Length(1, 50))
    hidden = fields.String(required=True, validate=validate.OneOf(custody.HIDDEN))


@bp.route(
    "/<media_id>/original",
    methods=["GET"],
    permission="incidents:media:take",
    summary="The file as it came, to be saved; on record",
    records=True,
)
def original(door: Door, media_id: str) -> Response:
    file = custody.take_original(door, _uuid(media_id))
    return _saved(send_file(door.app.storage.open(file.sha256), mimetype=AS_BYTES), file.sha256)


@bp.route(
    "/<media_id>/copy",
    methods=["GET"],
    permission="incidents:media:take",
    summary="The copy that is shown, to be saved; on record",
    records=True,
)
def copy(door: Door, media_id: str) -> Response:
    sha256 = custody.take_copy(door, _uuid(media_id))
    return _saved(send_file(door.app.storage.open(sha256), mimetype=AS_BYTES), f"copy-{sha256[:16]}.jpg")


@bp.route(
    "/<media_id>/export",
    methods=["GET"],
    permission="incidents:media:take",
    summary="The original with its custody, as a zip; on record",
    records=True,
)
def export(door: Door, media_id: str) -> Response:
    media_id = _uuid(media_id)
    response = make_response(custody.export(door, media_id))
    response.mimetype = AS_BYTES
    return _saved(response, f"evidence-{media_id}.zip")


@bp.route(
    "/<media_id>/blur",
    methods=["POST"],
    permission="incidents:media:blur",
    takes=BlurSchema,
    summary="Make parts of the copy unreadable for good; the original stays as it is",
)
def blur(door: Door, media_id: str) -> Any:
    given = door.load(BlurSchema)
    regions = [(one["x"], one["y"], one["w"], one["h"]) for one in given["regions"]]
    sha256 = custody.blur(door, _uuid(media_id), regions, given["hidden"])
    return {"media_id": media_id, "sha256": sha256, "href": f"/evidence/{media_id}"}


@bp.route(
    "/<media_id>/renew",
    methods=["POST"],
    permission="incidents:media:renew",
    summary="A copy made anew from the original, without what was blurred",
)
def renew(door: Door, media_id: str) -> Any:
    return {"media_id": media_id, "sha256": custody.start_over(door, _uuid(media_id))}


@bp.route(
    "/<media_id>/custody",
    methods=["GET"],
    permission="incidents:media:read",
    summary="Every step of a file's life",
)
def read_custody(door: Door, media_id: str) -> Any:
    if queries.file(door.session, _uuid(media_id)) is None:
        raise NotFound(thing="file", id=media_id)
    return {
        "steps": [
            {
                "action": row.action,
                "actor": row.actor,
                "sha256": row.sha256,
                "leaf_index": row.leaf_index,
                "at": row.recorded_at.isoformat(),
            }
            for row in queries.custody_of(door.session, media_id)
        ]
    }


def _saved(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = BOX
    return response


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise NotFound(thing="file", id=text) from error
