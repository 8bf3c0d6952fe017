"""What every page is given: who is signed in and where one may go."""

from dataclasses import dataclass

from flask import Flask, redirect, request
from werkzeug import Response

from monitor.access import PUBLIC
from monitor.door import Door
from monitor.web.blueprint import Blueprint, csrf_token, current_actor
from monitor.web.lean import LeanFiles

assets = LeanFiles(
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
        """Whether this is the page shown: of all places whose address fits, the one that fits best."""
        fitting = [entry.href for entry in ENTRIES if _lies_below(entry.href)]
        return bool(fitting) and self.href == max(fitting, key=len)


@dataclass(frozen=True)
class Group:
    """Places that belong together. A group of one is shown as that place itself."""

    label: str
    entries: tuple[Entry, ...]

    @property
    def here(self) -> Entry | None:
        return next((entry for entry in self.entries if entry.is_here), None)


NAVIGATION = (
    Group("Situation room", (Entry("Situation room", "/desk", "incidents:desk:open"),)),
    Group(
        "Watch",
        (
            Entry("Coverage: who watched what", "/coverage", "incidents:observation:read"),
            Entry("Charts", "/desk/charts", "incidents:desk:open"),
            Entry("Shift and handover", "/handover", "incidents:handover:read"),
        ),
    ),
    Group(
        "Casework",
        (
            Entry("Review", "/review", "incidents:incident:read"),
            Entry("Claims of the parties", "/claims", "incidents:claim:read"),
            Entry("Evidence", "/evidence", "incidents:media:read"),
            Entry("People harmed", "/protection", "incidents:person:count"),
        ),
    ),
    Group("Summaries", (Entry("Summaries", "/summaries", "reports:summary:read"),)),
    Group("Rules", (Entry("Rules", "/rules", "incidents:rule:read"),)),
    Group(
        "Field",
        (
            Entry("File a report", "/field", "monitor:field:open"),
            Entry("Phones", "/devices", "monitor:device:read"),
        ),
    ),
)
ENTRIES = tuple(entry for group in NAVIGATION for entry in group.entries)


def _lies_below(href: str) -> bool:
    return request.path == href or request.path.startswith(f"{href}/")


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


def _navigation() -> list[Group]:
    """The groups with what this person may open in them; empty ones are left out."""
    actor = current_actor()
    shown = (
        Group(group.label, tuple(entry for entry in group.entries if actor.may(entry.permission)))
        for group in NAVIGATION
    )
    return [group for group in shown if group.entries]


@start.route("/", methods=["GET"], permission=PUBLIC)
def home(door: Door) -> Response:
    """Everybody's first page: the first entry that they may open."""
    groups = _navigation()
    return redirect(groups[0].entries[0].href if groups else "/sign-in")
