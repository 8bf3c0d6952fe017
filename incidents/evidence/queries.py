"""Questions about media."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from incidents.evidence.model import AnnouncedMedia, MediaCustody, MediaFile


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


def media_of(session: Session, observation_ids: Collection[str]) -> list[MediaRow]:
    """The files of these observations, of every revision."""
    rows = session.execute(
        select(AnnouncedMedia, MediaFile.media_id)
        .outerjoin(
            MediaFile,
            and_(MediaFile.media_id == AnnouncedMedia.media_id, MediaFile.sha256 == AnnouncedMedia.sha256),
        )
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
            has_arrived=arrived is not None,
        )
        for row, arrived in rows
    ]


def viewing_sha256(session: Session, media_id: str) -> str | None:
    """The hash of the copy to look at, once it was made."""
    return session.scalar(
        select(MediaCustody.sha256)
        .where(MediaCustody.media_id == media_id, MediaCustody.action == "copy_derived")
        .order_by(MediaCustody.id.desc())
        .limit(1)
    )
