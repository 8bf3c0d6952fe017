"""Keeping, editing, reviewing and issuing papers: other eyes at each step, and an edition never changes.

What is drafted comes from the rooms of each kind; a draft is one document in each of the mission's languages,
English first.
"""

import base64
import dataclasses
import datetime as dt
import importlib.metadata
import uuid
from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from monitor import outbox, vault
from monitor.access.policy import Subject, require
from monitor.audit import audit
from monitor.door import Door
from monitor.errors import Invalid, WrongState
from monitor.log import queries as log
from monitor.log.service import append
from reports.document import Document, UnknownFigure, canonical, digest, from_json
from reports.events import EditionIssued, SummaryDrafted, SummaryStepped
from reports.issuing import editing, queries
from reports.issuing.model import (
    Edition,
    EditionStep,
    EditionTranslation,
    PeriodRun,
    SignedFile,
    Summary,
    SummaryStep,
    SummaryTranslation,
    SummaryVersion,
)
from reports.issuing.queries import FIRST, EditionRow, SummaryRow
from reports.render import html, signature
from reports.render.pdf import pdf_of
from reports.wording.language import language

EDIT, REVIEW, RELEASE = "reports:summary:edit", "reports:summary:review", "reports:summary:release"

Documents = Mapping[str, Document]


def claim(door: Door, kind: str, start: dt.datetime, end: dt.datetime, subject: str = "") -> int | None:
    """Makes the period's row. None where somebody else has: the unique key decides, not who looked first."""
    run = PeriodRun(kind=kind, subject=subject, start_utc=start, end_utc=end, claimed_at=door.now)
    try:
        with door.session.begin_nested():
            door.session.add(run)
            door.session.flush()
    except IntegrityError:
        return None
    return run.id


def keep_draft(door: Door, run_id: int, documents: Documents) -> SummaryRow:
    """The machine's draft of a claimed period, as version 1, in each language."""
    document = documents[FIRST]
    header = document.header
    assert header.number is not None
    summary = Summary(
        id=str(uuid.uuid4()),
        period_run_id=run_id,
        year=header.year,
        number=header.number,
        recorded_at=door.now,
    )
    door.session.add(summary)
    door.session.flush()
    _add_version(door, summary.id, 1, documents)
    append(door.session, "summary_drafted", {"summary": summary.id, "digest": digest(document)}, door.now)
    outbox.record(door.session, SummaryDrafted(summary.id, header.kind), door.now)
    return queries.summary(door.session, summary.id)


def keep_redraft(door: Door, summary_id: str, documents: Documents) -> SummaryRow:
    """The machine's draft anew, as known now, as the next version; what people had said stays said."""
    require(door.actor, EDIT)
    row = queries.summary(door.session, summary_id)
    old = queries.draft(door.session, summary_id, row.version_no)
    document = editing.carried(old, documents[FIRST])
    if digest(document) == row.versions[-1].digest:
        return row
    told = {FIRST: document} | {
        code: editing.translated(document, other) for code, other in documents.items() if code != FIRST
    }
    new_no = row.version_no + 1
    _add_version(door, summary_id, new_no, told)
    audit(door, "summary_redrafted", f"summary:{summary_id}", version=new_no)
    outbox.record(door.session, SummaryStepped(summary_id, "redrafted"), door.now)
    return queries.summary(door.session, summary_id)


