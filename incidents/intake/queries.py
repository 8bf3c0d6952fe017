"""Questions about observations. `known_at` answers as the mission knew it at that moment."""

import datetime as dt
import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from incidents.intake.model import Observation, ObservationRevision, ObservationStep
from incidents.taxonomy import taxonomy
from monitor import vault
from monitor.errors import NotFound
from monitor.keys import Keys
from monitor.log import queries as log
from monitor.people.model import Person, Team

TRAINING = "TST"


@dataclass(frozen=True)
class ObservationRow:
    """The live revision of an observation, as known at a moment."""

    observation_id: str
    revision_no: int
    receipt_number: str
    digest: str
    leaf_index: int
    category: str
    type: str
    means: str | None
    info_type: str | None
    processing: str
    reasons: tuple[str, ...]
    t_start: dt.datetime
    t_end: dt.datetime
    t_precision: str
    received_at: dt.datetime
    recorded_at: dt.datetime
    author_id: str
    author_name: str
    team_id: str | None
    team_code: str | None
    device_id: str | None
    watch_id: str | None
    sector_code: str | None
    sector_basis: str | None
    observed_from: str | None
    lon: float | None
    lat: float | None
    x: int | None
    y: int | None
    z: int | None
    cell: str | None
    event_uncertainty_m: float | None
    geo_precision: str
    count_min: int | None
    count_best: int | None
    count_max: int | None
    count_qualifier: str | None
    exposure: str | None
    sensitivity: str
    fields: Mapping[str, Any] = field(hash=False)
    conditions: Mapping[str, Any] | None = field(hash=False)
    weapon: str | None
    tier: int | None

    @property
    def is_training(self) -> bool:
        """Test, training and exercise records inside a mission never enter a count."""
        return self.category == TRAINING


@dataclass(frozen=True)
class Position:
    """The exact part: where the observer stood and what they pointed at. Metres and degrees true."""

    observer: tuple[float, float] | None
    accuracy_m: float | None
    method: str | None
    bearing_deg: float | None
    dir16: str | None
    dist_min_m: float | None
    dist_max_m: float | None
    geometry: Mapping[str, Any] | None = field(hash=False)


@dataclass(frozen=True)
class StepRow:
    state: str
    revision_no: int
    actor: str
    recorded_at: dt.datetime
    comment: str | None


@dataclass(frozen=True)
class Receipt:
    """What the sender was answered for one revision; the same for every repeat."""

    observation_id: str
    revision_no: int
    digest: str
    received_at: dt.datetime
    processing: str
    reasons: tuple[str, ...]
    number: str
    leaf_index: int
    leaf: str


def receipt_number(leaf_index: int) -> str:
    return f"R-{leaf_index:06d}"


def observations(
    session: Session,
    start: dt.datetime | None = None,
    end: dt.datetime | None = None,
    *,
    known_at: dt.datetime | None = None,
    ids: Collection[str] | None = None,
    states: Collection[str] | None = None,
    sectors: Collection[str] | None = None,
    categories: Collection[str] | None = None,
    received_from: dt.datetime | None = None,
) -> list[ObservationRow]:
    """Live revisions whose event began in [start, end), oldest event first. Crosses all sectors and teams.

    `received_from` keeps those first received at or after a moment (late ones, for a summary).
    """
    query, state = _live(known_at)
    if start is not None:
        query = query.where(ObservationRevision.t_start >= start)
    if end is not None:
        query = query.where(ObservationRevision.t_start < end)
    if received_from is not None:
        query = query.where(Observation.recorded_at >= received_from)
    for column, wanted in (
        (ObservationRevision.observation_id, ids),
        (ObservationRevision.sector_code, sectors),
        (ObservationRevision.category, categories),
        (state, states),
    ):
        if wanted is not None:
            query = query.where(column.in_(list(wanted)))
    rows = session.execute(query.order_by(ObservationRevision.t_start, ObservationRevision.observation_id))
    return [_row(*row) for row in rows]


def observation(
    session: Session, observation_id: str, known_at: dt.datetime | None = None
) -> ObservationRow | None:
    found = observations(session, ids=[observation_id], known_at=known_at)
    return found[0] if found else None


def review_queue(session: Session) -> list[ObservationRow]:
    """What waits for a reviewer, longest waiting first."""
    waiting = observations(session, states=("received", "in_review", "quarantined"))
    return sorted(waiting, key=lambda row: row.recorded_at)


# The query of most requests is that of now; building it costs more than running it.
@functools.lru_cache(maxsize=8)
def _live(known_at: dt.datetime | None) -> tuple[Select[Any], ColumnElement[str]]:
    """Each observation's highest revision known then, with the last step on that revision."""
    other = aliased(ObservationRevision)
    newest = select(func.max(other.revision_no)).where(
        other.observation_id == ObservationRevision.observation_id
    )
    steps = and_(
        ObservationStep.observation_id == ObservationRevision.observation_id,
        ObservationStep.revision_no == ObservationRevision.revision_no,
    )
    last_step = select(ObservationStep.state).where(steps)
    if known_at is not None:
        newest = newest.where(other.recorded_at <= known_at)
        last_step = last_step.where(ObservationStep.recorded_at <= known_at)
    state = (
        last_step.order_by(ObservationStep.id.desc())
        .limit(1)
        .correlate(ObservationRevision)
        .scalar_subquery()
    )
    query = (
        select(ObservationRevision, Observation, state, Person.name, Team.code)
        .join(Observation, Observation.id == ObservationRevision.observation_id)
        .join(Person, Person.id == Observation.author_id)
        .outerjoin(Team, Team.id == Observation.team_id)
        .where(ObservationRevision.revision_no == newest.correlate(ObservationRevision).scalar_subquery())
    )
    return query, state


