"""phones: their keys, sequences and enrolment; how a report was signed and came in"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_key",
        sa.Column("kid", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("holder_id", sa.String(length=36), nullable=False),
        sa.Column("spki", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_key_device_id_device")),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_device_key_holder_id_person")),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_device_key")),
    )
    with op.batch_alter_table("device_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_key_device_id"), ["device_id"], unique=False)

    op.create_table(
        "enrolment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("device_code", sa.String(length=40), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spki", sa.LargeBinary(), nullable=True),
        sa.Column(
            "words",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_enrolment_device_id_device")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_enrolment_code_sha256")),
    )
    op.create_table(
        "device_sequence",
        sa.Column("kid", sa.String(length=32), nullable=False),
        sa.Column(
            "device_seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("envelope_sha256", sa.String(length=64), nullable=False),
        sa.Column("prev_sha256", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kid"], ["device_key.kid"], name=op.f("fk_device_sequence_kid_device_key")),
        sa.PrimaryKeyConstraint("kid", "device_seq", "envelope_sha256", name=op.f("pk_device_sequence")),
    )
    # Plain ALTER TABLE, no copy: other tables point at these, and SQLite would not let them go.
    op.add_column("device", sa.Column("wipes", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("device", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_column("device", "public_key")
    op.add_column("observation_revision", sa.Column("device_key", sa.String(length=32), nullable=True))
    op.add_column("observation_revision", sa.Column("envelope_sha256", sa.String(length=64), nullable=True))
    op.add_column(
        "observation_revision",
        sa.Column("is_sealed", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("observation_revision", sa.Column("brought_by", sa.String(length=80), nullable=True))


def downgrade() -> None:
    for column in ("brought_by", "is_sealed", "envelope_sha256", "device_key"):
        op.drop_column("observation_revision", column)
    op.add_column(
        "device",
        sa.Column(
            "public_key",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
    )
    op.drop_column("device", "seen_at")
    op.drop_column("device", "wipes")
    op.drop_table("device_sequence")
    op.drop_table("enrolment")
    op.drop_table("device_key")
