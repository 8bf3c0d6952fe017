"""Taking over places, lines and the base map of a definition. A change is a version, never an overwrite."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import geo
from monitor.errors import Invalid
from monitor.places.features import PlaceFacts, line_facts, place_facts
from monitor.places.model import PLACE_KINDS, BaseMap, Line, LineVersion, Place, PlaceName
from monitor.places.queries import all_lines, all_places, base_map


def store_places(
    session: Session, features: Sequence[dict[str, Any]], since: dt.datetime, now: dt.datetime
) -> int:
    """How many versions were news. A place that the definition no longer names is closed, not removed."""
    told = [place_facts(feature, PLACE_KINDS, since) for feature in features]
    known = {place.code: place for place in all_places(session, with_closed=True)}
    names_of_areas = {facts.code for facts in told if facts.kind in {"sector", "zone"}}
    for facts in told:
        if facts.parent is not None and facts.parent not in names_of_areas:
            raise Invalid({f"places.geojson {facts.code} parent": [f"{facts.parent!r} is no sector or zone"]})

    changed: list[tuple[PlaceFacts, int]] = []
    for facts in told:
        before = known.pop(facts.code, None)
        if before is None or before.digest != facts.digest:
            changed.append((facts, before.version + 1 if before else 1))
    _add_versions(session, changed, now)
    gone = [place for place in known.values() if place.valid_to is None]
    for place in gone:
        _close(session, place.code, place.version, now)
    session.flush()
    return len(changed) + len(gone)


def _add_versions(session: Session, changed: Sequence[tuple[PlaceFacts, int]], now: dt.datetime) -> None:
    places = [_new_version(facts, version, now) for facts, version in changed]
    session.add_all(places)
    session.flush()
    session.add_all(
        PlaceName(place_id=place.id, language=language, name=name)
        for place, (facts, _) in zip(places, changed, strict=True)
        for language, name in facts.names.items()
    )


def _new_version(facts: PlaceFacts, version: int, now: dt.datetime) -> Place:
    x, y, z = geo.ecef(facts.lon, facts.lat)
    own = asdict(facts)
    own.pop("names")
    return Place(**own, version=version, x=x, y=y, z=z, cell=geo.cell(facts.lon, facts.lat), recorded_at=now)


def _close(session: Session, code: str, version: int, now: dt.datetime) -> None:
    """A further version, the same but for its end."""
    last = session.scalars(select(Place).where(Place.code == code, Place.version == version)).one()
    kept = {
        column.key: getattr(last, column.key)
        for column in Place.__table__.columns
        if column.key not in {"id", "version", "valid_to", "digest", "recorded_at"}
    }
    closed = Place(**kept, version=version + 1, valid_to=now, digest=f"closed {version}", recorded_at=now)
    session.add(closed)
    session.flush()
    names = session.execute(
        select(PlaceName.language, PlaceName.name).where(PlaceName.place_id == last.id)
    ).all()
    session.add_all(PlaceName(place_id=closed.id, language=language, name=name) for language, name in names)


def store_lines(
    session: Session, features: Sequence[dict[str, Any]], since: dt.datetime, now: dt.datetime
) -> int:
    """How many versions were news. A line that is no longer named stays: it is history with a date."""
    known = {line.code: line for line in all_lines(session)}
    news = 0
    for feature in features:
        facts = line_facts(feature, since)
        before = known.get(facts.code)
        if before is not None and before.digest == facts.digest:
            continue
        if before is None:
            session.add(Line(code=facts.code, kind=facts.kind, recorded_at=now))
            session.flush()
        own = asdict(facts)
        own["line_code"] = own.pop("code")
        own.pop("kind")
        session.add(LineVersion(**own, version=before.version + 1 if before else 1, recorded_at=now))
        news += 1
    session.flush()
    return news


def store_base_map(session: Session, content: str | None, now: dt.datetime) -> bool:
    """Whether the base map was news. Without one the present one stays."""
    if content is None:
        return False
    try:
        is_collection = json.loads(content)["type"] == "FeatureCollection"
    except (ValueError, TypeError, KeyError):
        is_collection = False
    if not is_collection:
        raise Invalid({"basemap.geojson": ["is not a GeoJSON FeatureCollection"]})
    digest = hashlib.sha256(content.encode()).hexdigest()
    last = base_map(session)
    if last is not None and last.digest == digest:
        return False
    session.add(BaseMap(content=content, digest=digest, recorded_at=now))
    session.flush()
    return True
