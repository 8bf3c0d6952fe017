"""The doors to protected people: how many for many, who for few, and every opening on record."""

import datetime as dt
from typing import Any

from flask import render_template, request

from incidents.claims.queries import observation_named
from incidents.intake.queries import ObservationRow, observation, observations
from incidents.protection import queries, service
from incidents.protection.casualties import DETENTION, HARM, Range
from incidents.protection.model import FATES, PURPOSES
from incidents.protection.schema import EnterSchema, FateSchema, IdentitySchema, OpenSchema, SameSchema
from incidents.protection.sources import WORDS as SOURCE_WORDS
from incidents.protection.sources import source_of
from incidents.taxonomy import taxonomy
from monitor.access import may
from monitor.door import Door
from monitor.errors import BadRequest, Invalid, NotFound
from monitor.mission.queries import MissionRow, the_mission
from monitor.mission.words import day, moment
from monitor.people.queries import all_people
from monitor.web.blueprint import Blueprint
from monitor.web.parameters import as_known

bp = Blueprint(
    "protection",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/protection/static",
)

RECORD = "incidents:identity:record"
OPEN = "incidents:identity:open"
AUDIT = "incidents:identity:audit"
BESIDE = ("transferred", "ill_treatment_alleged", "public_display")
# Reports of these families may hold a sealed note even where nobody was entered yet.
LOOKED_THROUGH = dt.timedelta(days=90)
IDENTITY_WORDS = {
    "name": "Name",
    "other_names": "Other names and spellings",
    "born": "Born",
    "sex": "Sex",
    "age_at_event": "Age at the time",
    "from_place": "From",
    "contact": "How to reach them or their family",
    "relation": "Whose relative, of whom",
    "account": "What they said or what is known",
    "consent": "What they agreed to",
    "identity_note": "What the author of the report wrote",
    "witness": "The witness part of the report",
}


@bp.route(
    "/protection", methods=["GET"], permission="incidents:person:count", summary="People harmed or detained"
)
def index(door: Door) -> str:
    mission = the_mission(door.session)
    known = as_known(door, mission.zone)
    start, until = _span(known, mission)
    found = queries.counted(door.session, start, until, known.now)
    records = door.actor.may(RECORD) and known is door
    return render_template(
        "protection/toll.html",
        toll=found.toll,
        rows=found.rows,
        labels=found.labels,
        waiting=found.waiting,
        groups=_groups(found),
        fate_words=fate_words(),
        source=lambda row: SOURCE_WORDS[source_of(row.fields, row.info_type)],
        number=_number,
        people=queries.people(door.session) if records else [],
        notes=_notes(door) if records else [],
        may_audit=door.actor.may(AUDIT),
        first=request.args.get("from", ""),
        last=request.args.get("to", ""),
        until=until,
        past="" if known is door else moment(known.now, mission.zone),
        moment=lambda at: moment(at, mission.zone),
        day=lambda at: day(at, mission.zone),
    )


@bp.route("/protection/new", methods=["GET"], permission=RECORD, summary="Enter a protected person")
def new(door: Door) -> str:
    mission = the_mission(door.session)
    report = _report(door, request.args.get("report", "")) if request.args.get("report") else None
    return render_template(
        "protection/new.html",
        report=report,
        fates=FATES,
        fate_words=fate_words(),
        words=IDENTITY_WORDS,
        at=(report.t_start if report else door.now).astimezone(mission.zone).strftime("%Y-%m-%dT%H:%M"),
        offset=door.now.astimezone(mission.zone).strftime("%z"),
        zone=mission.timezone,
    )


@bp.route("/protection/people/<person_id>", methods=["GET"], permission=RECORD, summary="A person by number")
def person(door: Door, person_id: str) -> str:
    """Number, fates and openings; the identity stays closed until it is opened with a reason."""
    mission = the_mission(door.session)
    row = queries.person(door.session, person_id)
    if row is None:
        raise NotFound(thing="person", id=person_id)
    reports = observations(door.session, ids=[fate.observation_id for fate in row.fates]) if row.fates else []
    return render_template(
        "protection/person.html",
        row=row,
        reports={report.observation_id: report for report in reports},
        fates=FATES,
        fate_words=fate_words(),
        words=IDENTITY_WORDS,
        purposes=PURPOSES,
        alike=queries.alike_to(door.session, person_id),
        views=queries.views(door.session, door.app.keys if door.actor.may(AUDIT) else None, person_id),
        names=_names(door),
        moment=lambda at: moment(at, mission.zone),
        offset=door.now.astimezone(mission.zone).strftime("%z"),
        now=door.now.astimezone(mission.zone).strftime("%Y-%m-%dT%H:%M"),
        may_open=may(door.actor, OPEN),
    )


