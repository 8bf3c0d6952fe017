"""The pages of the ledger: the list with its filters, one claim with its evidence, recording, bringing in."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request

from incidents.claims import ledger, queries
from incidents.claims.importer import Refusal
from incidents.claims.model import APART, GEO_PRECISIONS, STATUSES, T_PRECISIONS
from incidents.claims.table import COLUMNS, NEEDED, write_refusals, write_table
from incidents.taxonomy import taxonomy
from monitor.access import may
from monitor.access.policy import Decision
from monitor.door import Door
from monitor.errors import BadRequest, NotFound
from monitor.mission.queries import the_mission
from monitor.mission.words import moment
from monitor.people.queries import all_people
from monitor.web.blueprint import Blueprint
from monitor.web.parameters import as_known

bp = Blueprint(
    "ledger",
    __name__,
    url_prefix="/claims",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)

RECORD = "incidents:claim:record"
MATCH = "incidents:claim:match"
# Who looks back decides nothing.
PAST = Decision(False, "Nothing can be done to the past.")
# What is shown when nothing is asked for: the last thirty days of the mission's time.
LAST = dt.timedelta(days=30)
ASKED = ("party", "type", "sector", "answer", "pair", "text")


@bp.route("", methods=["GET"], permission="incidents:claim:read", summary="The ledger of claims")
def index(door: Door) -> str:
    mission = the_mission(door.session)
    known = as_known(door, mission.zone)
    asked, window = _asked(known, mission.zone)
    opened = request.args.get("open", "")
    found = ledger.ledger(known, asked)
    dossier = ledger.dossier(known, opened) if opened else None
    if opened and dossier is None:
        raise NotFound(thing="claim", id=opened)
    return render_template(
        "claims/ledger.html",
        ledger=found,
        asked=asked,
        window=window,
        dossier=dossier,
        answer_words=ledger.ANSWER_WORDS,
        pairing_words=ledger.PAIRING,
        status_words=ledger.STATUS_WORDS,
        apart_reasons=APART,
        may_record=may(door.actor, RECORD),
        may_match=may(door.actor, MATCH) if known is door else PAST,
        past="" if known is door else moment(known.now, mission.zone),
        link=_link,
        moment=lambda at: moment(at, mission.zone),
    )


@bp.route("/new", methods=["GET"], permission=RECORD, summary="Record a statement")
def new(door: Door) -> str:
    mission = the_mission(door.session)
    known = taxonomy()
    return render_template(
        "claims/new.html",
        parties=mission.parties,
        types=[(code, kind.label["en"]) for code, kind in known.types.items()],
        t_precisions=[(code, known.label("t_precision", code, "en")) for code in T_PRECISIONS],
        geo_precisions=[(code, known.label("geo_precision", code, "en")) for code in GEO_PRECISIONS],
        statuses=[
            (code, ledger.STATUS_WORDS[code].partition(",")[0] or "a statement of its own")
            for code in STATUSES
        ],
        offset=door.now.astimezone(mission.zone).strftime("%z"),
        zone=mission.timezone,
        counter_of=_countered(door, mission.zone),
    )


@bp.route("/import", methods=["GET"], permission=RECORD, summary="Bring in a table of statements")
def bring_in(door: Door) -> str:
    mission = the_mission(door.session)
    return render_template(
        "claims/import.html",
        imports=queries.imports(door.session),
        columns=COLUMNS,
        needed=NEEDED,
        zone=mission.timezone,
        people={f"person:{one.id}": one.name for one in all_people(door.session)},
        moment=lambda at: moment(at, mission.zone),
    )


@bp.route("/imports/<import_id>", methods=["GET"], permission=RECORD, summary="What became of a table")
def imported(door: Door, import_id: str) -> str:
    mission = the_mission(door.session)
    return render_template(
        "claims/imported.html",
        row=_import(door, import_id),
        people={f"person:{one.id}": one.name for one in all_people(door.session)},
        moment=lambda at: moment(at, mission.zone),
    )


@bp.route(
    "/imports/<import_id>/not-taken.csv",
    methods=["GET"],
    permission=RECORD,
    summary="The rows of a table that were not taken",
)
def not_taken(door: Door, import_id: str) -> Response:
    row = _import(door, import_id)
    return _csv(write_refusals(Refusal(**refusal) for refusal in row.refused), "not-taken.csv")


@bp.route("/claims.csv", methods=["GET"], permission="incidents:claim:read", summary="The claims as a table")
def as_table(door: Door) -> Response:
    """The claims that the filters leave, in the shape that can be brought in again."""
    mission = the_mission(door.session)
    known = as_known(door, mission.zone)
    asked, _window = _asked(known, mission.zone)
    rows = [line.claim for line in ledger.ledger(known, asked, limit=None).lines]
    return _csv(write_table(ledger.exported(rows, mission.zone)), "claims.csv")


def _import(door: Door, import_id: str) -> queries.ImportRow:
    row = queries.claim_import(door.session, import_id)
    if row is None:
        raise NotFound(thing="import", id=import_id)
    return row


def _csv(text: str, name: str) -> Response:
    response = make_response(text)
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _countered(door: Door, zone: dt.tzinfo) -> dict[str, str] | None:
    """The claim that a new statement answers, where the page was opened from one."""
    claim_id = request.args.get("counter_of", "")
    if not claim_id:
        return None
    row = queries.claim(door.session, claim_id)
    if row is None:
        raise NotFound(thing="claim", id=claim_id)
    return {
        "id": row.id,
        "words": f"{ledger.title(row)}, {row.place_text}, {moment(row.t_start, zone)}",
        "day": row.t_start.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        "place": row.place_text,
    }


def _asked(door: Door, zone: dt.tzinfo) -> tuple[ledger.Filters, str]:
    """The filters of the address, and the name of its window: 7d, 30d, all or days."""
    given = {name: request.args.get(name, "").strip() for name in ASKED}
    first, last = _day("from", zone), _day("to", zone)
    window = request.args.get("window", "")
    start, end = first, last + dt.timedelta(days=1) if last else None
    if first or last:
        window = "days"
    elif window == "all":
        start = end = None
    else:
        window = window if window in {"7d", "30d"} else "30d"
        start = door.now - (LAST if window == "30d" else dt.timedelta(days=7))
    return ledger.Filters(start=start, end=end, **given), window


def _day(name: str, zone: dt.tzinfo) -> dt.datetime | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), zone)
    except ValueError as error:
        raise BadRequest(reason=f"`{name}` must be a day like 2022-09-13.") from error


def _link(**changes: Any) -> str:
    """This page's address with some of its questions changed; an empty one is left out."""
    kept = {name: request.args.get(name, "") for name in (*ASKED, "window", "from", "to", "known_at", "open")}
    if "window" in changes:
        kept |= {"from": "", "to": ""}
    asked = {name: value for name, value in (kept | changes).items() if value}
    return f"/claims?{urlencode(asked)}" if asked else "/claims"
