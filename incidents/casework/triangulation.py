"""Cross bearings into a fix: position, 95 % ellipse, and how well each observer agrees with it. Pure.

Method: weighted least squares on the WGS84 ellipsoid (Gauss-Newton over geodesic azimuths and distances), as
Stansfield (1947) put it for direction-finding fixes; the ellipse is that of the stated errors, which
tests/bench/fixes.py holds against simulated draws. Which side of a line an event lay on is only said where
the whole ellipse lies on one side of it (`beside`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape

from monitor.geo import HAND_COMPASS_SIGMA_DEG, WGS84, dir16

# The radius, in standard errors, of the ellipse that holds 95 % of a normal error in two dimensions.
K_95 = math.sqrt(-2 * math.log(0.05))
# A sum of squared residuals above this (99 %), by what is left over, says that the observers disagree.
DISAGREE = {1: 6.63, 2: 9.21, 3: 11.34, 4: 13.28, 5: 15.09, 6: 16.81, 7: 18.48, 8: 20.09}
FARTHEST_FIX_M = 60_000.0
STEP_M = 1.0
ROUNDS = 40


@dataclass(frozen=True)
class Bearing:
    """What one observer measured: degrees true from lon, lat with a standard error, and a distance if known.

    `accuracy_m` is how well the observer's own position is known (one standard error).
    """

    id: str
    lon: float
    lat: float
    bearing_deg: float
    sigma_deg: float = HAND_COMPASS_SIGMA_DEG
    accuracy_m: float = 0.0
    distance_m: float | None = None
    distance_sigma_m: float | None = None


@dataclass(frozen=True)
class Residual:
    """How far one observer's bearing points past the fix, clockwise positive, and from how far away."""

    id: str
    degrees: float
    distance_m: float


@dataclass(frozen=True)
class Ellipse:
    """Half axes in metres, and the direction of the longer one in degrees true (0 to 180)."""

    semi_major_m: float
    semi_minor_m: float
    major_deg: float


@dataclass(frozen=True)
class Fix:
    """Where the bearings cross. `agree` is False where they lie farther apart than their errors explain."""

    lon: float
    lat: float
    ellipse: Ellipse
    polygon: Mapping[str, Any]
    residuals: tuple[Residual, ...]
    agree: bool

    @property
    def uncertainty_m(self) -> float:
        return self.ellipse.semi_major_m


class NoCrossing(ValueError):
    """The bearings do not fix a place; the text says why."""


def fix(bearings: Sequence[Bearing]) -> Fix:
    """Two or more bearings into a fix.

    Raises NoCrossing for fewer than two, where the lines are parallel within their errors, cross behind an
    observer, or cross farther off than anybody can have heard.
    """
    if len(bearings) < 2:
        raise NoCrossing("a fix needs the bearings of at least two observers")
    ordered = sorted(bearings, key=lambda one: one.id)
    lon, lat = _start(ordered)
    for _ in range(ROUNDS):
        rest, slope = _residuals(ordered, lon, lat), _slopes(ordered, lon, lat)
        normal = slope.T @ slope
        if np.linalg.cond(normal) > 1e10:
            raise NoCrossing("the bearings are parallel within their errors")
        east, north = np.linalg.solve(normal, slope.T @ rest)
        length = math.hypot(east, north)
        # A long first step along nearly parallel lines is taken in parts, so that it does not run away.
        part = min(1.0, 5_000.0 / length) if length else 0.0
        lon, lat, _ = WGS84.fwd(lon, lat, math.degrees(math.atan2(east, north)), part * length)
        if length < 0.01:
            break
    else:
        raise NoCrossing("the bearings are parallel within their errors, or do not cross")
    return _told(ordered, lon, lat)


def _told(bearings: Sequence[Bearing], lon: float, lat: float) -> Fix:
    residuals = []
    for one in bearings:
        azimuth, _, distance_m = WGS84.inv(one.lon, one.lat, lon, lat)
        off = _turn(one.bearing_deg - azimuth)
        if abs(off) > 90:
            raise NoCrossing("the bearings cross behind an observer")
        if distance_m > FARTHEST_FIX_M:
            raise NoCrossing("the bearings cross farther off than can be seen or heard")
        residuals.append(Residual(one.id, off, distance_m))
    slope = _slopes(bearings, lon, lat)
    ellipse = _ellipse(np.linalg.inv(slope.T @ slope))
    if ellipse.semi_major_m > FARTHEST_FIX_M:
        raise NoCrossing("the bearings are parallel within their errors")
    rest = _residuals(bearings, lon, lat)
    left_over = len(rest) - 2
    agree = left_over < 1 or float(rest @ rest) <= DISAGREE.get(left_over, left_over * 3.0)
    return Fix(lon, lat, ellipse, drawn(lon, lat, ellipse), tuple(residuals), agree)


