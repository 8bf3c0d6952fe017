"""What was claimed, as known at a time; and what the mission can say to it."""

import datetime as dt
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from incidents.claims.matching import (
    TOLERANCE,
    AllegedEvent,
    Answer,
    SeenEvent,
    Watched,
    judge_all,
)
from incidents.claims.model import Claim, ClaimArchive, ClaimImport, ClaimMatch, ClaimPair
from incidents.claims.pairing import Statement, Suggestion, suggest
from incidents.intake.model import Observation, ObservationRevision
from incidents.intake.queries import ObservationRow, observations
from monitor.geo import contains
from monitor.places.queries import SectorShape, sector_shapes
from monitor.watches.queries import watch_spans

# How far beyond the time alleged an observation or a watch can still speak to it.
SLACK = 2 * max(TOLERANCE.values())
# How long before the time alleged an observation that is still going on may have begun.
LONGEST_EVENT = dt.timedelta(days=2)
# Claims further apart than this are looked up each for itself.
APART = dt.timedelta(days=7)
# How far around the days of a claim its counter-claims are looked for.
BESIDE = dt.timedelta(days=2)


@dataclass(frozen=True)
class ClaimRow:
    """One claim as recorded; times are UTC."""

    id: str
    external_ref: str | None
    claimant: str
    claimant_party: str
    against: str | None
    t_start: dt.datetime
    t_end: dt.datetime | None
    t_precision: str
    place_text: str
    lon: float | None
    lat: float | None
    uncertainty_m: int | None
    geo_precision: str
    geo_basis: str
    category: str
    type: str
    stated_type: str
    weapons: list[Any]
    weapons_text: str
    killed: int | None
    wounded: int | None
    victim_side: str
    status: str
    note: str
    channel: str
    source: str
    source_url: str | None
    language: str | None
    archived_sha256: str | None
    counter_of: str | None
    digest: str
    recorded_at: dt.datetime


_COLUMNS = [getattr(Claim, field.name) for field in fields(ClaimRow)]


def claims(
    session: Session,
    start: dt.datetime | None = None,
    end: dt.datetime | None = None,
    known_at: dt.datetime | None = None,
    limit: int | None = None,
) -> list[ClaimRow]:
    """Claims about events that begin in [start, end), recorded by `known_at`, in the order of the events.

    A claim about a longer time belongs to the period in which it begins, so no period counts it twice.
    """
    query = select(*_COLUMNS).order_by(Claim.t_start, Claim.external_ref, Claim.id).limit(limit)
    if start is not None:
        query = query.where(Claim.t_start >= start)
    if end is not None:
        query = query.where(Claim.t_start < end)
    if known_at is not None:
        query = query.where(Claim.recorded_at <= known_at)
    return [ClaimRow(**row._mapping) for row in session.execute(query)]


def claim(session: Session, claim_id: str) -> ClaimRow | None:
    row = session.execute(select(*_COLUMNS).where(Claim.id == claim_id)).first()
    return ClaimRow(**row._mapping) if row else None


@dataclass(frozen=True)
class ClaimWithVerdict:
    """A claim, the sector it falls in, what the mission can say to it, and the ids that say so.

    `part_watch_ids` watched only `watched_share` of the time alleged; `decided_ids` are the observations
    that a person, not the computation, put here.
    """

    claim: ClaimRow
    sector: str | None
    answer: Answer
    observation_ids: tuple[str, ...]
    watch_ids: tuple[str, ...]
    part_watch_ids: tuple[str, ...] = ()
    watched_share: float = 0.0
    decided_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class PairRow:
    """Two claims that a person put together (`linked`) or apart, and who said so last."""

    one_id: str
    other_id: str
    linked: bool
    reason: str
    by: str
    recorded_at: dt.datetime

    def other_than(self, claim_id: str) -> str:
        return self.other_id if claim_id == self.one_id else self.one_id


@dataclass(frozen=True)
class ArchiveRow:
    """A copy of a statement as it was published."""

    claim_id: str
    sha256: str
    size_bytes: int
    mime: str
    by: str
    leaf_index: int
    recorded_at: dt.datetime


@dataclass(frozen=True)
class ImportRow:
    """A table that was brought in; `refused` are its rows not taken, as {line, ref, reason}."""

    id: str
    sha256: str
    shape: str
    rows: int
    taken: int
    known: int
    refused: list[dict[str, Any]]
    by: str
    recorded_at: dt.datetime


