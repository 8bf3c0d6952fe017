"""The page of the form, one address a language. All else the form asks of the API."""

from typing import Any

from flask import redirect, render_template, request
from werkzeug import Response

from monitor.door import Door
from monitor.errors import NotFound
from monitor.field.messages import LANGUAGES, later_words, start_words
from monitor.mission.queries import the_mission
from monitor.web.blueprint import Blueprint

OPEN = "monitor:field:open"

bp = Blueprint("field", __name__, url_prefix="/field", template_folder="templates", static_folder="static")


@bp.route("", methods=["GET"], permission=OPEN, summary="The form in one's own language")
def own_language(door: Door) -> Response:
    """To the person's language, else the browser's."""
    known = door.actor.language if door.actor.language in LANGUAGES else None
    language = known or request.accept_languages.best_match(list(LANGUAGES)) or "en"
    return redirect(f"/field/{language}")


@bp.route("/<language>", methods=["GET"], permission=OPEN, summary="The phone form")
def form(door: Door, language: str) -> Any:
    """The page with its words, its mission and the mission's time; drafts stay on the phone."""
    _known(language)
    mission = the_mission(door.session)
    words = start_words(language)
    given = {
        "language": language,
        "messages": words,
        "person": {"id": door.actor.id},
        "mission": {
            "timezone": mission.timezone,
            "is_exercise": mission.is_exercise,
            "now": door.now.isoformat(),
            "rate": door.app.clock.rate,
            "clock_url": "/api/v1/mission",
        },
    }
    return render_template(
        "field/form.html",
        language=language,
        languages=LANGUAGES,
        words=words,
        given=given,
        mission_name=mission.name_in(language),
        is_exercise=mission.is_exercise,
    )


@bp.route("/<language>/words", methods=["GET"], permission=OPEN, summary="The words of the questions")
def words(door: Door, language: str) -> dict[str, str]:
    """The words that the first screen does without."""
    _known(language)
    return later_words(language)


def _known(language: str) -> None:
    if language not in LANGUAGES:
        raise NotFound(thing="language", id=language)