def _start(bearings: Sequence[Bearing]) -> tuple[float, float]:
    """A first guess: where the two bearings that cross most squarely do so, in a plane about the first."""
    origin = bearings[0]
    best: tuple[float, float, float] | None = None
    for index, one in enumerate(bearings):
        for other in bearings[index + 1 :]:
            turn = math.radians(other.bearing_deg - one.bearing_deg)
            if abs(math.sin(turn)) < 1e-6:
                continue
            azimuth, _, apart_m = WGS84.inv(one.lon, one.lat, other.lon, other.lat)
            along_m = apart_m * math.sin(math.radians(other.bearing_deg - azimuth)) / math.sin(turn)
            if best is None or abs(math.sin(turn)) > best[0]:
                lon, lat, _ = WGS84.fwd(one.lon, one.lat, one.bearing_deg, min(max(along_m, 100.0), 40_000.0))
                best = abs(math.sin(turn)), lon, lat
    if best is not None:
        return best[1], best[2]
    if origin.distance_m is None:
        raise NoCrossing("the bearings are parallel within their errors")
    lon, lat, _ = WGS84.fwd(origin.lon, origin.lat, origin.bearing_deg, origin.distance_m)
    return lon, lat


def _residuals(bearings: Sequence[Bearing], lon: float, lat: float) -> np.ndarray:
    """What was measured less what would be measured from here, each in its own standard errors."""
    found = []
    for one in bearings:
        azimuth, _, distance_m = WGS84.inv(one.lon, one.lat, lon, lat)
        found.append(_turn(one.bearing_deg - azimuth) / _sigma_deg(one, distance_m))
        if one.distance_m is not None:
            found.append((one.distance_m - distance_m) / _sigma_m(one))
    return np.array(found)


def _slopes(bearings: Sequence[Bearing], lon: float, lat: float) -> np.ndarray:
    """By how many standard errors each measurement would change for a metre east and a metre north."""
    east, north = WGS84.fwd(lon, lat, 90, STEP_M)[:2], WGS84.fwd(lon, lat, 0, STEP_M)[:2]
    rows = []
    for one in bearings:
        here, _, here_m = WGS84.inv(one.lon, one.lat, lon, lat)
        moved = [WGS84.inv(one.lon, one.lat, *to) for to in (east, north)]
        sigma_deg = _sigma_deg(one, here_m)
        rows.append([_turn(azimuth - here) / sigma_deg / STEP_M for azimuth, _, _ in moved])
        if one.distance_m is not None:
            rows.append([(far_m - here_m) / _sigma_m(one) / STEP_M for _, _, far_m in moved])
    return np.array(rows)


def _sigma_deg(one: Bearing, distance_m: float) -> float:
    """The bearing's error with that of the observer's own place, seen from so far away."""
    return math.hypot(max(one.sigma_deg, 0.01), math.degrees(one.accuracy_m / max(distance_m, 50.0)))


def _sigma_m(one: Bearing) -> float:
    assert one.distance_m is not None
    given = one.distance_sigma_m if one.distance_sigma_m is not None else 0.25 * one.distance_m
    return math.hypot(max(given, 1.0), one.accuracy_m)


def _turn(degrees: float) -> float:
    return (degrees + 180.0) % 360.0 - 180.0


def _ellipse(covariance: np.ndarray) -> Ellipse:
    values, vectors = np.linalg.eigh(covariance)
    east, north = vectors[:, 1]
    return Ellipse(
        K_95 * math.sqrt(values[1]),
        K_95 * math.sqrt(max(values[0], 0.0)),
        math.degrees(math.atan2(east, north)) % 180.0,
    )


def drawn(lon: float, lat: float, ellipse: Ellipse, corners: int = 72) -> Mapping[str, Any]:
    """The ellipse as a GeoJSON polygon."""
    turns = np.linspace(0, 2 * math.pi, corners, endpoint=False)
    along, across = ellipse.semi_major_m * np.cos(turns), ellipse.semi_minor_m * np.sin(turns)
    azimuths = ellipse.major_deg + np.degrees(np.arctan2(across, along))
    lons, lats, _ = WGS84.fwd([lon] * corners, [lat] * corners, azimuths, np.hypot(along, across))
    return mapping(shapely.orient_polygons(shapely.Polygon(list(zip(lons, lats, strict=True)))))


def holds(at: Fix, lon: float, lat: float) -> bool:
    """Whether a place lies inside the fix's 95 % ellipse."""
    azimuth, _, distance_m = WGS84.inv(at.lon, at.lat, lon, lat)
    turn = math.radians(azimuth - at.ellipse.major_deg)
    along, across = distance_m * math.cos(turn), distance_m * math.sin(turn)
    return (along / at.ellipse.semi_major_m) ** 2 + (across / at.ellipse.semi_minor_m) ** 2 <= 1


@dataclass(frozen=True)
class Beside:
    """How an area lies to a line. `is_near`: the area straddles or touches it, and no side is named."""

    is_near: bool
    words: str
    distance_m: float = 0.0


def beside(area: Mapping[str, Any], uncertainty_m: float, line: Mapping[str, Any], line_words: str) -> Beside:
    """Words for where an uncertain place lies to a line, such as "about 3 km NE of the line (…)".

    A direction from the line is only named where the whole area lies clear of it. Whose side that would be
    is nowhere said: a line has a source and a version, and no owner.
    """
    ground, drawn_line = shape(area), shape(line)
    if ground.intersects(drawn_line):
        return Beside(True, f"near {line_words} (uncertainty {_kilometres(uncertainty_m)})")
    joining = shapely.get_coordinates(shapely.shortest_line(drawn_line, ground.centroid))
    azimuth, _, distance_m = WGS84.inv(*joining[0], *joining[-1])
    return Beside(False, f"about {_kilometres(distance_m)} {dir16(azimuth)} of {line_words}", distance_m)


def _kilometres(metres: float) -> str:
    return f"{round(metres, -1):.0f} m" if metres < 950 else f"{metres / 1000:.1f} km"