def claims_with_verdicts(
    session: Session, start: dt.datetime, end: dt.datetime, known_at: dt.datetime
) -> list[ClaimWithVerdict]:
    """The claims of a period with what the mission could say to each at `known_at`. Crosses all sectors."""
    return with_verdicts(session, claims(session, start, end, known_at), known_at)


def with_verdicts(session: Session, rows: list[ClaimRow], known_at: dt.datetime) -> list[ClaimWithVerdict]:
    """These claims with what the mission could say to each at `known_at`, in their order."""
    if not rows:
        return []
    alleged = _alleged(session, rows, known_at)
    seen: dict[str, SeenEvent] = {}
    watched: list[Watched] = []
    for first, last in _stretches(alleged):
        seen |= {event.observation_id: event for event in _seen(session, first, last, known_at)}
        watched += [
            Watched(span.watch_id, span.sector, span.start, span.end)
            for span in watch_spans(session, first - SLACK, last + SLACK, known_at)
        ]
    decided = decisions(session, [row.id for row in rows], known_at)
    named = {one for said in decided.values() for one in said if one not in seen}
    seen |= {event.observation_id: event for event in _seen_by_id(session, named, known_at)}
    verdicts = judge_all(alleged, list(seen.values()), watched, decided)
    return [
        ClaimWithVerdict(
            claim=row,
            sector=event.sector,
            answer=verdict.answer,
            observation_ids=verdict.observation_ids,
            watch_ids=verdict.watch_ids,
            part_watch_ids=verdict.part_watch_ids,
            watched_share=verdict.watched_share,
            decided_ids=verdict.decided_ids,
        )
        for row, event, verdict in zip(rows, alleged, verdicts, strict=True)
    ]


def _stretches(alleged: list[AllegedEvent]) -> list[tuple[dt.datetime, dt.datetime]]:
    """The stretches of time that hold the events: years without a claim are not looked through."""
    found: list[tuple[dt.datetime, dt.datetime]] = []
    for event in sorted(alleged, key=lambda event: event.start):
        if found and event.start <= found[-1][1] + APART:
            found[-1] = (found[-1][0], max(found[-1][1], event.end))
        else:
            found.append((event.start, event.end))
    return found


def decisions(
    session: Session, claim_ids: Collection[str], known_at: dt.datetime | None = None
) -> dict[str, dict[str, bool]]:
    """What people said of a claim and an observation: claim id → observation id → whether it answers."""
    found: dict[str, dict[str, bool]] = {}
    for ids in _by_some(claim_ids):
        query = select(ClaimMatch).where(ClaimMatch.claim_id.in_(ids)).order_by(ClaimMatch.id)
        if known_at is not None:
            query = query.where(ClaimMatch.recorded_at <= known_at)
        for row in session.scalars(query):
            found.setdefault(row.claim_id, {})[row.observation_id] = row.linked
    return found


def pairs(
    session: Session, claim_ids: Collection[str], known_at: dt.datetime | None = None
) -> dict[tuple[str, str], PairRow]:
    """What people said last of each pair that one of these claims is in, by its two ids."""
    found: dict[tuple[str, str], PairRow] = {}
    for ids in _by_some(claim_ids):
        query = select(ClaimPair).where(or_(ClaimPair.one_id.in_(ids), ClaimPair.other_id.in_(ids)))
        if known_at is not None:
            query = query.where(ClaimPair.recorded_at <= known_at)
        for row in session.scalars(query.order_by(ClaimPair.id)):
            found[row.one_id, row.other_id] = PairRow(
                row.one_id, row.other_id, row.linked, row.reason, row.by, row.recorded_at
            )
    return found


def suggested_pairs(session: Session, rows: list[ClaimRow], known_at: dt.datetime) -> list[Suggestion]:
    """Pairs among these claims and those about the same days that nobody has decided yet, strongest first."""
    if not rows:
        return []
    near = {row.id: row for row in rows}
    alleged = _alleged(session, rows, known_at)
    for first, last in _stretches(alleged):
        near |= {row.id: row for row in claims(session, first - BESIDE, last + BESIDE, known_at)}
    decided = pairs(session, list(near), known_at)
    wanted = {row.id for row in rows}
    return [
        pair
        for pair in suggest(_statement(row) for row in near.values())
        if {pair.one_id, pair.other_id} & wanted
        and (min(pair.one_id, pair.other_id), max(pair.one_id, pair.other_id)) not in decided
    ]


