"""Watches as planned, and what happened in them. Both are only ever added to."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import Base, Json, UTCDateTime, Uuid, code_check, instant, uuid_key
from monitor.watches.coverage import EVENT_KINDS, WATCH_KINDS


class Watch(Base):
    """A span of time in which somebody or something is to watch. A patrol may be given several sectors.

    `planned_end` is null for a camera that is to run until further notice.
    """

    __tablename__ = "watch"
    __table_args__ = (
        code_check("kind", WATCH_KINDS),
        Index("ix_watch_planned_start", "planned_start"),
        Index("ix_watch_team", "team_id", "planned_start"),
    )

    id: Mapped[uuid_key]
    kind: Mapped[str] = mapped_column(String(10))
    sectors: Mapped[list[str]] = mapped_column(Json)
    post: Mapped[str | None] = mapped_column(String(40))
    team_id: Mapped[str | None] = mapped_column(Uuid, ForeignKey("team.id"))
    planned_start: Mapped[instant]
    planned_end: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    planned_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class WatchEvent(Base):
    """Something that happened in a watch, `at` its own time; it may be told late and in any order.

    started, ended: by whoever watches. checked_in: still there, and in which sector from now on.
    outage_started, outage_ended: nothing could be seen or heard in between (a camera down, fog, a shelter).
    """

    __tablename__ = "watch_event"
    __table_args__ = (code_check("kind", EVENT_KINDS), Index("ix_watch_event_watch_at", "watch_id", "at"))

    id: Mapped[uuid_key]
    watch_id: Mapped[str] = mapped_column(Uuid, ForeignKey("watch.id"))
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[instant]
    sector: Mapped[str | None] = mapped_column(String(40))
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]
