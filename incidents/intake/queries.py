"""Questions about observations. `known_at` answers as the mission knew it at that moment."""

import datetime as dt
import functools
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from incidents.evidence.queries import media_of
from incidents.intake.model import Observation, ObservationRevision, ObservationStep
from incidents.intake.package import read_signed
from monitor import vault
from monitor.db.base import UTCDateTime
from monitor.devices.queries import missing_before, signing_device
from monitor.dsse import url_base64
from monitor.errors import NotFound
from monitor.keys import Keys
from monitor.log import queries as log
from monitor.log.model import LogLeaf
from monitor.people.model import Person, Team

TRAINING = "TST"
WAITING = ("received", "in_review", "quarantined")


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
    envelope_sha256: str | None
    received_at: dt.datetime
    processing: str
    reasons: tuple[str, ...]
    number: str
    leaf_index: int
    leaf: str


@dataclass(frozen=True)
class HeldMedia:
    media_id: str
    is_here: bool


@dataclass(frozen=True)
class SignedReceipt:
    """A receipt with the proof that the log holds it, and what became of the report since."""

    receipt: Receipt
    now: str
    question: str | None
    media: tuple[HeldMedia, ...]
    checkpoint: str | None
    inclusion: list[str] | None


@dataclass(frozen=True)
class Question:
    """What the base asks about a report, with the body that its answer begins from."""

    observation_id: str
    revision_no: int
    number: str
    asked_at: dt.datetime
    question: str | None
    type: str
    envelope_sha256: str | None
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True)
class Origin:
    """How a revision came: signed by which phone as its which report, sealed or open, sent or in a file."""

    device_code: str | None
    device_key: str | None
    envelope_sha256: str | None
    device_seq: int | None
    missing_before: int
    is_sealed: bool
    brought_by: str | None


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
    query, state = _live(known_at is not None)
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
    query = query.order_by(ObservationRevision.t_start, ObservationRevision.observation_id)
    rows = session.execute(query, {} if known_at is None else {"known_at": known_at})
    return [_row(*row) for row in rows]


def observation(
    session: Session, observation_id: str, known_at: dt.datetime | None = None
) -> ObservationRow | None:
    found = observations(session, ids=[observation_id], known_at=known_at)
    return found[0] if found else None


@dataclass(frozen=True)
class Spot:
    """An observation as a point among many: no words, nothing private. `key` is its first receipt."""

    observation_id: str
    key: int
    lon: float | None
    lat: float | None
    t_start: dt.datetime
    received_at: dt.datetime
    tier: int | None
    category: str
    info_type: str | None
    processing: str
    sector_code: str | None


def spots(session: Session, ids: Collection[str] | None = None) -> Iterator[Spot]:
    """Every live observation as a point, in no order. Crosses all sectors and teams; reads in pages."""
    query, state = _live(False)
    first = aliased(ObservationRevision)
    key = (
        select(func.min(first.leaf_index))
        .where(first.observation_id == ObservationRevision.observation_id)
        .correlate(ObservationRevision)
        .scalar_subquery()
    )
    live = ObservationRevision
    columns = (live.observation_id, key, live.lon, live.lat, live.t_start, Observation.recorded_at, live.tier)
    query = query.with_only_columns(
        *columns, live.category, live.info_type, state, live.sector_code, maintain_column_froms=True
    )
    if ids is not None:
        query = query.where(live.observation_id.in_(list(ids)))
    for row in session.execute(query.execution_options(yield_per=10_000)):
        yield Spot(*row)


def ids_of_receipts(session: Session, leaf_indexes: Collection[int]) -> list[str]:
    """The observations that these receipts were given for."""
    query = select(ObservationRevision.observation_id).where(
        ObservationRevision.leaf_index.in_(list(leaf_indexes))
    )
    return list(session.scalars(query.distinct()))


def how_many(session: Session, start: dt.datetime, end: dt.datetime | None) -> int:
    """How many revisions tell of an event in [start, end): quick, never fewer than the observations."""
    query = select(func.count()).select_from(ObservationRevision).where(ObservationRevision.t_start >= start)
    if end is not None:
        query = query.where(ObservationRevision.t_start < end)
    return session.scalar(query) or 0


def review_queue(
    session: Session, known_at: dt.datetime | None = None, ids: Collection[str] | None = None
) -> list[ObservationRow]:
    """What waits for a reviewer, longest waiting first; of these ids where somebody knows which do."""
    waiting = observations(session, states=WAITING, known_at=known_at, ids=ids)
    return sorted(waiting, key=lambda row: row.recorded_at)


# Building the query costs more than running it, so it is built twice in all: for now, and with a place for
# the moment asked about.
@functools.cache
def _live(is_past: bool) -> tuple[Select[Any], ColumnElement[str]]:
    """Each observation's highest revision known then, with the last step on that revision."""
    known_at = bindparam("known_at", type_=UTCDateTime)
    other = aliased(ObservationRevision)
    newest = select(func.max(other.revision_no)).where(
        other.observation_id == ObservationRevision.observation_id
    )
    steps = and_(
        ObservationStep.observation_id == ObservationRevision.observation_id,
        ObservationStep.revision_no == ObservationRevision.revision_no,
    )
    last_step = select(ObservationStep.state).where(steps)
    if is_past:
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
    return vault.open_part(session, keys, "observation", _part_id(row), "fields") or {}


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
    return _receipt(row, log.leaf_text(session, row.leaf_index))


