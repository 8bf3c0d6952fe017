"""The page and what its zones ask for. Nothing is changed here."""

from typing import Any

from flask import render_template

from incidents.desk import dossier, queries
from monitor.door import Door
from monitor.mission.queries import find_mission
from monitor.web.blueprint import Blueprint
from monitor.web.parameters import instant_argument

bp = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates", static_folder="static")


@bp.route("", methods=["GET"], permission="incidents:desk:open", summary="The situation room")
def room(door: Door) -> str:
    mission = find_mission(door.session)
    return render_template("desk/room.html", disclaimer=mission.disclaimer_in("en") if mission else "")


@bp.route(
    "/state", methods=["GET"], permission="incidents:desk:open", summary="Time, freshness, counts, sectors"
)
def read_state(door: Door) -> Any:
    return queries.state(door)


@bp.route("/ground", methods=["GET"], permission="incidents:desk:open", summary="The map under the reports")
def read_ground(door: Door) -> Any:
    return queries.ground(door.session)


@bp.route("/map", methods=["GET"], permission="incidents:observation:read", summary="Reports of a window")
def read_map(door: Door) -> Any:
    return queries.map_rows(door, instant_argument("from"), instant_argument("to"))


@bp.route("/inbox", methods=["GET"], permission="incidents:alert:read", summary="Alerts, newest first")
def read_inbox(door: Door) -> Any:
    return {"alerts": queries.inbox(door)}


@bp.route("/queue", methods=["GET"], permission="incidents:observation:read", summary="What waits for review")
def read_queue(door: Door) -> Any:
    return {"rows": queries.queue(door)}


@bp.route(
    "/observations/<observation_id>",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="One report, as the drawer shows it",
)
def read_report(door: Door, observation_id: str) -> Any:
    return dossier.report(door, observation_id)


@bp.route(
    "/incidents", methods=["GET"], permission="incidents:incident:read", summary="Incidents of a window"
)
def read_incidents(door: Door) -> Any:
    return {"rows": queries.incident_rows(door, instant_argument("from"), instant_argument("to"))}


@bp.route(
    "/incidents/<incident_id>",
    methods=["GET"],
    permission="incidents:incident:read",
    summary="One incident, as the drawer shows it",
)
def read_incident(door: Door, incident_id: str) -> Any:
    return dossier.incident(door, incident_id)


@bp.route(
    "/claims", methods=["GET"], permission="incidents:claim:read", summary="Claims of a window, by party"
)
def read_claims(door: Door) -> Any:
    start = instant_argument("from") or door.now - queries.WINDOW
    return queries.claim_rows(door.session, start, instant_argument("to") or door.now)
