"""Notes of a shift, handovers and their receipts.

Revision ID: 0008
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FACTS = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "shift_note",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("author_id", sa.String(36), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name="fk_shift_note_author_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_shift_note"),
    )
    op.create_index("ix_shift_note_recorded_at", "shift_note", ["recorded_at"])
    op.create_table(
        "handover",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("given_by", sa.String(36), nullable=False),
        sa.Column("content", FACTS, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name="fk_handover_given_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
        sa.UniqueConstraint("number", name="uq_handover_number"),
    )
    op.create_table(
        "handover_receipt",
        sa.Column("handover_id", sa.String(36), nullable=False),
        sa.Column("taken_by", sa.String(36), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name="fk_handover_receipt_handover_id_handover"
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name="fk_handover_receipt_taken_by_person"),
        sa.PrimaryKeyConstraint("handover_id", name="pk_handover_receipt"),
    )


def downgrade() -> None:
    op.drop_table("handover_receipt")
    op.drop_table("handover")
    op.drop_index("ix_shift_note_recorded_at", table_name="shift_note")
    op.drop_table("shift_note")
