"""What was claimed, as known at a time; and what the mission can say to it."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.claims.model import Claim


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
