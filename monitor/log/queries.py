"""What the log holds: its size, signed heads, and proofs that an entry stands in it."""

import datetime as dt
import functools
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor import merkle
from monitor.door import App
from monitor.errors import NotFound
from monitor.log.model import LogCheckpoint, LogLeaf, LogNode


@dataclass(frozen=True)
class HeadRow:
    """A signed head: `note` is the C2SP checkpoint as issued."""

    size: int
    root: bytes
    note: str
    recorded_at: dt.datetime


def log_size(session: Session) -> int:
    last = session.scalar(select(func.max(LogLeaf.at_index)))
    return 0 if last is None else last + 1


def node_reader(session: Session) -> merkle.Node:
    """Reads stored subtree hashes, as `monitor.merkle` asks for them."""

    def node(level: int, index: int) -> bytes:
        return session.execute(
            select(LogNode.hash).where(LogNode.level == level, LogNode.at_index == index)
        ).scalar_one()

    return node


def verifier_key(app: App) -> merkle.VerifierKey:
    """The key against which this mission's heads are checked."""
    return merkle.VerifierKey.of(app.settings.log_origin, app.keys.log)


def latest_head(session: Session) -> HeadRow | None:
    return _head(session.scalar(select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)))


def first_head_with(session: Session, leaf_index: int) -> HeadRow | None:
    """The oldest signed head that covers the entry; None until it is signed, about a second later."""
    covering = select(LogCheckpoint).where(LogCheckpoint.size > leaf_index)
    return _head(session.scalar(covering.order_by(LogCheckpoint.size).limit(1)))


def _head(row: LogCheckpoint | None) -> HeadRow | None:
    return HeadRow(row.size, row.root, row.note, row.recorded_at) if row else None


def has_root(session: Session, size: int, root: bytes) -> bool:
    """Whether the log had this root when it had this size; nothing longer than the log is known."""
    return size <= log_size(session) and merkle.root(size, node_reader(session)) == root


def leaf_text(session: Session, index: int) -> str:
    row = session.get(LogLeaf, index)
    if row is None:
        raise NotFound(thing="log entry", id=index)
    return row.leaf


def inclusion(session: Session, index: int, head: HeadRow) -> list[str]:
    """The proof that entry `index` stands under `head`, as hex hashes from leaf to root."""
    return [step.hex() for step in merkle.inclusion_proof(index, head.size, node_reader(session))]


def inclusions(session: Session, indexes: Collection[int], head: HeadRow | None) -> dict[int, list[str]]:
    """The proofs of many entries under one head, by entry; those that it does not cover yet are left out.

    Proofs share most of their hashes; each is read once.
    """
    if head is None:
        return {}
    node = functools.cache(node_reader(session))
    return {
        index: [step.hex() for step in merkle.inclusion_proof(index, head.size, node)]
        for index in indexes
        if index < head.size
    }


def consistency(session: Session, old_size: int, head: HeadRow) -> list[str]:
    """The proof that the log of `old_size` is a beginning of `head`."""
    if not 0 <= old_size <= head.size:
        raise NotFound(thing="log of that size", id=old_size)
    return [step.hex() for step in merkle.consistency_proof(old_size, head.size, node_reader(session))]
