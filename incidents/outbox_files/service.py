"""Taking in what was brought in an outbox file, item by item."""

import uuid
from dataclasses import dataclass

from incidents.evidence.service import receive_media
from incidents.intake.service import receive_sealed
from incidents.outbox_files.file import Item
from monitor.access import require
from monitor.door import Door
from monitor.errors import BadRequest, DomainError
from monitor.sealing import open_item

CUT_OFF = "The file is cut off here, or the item is too large. Export the outbox again."


@dataclass(frozen=True)
class Brought:
    """What became of an item. `outcome`: new, correction, repeat, or refused with the reason in `detail`."""

    outcome: str
    detail: str = ""
    number: str | None = None
    reasons: tuple[str, ...] = ()


def bring_item(door: Door, item: Item, content: bytes | None) -> Brought:
    """Takes one item in as if the phone had sent it; one that cannot be taken changes nothing.

    The author of a signed report is whoever signed it; for an unsigned one stands whoever brings it.
    """
    require(door.actor, "incidents:outbox:import")
    if content is None:
        return Brought("refused", CUT_OFF)
    try:
        with door.session.begin_nested():
            if item.revision_no is None:
                return _bring_media(door, item, content)
            received = receive_sealed(door, content, item.observation_id, item.revision_no, by_file=True)
    except DomainError as error:
        return Brought("refused", error.detail)
    receipt = received.receipt
    return Brought(received.outcome, "", receipt.number, receipt.reasons)


def _bring_media(door: Door, item: Item, content: bytes) -> Brought:
    try:
        media_id = str(uuid.UUID(item.slot))
    except ValueError as error:
        raise BadRequest(reason="It is neither a report nor a file with an id.") from error
    if item.sha256 is None:
        raise BadRequest(reason="The head of the outbox file does not tell this file's SHA-256.")
    opened = open_item(door.app.keys.mission, content, item.observation_id, item.slot)
    mime = (item.mime or "application/octet-stream")[:80]
    return Brought("new" if receive_media(door, media_id, opened, item.sha256, mime) else "repeat")
