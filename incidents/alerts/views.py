"""Alerts by the API: what stands open, what became of one, and the steps people take."""

from typing import Any

from flask import request

from incidents.alerts import queries
from incidents.alerts.schema import MuteSchema, StepSchema, shown, shown_mute, shown_step, shown_version
from incidents.alerts.service import end_mute, mute, take_step
from monitor.door import Door
from monitor.web.blueprint import Blueprint

bp = Blueprint("alerts", __name__, url_prefix="/api/v1")


@bp.route(
    "/alerts",
    methods=["GET"],
    permission="incidents:alert:read",
    summary="Open alerts, gravest first; with `all=1` every alert, newest first",
)
def read_alerts(door: Door) -> dict[str, Any]:
    everything = request.args.get("all") == "1"
    rows = (
        queries.alerts(door.session, door.now) if everything else queries.open_alerts(door.session, door.now)
    )
    return {"alerts": [shown(row) for row in rows]}


@bp.route(
    "/alerts/<alert_id>",
    methods=["GET"],
    permission="incidents:alert:read",
    summary="One alert with everything that happened to it and everything people did",
)
def read_alert(door: Door, alert_id: str) -> dict[str, Any]:
    row = queries.alert(door.session, alert_id, door.now)
    keys = door.app.keys if door.actor.may("incidents:text:read") else None
    return {
        **shown(row),
        "versions": [shown_version(item) for item in queries.alert_versions(door.session, alert_id)],
        "steps": [shown_step(item) for item in queries.alert_steps(door.session, alert_id, keys)],
    }


@bp.route(
    "/alerts/<alert_id>/steps",
    methods=["POST"],
    permission="incidents:alert:act",
    takes=StepSchema,
    summary="Acknowledge, assign, note, shelve, escalate or close an alert",
)
def add_step(door: Door, alert_id: str) -> tuple[dict[str, Any], int]:
    given = door.load(StepSchema)
    take_step(door, alert_id, given["step"], given["note"], given["until"], given["to"])
    return shown(queries.alert(door.session, alert_id, door.now)), 201


@bp.route(
    "/alert-mutes",
    methods=["GET"],
    permission="incidents:alert:read",
    summary="Where somebody asked for quiet, and until when",
)
def read_mutes(door: Door) -> dict[str, Any]:
    keys = door.app.keys if door.actor.may("incidents:text:read") else None
    return {"mutes": [shown_mute(row) for row in queries.mutes(door.session, door.now, keys)]}


@bp.route(
    "/alert-mutes",
    methods=["POST"],
    permission="incidents:alert:act",
    takes=MuteSchema,
    summary="Ask for quiet about the alerts of a rule or a sector; no alert is taken away",
)
def add_mute(door: Door) -> tuple[dict[str, Any], int]:
    given = door.load(MuteSchema)
    return {"id": mute(door, given["rule_id"], given["sector"], given["until"], given["why"])}, 201


@bp.route(
    "/alert-mutes/<int:mute_id>/end",
    methods=["POST"],
    permission="incidents:alert:act",
    summary="End a mute before its time",
)
def finish_mute(door: Door, mute_id: int) -> tuple[dict[str, Any], int]:
    end_mute(door, mute_id)
    return {"id": mute_id}, 201
