"""A person can take an alert one step up its ladder.

Revision ID: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NAME = "ck_alert_step_step_code"
BEFORE = "step IN ('acknowledge', 'assign', 'note', 'close', 'shelve')"
AFTER = "step IN ('acknowledge', 'assign', 'note', 'close', 'shelve', 'escalate')"


def upgrade() -> None:
    _allow(AFTER)


def downgrade() -> None:
    # What was told stays told: only the mark that a person asked for it turns into a note without words.
    op.execute("UPDATE alert_step SET step = 'note' WHERE step = 'escalate'")
    _allow(BEFORE)


def _allow(codes: str) -> None:
    with op.batch_alter_table("alert_step", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="check")
        batch_op.create_check_constraint(op.f(NAME), codes)
