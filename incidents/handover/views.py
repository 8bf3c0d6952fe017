"""The page of the shift, and each handover as a paper that can be printed."""

from typing import Any

from flask import redirect, render_template, url_for

from incidents.handover import queries
from incidents.handover.schema import NoteSchema
from incidents.handover.service import hand_over, take_over, write_note
from monitor.door import Door
from monitor.web.blueprint import Blueprint

READ, WRITE = "incidents:handover:read", "incidents:handover:give"
bp = Blueprint(
    "handover", __name__, url_prefix="/handover", template_folder="templates", static_folder="static"
)


@bp.route("", methods=["GET"], permission=READ, summary="The shift: what is open, notes, earlier handovers")
def shift(door: Door) -> str:
    earlier = queries.handovers(door.session)
    content = queries.standing(door)
    return render_template(
        "handover/shift.html",
        content=content,
        notes=queries.notes(door.session, door.app.keys, ids=content["notes"]),
        last=earlier[0] if earlier else None,
        earlier=earlier,
        **_words(door),
    )


@bp.route("/<handover_id>", methods=["GET"], permission=READ, summary="One handover, as it was given")
def paper(door: Door, handover_id: str) -> str:
    row = queries.handover(door.session, handover_id)
    return render_template(
        "handover/paper.html",
        row=row,
        content=row.content,
        notes=queries.notes(door.session, door.app.keys, ids=row.content["notes"]),
        **_words(door),
    )


def _words(door: Door) -> dict[str, Any]:
    return {
        "sectors": queries.sector_names(door.session),
        "moment": lambda at: queries.local(door.session, at),
        "may_give": door.actor.may(WRITE),
        "may_take": door.actor.may("incidents:handover:take"),
    }


@bp.route("/notes", methods=["POST"], permission=WRITE, takes=NoteSchema, summary="Note something")
def note(door: Door) -> Any:
    write_note(door, door.load(NoteSchema)["text"])
    return redirect(url_for("handover.shift"), 303)


@bp.route("", methods=["POST"], permission=WRITE, summary="Hand the room over", endpoint="give")
def give(door: Door) -> Any:
    return redirect(url_for("handover.paper", handover_id=hand_over(door)), 303)


@bp.route(
    "/<handover_id>/take", methods=["POST"], permission="incidents:handover:take", summary="Take it over"
)
def take(door: Door, handover_id: str) -> Any:
    take_over(door, handover_id)
    return redirect(url_for("handover.paper", handover_id=handover_id), 303)
