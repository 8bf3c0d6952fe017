"""rules: nine kinds read watches and claims too; findings split; checks, mutes, who answers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0001"
branch_labels = None
depends_on = None


CHANGES = "'raised', 'strengthened', 'amended', 'extended', 'resolved', 'reopened', 'withdrawn', 'merged'"
REASONS = (
    "'new_report', 'late_report', 'corrected', 'refuted', 'withdrawn', 'reviewed', 'linked', 'clock', "
    "'baseline_changed', 'rule_version_changed', 'split'"
)
ORIGINS = "origin IN ('observation', 'watch', 'claim')"


def list_codes(table: str, column: str, codes: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_{column}_code"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_{column}_code"), f"{column} IN ({codes})")


def upgrade() -> None:
    op.create_table(
        "alert_mute",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("rule_id", sa.String(length=60), nullable=True),
        sa.Column("sector", sa.String(length=40), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ends"], ["alert_mute.id"], name=op.f("fk_alert_mute_ends_alert_mute")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_mute")),
    )
    with op.batch_alter_table("alert_mute", schema=None) as batch_op:
        batch_op.create_index("ix_alert_mute_until_at", ["until_at"], unique=False)

    op.create_table(
        "alert_message_held",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "why IN ('cooldown', 'group', 'inhibited', 'muted', 'storm')",
            name=op.f("ck_alert_message_held_why_code"),
        ),
        sa.ForeignKeyConstraint(
            ["alert_id", "version_no"],
            ["alert_version.alert_id", "alert_version.version_no"],
            name=op.f("fk_alert_message_held_alert_id_version_no_alert_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_message_held")),
    )
    with op.batch_alter_table("alert_message_held", schema=None) as batch_op:
        batch_op.create_index("ix_alert_message_held_due", ["told_at", "due_at"], unique=False)

    op.create_table(
        "rule_check",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("standing", sa.String(length=64), nullable=False),
        sa.Column("recomputed", sa.String(length=64), nullable=False),
        sa.Column(
            "differing",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_check")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.alter_column(
            "key", existing_type=sa.VARCHAR(length=40), type_=sa.String(length=60), existing_nullable=False
        )

    with op.batch_alter_table("finding_evidence", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("origin", sa.String(length=12), nullable=False, server_default="observation")
        )
        batch_op.drop_constraint(
            batch_op.f("fk_finding_evidence_observation_id_observation"), type_="foreignkey"
        )

    with op.batch_alter_table("finding_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("split_from", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("sector", sa.String(length=40), nullable=True))
        batch_op.add_column(
            sa.Column("x", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("y", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("z", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_finding_version_split_from_finding"), "finding", ["split_from"], ["id"]
        )

    with op.batch_alter_table("rule_back_test", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest", sa.String(length=64), nullable=True))

    with op.batch_alter_table("rule_fact", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("origin", sa.String(length=12), nullable=False, server_default="observation")
        )
        batch_op.add_column(sa.Column("watch", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("holds_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("holds_to", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("from_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("until_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "details",
                sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
                nullable=False,
                server_default="{}",
            )
        )
        batch_op.drop_index(batch_op.f("ix_rule_fact_key_t_end"))
        batch_op.create_index("ix_rule_fact_category_until_at", ["category", "until_at"], unique=False)
        batch_op.create_index("ix_rule_fact_key_until_at", ["key", "until_at"], unique=False)
        batch_op.create_index("ix_rule_fact_known_at", ["known_at"], unique=False)
        batch_op.drop_constraint(batch_op.f("fk_rule_fact_observation_id_observation"), type_="foreignkey")

    op.execute(
        "UPDATE finding_version SET sector = (SELECT key FROM finding WHERE finding.id = finding_id "
        "AND finding.key <> '-')"
    )
    op.execute("UPDATE rule_fact SET from_at = t_start, until_at = t_end")
    with op.batch_alter_table("rule_fact", schema=None) as batch_op:
        batch_op.alter_column("from_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.alter_column("until_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.alter_column("origin", existing_type=sa.String(length=12), server_default=None)
        batch_op.alter_column("details", server_default=None)
        batch_op.create_check_constraint(op.f("ck_rule_fact_origin_code"), ORIGINS)
    with op.batch_alter_table("finding_evidence", schema=None) as batch_op:
        batch_op.alter_column("origin", existing_type=sa.String(length=12), server_default=None)
        batch_op.create_check_constraint(op.f("ck_finding_evidence_origin_code"), ORIGINS)
    list_codes("finding_version", "change", CHANGES + ", 'split'")
    list_codes("finding_version", "reason", REASONS + ", 'out_of_contact'")
    list_codes("alert_version", "reason", REASONS + ", 'out_of_contact'")

    with op.batch_alter_table("rule_step", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("answers", sa.String(length=120), nullable=True))
        batch_op.add_column(
            sa.Column("back_test_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_rule_step_back_test_id_rule_back_test"), "rule_back_test", ["back_test_id"], ["id"]
        )


def downgrade() -> None:
    # What only this version can say is told in the older words; facts of watches and claims are made anew.
    op.execute("UPDATE finding_version SET change = 'raised' WHERE change = 'split'")
    for table in ("finding_version", "alert_version"):
        op.execute(f"UPDATE {table} SET reason = 'late_report' WHERE reason = 'out_of_contact'")  # noqa: S608
    for table in ("finding_evidence", "rule_fact"):
        op.execute(f"DELETE FROM {table} WHERE observation_id NOT IN (SELECT id FROM observation)")  # noqa: S608
    op.execute("UPDATE finding SET key = substr(key, 1, 40)")
    list_codes("finding_version", "change", CHANGES)
    list_codes("finding_version", "reason", REASONS)
    list_codes("alert_version", "reason", REASONS)
    for table in ("finding_evidence", "rule_fact"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_origin_code"), type_="check")
    with op.batch_alter_table("rule_step", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_rule_step_back_test_id_rule_back_test"), type_="foreignkey")
        batch_op.drop_column("back_test_id")
        batch_op.drop_column("answers")
        batch_op.drop_column("by")

    with op.batch_alter_table("rule_fact", schema=None) as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_rule_fact_observation_id_observation"), "observation", ["observation_id"], ["id"]
        )
        batch_op.drop_index("ix_rule_fact_known_at")
        batch_op.drop_index("ix_rule_fact_key_until_at")
        batch_op.drop_index("ix_rule_fact_category_until_at")
        batch_op.create_index(batch_op.f("ix_rule_fact_key_t_end"), ["key", "t_end"], unique=False)
        batch_op.drop_column("details")
        batch_op.drop_column("until_at")
        batch_op.drop_column("from_at")
        batch_op.drop_column("holds_to")
        batch_op.drop_column("holds_from")
        batch_op.drop_column("watch")
        batch_op.drop_column("origin")

    with op.batch_alter_table("rule_back_test", schema=None) as batch_op:
        batch_op.drop_column("digest")

    with op.batch_alter_table("finding_version", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_finding_version_split_from_finding"), type_="foreignkey")
        batch_op.drop_column("z")
        batch_op.drop_column("y")
        batch_op.drop_column("x")
        batch_op.drop_column("sector")
        batch_op.drop_column("split_from")

    with op.batch_alter_table("finding_evidence", schema=None) as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_finding_evidence_observation_id_observation"),
            "observation",
            ["observation_id"],
            ["id"],
        )
        batch_op.drop_column("origin")

    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.alter_column(
            "key", existing_type=sa.String(length=60), type_=sa.VARCHAR(length=40), existing_nullable=False
        )

    op.drop_table("rule_check")
    with op.batch_alter_table("alert_message_held", schema=None) as batch_op:
        batch_op.drop_index("ix_alert_message_held_due")
    op.drop_table("alert_message_held")
    with op.batch_alter_table("alert_mute", schema=None) as batch_op:
        batch_op.drop_index("ix_alert_mute_until_at")

    op.drop_table("alert_mute")
