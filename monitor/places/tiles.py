"""An operator's own base map: one PMTiles file (version 3), named by the setting `basemap_file`.

Only its head is read here: what it holds and whom to name. Browsers fetch its tiles by range.
"""

import functools
import gzip
import json
import struct
import zlib
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

MAGIC = b"PMTiles"
VERSION = 3
HEAD_BYTES = 127
GZIP, PLAIN = 2, 1
KINDS = {1: "vector", 2: "image/png", 3: "image/jpeg", 4: "image/webp", 5: "image/avif"}
LARGEST_METADATA = 4 << 20
_METADATA = struct.Struct("<24xQQ")
# Compression inside the file, compression and kind of a tile, zooms, and the box in 1e-7 degrees.
_ABOUT = struct.Struct("<97xBBBBBiiii")


class NotTiles(ValueError):
    """The file cannot be used as a base map; the text says why and what to mend."""


@dataclass(frozen=True)
class TileFile:
    """What a file of tiles holds. `kind` is vector or the media type of its pictures; `bounds` W, S, E, N."""

    kind: str
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]
    attribution: str


def tile_file(path: Path) -> TileFile:
    """Raises NotTiles."""
    try:
        changed_ns = path.stat().st_mtime_ns
    except OSError as error:
        raise NotTiles(f"{path} cannot be read: {error.strerror}. Put the file there.") from error
    return _read(path, changed_ns)


@functools.lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int) -> TileFile:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if len(head) < HEAD_BYTES or not head.startswith(MAGIC):
            raise NotTiles(
                f"{path} is no PMTiles file. Other formats can be converted with `pmtiles convert`."
            )
        if head[len(MAGIC)] != VERSION:
            raise NotTiles(f"{path} is PMTiles version {head[len(MAGIC)]}; version {VERSION} is needed.")
        inside, _, kind, low, high, *box = _ABOUT.unpack_from(head)
        if kind not in KINDS:
            raise NotTiles(f"{path} holds tiles of an unknown kind ({kind}).")
        offset, length = _METADATA.unpack_from(head)
        file.seek(offset)
        metadata = _metadata(file.read(min(length, LARGEST_METADATA)), inside)
    west, south, east, north = (value / 1e7 for value in box)
    attribution = plain_text(str(metadata.get("attribution") or ""))
    return TileFile(KINDS[kind], low, high, (west, south, east, north), attribution)


def _metadata(content: bytes, compression: int) -> dict[str, Any]:
    """What the file says of itself; nothing where that cannot be read, since the tiles still can be."""
    try:
        text = gzip.decompress(content) if compression == GZIP else content
        found = json.loads(text)
    except (OSError, EOFError, zlib.error, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def plain_text(html: str) -> str:
    """The words of an attribution, which files carry as HTML."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.words).split())


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)
