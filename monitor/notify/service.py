"""Queues messages. The desk is a channel that delivers at once: whoever opens it reads the row."""

import datetime as dt

from sqlalchemy.orm import Session

from monitor.notify.model import Delivery


def queue_delivery(
    session: Session,
    channel: str,
    recipient: str,
    subject: str,
    code: str,
    refs: dict[str, str | int],
    now: dt.datetime,
) -> int:
    """Queues one message; answers its number. `refs` hold ids, codes and whole numbers, never text."""
    at_once = channel == "desk"
    delivery = Delivery(
        channel=channel,
        recipient=recipient,
        subject=subject,
        code=code,
        refs=refs,
        state="delivered" if at_once else "queued",
        attempts=1 if at_once else 0,
        recorded_at=now,
    )
    session.add(delivery)
    session.flush()
    return delivery.id
