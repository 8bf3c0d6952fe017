"""Signed copies of the PDFs that went out.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signed_file",
        sa.Column("pdf_sha256", sa.String(64), nullable=False),
        sa.Column("signed_sha256", sa.String(64), nullable=True),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pdf_sha256", name="pk_signed_file"),
    )
    op.create_index("ix_signed_file_signed_sha256", "signed_file", ["signed_sha256"])


def downgrade() -> None:
    op.drop_index("ix_signed_file_signed_sha256", "signed_file")
    op.drop_table("signed_file")
