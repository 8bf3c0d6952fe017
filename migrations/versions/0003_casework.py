"""casework: suggestions, grades, statements, holds"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_hold",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("thing", sa.String(length=12), nullable=False),
        sa.Column("thing_id", sa.String(length=80), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "thing IN ('observation', 'incident', 'suggestion')", name=op.f("ck_review_hold_thing_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_hold")),
    )
    with op.batch_alter_table("review_hold", schema=None) as batch_op:
        batch_op.create_index("ix_review_hold_thing", ["thing", "thing_id", "id"], unique=False)
        batch_op.create_index("ix_review_hold_until", ["until"], unique=False)

    op.create_table(
        "incident_statement",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("exposure", sa.String(length=40), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_statement_incident_id_incident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_statement")),
        sa.UniqueConstraint(
            "incident_id", "version_no", name=op.f("uq_incident_statement_incident_id_version_no")
        ),
    )
    op.create_table(
        "source_grade",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("observation_id", sa.String(length=36), nullable=False),
        sa.Column("reliability", sa.String(length=1), nullable=False),
        sa.Column("credibility", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reliability IN ('A', 'B', 'C', 'D', 'E', 'F')", name=op.f("ck_source_grade_reliability_code")
        ),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observation.id"], name=op.f("fk_source_grade_observation_id_observation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_grade")),
    )
    with op.batch_alter_table("source_grade", schema=None) as batch_op:
        batch_op.create_index("ix_source_grade_observation", ["observation_id", "id"], unique=False)

    op.create_table(
        "suggestion_step",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("one_id", sa.String(length=36), nullable=False),
        sa.Column("other_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column(
            "reasons",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("incident_id", sa.String(length=36), nullable=True),
        sa.Column(
            "moved",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('suggested', 'confirmed', 'rejected', 'undone', 'lapsed')",
            name=op.f("ck_suggestion_step_state_code"),
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_suggestion_step_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(
            ["one_id"], ["observation.id"], name=op.f("fk_suggestion_step_one_id_observation")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["observation.id"], name=op.f("fk_suggestion_step_other_id_observation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_step")),
    )
    with op.batch_alter_table("suggestion_step", schema=None) as batch_op:
        batch_op.create_index("ix_suggestion_step_other", ["other_id", "id"], unique=False)
        batch_op.create_index("ix_suggestion_step_pair", ["one_id", "other_id", "id"], unique=False)
        batch_op.create_index("ix_suggestion_step_recorded_at", ["recorded_at"], unique=False)

    with op.batch_alter_table("incident_step", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "checklist",
                sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
                nullable=True,
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("incident_step", schema=None) as batch_op:
        batch_op.drop_column("checklist")

    with op.batch_alter_table("suggestion_step", schema=None) as batch_op:
        batch_op.drop_index("ix_suggestion_step_recorded_at")
        batch_op.drop_index("ix_suggestion_step_pair")
        batch_op.drop_index("ix_suggestion_step_other")

    op.drop_table("suggestion_step")
    with op.batch_alter_table("source_grade", schema=None) as batch_op:
        batch_op.drop_index("ix_source_grade_observation")

    op.drop_table("source_grade")
    op.drop_table("incident_statement")
    with op.batch_alter_table("review_hold", schema=None) as batch_op:
        batch_op.drop_index("ix_review_hold_until")
        batch_op.drop_index("ix_review_hold_thing")

    op.drop_table("review_hold")
