"""Rules as published, facts as the rules read them, findings as announced. Rows are added, not changed.

`rule_clock` alone moves: it is a place in time, like a subscriber's place in the outbox.
"""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidents.rules.facts import ORIGINS
from incidents.rules.lineage import CHANGES, REASONS
from monitor.db.base import Base, BigId, Json, UTCDateTime, Uuid, code_check, facts, instant, row_key

RULE_STATUSES = ("draft", "shadow", "on", "retired")
FACT_STATUSES = ("reported", "verified", "disputed", "refuted", "withdrawn")
# open: its condition is met; resolved: quiet for the rule's time; withdrawn: its evidence fell away;
# merged: another finding holds its episode.
FINDING_STATES = ("open", "resolved", "withdrawn", "merged")


class RuleVersion(Base):
    """A rule file as loaded. The id is `rule@version`; the same id never has another digest."""

    __tablename__ = "rule_version"
    __table_args__ = (UniqueConstraint("rule_id", "version"),)

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[instant]


class RuleStep(Base):
    """A rule version came into use, or went out of it; the last step holds.

    `by` is who did it; `answers` names the person who answers for a rule that went on, `back_test_id`
    what they had before them.
    """

    __tablename__ = "rule_step"
    __table_args__ = (
        code_check("status", RULE_STATUSES),
        Index("ix_rule_step_rule_version_id", "rule_version_id", "id"),
    )

    id: Mapped[row_key]
    rule_version_id: Mapped[str] = mapped_column(String(80), ForeignKey("rule_version.id"))
    status: Mapped[str] = mapped_column(String(10))
    by: Mapped[str | None] = mapped_column(String(80))
    answers: Mapped[str | None] = mapped_column(String(120))
    back_test_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rule_back_test.id"))
    recorded_at: Mapped[instant]


class RuleBackTest(Base):
    """What a rule version would have said over a past span, and who signed for it.

    `result`: alerts a month, the worst month, what carried them, as the runner counted; `digest` is the
    rule's own, so that a back-test cannot be shown for another text.
    """

    __tablename__ = "rule_back_test"

    id: Mapped[row_key]
    rule_version_id: Mapped[str] = mapped_column(String(80), ForeignKey("rule_version.id"))
    from_at: Mapped[instant]
    until_at: Mapped[instant]
    findings: Mapped[int]
    digest: Mapped[str | None] = mapped_column(String(64))
    result: Mapped[facts]
    signed_by: Mapped[str | None] = mapped_column(Uuid, ForeignKey("person.id"))
    recorded_at: Mapped[instant]


class RuleClock(Base):
    """Until when the finished steps of a rule that follows the clock have been judged."""

    __tablename__ = "rule_clock"

    rule_version_id: Mapped[str] = mapped_column(String(80), ForeignKey("rule_version.id"), primary_key=True)
    judged_until: Mapped[instant]


class RuleCheck(Base):
    """One nightly recomputation from scratch: whether it said the same as what stood."""

    __tablename__ = "rule_check"

    id: Mapped[row_key]
    from_at: Mapped[instant]
    standing: Mapped[str] = mapped_column(String(64))
    recomputed: Mapped[str] = mapped_column(String(64))
    differing: Mapped[list[Any]] = mapped_column(Json)
    recorded_at: Mapped[instant]


class RuleFact(Base):
    """One version of one thing told, as the rules read it; `known_at` is when they did.

    `observation_id` is the observation's id, or that of a watch's event or a claim, as `origin` says. A
    version is added when anything changed that a rule can read: revision, review, incident. Positions are
    the event's, in whole ECEF metres. `from_at` and `until_at` are the first and last moment it speaks of.
    """

    __tablename__ = "rule_fact"
    __table_args__ = (
        code_check("status", FACT_STATUSES),
        code_check("origin", ORIGINS),
        Index("ix_rule_fact_key_until_at", "key", "until_at"),
        Index("ix_rule_fact_category_until_at", "category", "until_at"),
        Index("ix_rule_fact_known_at", "known_at"),
        Index("ix_rule_fact_incident_id", "incident_id"),
    )

    observation_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(12), default="observation")
    revision_no: Mapped[int]
    known_at: Mapped[instant]
    t_start: Mapped[instant]
    t_end: Mapped[instant]
    key: Mapped[str] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(String(60))
    sector: Mapped[str | None] = mapped_column(String(40))
    info_type: Mapped[str | None] = mapped_column(String(40))
    means: Mapped[str | None] = mapped_column(String(40))
    weapon: Mapped[str | None] = mapped_column(String(60))
    tier: Mapped[int | None]
    count_best: Mapped[int | None]
    exposure: Mapped[str] = mapped_column(String(40))
    assessed_exercise: Mapped[str | None] = mapped_column(String(40))
    incident_id: Mapped[str | None] = mapped_column(Uuid)
    team: Mapped[str | None] = mapped_column(String(40))
    device: Mapped[str | None] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(String(10))
    flags: Mapped[list[Any]] = mapped_column(Json)
    x: Mapped[int | None] = mapped_column(BigId)
    y: Mapped[int | None] = mapped_column(BigId)
    z: Mapped[int | None] = mapped_column(BigId)
    cell: Mapped[str | None] = mapped_column(String(24))
    watch: Mapped[str | None] = mapped_column(Uuid)
    holds_from: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    holds_to: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    from_at: Mapped[instant]
    until_at: Mapped[instant]
    details: Mapped[facts]


