"""Thin routes on incidents, suggestions, grades, statements, the queue, totals and coverage."""

import datetime as dt
from typing import Any

from flask import render_template, request

from incidents.casework import holding, queries, schema, shown
from incidents.casework.coverage import coverage
from incidents.casework.grading import Grade
from incidents.casework.review import queue
from incidents.casework.service import (
    GRADE,
    grade_observation,
    link_observation,
    open_incident,
    step_incident,
)
from incidents.casework.stating import (
    correct_statement,
    release_statement,
    retract_statement,
    state_incident,
)
from incidents.casework.suggesting import confirm_pair, reject_pair, undo_pair
from incidents.casework.timeline import timeline
from incidents.casework.totals import totals
from incidents.casework.workflow import STATES, ways
from monitor.door import Door
from monitor.errors import BadRequest, NotFound
from monitor.mission.queries import find_mission
from monitor.outbox import last_event_id
from monitor.web.blueprint import Blueprint
from monitor.web.parameters import instant_argument

bp = Blueprint(
    "casework",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/casework/static",
)

DAY = dt.timedelta(days=1)
LONGEST_SPAN = dt.timedelta(days=400)


# ---- incidents -----------------------------------------------------------------------------------------


@bp.route(
    "/api/v1/incidents",
    methods=["GET"],
    permission="incidents:incident:read",
    summary="Incidents, as known at `known_at`",
)
def list_incidents(door: Door) -> Any:
    rows = queries.incidents(door.session, known_at=instant_argument("known_at"))
    return {"incidents": [shown.incident_row(row) for row in rows]}


