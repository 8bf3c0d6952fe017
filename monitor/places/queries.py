"""Where things are: places, lines and the sector of a point, as known now or at an earlier moment."""

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from monitor import geo
from monitor.places.model import BaseMap, Line, LineVersion, Place, PlaceName

# How much of an event's area must lie in a sector for the event to be the sector's own.
INSIDE = 0.95
# Nearer than this one stands at a post or base, and the post's name says it best.
AT_A_POST_M = 150.0


@dataclass(frozen=True)
class PlaceRow:
    code: str
    version: int
    kind: str
    names: dict[str, str]
    lon: float
    lat: float
    geometry: dict[str, Any]
    parent: str | None
    valid_from: dt.datetime
    valid_to: dt.datetime | None
    source: str
    source_date: str | None
    synthetic: bool
    traits: dict[str, Any]
    digest: str
    recorded_at: dt.datetime

    @property
    def name(self) -> str:
        return self.name_in("en")

    def name_in(self, language: str) -> str:
        """The name in a language, or the English one where the mission has none in it."""
        return self.names.get(language) or self.names["en"]

    @property
    def has_camera(self) -> bool:
        return bool(self.traits.get("camera"))


@dataclass(frozen=True)
class LineRow:
    """One version of a line, with everything that must be said where it is drawn."""

    code: str
    kind: str
    version: int
    names: dict[str, str]
    geometry: dict[str, Any]
    source: str
    source_date: str | None
    disclaimer: str
    accuracy_m: float | None
    valid_from: dt.datetime
    valid_to: dt.datetime | None
    digest: str
    recorded_at: dt.datetime

    def name_in(self, language: str) -> str:
        return self.names.get(language) or self.names["en"]


@dataclass(frozen=True)
class SectorShape:
    code: str
    name: str
    polygon: dict[str, Any]


@dataclass(frozen=True)
class Near:
    """A place, how far it is, and in which direction from the place the point lies."""

    place: PlaceRow
    distance_m: float
    azimuth_deg: float


@dataclass(frozen=True)
class BaseMapRow:
    content: str
    digest: str


# Places change a few times in a mission and are asked for with every observation. What was read is kept
# under what it was read from: the digests of the versions that hold.
_held: dict[frozenset[tuple[int, str, dt.datetime]], list[PlaceRow]] = {}
HELD_AT_MOST = 8


def all_places(
    session: Session,
    as_known_at: dt.datetime | None = None,
    kinds: Collection[str] = (),
    with_closed: bool = False,
) -> list[PlaceRow]:
    """Every place in the last version known by then, sectors first, then by code."""
    last = select(Place.code, func.max(Place.version).label("version")).group_by(Place.code)
    if as_known_at is not None:
        last = last.where(Place.recorded_at <= as_known_at)
    held = last.subquery()
    query = select(Place.id, Place.digest, Place.recorded_at).join(
        held, (Place.code == held.c.code) & (Place.version == held.c.version)
    )
    if kinds:
        query = query.where(Place.kind.in_(kinds))
    if not with_closed:
        query = query.where(Place.valid_to.is_(None))
    wanted = frozenset((row.id, row.digest, row.recorded_at) for row in session.execute(query))
    if wanted not in _held:
        while len(_held) >= HELD_AT_MOST:
            _held.pop(next(iter(_held)), None)
        _held[wanted] = _read_places(session, [place_id for place_id, *_ in wanted])
    return list(_held[wanted])


def _read_places(session: Session, place_ids: Collection[int]) -> list[PlaceRow]:
    names: dict[int, dict[str, str]] = {place_id: {} for place_id in place_ids}
    named = select(PlaceName.place_id, PlaceName.language, PlaceName.name)
    for place_id, language, name in session.execute(named.where(PlaceName.place_id.in_(place_ids))):
        names[place_id][language] = name
    places = session.scalars(select(Place).where(Place.id.in_(place_ids)))
    rows = [_place_row(place, names[place.id]) for place in places]
    return sorted(rows, key=lambda place: (place.kind != "sector", place.code))


def _place_row(place: Place, names: dict[str, str]) -> PlaceRow:
    assert place.lon is not None and place.lat is not None
    return PlaceRow(
        code=place.code,
        version=place.version,
        kind=place.kind,
        names=names,
        lon=place.lon,
        lat=place.lat,
        geometry=place.geometry,
        parent=place.parent,
        valid_from=place.valid_from,
        valid_to=place.valid_to,
        source=place.source,
        source_date=place.source_date,
        synthetic=place.synthetic,
        traits=place.traits,
        digest=place.digest,
        recorded_at=place.recorded_at,
    )


def place(session: Session, code: str, as_known_at: dt.datetime | None = None) -> PlaceRow | None:
    """The place of this code, also where it was closed since."""
    query = select(Place).where(Place.code == code).order_by(Place.version.desc()).limit(1)
    if as_known_at is not None:
        query = query.where(Place.recorded_at <= as_known_at)
    found = session.scalar(query)
    if found is None:
        return None
    rows = session.execute(
        select(PlaceName.language, PlaceName.name).where(PlaceName.place_id == found.id)
    ).all()
    return _place_row(found, {language: name for language, name in rows})


def sector_shapes(session: Session, as_known_at: dt.datetime | None = None) -> list[SectorShape]:
    return [
        SectorShape(sector.code, sector.name, sector.geometry)
        for sector in all_places(session, as_known_at, kinds=("sector",))
    ]


