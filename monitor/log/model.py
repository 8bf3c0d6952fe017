"""The log's rows: leaves, the hashes of every complete subtree, and the signed heads."""

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import Base, BigId, instant


class LogLeaf(Base):
    """One entry, as the exact text that is hashed. `at_index` counts from 0 without a gap."""

    __tablename__ = "log_leaf"

    at_index: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(40), index=True)
    leaf: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[instant]


class LogNode(Base):
    """The hash of a complete subtree: level 0 holds the leaves' hashes, level n those of 2^n leaves."""

    __tablename__ = "log_node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at_index: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpoint(Base):
    """A signed head (C2SP checkpoint): whoever holds it can prove what the log held then."""

    __tablename__ = "log_checkpoint"

    size: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[instant]
