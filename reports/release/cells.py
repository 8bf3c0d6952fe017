"""Places that leave the mission: named cells of a fixed grid, cut to their side of the line. Pure.

A coordinate is never rounded or shifted: that can put an event across the line, and repeats average out. The
cell is fixed, so a thousand events in it say no more than one; and it never reaches over the line.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

STEP_DEG = 0.1
# A piece so small a share of its cell would tell the place too well; it goes with its neighbour.
SLIVER = 0.2


@dataclass(frozen=True)
class Cell:
    """`name` says the grid square and, where a line cuts it, which part; `geometry` is GeoJSON."""

    name: str
    geometry: Mapping[str, Any] = field(hash=False)


def cell_of(lon: float, lat: float, lines: Iterable[Mapping[str, Any]], step: float = STEP_DEG) -> Cell:
    """The cell that holds a point, on the point's side of every line."""
    return Grid(lines, step).cell_of(lon, lat)


class Grid:
    """The grid of one set of lines; pieces are found once a square."""

    def __init__(self, lines: Iterable[Mapping[str, Any]], step: float = STEP_DEG) -> None:
        drawn = [shapely.geometry.shape(line) for line in lines]
        self._line: BaseGeometry = shapely.union_all(drawn) if drawn else shapely.GeometryCollection()
        self._step = step
        self._pieces: dict[tuple[int, int], list[BaseGeometry]] = {}

    def cell_of(self, lon: float, lat: float) -> Cell:
        square = (math.floor(lon / self._step), math.floor(lat / self._step))
        pieces = self._of(square)
        point = shapely.Point(lon, lat)
        number = min(range(len(pieces)), key=lambda index: pieces[index].distance(point))
        piece, name = pieces[number], self._name(square)
        if len(pieces) > 1:
            name = f"{name}/{number + 1}"
        if piece.area < SLIVER * self._step**2:
            piece, name = self._with_neighbour(square, piece, name)
        return Cell(name, mapping(piece))

    def _of(self, square: tuple[int, int]) -> list[BaseGeometry]:
        """The parts into which the lines cut a square, by their centres from west to east."""
        if square not in self._pieces:
            west, south = square[0] * self._step, square[1] * self._step
            box = shapely.box(west, south, west + self._step, south + self._step)
            edges = shapely.union_all([box.boundary, self._line.intersection(box)])
            parts: Sequence[BaseGeometry] = list(shapely.get_parts(shapely.polygonize([*_lines(edges)])))
            inside = [part for part in parts if part.area > 0]
            ordered = sorted(inside or [box], key=lambda part: (part.centroid.x, part.centroid.y))
            self._pieces[square] = ordered
        return self._pieces[square]

    def _with_neighbour(
        self, square: tuple[int, int], piece: BaseGeometry, name: str
    ) -> tuple[BaseGeometry, str]:
        """A sliver with the largest piece beyond the square's edge, where no line parts them."""
        best: tuple[float, str, BaseGeometry] | None = None
        for step_x, step_y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            other = (square[0] + step_x, square[1] + step_y)
            pieces = self._of(other)
            for index, beyond in enumerate(pieces):
                shared = piece.intersection(beyond)
                crossing = shared.difference(self._line.buffer(1e-9))
                if crossing.length > 1e-6 and (best is None or beyond.area > best[0]):
                    part = f"/{index + 1}" if len(pieces) > 1 else ""
                    best = (beyond.area, f"{self._name(other)}{part}", beyond)
        if best is None:
            return piece, name
        return shapely.union_all([piece, best[2]]), best[1]

    def _name(self, square: tuple[int, int]) -> str:
        """The square by its south-west corner: "40.2 N 45.8 E"."""
        lon, lat = square[0] * self._step, square[1] * self._step
        north, east = ("N" if lat >= 0 else "S"), ("E" if lon >= 0 else "W")
        return f"{abs(lat):.1f} {north} {abs(lon):.1f} {east}"


def _lines(geometry: BaseGeometry) -> list[BaseGeometry]:
    parts = shapely.get_parts(geometry)
    return [part for part in parts if part.geom_type in ("LineString", "LinearRing")]
