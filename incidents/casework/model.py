"""Incidents, the observations they rest on, and their steps. Rows are added, never changed.

Reasons of steps are free text, so they are encrypted parts (owner `incident_step`).
"""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.casework.workflow import STATES
from monitor.db.base import Base, Uuid, code_check, instant, row_key, uuid_key


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
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]
