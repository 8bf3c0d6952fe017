"""claims ledger, protected people, custody"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


EARLIER = ("received", "copy_derived", "not_shown")
ACTIONS = (*EARLIER, "viewed", "copy_taken", "original_taken", "exported", "blurred")


def listed(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


def upgrade() -> None:
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index("ix_claim_digest", ["digest"], unique=False)

    op.create_table(
        "claim_import",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("shape", sa.String(length=20), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column(
            "refused",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_import")),
    )
    with op.batch_alter_table("claim_import", schema=None) as batch_op:
        batch_op.create_index("ix_claim_import_recorded_at", ["recorded_at"], unique=False)

    op.create_table(
        "protected_person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_person")),
        sa.UniqueConstraint("number", name=op.f("uq_protected_person_number")),
    )
    op.create_table(
        "claim_archive",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("claim_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mime", sa.String(length=80), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("leaf_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_archive_claim_id_claim")),
        sa.ForeignKeyConstraint(
            ["leaf_index"], ["log_leaf.at_index"], name=op.f("fk_claim_archive_leaf_index_log_leaf")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_archive")),
    )
    with op.batch_alter_table("claim_archive", schema=None) as batch_op:
        batch_op.create_index("ix_claim_archive_claim", ["claim_id", "id"], unique=False)

    op.create_table(
        "claim_pair",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("one_id", sa.String(length=36), nullable=False),
        sa.Column("other_id", sa.String(length=36), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["one_id"], ["claim.id"], name=op.f("fk_claim_pair_one_id_claim")),
        sa.ForeignKeyConstraint(["other_id"], ["claim.id"], name=op.f("fk_claim_pair_other_id_claim")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_pair")),
    )
    with op.batch_alter_table("claim_pair", schema=None) as batch_op:
        batch_op.create_index("ix_claim_pair_one", ["one_id", "other_id", "id"], unique=False)
        batch_op.create_index("ix_claim_pair_other", ["other_id", "id"], unique=False)

    op.create_table(
        "identity_version",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("name_index", sa.String(length=64), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["protected_person.id"],
            name=op.f("fk_identity_version_person_id_protected_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_version")),
        sa.UniqueConstraint("person_id", "version_no", name=op.f("uq_identity_version_person_id_version_no")),
    )
    with op.batch_alter_table("identity_version", schema=None) as batch_op:
        batch_op.create_index("ix_identity_version_name_index", ["name_index"], unique=False)

    op.create_table(
        "identity_view",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("leaf_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('tracing', 'family_contact', 'medical', 'verification', 'correction', 'legal_duty', 'other')",
            name=op.f("ck_identity_view_purpose_code"),
        ),
        sa.CheckConstraint("what IN ('person', 'report')", name=op.f("ck_identity_view_what_code")),
        sa.ForeignKeyConstraint(
            ["leaf_index"], ["log_leaf.at_index"], name=op.f("fk_identity_view_leaf_index_log_leaf")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_view")),
    )
    with op.batch_alter_table("identity_view", schema=None) as batch_op:
        batch_op.create_index("ix_identity_view_subject", ["subject_id", "id"], unique=False)

    op.create_table(
        "same_person",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("one_id", sa.String(length=36), nullable=False),
        sa.Column("other_id", sa.String(length=36), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["one_id"], ["protected_person.id"], name=op.f("fk_same_person_one_id_protected_person")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["protected_person.id"], name=op.f("fk_same_person_other_id_protected_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_same_person")),
    )
    with op.batch_alter_table("same_person", schema=None) as batch_op:
        batch_op.create_index("ix_same_person_pair", ["one_id", "other_id", "id"], unique=False)

    op.create_table(
        "person_fate",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("observation_id", sa.String(length=36), nullable=False),
        sa.Column("fate", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "fate IN ('killed', 'injured', 'missing', 'detained', 'transferred', 'released', 'exchanged', 'ill_treatment_alleged', 'public_display', 'witness')",
            name=op.f("ck_person_fate_fate_code"),
        ),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observation.id"], name=op.f("fk_person_fate_observation_id_observation")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["protected_person.id"], name=op.f("fk_person_fate_person_id_protected_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_fate")),
    )
    with op.batch_alter_table("person_fate", schema=None) as batch_op:
        batch_op.create_index("ix_person_fate_observation", ["observation_id", "id"], unique=False)
        batch_op.create_index(
            "ix_person_fate_person", ["person_id", "observation_id", "fate", "id"], unique=False
        )

    with op.batch_alter_table("media_custody", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("leaf_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_media_custody_leaf_index_log_leaf"), "log_leaf", ["leaf_index"], ["at_index"]
        )
        batch_op.drop_constraint(batch_op.f("ck_media_custody_action_code"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_media_custody_action_code"), f"action IN ({listed(ACTIONS)})"
        )


def downgrade() -> None:
    # The earlier table knows no steps that people take; their leaves stay in the log.
    op.execute(f"DELETE FROM media_custody WHERE action NOT IN ({listed(EARLIER)})")  # noqa: S608
    with op.batch_alter_table("media_custody", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_media_custody_action_code"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_media_custody_action_code"), f"action IN ({listed(EARLIER)})"
        )
        batch_op.drop_constraint(batch_op.f("fk_media_custody_leaf_index_log_leaf"), type_="foreignkey")
        batch_op.drop_column("leaf_index")

    with op.batch_alter_table("person_fate", schema=None) as batch_op:
        batch_op.drop_index("ix_person_fate_person")
        batch_op.drop_index("ix_person_fate_observation")

    op.drop_table("person_fate")
    with op.batch_alter_table("same_person", schema=None) as batch_op:
        batch_op.drop_index("ix_same_person_pair")

    op.drop_table("same_person")
    with op.batch_alter_table("identity_view", schema=None) as batch_op:
        batch_op.drop_index("ix_identity_view_subject")

    op.drop_table("identity_view")
    with op.batch_alter_table("identity_version", schema=None) as batch_op:
        batch_op.drop_index("ix_identity_version_name_index")

    op.drop_table("identity_version")
    with op.batch_alter_table("claim_pair", schema=None) as batch_op:
        batch_op.drop_index("ix_claim_pair_other")
        batch_op.drop_index("ix_claim_pair_one")

    op.drop_table("claim_pair")
    with op.batch_alter_table("claim_archive", schema=None) as batch_op:
        batch_op.drop_index("ix_claim_archive_claim")

    op.drop_table("claim_archive")
    op.drop_table("protected_person")
    with op.batch_alter_table("claim_import", schema=None) as batch_op:
        batch_op.drop_index("ix_claim_import_recorded_at")

    op.drop_table("claim_import")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index("ix_claim_digest")
