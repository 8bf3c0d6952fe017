"""Annex B: the violations of the period on the ground, each with the area in which it is held to be."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import shapely

from incidents.casework import counting
from incidents.intake.queries import ObservationRow
from monitor.field.messages import LANGUAGES
from monitor.places.queries import PlaceRow
from reports.daily import words
from reports.daily.facts import Facts
from reports.daily.sections.drafting import Draft, sum_of
from reports.document import Block, Chart, Column, Map, Paragraph, Row, Runs, Section, Series, Shape, Table

MARGIN_DEG = 0.05
DECIMALS = 4
CROWDED = 4
DETAIL_HEIGHT = 380
SMALL_ARMS = ("burst", "shot", "muzzle_flash", "exchange_of_fire")
FROM_THE_AIR = ("uav_strike", "uav_munition_drop", "loitering_munition", "air_strike", "rocket_missile")
BASE_KINDS = {"country": "neighbour", "lake": "lake", "river": "river"}
LEGEND = (
    *("line", "sector", "uncertainty", "post", "base", "settlement"),
    *("event:explosion", "event:small_arms", "event:air", "event:other"),
)
BIG_TOWN = 8000


def annex_b(draft: Draft) -> Section:
    """The map of the mission area, and a closer one of each sector where violations crowd."""
    facts, title = draft.facts, draft.text("title.annex_b")
    if not facts.sectors:
        return Section("", "annex_b", title, (Paragraph(draft.say("annex_b.none")),))
    bounds = _bounds(facts)
    shapes = [*_ground(facts, bounds), *_places(draft, bounds)]
    for row in draft.annex_rows:
        shapes += _event(facts, row, draft.refs[row.observation_id])
    counts = {"sectors": str(len(facts.sectors)), "violations": str(len(draft.annex_rows))}
    whole = Map(
        "map",
        draft.text("annex_b.caption"),
        draft.text("annex_b.alt", **counts),
        bounds,
        tuple(shapes),
        tuple((kind, draft.text(f"annex_b.legend.{kind.rpartition(':')[2]}")) for kind in LEGEND),
        facts.mission.disclaimer_in(draft.words.code),
        _sources(draft),
    )
    closer = _details(draft, tuple(shapes))
    blocks: tuple[Block, ...] = (whole, *small_multiples(draft), *closer, *place_names(draft))
    return Section("", "annex_b", title, blocks)


def place_names(draft: Draft) -> Iterable[Table]:
    """What the mission's other languages call the places on the map: a name is nobody's to choose alone."""
    others = [code for code in draft.facts.mission.languages if code != draft.words.code]
    named = [place for place in _drawn_places(draft) if place.kind != "post" and set(place.names) & {*others}]
    if not named:
        return
    heads = [draft.text("annex_b.names_head"), *(LANGUAGES.get(code, code) for code in others)]
    rows = []
    for place in sorted(named, key=lambda one: words.place_name(one, one.code, draft.words)):
        cells: list[Runs] = [(words.place_name(place, place.code, draft.words),)]
        cells += [(place.names.get(code, "–"),) for code in others]
        rows.append(Row(tuple(cells)))
    columns = tuple(Column(head) for head in heads)
    caption, note = draft.text("annex_b.names"), draft.text("annex_b.names_note")
    yield Table("names", caption, columns, tuple(rows), note)


def _drawn_places(draft: Draft) -> Iterable[PlaceRow]:
    """Posts and bases, and the settlements that are large enough, the largest first."""
    yield from draft.facts.posts
    for place in sorted(draft.facts.settlements, key=_population, reverse=True):
        if _population(place) >= BIG_TOWN:
            yield place


def _population(place: PlaceRow) -> int:
    return int(place.traits.get("population") or 0)


def small_multiples(draft: Draft) -> Iterable[Chart]:
    """The violations of each sector a day, over the paper's periods and those before; hatched where nobody
    watched."""
    spans = [*draft.facts.series, *draft.facts.spans]
    if len(spans) < 2 or not draft.sector_names:
        return
    labels = tuple(draft.words.short_day(span.period.end, draft.zone) for span in spans)
    by_span = [counting.by_sector_and_kind(draft.counted(span)) for span in spans]
    series = []
    for code, name in draft.sector_names.items():
        values: list[int | None] = []
        for span, kinds in zip(spans, by_span, strict=True):
            total = sum_of(kinds.get(code, {}).values())
            values.append(total.best if total.best or span.hours.get(code) else None)
        series.append(Series(name, tuple(values)))
    yield Chart(
        "multiples",
        draft.text("annex_b.multiples"),
        draft.text("annex_b.multiples_alt", days=str(len(spans))),
        "multiples",
        labels,
        tuple(series),
        draft.text("annex_b.multiples_note"),
    )


def _sources(draft: Draft) -> tuple[str, ...]:
    sources = []
    for line in draft.facts.lines:
        source = f"{line.source}, {line.source_date}" if line.source_date else line.source
        named = {"name": line.name_in(draft.words.code), "version": str(line.version)}
        sources.append(draft.text("annex_b.line", source=source, disclaimer=line.disclaimer, **named))
    base = draft.facts.base_map
    if base and base.get("attribution"):
        sources.append(draft.text("annex_b.base", attribution=base["attribution"]))
    return tuple(sources)


def _details(draft: Draft, shapes: tuple[Shape, ...]) -> Iterable[Map]:
    """A closer map of each sector where several violations crowd, so that each area can be seen."""
    for sector in draft.facts.sectors:
        mine = [
            row.observation_id
            for row in draft.annex_rows
            if row.sector_code == sector.code and row.lon is not None
        ]
        if len(mine) < CROWDED:
            continue
        bounds = _around(extent(shape for shape in shapes if set(shape.ids) & set(mine)))
        name = draft.sector(sector.code)
        named = ", ".join(draft.refs[one] for one in mine)
        yield Map(
            f"map-{sector.code}",
            draft.text("annex_b.nearer", sector=name),
            draft.text("annex_b.nearer_alt", sector=name, named=named),
            bounds,
            tuple(_near(shapes, bounds)),
            (),
            draft.text("annex_b.no_side"),
            (),
            DETAIL_HEIGHT,
        )


def extent(shapes: Iterable[Shape]) -> tuple[float, float, float, float]:
    """West, south, east and north of events and their areas, also of areas that cross themselves."""
    drawn = [
        shapely.geometry.shape(shape.geometry) for shape in shapes if shape.kind in ("event", "uncertainty")
    ]
    west, south, east, north = shapely.total_bounds(drawn)
    return float(west), float(south), float(east), float(north)


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


def _places(draft: Draft, bounds: tuple[float, float, float, float]) -> Iterable[Shape]:
    for sector in draft.facts.sectors:
        geometry = _cut(sector.geometry, bounds)
        if geometry:
            yield Shape("sector", geometry, draft.sector(sector.code))
    for place in _drawn_places(draft):
        label = place.code if place.kind == "post" else words.place_name(place, place.code, draft.words)
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
