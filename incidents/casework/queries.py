"""Questions about incidents. `known_at` answers as the mission knew it at that moment."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from incidents.casework.counting import Counted
from incidents.casework.grading import Grade, Voice, default_grade
from incidents.casework.model import (
    Incident,
    IncidentLink,
    IncidentStatement,
    IncidentStep,
    SourceGrade,
    SuggestionStep,
)
from incidents.casework.workflow import FIRST, Case, Evidence
from incidents.evidence.queries import media_of
from incidents.intake import queries as intake
from incidents.intake.queries import ObservationRow
from monitor import vault
from monitor.errors import NotFound
from monitor.keys import Keys


@dataclass(frozen=True)
class IncidentRef:
    """The incident an observation belongs to, with its assessment."""

    incident_id: str
    number: int
    assessment: str

    @property
    def label(self) -> str:
        return f"I-{self.number:04d}"


@dataclass(frozen=True)
class IncidentRow:
    incident_id: str
    number: int
    opened_by: str
    recorded_at: dt.datetime
    assessment: str
    release: str
    observation_ids: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"I-{self.number:04d}"


@dataclass(frozen=True)
class StepRow:
    axis: str
    state: str
    actor: str
    recorded_at: dt.datetime
    reason: str | None
    checklist: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkRow:
    """An observation joined an incident, or was taken out."""

    observation_id: str
    linked: bool
    actor: str
    recorded_at: dt.datetime


@dataclass(frozen=True)
class SuggestionRow:
    """What was last decided of a pair; `since` is when it was first suggested."""

    one_id: str
    other_id: str
    state: str
    score: float
    reasons: tuple[tuple[str, str], ...]
    incident_id: str | None
    moved: tuple[tuple[str, str | None], ...]
    actor: str
    recorded_at: dt.datetime
    since: dt.datetime

    @property
    def pair(self) -> tuple[str, str]:
        return self.one_id, self.other_id

    @property
    def key(self) -> str:
        return f"{self.one_id}:{self.other_id}"


@dataclass(frozen=True)
class GradeRow:
    grade: Grade
    actor: str | None
    recorded_at: dt.datetime | None
    reason: str | None = None


@dataclass(frozen=True)
class StatementRow:
    """One version of what the mission says. `why` says what made a later version necessary."""

    version_no: int
    text: str
    exposure: str | None
    why: str | None
    actor: str
    recorded_at: dt.datetime


def incidents(
    session: Session,
    *,
    known_at: dt.datetime | None = None,
    ids: Collection[str] | None = None,
    changed_from: dt.datetime | None = None,
) -> list[IncidentRow]:
    """Incidents with their present states and links, newest number first."""
    query = select(Incident).order_by(Incident.number.desc())
    if ids is not None:
        query = query.where(Incident.id.in_(list(ids)))
    if known_at is not None:
        query = query.where(Incident.recorded_at <= known_at)
    if changed_from is not None:
        touched = select(IncidentStep.incident_id).where(IncidentStep.recorded_at >= changed_from)
        query = query.where(Incident.id.in_(touched))
    found = list(session.scalars(query))
    wanted = [incident.id for incident in found]
    states, members = _states(session, wanted, known_at), _members(session, wanted, known_at)
    return [
        IncidentRow(
            incident_id=incident.id,
            number=incident.number,
            opened_by=incident.opened_by,
            recorded_at=incident.recorded_at,
            assessment=states.get((incident.id, "assessment"), FIRST["assessment"]),
            release=states.get((incident.id, "release"), FIRST["release"]),
            observation_ids=tuple(members.get(incident.id, ())),
        )
        for incident in found
    ]


def incident(session: Session, incident_id: str, known_at: dt.datetime | None = None) -> IncidentRow:
    """Raises NotFound."""
    found = incidents(session, ids=[incident_id], known_at=known_at)
    if not found:
        raise NotFound(thing="incident", id=incident_id)
    return found[0]


def incidents_of(
    session: Session, observation_ids: Iterable[str], known_at: dt.datetime | None = None
) -> dict[str, IncidentRef]:
    """The incident of each observation that belongs to one."""
    last = (
        select(func.max(IncidentLink.id))
        .where(IncidentLink.observation_id.in_(list(observation_ids)))
        .group_by(IncidentLink.observation_id)
    )
    if known_at is not None:
        last = last.where(IncidentLink.recorded_at <= known_at)
    rows = session.execute(
        select(IncidentLink.observation_id, Incident.id, Incident.number)
        .join(Incident, Incident.id == IncidentLink.incident_id)
        .where(IncidentLink.id.in_(last), IncidentLink.linked)
    ).all()
    states = _states(session, {incident_id for _, incident_id, _ in rows}, known_at)
    return {
        observation_id: IncidentRef(
            incident_id, number, states.get((incident_id, "assessment"), FIRST["assessment"])
        )
        for observation_id, incident_id, number in rows
    }


def _states(
    session: Session, incident_ids: Collection[str], known_at: dt.datetime | None
) -> dict[tuple[str, str], str]:
    last = (
        select(func.max(IncidentStep.id))
        .where(IncidentStep.incident_id.in_(list(incident_ids)))
        .group_by(IncidentStep.incident_id, IncidentStep.axis)
    )
    if known_at is not None:
        last = last.where(IncidentStep.recorded_at <= known_at)
    rows = session.execute(
        select(IncidentStep.incident_id, IncidentStep.axis, IncidentStep.state).where(
            IncidentStep.id.in_(last)
        )
    )
    return {(incident_id, axis): state for incident_id, axis, state in rows}


def _members(
    session: Session, incident_ids: Collection[str], known_at: dt.datetime | None
) -> dict[str, list[str]]:
    last = select(func.max(IncidentLink.id)).group_by(IncidentLink.observation_id)
    if known_at is not None:
        last = last.where(IncidentLink.recorded_at <= known_at)
    rows = session.execute(
        select(IncidentLink.incident_id, IncidentLink.observation_id)
        .where(
            IncidentLink.id.in_(last), IncidentLink.linked, IncidentLink.incident_id.in_(list(incident_ids))
        )
        .order_by(IncidentLink.id)
    )
    members: dict[str, list[str]] = {}
    for incident_id, observation_id in rows:
        members.setdefault(incident_id, []).append(observation_id)
    return members


def steps(
    session: Session, keys: Keys, incident_id: str, known_at: dt.datetime | None = None
) -> list[StepRow]:
    """Every step, oldest first, with its reason."""
    query = select(IncidentStep).where(IncidentStep.incident_id == incident_id)
    if known_at is not None:
        query = query.where(IncidentStep.recorded_at <= known_at)
    rows = list(session.scalars(query.order_by(IncidentStep.id)))
    reasons = vault.open_parts(session, keys, "incident_step", [str(row.id) for row in rows], "reason")
    return [
        StepRow(
            row.axis,
            row.state,
            row.actor,
            row.recorded_at,
            reasons.get(str(row.id)),
            tuple(row.checklist or ()),
        )
        for row in rows
    ]


def last_steps(
    session: Session, incident_ids: Collection[str], known_at: dt.datetime | None = None
) -> dict[str, tuple[dt.datetime, str]]:
    """When each of these incidents was last stepped, and by whom."""
    last = (
        select(func.max(IncidentStep.id))
        .where(IncidentStep.incident_id.in_(list(incident_ids)))
        .group_by(IncidentStep.incident_id)
    )
    if known_at is not None:
        last = last.where(IncidentStep.recorded_at <= known_at)
    rows = session.execute(
        select(IncidentStep.incident_id, IncidentStep.recorded_at, IncidentStep.actor).where(
            IncidentStep.id.in_(last)
        )
    )
    return {incident_id: (at, actor) for incident_id, at, actor in rows}


def links(session: Session, incident_id: str, known_at: dt.datetime | None = None) -> list[LinkRow]:
    """Every joining and taking out, oldest first."""
    query = select(IncidentLink).where(IncidentLink.incident_id == incident_id)
    if known_at is not None:
        query = query.where(IncidentLink.recorded_at <= known_at)
    return [
        LinkRow(row.observation_id, row.linked, row.actor, row.recorded_at)
        for row in session.scalars(query.order_by(IncidentLink.id))
    ]


def suggestions(
    session: Session,
    *,
    observation_ids: Collection[str] | None = None,
    states: Collection[str] = ("suggested",),
    known_at: dt.datetime | None = None,
) -> list[SuggestionRow]:
    """Pairs whose last step is one of these, the likeliest first. With ids: pairs with one of them."""
    last = select(func.max(SuggestionStep.id), func.min(SuggestionStep.recorded_at)).group_by(
        SuggestionStep.one_id, SuggestionStep.other_id
    )
    if observation_ids is not None:
        wanted = list(observation_ids)
        last = last.where(or_(SuggestionStep.one_id.in_(wanted), SuggestionStep.other_id.in_(wanted)))
    if known_at is not None:
        last = last.where(SuggestionStep.recorded_at <= known_at)
    since = {row_id: first for row_id, first in session.execute(last)}
    found = []
    for ids in _portions(sorted(since)):
        query = select(SuggestionStep).where(
            SuggestionStep.id.in_(ids), SuggestionStep.state.in_(list(states))
        )
        found += [_suggestion_row(row, since[row.id]) for row in session.scalars(query)]
    return sorted(found, key=lambda row: (-row.score, row.one_id, row.other_id))


def _suggestion_row(row: SuggestionStep, since: dt.datetime) -> SuggestionRow:
    return SuggestionRow(
        one_id=row.one_id,
        other_id=row.other_id,
        state=row.state,
        score=row.score,
        reasons=tuple((one["code"], one["sentence"]) for one in row.reasons),
        incident_id=row.incident_id,
        moved=tuple((one["observation"], one["from"]) for one in row.moved or ()),
        actor=row.actor,
        recorded_at=row.recorded_at,
        since=since,
    )


def _portions(ids: list[int], size: int = 400) -> Iterable[list[int]]:
    """Stores limit how many values one statement may carry."""
    return (ids[first : first + size] for first in range(0, len(ids), size))


def open_pairs(
    session: Session, rows: Collection[ObservationRow], known_at: dt.datetime | None = None
) -> list[tuple[str, str]]:
    """The suggested pairs among these observations that nobody has decided on (C7)."""
    ids = {row.observation_id for row in rows}
    found = suggestions(session, observation_ids=ids, known_at=known_at)
    return sorted(one.pair for one in found if {one.one_id, one.other_id} <= ids)


def grades(
    session: Session, rows: Iterable[ObservationRow], known_at: dt.datetime | None = None
) -> dict[str, GradeRow]:
    """The grade of each of these observations; where nobody has judged, what holds by itself."""
    given = list(rows)
    last = (
        select(func.max(SourceGrade.id))
        .where(SourceGrade.observation_id.in_([row.observation_id for row in given]))
        .group_by(SourceGrade.observation_id)
    )
    if known_at is not None:
        last = last.where(SourceGrade.recorded_at <= known_at)
    judged = {
        row.observation_id: GradeRow(Grade(row.reliability, row.credibility), row.actor, row.recorded_at)
        for row in session.scalars(select(SourceGrade).where(SourceGrade.id.in_(last)))
    }
    return {
        row.observation_id: judged.get(
            row.observation_id, GradeRow(default_grade(row.means, row.info_type), None, None)
        )
        for row in given
    }


def graded(session: Session, observation_id: str, known_at: dt.datetime | None = None) -> GradeRow | None:
    """The grade of one observation, or None where there is no such observation."""
    row = intake.observation(session, observation_id, known_at)
    return grades(session, [row], known_at)[observation_id] if row else None


def grade_history(
    session: Session, keys: Keys | None, observation_id: str, known_at: dt.datetime | None = None
) -> list[GradeRow]:
    """Every grade that somebody gave, oldest first; the reasons only where keys are given."""
    query = select(SourceGrade).where(SourceGrade.observation_id == observation_id)
    if known_at is not None:
        query = query.where(SourceGrade.recorded_at <= known_at)
    rows = list(session.scalars(query.order_by(SourceGrade.id)))
    ids = [str(row.id) for row in rows]
    reasons = vault.open_parts(session, keys, "source_grade", ids, "reason") if keys else {}
    return [
        GradeRow(
            Grade(row.reliability, row.credibility), row.actor, row.recorded_at, reasons.get(str(row.id))
        )
        for row in rows
    ]


def statements(
    session: Session, keys: Keys, incident_id: str, known_at: dt.datetime | None = None
) -> list[StatementRow]:
    """Every version of what the mission says of an incident, oldest first."""
    query = select(IncidentStatement).where(IncidentStatement.incident_id == incident_id)
    if known_at is not None:
        query = query.where(IncidentStatement.recorded_at <= known_at)
    rows = list(session.scalars(query.order_by(IncidentStatement.version_no)))
    ids = [str(row.id) for row in rows]
    texts = vault.open_parts(session, keys, "incident_statement", ids, "text")
    whys = vault.open_parts(session, keys, "incident_statement", ids, "why")
    return [
        StatementRow(
            row.version_no,
            texts.get(str(row.id), ""),
            row.exposure,
            whys.get(str(row.id)),
            row.actor,
            row.recorded_at,
        )
        for row in rows
    ]


def voice_of(row: ObservationRow) -> Voice:
    return Voice(row.observation_id, row.processing, row.team_id, row.means, row.info_type)


def as_counted(row: ObservationRow, incident: IncidentRef | None) -> Counted:
    """An observation as counting sees it. What one person or camera perceived is one voice."""
    return Counted(
        id=row.observation_id,
        category=row.category,
        type=row.type,
        info_type=row.info_type or "",
        processing=row.processing,
        observer=row.author_id,
        start=row.t_start,
        end=row.t_end,
        received_at=row.received_at,
        sector=row.sector_code,
        sector_by_observer=row.sector_basis == "observer",
        count_min=row.count_min,
        count_best=row.count_best,
        count_max=row.count_max,
        qualifier=row.count_qualifier,
        incident=incident.incident_id if incident else None,
        assessment=incident.assessment if incident else None,
        exercise=row.fields.get("assessed_exercise"),
        is_training=row.is_training,
        weapon=row.weapon,
        site=row.observed_from,
    )


def counted(
    session: Session, rows: Collection[ObservationRow], known_at: dt.datetime | None = None
) -> list[Counted]:
    """These observations as counting sees them, with their incidents as known then."""
    refs = incidents_of(session, [row.observation_id for row in rows], known_at)
    return [as_counted(row, refs.get(row.observation_id)) for row in rows]


def case(session: Session, incident_id: str) -> Case:
    """What the workflow's guards look at."""
    row = incident(session, incident_id)
    linked = intake.observations(session, ids=row.observation_ids)
    with_media = {
        media.observation_id for media in media_of(session, row.observation_ids) if media.has_arrived
    }
    graded = grades(session, linked)
    return Case(
        assessment=row.assessment,
        release=row.release,
        evidence=tuple(
            Evidence(
                observation_id=item.observation_id,
                category=item.category,
                processing=item.processing,
                team_id=item.team_id,
                means=item.means,
                info_type=item.info_type,
                has_media=item.observation_id in with_media,
                reliability=graded[item.observation_id].grade.reliability,
                credibility=graded[item.observation_id].grade.credibility,
            )
            for item in linked
        ),
        last_assessor=_last_actor(session, incident_id, "assessment") or row.opened_by,
        last_releaser=_last_actor(session, incident_id, "release") or row.opened_by,
    )


def _last_actor(session: Session, incident_id: str, axis: str) -> str | None:
    return session.scalar(
        select(IncidentStep.actor)
        .where(IncidentStep.incident_id == incident_id, IncidentStep.axis == axis)
        .order_by(IncidentStep.id.desc())
        .limit(1)
    )
