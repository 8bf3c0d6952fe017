import datetime as dt

import pytest

from incidents.intake.locate import Ground, KnownPlace, locate

SECTOR = {"type": "Polygon", "coordinates": [[[45, 40], [46, 40], [46, 41], [45, 41], [45, 40]]]}
EAST = {"type": "Polygon", "coordinates": [[[46, 40], [47, 40], [47, 41], [46, 41], [46, 40]]]}
GROUND = Ground({"P1": KnownPlace(45.5, 40.5, 50.0)}, {"S1": SECTOR, "S2": EAST}, declination_deg=6.5)
AT_THE_POST = {"post": "P1", "method": "known_post"}


def test_a_direction_and_a_distance_make_a_sector_of_uncertainty_away_from_the_observer():
    where = locate(
        AT_THE_POST, {"kind": "direction", "dir16": "E", "dist_min_km": 3, "dist_max_km": 5}, GROUND
    )
    assert where.lon > 45.5 + 0.03
    assert where.lat == pytest.approx(40.5, abs=0.001)
    assert where.precision == "L3"
    assert (where.sector, where.sector_basis, where.reasons) == ("S1", "event", [])


def test_an_event_on_the_edge_of_two_sectors_is_counted_where_its_observer_stood_and_marked():
    near_the_edge = {"lon": 45.95, "lat": 40.5, "accuracy_m": 10, "method": "gnss"}
    event = {"kind": "direction", "dir16": "E", "dist_min_km": 2, "dist_max_km": 6}
    where = locate(near_the_edge, event, GROUND)
    assert (where.sector, where.sector_basis) == ("S1", "observer")


def test_a_magnetic_bearing_is_turned_by_the_declination():
    event = {
        "kind": "direction",
        "bearing_deg": 80.0,
        "north": "magnetic",
        "dist_min_km": 5,
        "dist_max_km": 5,
    }
    assert locate(AT_THE_POST, event, GROUND).bearing_deg == pytest.approx(86.5)
    # By the World Magnetic Model where and when it was taken, once the time is known.
    then = dt.datetime(2022, 9, 13, tzinfo=dt.UTC)
    assert locate(AT_THE_POST, event, GROUND, then).bearing_deg == pytest.approx(86.59, abs=0.02)


def test_an_unknown_place_of_the_event_leaves_it_in_the_observers_sector():
    where = locate(AT_THE_POST, {"kind": "not_known"}, GROUND)
    assert (where.lon, where.precision, where.sector, where.sector_basis) == (None, "L7", "S1", "observer")


def test_ten_figures_are_a_point_and_four_are_a_square_of_a_kilometre():
    where = locate({"mgrs": "38TNK 12 34", "method": "mgrs"}, {"kind": "same_as_observer"}, GROUND)
    assert where.uncertainty_m == pytest.approx(707, abs=1)


@pytest.mark.parametrize(
    ("observer", "event", "reason"),
    [
        ({}, {"kind": "not_known"}, "observer_position_missing"),
        ({"mgrs": "nonsense"}, {"kind": "not_known"}, "not_allowed:observer.mgrs"),
        ({"post": "P9"}, {"kind": "not_known"}, "unknown_place:observer.post"),
        (AT_THE_POST, {"kind": "place", "place": "X"}, "unknown_place:event.place"),
        (AT_THE_POST, {"kind": "direction"}, "not_allowed:event.bearing_deg"),
    ],
)
def test_what_cannot_be_placed_is_named_and_never_refused(observer, event, reason):
    assert reason in locate(observer, event, GROUND).reasons
