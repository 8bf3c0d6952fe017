"""Questions about media."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from incidents.evidence.model import AnnouncedMedia, MediaCustody, MediaFile
from monitor import vault
from monitor.keys import Keys


@dataclass(frozen=True)
class MediaRow:
    """A file as a revision announced it; `has_arrived` once its bytes are here."""

    media_id: str
    observation_id: str
    revision_no: int
    slot: str
    sha256: str
    size_bytes: int
    mime: str
    has_arrived: bool


def media_of(
    session: Session, observation_ids: Collection[str], known_at: dt.datetime | None = None
) -> list[MediaRow]:
    """The files of these observations, of every revision; with `known_at`, here if they had arrived by then.

    A revision that was not known yet announced nothing: callers ask for the revisions that they show.
    """
    arrived = and_(MediaFile.media_id == AnnouncedMedia.media_id, MediaFile.sha256 == AnnouncedMedia.sha256)
    if known_at is not None:
        arrived = and_(arrived, MediaFile.recorded_at <= known_at)
    rows = session.execute(
        select(AnnouncedMedia, MediaFile.media_id)
        .outerjoin(MediaFile, arrived)
        .where(AnnouncedMedia.observation_id.in_(list(observation_ids)))
        .order_by(AnnouncedMedia.observation_id, AnnouncedMedia.revision_no, AnnouncedMedia.slot)
    )
    return [
        MediaRow(
            media_id=row.media_id,
            observation_id=row.observation_id,
            revision_no=row.revision_no,
            slot=row.slot,
            sha256=row.sha256,
            size_bytes=row.size_bytes,
            mime=row.mime,
            has_arrived=held is not None,
        )
        for row, held in rows
    ]


def viewing_sha256(session: Session, media_id: str) -> str | None:
    """The hash of the copy to look at, once it was made; the last one made, whatever was blurred in it.

    Also where one looks back: what was blurred since stays blurred.
    """
    return session.scalar(
        select(MediaCustody.sha256)
        .where(MediaCustody.media_id == media_id, MediaCustody.action.in_(("copy_derived", "blurred")))
        .order_by(MediaCustody.id.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class FileRow:
    """A file that is here."""

    media_id: str
    sha256: str
    size_bytes: int
    mime: str
    sender: str
    leaf_index: int
    recorded_at: dt.datetime


@dataclass(frozen=True)
class CustodyRow:
    """A step in a file's life; machine steps of its arrival name no leaf of their own."""

    action: str
    actor: str
    sha256: str
    leaf_index: int | None
    recorded_at: dt.datetime


def file(session: Session, media_id: str) -> FileRow | None:
    row = session.get(MediaFile, media_id)
    return _file_row(row) if row else None


def files(session: Session, limit: int, known_at: dt.datetime) -> list[FileRow]:
    """The files that were here at a moment, the newest first."""
    query = (
        select(MediaFile)
        .where(MediaFile.recorded_at <= known_at)
        .order_by(MediaFile.recorded_at.desc(), MediaFile.media_id)
        .limit(limit)
    )
    return [_file_row(row) for row in session.scalars(query)]


def _file_row(row: MediaFile) -> FileRow:
    return FileRow(
        row.media_id, row.sha256, row.size_bytes, row.mime, row.sender, row.leaf_index, row.recorded_at
    )


def custody_of(session: Session, media_id: str) -> list[CustodyRow]:
    """Every step of a file's life, oldest first."""
    query = select(MediaCustody).where(MediaCustody.media_id == media_id).order_by(MediaCustody.id)
    return [
        CustodyRow(row.action, row.actor, row.sha256, row.leaf_index, row.recorded_at)
        for row in session.scalars(query)
    ]


def last_steps(session: Session, media_ids: Collection[str], known_at: dt.datetime) -> dict[str, set[str]]:
    """What had happened to each of these files by a moment, as the set of its actions."""
    query = select(MediaCustody.media_id, MediaCustody.action).distinct()
    query = query.where(MediaCustody.recorded_at <= known_at)
    found: dict[str, set[str]] = {}
    for media_id, action in session.execute(query.where(MediaCustody.media_id.in_(list(media_ids)))):
        found.setdefault(media_id, set()).add(action)
    return found


def announcing(session: Session, media_id: str) -> list[str]:
    """The observations that announce this file."""
    query = select(AnnouncedMedia.observation_id).where(AnnouncedMedia.media_id == media_id).distinct()
    return sorted(session.scalars(query))


def announced(session: Session, media_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """The observation and slot of each of these files, where one announces it."""
    query = select(AnnouncedMedia.media_id, AnnouncedMedia.observation_id, AnnouncedMedia.slot)
    rows = session.execute(query.where(AnnouncedMedia.media_id.in_(list(media_ids))))
    return {media_id: (observation_id, slot) for media_id, observation_id, slot in rows}


def also_as(session: Session, sha256: str, but: str) -> list[str]:
    """Other files that are the same bytes."""
    query = select(MediaFile.media_id).where(MediaFile.sha256 == sha256, MediaFile.media_id != but)
    return sorted(session.scalars(query.limit(20)))


def facts_of(session: Session, keys: Keys, media_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """What these files say of themselves. Holds positions: the caller checks who may see them."""
    return vault.open_parts(session, keys, "media", list(media_ids), "facts")


def of_sender(session: Session, sender: str, but: str, limit: int = 50) -> list[str]:
    """The latest other files of the same phone."""
    query = (
        select(MediaFile.media_id)
        .where(MediaFile.sender == sender, MediaFile.media_id != but)
        .order_by(MediaFile.recorded_at.desc())
        .limit(limit)
    )
    return list(session.scalars(query))
