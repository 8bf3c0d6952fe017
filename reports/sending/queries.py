"""Questions about recipients and what was sent to them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.errors import NotFound
from reports.sending.model import EditionDelivery, Recipient


@dataclass(frozen=True)
class RecipientRow:
    """`kinds`: the papers somebody gets."""

    id: str
    name: str
    channel: str
    profile: str
    kinds: tuple[str, ...]
    language: str
    recorded_at: dt.datetime
    ended_at: dt.datetime | None


@dataclass(frozen=True)
class DeliveryRow:
    id: int
    edition_id: str
    recipient_id: str
    release_id: str | None
    language: str
    file_sha256: str
    state: str
    attempts: int
    next_at: dt.datetime
    detail: str
    recorded_at: dt.datetime
    ended_at: dt.datetime | None


def recipients(session: Session, with_ended: bool = False) -> list[RecipientRow]:
    query = select(Recipient).order_by(Recipient.name, Recipient.id)
    if not with_ended:
        query = query.where(Recipient.ended_at.is_(None))
    return [_recipient(row) for row in session.scalars(query)]


def recipient(session: Session, recipient_id: str) -> RecipientRow:
    """Raises NotFound."""
    row = session.get(Recipient, recipient_id)
    if row is None:
        raise NotFound(thing="recipient", id=recipient_id)
    return _recipient(row)


def deliveries(session: Session, edition_id: str | None = None, limit: int = 200) -> list[DeliveryRow]:
    """Papers on their way and arrived, newest first."""
    query = select(EditionDelivery).order_by(EditionDelivery.id.desc()).limit(limit)
    if edition_id is not None:
        query = query.where(EditionDelivery.edition_id == edition_id)
    return [_delivery(row) for row in session.scalars(query)]


def delivery(session: Session, delivery_id: int) -> DeliveryRow:
    """Raises NotFound."""
    row = session.get(EditionDelivery, delivery_id)
    if row is None:
        raise NotFound(thing="delivery", id=delivery_id)
    return _delivery(row)


def due(session: Session, now: dt.datetime) -> list[int]:
    """The deliveries whose next try has come, oldest first."""
    query = (
        select(EditionDelivery.id)
        .where(EditionDelivery.state == "queued", EditionDelivery.next_at <= now)
        .order_by(EditionDelivery.id)
    )
    return list(session.scalars(query))


def _recipient(row: Recipient) -> RecipientRow:
    kinds = tuple(row.kinds.split())
    return RecipientRow(
        row.id, row.name, row.channel, row.profile, kinds, row.language, row.recorded_at, row.ended_at
    )


def _delivery(row: EditionDelivery) -> DeliveryRow:
    return DeliveryRow(
        row.id,
        row.edition_id,
        row.recipient_id,
        row.release_id,
        row.language,
        row.file_sha256,
        row.state,
        row.attempts,
        row.next_at,
        row.detail,
        row.recorded_at,
        row.ended_at,
    )
