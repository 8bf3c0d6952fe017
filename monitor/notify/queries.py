"""Who was told what."""

import datetime as dt
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
    return [
        DeliveryRow(
            row.id, row.channel, row.recipient, row.subject, row.code, row.refs, row.state, row.recorded_at
        )
        for row in rows
    ]