def _row(
    revision: ObservationRevision, root: Observation, state: str, author_name: str, team_code: str | None
) -> ObservationRow:
    return ObservationRow(
        observation_id=revision.observation_id,
        revision_no=revision.revision_no,
        receipt_number=receipt_number(revision.leaf_index),
        digest=revision.digest,
        leaf_index=revision.leaf_index,
        category=revision.category,
        type=revision.type,
        means=revision.means,
        info_type=revision.info_type,
        processing=state,
        reasons=tuple(revision.reasons),
        t_start=revision.t_start,
        t_end=revision.t_end,
        t_precision=revision.t_precision,
        received_at=root.recorded_at,
        recorded_at=revision.recorded_at,
        author_id=root.author_id,
        author_name=author_name,
        team_id=root.team_id,
        team_code=team_code,
        device_id=root.device_id,
        watch_id=revision.watch_id,
        sector_code=revision.sector_code,
        sector_basis=revision.sector_basis,
        observed_from=revision.observed_from,
        lon=revision.lon,
        lat=revision.lat,
        x=revision.x,
        y=revision.y,
        z=revision.z,
        cell=revision.cell,
        event_uncertainty_m=revision.event_uncertainty_m,
        geo_precision=revision.geo_precision,
        count_min=revision.count_min,
        count_best=revision.count_best,
        count_max=revision.count_max,
        count_qualifier=revision.count_qualifier,
        exposure=revision.exposure,
        sensitivity=revision.sensitivity,
        fields=revision.fields,
        conditions=revision.conditions,
        weapon=revision.weapon,
        tier=revision.tier,
    )


def _part_id(row: ObservationRow) -> str:
    return f"{row.observation_id}/{row.revision_no}"


def positions(session: Session, keys: Keys, rows: Collection[ObservationRow]) -> dict[str, Position]:
    """The exact positions of these rows, by observation id. The caller checks `incidents:position:read`."""
    parts = vault.open_parts(session, keys, "observation", [_part_id(row) for row in rows], "position")
    return {
        owner_id.partition("/")[0]: Position(
            **{**part, "observer": tuple(part["observer"]) if part["observer"] else None}
        )
        for owner_id, part in parts.items()
    }


def texts(session: Session, keys: Keys, rows: Collection[ObservationRow]) -> dict[str, str]:
    """The free texts of these rows, by observation id. The caller checks `incidents:text:read`."""
    parts = vault.open_parts(session, keys, "observation", [_part_id(row) for row in rows], "text")
    return {owner_id.partition("/")[0]: part for owner_id, part in parts.items()}


def private_fields(session: Session, keys: Keys, row: ObservationRow) -> dict[str, Any]:
    """The private fields but for those that tell who somebody is; `incidents.protection` opens these."""
    found = vault.open_part(session, keys, "observation", _part_id(row), "fields") or {}
    known = taxonomy().fields
    return {code: said for code, said in found.items() if code not in known or not known[code].protected}


def steps(session: Session, keys: Keys, observation_id: str) -> list[StepRow]:
    """Every step of the review, oldest first, with the comments."""
    rows = list(
        session.scalars(
            select(ObservationStep)
            .where(ObservationStep.observation_id == observation_id)
            .order_by(ObservationStep.id)
        )
    )
    comments = vault.open_parts(session, keys, "observation_step", [str(row.id) for row in rows], "comment")
    return [
        StepRow(row.state, row.revision_no, row.actor, row.recorded_at, comments.get(str(row.id)))
        for row in rows
    ]


def revisions(session: Session, observation_id: str) -> list[tuple[int, dt.datetime, str]]:
    """Every revision held, as (number, received at, digest), oldest number first."""
    rows = session.execute(
        select(ObservationRevision.revision_no, ObservationRevision.recorded_at, ObservationRevision.digest)
        .where(ObservationRevision.observation_id == observation_id)
        .order_by(ObservationRevision.revision_no)
    )
    return [(number, recorded_at, digest) for number, recorded_at, digest in rows]


def receipt(session: Session, observation_id: str, revision_no: int) -> Receipt:
    """The receipt of one revision. Raises NotFound."""
    row = session.get(ObservationRevision, (observation_id, revision_no))
    if row is None:
        raise NotFound(thing="receipt", id=f"{observation_id}/{revision_no}")
    return Receipt(
        observation_id=observation_id,
        revision_no=revision_no,
        digest=row.digest,
        received_at=row.recorded_at,
        processing="quarantined" if row.reasons else "received",
        reasons=tuple(row.reasons),
        number=receipt_number(row.leaf_index),
        leaf_index=row.leaf_index,
        leaf=log.leaf_text(session, row.leaf_index),
    )


def is_own(session: Session, observation_id: str, person_id: str | None, device_id: str) -> bool:
    """Whether this person or device filed it: devices see their own receipts and nothing else."""
    root = session.get(Observation, observation_id)
    return root is not None and (root.author_id == person_id or root.device_id == device_id)