class Finding(Base):
    """A rule that matched: one episode under one number for as long as it lives."""

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_rule_version_id_key", "rule_version_id", "key"),)

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(BigId, unique=True)
    rule_version_id: Mapped[str] = mapped_column(String(80), ForeignKey("rule_version.id"))
    key: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[instant]


class FindingVersion(Base):
    """What a finding said from `recorded_at` on, and what made it say so."""

    __tablename__ = "finding_version"
    __table_args__ = (
        code_check("change", CHANGES),
        code_check("reason", REASONS),
        code_check("state", FINDING_STATES),
        Index("ix_finding_version_recorded_at", "recorded_at"),
    )

    finding_id: Mapped[str] = mapped_column(Uuid, ForeignKey("finding.id"), primary_key=True)
    version_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    change: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(20))
    cause: Mapped[str | None] = mapped_column(String(60))
    merged_into: Mapped[str | None] = mapped_column(Uuid, ForeignKey("finding.id"))
    split_from: Mapped[str | None] = mapped_column(Uuid, ForeignKey("finding.id"))
    state: Mapped[str] = mapped_column(String(10))
    start_at: Mapped[instant]
    end_at: Mapped[instant]
    condition_from: Mapped[instant]
    detectable_at: Mapped[instant]
    peak_at: Mapped[instant]
    severity: Mapped[int]
    strength: Mapped[list[Any]] = mapped_column(Json)
    numbers: Mapped[facts]
    evidence_count: Mapped[int]
    reviewed: Mapped[int]
    quarantined: Mapped[int]
    sources: Mapped[int]
    is_resolved: Mapped[bool]
    sector: Mapped[str | None] = mapped_column(String(40))
    x: Mapped[int | None] = mapped_column(BigId)
    y: Mapped[int | None] = mapped_column(BigId)
    z: Mapped[int | None] = mapped_column(BigId)
    sentence: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[instant]


class FindingEvidence(Base):
    """A piece of evidence that joined or left a finding with one of its versions.

    `observation_id` is the id of an observation, a watch's event or a claim, as `origin` says.
    """

    __tablename__ = "finding_evidence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["finding_id", "version_no"], ["finding_version.finding_id", "finding_version.version_no"]
        ),
        code_check("origin", ORIGINS),
        Index("ix_finding_evidence_observation_id", "observation_id"),
    )

    finding_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    version_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    observation_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    revision_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(12), default="observation")
    joined: Mapped[bool]


class RuleDraft(Base):
    """One saved text of a rule in the making, be it right or not; the last edition of a draft holds.

    `published_as` is the rule version that this edition became: from then on the draft is closed.
    """

    __tablename__ = "rule_draft"
    __table_args__ = (Index("ix_rule_draft_published_as", "published_as"),)

    draft_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    published_as: Mapped[str | None] = mapped_column(String(80), ForeignKey("rule_version.id"))
    recorded_at: Mapped[instant]


class RuleProposal(Base):
    """Somebody asks that a rule version be switched on or retired; another person answers.

    An answer is a row of its own that names the proposal: agreed (the step into use is beside it) or refused.
    """

    __tablename__ = "rule_proposal"
    __table_args__ = (
        code_check("kind", ("on", "retired", "agreed", "refused")),
        Index("ix_rule_proposal_rule_version_id", "rule_version_id", "id"),
    )

    id: Mapped[row_key]
    rule_version_id: Mapped[str] = mapped_column(String(80), ForeignKey("rule_version.id"))
    kind: Mapped[str] = mapped_column(String(10))
    back_test_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rule_back_test.id"))
    answers_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rule_proposal.id"), unique=True)
    by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]