@bp.route(
    "/protection/reports/<observation_id>",
    methods=["GET"],
    permission=OPEN,
    summary="The sealed note of a report, to be opened with a reason",
)
def report(door: Door, observation_id: str) -> str:
    mission = the_mission(door.session)
    row = _report(door, observation_id)
    named = queries.fates_of_reports(door.session, [row.observation_id])
    return render_template(
        "protection/report.html",
        row=row,
        type_label=type_label(row.type),
        has_note=bool(queries.reports_with_note(door.session, door.app.keys, [row])),
        named=named,
        labels=queries.labels(door.session, {one.person_id for one in named}),
        fate_words=fate_words(),
        words=IDENTITY_WORDS,
        purposes=PURPOSES,
        views=queries.views(
            door.session, door.app.keys if door.actor.may(AUDIT) else None, row.observation_id
        ),
        names=_names(door),
        moment=lambda at: moment(at, mission.zone),
    )


@bp.route("/protection/openings", methods=["GET"], permission=AUDIT, summary="Who opened what, when and why")
def openings(door: Door) -> str:
    mission = the_mission(door.session)
    found = queries.views(door.session, door.app.keys)
    return render_template(
        "protection/openings.html",
        views=found,
        labels=queries.labels(door.session, {view.subject_id for view in found if view.what == "person"}),
        names=_names(door),
        moment=lambda at: moment(at, mission.zone),
    )


@bp.route(
    "/api/v1/protection/toll",
    methods=["GET"],
    permission="incidents:person:count",
    summary="How many people were harmed or are detained, as ranges with the reports behind them",
)
def read_toll(door: Door) -> Any:
    """Of events from `from` to `to`, as known at `known_at`."""
    mission = the_mission(door.session)
    known = as_known(door, mission.zone)
    start, until = _span(known, mission)
    found = queries.counted(door.session, start, until, known.now)
    return {
        "until": until.isoformat(),
        "known_at": known.now.isoformat(),
        "fates": {fate: _range_json(found, one) for fate, one in found.toll.by_fate.items()},
        "moves": [
            {
                "person": found.labels.get(move.person, ""),
                "before": move.before,
                "after": move.after,
                "at": move.at.isoformat(),
            }
            for move in found.toll.moves
        ],
        "not_yet_reviewed": found.waiting,
    }


@bp.route(
    "/api/v1/protection/people",
    methods=["POST"],
    permission=RECORD,
    takes=EnterSchema,
    summary="Enter a person: a new number, the identity sealed",
)
def enter(door: Door) -> tuple[dict[str, Any], int]:
    given = door.load(EnterSchema)
    observation_id, fate, at = given.pop("observation_id"), given.pop("fate"), given.pop("at")
    if (observation_id is None) != (fate is None):
        raise Invalid({"fate": ["A report and what it tells of the person go together."]})
    entered = service.enter_person(door, given)
    if observation_id is not None and fate is not None:
        row = _report(door, str(observation_id))
        service.tell_fate(door, entered.person_id, row.observation_id, fate, at or row.t_start)
    return {
        "id": entered.person_id,
        "number": entered.label,
        "alike": list(entered.alike),
        "href": f"/protection/people/{entered.person_id}",
    }, 201


@bp.route(
    "/api/v1/protection/people/<person_id>/identity",
    methods=["POST"],
    permission=RECORD,
    takes=IdentitySchema,
    summary="Correct an identity; the earlier version stays sealed beside it",
)
def correct(door: Door, person_id: str) -> Any:
    return {"id": person_id, "version": service.correct_identity(door, person_id, door.load(IdentitySchema))}


@bp.route(
    "/api/v1/protection/people/<person_id>/open",
    methods=["POST"],
    permission=OPEN,
    takes=OpenSchema,
    summary="Open who a person is; logged with its reason",
)
def open_identity(door: Door, person_id: str) -> Any:
    given = door.load(OpenSchema)
    return {"identity": service.open_identity(door, person_id, given["purpose"], given["reason"])}


@bp.route(
    "/api/v1/protection/reports/<observation_id>/open",
    methods=["POST"],
    permission=OPEN,
    takes=OpenSchema,
    summary="Open what a report's author wrote of who it was; logged with its reason",
)
def open_note(door: Door, observation_id: str) -> Any:
    given = door.load(OpenSchema)
    return {"identity": service.open_note(door, observation_id, given["purpose"], given["reason"])}


