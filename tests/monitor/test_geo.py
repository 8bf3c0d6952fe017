"""Directions, distances, areas and MGRS squares."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import geo
from monitor.errors import Invalid

lons = st.floats(-179.9, 179.9)
lats = st.floats(-79.0, 82.0)
bearings = st.floats(0, 359.99)
SOTK = (45.865, 40.203)


def chord_m(first: tuple[int, int, int], second: tuple[int, int, int]) -> float:
    return math.dist(first, second)


def apart_deg(first: float, second: float) -> float:
    return abs((first - second + 180) % 360 - 180)


def test_ecef_gives_the_known_corners_of_the_earth() -> None:
    assert geo.ecef(0, 0) == (6378137, 0, 0)
    assert geo.ecef(90, 0) == (0, 6378137, 0)
    assert geo.ecef(0, 90) == (0, 0, 6356752)


@given(lons, lats, bearings, st.floats(1, 50_000))
def test_chord_of_whole_metres_is_the_distance(
    lon: float, lat: float, bearing: float, distance: float
) -> None:
    there = geo.destination(lon, lat, bearing, distance)
    assert chord_m(geo.ecef(lon, lat), geo.ecef(*there)) == pytest.approx(distance, abs=2.0)


@given(lons, lats, bearings, st.floats(10, 100_000))
def test_going_out_and_measuring_back_agree(lon: float, lat: float, bearing: float, distance: float) -> None:
    azimuth, measured = geo.inverse(lon, lat, *geo.destination(lon, lat, bearing, distance))
    assert measured == pytest.approx(distance, abs=1e-3)
    assert apart_deg(azimuth, bearing) < 1e-3


@given(lons, st.floats(-62, 62), bearings, st.floats(0, 9_990))
def test_nine_cells_hold_everything_within_ten_kilometres(
    lon: float, lat: float, bearing: float, distance: float
) -> None:
    around = geo.cells_around(lon, lat, 10_000)
    assert len(around) <= 9
    assert geo.cell(*geo.destination(lon, lat, bearing, distance)) in around


@given(lons, st.floats(-89.9, 89.9), bearings, st.floats(1, 200_000), st.floats(0, 0.999))
def test_cells_around_cover_any_radius_anywhere(
    lon: float, lat: float, bearing: float, radius: float, part: float
) -> None:
    there = geo.destination(lon, lat, bearing, radius * part)
    assert geo.cell(*there) in geo.cells_around(lon, lat, radius)


def test_sixteen_words_go_there_and_back() -> None:
    assert [geo.dir16(geo.degrees_of(word)) for word in geo.DIR16] == list(geo.DIR16)
    assert geo.dir16(359.9) == "N" and geo.dir16(11.25) == "NNE" and geo.dir16(-22.5) == "NNW"


@given(bearings)
def test_a_word_is_never_farther_off_than_its_half_width(bearing: float) -> None:
    assert apart_deg(geo.degrees_of(geo.dir16(bearing)), bearing) <= geo.DIR16_HALF_WIDTH_DEG + 1e-9


def test_an_unknown_word_is_refused_with_its_name() -> None:
    with pytest.raises(Invalid, match="NNNE"):
        geo.degrees_of("NNNE")


def test_magnetic_bearing_gets_the_missions_declination() -> None:
    assert geo.true_bearing(357.0, "magnetic", 6.5) == pytest.approx(3.5)
    assert geo.true_bearing(240.0, "true", 6.5) == 240.0
    with pytest.raises(Invalid):
        geo.true_bearing(10, "grid", 6.5)


@settings(max_examples=60)
@given(lons, lats, bearings, st.floats(1, 179), st.floats(0, 9_000), st.floats(100, 20_000), st.data())
def test_sector_holds_what_is_inside_and_nothing_else(
    lon: float, lat: float, bearing: float, half: float, near: float, depth: float, data: st.DataObject
) -> None:
    area = geo.sector_polygon(lon, lat, bearing, half, near, near + depth)
    turn = data.draw(st.floats(-0.95, 0.95))
    part = data.draw(st.floats(0.05, 0.95))
    inside = geo.destination(lon, lat, bearing + turn * half, near + part * depth)
    too_far = geo.destination(lon, lat, bearing + turn * half, near + depth * 1.01 + 1)

    def unwrapped(point: tuple[float, float]) -> tuple[float, float]:
        return lon + (point[0] - lon + 180) % 360 - 180, point[1]

    # A chord of a five-degree step lies a thousandth inside its arc.
    if part * depth > 0.001 * (near + depth) and (1 - part) * depth > 0.001 * (near + depth):
        assert geo.contains(area, *unwrapped(inside))
    assert not geo.contains(area, *unwrapped(too_far))


def test_all_round_is_a_ring_with_a_hole() -> None:
    area = geo.sector_polygon(*SOTK, 0, 180, 1_000, 2_000)
    assert len(area["coordinates"]) == 2
    assert not geo.contains(area, *SOTK)
    assert geo.contains(area, *geo.destination(*SOTK, 200, 1_500))


def test_outer_rings_run_counter_clockwise() -> None:
    ring = geo.circle(*SOTK, 1_000)["coordinates"][0]
    assert sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in itertools.pairwise(ring)) < 0
    assert ring[0] == ring[-1]


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(Invalid):
        geo.sector_polygon(*SOTK, 10, 5, 3_000, 3_000)
    with pytest.raises(Invalid):
        geo.event_from_direction(*SOTK, 12, dir16_word="SW", dist_min_m=5_000, dist_max_m=3_000)


def test_direction_word_with_a_range_is_a_sector_of_that_width() -> None:
    event = geo.event_from_direction(*SOTK, 12, dir16_word="SW", dist_min_m=3_000, dist_max_m=5_000)
    azimuth, distance = geo.inverse(*SOTK, event.lon, event.lat)
    assert event.precision == "L3"
    assert azimuth == pytest.approx(225, abs=0.01) and distance == pytest.approx(4_000, abs=1)
    assert 1_000 < event.uncertainty_m < 1_500
    assert geo.contains(event.polygon, *geo.destination(*SOTK, 225 + 11.2, 4_990))
    assert not geo.contains(event.polygon, *geo.destination(*SOTK, 225 + 11.9, 4_000))


def test_the_observers_own_error_widens_the_area() -> None:
    sharp, blurred = (
        geo.event_from_direction(*SOTK, accuracy, bearing_deg=90, dist_min_m=3_000, dist_max_m=5_000)
        for accuracy in (0, 500)
    )
    assert geo.share_inside(sharp.polygon, blurred.polygon) == pytest.approx(1.0)
    assert geo.share_inside(blurred.polygon, sharp.polygon) < 0.8
    assert blurred.uncertainty_m > sharp.uncertainty_m + 300


def test_unknown_distance_is_drawn_to_the_stated_maximum_and_is_no_position() -> None:
    event = geo.event_from_direction(*SOTK, 12, dir16_word="E")
    assert event.precision == "L6"
    assert geo.contains(event.polygon, *geo.destination(*SOTK, 90, geo.FARTHEST_M - 100))
    assert geo.contains(event.polygon, *geo.destination(*SOTK, 90, 100))


def test_a_farthest_end_that_makes_the_area_vast_is_no_position_either() -> None:
    event = geo.event_from_direction(*SOTK, 12, dir16_word="E", dist_min_m=0, dist_max_m=60_000)
    assert event.precision == "L6"


def test_one_number_for_a_distance_is_widened_by_how_it_was_found() -> None:
    def depth(basis: str) -> float:
        return geo.event_from_direction(
            *SOTK,
            0,
            bearing_deg=10,
            bearing_sigma_deg=0.3,
            dist_min_m=4_000,
            dist_max_m=4_000,
            dist_basis=basis,
        ).uncertainty_m

    assert depth("rangefinder") < depth("map") < depth("flash_to_bang") < depth("estimate")
    with pytest.raises(Invalid):
        depth("guess")


def test_a_bearing_and_a_word_together_are_refused() -> None:
    with pytest.raises(Invalid):
        geo.event_from_direction(*SOTK, 12, dir16_word="E", bearing_deg=90, dist_max_m=1_000)
    with pytest.raises(Invalid):
        geo.event_from_direction(*SOTK, 12, dist_max_m=1_000)


def test_share_inside_of_halves_quarters_and_strangers() -> None:
    def box(west: float, south: float, east: float, north: float) -> geo.GeoJson:
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {"type": "Polygon", "coordinates": [ring]}

    assert geo.share_inside(box(0, 0, 2, 1), box(0, 0, 1, 1)) == pytest.approx(0.5)
    assert geo.share_inside(box(0, 0, 1, 1), box(0, 0, 2, 1)) == pytest.approx(1.0)
    assert geo.share_inside(box(0, 0, 1, 1), box(5, 5, 6, 6)) == 0.0


# --- MGRS -----------------------------------------------------------------------------------------------


def test_four_digits_mean_a_square_of_a_kilometre_and_not_a_point() -> None:
    square = geo.from_mgrs("38TNK 12 34")
    assert square.size_m == 1000 and square.precision == "L3"
    assert square.text == "38TNK 12 34"
    assert square.uncertainty_m == pytest.approx(707.1, abs=0.1)
    ring = square.polygon["coordinates"][0]
    sides = [geo.inverse(*a, *b)[1] for a, b in itertools.pairwise(ring)]
    assert all(side == pytest.approx(1000, rel=0.002) for side in sides)
    assert geo.contains(square.polygon, square.lon, square.lat)


@pytest.mark.parametrize(
    ("text", "size_m"),
    [("38TNK13", 10_000), ("38TNK1234", 1_000), ("38 T NK 123 456", 100), ("38tnk12345678", 10),
     ("38TNK 12345 67890", 1)],
)  # fmt: skip
def test_digits_mean_the_size_of_the_square(text: str, size_m: int) -> None:
    assert geo.from_mgrs(text).size_m == size_m


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("", "looks like"),
        ("Sotk", "looks like"),
        ("38TIK1234", "looks like"),
        ("61TNK1234", "zones are 1 to 60"),
        ("38TNK", "0 digits"),
        ("38TNK123", "3 digits"),
        ("38TNK123456789012", "12 digits"),
        ("38TAK1234", "no such square"),
    ],
)
def test_what_is_no_reference_is_refused_with_what_to_mend(text: str, mend: str) -> None:
    with pytest.raises(Invalid, match=mend):
        geo.from_mgrs(text)


@pytest.mark.filterwarnings("ignore:Warning in:RuntimeWarning")
def test_the_wrong_band_letter_is_refused_and_the_right_one_named() -> None:
    with pytest.raises(Invalid, match="did you mean 38T"):
        geo.from_mgrs("38SNK1234")


@given(lons, lats, st.sampled_from([4, 6, 8, 10]))
def test_a_point_lies_in_the_square_that_is_named_after_it(lon: float, lat: float, digits: int) -> None:
    square = geo.from_mgrs(geo.mgrs_of(lon, lat, digits))
    away = geo.inverse(lon, lat, square.lon, square.lat)[1]
    assert away <= square.uncertainty_m * 1.01 + 0.1


@given(st.floats(43.0, 47.9), st.floats(38.1, 41.9), st.sampled_from([4, 6, 8, 10]))
def test_the_middle_of_a_square_has_the_squares_own_name(lon: float, lat: float, digits: int) -> None:
    square = geo.from_mgrs(geo.mgrs_of(lon, lat, digits))
    crosses_band = len({geo.mgrs_of(*corner, digits)[:3] for corner in square.polygon["coordinates"][0]}) > 1
    if not crosses_band:
        assert geo.mgrs_of(square.lon, square.lat, digits) == square.text


@pytest.mark.parametrize("lat", [-1e-11, -8e-8, -1e-7, -1e-6])
def test_a_hair_south_of_the_equator_still_has_a_square(lat: float) -> None:
    square = geo.from_mgrs(geo.mgrs_of(0.5, lat, 10))
    assert geo.inverse(0.5, lat, square.lon, square.lat)[1] < 2


def test_the_band_changes_at_forty_degrees_north() -> None:
    assert geo.mgrs_of(45.67, 39.84, 4).startswith("38S")
    assert geo.mgrs_of(45.865, 40.203, 4).startswith("38T")


@pytest.mark.parametrize("digits", [0, 3, 12])
def test_naming_a_square_needs_an_even_number_of_digits(digits: int) -> None:
    with pytest.raises(Invalid):
        geo.mgrs_of(45, 40, digits)


def test_the_poles_have_no_zone_squares() -> None:
    with pytest.raises(Invalid):
        geo.mgrs_of(45, 85, 4)
