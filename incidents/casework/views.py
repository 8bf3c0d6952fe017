"""Thin routes on incidents."""

import dataclasses
from typing import Any

from incidents.casework import queries, schema
from incidents.casework.service import link_observation, open_incident, step_incident
from incidents.casework.workflow import STATES, ways
from monitor.door import Door
from monitor.web.blueprint import Blueprint
from monitor.web.parameters import instant_argument

bp = Blueprint("casework", __name__, url_prefix="/api/v1/incidents")


@bp.route(
    "", methods=["GET"], permission="incidents:incident:read", summary="Incidents, as known at `known_at`"
)
def list_incidents(door: Door) -> Any:
    rows = queries.incidents(door.session, known_at=instant_argument("known_at"))
    return {"incidents": [row_json(row) for row in rows]}


@bp.route(
    "",
    methods=["POST"],
    permission="incidents:incident:assess",
    takes=schema.OpenIncidentSchema,
    summary="Open an incident on one or more observations",
    endpoint="open",
)
def open_one(door: Door) -> Any:
    given = door.load(schema.OpenIncidentSchema)
    incident_id = open_incident(door, [str(one) for one in given["observation_ids"]])
    return _whole(door, incident_id), 201


@bp.route("/<incident_id>", methods=["GET"], permission="incidents:incident:read", summary="One incident")
def read_incident(door: Door, incident_id: str) -> Any:
    return _whole(door, incident_id)


@bp.route(
    "/<incident_id>/links",
    methods=["POST"],
    permission="incidents:incident:assess",
    takes=schema.LinkSchema,
    summary="Join an observation, or take it out again",
)
def link(door: Door, incident_id: str) -> Any:
    given = door.load(schema.LinkSchema)
    link_observation(door, incident_id, str(given["observation_id"]), given["linked"])
    return _whole(door, incident_id)


@bp.route(
    "/<incident_id>/steps",
    methods=["POST"],
    permission="incidents:incident:read",
    takes=schema.IncidentStepSchema,
    summary="Take a step; each names its own permission and guards",
)
def step(door: Door, incident_id: str) -> Any:
    given = door.load(schema.IncidentStepSchema)
    step_incident(door, incident_id, given["axis"], given["state"], given["reason"])
    return _whole(door, incident_id)


def row_json(row: queries.IncidentRow) -> dict[str, Any]:
    found = dataclasses.asdict(row)
    return found | {
        "recorded_at": row.recorded_at.isoformat(),
        "observation_ids": list(row.observation_ids),
        "label": row.label,
    }


def _whole(door: Door, incident_id: str) -> dict[str, Any]:
    case = queries.case(door.session, incident_id)
    return row_json(queries.incident(door.session, incident_id)) | {
        "steps": [
            dataclasses.asdict(step) | {"recorded_at": step.recorded_at.isoformat()}
            for step in queries.steps(door.session, door.app.keys, incident_id)
        ],
        "ways": {axis: ways(case, axis) for axis in STATES},
    }
