"""A GeoJSON feature of a mission's definition as the facts of a place or line, judged. Pure."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely.errors import ShapelyError
from shapely.geometry import shape

from monitor.errors import Invalid

_PLACE_KEYS = {
    "code",
    "kind",
    "names",
    "parent",
    "source",
    "source_date",
    "synthetic",
    "valid_from",
    "valid_to",
}
_AREAS = {"sector", "zone"}


@dataclass(frozen=True)
class PlaceFacts:
    """A place as its definition says; `digest` is of all of it, so equal digests mean nothing changed."""

    code: str
    kind: str
    names: dict[str, str]
    geometry: dict[str, Any]
    lon: float
    lat: float
    parent: str | None
    valid_from: dt.datetime
    valid_to: dt.datetime | None
    source: str
    source_date: str | None
    synthetic: bool
    traits: dict[str, Any]
    digest: str


@dataclass(frozen=True)
class LineFacts:
    code: str
    kind: str
    names: dict[str, str]
    geometry: dict[str, Any]
    source: str
    source_date: str | None
    disclaimer: str
    accuracy_m: float | None
    valid_from: dt.datetime
    digest: str


def place_facts(feature: Mapping[str, Any], kinds: tuple[str, ...], since: dt.datetime) -> PlaceFacts:
    """The place a feature tells of; `since` is its beginning where it names none. Raises Invalid."""
    said = dict(feature["properties"])
    errors: dict[str, list[str]] = {}
    kind, geometry = said.get("kind"), feature.get("geometry") or {}
    if kind not in kinds:
        errors["kind"] = [f"{kind!r} is none of {', '.join(kinds)}"]
    wanted = {"Polygon", "MultiPolygon"} if kind in _AREAS else {"Point"}
    if geometry.get("type") not in wanted:
        errors["geometry"] = [f"a {kind} is a {' or '.join(sorted(wanted))}"]
    elif problem := _problem_of(geometry):
        errors["geometry"] = [problem]
    _judge_names_and_source(said, errors)
    valid_from = _day_or_instant(said, "valid_from", errors) or since
    valid_to = _day_or_instant(said, "valid_to", errors)
    if errors:
        raise Invalid({f"places.geojson {said.get('code')} {field}": why for field, why in errors.items()})
    middle = shape(geometry).representative_point()
    return PlaceFacts(
        code=str(said["code"]),
        kind=str(kind),
        names=dict(said["names"]),
        geometry=dict(geometry),
        lon=middle.x,
        lat=middle.y,
        parent=said.get("parent"),
        valid_from=valid_from,
        valid_to=valid_to,
        source=said["source"],
        source_date=said.get("source_date"),
        synthetic=bool(said.get("synthetic", False)),
        traits={key: value for key, value in said.items() if key not in _PLACE_KEYS},
        digest=_digest(feature),
    )


def line_facts(feature: Mapping[str, Any], since: dt.datetime) -> LineFacts:
    """The line a feature tells of. A line without a source and a disclaimer is refused. Raises Invalid."""
    said = dict(feature["properties"])
    errors: dict[str, list[str]] = {}
    geometry = feature.get("geometry") or {}
    if geometry.get("type") not in {"LineString", "MultiLineString"}:
        errors["geometry"] = ["a line is a LineString or MultiLineString"]
    elif problem := _problem_of(geometry):
        errors["geometry"] = [problem]
    _judge_names_and_source(said, errors)
    for key in ("disclaimer", "source_date"):
        if not said.get(key):
            errors[key] = ["a line needs one"]
    valid_from = _day_or_instant(said, "valid_from", errors) or since
    if errors:
        raise Invalid({f"lines.geojson {said.get('code')} {field}": why for field, why in errors.items()})
    accuracy = said.get("accuracy_m")
    return LineFacts(
        code=str(said["code"]),
        kind=str(said.get("kind", "line")),
        names=dict(said["names"]),
        geometry=dict(geometry),
        source=said["source"],
        source_date=said["source_date"],
        disclaimer=said["disclaimer"],
        accuracy_m=None if accuracy is None else float(accuracy),
        valid_from=valid_from,
        digest=_digest(feature),
    )


def _judge_names_and_source(said: Mapping[str, Any], errors: dict[str, list[str]]) -> None:
    names = said.get("names")
    if not isinstance(names, dict) or not names.get("en"):
        errors["names"] = ["needs names by language, English among them"]
    if not said.get("source"):
        errors["source"] = ["says nothing about where this comes from"]


def _problem_of(geometry: Mapping[str, Any]) -> str | None:
    try:
        drawn = shape(geometry)
    except (ShapelyError, ValueError, TypeError, KeyError) as wrong:
        return str(wrong)
    if drawn.is_empty or not drawn.is_valid:
        return "the drawing is empty or crosses itself"
    west, south, east, north = drawn.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return "lies outside the world; longitude comes before latitude"
    return None


def _day_or_instant(said: Mapping[str, Any], key: str, errors: dict[str, list[str]]) -> dt.datetime | None:
    """A day means its first instant in UTC; an instant needs its offset."""
    text = said.get(key)
    if text is None:
        return None
    try:
        at = dt.datetime.fromisoformat(text)
    except (ValueError, TypeError):
        errors[key] = [f"{text!r} is no day and no time"]
        return None
    return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)


def _digest(feature: Mapping[str, Any]) -> str:
    content = {"properties": feature["properties"], "geometry": feature["geometry"]}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
