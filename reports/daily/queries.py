"""Questions about drafts and editions."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from monitor import vault
from monitor.errors import NotFound
from monitor.keys import Keys
from reports.daily.model import Edition, EditionStep, PeriodRun, Summary, SummaryStep, SummaryVersion
from reports.document import Document, from_json

DAILY = "daily"
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
        return f"Daily summary No. {self.number}/{self.year}, edition {self.edition_no}"


def summaries(session: Session, kind: str = DAILY, ids: Collection[str] | None = None) -> list[SummaryRow]:
    """Every summary as it stands, newest period first."""
    query = (
        select(Summary, PeriodRun)
        .join(PeriodRun, PeriodRun.id == Summary.period_run_id)
        .where(PeriodRun.kind == kind)
        .order_by(PeriodRun.end_utc.desc())
    )
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


def draft_text(session: Session, summary_id: str, version_no: int) -> str:
    """The canonical JSON of one version. Raises NotFound."""
    row = session.get(SummaryVersion, (summary_id, version_no))
    if row is None:
        raise NotFound(thing="version of a summary", id=f"{summary_id}/{version_no}")
    return row.document


def draft(session: Session, summary_id: str, version_no: int) -> Document:
    return from_json(draft_text(session, summary_id, version_no))


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


def editions(session: Session, kind: str = DAILY, summary_id: str | None = None) -> list[EditionRow]:
    """Issued editions, newest number and edition first."""
    query = _editions().where(Edition.kind == kind)
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
