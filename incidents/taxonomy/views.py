"""The taxonomy as the phone fetches it: one language, cached by its worker until the digest changes."""

from flask import Response, jsonify, request

from incidents.taxonomy.model import LANGUAGES
from incidents.taxonomy.phone import taxonomy_json
from monitor.door import Door
from monitor.errors import Invalid
from monitor.web.blueprint import Blueprint

bp = Blueprint("taxonomy", __name__, url_prefix="/api/v1")


@bp.route(
    "/taxonomy",
    methods=["GET"],
    permission="incidents:taxonomy:read",
    summary="What can be reported, with every label in one language",
)
def read_taxonomy(door: Door) -> Response:
    language = request.args.get("language", "en")
    if language not in LANGUAGES:
        raise Invalid(errors={"language": [f"One of {', '.join(LANGUAGES)}."]})
    content = taxonomy_json(language)
    response = jsonify(content)
    response.set_etag(f"{content['digest']}-{language}")
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
