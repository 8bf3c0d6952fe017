"""Places, lines and the base map, each with a digest as its ETag so that phones fetch them once."""

from typing import Any

from flask import Response, jsonify, request, send_file

from monitor.door import Door
from monitor.errors import NotFound
from monitor.places.declination import grid
from monitor.places.queries import LineRow, PlaceRow, all_lines, all_places, base_map, digest_of_all
from monitor.places.schema import (
    BaseMapSchema,
    DeclinationSchema,
    LineSchema,
    LinesSchema,
    PlaceSchema,
    PlacesSchema,
)
from monitor.places.spelling import name_for
from monitor.web.blueprint import Blueprint

bp = Blueprint("places", __name__, url_prefix="/api/v1")

READ = "monitor:place:read"


@bp.route(
    "/places", methods=["GET"], permission=READ, gives=PlacesSchema, summary="Sectors, posts, settlements"
)
def places(door: Door) -> Response:
    """All places in the version that holds; `label` is the name in `?language=`, or one in its letters. With
    them how far magnetic north is off about them now, for a compass without a net."""
    found = all_places(door.session)
    language = _language(door)
    dumped = [PlaceSchema().dump(_shown_place(place, language)) for place in found]
    digest = digest_of_all(found)
    declination = grid([(place.lon, place.lat) for place in found], door.now)
    answer = jsonify(
        {
            "digest": digest,
            "places": dumped,
            "declination": DeclinationSchema().dump(declination) if declination else None,
        }
    )
    epoch = f"{declination.model}-{declination.epoch}" if declination else "no-place"
    return _unless_known(answer, f"{digest}-{language}-{epoch}")


@bp.route(
    "/lines", methods=["GET"], permission=READ, gives=LinesSchema, summary="Named, sourced, dated lines"
)
def lines(door: Door) -> Response:
    found = all_lines(door.session)
    language = _language(door)
    dumped = [LineSchema().dump(_shown_line(line, language)) for line in found]
    digest = digest_of_all(found)
    return _unless_known(jsonify({"digest": digest, "lines": dumped}), f"{digest}-{language}")


@bp.route("/basemap", methods=["GET"], permission=READ, gives=BaseMapSchema, summary="The region's base map")
def basemap(door: Door) -> Response:
    found = base_map(door.session)
    if found is None:
        raise NotFound(thing="base map", id="of this mission")
    return _unless_known(Response(found.content, mimetype="application/geo+json"), found.digest)


@bp.route(
    "/basemap.pmtiles",
    methods=["GET"],
    permission=READ,
    summary="The operator's own base map (setting `basemap_file`), by range",
)
def basemap_tiles(door: Door) -> Response:
    path = door.app.settings.basemap_file
    if path is None or not path.is_file():
        raise NotFound(thing="file of tiles", id="of this mission")
    response = send_file(path.resolve(), mimetype="application/vnd.pmtiles", conditional=True)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response


def _language(door: Door) -> str:
    return request.args.get("language", door.actor.language)[:8]


def _unless_known(response: Response, digest: str) -> Response:
    """304 where the asker shows this digest. Private: who may see places is decided on every request."""
    response.set_etag(digest)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def _shown_place(place: PlaceRow, language: str) -> dict[str, Any]:
    return {
        "code": place.code,
        "kind": place.kind,
        "label": name_for(place.names, language),
        "names": place.names,
        "lon": place.lon,
        "lat": place.lat,
        "geometry": None if place.geometry["type"] == "Point" else place.geometry,
        "parent": place.parent,
        "synthetic": place.synthetic,
        "source": place.source,
        "source_date": place.source_date,
        "population": place.traits.get("population"),
        "camera": place.has_camera,
        "accuracy_m": place.traits.get("accuracy_m"),
    }


def _shown_line(line: LineRow, language: str) -> dict[str, Any]:
    return {
        "code": line.code,
        "kind": line.kind,
        "version": line.version,
        "label": name_for(line.names, language),
        "names": line.names,
        "geometry": line.geometry,
        "source": line.source,
        "source_date": line.source_date,
        "disclaimer": line.disclaimer,
        "accuracy_m": line.accuracy_m,
        "valid_from": line.valid_from,
    }
