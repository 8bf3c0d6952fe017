"""The form: its page, the same for everybody, its worker and manifest; who holds it the API says."""

import base64
import json
from typing import Any

from flask import Response, jsonify, redirect, render_template, request
from werkzeug import Response as AnyResponse

from monitor import merkle, sealing
from monitor.access import PUBLIC
from monitor.door import Door
from monitor.errors import NotFound
from monitor.field.messages import LANGUAGES, later_words, messages, start_words
from monitor.field.queries import holder
from monitor.field.release import the_release
from monitor.mission.queries import the_mission
from monitor.places.queries import all_places, digest_of_all
from monitor.watches.queries import own_watches
from monitor.watches.schema import WatchSchema
from monitor.web.blueprint import Blueprint, csrf_token
from monitor.web.lean import LeanBlueprint

OPEN = "monitor:field:open"
DARK, PETROL = "#10171a", "#175a66"

bp = LeanBlueprint(
    "field", __name__, url_prefix="/field", template_folder="templates", static_folder="static"
)
api = Blueprint("field_api", __name__, url_prefix="/api/v1/field")


@bp.route("", methods=["GET"], permission=PUBLIC, summary="The form in one's own language")
def own_language(door: Door) -> AnyResponse:
    """To the person's language, else the browser's."""
    known = door.actor.language if door.actor.kind == "person" and door.actor.language in LANGUAGES else None
    language = known or request.accept_languages.best_match(list(LANGUAGES)) or "en"
    return redirect(f"/field/{language}")


@bp.route("/<language>", methods=["GET"], permission=PUBLIC, summary="The phone form")
def form(door: Door, language: str) -> Response:
    """The page with its words. It tells nothing of mission or person, so that phones may keep it."""
    _known(language)
    return _kept(page(language), "text/html; charset=utf-8")


@bp.route("/<language>/words", methods=["GET"], permission=PUBLIC, summary="The words of the questions")
def words(door: Door, language: str) -> Response:
    """The words that the first screen does without."""
    _known(language)
    return _kept(words_json(language), "application/json")


@bp.route(
    "/<language>/app.webmanifest", methods=["GET"], permission=PUBLIC, summary="How the form is installed"
)
def manifest(door: Door, language: str) -> Response:
    _known(language)
    said = messages(language)
    response = jsonify(
        {
            "id": "/field/",
            "name": f"Truceline · {said['app.title']}",
            "short_name": "Truceline",
            "lang": language,
            "start_url": f"/field/{language}",
            "scope": "/field/",
            "display": "standalone",
            "background_color": DARK,
            "theme_color": PETROL,
            "icons": [
                {
                    "src": f"/field/static/icons/icon-{size}.png",
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                }
                for size in (192, 512)
            ]
            + [
                {
                    "src": "/field/static/icons/maskable-512.png",
                    "sizes": "512x512",
                    "type": "image/png",
                    "purpose": "maskable",
                }
            ],
        }
    )
    response.mimetype = "application/manifest+json"
    return response


@bp.route(
    "/sw.js", methods=["GET"], permission=PUBLIC, summary="The worker that serves the form without a net"
)
def worker(door: Door) -> Response:
    """The worker's text behind its release: every file with its hash."""
    rendered = {}
    for language in LANGUAGES:
        rendered[f"/field/{language}"] = page(language).encode()
        rendered[f"/field/{language}/words"] = words_json(language).encode()
    return _kept(the_release(rendered).worker, "text/javascript")


@api.route(
    "/start", methods=["GET"], permission=OPEN, summary="Who holds the phone, which mission, which keys"
)
def start(door: Door) -> dict[str, Any]:
    """All that the page does not say, for the phone to keep; a session's token, where there is a session."""
    mission = the_mission(door.session)
    found = holder(door.session, door.actor)
    origin = door.app.settings.log_origin
    public = door.app.keys.mission.public_key()
    return {
        "person": {"id": found.person_id, "name": found.name, "language": found.language},
        "device": found.device,
        "csrf_token": csrf_token() if door.actor.kind == "person" else None,
        "mission": {
            "timezone": mission.timezone,
            "is_exercise": mission.is_exercise,
            "name": mission.name_by_language,
            "now": door.now.isoformat(),
            "rate": door.app.clock.rate,
            "clock_url": "/api/v1/mission",
        },
        "keys": {
            "mission": base64.urlsafe_b64encode(sealing.point_of(public)).decode().rstrip("="),
            "mission_kid": sealing.sealing_kid(public).hex(),
            "log_vkey": merkle.VerifierKey.of(origin, door.app.keys.log).text,
            "log_origin": origin,
        },
        "places_digest": digest_of_all(all_places(door.session)),
        "watches": WatchSchema(many=True).dump(own_watches(door.session, door.actor.team_id, door.now)),
    }


def page(language: str) -> str:
    """The same bytes for everybody, so that the worker can check them by their hash."""
    said = start_words(language)
    given = {"language": language, "languages": LANGUAGES, "messages": said}
    return render_template("field/form.html", language=language, languages=LANGUAGES, words=said, given=given)


def words_json(language: str) -> str:
    return json.dumps(later_words(language), ensure_ascii=False, separators=(",", ":"))


def _kept(text: str, mimetype: str) -> Response:
    """May be kept, and is asked for again each time."""
    response = Response(text, content_type=mimetype)
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def _known(language: str) -> None:
    if language not in LANGUAGES:
        raise NotFound(thing="language", id=language)
