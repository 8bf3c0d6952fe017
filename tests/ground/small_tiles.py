"""A small PMTiles file (version 3) with vector tiles of our own: land, a lake, two roads, two settlements.

Written plainly after the two specifications, for tests alone; the room reads it with the libraries of others.
"""

import gzip
import json
import math
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

EXTENT = 4096
Point = tuple[float, float]
Feature = tuple[int, Sequence[Sequence[Point]], dict[str, str]]

POINT, LINE, AREA = 1, 2, 3
BOX = (44.4, 38.7, 47.0, 41.4)
LAYERS: dict[str, list[Feature]] = {
    "earth": [(AREA, [[(44.4, 38.7), (44.4, 41.4), (47.0, 41.4), (47.0, 38.7)]], {"kind": "earth"})],
    "water": [(AREA, [[(45.0, 40.2), (45.2, 40.6), (45.5, 40.3), (45.3, 40.1)]], {"kind": "lake"})],
    "landcover": [(AREA, [[(46.2, 39.2), (46.2, 39.6), (46.7, 39.6), (46.7, 39.2)]], {"kind": "forest"})],
    "roads": [
        (LINE, [[(44.5, 40.1), (45.9, 40.2), (46.4, 39.5)]], {"kind": "highway"}),
        (LINE, [[(45.6, 39.8), (45.9, 40.2)]], {"kind": "minor_road"}),
    ],
    "boundaries": [(LINE, [[(44.5, 41.3), (46.9, 38.8)]], {"kind": "country"})],
    "places": [
        (POINT, [[(45.25, 39.35)]], {"kind": "locality", "name": "Ուրիշ", "name:en": "Elsewhere"}),
        (POINT, [[(45.7, 39.0)]], {"kind": "locality", "name": "Only Here"}),
    ],
}


def write_tiles(path: Path, attribution: str = '<a href="#">© Somebody</a>', zooms: int = 9) -> Path:
    """The file at `path`, with every tile of BOX from zoom 0 up."""
    tiles = {}
    for zoom in range(zooms + 1):
        west, south = _unit(BOX[0], BOX[1])
        east, north = _unit(BOX[2], BOX[3])
        for x in range(int(west * 2**zoom), int(east * 2**zoom) + 1):
            for y in range(int(north * 2**zoom), int(south * 2**zoom) + 1):
                tiles[_number(zoom, x, y)] = gzip.compress(_tile(zoom, x, y), mtime=0)
    directory, data = _directory(sorted(tiles.items()))
    metadata = gzip.compress(json.dumps({"attribution": attribution}).encode(), mtime=0)
    at = [127, 127 + len(directory), 127 + len(directory) + len(metadata)]
    head = struct.pack("<7sB", b"PMTiles", 3)
    head += struct.pack("<8Q", at[0], len(directory), at[1], len(metadata), at[2], 0, at[2], len(data))
    head += struct.pack("<3Q", len(tiles), len(tiles), len(tiles))
    head += struct.pack("<6B", 1, 2, 2, 1, 0, zooms)
    head += struct.pack("<4i", *(round(value * 1e7) for value in BOX))
    head += struct.pack("<B2i", 7, 457_000_000, 400_000_000)
    path.write_bytes(head + directory + metadata + data)
    return path


def _unit(lon: float, lat: float) -> Point:
    return lon / 360 + 0.5, 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)


def _number(zoom: int, x: int, y: int) -> int:
    """A tile's place along the Hilbert curve, after all tiles of smaller zooms."""
    number, side = (4**zoom - 1) // 3, 2**zoom
    half = side // 2
    while half:
        right, down = int(bool(x & half)), int(bool(y & half))
        number += half * half * ((3 * right) ^ down)
        if not down:
            if right:
                x, y = half - 1 - x, half - 1 - y
            x, y = y, x
        x, y = x & (half - 1), y & (half - 1)
        half //= 2
    return number


def _directory(tiles: Sequence[tuple[int, bytes]]) -> tuple[bytes, bytes]:
    numbers = [number for number, _ in tiles]
    steps = [number - before for number, before in zip(numbers, [0, *numbers], strict=False)]
    columns = (steps, [1] * len(tiles), [len(content) for _, content in tiles])
    # The first offset is written plus one; zero means that a tile follows the one before.
    offsets = [1] + [0] * (len(tiles) - 1)
    content = _varint(len(tiles)) + b"".join(
        _varint(value) for column in (*columns, offsets) for value in column
    )
    return gzip.compress(content, mtime=0), b"".join(content for _, content in tiles)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _whole(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _tile(zoom: int, x: int, y: int) -> bytes:
    return b"".join(_field(3, _layer(name, features, zoom, x, y)) for name, features in LAYERS.items())


def _layer(name: str, features: Iterable[Feature], zoom: int, x: int, y: int) -> bytes:
    keys: list[str] = []
    values: list[str] = []
    body = b""
    for kind, lines, properties in features:
        tags = b""
        for key, value in properties.items():
            for known, one in ((keys, key), (values, value)):
                if one not in known:
                    known.append(one)
            tags += _varint(keys.index(key)) + _varint(values.index(value))
        body += _field(2, _field(2, tags) + _whole(3, kind) + _field(4, _geometry(kind, lines, zoom, x, y)))
    words = [_field(3, key.encode()) for key in keys] + [_field(4, _field(1, one.encode())) for one in values]
    return _field(1, name.encode()) + body + b"".join(words) + _whole(5, EXTENT) + _whole(15, 2)


def _geometry(kind: int, lines: Sequence[Sequence[Any]], zoom: int, x: int, y: int) -> bytes:
    """Commands in the tile's own units; what reaches beyond the tile is kept, as a very wide margin."""
    out, at = b"", (0, 0)
    for line in lines:
        points = [_inside(point, zoom, x, y) for point in line]
        out += _varint(1 << 3 | 1)
        for index, point in enumerate(points):
            if index == 1:
                out += _varint((len(points) - 1) << 3 | 2)
            for new, old in zip(point, at, strict=True):
                step = new - old
                out += _varint(step << 1 if step >= 0 else -step * 2 - 1)
            at = point
        if kind == AREA:
            out += _varint(1 << 3 | 7)
    return out


def _inside(point: Point, zoom: int, x: int, y: int) -> tuple[int, int]:
    unit = _unit(*point)
    return round((unit[0] * 2**zoom - x) * EXTENT), round((unit[1] * 2**zoom - y) * EXTENT)
