"""The page of recipients: who gets which papers, what was sent, what was not taken."""

from typing import Any

from flask import redirect, render_template, request, url_for

from monitor.door import Door
from monitor.errors import Invalid
from monitor.mission.queries import the_mission
from monitor.web.blueprint import Blueprint
from reports.issuing import queries as issuing
from reports.issuing.schema import NothingSchema
from reports.release.profiles import INTERNAL, PROFILES
from reports.sending import queries, service
from reports.sending.model import CHANNELS
from reports.sending.schema import OFFERED, RecipientSchema, kinds_of
from reports.wording.language import LANGUAGES, english

# What a state is called on the page, and how much it asks for somebody.
STATES = {
    "queued": ("on its way", "accent"),
    "delivered": ("delivered", "good"),
    "failed": ("not delivered", "bad"),
}
bp = Blueprint("sending", __name__, url_prefix="/summaries/recipients", template_folder="templates")


@bp.route("", methods=["GET"], permission=service.MANAGE, summary="Who gets papers, and what was sent")
def index(door: Door) -> str:
    return _page(door)


def _page(door: Door, secret: str | None = None) -> str:
    zone = the_mission(door.session).zone
    return render_template(
        "sending/recipients.html",
        recipients=queries.recipients(door.session),
        names={one.id: one.name for one in queries.recipients(door.session, with_ended=True)},
        deliveries=queries.deliveries(door.session),
        titles={one.id: one.title for one in issuing.editions(door.session)},
        channels=CHANNELS,
        profiles=(INTERNAL, *sorted(PROFILES)),
        kinds={kind: english().phrase(f"title.{kind}") for kind in OFFERED},
        states=STATES,
        languages=LANGUAGES,
        secret=secret,
        moment=lambda at: english().moment(at, zone),
    )


@bp.route("", methods=["POST"], permission=service.MANAGE, takes=RecipientSchema)
def add(door: Door) -> Any:
    given = door.load(RecipientSchema)
    kinds = kinds_of(given)
    if not kinds:
        raise Invalid(errors={"kinds": [f"One or more of {', '.join(OFFERED)}."]})
    row, secret = service.add_recipient(
        door,
        given["name"],
        given["channel"],
        given["profile"],
        kinds,
        given["language"],
        given["address"].strip(),
    )
    if request.is_json:
        return {"recipient_id": row.id, "secret": secret}, 201
    return _page(door, secret)


@bp.route("/<recipient_id>/end", methods=["POST"], permission=service.MANAGE, takes=NothingSchema)
def end(door: Door, recipient_id: str) -> Any:
    door.load(NothingSchema)
    service.end_recipient(door, recipient_id)
    if request.is_json:
        return {"recipient_id": recipient_id}
    return redirect(url_for("sending.index"), 303)


@bp.route("/deliveries/<int:delivery_id>", methods=["POST"], permission=service.MANAGE, takes=NothingSchema)
def again(door: Door, delivery_id: int) -> Any:
    """Tries a delivery again that was given up."""
    door.load(NothingSchema)
    row = service.send_again(door, delivery_id)
    if request.is_json:
        return {"delivery_id": row.id, "state": row.state}
    return redirect(url_for("sending.index"), 303)
