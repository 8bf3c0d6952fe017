"""Questions about drafts and editions."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from monitor import vault
from monitor.errors import NotFound
from monitor.keys import Keys
from reports.document import Document, from_json
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
from reports.wording.language import english

DAILY = "daily"
FIRST = "en"
WORDS = {
    "drafted": "drafted by the machine, not yet reviewed",
    "edited": "edited, not yet reviewed",
    "returned": "returned to the editor",
    "reviewed": "reviewed, ready to be released",
    "released": "released",
}


@dataclass(frozen=True)
class VersionRow:
    version_no: int
    digest: str
    actor: str
    recorded_at: dt.datetime


@dataclass(frozen=True)
class StepRow:
    version_no: int
    step: str
    actor: str
    recorded_at: dt.datetime
    reason: str | None


@dataclass(frozen=True)
class SummaryRow:
    """A summary as it stands: `state` is of its live version."""

    id: str
    kind: str
    subject: str
    year: int
    number: int
    start: dt.datetime
    end: dt.datetime
    recorded_at: dt.datetime
    versions: tuple[VersionRow, ...]
    steps: tuple[tuple[int, str, str], ...]

    @property
    def version_no(self) -> int:
        return self.versions[-1].version_no

    @property
    def state(self) -> str:
        decided = [step for version_no, step, _ in self.steps if version_no == self.version_no]
        if decided:
            return decided[-1]
        return "drafted" if self.version_no == 1 else "edited"

    @property
    def state_in_words(self) -> str:
        return WORDS[self.state]

    @property
    def label(self) -> str:
        return f"No. {self.number}/{self.year}"

    @property
    def editors(self) -> frozenset[str]:
        """The people who wrote any of its versions; the machine is nobody."""
        return frozenset(_person(one.actor) for one in self.versions if one.version_no > 1)

    @property
    def reviewers(self) -> frozenset[str]:
        return frozenset(_person(actor) for _, step, actor in self.steps if step == "reviewed")


def _person(actor: str) -> str:
    """The id within an actor's code: `person:<id>`."""
    return actor.partition(":")[2]


@dataclass(frozen=True)
class EditionRow:
    id: str
    summary_id: str
    version_no: int
    kind: str
    year: int
    number: int
    edition_no: int
    digest: str
    pdf_sha256: str
    html_sha256: str
    renderer: str
    leaf_index: int
    recorded_at: dt.datetime
    state: str

    @property
    def title(self) -> str:
        """As other papers name it, in English."""
        said = {"number": str(self.number), "year": str(self.year), "edition": str(self.edition_no)}
        return english().text("edition", title=english().phrase(f"title.{self.kind}"), **said)


def summaries(
    session: Session, kind: str | None = None, ids: Collection[str] | None = None
) -> list[SummaryRow]:
    """Every paper as it stands, of one kind or of all, newest period first."""
    query = (
        select(Summary, PeriodRun)
        .join(PeriodRun, PeriodRun.id == Summary.period_run_id)
        .order_by(PeriodRun.end_utc.desc(), Summary.recorded_at.desc())
    )
    if kind is not None:
        query = query.where(PeriodRun.kind == kind)
    if ids is not None:
        query = query.where(Summary.id.in_(list(ids)))
    found = list(session.execute(query))
    wanted = [summary.id for summary, _ in found]
    versions: dict[str, list[VersionRow]] = {}
    for one in session.execute(
        select(
            SummaryVersion.summary_id,
            SummaryVersion.version_no,
            SummaryVersion.digest,
            SummaryVersion.actor,
            SummaryVersion.recorded_at,
        )
        .where(SummaryVersion.summary_id.in_(wanted))
        .order_by(SummaryVersion.version_no)
    ):
        versions.setdefault(one.summary_id, []).append(
            VersionRow(one.version_no, one.digest, one.actor, one.recorded_at)
        )
    steps: dict[str, list[tuple[int, str, str]]] = {}
    for step in session.scalars(
        select(SummaryStep).where(SummaryStep.summary_id.in_(wanted)).order_by(SummaryStep.id)
    ):
        steps.setdefault(step.summary_id, []).append((step.version_no, step.step, step.actor))
    return [
        SummaryRow(
            id=summary.id,
            kind=run.kind,
            subject=run.subject,
            year=summary.year,
            number=summary.number,
            start=run.start_utc,
            end=run.end_utc,
            recorded_at=summary.recorded_at,
            versions=tuple(versions[summary.id]),
            steps=tuple(steps.get(summary.id, ())),
        )
        for summary, run in found
    ]


