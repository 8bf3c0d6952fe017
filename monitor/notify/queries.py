"""Who was told what."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.notify.model import Delivery


@dataclass(frozen=True)
class DeliveryRow:
    id: int
    channel: str
    recipient: str
    subject: str
    code: str
    refs: dict[str, Any] = field(hash=False)
    state: str
    recorded_at: dt.datetime


def deliveries_about(session: Session, subject: str) -> list[DeliveryRow]:
    """Every message about a subject (`kind:id`), oldest first."""
    rows = session.scalars(select(Delivery).where(Delivery.subject == subject).order_by(Delivery.id))
    return [_row(row) for row in rows]


def deliveries_about_any(session: Session, subjects: Collection[str], code: str) -> list[DeliveryRow]:
    """Every message of one kind about any of these subjects, oldest first."""
    query = select(Delivery).where(Delivery.subject.in_(list(subjects)), Delivery.code == code)
    return [_row(row) for row in session.scalars(query.order_by(Delivery.id))]


def deliveries_to(session: Session, recipient: str, since: dt.datetime) -> list[DeliveryRow]:
    """Every message to a recipient since a moment, oldest first."""
    query = select(Delivery).where(Delivery.recipient == recipient, Delivery.recorded_at >= since)
    return [_row(row) for row in session.scalars(query.order_by(Delivery.id))]


def _row(row: Delivery) -> DeliveryRow:
    return DeliveryRow(
        row.id, row.channel, row.recipient, row.subject, row.code, row.refs, row.state, row.recorded_at
    )
