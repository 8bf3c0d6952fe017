"""Appends to the evidence log and signs its heads."""

import datetime as dt
import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import merkle
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.log.model import LogCheckpoint, LogLeaf, LogNode
from monitor.log.queries import log_size, node_reader


@dataclass(frozen=True)
class Leaf:
    """An entry of the log: `text` is exactly what is hashed."""

    index: int
    text: str


def append(session: Session, type: str, facts: dict[str, str | int], now: dt.datetime) -> Leaf:
    """Adds an entry. `facts` hold codes, ids, hashes and whole numbers; never text or positions."""
    take_sequence(session)
    index = log_size(session)
    at = now.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    entry = {**facts, "at": at, "seq": index, "type": type, "v": 1}
    # Sorted, without spaces, ASCII, text and whole numbers only: this is what RFC 8785 would give.
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    session.add(LogLeaf(at_index=index, type=type, leaf=text, recorded_at=now))
    grown = merkle.completed_by(index, merkle.leaf_hash(text.encode()), node_reader(session))
    session.add_all(LogNode(level=level, at_index=at, hash=value) for level, at, value in grown)
    session.flush()
    return Leaf(index, text)


def sign_head(door: Door) -> str | None:
    """Signs the head if the log has grown since the last one; answers what it did.

    The head before must be a beginning of this one: a log that was shortened or rewritten is not signed.
    """
    size = log_size(door.session)
    last = door.session.scalar(select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1))
    if size == (last.size if last else 0):
        return None
    node = node_reader(door.session)
    root = merkle.root(size, node)
    if last:
        proof = merkle.consistency_proof(last.size, size, node) if last.size <= size else []
        if not merkle.verify_consistency(last.size, last.root, size, root, proof):
            raise RuntimeError(f"the log of {size} entries does not continue the signed head of {last.size}")
    checkpoint = merkle.Checkpoint(door.app.settings.log_origin, size, root)
    door.session.add(
        LogCheckpoint(size=size, root=root, note=checkpoint.signed(door.app.keys.log), recorded_at=door.now)
    )
    return None  # the checkpoint row says it all; a job run for each would only be noise
