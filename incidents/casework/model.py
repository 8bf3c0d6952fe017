"""Incidents, what they rest on, their steps and what was said of them. Rows are added, never changed.

Free text is encrypted parts: reasons of steps (owner `incident_step`), of grades (`source_grade`), and the
words and reasons of statements (`incident_statement`).
"""

import datetime as dt
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidents.casework.grading import RELIABILITY
from incidents.casework.workflow import STATES
from monitor.db.base import Base, Json, UTCDateTime, Uuid, code_check, instant, row_key, uuid_key

# What becomes of a suggestion that two observations are of one event:
SUGGESTION_STATES = (
    "suggested",  # by correlation; again when its score changed
    "confirmed",  # by a person: both are of one incident
    "rejected",  # by a person: they are two events
    "undone",  # by a person: nothing was decided
    "lapsed",  # by correlation: a corrected report does not fit any more
)
HELD_THINGS = ("observation", "incident", "suggestion")


class Incident(Base):
    """What the mission concludes from one or more observations. What it is about follows from its links."""

    __tablename__ = "incident"

    id: Mapped[uuid_key]
    number: Mapped[int] = mapped_column(unique=True)
    opened_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class IncidentLink(Base):
    """An observation was joined to an incident (`linked`) or taken out again; the last row holds."""

    __tablename__ = "incident_link"
    __table_args__ = (Index("ix_incident_link_observation", "observation_id", "id"),)

    id: Mapped[row_key]
    incident_id: Mapped[str] = mapped_column(Uuid, ForeignKey("incident.id"), index=True)
    observation_id: Mapped[str] = mapped_column(Uuid, ForeignKey("observation.id"))
    linked: Mapped[bool]
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class SuggestionStep(Base):
    """Something became of a pair of observations that may be of one event; the last row holds.

    `one_id` sorts before `other_id`. A confirmation notes into which incident which observations moved and
    from where, so that it can be undone.
    """

    __tablename__ = "suggestion_step"
    __table_args__ = (
        code_check("state", SUGGESTION_STATES),
        Index("ix_suggestion_step_pair", "one_id", "other_id", "id"),
        Index("ix_suggestion_step_other", "other_id", "id"),
        Index("ix_suggestion_step_recorded_at", "recorded_at"),
    )

    id: Mapped[row_key]
    one_id: Mapped[str] = mapped_column(Uuid, ForeignKey("observation.id"))
    other_id: Mapped[str] = mapped_column(Uuid, ForeignKey("observation.id"))
    state: Mapped[str] = mapped_column(String(10))
    score: Mapped[float] = mapped_column(Float)
    reasons: Mapped[list[Any]] = mapped_column(Json)
    incident_id: Mapped[str | None] = mapped_column(Uuid, ForeignKey("incident.id"))
    moved: Mapped[list[Any] | None] = mapped_column(Json)
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class SourceGrade(Base):
    """What a reviewer thinks of an observation's source and of what it said; the last row holds."""

    __tablename__ = "source_grade"
    __table_args__ = (
        code_check("reliability", RELIABILITY),
        Index("ix_source_grade_observation", "observation_id", "id"),
    )

    id: Mapped[row_key]
    observation_id: Mapped[str] = mapped_column(Uuid, ForeignKey("observation.id"))
    reliability: Mapped[str] = mapped_column(String(1))
    credibility: Mapped[int]
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class IncidentStatement(Base):
    """One version of what the mission says of an incident. A later one stands beside it, not in its place."""

    __tablename__ = "incident_statement"
    __table_args__ = (UniqueConstraint("incident_id", "version_no"),)

    id: Mapped[row_key]
    incident_id: Mapped[str] = mapped_column(Uuid, ForeignKey("incident.id"))
    version_no: Mapped[int]
    exposure: Mapped[str | None] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class ReviewHold(Base):
    """Somebody has a thing of the queue open until a time, or put it back (`until` = `recorded_at`)."""

    __tablename__ = "review_hold"
    __table_args__ = (
        code_check("thing", HELD_THINGS),
        Index("ix_review_hold_thing", "thing", "thing_id", "id"),
        Index("ix_review_hold_until", "until"),
    )

    id: Mapped[row_key]
    thing: Mapped[str] = mapped_column(String(12))
    thing_id: Mapped[str] = mapped_column(String(80))
    actor: Mapped[str] = mapped_column(String(80))
    until: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    recorded_at: Mapped[instant]


class IncidentStep(Base):
    """A step on one axis; the last one on an axis is the incident's state there."""

    __tablename__ = "incident_step"
    __table_args__ = (
        code_check("axis", STATES),
        code_check("state", [state for states in STATES.values() for state in states]),
        Index("ix_incident_step_incident", "incident_id", "axis", "id"),
    )

    id: Mapped[row_key]
    incident_id: Mapped[str] = mapped_column(Uuid, ForeignKey("incident.id"))
    axis: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(30))
    checklist: Mapped[list[Any] | None] = mapped_column(Json)
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]