def summary(session: Session, summary_id: str) -> SummaryRow:
    """Raises NotFound."""
    found = summaries(session, ids=[summary_id])
    if not found:
        raise NotFound(thing="summary", id=summary_id)
    return found[0]


def summary_of_period(session: Session, end: dt.datetime, kind: str = DAILY) -> SummaryRow | None:
    """The summary of the period that ends at an instant."""
    found = session.scalar(
        select(Summary.id)
        .join(PeriodRun, PeriodRun.id == Summary.period_run_id)
        .where(PeriodRun.kind == kind, PeriodRun.end_utc == end)
    )
    return summary(session, found) if found else None


def summary_of_subject(session: Session, kind: str, subject: str) -> SummaryRow | None:
    """The newest paper of a kind about one subject: a spot report's incident, a pack's party."""
    found = session.scalar(
        select(Summary.id)
        .join(PeriodRun, PeriodRun.id == Summary.period_run_id)
        .where(PeriodRun.kind == kind, PeriodRun.subject == subject)
        .order_by(PeriodRun.end_utc.desc())
        .limit(1)
    )
    return summary(session, found) if found else None


def draft_text(session: Session, summary_id: str, version_no: int) -> str:
    """The canonical JSON of one version. Raises NotFound."""
    row = session.get(SummaryVersion, (summary_id, version_no))
    if row is None:
        raise NotFound(thing="version of a summary", id=f"{summary_id}/{version_no}")
    return row.document


def draft(session: Session, summary_id: str, version_no: int, language: str = FIRST) -> Document:
    """One version in one language. Raises NotFound."""
    if language == FIRST:
        return from_json(draft_text(session, summary_id, version_no))
    row = session.get(SummaryTranslation, (summary_id, version_no, language))
    if row is None:
        raise NotFound(thing="translation of a summary", id=f"{summary_id}/{version_no}/{language}")
    return from_json(row.document)


def languages_of(session: Session, summary_id: str, version_no: int) -> list[str]:
    """The languages in which a version is held, English first."""
    others = session.scalars(
        select(SummaryTranslation.language)
        .where(SummaryTranslation.summary_id == summary_id, SummaryTranslation.version_no == version_no)
        .order_by(SummaryTranslation.language)
    )
    return [FIRST, *others]


def number_in_year(session: Session, kind: str, year: int) -> int:
    """The number that the next paper of a kind gets in its year, from 1."""
    query = (
        select(func.max(Summary.number))
        .join(PeriodRun, PeriodRun.id == Summary.period_run_id)
        .where(PeriodRun.kind == kind, Summary.year == year)
    )
    return (session.scalar(query) or 0) + 1


def covered(session: Session, kind: str = DAILY) -> list[tuple[dt.datetime, dt.datetime]]:
    """The spans of time that papers of a kind have been claimed for, oldest first."""
    query = (
        select(PeriodRun.start_utc, PeriodRun.end_utc)
        .where(PeriodRun.kind == kind)
        .order_by(PeriodRun.start_utc)
    )
    return [(start, end) for start, end in session.execute(query)]


def steps(session: Session, keys: Keys, summary_id: str) -> list[StepRow]:
    """What people decided about a summary, oldest first, with their reasons."""
    rows = list(
        session.scalars(
            select(SummaryStep).where(SummaryStep.summary_id == summary_id).order_by(SummaryStep.id)
        )
    )
    reasons = vault.open_parts(session, keys, "summary_step", [str(row.id) for row in rows], "reason")
    return [
        StepRow(row.version_no, row.step, row.actor, row.recorded_at, reasons.get(str(row.id)))
        for row in rows
    ]


def editions(
    session: Session,
    kind: str | None = None,
    summary_id: str | None = None,
    recorded_from: dt.datetime | None = None,
) -> list[EditionRow]:
    """Issued editions, newest number and edition first."""
    query = _editions()
    if kind is not None:
        query = query.where(Edition.kind == kind)
    if recorded_from is not None:
        query = query.where(Edition.recorded_at > recorded_from)
    if summary_id is not None:
        query = query.where(Edition.summary_id == summary_id)
    ordered = query.order_by(Edition.year.desc(), Edition.number.desc(), Edition.edition_no.desc())
    return [_edition(*row) for row in session.execute(ordered)]


