"""Verbs on files that are here: look, save, export, blur. Each is a step of custody with its leaf in the log.

The original is never touched and never shown; what is shown is a copy with nothing but pixels in it.
"""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Sequence

from sqlalchemy import select

from incidents.events import MediaReceived
from incidents.evidence import queries
from incidents.evidence.model import MediaCustody, MediaFile
from incidents.evidence.viewing import CannotShow, Region, blurred, file_facts, viewing_copy
from monitor import vault
from monitor.audit import audit
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import Invalid, NotFound, WrongState

# A page drawn anew asks for its pictures anew; within this time that is still the same look.
SAME_LOOK = dt.timedelta(minutes=10)
MOST_REGIONS = 50
SMALLEST = 0.005
HIDDEN = ("face", "name", "plate", "position", "other")
# How each step is called in the log.
LEAVES = {
    "viewed": "media.viewed",
    "copy_taken": "export",
    "original_taken": "original_viewed",
    "exported": "export",
    "blurred": "derivative",
    "copy_derived": "derivative",
}
# Zip files carry a date; a fixed one keeps the same export the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)


def look(door: Door, media_id: str) -> str:
    """The hash of the copy to look at; the look is on record. Raises NotFound while there is none."""
    sha256 = _copy_of(door, media_id)
    query = (
        select(MediaCustody.recorded_at)
        .where(
            MediaCustody.media_id == media_id,
            MediaCustody.action == "viewed",
            MediaCustody.actor == door.actor.code,
            MediaCustody.sha256 == sha256,
        )
        .order_by(MediaCustody.id.desc())
        .limit(1)
    )
    last = door.session.scalar(query)
    if last is None or last <= door.now - SAME_LOOK:
        step(door, media_id, "viewed", sha256)
    return sha256


def take_copy(door: Door, media_id: str) -> str:
    """The hash of the copy, to be saved."""
    sha256 = _copy_of(door, media_id)
    step(door, media_id, "copy_taken", sha256)
    return sha256


def take_original(door: Door, media_id: str) -> MediaFile:
    """The file as it came, to be saved and never shown."""
    file = _file(door, media_id)
    step(door, media_id, "original_taken", file.sha256)
    return file


def export(door: Door, media_id: str) -> bytes:
    """The original with what is on record of it, as a zip of stored files; the export is its last step."""
    file = _file(door, media_id)
    step(door, media_id, "exported", file.sha256)
    manifest = {
        "media_id": file.media_id,
        "sha256": file.sha256,
        "bytes": file.size_bytes,
        "mime_as_stated": file.mime,
        "sender": file.sender,
        "received_at": file.recorded_at.isoformat(),
        "log_entry": file.leaf_index,
        "observations": queries.announcing(door.session, media_id),
    }
    custody = [
        {
            "action": row.action,
            "actor": row.actor,
            "sha256": row.sha256,
            "at": row.recorded_at.isoformat(),
            "log_entry": row.leaf_index,
        }
        for row in queries.custody_of(door.session, media_id)
    ]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in (
            ("manifest.json", json.dumps(manifest, indent=1, sort_keys=True).encode()),
            ("custody.jsonl", "".join(json.dumps(row, sort_keys=True) + "\n" for row in custody).encode()),
            (f"original/{file.sha256}", door.app.storage.read(file.sha256)),
        ):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return out.getvalue()


def blur(door: Door, media_id: str, regions: Sequence[Region], hidden: str) -> str:
    """Makes regions of the copy unreadable for good; answers the hash of the new copy, which is shown now.

    The copies before it are not shown any more. The original keeps every pixel.
    """
    take_sequence(door.session)
    if hidden not in HIDDEN:
        raise Invalid({"hidden": [f"One of: {', '.join(HIDDEN)}."]})
    if not 1 <= len(regions) <= MOST_REGIONS:
        raise Invalid({"regions": [f"Mark one to {MOST_REGIONS} regions."]})
    for left, top, wide, high in regions:
        inside = 0 <= left <= 1 and 0 <= top <= 1 and left + wide <= 1.001 and top + high <= 1.001
        if not inside or wide < SMALLEST or high < SMALLEST:
            raise Invalid({"regions": ["Each region lies inside the picture and is large enough to see."]})
    before = _copy_of(door, media_id)
    try:
        copy = blurred(door.app.storage.read(before), regions)
    except CannotShow as error:
        raise WrongState(thing="copy", found="not readable", wanted="a copy that can be shown") from error
    sha256 = door.app.storage.put(copy)
    step(door, media_id, "blurred", sha256, hidden=hidden, regions=len(regions), before=before)
    return sha256


def start_over(door: Door, media_id: str) -> str:
    """A copy made anew from the original, without what was blurred; answers its hash."""
    file = _file(door, media_id)
    try:
        sha256 = door.app.storage.put(viewing_copy(door.app.storage.read(file.sha256)))
    except CannotShow as error:
        raise WrongState(thing="file", found="not a picture that is shown", wanted="a picture") from error
    step(door, media_id, "copy_derived", sha256)
    return sha256


def read_facts(door: Door, event: MediaReceived) -> None:
    """Keeps what a file that arrived says of itself, sealed: it may tell where somebody stood."""
    file = door.session.get(MediaFile, event.media_id)
    assert file is not None
    try:
        facts = file_facts(door.app.storage.read(file.sha256))
    except CannotShow:
        facts = {}
    vault.seal(door.session, door.app.keys, "media", file.media_id, "facts", facts, door.now)


def step(door: Door, media_id: str, action: str, sha256: str, **facts: str | int) -> None:
    """Appends a step of custody and its leaf."""
    leaf = audit(door, LEAVES[action], f"media:{media_id}", what=action, sha256=sha256, **facts)
    door.session.add(
        MediaCustody(
            media_id=media_id,
            action=action,
            actor=door.actor.code,
            sha256=sha256,
            leaf_index=leaf.index,
            recorded_at=door.now,
        )
    )
    door.session.flush()


def _file(door: Door, media_id: str) -> MediaFile:
    file = door.session.get(MediaFile, media_id)
    if file is None:
        raise NotFound(thing="file", id=media_id)
    return file


def _copy_of(door: Door, media_id: str) -> str:
    sha256 = queries.viewing_sha256(door.session, media_id)
    if sha256 is None:
        raise NotFound(thing="copy to look at", id=media_id)
    return sha256
