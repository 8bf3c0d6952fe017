"""The pages of a release: what a profile shows, asking for it, and the second person's word."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for

from monitor.access.policy import Subject, may
from monitor.door import Door
from monitor.mission.queries import the_mission
from monitor.people.queries import all_people
from monitor.web.blueprint import Blueprint
from reports.document import from_json
from reports.issuing import queries as issuing
from reports.release import queries, service
from reports.release.profiles import PROFILES
from reports.release.schema import DecisionSchema, RequestSchema
from reports.render import html
from reports.wording.language import english

READ = "reports:release:read"
bp = Blueprint("release", __name__, url_prefix="/summaries", template_folder="templates")


@bp.route("/<summary_id>/release", methods=["GET"], permission=READ, summary="What may leave of a paper")
def show(door: Door, summary_id: str) -> str:
    row = issuing.summary(door.session, summary_id)
    editions = issuing.editions(door.session, summary_id=summary_id)
    asked = [one for edition in editions for one in queries.releases(door.session, edition.id)]
    zone = the_mission(door.session).zone
    return render_template(
        "release/release.html",
        row=row,
        title=english().phrase(f"title.{row.kind}"),
        edition=editions[0] if editions else None,
        profiles=PROFILES,
        passes={
            code: [english().phrase(f"title.{section}") for section in one.sections]
            for code, one in PROFILES.items()
        },
        releases=asked,
        may_request=may(door.actor, service.REQUEST),
        may_approve={
            one.id: may(
                door.actor,
                service.APPROVE,
                Subject(makers=frozenset([one.requested_by.partition(":")[2]])),
            )
            for one in asked
        },
        people={f"person:{one.id}": one.name for one in all_people(door.session)},
        moment=lambda at: english().moment(at, zone),
    )


@bp.route("/<summary_id>/seen-as/<profile>", methods=["GET"], permission=READ, summary="Seen as a profile")
def seen_as(door: Door, summary_id: str, profile: str) -> str:
    """The last edition, or the draft, as a profile would show it."""
    row = issuing.summary(door.session, summary_id)
    editions = issuing.editions(door.session, summary_id=summary_id)
    document = (
        from_json(issuing.edition_text(door.session, editions[0].id))
        if editions
        else issuing.draft(door.session, summary_id, row.version_no)
    )
    shown = service.seen_as(door.session, document, profile)
    return render_template(
        "release/seen_as.html",
        row=row,
        profile=profile,
        title=english().phrase(f"title.{row.kind}"),
        paper=html.paper(shown, lambda figure: None),
    )


@bp.route("/release", methods=["POST"], permission=service.REQUEST, takes=RequestSchema)
def ask(door: Door) -> Any:
    given = door.load(RequestSchema)
    lines = [given[f"line_{number}"] for number in (1, 2, 3)]
    row = service.request_release(door, given["edition_id"], given["profile"], lines, given["reason"])
    if request.is_json:
        return {"release_id": row.id, "digest": row.digest, "pdf_sha256": row.pdf_sha256}, 201
    return _back(door, row.edition_id)


@bp.route("/release/<release_id>", methods=["POST"], permission=service.APPROVE, takes=DecisionSchema)
def decide(door: Door, release_id: str) -> Any:
    given = door.load(DecisionSchema)
    row = service.decide(door, release_id, given["pdf_sha256"], given["decision"])
    if request.is_json:
        return {"release_id": row.id, "decision": row.decision}
    return _back(door, row.edition_id)


def _back(door: Door, edition_id: str) -> Any:
    found = next(one for one in issuing.editions(door.session) if one.id == edition_id)
    return redirect(url_for("release.show", summary_id=found.summary_id), 303)


@bp.route("/release/<release_id>.pdf", methods=["GET"], permission=READ, summary="The bytes of a release")
def pdf(door: Door, release_id: str) -> Response:
    """The bytes to look at; once they were let go, their signed copy where the mission signs."""
    row = queries.release(door.session, release_id)
    sha256 = issuing.file_that_leaves(door.session, row.pdf_sha256)
    return _file(door.app.storage.read(sha256), "application/pdf", f"{row.profile}-{row.digest[:12]}.pdf")


@bp.route("/release/<release_id>.json", methods=["GET"], permission=READ, summary="A release as JSON")
def document(door: Door, release_id: str) -> Response:
    row = queries.release(door.session, release_id)
    text = queries.release_text(door.session, release_id)
    return _file(text.encode(), "application/json", f"{row.profile}-{row.digest[:12]}.json")


@bp.route("/release/<release_id>.html", methods=["GET"], permission=READ, summary="A release as HTML")
def page(door: Door, release_id: str) -> Response:
    row = queries.release(door.session, release_id)
    content = door.app.storage.read(row.html_sha256)
    response = _file(content, "text/html; charset=utf-8", f"{row.profile}-{row.digest[:12]}.html")
    response.headers["Content-Disposition"] = response.headers["Content-Disposition"].replace(
        "inline", "attachment"
    )
    return response


def _file(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