def adjoining_sectors(session: Session, as_known_at: dt.datetime | None = None) -> dict[str, frozenset[str]]:
    """The sectors that touch each other, by code, both ways."""
    shapes = sector_shapes(session, as_known_at)
    return {
        one.code: frozenset(
            other.code for other in shapes if other is not one and geo.adjoin(one.polygon, other.polygon)
        )
        for one in shapes
    }


def sector_of(session: Session, lon: float, lat: float, as_known_at: dt.datetime | None = None) -> str | None:
    """The code of the sector a point lies in; on a common edge the first by code; None outside of all."""
    return next(
        (s.code for s in sector_shapes(session, as_known_at) if geo.contains(s.polygon, lon, lat)), None
    )


def sector_of_area(
    session: Session, area: Mapping[str, Any], as_known_at: dt.datetime | None = None
) -> str | None:
    """The sector that holds at least INSIDE of an area, or None: then the observer's own sector counts."""
    for sector in sector_shapes(session, as_known_at):
        if geo.share_inside(area, sector.polygon) >= INSIDE:
            return sector.code
    return None


def nearest_place(
    session: Session, lon: float, lat: float, kinds: Collection[str] = ("settlement",)
) -> Near | None:
    """The nearest place of these kinds, or None where the mission has none."""
    found = _nearest(_spots(session, kinds), lon, lat)
    if found is None:
        return None
    spot, distance_m, azimuth = found
    row = place(session, spot.code)
    assert row is not None
    return Near(row, distance_m, azimuth)


class _Spot(NamedTuple):
    """As much of a place as it takes to find it: observations come by the hundred and each asks."""

    code: str
    kind: str
    lon: float
    lat: float
    name: str


def _spots(session: Session, kinds: Collection[str]) -> list[_Spot]:
    newer = aliased(Place)
    query = (
        select(Place.code, Place.kind, Place.lon, Place.lat, PlaceName.name)
        .join(PlaceName, (PlaceName.place_id == Place.id) & (PlaceName.language == "en"))
        .where(
            Place.kind.in_(kinds),
            Place.valid_to.is_(None),
            ~exists().where(newer.code == Place.code, newer.version > Place.version),
        )
        .order_by(Place.code)
    )
    return [
        _Spot(code, kind, lon, lat, name)
        for code, kind, lon, lat, name in session.execute(query)
        if lon is not None and lat is not None
    ]


def _nearest(spots: Collection[_Spot], lon: float, lat: float) -> tuple[_Spot, float, float] | None:
    """The nearest spot, its distance, and the direction from it to the point."""
    found: tuple[_Spot, float, float] | None = None
    for spot in spots:
        azimuth, distance_m = geo.inverse(spot.lon, spot.lat, lon, lat)
        if found is None or distance_m < found[1]:
            found = spot, distance_m, azimuth
    return found


# What stands in the words of an observation whose place has nothing named near it.
NAMELESS = "a place without a name"


def describe_from(session: Session, lon: float, lat: float) -> str:
    """Where somebody stood, without the exact position: a post's name, or about how far from where."""
    spots = _spots(session, ("post", "base", "settlement"))
    post = _nearest([spot for spot in spots if spot.kind != "settlement"], lon, lat)
    if post is not None and post[1] <= AT_A_POST_M:
        return post[0].name
    near = _nearest([spot for spot in spots if spot.kind == "settlement"], lon, lat) or post
    if near is None:
        return NAMELESS
    spot, distance_m, azimuth = near
    return describe_offset(spot.name, distance_m, azimuth)


def describe_offset(name: str, distance_m: float, azimuth_deg: float) -> str:
    """`about 2 km SE of Sotk`; whole kilometres, because the words must not be sharper than the eye."""
    if distance_m < 500:
        return f"at {name}"
    return f"about {max(1, round(distance_m / 1000))} km {geo.dir16(azimuth_deg)} of {name}"


def all_lines(session: Session, as_known_at: dt.datetime | None = None) -> list[LineRow]:
    """Every line in the last version known by then. Which one is right is nobody's question here."""
    last = select(LineVersion.line_code, func.max(LineVersion.version).label("version")).group_by(
        LineVersion.line_code
    )
    if as_known_at is not None:
        last = last.where(LineVersion.recorded_at <= as_known_at)
    held = last.subquery()
    rows = session.execute(
        select(Line, LineVersion)
        .join(LineVersion, LineVersion.line_code == Line.code)
        .join(held, (LineVersion.line_code == held.c.line_code) & (LineVersion.version == held.c.version))
        .order_by(Line.code)
    ).all()
    return [
        LineRow(
            code=line.code,
            kind=line.kind,
            version=drawn.version,
            names=drawn.names,
            geometry=drawn.geometry,
            source=drawn.source,
            source_date=drawn.source_date,
            disclaimer=drawn.disclaimer,
            accuracy_m=drawn.accuracy_m,
            valid_from=drawn.valid_from,
            valid_to=drawn.valid_to,
            digest=drawn.digest,
            recorded_at=drawn.recorded_at,
        )
        for line, drawn in rows
    ]


def base_map(session: Session) -> BaseMapRow | None:
    last = session.scalar(select(BaseMap).order_by(BaseMap.id.desc()).limit(1))
    return BaseMapRow(last.content, last.digest) if last else None


def digest_of_all(rows: Collection[PlaceRow] | Collection[LineRow]) -> str:
    """One digest for a whole list, so that a phone asks again only when something changed."""
    text = "\n".join(f"{row.code} {row.version} {row.digest}" for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()
