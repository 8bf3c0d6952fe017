"""Thin routes about phones: the page of the officers, the three steps of taking one in, ending one."""

import datetime as dt
import hashlib
import io
import time
from typing import Any

import segno
from flask import current_app, render_template, request

from monitor.access import PUBLIC
from monitor.clock import wall_now
from monitor.devices import queries, schema, service
from monitor.devices.throttle import Throttle
from monitor.door import Door
from monitor.dsse import to_url_base64
from monitor.errors import NotFound, Throttled
from monitor.log.queries import verifier_key
from monitor.people.queries import people_who_may
from monitor.people.service import revoke_device
from monitor.sealing import point_of
from monitor.web.blueprint import Blueprint

bp = Blueprint(
    "devices",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/devices/static",
)

WRONG_CODES, WINDOW_S = 20, 600
STATES = {"ended": "Ended", "wiping": "Ended, to be wiped", "in_use": "In use", "no_token": "Cannot send"}


@bp.route("/devices", methods=["GET"], permission="monitor:device:read", summary="The phones of the mission")
def page(door: Door) -> str:
    wall = wall_now()
    return render_template(
        "devices/devices.html",
        devices=queries.all_devices(door.session),
        under_way=queries.enrolments_under_way(door.session, wall),
        people=people_who_may(door.session, "incidents:observation:file"),
        state_of=state_of,
        states=STATES,
        ago=lambda at: ago(at, wall),
    )


def state_of(row: queries.DeviceRow) -> str:
    if row.revoked_at:
        return "wiping" if row.wipes else "ended"
    return "in_use" if row.has_token else "no_token"


def ago(at: dt.datetime | None, wall: dt.datetime) -> str:
    """How long ago, in the largest unit that says something."""
    if at is None:
        return "not yet"
    seconds = (wall - at).total_seconds()
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {word}{'s' if number > 1 else ''} ago"
    return "now"


@bp.route(
    "/api/v1/devices",
    methods=["GET"],
    permission="monitor:device:read",
    gives=schema.DevicesSchema,
    summary="Every phone with its holder, when it was last seen, and what is missing in its sequences",
)
def list_devices(door: Door) -> Any:
    return {
        "devices": [
            {
                "id": row.id,
                "code": row.code,
                "state": state_of(row),
                "holder": row.holder_name,
                "team": row.team_code,
                "seen_at": row.seen_at.isoformat() if row.seen_at else None,
                "keys": [
                    {
                        "kid": key.kid,
                        "last": key.sequence.last if key.sequence else None,
                        "missing": key.sequence.missing if key.sequence else 0,
                        "gaps": [list(gap) for gap in key.sequence.gaps] if key.sequence else [],
                    }
                    for key in row.keys
                ],
            }
            for row in queries.all_devices(door.session)
        ]
    }


@bp.route(
    "/api/v1/enrolments",
    methods=["POST"],
    permission="monitor:device:enrol",
    takes=schema.EnrolmentSchema,
    gives={201: schema.OpenedSchema},
    summary="Begin to take a phone in: a code for one use within ten minutes, as a QR",
)
def open_enrolment(door: Door) -> Any:
    given = door.load(schema.EnrolmentSchema)
    opened = service.open_enrolment(door, given["person_id"], given["device_code"])
    url = f"{door.app.settings.origin}{code_address(door, opened)}"
    answer = {
        "id": opened.id,
        "expires_at": opened.expires_at.isoformat(),
        "url": url,
        "qr_svg": qr_svg(url),
    }
    return answer, 201


def code_address(door: Door, opened: service.Opened) -> str:
    """Where the code leads on this server: to the form, with the mission's key and the log's fingerprint."""
    app = door.app
    point = to_url_base64(point_of(app.keys.mission.public_key()))
    vkey = to_url_base64(hashlib.sha256(verifier_key(app).text.encode()).digest())
    return f"/field/{opened.language}#/enrol/{opened.code}/{point}/{vkey}"


