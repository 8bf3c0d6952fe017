"""Private parts: free text, exact observer positions and witness parts, in encrypted rows of their own.

Each row has its own random key (AES-256-GCM), wrapped by the mission's field key (RFC 3394). Deleting the
wrapped key shreds the part. The owner, part and id are bound in as associated data, so that a row
cannot be moved to another owner unnoticed.
"""

import datetime as dt
import json
import os
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from sqlalchemy import LargeBinary, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from monitor.db.base import Base, UTCDateTime, instant, row_key
from monitor.keys import Keys

NONCE_BYTES = 12


class PrivatePart(Base):
    """One encrypted part of one record. `wrapped_key` is null once it was shredded."""

    __tablename__ = "private_part"
    __table_args__ = (UniqueConstraint("owner", "owner_id", "part"),)

    id: Mapped[row_key]
    owner: Mapped[str] = mapped_column(String(40))
    owner_id: Mapped[str] = mapped_column(String(60))
    part: Mapped[str] = mapped_column(String(40))
    key_id: Mapped[str] = mapped_column(String(40))
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_at: Mapped[instant]
    shredded_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)


def seal(
    session: Session, keys: Keys, owner: str, owner_id: str, part: str, value: Any, now: dt.datetime
) -> None:
    """Keeps a JSON-able value as an encrypted row. A part is written once, never overwritten."""
    record_key, nonce = AESGCM.generate_key(256), os.urandom(NONCE_BYTES)
    plain = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    session.add(
        PrivatePart(
            owner=owner,
            owner_id=owner_id,
            part=part,
            key_id=keys.field_id,
            wrapped_key=aes_key_wrap(keys.field, record_key),
            sealed=nonce + AESGCM(record_key).encrypt(nonce, plain, _bound_to(owner, owner_id, part)),
            recorded_at=now,
        )
    )


def open_part(session: Session, keys: Keys, owner: str, owner_id: str, part: str) -> Any | None:
    """The value, or None where there is none or it was shredded."""
    return open_parts(session, keys, owner, [owner_id], part).get(owner_id)


def open_parts(
    session: Session, keys: Keys, owner: str, owner_ids: Iterable[str], part: str
) -> dict[str, Any]:
    """The same part of many owners, by owner id; those without it are left out."""
    rows = session.execute(
        select(PrivatePart.owner_id, PrivatePart.wrapped_key, PrivatePart.sealed).where(
            PrivatePart.owner == owner,
            PrivatePart.part == part,
            PrivatePart.owner_id.in_(list(owner_ids)),
            PrivatePart.wrapped_key.is_not(None),
        )
    )
    return {
        owner_id: _opened(keys, wrapped_key, sealed, _bound_to(owner, owner_id, part))
        for owner_id, wrapped_key, sealed in rows
        if wrapped_key is not None
    }


def open_all(session: Session, keys: Keys, owner: str, owner_id: str) -> dict[str, Any]:
    """Every part of one owner that was not shredded, by its name, in the order in which they were kept."""
    rows = session.execute(
        select(PrivatePart.part, PrivatePart.wrapped_key, PrivatePart.sealed)
        .where(
            PrivatePart.owner == owner,
            PrivatePart.owner_id == owner_id,
            PrivatePart.wrapped_key.is_not(None),
        )
        .order_by(PrivatePart.id)
    )
    return {
        part: _opened(keys, wrapped_key, sealed, _bound_to(owner, owner_id, part))
        for part, wrapped_key, sealed in rows
        if wrapped_key is not None
    }


def _opened(keys: Keys, wrapped_key: bytes, sealed: bytes, bound: bytes) -> Any:
    record_key = aes_key_unwrap(keys.field, wrapped_key)
    plain = AESGCM(record_key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    return json.loads(plain.decode("utf-8", "surrogatepass"))


def _bound_to(owner: str, owner_id: str, part: str) -> bytes:
    return f"{owner}|{owner_id}|{part}|1".encode()