def _receipt(row: ObservationRevision, leaf: str) -> Receipt:
    return Receipt(
        observation_id=row.observation_id,
        revision_no=row.revision_no,
        digest=row.digest,
        envelope_sha256=row.envelope_sha256,
        received_at=row.recorded_at,
        processing="quarantined" if row.reasons else "received",
        reasons=tuple(row.reasons),
        number=receipt_number(row.leaf_index),
        leaf_index=row.leaf_index,
        leaf=leaf,
    )


def signed_receipts(
    session: Session, keys: Keys, wanted: Collection[tuple[str, int]], person_id: str | None, device_id: str
) -> dict[tuple[str, int], SignedReceipt]:
    """Those of the wanted receipts that are one's own, as (observation, revision): all under one signed head.

    A question of the base is for its author only; what somebody brought unsigned in a file can be followed by
    whoever knows its id, which nobody can guess, without the question.
    """
    ids = {observation_id for observation_id, _ in wanted}
    rows = session.execute(
        select(ObservationRevision, Observation, LogLeaf.leaf)
        .join(Observation, Observation.id == ObservationRevision.observation_id)
        .join(LogLeaf, LogLeaf.at_index == ObservationRevision.leaf_index)
        .where(ObservationRevision.observation_id.in_(ids))
    ).all()
    found = [row for row in rows if (row[0].observation_id, row[0].revision_no) in set(wanted)]
    own = {root.id for _, root, _ in found if root.author_id == person_id or root.device_id == device_id}
    brought = {row.observation_id for row, _, _ in rows if row.brought_by and not row.device_key}
    found = [row for row in found if row[1].id in own | brought]
    live = {row.observation_id: row.processing for row in observations(session, ids=ids)}
    asked = _questions(session, keys, own)
    held: dict[tuple[str, int], list[HeldMedia]] = {}
    for item in media_of(session, ids):
        key = (item.observation_id, item.revision_no)
        held.setdefault(key, []).append(HeldMedia(item.media_id, item.has_arrived))
    head = log.latest_head(session)
    proofs = log.inclusions(session, [row.leaf_index for row, _, _ in found], head)
    return {
        key: SignedReceipt(
            receipt=_receipt(row, leaf),
            now=live[row.observation_id],
            question=asked.get(key),
            media=tuple(held.get(key, ())),
            checkpoint=head.note if head and row.leaf_index in proofs else None,
            inclusion=proofs.get(row.leaf_index),
        )
        for row, _, leaf in found
        for key in [(row.observation_id, row.revision_no)]
    }


def _questions(session: Session, keys: Keys, ids: Collection[str]) -> dict[tuple[str, int], str | None]:
    """The last question about each revision of these observations."""
    rows = session.execute(
        select(ObservationStep.id, ObservationStep.observation_id, ObservationStep.revision_no)
        .where(ObservationStep.observation_id.in_(ids), ObservationStep.state == "returned")
        .order_by(ObservationStep.id)
    ).all()
    comments = vault.open_parts(session, keys, "observation_step", [str(row.id) for row in rows], "comment")
    return {(row.observation_id, row.revision_no): comments.get(str(row.id)) for row in rows}


def open_questions(session: Session, keys: Keys, person_id: str | None) -> list[Question]:
    """What the base asks this person about their own reports, oldest question first."""
    mine = session.scalars(select(Observation.id).where(Observation.author_id == person_id)).all()
    found = []
    for row in observations(session, ids=mine, states=("returned",)):
        last = steps(session, keys, row.observation_id)[-1]
        revision = session.get_one(ObservationRevision, (row.observation_id, row.revision_no))
        found.append(
            Question(
                observation_id=row.observation_id,
                revision_no=row.revision_no,
                number=row.receipt_number,
                asked_at=last.recorded_at,
                question=last.comment,
                type=row.type,
                envelope_sha256=revision.envelope_sha256,
                body=plain_body(session, keys, revision),
            )
        )
    return sorted(found, key=lambda question: question.asked_at)


def plain_body(session: Session, keys: Keys, revision: ObservationRevision) -> dict[str, Any]:
    """The body of a revision as it was handed in; of a signed one, put together from what is not shredded."""
    owner_id = f"{revision.observation_id}/{revision.revision_no}"
    parts = vault.open_all(session, keys, "observation", owner_id)
    if "envelope" not in parts:
        return json.loads(parts.get("body", "{}"))
    disclosures = [value for name, value in parts.items() if name.startswith("disclosure:")]

    def spki_of(kid: str) -> bytes | None:
        device = signing_device(session, kid)
        return device.spki if device else None

    return read_signed(url_base64(parts["envelope"]), disclosures, spki_of).body


def origin(session: Session, observation_id: str, revision_no: int) -> Origin:
    """How a revision came in. Raises NotFound."""
    row = session.get(ObservationRevision, (observation_id, revision_no))
    if row is None:
        raise NotFound(thing="observation", id=f"{observation_id}/{revision_no}")
    if row.device_key is None:
        return Origin(None, None, None, None, 0, row.is_sealed, row.brought_by)
    device = signing_device(session, row.device_key)
    before = missing_before(session, row.device_key, row.device_seq) if row.device_seq is not None else 0
    return Origin(
        device_code=device.device_code if device else None,
        device_key=row.device_key,
        envelope_sha256=row.envelope_sha256,
        device_seq=row.device_seq,
        missing_before=before,
        is_sealed=row.is_sealed,
        brought_by=row.brought_by,
    )
