"""Where things are: directions, distances and areas on the WGS84 ellipsoid. Pure; knows no mission.

Degrees are true unless a name says otherwise, longitude comes before latitude, distances are metres.
Areas are GeoJSON Polygon dicts, outer ring counter-clockwise, at most six decimals.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import mgrs
import numpy as np
import shapely
from pyproj import Geod, Transformer
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from monitor.errors import Invalid

WGS84 = Geod(ellps="WGS84")
_ECEF = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
_MGRS = mgrs.MGRS()

# Steps of the candidate grid. The nine cells around a point cover every point within 10 km of it below
# 62 degrees of latitude; `cells_around` covers any radius anywhere.
CELL_LON_DEG = 0.2
CELL_LAT_DEG = 0.1

DIR16 = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
DIR16_HALF_WIDTH_DEG = 11.25

# How far an event is drawn when nobody can say how far it was: heavy weapons are rarely heard farther.
FARTHEST_M = 20_000.0
# A bearing without its own error is taken as a hand compass: one standard error in degrees.
HAND_COMPASS_SIGMA_DEG = 3.0
# The part by which a distance given as one number may be wrong, by how it was found. Our rule.
ONE_NUMBER_SPREAD = {"rangefinder": 0.02, "map": 0.05, "flash_to_bang": 0.10, "estimate": 0.25}
# An area whose farthest point is farther off than this from its middle is not a position any more.
L3_LIMIT_M = 12_500.0

GeoJson = dict[str, Any]


@dataclass(frozen=True)
class MgrsSquare:
    """The square that an MGRS reference names; lon, lat are its centre and say no more than the square."""

    text: str
    lon: float
    lat: float
    size_m: int
    polygon: GeoJson

    @property
    def uncertainty_m(self) -> float:
        """From the centre to a corner."""
        return self.size_m / math.sqrt(2)

    @property
    def precision(self) -> str:
        if self.size_m <= 100:
            return "L2"
        return "L3" if self.size_m <= 1000 else "L5"


@dataclass(frozen=True)
class EventArea:
    """Where an event was: a best point, the farthest the truth may lie from it, and the whole area."""

    lon: float
    lat: float
    uncertainty_m: float
    precision: str
    polygon: GeoJson


def ecef(lon: float, lat: float) -> tuple[int, int, int]:
    """Whole metres from the earth's centre, height zero; what the rule engine counts with."""
    x, y, z = _ECEF.transform(lon, lat, 0.0)
    return round(x), round(y), round(z)


def cell(lon: float, lat: float) -> str:
    """The name of the grid cell of a point, for an index of candidates."""
    return _cell_name(_column(lon), _row(lat))


def cells_around(lon: float, lat: float, radius_m: float) -> list[str]:
    """The grid cells that together hold every point within `radius_m`; some hold none."""
    reach_lat = 1.001 * radius_m / 110_500
    rows = range(_row(max(-90.0, lat - reach_lat)), _row(min(90.0, lat + reach_lat)) + 1)
    narrowest = math.cos(math.radians(min(90.0, abs(lat) + reach_lat)))
    reach_lon = 1.001 * radius_m / (111_200 * narrowest) if narrowest > 1e-6 else 360.0
    if reach_lon >= 180:
        columns = range(_columns())
    else:
        columns = range(
            math.floor((lon - reach_lon + 180) / CELL_LON_DEG),
            math.floor((lon + reach_lon + 180) / CELL_LON_DEG) + 1,
        )
    return sorted({_cell_name(column % _columns(), row) for row in rows for column in columns})


def _columns() -> int:
    return round(360 / CELL_LON_DEG)


def _column(lon: float) -> int:
    return math.floor((lon + 180) / CELL_LON_DEG) % _columns()


def _row(lat: float) -> int:
    return math.floor((lat + 90) / CELL_LAT_DEG)


def _cell_name(column: int, row: int) -> str:
    return f"g{column:04d}.{row:04d}"


def destination(lon: float, lat: float, bearing_deg: float, distance_m: float) -> tuple[float, float]:
    """The point reached by going `distance_m` along the geodesic that starts at `bearing_deg`."""
    to_lon, to_lat, _back = WGS84.fwd(lon, lat, bearing_deg, distance_m)
    return to_lon, to_lat


