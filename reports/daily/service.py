"""Drafting, editing, reviewing and issuing the daily summary.

The period table is the truth: a tick claims each period of the mission that has ended and has no row, and
drafts it in the same transaction; so a period is drafted once, also after days down and with two schedulers.
"""

import base64
import dataclasses
import datetime as dt
import importlib.metadata
import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from monitor import outbox, vault
from monitor.access.policy import Subject, require
from monitor.audit import audit
from monitor.door import Door
from monitor.errors import Invalid, WrongState
from monitor.log import queries as log
from monitor.log.service import append
from monitor.mission.periods import Period
from monitor.mission.queries import find_mission
from reports.daily import editing, queries
from reports.daily.assemble import assemble
from reports.daily.facts import Issued, gather, number_of
from reports.daily.model import Edition, EditionStep, PeriodRun, Summary, SummaryStep, SummaryVersion
from reports.daily.queries import DAILY, EditionRow, SummaryRow
from reports.document import Document, UnknownFigure, canonical, digest, figures, from_json
from reports.events import EditionIssued, SummaryDrafted, SummaryStepped
from reports.render import html
from reports.render.pdf import pdf_of

EDIT, REVIEW, RELEASE = "reports:summary:edit", "reports:summary:review", "reports:summary:release"


def draft_due(door: Door) -> str | None:
    """Drafts the oldest period of the mission that has ended and has no draft; None if none was due.

    One a run: after days down, reports that come in must not wait behind a whole backlog of drafts.
    """
    mission = find_mission(door.session)
    if mission is None:
        return None
    done = set(door.session.scalars(select(PeriodRun.end_utc).where(PeriodRun.kind == DAILY)))
    for period in mission.periods(door.now):
        if period.end in done:
            continue
        run_id = claim_period(door, period)
        if run_id is not None:
            return f"drafted {draft_period(door, run_id, period).label}"
    return None


def claim_period(door: Door, period: Period, kind: str = DAILY) -> int | None:
    """Makes the period's row. None where somebody else has: the unique key decides, not who looked first."""
    run = PeriodRun(kind=kind, start_utc=period.start, end_utc=period.end, claimed_at=door.now)
    try:
        with door.session.begin_nested():
            door.session.add(run)
            door.session.flush()
    except IntegrityError:
        return None
    return run.id


def draft_period(door: Door, run_id: int, period: Period) -> SummaryRow:
    """The machine's draft of a claimed period, as version 1."""
    mission = find_mission(door.session)
    assert mission is not None
    facts = gather(door.session, door.app.keys, mission, period, last_issued(door.session, period))
    document = assemble(facts)
    summary = Summary(
        id=str(uuid.uuid4()),
        period_run_id=run_id,
        year=facts.year,
        number=number_of(mission, period),
        recorded_at=door.now,
    )
    door.session.add(summary)
    door.session.flush()
    _add_version(door, summary.id, 1, document)
    append(door.session, "summary_drafted", {"summary": summary.id, "digest": digest(document)}, door.now)
    outbox.record(door.session, SummaryDrafted(summary.id, DAILY), door.now)
    return queries.summary(door.session, summary.id)


def last_issued(session: Session, period: Period) -> Issued | None:
    """The edition before this period's, with the total it gave."""
    found = queries.last_before(session, period.end)
    if found is None:
        return None
    edition, end = found
    total = figures(from_json(queries.edition_text(session, edition.id))).get("2-all-total")
    return Issued(
        title=edition.title,
        pdf_sha256=edition.pdf_sha256,
        end=end,
        total_text=total.text if total else None,
        total=int(total.value) if total and total.value is not None else None,
        is_of_the_previous_period=end == period.start,
    )


def _add_version(door: Door, summary_id: str, version_no: int, document: Document) -> None:
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
        raise Invalid(errors={f"line_{one.line_no}": [one.in_words] for one in objections})
    if digest(document) == row.versions[-1].digest:
        return row
    new_no = row.version_no + 1
    _add_version(door, summary_id, new_no, document)
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
    the previous PDF's hash; 3 render it; 4 keep the files; 5 record the edition, its leaf and its event.
    """
    row = _live(door, summary_id, version_no)
    require(door.actor, RELEASE, Subject(makers=row.editors | row.reviewers))
    if row.state != "reviewed":
        raise WrongState(thing="summary", wanted="reviewed", found=row.state)
    earlier = queries.editions(door.session, DAILY, summary_id)
    document = edition_document(door, row, earlier)
    pdf, page = pdf_of(document), html.standalone(document).encode()
    pdf_sha256, html_sha256 = door.app.storage.put(pdf), door.app.storage.put(page)
    edition_id, edition_no = str(uuid.uuid4()), len(earlier) + 1
    leaf = append(
        door.session,
        "report_issued",
        {
            "edition": edition_id,
            "edition_no": edition_no,
            "kind": DAILY,
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
            kind=DAILY,
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
    _step_edition(door, edition_id, "issued")
    if earlier:
        _step_edition(door, earlier[0].id, "superseded")
    _add_step(door, summary_id, version_no, "released", "")
    issued = EditionIssued(edition_id, summary_id, DAILY, row.year, row.number, edition_no)
    outbox.record(door.session, issued, door.now)
    return queries.editions(door.session, DAILY, summary_id)[0]


def edition_document(door: Door, row: SummaryRow, earlier: list[EditionRow]) -> Document:
    """The live draft as the edition that it becomes."""
    document = queries.draft(door.session, row.id, row.version_no)
    previous = queries.last_before(door.session, row.end)
    change_note = None
    if earlier:
        before = from_json(queries.edition_text(door.session, earlier[0].id))
        changed = editing.changed_lines(before, document)
        change_note = f"It replaces edition {earlier[0].edition_no}; {changed} of the summary's lines differ."
    header = dataclasses.replace(
        document.header,
        edition=len(earlier) + 1,
        state="issued",
        log_head=log_head(door.session),
        previous_pdf_sha256=previous[0].pdf_sha256 if previous else None,
        previous_title=previous[0].title if previous else None,
        change_note=change_note,
    )
    return dataclasses.replace(document, header=header)


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


def due_periods(door: Door) -> list[Period]:
    """The periods that have ended and wait for a draft."""
    mission = find_mission(door.session)
    done = set(door.session.scalars(select(PeriodRun.end_utc).where(PeriodRun.kind == DAILY)))
    return [one for one in mission.periods(door.now) if one.end not in done] if mission else []


def ended_at(door: Door, text: str) -> dt.datetime:
    """The end of a period as typed: an ISO time, taken as the mission's own where it names no zone."""
    mission = find_mission(door.session)
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None and mission is not None:
        at = at.replace(tzinfo=mission.zone)
    return at.astimezone(dt.UTC)
