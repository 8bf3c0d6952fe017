"""The mission's own definition. A change is a new row; the last one holds."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import Base, BigId, Json, UTCDateTime, facts, instant, row_key


class Mission(Base):
    """Who we are, from when to when, by which clock. `digest` tells whether a definition changed."""

    __tablename__ = "mission"

    id: Mapped[row_key]
    code: Mapped[str] = mapped_column(String(40))
    names: Mapped[facts]
    timezone: Mapped[str] = mapped_column(String(64))
    cut_off: Mapped[str] = mapped_column(String(5))
    starts_at: Mapped[instant]
    ends_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    is_exercise: Mapped[bool]
    languages: Mapped[list[str]] = mapped_column(Json)
    declination_deg: Mapped[float]
    disclaimer: Mapped[facts]
    digest: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[instant]


class Party(Base):
    """A side of the ceasefire, as one version of the definition names it. The order says nothing."""

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("mission_id", "code"),)

    id: Mapped[row_key]
    mission_id: Mapped[int] = mapped_column(BigId, ForeignKey("mission.id"))
    code: Mapped[str] = mapped_column(String(40))
    names: Mapped[facts]
    claimants: Mapped[list[Any]] = mapped_column(Json)
