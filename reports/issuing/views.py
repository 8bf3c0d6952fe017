"""The pages of the summaries: the list, the draft as the paper it becomes, the records behind a number."""

import datetime as dt
import re
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for

from incidents.casework import queries as casework
from incidents.claims import queries as claims
from incidents.intake import queries as intake
from monitor.access import SYSTEM
from monitor.access.policy import Decision, Subject, may
from monitor.door import Door
from monitor.errors import NotFound
from monitor.mission.queries import the_mission
from monitor.people.queries import all_people
from monitor.places.queries import all_places
from monitor.web.blueprint import Blueprint
from reports.document import Document, Figure, canonical, figures, from_json
from reports.issuing import editing, evenness, queries, service
from reports.issuing.queries import FIRST, EditionRow, SummaryRow, TranslationRow
from reports.issuing.schema import EditSchema, ReviewSchema, VersionSchema
from reports.render import evidence_index, html
from reports.render.pdf import pdf_of
from reports.wording.language import english

READ = "reports:summary:read"
MARKED_EXERCISE = re.compile(r" \(exercise\)$")
NEWEST = 40
READABLE = ("observation", "claim", "alert", "incident")
bp = Blueprint(
    "summaries",
    __name__,
    url_prefix="/summaries",
    template_folder="templates",
    static_folder="static",
)


@bp.route("", methods=["GET"], permission=READ, summary="Drafts and editions", strict_slashes=False)
def index(door: Door) -> str:
    zone = the_mission(door.session).zone
    editions: dict[str, list[EditionRow]] = {}
    for edition in queries.editions(door.session):
        editions.setdefault(edition.summary_id, []).append(edition)
    return render_template(
        "issuing/list.html",
        papers=queries.summaries(door.session),
        editions=editions,
        title=lambda row: english().phrase(f"title.{row.kind}"),
        may_edit=_may(door, service.EDIT),
        parties=[(one.code, one.name_in(FIRST)) for one in the_mission(door.session).parties],
        incidents=casework.incidents(door.session)[:NEWEST],
        period=lambda row: english().period(row.start, row.end, zone),
        moment=lambda at: english().moment(at, zone),
    )


@bp.route("/paper.css", methods=["GET"], permission=READ)
def paper_style(door: Door) -> Response:
    return Response(html.style(), mimetype="text/css")


@bp.route("/<summary_id>", methods=["GET"], permission=READ, summary="A summary as the paper it becomes")
def show(door: Door, summary_id: str) -> str:
    return _page(door, queries.summary(door.session, summary_id))


def _page(
    door: Door,
    row: SummaryRow,
    typed: list[str] | None = None,
    reason: str = "",
    objections: list[editing.Objection] | None = None,
) -> str:
    """The draft or last edition as a paper, with what one may do beside it and why not."""
    editions = queries.editions(door.session, summary_id=row.id)
    draft = queries.draft(door.session, row.id, row.version_no)
    is_issued = bool(editions) and editions[0].version_no == row.version_no
    shown = _shown(door, row, editions[0] if is_issued else None)
    zone = the_mission(door.session).zone
    steps = queries.steps(door.session, door.app.keys, row.id)
    people = {f"person:{one.id}": one.name for one in all_people(door.session)}
    return render_template(
        "issuing/summary.html",
        row=row,
        title=english().phrase(f"title.{row.kind}"),
        editions=editions,
        signed={one.id: queries.signed_file(door.session, one.pdf_sha256) for one in editions},
        paper=html.paper(shown, lambda figure: _records(row.id, figure)),
        languages=queries.languages_of(door.session, row.id, row.version_no),
        language=_language(),
        lines=typed or editing.marked_lines(draft),
        machine_lines=editing.machine_lines(draft),
        more_lines=min(3, editing.MOST_LINES - len(typed or editing.marked_lines(draft))),
        objections=editing.objections(draft) if objections is None else objections,
        is_refused=objections is not None,
        reason=reason,
        steps=steps,
        people=people | {SYSTEM.code: "the machine"},
        may_release_out=_may(door, "reports:release:read").allowed,
        may_edit=_may(door, service.EDIT),
        may_review=_may_review(door, row),
        may_release=_may_release(door, row),
        moment=lambda at: english().moment(at, zone),
        period=english().period(row.start, row.end, zone),
    )