def _statement(row: ClaimRow) -> Statement:
    return Statement(
        claim_id=row.id,
        party=row.claimant_party,
        against=row.against,
        type=row.type,
        start=row.t_start,
        end=row.t_end or row.t_start,
        precision=row.t_precision,
        lon=row.lon,
        lat=row.lat,
        uncertainty_m=row.uncertainty_m,
        killed=row.killed,
        wounded=row.wounded,
        is_counter=row.status in {"counter_claim", "disputed"},
    )


def observation_named(session: Session, text: str) -> str | None:
    """The id of an observation by its id or by its number, such as R-000041; None where there is none."""
    number = re.fullmatch(r"[Rr]-?(\d{1,12})", text.strip())
    if number:
        query = select(ObservationRevision.observation_id).where(
            ObservationRevision.leaf_index == int(number[1])
        )
    else:
        query = select(Observation.id).where(Observation.id == text.strip())
    return session.scalar(query)


def archives(
    session: Session, claim_ids: Collection[str], known_at: dt.datetime | None = None
) -> dict[str, list[ArchiveRow]]:
    """The copies kept of each of these statements, oldest first."""
    found: dict[str, list[ArchiveRow]] = {}
    for ids in _by_some(claim_ids):
        query = select(ClaimArchive).where(ClaimArchive.claim_id.in_(ids)).order_by(ClaimArchive.id)
        if known_at is not None:
            query = query.where(ClaimArchive.recorded_at <= known_at)
        for row in session.scalars(query):
            found.setdefault(row.claim_id, []).append(
                ArchiveRow(
                    row.claim_id,
                    row.sha256,
                    row.size_bytes,
                    row.mime,
                    row.by,
                    row.leaf_index,
                    row.recorded_at,
                )
            )
    return found


def imports(session: Session, limit: int = 20) -> list[ImportRow]:
    """The tables brought in, newest first."""
    query = select(ClaimImport).order_by(ClaimImport.recorded_at.desc(), ClaimImport.id).limit(limit)
    return [_import_row(row) for row in session.scalars(query)]


def claim_import(session: Session, import_id: str) -> ImportRow | None:
    row = session.get(ClaimImport, import_id)
    return _import_row(row) if row else None


def _import_row(row: ClaimImport) -> ImportRow:
    return ImportRow(**{field.name: getattr(row, field.name) for field in fields(ImportRow)})


def _by_some(ids: Collection[str]) -> Iterator[list[str]]:
    """Stores limit how many values one statement may carry."""
    listed = list(ids)
    for first in range(0, len(listed), 400):
        yield listed[first : first + 400]


def _alleged(session: Session, rows: list[ClaimRow], known_at: dt.datetime) -> list[AllegedEvent]:
    sectors = sector_shapes(session, known_at) or sector_shapes(session)
    return [
        AllegedEvent(
            claim_id=row.id,
            type=row.type,
            start=row.t_start,
            end=row.t_end or row.t_start,
            precision=row.t_precision,
            lon=row.lon,
            lat=row.lat,
            uncertainty_m=row.uncertainty_m,
            sector=_sector_of(sectors, row.lon, row.lat),
        )
        for row in rows
    ]


def _sector_of(sectors: list[SectorShape], lon: float | None, lat: float | None) -> str | None:
    if lon is None or lat is None:
        return None
    return next((sector.code for sector in sectors if contains(sector.polygon, lon, lat)), None)


def _seen(session: Session, first: dt.datetime, last: dt.datetime, known_at: dt.datetime) -> list[SeenEvent]:
    """Accepted observations of the mission's own: what a party told a patrol cannot answer its claim."""
    rows = observations(session, first - LONGEST_EVENT, last + SLACK, known_at=known_at, states=("accepted",))
    return _perceived(rows)


def _seen_by_id(session: Session, ids: Collection[str], known_at: dt.datetime) -> list[SeenEvent]:
    if not ids:
        return []
    return _perceived(observations(session, ids=ids, known_at=known_at, states=("accepted",)))


def _perceived(rows: list[ObservationRow]) -> list[SeenEvent]:
    return [
        SeenEvent(
            observation_id=row.observation_id,
            type=row.type,
            start=row.t_start,
            end=row.t_end,
            precision=row.t_precision,
            lon=row.lon,
            lat=row.lat,
            uncertainty_m=row.event_uncertainty_m,
            sector=row.sector_code,
        )
        for row in rows
        if row.info_type == "observed" and not row.is_training
    ]
