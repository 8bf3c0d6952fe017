"""Where the observer stood and where the event was, from what the observer said. Pure.

Nothing is corrected: what cannot be read is left out and named as a reason, and the place gets as coarse
as what is left allows.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monitor import geo
from monitor.errors import Invalid
from monitor.places.declination import declination_deg

INSIDE = 0.95  # the event's sector counts where this part of its uncertainty lies inside (rule C9)
UNKNOWN_ACCURACY_M = 100.0
PIN_LIMIT_M = 1_000.0


@dataclass(frozen=True)
class KnownPlace:
    """A post, settlement or other named place, as far as locating needs it."""

    lon: float
    lat: float
    radius_m: float
    polygon: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Ground:
    """What a mission knows of its ground: places and sectors by code; the declination it sets, in degrees
    east, for a bearing whose time is not known."""

    places: Mapping[str, KnownPlace]
    sectors: Mapping[str, Mapping[str, Any]]
    declination_deg: float = 0.0


@dataclass(frozen=True)
class Where:
    """The answer. `position` is exact and private; the rest may stand in the open row."""

    observer: tuple[float, float] | None
    observer_accuracy_m: float | None
    lon: float | None
    lat: float | None
    uncertainty_m: float | None
    precision: str
    polygon: Mapping[str, Any] | None
    sector: str | None
    sector_basis: str | None
    bearing_deg: float | None = None
    reasons: list[str] = field(default_factory=list)

    @property
    def point(self) -> tuple[float, float] | None:
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


def locate(
    observer: Mapping[str, Any], event: Mapping[str, Any], ground: Ground, at: dt.datetime | None = None
) -> Where:
    """Places an observation. `observer` and `event` are parts of the body as far as they could be read.

    A magnetic bearing is turned by the declination where the observer stood `at` the time of the event.
    """
    reasons: list[str] = []
    stood, accuracy_m = _observer(observer, ground, reasons)
    bearing_deg: float | None = None
    area: geo.EventArea | None = None
    try:
        match event.get("kind"):
            case "direction" if stood:
                if event.get("bearing_deg") is not None:
                    east_deg = ground.declination_deg if at is None else declination_deg(*stood, at)
                    bearing_deg = geo.true_bearing(
                        event["bearing_deg"], event.get("north") or "true", east_deg
                    )
                area = geo.event_from_direction(
                    *stood,
                    accuracy_m,
                    bearing_deg=bearing_deg,
                    dir16_word=None if bearing_deg is not None else event.get("dir16"),
                    bearing_sigma_deg=event.get("bearing_sigma_deg"),
                    dist_min_m=_metres(event.get("dist_min_km")),
                    dist_max_m=_metres(event.get("dist_max_km")),
                    dist_basis=event.get("dist_basis") or "estimate",
                )
                if bearing_deg is None and event.get("dir16"):
                    bearing_deg = geo.degrees_of(event["dir16"])
            case "direction":
                reasons.append("direction_without_observer")
            case "place":
                area = _at_place(event.get("place"), ground, reasons)
            case "point":
                area = _at_point(event, reasons)
            case "same_as_observer" if stood:
                area = _around(*stood, accuracy_m, "L1" if observer.get("method") != "map" else "L2")
    except Invalid as error:
        reasons += [f"not_allowed:event.{name}" for name in error.facts["errors"]]
    sector, basis = _sector(area, stood, ground)
    return Where(
        observer=stood,
        observer_accuracy_m=accuracy_m if stood else None,
        lon=area.lon if area else None,
        lat=area.lat if area else None,
        uncertainty_m=area.uncertainty_m if area else None,
        precision=area.precision if area else "L7",
        polygon=area.polygon if area else None,
        sector=sector,
        sector_basis=basis,
        bearing_deg=bearing_deg,
        reasons=reasons,
    )


def _observer(
    said: Mapping[str, Any], ground: Ground, reasons: list[str]
) -> tuple[tuple[float, float] | None, float]:
    accuracy_m = said.get("accuracy_m")
    if said.get("lon") is not None and said.get("lat") is not None:
        return (said["lon"], said["lat"]), UNKNOWN_ACCURACY_M if accuracy_m is None else accuracy_m
    if said.get("mgrs"):
        try:
            square = geo.from_mgrs(said["mgrs"])
        except Invalid:
            reasons.append("not_allowed:observer.mgrs")
        else:
            return (square.lon, square.lat), square.uncertainty_m
    if said.get("post"):
        if place := ground.places.get(said["post"]):
            return (place.lon, place.lat), place.radius_m
        reasons.append("unknown_place:observer.post")
    if not reasons:
        reasons.append("observer_position_missing")
    return None, 0.0


def _metres(km: float | None) -> float | None:
    return None if km is None else km * 1000.0


def _around(lon: float, lat: float, radius_m: float, precision: str) -> geo.EventArea:
    radius_m = max(radius_m, 1.0)
    return geo.EventArea(lon, lat, radius_m, precision, geo.circle(lon, lat, radius_m))


def _at_place(code: str | None, ground: Ground, reasons: list[str]) -> geo.EventArea | None:
    place = ground.places.get(code or "")
    if place is None:
        reasons.append("unknown_place:event.place")
        return None
    if place.polygon is not None:
        return geo.EventArea(place.lon, place.lat, place.radius_m, "L4", dict(place.polygon))
    return _around(place.lon, place.lat, place.radius_m, "L4")


def _at_point(said: Mapping[str, Any], reasons: list[str]) -> geo.EventArea | None:
    if said.get("mgrs"):
        square = geo.from_mgrs(said["mgrs"])
        return geo.EventArea(square.lon, square.lat, square.uncertainty_m, square.precision, square.polygon)
    if said.get("lon") is None or said.get("lat") is None:
        reasons.append("event_point_missing")
        return None
    accuracy_m = said.get("accuracy_m") or UNKNOWN_ACCURACY_M
    precision = "L2" if accuracy_m < PIN_LIMIT_M else "L3" if accuracy_m <= 5_000 else "L5"
    return _around(said["lon"], said["lat"], accuracy_m, precision)


def _sector(
    area: geo.EventArea | None, stood: tuple[float, float] | None, ground: Ground
) -> tuple[str | None, str | None]:
    """The event's sector where it is sure enough, else the observer's, marked (rule C9)."""
    if area is not None:
        for code, polygon in ground.sectors.items():
            if (
                geo.contains(polygon, area.lon, area.lat)
                and geo.share_inside(area.polygon, polygon) >= INSIDE
            ):
                return code, "event"
    if stood is not None:
        for code, polygon in ground.sectors.items():
            if geo.contains(polygon, *stood):
                return code, "observer"
    return None, None
