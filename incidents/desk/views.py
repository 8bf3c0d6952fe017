"""The page and what its zones ask for. Nothing is changed here.

Every zone answers as the mission knew it `at` a moment, if one is named; then nothing that was recorded,
reviewed or raised later is in the answer.
"""

import datetime as dt
import gzip
from typing import Any

from flask import Response, current_app, render_template, request

from incidents.desk import charts, dossier, finding, inbox, queries, table
from incidents.desk.chosen import Chosen, NotAChoice, chosen
from incidents.desk.mirror import Mirror
from incidents.intake.queries import ObservationRow, how_many
from monitor.door import Door
from monitor.errors import BadRequest
from monitor.mission.queries import find_mission
from monitor.web import parameters
from monitor.web.blueprint import Blueprint
from monitor.web.parameters import instant_argument

WORTH_PACKING = 20_000
# What one answer can count or list without holding up the others.
LONGEST_SPAN = dt.timedelta(days=400)
MOST_REPORTS = 100_000


def as_known(door: Door) -> Door:
    """The door as it stood at the moment that the room shows (`?at=`)."""
    return parameters.as_known(door, name="at")


bp = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates", static_folder="static")


@bp.route("", methods=["GET"], permission="incidents:desk:open", summary="The situation room")
def room(door: Door) -> str:
    mission = find_mission(door.session)
    return render_template("desk/room.html", disclaimer=mission.disclaimer_in("en") if mission else "")


@bp.route(
    "/state", methods=["GET"], permission="incidents:desk:open", summary="Time, freshness, counts, sectors"
)
def read_state(door: Door) -> Any:
    if instant_argument("at"):
        return queries.state(as_known(door))
    mirror = the_mirror()
    return queries.state(
        door, waiting_now(door), lambda period, make: mirror.until_news(door.session, period, make)
    )


@bp.route("/ground", methods=["GET"], permission="incidents:desk:open", summary="The map under the reports")
def read_ground(door: Door) -> Any:
    return queries.ground(door.session, door.app.settings.basemap_file)


@bp.route("/map", methods=["GET"], permission="incidents:observation:read", summary="Reports of a window")
def read_map(door: Door) -> Any:
    return queries.map_rows(as_known(door), instant_argument("from"), instant_argument("to"))