def _add_version(door: Door, summary_id: str, version_no: int, documents: Documents) -> None:
    document = documents[FIRST]
    door.session.add(
        SummaryVersion(
            summary_id=summary_id,
            version_no=version_no,
            document=canonical(document).decode(),
            digest=digest(document),
            actor=door.actor.code,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    for code, other in documents.items():
        if code != FIRST:
            door.session.add(
                SummaryTranslation(
                    summary_id=summary_id,
                    version_no=version_no,
                    language=code,
                    document=canonical(other).decode(),
                    digest=digest(other),
                )
            )
    door.session.flush()


def documents(session: Session, row: SummaryRow) -> dict[str, Document]:
    """The live draft in each of its languages, English first."""
    codes = queries.languages_of(session, row.id, row.version_no)
    return {code: queries.draft(session, row.id, row.version_no, code) for code in codes}


def edited(session: Session, summary_id: str, texts: list[str]) -> Document:
    """The live draft with its lines said as given. Raises Invalid for a number the paper does not hold."""
    row = queries.summary(session, summary_id)
    try:
        return editing.with_lines(queries.draft(session, summary_id, row.version_no), texts)
    except UnknownFigure as unknown:
        said = f"no number of this paper is called {unknown}; leave the bracket as it was"
        raise Invalid(errors={"lines": [said]}) from unknown


def edit_lines(door: Door, summary_id: str, version_no: int, texts: list[str], reason: str) -> SummaryRow:
    """A new version with the lines as given. What the word check objects to needs a reason that is kept."""
    row = _live(door, summary_id, version_no)
    require(door.actor, EDIT)
    document = edited(door.session, summary_id, texts)
    objections = editing.objections(document)
    if objections and not reason.strip():
        raise Invalid(errors=editing.by_line(objections))
    if digest(document) == row.versions[-1].digest:
        return row
    new_no = row.version_no + 1
    told = documents(door.session, row)
    others = {code: editing.translated(document, told[code]) for code in told if code != FIRST}
    _add_version(door, summary_id, new_no, {FIRST: document} | others)
    if objections:
        owner_id = f"{summary_id}/{new_no}"
        vault.seal(door.session, door.app.keys, "summary_version", owner_id, "reason", reason, door.now)
    audit(door, "summary_edited", f"summary:{summary_id}", version=new_no, objections=len(objections))
    outbox.record(door.session, SummaryStepped(summary_id, "edited"), door.now)
    return queries.summary(door.session, summary_id)


def review(door: Door, summary_id: str, version_no: int, verdict: str, reason: str = "") -> SummaryRow:
    """A reviewer's word on the live version: `reviewed`, or `returned` with a reason; not on one's own."""
    row = _live(door, summary_id, version_no)
    require(door.actor, REVIEW, Subject(makers=row.editors))
    if row.state in ("reviewed", "released"):
        raise WrongState(thing="summary", wanted="drafted or edited", found=row.state)
    if verdict == "returned" and not reason.strip():
        raise Invalid(errors={"reason": ["Say what is to be mended."]})
    _add_step(door, summary_id, version_no, verdict, reason)
    return queries.summary(door.session, summary_id)


def release(door: Door, summary_id: str, version_no: int) -> EditionRow:
    """Issues the reviewed version under the mission's name, as the next edition of its number.

    1 check that another person edited and reviewed; 2 make the edition's document with number, log head and
    the previous PDF's hash, in each language; 3 render them; 4 keep the files; 5 record the edition, its leaf
    and its event.
    """
    row = _live(door, summary_id, version_no)
    require(door.actor, RELEASE, Subject(makers=row.editors | row.reviewers))
    if row.state != "reviewed":
        raise WrongState(thing="summary", wanted="reviewed", found=row.state)
    earlier = queries.editions(door.session, summary_id=summary_id)
    told = edition_documents(door, row, earlier)
    document = told[FIRST]
    pdf, page = pdf_of(document), html.standalone(document).encode()
    pdf_sha256, html_sha256 = door.app.storage.put(pdf), door.app.storage.put(page)
    edition_id, edition_no = str(uuid.uuid4()), len(earlier) + 1
    sign(door, pdf_sha256)
    leaf = append(
        door.session,
        "report_issued",
        {
            "edition": edition_id,
            "edition_no": edition_no,
            "kind": row.kind,
            "year": row.year,
            "number": row.number,
            "digest": digest(document),
            "pdf_sha256": pdf_sha256,
        },
        door.now,
    )
    door.session.add(
        Edition(
            id=edition_id,
            summary_id=summary_id,
            version_no=version_no,
            kind=row.kind,
            year=row.year,
            number=row.number,
            edition_no=edition_no,
            document=canonical(document).decode(),
            digest=digest(document),
            pdf_sha256=pdf_sha256,
            html_sha256=html_sha256,
            renderer=renderer(),
            leaf_index=leaf.index,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    for code, other in told.items():
        if code != FIRST:
            _keep_translation(door, edition_id, code, other)
    _step_edition(door, edition_id, "issued")
    if earlier:
        _step_edition(door, earlier[0].id, "superseded")
    _add_step(door, summary_id, version_no, "released", "")
    issued = EditionIssued(edition_id, summary_id, row.kind, row.year, row.number, edition_no)
    outbox.record(door.session, issued, door.now)
    return queries.editions(door.session, summary_id=summary_id)[0]


def _keep_translation(door: Door, edition_id: str, code: str, document: Document) -> None:
    """Renders and logs an edition in another language: its files are vouched for like the first's."""
    pdf_sha256 = door.app.storage.put(pdf_of(document))
    html_sha256 = door.app.storage.put(html.standalone(document).encode())
    sign(door, pdf_sha256)
    facts: dict[str, str | int] = {
        "edition": edition_id,
        "language": code,
        "digest": digest(document),
        "pdf_sha256": pdf_sha256,
    }
    append(door.session, "report_translated", facts, door.now)
    door.session.add(
        EditionTranslation(
            edition_id=edition_id,
            language=code,
            document=canonical(document).decode(),
            digest=digest(document),
            pdf_sha256=pdf_sha256,
            html_sha256=html_sha256,
        )
    )
    door.session.flush()


def sign(door: Door, pdf_sha256: str) -> None:
    """Keeps a signed copy of a PDF that goes out, where the mission has a certificate.

    A certificate that has run out keeps no paper back: it goes out unsigned, and its page says why.
    """
    settings = door.app.settings
    if settings.sign_certificate is None or queries.signed_file(door.session, pdf_sha256) is not None:
        return
    signed_sha256, detail = None, ""
    try:
        content = signature.signed(
            door.app.storage.read(pdf_sha256),
            settings.sign_certificate,
            signature.passphrase(settings.sign_passphrase_file),
            door.now,
        )
        signed_sha256 = door.app.storage.put(content)
        audit(door, "paper_signed", f"pdf:{pdf_sha256}", signed_sha256=signed_sha256)
    except signature.CannotSign as reason:
        detail = str(reason)[:200]
        audit(door, "paper_not_signed", f"pdf:{pdf_sha256}")
    row = SignedFile(pdf_sha256=pdf_sha256, signed_sha256=signed_sha256, detail=detail, recorded_at=door.now)
    door.session.add(row)
    door.session.flush()


def edition_documents(door: Door, row: SummaryRow, earlier: list[EditionRow]) -> dict[str, Document]:
    """The live draft as the edition that it becomes, in each language; a later one opens with its changes."""
    previous = queries.last_before(door.session, row.end, row.kind)
    head = log_head(door.session)
    issued: dict[str, Document] = {}
    for code, document in documents(door.session, row).items():
        said = document
        change_note = None
        if earlier:
            said, change_note = _with_changes(door, said, earlier[0], code)
        header = dataclasses.replace(
            document.header,
            edition=len(earlier) + 1,
            state="issued",
            log_head=head,
            previous_pdf_sha256=previous[0].pdf_sha256 if previous else None,
            previous_title=previous[0].title if previous else None,
            change_note=change_note,
            translation_of=digest(issued[FIRST]) if code != FIRST else None,
        )
        issued[code] = dataclasses.replace(said, header=header)
    return issued


def _with_changes(
    door: Door, document: Document, replaced: EditionRow, code: str
) -> tuple[Document, str | None]:
    """The document with a page of what differs from the edition it replaces, and a line that says so."""
    words = language(code)
    if code == FIRST:
        before = from_json(queries.edition_text(door.session, replaced.id))
    elif code in queries.edition_translations(door.session, replaced.id):
        before = from_json(queries.translation_text(door.session, replaced.id, code))
    else:
        return document, None
    section, number = editing.changes_section(before, document, replaced.edition_no, words)
    note = words.text("changes.note", edition=str(replaced.edition_no), changed=str(number))
    return dataclasses.replace(document, sections=(section, *document.sections)), note


def log_head(session: Session) -> str | None:
    """The newest signed head as it is printed: whose log, how many entries, their root."""
    head = log.latest_head(session)
    if head is None:
        return None
    origin = head.note.splitlines()[0]
    return f"{origin}, {head.size} entries, root {base64.b64encode(head.root).decode()}"


def renderer() -> str:
    """What set the paper; the same bytes are promised for the same."""
    return " ".join(f"{name} {importlib.metadata.version(name)}" for name in ("typst", "pikepdf"))


def _live(door: Door, summary_id: str, version_no: int) -> SummaryRow:
    """The summary, if the version acted upon is still the live one."""
    row = queries.summary(door.session, summary_id)
    if row.version_no != version_no:
        raise WrongState(thing="summary", wanted=f"version {version_no}", found=f"version {row.version_no}")
    return row


def _add_step(door: Door, summary_id: str, version_no: int, step: str, reason: str) -> None:
    made = SummaryStep(
        summary_id=summary_id,
        version_no=version_no,
        step=step,
        actor=door.actor.code,
        recorded_at=door.now,
    )
    door.session.add(made)
    door.session.flush()
    if reason.strip():
        owner_id = str(made.id)
        vault.seal(door.session, door.app.keys, "summary_step", owner_id, "reason", reason, door.now)
    audit(door, f"summary_{step}", f"summary:{summary_id}", version=version_no)
    outbox.record(door.session, SummaryStepped(summary_id, step), door.now)


def _step_edition(door: Door, edition_id: str, state: str) -> None:
    door.session.add(
        EditionStep(edition_id=edition_id, state=state, actor=door.actor.code, recorded_at=door.now)
    )
    door.session.flush()
