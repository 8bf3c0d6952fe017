"""What every page is given: who is signed in and where one may go."""

from dataclasses import dataclass

from flask import Blueprint as FlaskBlueprint
from flask import Flask, redirect, request
from werkzeug import Response

from monitor.access import PUBLIC
from monitor.door import Door
from monitor.web.blueprint import Blueprint, csrf_token, current_actor

assets = FlaskBlueprint(
    "web", __name__, static_folder="static", static_url_path="/static", template_folder="templates"
)
start = Blueprint("start", __name__)


@dataclass(frozen=True)
class Entry:
    """A place in the main navigation, shown to those who may go there."""

    label: str
    href: str
    permission: str

    @property
    def is_here(self) -> bool:
        return request.path.startswith(self.href)


NAVIGATION = (
    Entry("Situation room", "/desk", "incidents:desk:open"),
    Entry("Rules", "/rules", "incidents:rule:read"),
    Entry("Summaries", "/summaries", "reports:summary:read"),
    Entry("Report", "/field", "monitor:field:open"),
)


def register(app: Flask) -> None:
    app.register_blueprint(assets)
    app.register_blueprint(start)

    @app.context_processor
    def _shell() -> dict[str, object]:
        return {
            "csrf_token": csrf_token,
            "actor": current_actor(),
            "navigation": _navigation,
        }


def _navigation() -> list[Entry]:
    return [entry for entry in NAVIGATION if current_actor().may(entry.permission)]


@start.route("/", methods=["GET"], permission=PUBLIC)
def home(door: Door) -> Response:
    """Everybody's first page: the first entry that they may open."""
    entries = _navigation()
    return redirect(entries[0].href if entries else "/sign-in")
