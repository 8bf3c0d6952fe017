"""How far magnetic north lies from true north, at a place and a time. Pure.

The World Magnetic Model of NOAA and the British Geological Survey, a new edition every five years: WMM2025
from 2025 on, WMM2020 before that, WMM2015v2 before 2020. Its stated error away
from the poles is about 0.4 degrees, before what iron and rock nearby do to a needle. Degrees east of true
north are positive.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pygeomag import GeoMag

# (first year, name, coefficients); the newest first.
EDITIONS = (
    (2025.0, "WMM2025", "wmm/WMM_2025.COF"),
    (2020.0, "WMM2020", "wmm/WMM_2020.COF"),
    (2015.0, "WMM2015v2", "wmm/WMM_2015v2.COF"),
)
STEP_DEG = 0.5
# The field turns by about 0.1 degrees a year: a tenth of a year keeps a phone's answer, and its ETag, steady.
EPOCH_STEP_YEARS = 0.1


@dataclass(frozen=True)
class Grid:
    """Declinations of an area, row by row from south-west, for a phone to interpolate between."""

    model: str
    epoch: float
    lon0: float
    lat0: float
    step: float
    nlon: int
    nlat: int
    deg: tuple[float, ...]


def declination_deg(lon: float, lat: float, at: dt.datetime) -> float:
    """Declination at sea level. Beyond an edition's five years its last trend goes on."""
    return _at(lon, lat, decimal_year(at))


def model_of(at: dt.datetime) -> str:
    return _edition(decimal_year(at))[1]


def grid(points: Sequence[tuple[float, float]], at: dt.datetime) -> Grid | None:
    """The grid that covers these points, for the tenth of a year that has begun; None without points."""
    if not points:
        return None
    lons, lats = zip(*points, strict=True)
    epoch = round(math.floor(decimal_year(at) / EPOCH_STEP_YEARS + 1e-6) * EPOCH_STEP_YEARS, 1)
    edges = (_floor(min(lons)), _floor(min(lats)), _floor(max(lons)), _floor(max(lats)))
    return _grid(*edges, epoch)


def decimal_year(at: dt.datetime) -> float:
    """2022-07-02T12:00Z as 2022.5."""
    moment = at.astimezone(dt.UTC)
    first = dt.datetime(moment.year, 1, 1, tzinfo=dt.UTC)
    days = (dt.datetime(moment.year + 1, 1, 1, tzinfo=dt.UTC) - first).days
    return moment.year + (moment - first) / dt.timedelta(days=days)


def _floor(deg: float) -> int:
    return math.floor(deg / STEP_DEG)


@lru_cache(maxsize=4)
def _grid(west: int, south: int, east: int, north: int, epoch: float) -> Grid:
    """From the step below the first point to the step above the last one, in whole steps."""
    columns, rows = range(west, east + 2), range(south, min(north + 2, round(90 / STEP_DEG) + 1))
    return Grid(
        model=_edition(epoch)[1],
        epoch=epoch,
        lon0=west * STEP_DEG,
        lat0=south * STEP_DEG,
        step=STEP_DEG,
        nlon=len(columns),
        nlat=len(rows),
        deg=tuple(
            round(_at(column * STEP_DEG, row * STEP_DEG, epoch), 2) for row in rows for column in columns
        ),
    )


def _at(lon: float, lat: float, year: float) -> float:
    field = _model(_edition(year)[2]).calculate(
        glat=lat, glon=(lon + 180) % 360 - 180, alt=0.0, time=year, allow_date_outside_lifespan=True
    )
    return float(field.d)


def _edition(year: float) -> tuple[float, str, str]:
    return next((edition for edition in EDITIONS if year >= edition[0]), EDITIONS[-1])


@lru_cache(maxsize=len(EDITIONS))
def _model(coefficients: str) -> GeoMag:
    return GeoMag(coefficients_file=coefficients)