def inverse(lon1: float, lat1: float, lon2: float, lat2: float) -> tuple[float, float]:
    """Azimuth at the first point (0 to 360) and distance in metres, from the first to the second."""
    azimuth, _back, distance_m = WGS84.inv(lon1, lat1, lon2, lat2)
    return azimuth % 360.0, distance_m


def dir16(deg: float) -> str:
    """The nearest of the sixteen words; on a border the clockwise one."""
    return DIR16[math.floor(((deg % 360.0) + DIR16_HALF_WIDTH_DEG) / 22.5) % 16]


def degrees_of(word: str) -> float:
    """The middle of one of the sixteen directions."""
    if word not in DIR16:
        raise Invalid({"dir16": [f"{word!r} is none of the sixteen directions"]})
    return DIR16.index(word) * 22.5


def true_bearing(bearing_deg: float, north: str, declination_deg: float) -> float:
    """A bearing against true north; declination is east of true north, as the mission sets it."""
    if north not in ("true", "magnetic"):
        raise Invalid({"north": [f"{north!r} is neither true nor magnetic"]})
    return (bearing_deg + (declination_deg if north == "magnetic" else 0.0)) % 360.0


def sector_polygon(
    lon: float, lat: float, bearing_deg: float, half_width_deg: float, min_m: float, max_m: float
) -> GeoJson:
    """The piece of a ring around an observer: a direction give or take, between two distances."""
    return _as_geojson(_sector(lon, lat, bearing_deg, half_width_deg, min_m, max_m))


def _sector(
    lon: float, lat: float, bearing_deg: float, half_width_deg: float, min_m: float, max_m: float
) -> BaseGeometry:
    if not 0 <= min_m < max_m:
        raise Invalid({"distance": [f"{min_m} to {max_m} m is no range"]})
    if half_width_deg <= 0:
        raise Invalid({"bearing": ["a direction needs a width"]})
    if half_width_deg >= 180:
        hole = [_arc(lon, lat, 0, 360, min_m)[:-1]] if min_m > 0 else []
        return shapely.Polygon(_arc(lon, lat, 0, 360, max_m)[:-1], hole)
    first, last = bearing_deg - half_width_deg, bearing_deg + half_width_deg
    near = _arc(lon, lat, first, last, min_m) if min_m > 0 else [(lon, lat)]
    return shapely.Polygon(_arc(lon, lat, first, last, max_m) + near[::-1])


def circle(lon: float, lat: float, radius_m: float) -> GeoJson:
    """Everything within a distance; drawn with 72 corners that lie on the circle."""
    return _as_geojson(shapely.Polygon(_arc(lon, lat, 0, 360, radius_m)[:-1]))


def _arc(
    lon: float, lat: float, first_deg: float, last_deg: float, radius_m: float
) -> list[tuple[float, float]]:
    """Points along a circle, no farther apart than five degrees. Longitudes run on past 180, so that an
    area across the date line stays one piece."""
    steps = max(8, math.ceil((last_deg - first_deg) / 5.0))
    bearings = [first_deg + (last_deg - first_deg) * step / steps for step in range(steps + 1)]
    lons, lats, _ = WGS84.fwd(
        [lon] * len(bearings), [lat] * len(bearings), bearings, [radius_m] * len(bearings)
    )
    return [
        (lon + (to_lon - lon + 180) % 360 - 180, to_lat) for to_lon, to_lat in zip(lons, lats, strict=True)
    ]