def edition_text(session: Session, edition_id: str) -> str:
    """The canonical JSON of an edition, as it was issued. Raises NotFound."""
    row = session.get(Edition, edition_id)
    if row is None:
        raise NotFound(thing="edition", id=edition_id)
    return row.document


@dataclass(frozen=True)
class TranslationRow:
    language: str
    digest: str
    pdf_sha256: str
    html_sha256: str


def edition_translations(session: Session, edition_id: str) -> dict[str, TranslationRow]:
    """The languages an edition went out in besides English."""
    rows = session.scalars(
        select(EditionTranslation)
        .where(EditionTranslation.edition_id == edition_id)
        .order_by(EditionTranslation.language)
    )
    return {
        row.language: TranslationRow(row.language, row.digest, row.pdf_sha256, row.html_sha256)
        for row in rows
    }


def translation_text(session: Session, edition_id: str, language: str) -> str:
    """The canonical JSON of an edition in another language. Raises NotFound."""
    row = session.get(EditionTranslation, (edition_id, language))
    if row is None:
        raise NotFound(thing="translation of an edition", id=f"{edition_id}/{language}")
    return row.document


@dataclass(frozen=True)
class SignedRow:
    """`signed_sha256` None: it could not be signed, and `detail` says why."""

    pdf_sha256: str
    signed_sha256: str | None
    detail: str


def signed_file(session: Session, pdf_sha256: str) -> SignedRow | None:
    """What became of signing a PDF; None where the mission does not sign."""
    row = session.get(SignedFile, pdf_sha256)
    return SignedRow(row.pdf_sha256, row.signed_sha256, row.detail) if row else None


def file_that_leaves(session: Session, pdf_sha256: str) -> str:
    """The hash of the file that is handed out for a PDF: its signed copy where there is one."""
    row = signed_file(session, pdf_sha256)
    return (row.signed_sha256 if row else None) or pdf_sha256


def issued_between(
    session: Session, start: dt.datetime, end: dt.datetime, kind: str = DAILY
) -> list[tuple[EditionRow, dt.datetime, dt.datetime]]:
    """Every edition of periods that lie in [start, end], with its times, oldest period and edition first."""
    query = (
        _editions()
        .add_columns(PeriodRun.start_utc, PeriodRun.end_utc)
        .join(Summary, Summary.id == Edition.summary_id)
        .join(PeriodRun, PeriodRun.id == Summary.period_run_id)
        .where(Edition.kind == kind, PeriodRun.end_utc > start, PeriodRun.end_utc <= end)
        .order_by(PeriodRun.end_utc, Edition.edition_no)
    )
    return [(_edition(row[0], row[1]), row[2], row[3]) for row in session.execute(query)]


def last_before(
    session: Session, end: dt.datetime, kind: str = DAILY
) -> tuple[EditionRow, dt.datetime] | None:
    """The latest edition of a period that ended before an instant, with the end of its period."""
    query = (
        _editions()
        .add_columns(PeriodRun.end_utc)
        .join(Summary, Summary.id == Edition.summary_id)
        .join(PeriodRun, PeriodRun.id == Summary.period_run_id)
        .where(Edition.kind == kind, PeriodRun.end_utc < end)
        .order_by(PeriodRun.end_utc.desc(), Edition.edition_no.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return (_edition(row[0], row[1]), row[2]) if row else None


def _editions() -> Select[Edition, str]:
    last_state = (
        select(EditionStep.state)
        .where(EditionStep.edition_id == Edition.id)
        .order_by(EditionStep.id.desc())
        .limit(1)
        .correlate(Edition)
        .scalar_subquery()
    )
    return select(Edition, last_state)


def _edition(edition: Edition, state: str) -> EditionRow:
    return EditionRow(
        id=edition.id,
        summary_id=edition.summary_id,
        version_no=edition.version_no,
        kind=edition.kind,
        year=edition.year,
        number=edition.number,
        edition_no=edition.edition_no,
        digest=edition.digest,
        pdf_sha256=edition.pdf_sha256,
        html_sha256=edition.html_sha256,
        renderer=edition.renderer,
        leaf_index=edition.leaf_index,
        recorded_at=edition.recorded_at,
        state=state,
    )
