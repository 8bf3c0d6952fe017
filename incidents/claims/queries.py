"""What was claimed, as known at a time; and what the mission can say to it."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.claims.matching import (
    TOLERANCE,
    AllegedEvent,
    Answer,
    SeenEvent,
    Watched,
    judge_all,
)
from incidents.claims.model import Claim
from incidents.intake.queries import observations
from monitor.geo import contains
from monitor.places.queries import SectorShape, sector_shapes
from monitor.watches.queries import watch_spans

# How far beyond the time alleged an observation or a watch can still speak to it.
SLACK = 2 * max(TOLERANCE.values())
# How long before the time alleged an observation that is still going on may have begun.
LONGEST_EVENT = dt.timedelta(days=2)


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
    """A claim, the sector it falls in, what the mission can say to it, and the ids that say so."""

    claim: ClaimRow
    sector: str | None
    answer: Answer
    observation_ids: tuple[str, ...]
    watch_ids: tuple[str, ...]


def claims_with_verdicts(
    session: Session, start: dt.datetime, end: dt.datetime, known_at: dt.datetime
) -> list[ClaimWithVerdict]:
    """The claims of a period with what the mission could say to each at `known_at`. Crosses all sectors."""
    rows = claims(session, start, end, known_at)
    if not rows:
        return []
    alleged = _alleged(session, rows, known_at)
    first = min(event.start for event in alleged)
    last = max(event.end for event in alleged)
    verdicts = judge_all(
        alleged,
        _seen(session, first, last, known_at),
        [
            Watched(span.watch_id, span.sector, span.start, span.end)
            for span in watch_spans(session, first - SLACK, last + SLACK, known_at)
        ],
    )
    return [
        ClaimWithVerdict(row, event.sector, verdict.answer, verdict.observation_ids, verdict.watch_ids)
        for row, event, verdict in zip(rows, alleged, verdicts, strict=True)
    ]


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