def event_from_direction(
    lon: float,
    lat: float,
    accuracy_m: float,
    *,
    bearing_deg: float | None = None,
    dir16_word: str | None = None,
    bearing_sigma_deg: float | None = None,
    dist_min_m: float | None = None,
    dist_max_m: float | None = None,
    dist_basis: str = "estimate",
) -> EventArea:
    """An event seen or heard in a direction by an observer at lon, lat give or take `accuracy_m`.

    Takes a bearing in degrees true or one of the sixteen words. Our rules:
    a word means ±11.25°; a bearing means ± two standard errors (3° each when none is given).
    A distance said as one number is widened by ONE_NUMBER_SPREAD of its basis. An unknown nearer end is
    the observer; an unknown farther end is FARTHEST_M (or twice the nearer end, where that is farther)
    and makes the place L6: the direction is known, the place is not. All of it is widened by the
    observer's own accuracy. The point lies on the bearing half-way between the two distances.
    """
    if (bearing_deg is None) == (dir16_word is None):
        raise Invalid({"bearing_deg": ["give a bearing or one of the sixteen directions, not both"]})
    if bearing_deg is not None:
        bearing = bearing_deg % 360.0
        half_width = 2 * (HAND_COMPASS_SIGMA_DEG if bearing_sigma_deg is None else bearing_sigma_deg)
    else:
        assert dir16_word is not None
        bearing, half_width = degrees_of(dir16_word), DIR16_HALF_WIDTH_DEG
    near_m, far_m, far_is_known = _range_of(dist_min_m, dist_max_m, dist_basis)

    half_width = min(180.0, max(0.5, half_width))
    area = _widened(_sector(lon, lat, bearing, half_width, near_m, far_m), lon, lat, accuracy_m)
    at_lon, at_lat = destination(lon, lat, bearing, (near_m + far_m) / 2)
    corners = shapely.get_coordinates(area)
    _, _, spread = WGS84.inv([at_lon] * len(corners), [at_lat] * len(corners), corners[:, 0], corners[:, 1])
    uncertainty_m = float(np.max(spread))
    precision = "L3" if far_is_known and uncertainty_m <= L3_LIMIT_M else "L6"
    return EventArea(at_lon, at_lat, uncertainty_m, precision, _as_geojson(area))


def _range_of(nearest: float | None, farthest: float | None, basis: str) -> tuple[float, float, bool]:
    """Nearer end, farther end, and whether somebody knew the farther one."""
    if basis not in ONE_NUMBER_SPREAD:
        raise Invalid({"dist_basis": [f"{basis!r} is none of {', '.join(sorted(ONE_NUMBER_SPREAD))}"]})
    near_m = nearest or 0.0
    if near_m < 0 or (farthest is not None and (farthest < near_m or farthest <= 0)):
        raise Invalid({"dist_max_km": [f"{nearest} to {farthest} m is no range"]})
    if farthest is None:
        return near_m, max(FARTHEST_M, 2 * near_m), False
    if farthest - near_m < 1.0:
        spread = ONE_NUMBER_SPREAD[basis]
        return near_m * (1 - spread), max(farthest * (1 + spread), 1.0), True
    return near_m, farthest, True


def _widened(area: BaseGeometry, lon: float, lat: float, by_m: float) -> BaseGeometry:
    """The area grown by a margin, in the plane that keeps distance and direction from lon, lat."""
    if by_m <= 0:
        return area

    def to_plane(points: np.ndarray) -> np.ndarray:
        count = len(points)
        azimuth, _, distance_m = WGS84.inv([lon] * count, [lat] * count, points[:, 0], points[:, 1])
        turn = np.radians(azimuth)
        return np.column_stack((distance_m * np.sin(turn), distance_m * np.cos(turn)))

    def to_degrees(points: np.ndarray) -> np.ndarray:
        azimuth = np.degrees(np.arctan2(points[:, 0], points[:, 1]))
        lons, lats, _ = WGS84.fwd(
            [lon] * len(points), [lat] * len(points), azimuth, np.hypot(points[:, 0], points[:, 1])
        )
        return np.column_stack((lon + (np.asarray(lons) - lon + 180) % 360 - 180, lats))

    return shapely.transform(shapely.transform(area, to_plane).buffer(by_m, quad_segs=4), to_degrees)


