"""Annex B: the violations of the period on the ground, each with the area in which it is held to be."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import shapely

from incidents.intake.queries import ObservationRow
from monitor.field.messages import LANGUAGES
from monitor.places.queries import PlaceRow
from reports.daily import words
from reports.daily.facts import Facts
from reports.document import Column, Map, Paragraph, Row, Runs, Section, Shape, Table

MARGIN_DEG = 0.05
DECIMALS = 4
CROWDED = 4
DETAIL_HEIGHT = 380
NO_SIDE = "The line is a generalised drawing: no side of it and no distance to it may be read from this map."
SMALL_ARMS = ("burst", "shot", "muzzle_flash", "exchange_of_fire")
FROM_THE_AIR = ("uav_strike", "uav_munition_drop", "loitering_munition", "air_strike", "rocket_missile")
BASE_KINDS = {"country": "neighbour", "lake": "lake", "river": "river"}
LEGEND = (
    ("line", "line as sourced below"),
    ("sector", "sector of observation"),
    ("uncertainty", "area in which the event lies"),
    ("post", "observation post"),
    ("base", "forward base"),
    ("settlement", "settlement"),
    ("event:explosion", "explosion"),
    ("event:small_arms", "burst, shot or exchange"),
    ("event:air", "UAV, air strike or rocket"),
    ("event:other", "other violation"),
)
BIG_TOWN = 8000


def annex_b(
    facts: Facts, refs: Mapping[str, str], rows: Mapping[str, ObservationRow], language: str
) -> Section:
    title = "Annex B: Map"
    if not facts.sectors:
        return Section("", "annex_b", title, (Paragraph(("The mission has no sectors on record.",)),))
    bounds = _bounds(facts)
    shapes = [*_ground(facts, bounds), *_places(facts, bounds, language)]
    for observation_id, ref in refs.items():
        shapes += _event(facts, rows[observation_id], ref)
    caption = "Ceasefire violations of Annex A, with the area in which each is held to have been"
    alt = (
        f"Map of the mission area with {len(facts.sectors)} sectors, the posts and {len(refs)} violations, "
        "each with its area of uncertainty; Annex A lists them with places and directions."
    )
    sources = tuple(
        f"Line: {line.name_in(language)} (version {line.version}); {line.source}"
        + (f", {line.source_date}" if line.source_date else "")
        + f". {line.disclaimer}"
        for line in facts.lines
    )
    if facts.base_map and facts.base_map.get("attribution"):
        sources = (*sources, f"Base map: {facts.base_map['attribution']}.")
    disclaimer = facts.mission.disclaimer_in(language)
    whole = Map("map", caption, alt, bounds, tuple(shapes), LEGEND, disclaimer, sources)
    closer = _details(facts, refs, rows, language, tuple(shapes))
    return Section("", "annex_b", title, (whole, *closer, *place_names(facts, language)))


def place_names(facts: Facts, language: str) -> Iterable[Table]:
    """What the mission's other languages call the places on the map: a name is nobody's to choose alone."""
    others = [code for code in facts.mission.languages if code != language]
    named = [place for place in _drawn_places(facts) if place.kind != "post" and set(place.names) & {*others}]
    if not named:
        return
    heads = [Column("On the map"), *(Column(LANGUAGES.get(code, code)) for code in others)]
    rows = []
    for place in sorted(named, key=lambda one: words.place_name(one, one.code, language)):
        cells: list[Runs] = [(words.place_name(place, place.code, language),)]
        cells += [(place.names.get(code, words.NOT_SAID),) for code in others]
        rows.append(Row(tuple(cells)))
    note = "As the gazetteer holds them; a dash where it has none. No name here is an opinion on a place."
    yield Table("names", "The places on the map in the mission's languages", tuple(heads), tuple(rows), note)


def _drawn_places(facts: Facts) -> Iterable[PlaceRow]:
    """Posts and bases, and the settlements that are large enough, the largest first."""
    yield from facts.posts
    for place in sorted(facts.settlements, key=_population, reverse=True):
        if _population(place) >= BIG_TOWN:
            yield place


def _population(place: PlaceRow) -> int:
    return int(place.traits.get("population") or 0)


def _details(
    facts: Facts,
    refs: Mapping[str, str],
    rows: Mapping[str, ObservationRow],
    language: str,
    shapes: tuple[Shape, ...],
) -> Iterable[Map]:
    """A closer map of each sector where several violations crowd, so that each area can be seen."""
    for sector in facts.sectors:
        mine = [one for one in refs if rows[one].sector_code == sector.code and rows[one].lon is not None]
        if len(mine) < CROWDED:
            continue
        inside = shapely.union_all(
            [
                shapely.geometry.shape(shape.geometry)
                for shape in shapes
                if shape.kind in ("event", "uncertainty") and set(shape.ids) & set(mine)
            ]
        )
        name = words.place_name(sector, sector.code, language)
        named = ", ".join(refs[one] for one in mine)
        yield Map(
            f"map-{sector.code}",
            f"{name}: the violations from nearer",
            f"Closer map of {name} with the areas of violations {named}, listed in Annex A.",
            _around(inside.bounds),
            tuple(_near(shapes, _around(inside.bounds))),
            (),
            NO_SIDE,
            (),
            DETAIL_HEIGHT,
        )


def _near(shapes: Iterable[Shape], bounds: tuple[float, float, float, float]) -> Iterable[Shape]:
    """The shapes that a closer map can show, cut to it."""
    for shape in shapes:
        geometry = _cut(shape.geometry, bounds)
        if geometry:
            yield dataclasses.replace(shape, geometry=geometry)


def _around(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    margin = 0.012
    west, south, east, north = bounds
    return (
        round(west - margin, DECIMALS),
        round(south - margin, DECIMALS),
        round(east + margin, DECIMALS),
        round(north + margin, DECIMALS),
    )


def _bounds(facts: Facts) -> tuple[float, float, float, float]:
    edges = [shapely.from_geojson(_text(place.geometry)).bounds for place in facts.sectors]
    west, south = min(edge[0] for edge in edges), min(edge[1] for edge in edges)
    east, north = max(edge[2] for edge in edges), max(edge[3] for edge in edges)
    return (
        round(west - MARGIN_DEG, DECIMALS),
        round(south - MARGIN_DEG, DECIMALS),
        round(east + MARGIN_DEG, DECIMALS),
        round(north + MARGIN_DEG, DECIMALS),
    )


def _text(geometry: Mapping[str, Any]) -> str:
    text: str = shapely.to_geojson(shapely.geometry.shape(geometry))
    return text


def _cut(geometry: Mapping[str, Any], bounds: tuple[float, float, float, float]) -> dict[str, Any] | None:
    """The part that the map can show, with as many decimals as it can draw; None where nothing is left."""
    wide = (bounds[2] - bounds[0]) * 0.8
    high = (bounds[3] - bounds[1]) * 0.8
    wide = max(wide, high * 2)
    frame = shapely.box(bounds[0] - wide, bounds[1] - high, bounds[2] + wide, bounds[3] + high)
    shown = shapely.make_valid(shapely.geometry.shape(geometry)).intersection(frame)
    return None if shown.is_empty else _rounded(shapely.geometry.mapping(shown))


def _rounded(value: Any) -> Any:
    """Plain lists and rounded numbers, so that the document is the same after a round trip."""
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return round(value, DECIMALS) if isinstance(value, float) else value


def _ground(facts: Facts, bounds: tuple[float, float, float, float]) -> Iterable[Shape]:
    for feature in (facts.base_map or {}).get("features", ()):
        properties = feature["properties"]
        kind = BASE_KINDS.get(properties.get("kind"))
        geometry = _cut(feature["geometry"], bounds) if kind else None
        if kind and geometry:
            name = properties.get("name")
            label = name.upper() if name and kind == "neighbour" else name if kind == "lake" else None
            yield Shape(kind, geometry, label)
    for line in facts.lines:
        geometry = _cut(line.geometry, bounds)
        if geometry:
            yield Shape("line", geometry)


def _places(facts: Facts, bounds: tuple[float, float, float, float], language: str) -> Iterable[Shape]:
    for sector in facts.sectors:
        geometry = _cut(sector.geometry, bounds)
        if geometry:
            yield Shape("sector", geometry, words.place_name(sector, sector.code, language))
    for place in _drawn_places(facts):
        label = place.code if place.kind == "post" else words.place_name(place, place.code, language)
        yield Shape(place.kind, _point(place.lon, place.lat), label.removeprefix("Forward base "))


def _point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(lon, DECIMALS), round(lat, DECIMALS)]}


def _event(facts: Facts, row: ObservationRow, ref: str) -> Iterable[Shape]:
    """The area and the mark of one violation. Where the event's place is not known, nothing is drawn."""
    position = facts.positions.get(row.observation_id)
    ids = (row.observation_id,)
    if position and position.geometry and position.geometry.get("type") != "Point":
        yield Shape("uncertainty", _rounded(dict(position.geometry)), ids=ids)
    if row.lon is not None and row.lat is not None:
        yield Shape("event", _point(row.lon, row.lat), ref, _symbol(row.type), ids)


def _symbol(kind: str) -> str:
    if kind == "explosion":
        return "explosion"
    if kind in SMALL_ARMS:
        return "small_arms"
    return "air" if kind in FROM_THE_AIR else "other"
