"""Reports as files for other programs: a table (RFC 4180) and GeoJSON (RFC 7946). Pure.

Where an event is, with its uncertainty, is in them; where an observer stood never is.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = (
    *("number", "revision", "category", "type", "title", "info_type", "processing", "tier"),
    *("count_min", "count_best", "count_max", "qualifier", "start", "end", "received", "sector"),
    *("observed_from", "event_lon", "event_lat", "event_uncertainty_m", "incident"),
)
_RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NUMBERS = (int, float)


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """With a byte order mark, so that spreadsheets read the letters; no cell runs as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, _NUMBERS):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_RUNS) else text


def as_geojson(rows: Iterable[Mapping[str, Any]], facts: Mapping[str, Any]) -> str:
    """A FeatureCollection; a report whose event has no place is a feature without geometry."""
    collection = {"type": "FeatureCollection", **facts, "features": [_feature(row) for row in rows]}
    return json.dumps(collection, ensure_ascii=False)


def _feature(row: Mapping[str, Any]) -> dict[str, Any]:
    lon, lat = row["event_lon"], row["event_lat"]
    placed = lon is not None and lat is not None
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": {"type": "Point", "coordinates": [lon, lat]} if placed else None,
        "properties": {name: row[name] for name in COLUMNS if not name.startswith("event_l")},
    }
