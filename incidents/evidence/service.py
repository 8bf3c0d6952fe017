"""Verbs on media: announce, receive, derive a copy to look at."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.events import MediaReceived
from incidents.evidence.model import AnnouncedMedia, MediaCustody, MediaFile
from incidents.evidence.viewing import CannotShow, viewing_copy
from monitor.door import Door
from monitor.errors import BadRequest, Conflict
from monitor.log.service import append
from monitor.outbox import record


def expect_media(
    door: Door, observation_id: str, revision_no: int, announced: Iterable[Mapping[str, Any]]
) -> None:
    """Notes the files that a revision announces."""
    for media_id, item in {str(item["media_id"]): item for item in announced if "media_id" in item}.items():
        door.session.add(
            AnnouncedMedia(
                media_id=media_id,
                observation_id=observation_id,
                revision_no=revision_no,
                slot=item.get("slot", "file"),
                sha256=item.get("sha256", ""),
                size_bytes=item.get("bytes", 0),
                mime=item.get("mime", "application/octet-stream"),
            )
        )
    door.session.flush()


def differing_media(session: Session, announced: Iterable[Mapping[str, Any]]) -> list[str]:
    """Reasons for files that came before their report and are not what the report announces."""
    said = {str(item["media_id"]): item for item in announced if "media_id" in item}
    held = session.execute(
        select(MediaFile.media_id, MediaFile.sha256).where(MediaFile.media_id.in_(list(said)))
    )
    return [
        f"media_differs:{said[media_id].get('slot', 'file')}"
        for media_id, sha256 in held
        if sha256 != said[media_id].get("sha256")
    ]


def receive_media(door: Door, media_id: str, content: bytes, sha256: str, mime: str) -> bool:
    """Keeps a file; answers whether it is new. BadRequest for a cut body, Conflict for another file."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise BadRequest(reason=f"The bytes that arrived have the SHA-256 {found}, not {sha256}. Send again.")
    known = door.session.get(MediaFile, media_id)
    announced = door.session.scalars(
        select(AnnouncedMedia.sha256).where(AnnouncedMedia.media_id == media_id)
    ).all()
    if (known and known.sha256 != sha256) or (announced and sha256 not in announced):
        raise Conflict(reason="Another file stands under this id. Send this one under an id of its own.")
    if known:
        return False
    door.app.storage.put(content)
    leaf = append(
        door.session,
        "media_received",
        {"actor": door.actor.code, "media": media_id, "sha256": sha256, "bytes": len(content)},
        door.now,
    )
    door.session.add(
        MediaFile(
            media_id=media_id,
            sha256=sha256,
            size_bytes=len(content),
            mime=mime,
            sender=door.actor.code,
            leaf_index=leaf.index,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    _custody(door, media_id, "received", sha256)
    owner = door.session.scalar(
        select(AnnouncedMedia.observation_id).where(AnnouncedMedia.media_id == media_id).limit(1)
    )
    record(door.session, MediaReceived(media_id, owner), door.now)
    return True


def derive_copy(door: Door, event: MediaReceived) -> None:
    """Makes the copy that screens show: fresh pixels, no metadata. The original is never touched."""
    file = door.session.get(MediaFile, event.media_id)
    assert file is not None
    try:
        copy = viewing_copy(door.app.storage.read(file.sha256))
    except CannotShow:
        _custody(door, file.media_id, "not_shown", file.sha256)
        return
    _custody(door, file.media_id, "copy_derived", door.app.storage.put(copy))


def _custody(door: Door, media_id: str, action: str, sha256: str) -> None:
    door.session.add(
        MediaCustody(
            media_id=media_id, action=action, actor=door.actor.code, sha256=sha256, recorded_at=door.now
        )
    )
    door.session.flush()
