"""Messages on their way. A row names its subject by ids and codes; its words are made where it is shown."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import Base, code_check, facts, instant, row_key

CHANNELS = ("desk", "email")
STATES = (
    "queued",  # waits for its channel
    "delivered",  # the channel has handed it over; the desk does so at once
    "failed",  # the channel has given up after its tries
)


class Delivery(Base):
    """One message to one recipient (`role:…` or `person:…`) about one subject (`kind:id`)."""

    __tablename__ = "delivery"
    __table_args__ = (
        code_check("channel", CHANNELS),
        code_check("state", STATES),
        Index("ix_delivery_subject", "subject", "id"),
        Index("ix_delivery_recipient", "recipient", "id"),
    )

    id: Mapped[row_key]
    channel: Mapped[str] = mapped_column(String(10))
    recipient: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(40))
    refs: Mapped[facts]
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    recorded_at: Mapped[instant]