@bp.route(
    "/columns",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="Reports of a window as columns of numbers, for maps of many; `since` asks for changes only",
)
def read_columns(door: Door) -> Response:
    start = instant_argument("from") or door.now - queries.WINDOW
    since = request.args.get("since")
    if since is not None and not since.isdecimal():
        raise BadRequest(reason="`since` must be the number of an event.")
    content = the_mirror().columns(
        door.session, start, instant_argument("to"), None if since is None else int(since)
    )
    response = Response(content, mimetype="application/octet-stream")
    if len(content) > WORTH_PACKING and "gzip" in request.accept_encodings:
        response.set_data(gzip.compress(content, compresslevel=1, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def waiting_now(door: Door) -> list[str] | None:
    """What waits, by the mirror; of a past moment only the store can tell."""
    return None if instant_argument("at") else the_mirror().waiting(door.session)


def the_mirror() -> Mirror:
    """The one of this process, made when it is first asked for."""
    mirror: Mirror = current_app.extensions.setdefault("truceline.mirror", Mirror())
    return mirror


@bp.route(
    "/rows",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="Reports by their keys in the columns (`key`, up to 500)",
)
def read_rows(door: Door) -> Any:
    keys = request.args.getlist("key")
    if not all(key.isdecimal() for key in keys) or len(keys) > queries.MOST_ROWS:
        raise BadRequest(reason=f"`key` is a whole number, given up to {queries.MOST_ROWS} times.")
    return queries.rows_by_key(door, [int(key) for key in keys])


def what_is_chosen() -> Chosen:
    try:
        return chosen(request.args)
    except NotAChoice as error:
        raise BadRequest(reason=str(error)) from error


def the_span(door: Door) -> tuple[dt.datetime, dt.datetime]:
    """`from` and `to` of the address; the last day up to the moment shown, where they are not given."""
    end = instant_argument("to") or door.now
    start = instant_argument("from") or end - queries.WINDOW
    if not start < end:
        raise BadRequest(reason="`from` must lie before `to`.")
    number = how_many(door.session, start, end)
    if number > MOST_REPORTS:
        raise BadRequest(
            reason=f"The span holds {number} reports, and {MOST_REPORTS} are the most for one answer. "
            "Choose a shorter span."
        )
    return start, end


def the_days(door: Door) -> tuple[dt.datetime, dt.datetime]:
    """The span, where it is drawn day by day."""
    start, end = the_span(door)
    if end - start > LONGEST_SPAN:
        raise BadRequest(reason=f"That is more than {LONGEST_SPAN.days} days. Choose a shorter span.")
    return start, end


@bp.route("/charts", methods=["GET"], permission="incidents:desk:open", summary="The page of charts")
def charts_page(door: Door) -> str:
    return render_template("desk/charts.html")


@bp.route(
    "/charts.json",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="Violations by sector and day with hours watched, by tier, by hour of day; latency of alerts",
)
def read_charts(door: Door) -> Any:
    known = as_known(door)
    return charts.charts(known, *the_days(known), what_is_chosen()) | {"clock_rate": door.app.clock.rate}


@bp.route(
    "/coverage",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="Hours in which somebody watched, by sector, for the map's layer",
)
def read_coverage(door: Door) -> Any:
    known = as_known(door)
    return charts.sector_hours(known, *the_span(known))


def _chosen_rows(door: Door) -> list[ObservationRow]:
    return queries.chosen_rows(door, *the_span(door), what_is_chosen())


@bp.route(
    "/reports.csv",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="The reports that the filter lets through, as a table",
)
def reports_as_table(door: Door) -> Response:
    known = as_known(door)
    content = table.as_csv(queries.report_table(known, _chosen_rows(known)))
    return _file(content, "text/csv; charset=utf-8", "reports.csv")


@bp.route(
    "/reports.geojson",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="The reports that the filter lets through, as GeoJSON",
)
def reports_as_geojson(door: Door) -> Response:
    known = as_known(door)
    start, end = the_span(known)
    mission = find_mission(door.session)
    facts = {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "known_at": known.now.isoformat(),
        "exercise": bool(mission and mission.is_exercise),
        "disclaimer": mission.disclaimer_in("en") if mission else "",
    }
    content = table.as_geojson(queries.report_table(known, _chosen_rows(known)), facts)
    return _file(content, "application/geo+json", "reports.geojson")


def _file(content: str, mimetype: str, name: str) -> Response:
    response = Response(content, content_type=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.route(
    "/inbox",
    methods=["GET"],
    permission="incidents:alert:read",
    summary="Alerts with who must act by when; `also` is one more, however old",
)
def read_inbox(door: Door) -> Any:
    return inbox.inbox(as_known(door), request.args.get("also"))


@bp.route("/queue", methods=["GET"], permission="incidents:observation:read", summary="What waits for review")
def read_queue(door: Door) -> Any:
    return queries.queue(as_known(door), waiting_now(door))


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
    return {"rows": queries.incident_rows(as_known(door), instant_argument("from"), instant_argument("to"))}


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
    known = as_known(door)
    start = instant_argument("from") or known.now - queries.WINDOW
    return queries.claim_rows(known, start, instant_argument("to") or known.now)


@bp.route(
    "/find",
    methods=["GET"],
    permission="incidents:observation:read",
    summary="What `q` may mean: a number, a grid reference, degrees, a place by any of its names",
)
def find(door: Door) -> Any:
    return {"found": finding.find(door, request.args.get("q", "")[:80])}