@bp.route(
    "/api/v1/incidents",
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


@bp.route(
    "/api/v1/incidents/<incident_id>",
    methods=["GET"],
    permission="incidents:incident:read",
    summary="One incident, as known at `known_at`",
)
def read_incident(door: Door, incident_id: str) -> Any:
    return _whole(door, incident_id, instant_argument("known_at"))


@bp.route(
    "/api/v1/incidents/<incident_id>/timeline",
    methods=["GET"],
    permission="incidents:incident:read",
    summary="Every account of an incident side by side, as known at `known_at`",
)
def read_timeline(door: Door, incident_id: str) -> Any:
    known_at = instant_argument("known_at")
    found = shown.timeline(door, timeline(door, incident_id, known_at))
    # What can be done is done to the incident as it is now, never to a past one.
    is_now = known_at is None
    return (
        found
        | _clock(door)
        | {
            "next": shown.next_steps(door, queries.case(door.session, incident_id)) if is_now else [],
            "may": {
                "assess": is_now and door.actor.may("incidents:incident:assess"),
                "grade": is_now and door.actor.may(GRADE),
                "state": is_now and door.actor.may("reports:summary:edit"),
                "release": is_now and door.actor.may("reports:summary:release"),
            },
        }
    )


@bp.route(
    "/api/v1/incidents/<incident_id>/links",
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
    "/api/v1/incidents/<incident_id>/steps",
    methods=["POST"],
    permission="incidents:incident:read",
    takes=schema.IncidentStepSchema,
    summary="Take a step; each names its own permission and guards",
)
def step(door: Door, incident_id: str) -> Any:
    given = door.load(schema.IncidentStepSchema)
    step_incident(door, incident_id, **given)
    return _whole(door, incident_id)


@bp.route(
    "/api/v1/incidents/<incident_id>/statements",
    methods=["POST"],
    permission="reports:summary:edit",
    takes=schema.StatementSchema,
    summary="Say what the mission says of an incident, before it is released",
)
def state(door: Door, incident_id: str) -> Any:
    given = door.load(schema.StatementSchema)
    return {"version": state_incident(door, incident_id, **given)}, 201


@bp.route(
    "/api/v1/incidents/<incident_id>/release",
    methods=["POST"],
    permission="reports:summary:release",
    takes=schema.ReleaseSchema,
    summary="Release the last version of the statement to recipients",
)
def release(door: Door, incident_id: str) -> Any:
    release_statement(door, incident_id, **door.load(schema.ReleaseSchema))
    return _whole(door, incident_id)


@bp.route(
    "/api/v1/incidents/<incident_id>/corrections",
    methods=["POST"],
    permission="reports:summary:release",
    takes=schema.CorrectionSchema,
    summary="Correct a released statement; whoever had received it is told",
)
def correct(door: Door, incident_id: str) -> Any:
    return {"version": correct_statement(door, incident_id, **door.load(schema.CorrectionSchema))}, 201


@bp.route(
    "/api/v1/incidents/<incident_id>/retraction",
    methods=["POST"],
    permission="reports:summary:release",
    takes=schema.RetractionSchema,
    summary="Take back a released statement; whoever had received it is told",
)
def retract(door: Door, incident_id: str) -> Any:
    retract_statement(door, incident_id, **door.load(schema.RetractionSchema))
    return _whole(door, incident_id)


def _whole(door: Door, incident_id: str, known_at: dt.datetime | None = None) -> dict[str, Any]:
    case = queries.case(door.session, incident_id)
    return shown.incident_row(queries.incident(door.session, incident_id, known_at)) | {
        "steps": [
            {
                "axis": one.axis,
                "state": one.state,
                "actor": one.actor,
                "recorded_at": one.recorded_at.isoformat(),
                "reason": one.reason,
                "checklist": list(one.checklist),
            }
            for one in queries.steps(door.session, door.app.keys, incident_id, known_at)
        ],
        "ways": {axis: ways(case, axis) for axis in STATES} if known_at is None else {},
    }


# ---- suggestions and grades ----------------------------------------------------------------------------


@bp.route(
    "/api/v1/suggestions",
    methods=["GET"],
    permission="incidents:incident:read",
    summary="Pairs of observations that may be of one event, as known at `known_at`",
)
def list_suggestions(door: Door) -> Any:
    rows = queries.suggestions(
        door.session,
        observation_ids=request.args.getlist("observation") or None,
        states=request.args.getlist("state") or ("suggested",),
        known_at=instant_argument("known_at"),
    )
    return {"suggestions": [shown.suggestion(row) for row in rows]}


@bp.route(
    "/api/v1/suggestions",
    methods=["POST"],
    permission="incidents:incident:assess",
    takes=schema.DecisionSchema,
    summary="Confirm, reject or undo a suggestion",
)
def decide(door: Door) -> Any:
    given = door.load(schema.DecisionSchema)
    pair = str(given["one_id"]), str(given["other_id"])
    if given["verdict"] == "confirmed":
        return {"incident_id": confirm_pair(door, *pair, given["expected"])}
    verb = reject_pair if given["verdict"] == "rejected" else undo_pair
    verb(door, *pair, given["expected"])
    return {"incident_id": None}


@bp.route(
    "/api/v1/observations/<observation_id>/grades",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="How far a source and what it said were trusted, each grade with its reason",
)
def list_grades(door: Door, observation_id: str) -> Any:
    row = queries.graded(door.session, observation_id, instant_argument("known_at"))
    if row is None:
        raise NotFound(thing="observation", id=observation_id)
    keys = door.app.keys if door.actor.may("incidents:text:read") else None
    history = queries.grade_history(door.session, keys, observation_id, instant_argument("known_at"))
    return {"now": shown.grade(row), "history": [shown.grade(one) for one in history]}


@bp.route(
    "/api/v1/observations/<observation_id>/grades",
    methods=["POST"],
    permission=GRADE,
    takes=schema.GradeSchema,
    summary="Grade a source A to F and what it said 1 to 6; never one's own report",
)
def give_grade(door: Door, observation_id: str) -> Any:
    given = door.load(schema.GradeSchema)
    judged = Grade(given["reliability"], given["credibility"])
    grade_observation(door, observation_id, judged, given["reason"], given["expected"])
    return {"grade": judged.text}, 201


# ---- the queue -----------------------------------------------------------------------------------------


@bp.route("/review", methods=["GET"], permission="incidents:incident:read", summary="The review queue")
def review_page(door: Door) -> str:
    return render_template("casework/review.html")


@bp.route(
    "/api/v1/review",
    methods=["GET"],
    permission="incidents:incident:read",
    summary="What waits for whom, since when, and who has it open",
)
def read_queue(door: Door) -> Any:
    return _clock(door) | {
        "actor": {"id": door.actor.id, "permissions": sorted(door.actor.permissions)},
        "last_event_id": last_event_id(door.session),
        "rows": shown.queue(queue(door, instant_argument("known_at"))),
    }


@bp.route(
    "/api/v1/review/holds",
    methods=["POST"],
    permission="incidents:incident:assess",
    takes=schema.HoldSchema,
    summary="Open a thing of the queue for a quarter of an hour, or put it back",
)
def hold(door: Door) -> Any:
    given = door.load(schema.HoldSchema)
    if not given["held"]:
        holding.put_back(door, given["thing"], given["thing_id"])
        return {"until": None}
    return {"until": holding.take(door, given["thing"], given["thing_id"]).until.isoformat()}


# ---- the incident's page, totals, coverage -------------------------------------------------------------


@bp.route(
    "/incidents/<incident_id>",
    methods=["GET"],
    permission="incidents:incident:read",
    summary="The page of one incident",
)
def incident_page(door: Door, incident_id: str) -> str:
    row = queries.incident(door.session, incident_id)
    return render_template("casework/incident.html", incident=row, disclaimer=_disclaimer(door))


@bp.route(
    "/api/v1/totals",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="Totals of `from` to `to` by the mission's counting rules, as known at `known_at`",
)
def read_totals(door: Door) -> Any:
    start, end, known_at = _span(door)
    return shown.totals(totals(door.session, start, end, known_at))


@bp.route("/coverage", methods=["GET"], permission="incidents:observation:read", summary="Who watched what")
def coverage_page(door: Door) -> str:
    return render_template("casework/coverage.html", disclaimer=_disclaimer(door))


@bp.route(
    "/api/v1/coverage",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="Hours watched by sector and kind from `from` to `to`, as known at `known_at`",
)
def read_coverage(door: Door) -> Any:
    start, end, known_at = _span(door)
    return shown.coverage(coverage(door.session, start, end, known_at)) | _clock(door)


def _span(door: Door) -> tuple[dt.datetime, dt.datetime, dt.datetime]:
    end = instant_argument("to") or door.now
    start = instant_argument("from") or end - DAY
    if not start < end:
        raise BadRequest(reason="`from` must lie before `to`.")
    if end - start > LONGEST_SPAN:
        raise BadRequest(reason=f"A span of at most {LONGEST_SPAN.days} days can be asked for at once.")
    return start, end, instant_argument("known_at") or door.now


def _clock(door: Door) -> dict[str, Any]:
    """What a page needs to tell mission time by itself."""
    mission = find_mission(door.session)
    return {
        "now": door.now.isoformat(),
        "rate": door.app.clock.rate,
        "timezone": mission.timezone if mission else "UTC",
    }


def _disclaimer(door: Door) -> str:
    mission = find_mission(door.session)
    return mission.disclaimer_in("en") if mission else ""