def qr_svg(text: str) -> str:
    """A QR code as one SVG path, dark on white in any colour scheme, for an image element."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, xmldecl=False, nl=False
    )
    return out.getvalue().decode()


@bp.route(
    "/api/v1/enrolments/<enrolment_id>",
    methods=["GET"],
    permission="monitor:device:enrol",
    gives=schema.EnrolmentStateSchema,
    summary="Where an enrolment stands, with the six words once a phone has claimed it",
)
def read_enrolment(door: Door, enrolment_id: str) -> Any:
    return enrolment_json(queries.enrolment(door.session, enrolment_id, wall_now()))


def enrolment_json(row: queries.EnrolmentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "person_id": row.person_id,
        "person_name": row.person_name,
        "device_code": row.device_code,
        "expires_at": row.expires_at.isoformat(),
        "fingerprint": list(row.words),
    }


@bp.route(
    "/api/v1/enrolments/claim",
    methods=["POST"],
    permission=PUBLIC,
    by_secret=True,
    takes=schema.ClaimSchema,
    gives=schema.ClaimedSchema,
    summary="A phone shows the code and its public key, signed; answered with six words",
)
def claim(door: Door) -> Any:
    given = door.load(schema.ClaimSchema)
    try:
        enrolment_id, words = service.claim_enrolment(door, given["code"], given["spki"], given["signature"])
    except NotFound:
        _slow_down()
        raise
    return {"id": enrolment_id, "fingerprint": words}


@bp.route(
    "/api/v1/enrolments/<enrolment_id>/collect",
    methods=["POST"],
    permission=PUBLIC,
    by_secret=True,
    takes=schema.CollectSchema,
    gives={200: schema.CollectedSchema, 202: schema.CollectedSchema},
    summary="The phone's token, once the officer confirmed; 202 until then",
)
def collect(door: Door, enrolment_id: str) -> Any:
    given = door.load(schema.CollectSchema)
    try:
        found = service.collect_token(door, enrolment_id, given["code"])
    except NotFound:
        _slow_down()
        raise
    if found is None:
        return {"state": "claimed"}, 202
    return {
        "state": "confirmed",
        "token": found.token,
        "device": {"id": found.device_id, "code": found.device_code, "kid": found.kid},
        "person": {
            "id": found.person_id,
            "name": found.person_name,
            "language": found.person_language,
        },
    }


def _slow_down() -> None:
    """Counts a wrong code against the address it came from. Raises Throttled after too many."""
    throttle = current_app.extensions.setdefault(
        "truceline.codes", Throttle(WRONG_CODES, WINDOW_S, time.monotonic)
    )
    if seconds := throttle.wrong(request.remote_addr or ""):
        raise Throttled(seconds=seconds)


@bp.route(
    "/api/v1/enrolments/<enrolment_id>/confirm",
    methods=["POST"],
    permission="monitor:device:enrol",
    gives=schema.EnrolmentStateSchema,
    summary="The officer saw the same six words on both screens",
)
def confirm(door: Door, enrolment_id: str) -> Any:
    service.confirm_enrolment(door, enrolment_id)
    return enrolment_json(queries.enrolment(door.session, enrolment_id, wall_now()))


@bp.route(
    "/api/v1/enrolments/<enrolment_id>/refuse",
    methods=["POST"],
    permission="monitor:device:enrol",
    gives=schema.EnrolmentStateSchema,
    summary="The words differ, or the code is not wanted any more",
)
def refuse(door: Door, enrolment_id: str) -> Any:
    service.refuse_enrolment(door, enrolment_id)
    return enrolment_json(queries.enrolment(door.session, enrolment_id, wall_now()))


@bp.route(
    "/api/v1/devices/<device_id>/revoke",
    methods=["POST"],
    permission="monitor:device:revoke",
    takes=schema.RevokeSchema,
    gives=schema.RevokedSchema,
    summary="End what a device may do, and with `wipe` empty it; what it handed in stays",
)
def revoke(door: Door, device_id: str) -> Any:
    given = door.load(schema.RevokeSchema) if request.content_length else {"wipe": False}
    revoke_device(door, device_id, wipe=given["wipe"])
    return {"device_id": device_id, "revoked": True, "wipe": given["wipe"]}
