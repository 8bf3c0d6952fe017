"""Magnetic north against the values that the makers of the World Magnetic Model publish for testing."""

import datetime as dt

import pytest

from monitor.places import declination
from monitor.places.declination import decimal_year, declination_deg, grid, model_of

# (date, lat, lon, degrees east): WMM2025 and WMM2020 test values of NOAA/BGS, at sea level.
PUBLISHED = [
    ("2025-01-01T00:00", 80, 0, 1.28),
    ("2025-01-01T00:00", 0, 120, -0.16),
    ("2025-01-01T00:00", -80, 240, 68.78),
    ("2027-07-02T12:00", 80, 0, 2.59),
    ("2027-07-02T12:00", 0, 120, -0.24),
    ("2027-07-02T12:00", -80, 240, 68.49),
    ("2020-01-01T00:00", 80, 0, -1.28),
    ("2020-01-01T00:00", 0, 120, 0.16),
    ("2020-01-01T00:00", -80, 240, 69.36),
    ("2022-07-02T12:00", 80, 0, 0.01),
    ("2022-07-02T12:00", 0, 120, -0.06),
    ("2022-07-02T12:00", -80, 240, 69.13),
]
SEPTEMBER = dt.datetime(2022, 9, 13, tzinfo=dt.UTC)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(("at", "lat", "lon", "degrees"), PUBLISHED)
def test_the_published_values_of_the_model_come_out(at: str, lat: float, lon: float, degrees: float) -> None:
    assert declination_deg(lon, lat, utc(at)) == pytest.approx(degrees, abs=0.006)


@pytest.mark.parametrize(
    ("at", "model"),
    [
        ("2012-05-01T00:00", "WMM2015v2"),
        ("2019-12-31T23:00", "WMM2015v2"),
        ("2020-01-01T00:00", "WMM2020"),
        ("2024-12-31T23:00", "WMM2020"),
        ("2025-01-01T00:00", "WMM2025"),
        ("2031-01-01T00:00", "WMM2025"),
    ],
)
def test_each_date_has_its_edition_of_the_model(at: str, model: str) -> None:
    assert model_of(utc(at)) == model


def test_a_year_has_its_own_length() -> None:
    assert decimal_year(utc("2024-07-02T00:00")) == pytest.approx(2024.5)
    assert decimal_year(utc("2023-07-02T12:00")) == pytest.approx(2023.5)


def test_between_the_corners_of_the_grid_nothing_is_off_by_a_tenth_of_a_degree() -> None:
    found = grid([(44.9, 39.1), (47.2, 41.3)], SEPTEMBER)
    assert found is not None
    assert (found.lon0, found.lat0, found.nlon, found.nlat) == (44.5, 39.0, 7, 6)
    assert len(found.deg) == found.nlon * found.nlat
    for column in range(found.nlon - 1):
        for row in range(found.nlat - 1):
            at = row * found.nlon + column
            corners = (
                found.deg[at],
                found.deg[at + 1],
                found.deg[at + found.nlon],
                found.deg[at + found.nlon + 1],
            )
            middle = (found.lon0 + (column + 0.5) * found.step, found.lat0 + (row + 0.5) * found.step)
            assert sum(corners) / 4 == pytest.approx(declination_deg(*middle, SEPTEMBER), abs=0.05)


def test_the_grid_is_the_same_for_a_tenth_of_a_year() -> None:
    points = [(45.0, 40.0)]
    assert grid(points, utc("2022-09-20T00:00")) is grid(points, utc("2022-10-15T00:00"))
    assert grid(points, utc("2022-10-30T00:00")) != grid(points, utc("2022-09-20T00:00"))


def test_without_places_there_is_no_grid() -> None:
    assert grid([], SEPTEMBER) is None


def test_the_editions_stand_newest_first() -> None:
    years = [year for year, _name, _file in declination.EDITIONS]
    assert years == sorted(years, reverse=True)
