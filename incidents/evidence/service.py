"""Verbs on media: announce, receive, derive a copy to look at."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.events import MediaReceived
from incidents.evidence.model import AnnouncedMedia, MediaCustody, MediaFile
from incidents.evidence.viewing import CannotShow, viewing_copy
from monitor.clock import wall_now
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import BadRequest, Conflict, TooLarge, WrongOffset
from monitor.log.service import append
from monitor.outbox import record
from monitor.sealing import OVERHEAD, open_item

# How long a file may stop arriving; as long as a phone keeps what it has sent.
PATIENCE = dt.timedelta(days=14)
# Marks a file that once came whole and was not what was promised.
AGAIN = ".again"


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
    if _not_another(door.session, media_id, sha256):
        return False
    door.app.storage.put(content)
    # The same file sent twice at once is one file and one repeat.
    take_sequence(door.session)
    if _not_another(door.session, media_id, sha256):
        return False
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


@dataclass(frozen=True)
class Part:
    """A part of a file on its way: where it begins, how long the whole is, and what the whole must be.

    `sealed_for` names the observation that a sealed file was bound to; the file itself is bound by its id.
    """

    offset: int
    length: int
    sha256: str
    mime: str
    sealed_for: str | None


@dataclass(frozen=True)
class Arrival:
    """How far a file has come: `offset` bytes; with `size_bytes` it is whole and verified."""

    offset: int
    size_bytes: int | None = None
    is_new: bool = False


def receive_part(door: Door, media_id: str, part: Part, content: bytes) -> Arrival:
    """Takes a part of a file, and the file when it is whole. A part that is here already is no harm.

    Raises Conflict where another file stands under the id, TooLarge, and WrongOffset saying where to go on;
    so too when the whole was not what was promised: it begins anew, and the second time is a BadRequest.
    """
    limit = door.app.settings.media_limit_bytes + (OVERHEAD if part.sealed_for else 0)
    if part.length > limit:
        raise TooLarge(limit=limit)
    if part.offset + len(content) > part.length:
        raise BadRequest(reason="The part reaches beyond the length of the whole.")
    known = _not_another(door.session, media_id, part.sha256)
    if known:
        return Arrival(part.length, known.size_bytes)
    name, arriving = _arriving_name(door, media_id), door.app.storage.arriving
    here = arriving.size(name)
    if here > part.length:
        arriving.drop(name)
        raise WrongOffset(offset=0, reason="More is here than the whole is long.")
    if part.offset > here:
        raise WrongOffset(offset=here, reason="A part is missing before this one.")
    size = arriving.write(name, part.offset, content)
    if size < part.length:
        return Arrival(size)
    whole = _whole(door, media_id, part, arriving.read(name), name)
    is_new = receive_media(door, media_id, whole, part.sha256, _mime(door.session, media_id, part))
    arriving.drop(name)
    arriving.drop(name + AGAIN)
    return Arrival(part.length, len(whole), is_new)


def bytes_here(door: Door, media_id: str) -> tuple[int, bool]:
    """How much of a file is here from this sender, and whether it is whole.

    Ids are random and made by phones: who knows one may learn that it arrived.
    """
    known = door.session.get(MediaFile, media_id)
    if known:
        return known.size_bytes, True
    return door.app.storage.arriving.size(_arriving_name(door, media_id)), False


def drop_abandoned(door: Door) -> str | None:
    """Forgets files that stopped arriving long ago. A phone that still has them begins anew."""
    arriving = door.app.storage.arriving
    names = [name for name in arriving.untouched_since(wall_now() - PATIENCE) if arriving.drop(name)]
    return f"forgot {len(names)} files that never came whole" if names else None


def _arriving_name(door: Door, media_id: str) -> str:
    """By sender, so that nobody can write into, or ask after, what another one is sending."""
    return hashlib.sha256(f"{door.actor.code}/{media_id}".encode()).hexdigest()


def _whole(door: Door, media_id: str, part: Part, content: bytes, name: str) -> bytes:
    """The file as it was before sealing, verified by its hash."""
    try:
        if part.sealed_for:
            content = open_item(door.app.keys.mission, content, part.sealed_for, media_id)
        if hashlib.sha256(content).hexdigest() != part.sha256:
            raise BadRequest(reason="The file that arrived has another SHA-256 than promised.")
    except BadRequest as error:
        arriving = door.app.storage.arriving
        arriving.drop(name)
        if arriving.drop(name + AGAIN):
            raise
        arriving.write(name + AGAIN, 0, b"")
        raise WrongOffset(offset=0, reason=error.detail) from error
    return content


def _mime(session: Session, media_id: str, part: Part) -> str:
    """What kind of file it is: of a sealed one only its report says so."""
    if part.sealed_for is None:
        return part.mime
    announced = select(AnnouncedMedia.mime).where(AnnouncedMedia.media_id == media_id).limit(1)
    return session.scalar(announced) or "application/octet-stream"


def _not_another(session: Session, media_id: str, sha256: str) -> MediaFile | None:
    """The file held under this id, if any. Raises Conflict where it or the announced one is another."""
    known = session.get(MediaFile, media_id)
    announced = session.scalars(
        select(AnnouncedMedia.sha256).where(AnnouncedMedia.media_id == media_id)
    ).all()
    if (known and known.sha256 != sha256) or (announced and sha256 not in announced):
        raise Conflict(reason="Another file stands under this id. Send this one under an id of its own.")
    return known


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
