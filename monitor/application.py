"""The Flask application around the parts of a mission."""

from collections.abc import Iterable

from flask import Flask, g

from monitor.door import App
from monitor.live.stream import Stream
from monitor.mission.queries import MissionRow, find_mission
from monitor.people import sessions
from monitor.web import compression, headers, problems, shell
from monitor.web.blueprint import Blueprint, current_app_parts


def make_flask(parts: App, blueprints: Iterable[Blueprint]) -> Flask:
    app = Flask("truceline", static_folder=None, root_path=".")
    app.secret_key = parts.keys.session
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["truceline"] = parts
    app.extensions["truceline.stream"] = Stream(parts)
    app.config["MAX_CONTENT_LENGTH"] = None  # each door names its own limit
    app.config["MAX_FORM_PARTS"] = 200
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    sessions.register(app, parts)
    compression.register(app)  # looks at what the headers say, so it stands before them and acts after
    headers.register(app, parts.settings)
    problems.register(app)
    shell.register(app)
    app.context_processor(lambda: {"mission_shown": _mission_shown})
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app


def _mission_shown() -> MissionRow | None:
    """The mission as the head of a page names it; read once a request."""
    if "mission_shown" not in g:
        with current_app_parts().reading() as door:
            g.mission_shown = find_mission(door.session)
    return g.mission_shown