@bp.route(
    "/api/v1/protection/people/<person_id>/fates",
    methods=["POST"],
    permission=RECORD,
    takes=FateSchema,
    summary="Say what a report tells of a person, or take it back",
)
def tell_fate(door: Door, person_id: str) -> Any:
    given = door.load(FateSchema)
    row = _report(door, observation_named(door.session, given["observation_id"]) or given["observation_id"])
    at = given["at"] or row.t_start
    service.tell_fate(door, person_id, row.observation_id, given["fate"], at, given["holds"])
    return {
        "id": person_id,
        "observation_id": row.observation_id,
        "fate": given["fate"],
        "holds": given["holds"],
    }


@bp.route(
    "/api/v1/protection/people/<person_id>/same",
    methods=["POST"],
    permission=RECORD,
    takes=SameSchema,
    summary="Say that another number is the same person, or that it is not",
)
def same(door: Door, person_id: str) -> Any:
    given = door.load(SameSchema)
    other_id = queries.person_numbered(door.session, given["other"])
    if other_id is None:
        raise Invalid({"other": ["There is no person with this number."]})
    service.tell_same(door, person_id, other_id, given["holds"])
    return {"id": person_id, "other": given["other"], "holds": given["holds"]}


@bp.route(
    "/api/v1/protection/people/<person_id>/shred",
    methods=["POST"],
    permission=RECORD,
    takes=OpenSchema,
    summary="Destroy what tells who a person is; the number and the counts stay",
)
def shred(door: Door, person_id: str) -> Any:
    given = door.load(OpenSchema)
    return {
        "id": person_id,
        "shredded": service.shred_identity(door, person_id, given["purpose"], given["reason"]),
    }


def fate_words() -> dict[str, str]:
    """The fates as the taxonomy calls their types; a witness is none of them."""
    return {fate: type_label(fate) for fate in FATES} | {"witness": "Witness"}


def type_label(code: str) -> str:
    known = taxonomy().types.get(code)
    return known.label["en"] if known else code.replace("_", " ").capitalize()


def _range_json(found: queries.Counted, one: Range) -> dict[str, Any]:
    return {
        "least": one.least,
        "best": one.best,
        "most": one.most,
        "words": one.words,
        "confirmed": one.confirmed,
        "observation_ids": list(one.accounts),
        "people": sorted(found.labels.get(key, "") for key in one.people),
    }


def _groups(found: queries.Counted) -> list[tuple[str, tuple[str, ...]]]:
    """The fates by family; those beside them only where one was reported."""
    beside = tuple(fate for fate in BESIDE if found.toll.by_fate[fate].accounts)
    groups: list[tuple[str, tuple[str, ...]]] = [("Harm to people", HARM[::-1]), ("Detention", DETENTION)]
    return groups + ([("Reported beside these", beside)] if beside else [])


def _number(row: ObservationRow) -> str:
    """ "2", "2 to 3", as the report says."""
    least, most = row.count_min, row.count_max
    if row.count_best is None and least is None:
        return "not said"
    best = row.count_best if row.count_best is not None else least
    if least is not None and most is not None and least != most:
        return f"{least} to {most}"
    return f"at least {best}" if row.count_qualifier == "at_least" else str(best)


def _span(door: Door, mission: MissionRow) -> tuple[dt.datetime | None, dt.datetime]:
    """The days asked for; without an end, as the people stand now."""
    first, last = _day("from", mission), _day("to", mission)
    return first, min(last + dt.timedelta(days=1), door.now) if last else door.now


def _day(name: str, mission: MissionRow) -> dt.datetime | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), mission.zone)
    except ValueError as error:
        raise BadRequest(reason=f"`{name}` must be a day like 2022-09-13.") from error


def _report(door: Door, observation_id: str) -> ObservationRow:
    row = observation(door.session, observation_id)
    if row is None:
        raise NotFound(thing="report", id=observation_id)
    return row


def _names(door: Door) -> dict[str, str]:
    return {f"person:{one.id}": one.name for one in all_people(door.session)}


def _notes(door: Door) -> list[ObservationRow]:
    """Reports of the last months that hold a sealed note from which nobody was entered yet."""
    rows = observations(door.session, door.now - LOOKED_THROUGH)
    noted = queries.reports_with_note(door.session, door.app.keys, rows)
    told = {fate.observation_id for fate in queries.fates_of_reports(door.session, noted)}
    return [
        row for row in reversed(rows) if row.observation_id in noted - told and row.processing != "rejected"
    ]