def _shown(door: Door, row: SummaryRow, edition: EditionRow | None) -> Document:
    """The paper of the page: the edition where the live version is issued, else the draft; in a language."""
    code = _language()
    if edition is None:
        return queries.draft(door.session, row.id, row.version_no, code)
    if code == FIRST:
        return from_json(queries.edition_text(door.session, edition.id))
    return from_json(queries.translation_text(door.session, edition.id, code))


def _records(summary_id: str, figure: Figure) -> str:
    edition = request.args.get("edition", type=int)
    return url_for("summaries.records", summary_id=summary_id, figure_id=figure.id, edition=edition)


def _may(door: Door, permission: str, makers: frozenset[str] = frozenset()) -> Decision:
    return may(door.actor, permission, Subject(makers=makers))


def _may_review(door: Door, row: SummaryRow) -> Decision:
    decision = _may(door, service.REVIEW, row.editors)
    if decision.allowed and row.state in ("reviewed", "released"):
        return Decision(False, f"this version is {row.state_in_words}")
    return decision


def _may_release(door: Door, row: SummaryRow) -> Decision:
    decision = _may(door, service.RELEASE, row.editors | row.reviewers)
    if decision.allowed and row.state != "reviewed":
        return Decision(False, f"it is {row.state_in_words}; a reporting officer reviews it first")
    return decision


@bp.route("/<summary_id>/lines", methods=["POST"], permission=service.EDIT, takes=EditSchema)
def edit(door: Door, summary_id: str) -> Any:
    given = door.load(EditSchema)
    texts = [given[f"line_{number}"] for number in range(1, editing.MOST_LINES + 1)]
    found = editing.objections(service.edited(door.session, summary_id, texts))
    if found and not given["reason"].strip() and not request.is_json:
        row = queries.summary(door.session, summary_id)
        typed = [text for text in texts if text.strip()]
        return make_response(_page(door, row, typed, given["reason"], found), 422)
    row = service.edit_lines(door, summary_id, given["version_no"], texts, given["reason"])
    return _done(row)


@bp.route("/<summary_id>/review", methods=["POST"], permission=service.REVIEW, takes=ReviewSchema)
def review(door: Door, summary_id: str) -> Any:
    given = door.load(ReviewSchema)
    row = service.review(door, summary_id, given["version_no"], given["verdict"], given["reason"])
    return _done(row)


@bp.route("/<summary_id>/release", methods=["POST"], permission=service.RELEASE, takes=VersionSchema)
def release(door: Door, summary_id: str) -> Any:
    edition = service.release(door, summary_id, door.load(VersionSchema)["version_no"])
    if request.is_json:
        return {
            "edition_id": edition.id,
            "year": edition.year,
            "number": edition.number,
            "edition_no": edition.edition_no,
            "digest": edition.digest,
            "pdf_sha256": edition.pdf_sha256,
            "leaf_index": edition.leaf_index,
        }, 201
    return redirect(url_for("summaries.show", summary_id=summary_id), 303)


@bp.route(
    "/<summary_id>/symmetry", methods=["GET"], permission=service.EDIT, summary="How evenly a paper speaks"
)
def symmetry(door: Door, summary_id: str) -> str:
    """For the reporting officer: what is said of each party, with the sentences, and of each sector."""
    row = queries.summary(door.session, summary_id)
    paper = queries.draft(door.session, summary_id, row.version_no)
    mission = the_mission(door.session)
    parties = {
        one.code: [one.name_in(FIRST).partition(" (")[0], *(code.replace("_", " ") for code in one.claimants)]
        for one in mission.parties
    }
    claimants = {claimant: one.code for one in mission.parties for claimant in one.claimants}
    named = [MARKED_EXERCISE.sub("", one.name) for one in all_places(door.session, kinds=("sector",))]
    return render_template(
        "issuing/symmetry.html",
        row=row,
        title=english().phrase(f"title.{row.kind}"),
        sides=evenness.sides(paper, parties, claimants),
        sectors=evenness.sectors(paper, named),
    )


def _done(row: SummaryRow) -> Any:
    if request.is_json:
        return {"summary_id": row.id, "version_no": row.version_no, "state": row.state}
    return redirect(url_for("summaries.show", summary_id=row.id), 303)


@bp.route("/<summary_id>.pdf", methods=["GET"], permission=READ, summary="The paper as PDF")
def pdf(door: Door, summary_id: str) -> Response:
    edition, translation = _edition(door, summary_id)
    issued = translation or edition
    if issued:
        content = door.app.storage.read(queries.file_that_leaves(door.session, issued.pdf_sha256))
    else:
        content = pdf_of(_draft(door, summary_id))
    return _file(content, "application/pdf", _name(door, summary_id, edition, "pdf"))


