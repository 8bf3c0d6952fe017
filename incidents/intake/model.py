"""Observations as chains of revisions, and the steps of their review. Rows are added, never changed.

Free text, the observer's exact position, witness parts and what was received are encrypted parts
(`monitor.vault`, owner `observation`, id `<observation id>/<revision>`): an unsigned report's plain body, a
signed one's envelope and each disclosure, byte for byte.
"""

import datetime as dt
from typing import Any

from sqlalchemy import Float, ForeignKey, ForeignKeyConstraint, Index, Integer, String, false
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import (
    Base,
    BigId,
    Json,
    Located,
    UTCDateTime,
    Uuid,
    code_check,
    facts,
    instant,
    row_key,
    uuid_key,
)

# Who brings an observation into each state:
PROCESSING = (
    "received",  # intake, when nothing about it was odd
    "quarantined",  # intake, when something was; a reviewer must clear it
    "in_review",  # a reviewer who opened it
    "accepted",  # a reviewer other than the author; it counts from here on
    "returned",  # a reviewer with a question; the author answers with a revision
    "rejected",  # a reviewer with a reason: sent twice, a test, out of the mandate, refuted
)


class Observation(Base):
    """What an observer filed, under the id that their device made."""

    __tablename__ = "observation"

    id: Mapped[uuid_key]
    author_id: Mapped[str] = mapped_column(Uuid, ForeignKey("person.id"))
    device_id: Mapped[str | None] = mapped_column(Uuid, ForeignKey("device.id"))
    team_id: Mapped[str | None] = mapped_column(Uuid, ForeignKey("team.id"))
    recorded_at: Mapped[instant]


class ObservationRevision(Base, Located):
    """One version of an observation as received. The highest revision known at a time is the live one."""

    __tablename__ = "observation_revision"
    __table_args__ = (
        Index("ix_observation_revision_time", "t_start", "sector_code"),
        Index("ix_observation_revision_known", "recorded_at"),
        Index("ix_observation_revision_lat_lon", "lat", "lon"),
        Index("ix_observation_revision_lon_lat", "lon", "lat"),
        Index("ix_observation_revision_cell", "cell", "t_start"),
    )

    observation_id: Mapped[str] = mapped_column(Uuid, ForeignKey("observation.id"), primary_key=True)
    revision_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    leaf_index: Mapped[int] = mapped_column(BigId, ForeignKey("log_leaf.at_index"))
    form_version: Mapped[str | None] = mapped_column(String(40))
    device_seq: Mapped[int | None] = mapped_column(BigId)
    # Null where the phone had no key: the report is unsigned.
    device_key: Mapped[str | None] = mapped_column(String(32))
    envelope_sha256: Mapped[str | None] = mapped_column(String(64))
    is_sealed: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Who brought it in a file, where the phone did not send it itself.
    brought_by: Mapped[str | None] = mapped_column(String(80))
    recorded_at: Mapped[instant]
    captured_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    category: Mapped[str] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(String(60))
    means: Mapped[str | None] = mapped_column(String(40))
    info_type: Mapped[str | None] = mapped_column(String(40))
    t_start: Mapped[instant]
    t_end: Mapped[instant]
    t_precision: Mapped[str] = mapped_column(String(4))
    t_basis: Mapped[str | None] = mapped_column(String(20))
    clock_offset_s: Mapped[float | None] = mapped_column(Float)
    sector_code: Mapped[str | None] = mapped_column(String(40))
    sector_basis: Mapped[str | None] = mapped_column(String(10))
    observed_from: Mapped[str | None] = mapped_column(String(120))
    event_uncertainty_m: Mapped[float | None] = mapped_column(Float)
    geo_precision: Mapped[str] = mapped_column(String(4))
    count_min: Mapped[int | None] = mapped_column(Integer)
    count_best: Mapped[int | None] = mapped_column(Integer)
    count_max: Mapped[int | None] = mapped_column(Integer)
    count_qualifier: Mapped[str | None] = mapped_column(String(20))
    weapon: Mapped[str | None] = mapped_column(String(60))
    tier: Mapped[int | None] = mapped_column(Integer)
    exposure: Mapped[str | None] = mapped_column(String(40))
    sensitivity: Mapped[str] = mapped_column(String(40))
    watch_id: Mapped[str | None] = mapped_column(Uuid)
    fields: Mapped[facts]
    conditions: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reasons: Mapped[list[str]] = mapped_column(Json)


class ObservationStep(Base):
    """A step of the review. The last one is the observation's state; a comment is an encrypted part."""

    __tablename__ = "observation_step"
    __table_args__ = (
        code_check("state", PROCESSING),
        ForeignKeyConstraint(
            ["observation_id", "revision_no"],
            ["observation_revision.observation_id", "observation_revision.revision_no"],
        ),
        Index("ix_observation_step_observation", "observation_id", "id"),
    )

    id: Mapped[row_key]
    observation_id: Mapped[str] = mapped_column(Uuid, ForeignKey("observation.id"))
    revision_no: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]
