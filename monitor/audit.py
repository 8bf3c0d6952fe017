"""What was done by whom. Every entry is a leaf of the evidence log and a row that can be searched."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import Base, BigId, facts, instant
from monitor.door import Door
from monitor.log.service import Leaf, append


class AuditEntry(Base):
    """`facts` are codes, ids and numbers; never text or positions."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "leaf_index"),)

    leaf_index: Mapped[int] = mapped_column(
        BigId, ForeignKey("log_leaf.at_index"), primary_key=True, autoincrement=False
    )
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120))
    facts: Mapped[facts]
    recorded_at: Mapped[instant]


def audit(door: Door, action: str, subject: str, **facts: str | int) -> Leaf:
    """Notes that the door's actor did `action` to `subject` (as `kind:id`), with codes and numbers only."""
    leaf = append(door.session, action, {"actor": door.actor.code, "subject": subject, **facts}, door.now)
    door.session.add(
        AuditEntry(
            leaf_index=leaf.index,
            actor=door.actor.code,
            action=action,
            subject=subject,
            facts=facts,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    return leaf
