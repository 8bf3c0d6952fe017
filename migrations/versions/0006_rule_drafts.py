"""rules: drafts written at the desk, proposals that another person answers"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_draft",
        sa.Column("draft_id", sa.String(length=36), nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("published_as", sa.String(length=80), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_as"], ["rule_version.id"], name=op.f("fk_rule_draft_published_as_rule_version")
        ),
        sa.PrimaryKeyConstraint("draft_id", "edition", name=op.f("pk_rule_draft")),
    )
    with op.batch_alter_table("rule_draft", schema=None) as batch_op:
        batch_op.create_index("ix_rule_draft_published_as", ["published_as"], unique=False)

    op.create_table(
        "rule_proposal",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("rule_version_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("back_test_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answers_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('on', 'retired', 'agreed', 'refused')", name=op.f("ck_rule_proposal_kind_code")
        ),
        sa.ForeignKeyConstraint(
            ["answers_id"], ["rule_proposal.id"], name=op.f("fk_rule_proposal_answers_id_rule_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["back_test_id"], ["rule_back_test.id"], name=op.f("fk_rule_proposal_back_test_id_rule_back_test")
        ),
        sa.ForeignKeyConstraint(
            ["rule_version_id"],
            ["rule_version.id"],
            name=op.f("fk_rule_proposal_rule_version_id_rule_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_proposal")),
        sa.UniqueConstraint("answers_id", name=op.f("uq_rule_proposal_answers_id")),
    )
    with op.batch_alter_table("rule_proposal", schema=None) as batch_op:
        batch_op.create_index("ix_rule_proposal_rule_version_id", ["rule_version_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("rule_proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_rule_proposal_rule_version_id")
    op.drop_table("rule_proposal")
    with op.batch_alter_table("rule_draft", schema=None) as batch_op:
        batch_op.drop_index("ix_rule_draft_published_as")
    op.drop_table("rule_draft")
