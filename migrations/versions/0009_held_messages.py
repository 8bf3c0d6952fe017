"""Messages of alerts that were held back, and why; findings of a sector know their sector.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alert_message_held",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.String(36), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(80), nullable=False),
        sa.Column("why", sa.String(10), nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "why IN ('cooldown', 'group', 'inhibited', 'muted', 'storm')",
            name=op.f("ck_alert_message_held_why_code"),
        ),
        sa.ForeignKeyConstraint(
            ["alert_id", "version_no"],
            ["alert_version.alert_id", "alert_version.version_no"],
            name="fk_alert_message_held_alert_id_version_no_alert_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alert_message_held"),
    )
    op.create_index("ix_alert_message_held_due", "alert_message_held", ["told_at", "due_at"])
    op.execute(
        "UPDATE finding_version SET sector = (SELECT key FROM finding WHERE finding.id = finding_id "
        "AND finding.key <> '-') WHERE sector IS NULL"
    )


def downgrade() -> None:
    op.drop_index("ix_alert_message_held_due", table_name="alert_message_held")
    op.drop_table("alert_message_held")
