"""A released place is a named cell on the true point's side of the line, whatever the point."""

import math
import random

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from reports.release.cells import Grid

SEED = 7
# A winding line from west to east, as a border runs; north of it is one side.
WINDING = [(44.5 + step / 40, 40 + 0.11 * math.sin(step / 3) + 0.04 * math.cos(step)) for step in range(81)]
LINE = shapely.LineString(WINDING)
AREA = shapely.box(44.5, 39.0, 46.5, 41.0)
NORTH, SOUTH = sorted(
    shapely.get_parts(shapely.polygonize([shapely.union_all([AREA.boundary, LINE])])),
    key=lambda part: -part.centroid.y,
)
GRID = Grid([shapely.geometry.mapping(LINE)])
TWO_KM_DEG = 0.018


def sides(lon: float, lat: float) -> tuple[shapely.Geometry, shapely.Geometry]:
    """The side the point lies on, and the other."""
    return (NORTH, SOUTH) if NORTH.contains(shapely.Point(lon, lat)) else (SOUTH, NORTH)


def judge(lon: float, lat: float) -> None:
    cell = GRID.cell_of(lon, lat)
    shape = shapely.geometry.shape(cell.geometry)
    mine, other = sides(lon, lat)
    assert shape.distance(shapely.Point(lon, lat)) < 1e-9, cell.name
    assert shape.intersection(other).area < 1e-12, cell.name
    assert shape.intersection(mine).area == pytest.approx(shape.area, rel=1e-6), cell.name


@given(st.floats(44.7, 46.3), st.floats(-TWO_KM_DEG, TWO_KM_DEG))
def test_no_cell_reaches_over_the_line(lon: float, off: float) -> None:
    at = LINE.interpolate(LINE.project(shapely.Point(lon, 40.0)))
    if abs(off) > 1e-7:
        judge(at.x, at.y + off)


def test_thousands_of_points_within_two_kilometres_of_the_line_keep_their_side() -> None:
    dice = random.Random(SEED)
    for _ in range(4_000):
        at = LINE.interpolate(dice.uniform(0.1, 0.9), normalized=True)
        judge(at.x + dice.uniform(-TWO_KM_DEG, TWO_KM_DEG), at.y + dice.uniform(-TWO_KM_DEG, TWO_KM_DEG))


def test_a_cell_is_the_same_for_every_point_in_it_so_that_repeats_say_no_more() -> None:
    cells = {GRID.cell_of(45.031 + step / 1000, 39.331 + step / 1000).name for step in range(60)}
    assert cells == {"39.3 N 45.0 E"}


def test_a_sliver_goes_with_its_neighbour_and_is_never_told_alone() -> None:
    smallest = min(
        shapely.geometry.shape(GRID.cell_of(point[0], point[1] + sign * 0.0005).geometry).area
        for point in WINDING[4:-4]
        for sign in (1, -1)
    )
    assert smallest > 0.05 * 0.1**2


def test_without_a_line_the_whole_square_is_told() -> None:
    cell = Grid([]).cell_of(45.87, 40.21)
    assert cell.name == "40.2 N 45.8 E"
    assert shapely.geometry.shape(cell.geometry).area == pytest.approx(0.01)
