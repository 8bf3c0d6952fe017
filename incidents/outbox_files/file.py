"""The outbox file of a phone: a head that lists its sealed items, then their bytes one after another. Pure.

`TLOUTBOX1`, a line of JSON, the bytes. The head is not secret and proves nothing; each item is sealed to the
mission and bound to its report and slot, so a wrong head only makes items that do not open.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from monitor.errors import BadRequest
from monitor.parsing import strict_json

MAGIC = b"TLOUTBOX1\n"
LONGEST_HEAD = 4_000_000
MOST_ITEMS = 10_000
PACKAGE = re.compile(r"r([1-9][0-9]{0,4})\Z")


class NotAnOutbox(BadRequest):
    """Not an outbox file of version 1, or one whose head was damaged."""


@dataclass(frozen=True)
class Item:
    """One sealed item. Of a file that is no report, `mime` and the original's `sha256` are told."""

    observation_id: str
    slot: str
    size: int
    mime: str | None = None
    sha256: str | None = None

    @property
    def revision_no(self) -> int | None:
        """The revision, if this is a report; None for a photo or recording, whose slot is its id."""
        found = PACKAGE.match(self.slot)
        return int(found[1]) if found else None


@dataclass(frozen=True)
class OutboxFile:
    made_at: str
    items: tuple[Item, ...]


def read_head(stream: BinaryIO) -> OutboxFile:
    """The head, leaving the stream at the first item. Raises NotAnOutbox saying what is wrong."""
    if stream.read(len(MAGIC)) != MAGIC:
        raise NotAnOutbox(reason="This is not an outbox file: it does not begin with TLOUTBOX1.")
    line = stream.readline(LONGEST_HEAD + 1)
    if not line.endswith(b"\n"):
        raise NotAnOutbox(reason="The head of the outbox file is cut off or too long.")
    head = strict_json(line)
    if not (isinstance(head, dict) and isinstance(head.get("items"), list)):
        raise NotAnOutbox(reason="The head of the outbox file lists no items.")
    if len(head["items"]) > MOST_ITEMS:
        raise NotAnOutbox(reason=f"At most {MOST_ITEMS} items are taken from one outbox file.")
    items = tuple(_item(number, given) for number, given in enumerate(head["items"], 1))
    made_at = head.get("made_at")
    return OutboxFile(made_at if isinstance(made_at, str) else "", items)


def _item(number: int, given: Any) -> Item:
    fits = (
        isinstance(given, dict)
        and isinstance(given.get("observation_id"), str)
        and isinstance(given.get("slot"), str)
        and isinstance(given.get("bytes"), int)
        and not isinstance(given["bytes"], bool)
        and given["bytes"] >= 0
        and isinstance(given.get("mime"), str | None)
        and isinstance(given.get("sha256"), str | None)
    )
    if not fits:
        raise NotAnOutbox(reason=f"Item {number} in the head of the outbox file is damaged.")
    return Item(
        given["observation_id"], given["slot"], given["bytes"], given.get("mime"), given.get("sha256")
    )


def contents(stream: BinaryIO, items: tuple[Item, ...], most: int) -> Iterator[tuple[Item, bytes | None]]:
    """Each item with its bytes; None where the file was cut off, or where one is larger than `most`."""
    for item in items:
        if item.size > most:
            stream.seek(item.size, 1)
            yield item, None
        else:
            found = stream.read(item.size)
            yield item, found if len(found) == item.size else None