def share_inside(polygon: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """The part of the first area, 0 to 1, that lies inside the second.

    Compared in a cylindrical equal-area picture (longitude, sine of latitude), whose small error on the
    ellipsoid cancels out in the quotient.
    """
    first, second = _equal_area(polygon), _equal_area(other)
    if first.area == 0:
        return 1.0 if second.covers(first) else 0.0
    return min(1.0, first.intersection(second).area / first.area)


def _equal_area(polygon: Mapping[str, Any]) -> BaseGeometry:
    def project(points: np.ndarray) -> np.ndarray:
        return np.column_stack((np.radians(points[:, 0]), np.sin(np.radians(points[:, 1]))))

    return shapely.make_valid(shapely.transform(shape(polygon), project))


def adjoin(polygon: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two areas touch: nearer than about ten metres, since sources draw one edge twice."""
    return bool(shape(polygon).distance(shape(other)) < 1e-4)


def contains(polygon: Mapping[str, Any], lon: float, lat: float) -> bool:
    """Whether a point lies in the area or on its edge."""
    return bool(shape(polygon).covers(shapely.Point(lon, lat)))


def mgrs_of(lon: float, lat: float, digits: int) -> str:
    """The MGRS square that holds a point, as `38TNK 12 34`; `digits` counts both halves: 2, 4, 6, 8 or 10."""
    if digits not in (2, 4, 6, 8, 10):
        raise Invalid({"mgrs": [f"{digits} digits name no square; use 2, 4, 6, 8 or 10"]})
    if not (-80 <= lat < 84 and -180 <= lon <= 180):
        raise Invalid({"mgrs": ["MGRS squares of zones reach from 80° S to 84° N only"]})
    if -9e-8 < lat < 0:
        # Within a centimetre south of the equator the library rounds up into a row that does not exist.
        lat = 0.0
    half = digits // 2
    text = _MGRS.toMGRS(lat, lon, MGRSPrecision=half)
    return f"{text[: -2 * half]} {text[-2 * half : -half]} {text[-half:]}"


_MGRS_FORM = re.compile(r"(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z]{2})(\d*)")
_BANDS = "CDEFGHJKLMNPQRSTUVWX"


def from_mgrs(text: str) -> MgrsSquare:
    """The square an MGRS reference means: two digits name 10 km, four 1 km, six 100 m, eight 10 m, ten 1 m.

    Spaces and small letters are tolerated. Raises Invalid, with what to mend, for anything else, also for a
    square that lies outside the band it names (`38S` and `38T` are easily mixed up around 40° N).
    """
    bare = re.sub(r"\s+", "", text).upper()
    parts = _MGRS_FORM.fullmatch(bare)
    if parts is None:
        raise Invalid({"mgrs": [f"{text!r} is no MGRS reference; one looks like 38TNK 12 34"]})
    zone, band, _square, digits = parts.groups()
    if not 1 <= int(zone) <= 60:
        raise Invalid({"mgrs": [f"there is no zone {zone}; zones are 1 to 60"]})
    if len(digits) not in (2, 4, 6, 8, 10):
        raise Invalid({"mgrs": [f"{len(digits)} digits name no square; use 2, 4, 6, 8 or 10"]})
    size_m = 10 ** (5 - len(digits) // 2)
    try:
        _zone, hemisphere, easting, northing = _MGRS.MGRSToUTM(bare)
    except mgrs.core.MGRSError as refusal:
        raise Invalid({"mgrs": [f"zone {zone}{band} has no such square as in {text!r}"]}) from refusal

    # The library answers with the middle of the square; corners are counted from its south-west one.
    west, south = round(easting - size_m / 2), round(northing - size_m / 2)
    corners = [(west, south), (west + size_m, south), (west + size_m, south + size_m), (west, south + size_m)]
    grid = _utm(int(zone), hemisphere)
    lons, lats = grid.transform([e for e, _ in corners], [n for _, n in corners])
    lowest = -80 + 8 * _BANDS.index(band)
    highest = 84 if band == "X" else lowest + 8
    if max(lats) < lowest or min(lats) > highest:
        right = _BANDS[max(0, min(len(_BANDS) - 1, int((sum(lats) / 4 + 80) // 8)))]
        raise Invalid({"mgrs": [f"{text!r} does not lie in band {band}; did you mean {zone}{right}?"]})
    lon, lat = grid.transform(west + size_m / 2, south + size_m / 2)
    ring = shapely.Polygon(list(zip(lons, lats, strict=True)))
    half = len(digits) // 2
    tidy = f"{zone}{band}{parts.group(3)} {digits[:half]} {digits[half:]}"
    return MgrsSquare(tidy, lon, lat, size_m, _as_geojson(ring, decimals=7))


@lru_cache(maxsize=8)
def _utm(zone: int, hemisphere: str) -> Transformer:
    """From the metres of a UTM zone to degrees."""
    return Transformer.from_crs(
        f"EPSG:{(326 if hemisphere == 'N' else 327)}{zone:02d}", "EPSG:4326", always_xy=True
    )


def _as_geojson(area: BaseGeometry, decimals: int = 6) -> GeoJson:
    """A GeoJSON dict of lists, outer rings counter-clockwise (RFC 7946), small enough to send to a phone."""
    return _rounded(mapping(shapely.orient_polygons(area)), decimals)


def _rounded(geometry: Mapping[str, Any], decimals: int) -> GeoJson:
    def walk(value: Any) -> Any:
        return round(value, decimals) if isinstance(value, float) else [walk(part) for part in value]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}
