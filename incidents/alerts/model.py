"""Alerts, what happened to them and what people did. Rows are added, never changed.

Notes are free text, so they are encrypted parts (owner `alert_step`).
"""

import datetime as dt

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.alerts.lifecycle import CHANGES, CONDITIONS, REASONS, STEPS
from incidents.alerts.routing import REASONS_TO_HOLD
from monitor.db.base import Base, BigId, UTCDateTime, Uuid, code_check, instant, row_key, uuid_key


class Alert(Base):
    """A finding that somebody must answer. One finding has one alert for life."""

    __tablename__ = "alert"

    id: Mapped[uuid_key]
    number: Mapped[int] = mapped_column(unique=True)
    finding_id: Mapped[str] = mapped_column(Uuid, ForeignKey("finding.id"), unique=True)
    recorded_at: Mapped[instant]


class AlertVersion(Base):
    """What happened to an alert, and the version of the finding that made it happen."""

    __tablename__ = "alert_version"
    __table_args__ = (
        code_check("change", CHANGES),
        code_check("reason", REASONS),
        code_check("condition", CONDITIONS),
        ForeignKeyConstraint(
            ["finding_id", "finding_version_no"], ["finding_version.finding_id", "finding_version.version_no"]
        ),
        Index("ix_alert_version_recorded_at", "recorded_at"),
    )

    alert_id: Mapped[str] = mapped_column(Uuid, ForeignKey("alert.id"), primary_key=True)
    version_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    change: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(20))
    condition: Mapped[str] = mapped_column(String(20))
    severity: Mapped[int]
    superseded_by: Mapped[str | None] = mapped_column(Uuid, ForeignKey("alert.id"))
    finding_id: Mapped[str] = mapped_column(Uuid)
    finding_version_no: Mapped[int]
    recorded_at: Mapped[instant]


class AlertStep(Base):
    """What a person did about an alert, standing at `version_no` when they did it."""

    __tablename__ = "alert_step"
    __table_args__ = (
        code_check("step", STEPS),
        Index("ix_alert_step_alert_id", "alert_id", "id"),
    )

    id: Mapped[row_key]
    alert_id: Mapped[str] = mapped_column(Uuid, ForeignKey("alert.id"))
    version_no: Mapped[int]
    step: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(80))
    until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    assignee_id: Mapped[str | None] = mapped_column(Uuid, ForeignKey("person.id"))
    recorded_at: Mapped[instant]


class HeldMessage(Base):
    """A message that was not sent at once, and why. Alerts themselves are never held back.

    cooldown, group, storm: told together with others at `due_at`; inhibited, muted: not told, but counted.
    """

    __tablename__ = "alert_message_held"
    __table_args__ = (
        code_check("why", REASONS_TO_HOLD),
        ForeignKeyConstraint(
            ["alert_id", "version_no"], ["alert_version.alert_id", "alert_version.version_no"]
        ),
        Index("ix_alert_message_held_due", "told_at", "due_at"),
    )

    id: Mapped[row_key]
    alert_id: Mapped[str] = mapped_column(Uuid)
    version_no: Mapped[int]
    recipient: Mapped[str] = mapped_column(String(80))
    why: Mapped[str] = mapped_column(String(10))
    due_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    told_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    recorded_at: Mapped[instant]


class AlertMute(Base):
    """Somebody asked for quiet: no messages about the alerts of a rule, or of a sector, until a time.

    It takes no alert away and is itself shown. Why is free text, so it is an encrypted part (owner
    `alert_mute`). Ending it early adds a row with `ends`.
    """

    __tablename__ = "alert_mute"
    __table_args__ = (Index("ix_alert_mute_until_at", "until_at"),)

    id: Mapped[row_key]
    rule_id: Mapped[str | None] = mapped_column(String(60))
    sector: Mapped[str | None] = mapped_column(String(40))
    until_at: Mapped[instant]
    ends: Mapped[int | None] = mapped_column(BigId, ForeignKey("alert_mute.id"))
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]
