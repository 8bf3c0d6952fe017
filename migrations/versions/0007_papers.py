"""papers of every kind, their translations, releases and deliveries"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = ("daily", "interim", "weekly", "spot", "pack", "feed")
KINDS_BEFORE = ("daily", "weekly", "spot", "feed")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with tables_made_anew():
        of_kinds("period_run", KINDS)
        of_kinds("edition", KINDS)
        with op.batch_alter_table("period_run", schema=None) as batch_op:
            batch_op.add_column(sa.Column("subject", sa.String(length=80), nullable=False, server_default=""))
            batch_op.drop_constraint("uq_period_run_kind_start_utc_end_utc", type_="unique")
            batch_op.create_unique_constraint(
                op.f("uq_period_run_kind_subject_start_utc_end_utc"),
                ["kind", "subject", "start_utc", "end_utc"],
            )
        with op.batch_alter_table("period_run", schema=None) as batch_op:
            batch_op.alter_column("subject", server_default=None)
    op.create_table(
        "summary_translation",
        sa.Column("summary_id", sa.String(length=36), nullable=False),
        sa.Column("version_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["summary_id", "version_no"],
            ["summary_version.summary_id", "summary_version.version_no"],
            name=op.f("fk_summary_translation_summary_id_version_no_summary_version"),
        ),
        sa.PrimaryKeyConstraint("summary_id", "version_no", "language", name=op.f("pk_summary_translation")),
    )
    op.create_table(
        "edition_translation",
        sa.Column("edition_id", sa.String(length=36), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("html_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_translation_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("edition_id", "language", name=op.f("pk_edition_translation")),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("edition_id", sa.String(length=36), nullable=False),
        sa.Column("profile", sa.String(length=20), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("html_sha256", sa.String(length=64), nullable=False),
        sa.Column("requested_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_release_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
    )
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index("ix_release_edition", ["edition_id", "profile"], unique=False)
    op.create_table(
        "release_decision",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("release_id", sa.String(length=36), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IN ('approved', 'refused')", name=op.f("ck_release_decision_decision_code")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_decision_release_id_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_decision")),
        sa.UniqueConstraint("release_id", name=op.f("uq_release_decision_release_id")),
    )
    op.create_table(
        "recipient",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("profile", sa.String(length=20), nullable=False),
        sa.Column("kinds", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "channel IN ('email', 'webhook', 'download')", name=op.f("ck_recipient_channel_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
    )
    op.drop_table("edition_delivery")
    op.create_table(
        "edition_delivery",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("edition_id", sa.String(length=36), nullable=False),
        sa.Column("recipient_id", sa.String(length=36), nullable=False),
        sa.Column("release_id", sa.String(length=36), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'delivered', 'failed')", name=op.f("ck_edition_delivery_state_code")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_delivery_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipient.id"], name=op.f("fk_edition_delivery_recipient_id_recipient")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_edition_delivery_release_id_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_delivery")),
        sa.UniqueConstraint(
            "edition_id", "recipient_id", name=op.f("uq_edition_delivery_edition_id_recipient_id")
        ),
    )
    with op.batch_alter_table("edition_delivery", schema=None) as batch_op:
        batch_op.create_index("ix_edition_delivery_due", ["state", "next_at"], unique=False)


def downgrade() -> None:
    op.drop_table("edition_delivery")
    op.create_table(
        "edition_delivery",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("edition_id", sa.String(length=36), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_delivery_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_delivery")),
        sa.UniqueConstraint(
            "edition_id",
            "recipient",
            "channel",
            name=op.f("uq_edition_delivery_edition_id_recipient_channel"),
        ),
    )
    for table in ("recipient", "release_decision", "release", "edition_translation", "summary_translation"):
        op.drop_table(table)
    with tables_made_anew():
        # What has no name before is kept under the one that meant anything else.
        for table in ("period_run", "edition"):
            op.execute(f"UPDATE {table} SET kind = 'feed' WHERE kind IN ('interim', 'pack')")  # noqa: S608
        with op.batch_alter_table("period_run", schema=None) as batch_op:
            batch_op.drop_constraint("uq_period_run_kind_subject_start_utc_end_utc", type_="unique")
            batch_op.create_unique_constraint(
                op.f("uq_period_run_kind_start_utc_end_utc"), ["kind", "start_utc", "end_utc"]
            )
            batch_op.drop_column("subject")
        of_kinds("period_run", KINDS_BEFORE)
        of_kinds("edition", KINDS_BEFORE)


def of_kinds(table: str, kinds: tuple[str, ...]) -> None:
    """Holds the column to these kinds. SQLite's table is made anew, which leaves the old check behind."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    name = f"ck_{table}_kind_code"
    with op.batch_alter_table(table, schema=None) as batch_op:
        if op.get_bind().dialect.name != "sqlite":
            batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.create_check_constraint(op.f(name), f"kind IN ({listed})")


@contextmanager
def tables_made_anew() -> Iterator[None]:
    """SQLite changes a table by making it anew, which no row may watch that refers to it. Its switch for
    that is deaf inside a transaction, so the one that is open is closed for it; then all is checked."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        yield
        return
    for step in ("COMMIT", "PRAGMA foreign_keys=0", "BEGIN IMMEDIATE"):
        bind.exec_driver_sql(step)
    yield
    broken = bind.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"rows that refer to nothing: {broken[:5]}")
    for step in ("COMMIT", "PRAGMA foreign_keys=1", "BEGIN IMMEDIATE"):
        bind.exec_driver_sql(step)