@bp.route("/<summary_id>.html", methods=["GET"], permission=READ, summary="The paper as one HTML file")
def page(door: Door, summary_id: str) -> Response:
    edition, translation = _edition(door, summary_id)
    issued = translation or edition
    content = (
        door.app.storage.read(issued.html_sha256)
        if issued
        else html.standalone(_draft(door, summary_id)).encode()
    )
    return _file(content, "text/html; charset=utf-8", _name(door, summary_id, edition, "html"), saved=True)


@bp.route("/<summary_id>.json", methods=["GET"], permission=READ, summary="The document with every record id")
def document(door: Door, summary_id: str) -> Response:
    edition, translation = _edition(door, summary_id)
    if edition is None:
        text = canonical(_draft(door, summary_id)).decode()
    elif translation is None:
        text = queries.edition_text(door.session, edition.id)
    else:
        text = queries.translation_text(door.session, edition.id, translation.language)
    return _file(text.encode(), "application/json", _name(door, summary_id, edition, "json"))


def _edition(door: Door, summary_id: str) -> tuple[EditionRow | None, TranslationRow | None]:
    """The edition asked for by `?edition=`, else the last one, else None: then it is the draft (as it is with
    `?edition=0`). And its translation where `?language=` asks for one."""
    found = queries.editions(door.session, summary_id=summary_id)
    wanted = request.args.get("edition", type=int)
    if wanted is None:
        edition = found[0] if found else None
    elif wanted == 0:
        return None, None
    else:
        edition = next((one for one in found if one.edition_no == wanted), None)
        if edition is None:
            raise NotFound(thing="edition", id=wanted)
    code = _language()
    if edition is None or code == FIRST:
        return edition, None
    translations = queries.edition_translations(door.session, edition.id)
    if code not in translations:
        raise NotFound(thing="translation of an edition", id=code)
    return edition, translations[code]


def _language() -> str:
    return request.args.get("language", FIRST)[:8]


def _draft(door: Door, summary_id: str) -> Document:
    row = queries.summary(door.session, summary_id)
    return queries.draft(door.session, summary_id, row.version_no, _language())


def _name(door: Door, summary_id: str, edition: EditionRow | None, ending: str) -> str:
    row = queries.summary(door.session, summary_id)
    which = f"edition-{edition.edition_no}" if edition else "draft"
    code = "" if _language() == FIRST else f"-{_language()}"
    return f"{row.kind}-{row.year}-{row.number:03d}-{which}{code}.{ending}"


def _file(content: bytes, kind: str, name: str, saved: bool = False) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'{"attachment" if saved else "inline"}; filename="{name}"'
    return response


@bp.route(
    "/<summary_id>/figures/<figure_id>", methods=["GET"], permission=READ, summary="Records behind a number"
)
def records(door: Door, summary_id: str, figure_id: str) -> str:
    """The list behind a number, as known at the cut-off: ids, and their content to those who may read it."""
    row = queries.summary(door.session, summary_id)
    edition = _edition(door, summary_id)[0] if request.args.get("edition") else None
    shown = from_json(queries.edition_text(door.session, edition.id)) if edition else _draft(door, summary_id)
    known_at = dt.datetime.fromisoformat(shown.header.cut_off_utc)
    figure = figures(shown).get(figure_id)
    if figure is None:
        raise NotFound(thing="number of this paper", id=figure_id)
    observations = []
    if figure.of == "observation" and door.actor.may("incidents:observation:read"):
        observations = intake.observations(door.session, ids=figure.ids, known_at=known_at)
    told = []
    if figure.of == "claim" and door.actor.may("incidents:claim:read"):
        told = [one for id in figure.ids if (one := claims.claim(door.session, id))]
    zone = the_mission(door.session).zone
    return render_template(
        "issuing/records.html",
        row=row,
        title=english().phrase(f"title.{row.kind}"),
        figure=figure,
        names=evidence_index.row_names(shown),
        observations=observations,
        claims=told,
        reads_records=door.actor.may(f"incidents:{figure.of}:read") if figure.of in READABLE else True,
        when=lambda one: english().short_span(one.t_start, one.t_end, zone),
        period=english().period(row.start, row.end, zone),
    )
