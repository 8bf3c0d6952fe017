"""The pages of evidence: every file, one file with its comparison and custody, and the tool that blurs."""

import datetime as dt
import uuid
from typing import Any

from flask import render_template

from incidents.evidence import queries
from incidents.evidence.comparing import Flag, Told, compare, model_of
from incidents.evidence.custody import HIDDEN
from incidents.intake.queries import ObservationRow, observation, observations, positions
from incidents.taxonomy import taxonomy
from monitor.access import may
from monitor.door import Door
from monitor.errors import NotFound
from monitor.mission.queries import the_mission
from monitor.mission.words import moment
from monitor.people.queries import all_people
from monitor.web.blueprint import Blueprint
from monitor.web.parameters import as_known

bp = Blueprint(
    "exhibits",
    __name__,
    url_prefix="/evidence",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)

TAKE = "incidents:media:take"
BLUR = "incidents:media:blur"
RENEW = "incidents:media:renew"
PAGE = 100
ACTION_WORDS = {
    "received": "Received",
    "copy_derived": "Copy made from the original",
    "not_shown": "No copy could be made; the original is kept",
    "viewed": "Copy looked at",
    "copy_taken": "Copy saved",
    "original_taken": "Original saved",
    "exported": "Original exported with its custody",
    "blurred": "Parts of the copy blurred",
}
LEVEL_WORDS = {"agrees": "agrees", "look": "look at this", "none": "nothing to compare"}


@bp.route("", methods=["GET"], permission="incidents:media:read", summary="The files, newest first")
def index(door: Door) -> str:
    mission = the_mission(door.session)
    known = as_known(door, mission.zone)
    found = queries.files(door.session, PAGE, known.now)
    announced = queries.announced(door.session, [row.media_id for row in found])
    wanted = {observation_id for observation_id, _slot in announced.values()}
    rows = observations(door.session, ids=wanted, known_at=known.now) if wanted else []
    return render_template(
        "exhibits/files.html",
        files=found,
        announced=announced,
        reports={row.observation_id: row for row in rows},
        done=queries.last_steps(door.session, [row.media_id for row in found], known.now),
        type_label=_type_label,
        moment=lambda at: moment(at, mission.zone),
        is_cut=len(found) == PAGE,
        past="" if known is door else moment(known.now, mission.zone),
    )


@bp.route("/<media_id>", methods=["GET"], permission="incidents:media:read", summary="One file of evidence")
def show(door: Door, media_id: str) -> str:
    mission = the_mission(door.session)
    file = _file(door, media_id)
    row, slot = _report(door, file.media_id)
    steps = queries.custody_of(door.session, file.media_id)
    return render_template(
        "exhibits/file.html",
        file=file,
        slot=slot,
        report=row,
        type_label=_type_label,
        copy=queries.viewing_sha256(door.session, file.media_id),
        cannot_show=any(step.action == "not_shown" for step in steps),
        is_blurred=_is_blurred(steps),
        facts=_facts(door, file.media_id),
        flags=_flags(door, file, row, mission.zone) if row else [],
        level_words=LEVEL_WORDS,
        also=queries.announced(door.session, queries.also_as(door.session, file.sha256, file.media_id)),
        steps=list(reversed(steps)),
        action_words=ACTION_WORDS,
        names={f"person:{one.id}": one.name for one in all_people(door.session)},
        moment=lambda at: moment(at, mission.zone),
        may_take=may(door.actor, TAKE),
        may_blur=may(door.actor, BLUR),
        may_renew=may(door.actor, RENEW),
    )


@bp.route("/<media_id>/blur", methods=["GET"], permission=BLUR, summary="Blur parts of a copy")
def blur(door: Door, media_id: str) -> str:
    file = _file(door, media_id)
    if queries.viewing_sha256(door.session, file.media_id) is None:
        raise NotFound(thing="copy to look at", id=media_id)
    row, slot = _report(door, file.media_id)
    return render_template("exhibits/blur.html", file=file, slot=slot, report=row, hidden=HIDDEN)


def _file(door: Door, media_id: str) -> queries.FileRow:
    try:
        found = queries.file(door.session, str(uuid.UUID(media_id)))
    except ValueError as error:
        raise NotFound(thing="file", id=media_id) from error
    if found is None:
        raise NotFound(thing="file", id=media_id)
    return found


def _report(door: Door, media_id: str) -> tuple[ObservationRow | None, str]:
    """The report that a file came with, and its slot there; a file may arrive before its report."""
    observation_id, slot = queries.announced(door.session, [media_id]).get(media_id, ("", "file"))
    return (observation(door.session, observation_id) if observation_id else None), slot


def _is_blurred(steps: list[queries.CustodyRow]) -> bool:
    made = [step.action for step in steps if step.action in ("copy_derived", "blurred")]
    return bool(made) and made[-1] == "blurred"


def _facts(door: Door, media_id: str) -> dict[str, Any]:
    """What the file says of itself; its position only for those who may see positions."""
    found = queries.facts_of(door.session, door.app.keys, [media_id]).get(media_id, {})
    if not door.actor.may("incidents:position:read"):
        found = {name: value for name, value in found.items() if name not in ("lat", "lon")}
    return found


def _flags(door: Door, file: queries.FileRow, row: ObservationRow, zone: dt.tzinfo) -> list[Flag]:
    facts = _facts(door, file.media_id)
    if not facts:
        return []
    sees = door.actor.may("incidents:position:read")
    at = positions(door.session, door.app.keys, [row]).get(row.observation_id) if sees else None
    others = queries.facts_of(
        door.session, door.app.keys, queries.of_sender(door.session, file.sender, file.media_id)
    )
    told = Told(
        start=row.t_start,
        end=row.t_end,
        captured_at=None,
        received_at=row.received_at,
        zone=zone,
        observer=at.observer if at else None,
        observer_accuracy_m=(at.accuracy_m or 0.0) if at else 0.0,
        event=(row.lon, row.lat) if sees and row.lon is not None and row.lat is not None else None,
        event_uncertainty_m=row.event_uncertainty_m or 0.0,
        knows_place=sees,
    )
    return compare(facts, told, {model for said in others.values() if (model := model_of(said))})


def _type_label(code: str) -> str:
    known = taxonomy().types.get(code)
    return known.label["en"] if known else code.replace("_", " ").capitalize()
