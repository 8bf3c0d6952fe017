"""Claims and the appended decisions about which observation answers which claim."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from incidents.intake.model import Observation
from monitor.db.base import (
    Base,
    BigId,
    Json,
    Located,
    UTCDateTime,
    Uuid,
    code_check,
    instant,
    row_key,
    uuid_key,
)

# How the source itself stands to the claim. Nothing here is the mission's judgement.
#   report: somebody stated it
#   counter_claim: stated against another party's claim about the same event
#   disputed: another party denied it
#   confirmed_by_third_party: a third party said the same
#   year_inferred: the source gives day and month; the year follows from its context
STATUSES = ("report", "counter_claim", "disputed", "confirmed_by_third_party", "year_inferred")
T_PRECISIONS = ("T0", "T1", "T2", "T3", "T4", "T5", "T6")
GEO_PRECISIONS = ("L1", "L2", "L3", "L4", "L5", "L6", "L7")


class Claim(Located, Base):
    """One statement about one alleged event at one place, as the claimant made it.

    A row is never changed. `claimant` is the body that spoke, `claimant_party` the party it speaks for;
    `against` is whom it names (null: nobody, "n_k": it says that it does not know).
    `type` is our code for what is alleged, `stated_type` the source's own word for it.
    """

    __tablename__ = "claim"
    __table_args__ = (
        code_check("status", STATUSES),
        code_check("t_precision", T_PRECISIONS),
        code_check("geo_precision", GEO_PRECISIONS),
        CheckConstraint("t_end IS NULL OR t_end >= t_start", name="time_order"),
        CheckConstraint("killed >= 0 AND wounded >= 0", name="persons"),
        Index("ix_claim_t_start", "t_start", "recorded_at"),
        Index("ix_claim_place_time", "cell", "t_start"),
        Index("ix_claim_digest", "digest"),
    )

    id: Mapped[uuid_key]
    external_ref: Mapped[str | None] = mapped_column(String(40), unique=True)
    claimant: Mapped[str] = mapped_column(String(40))
    claimant_party: Mapped[str] = mapped_column(String(40))
    against: Mapped[str | None] = mapped_column(String(40))
    t_start: Mapped[instant]
    t_end: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    t_precision: Mapped[str] = mapped_column(String(2))
    place_text: Mapped[str] = mapped_column(Text)
    uncertainty_m: Mapped[int | None]
    geo_precision: Mapped[str] = mapped_column(String(2))
    geo_basis: Mapped[str] = mapped_column(String(60))
    category: Mapped[str] = mapped_column(String(8))
    type: Mapped[str] = mapped_column(String(40))
    stated_type: Mapped[str] = mapped_column(String(40))
    weapons: Mapped[list[Any]] = mapped_column(Json)
    weapons_text: Mapped[str] = mapped_column(Text)
    killed: Mapped[int | None]
    wounded: Mapped[int | None]
    victim_side: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(Text)
    source_url: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(8))
    archived_sha256: Mapped[str | None] = mapped_column(String(64))
    counter_of: Mapped[str | None] = mapped_column(Uuid, ForeignKey("claim.id"))
    digest: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[instant]


# Why a person puts a claim and an observation, or two claims, together or apart.
TOGETHER = ("same_event",)
APART = ("other_event", "other_time", "other_place", "other_kind", "linked_by_mistake")


class ClaimMatch(Base):
    """Somebody linked a claim with an observation (`linked`) or took the link away; the last row holds.

    It goes before what is computed: an observation taken away does not answer the claim any more.
    """

    __tablename__ = "claim_match"
    __table_args__ = (Index("ix_claim_match_claim", "claim_id", "observation_id", "id"),)

    id: Mapped[row_key] = mapped_column(BigId, primary_key=True, autoincrement=True)
    claim_id: Mapped[str] = mapped_column(Uuid, ForeignKey("claim.id"))
    observation_id: Mapped[str] = mapped_column(Uuid, ForeignKey(Observation.id))
    linked: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(40))
    by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class ClaimPair(Base):
    """Somebody put two parties' claims together as accounts of one event, or apart; the last row holds.

    `one_id` is the smaller id of the two, so that a pair is the same whichever way it was told.
    """

    __tablename__ = "claim_pair"
    __table_args__ = (
        Index("ix_claim_pair_one", "one_id", "other_id", "id"),
        Index("ix_claim_pair_other", "other_id", "id"),
    )

    id: Mapped[row_key] = mapped_column(BigId, primary_key=True, autoincrement=True)
    one_id: Mapped[str] = mapped_column(Uuid, ForeignKey("claim.id"))
    other_id: Mapped[str] = mapped_column(Uuid, ForeignKey("claim.id"))
    linked: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(40))
    by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class ClaimArchive(Base):
    """A copy of the statement as it was published, kept by its hash. A claim may have several."""

    __tablename__ = "claim_archive"
    __table_args__ = (Index("ix_claim_archive_claim", "claim_id", "id"),)

    id: Mapped[row_key] = mapped_column(BigId, primary_key=True, autoincrement=True)
    claim_id: Mapped[str] = mapped_column(Uuid, ForeignKey("claim.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigId)
    mime: Mapped[str] = mapped_column(String(80))
    by: Mapped[str] = mapped_column(String(80))
    leaf_index: Mapped[int] = mapped_column(BigId, ForeignKey("log_leaf.at_index"))
    recorded_at: Mapped[instant]


class ClaimImport(Base):
    """A table that was brought in: the file by its hash, how many rows it gave, and every row not taken."""

    __tablename__ = "claim_import"
    __table_args__ = (Index("ix_claim_import_recorded_at", "recorded_at"),)

    id: Mapped[uuid_key]
    sha256: Mapped[str] = mapped_column(String(64))
    shape: Mapped[str] = mapped_column(String(20))
    rows: Mapped[int]
    taken: Mapped[int]
    known: Mapped[int]
    refused: Mapped[list[Any]] = mapped_column(Json)
    by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]
