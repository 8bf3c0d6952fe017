"""A base for figures of the form: server, worker, the exercise's mission, a monitor on watch."""

import datetime as dt
import socket
import threading
import uuid
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from alembic import command as alembic
from cast_of_people import cast_member, signed_in
from werkzeug.serving import WSGIRequestHandler, make_server

import reports.exercise
import wsgi
from monitor.cli import migrations
from monitor.clock import StoppedClock
from monitor.db.session import Store
from monitor.door import App
from monitor.jobs.runner import Worker
from monitor.keys import load_keys, make_keys
from monitor.mission.service import load_mission
from monitor.settings import load_settings
from monitor.storage import Storage
from monitor.watches.service import plan_watch, record_watch_event

MISSION = Path(reports.exercise.__path__[0]) / "data"
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "locale": "en-GB",
    "timezone_id": "Asia/Yerevan",
    "geolocation": {"longitude": 45.86, "latitude": 40.20, "accuracy": 12},
    "permissions": ["geolocation"],
    "reduced_motion": "reduce",
}


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing; the figures are what is printed."""


class Base:
    """`with Base(folder) as base:` serves at `base.url`; `base.cookie` signs its monitor in."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        url = f"sqlite:///{folder / 'truceline.db'}"
        settings = load_settings({}, data_dir=folder, database_url=url, port=port, log_level="ERROR")
        alembic.upgrade(migrations(settings), "head")
        make_keys(folder / "keys")
        clock = StoppedClock(dt.datetime(2022, 9, 13, 8, 0, tzinfo=dt.UTC))
        store = Store(settings.store_url)
        self.parts = App(settings, store, clock, load_keys(folder / "keys"), Storage(folder / "media"))
        self.url = settings.origin
        self._listening = listening
        app = wsgi.create_app(parts=self.parts)
        self._stream = app.extensions["truceline.stream"]
        self._server = make_server(
            "127.0.0.1", port, app, threaded=True, request_handler=Quiet, fd=listening.fileno()
        )
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self._worker = Worker(self.parts, wsgi.JOBS, wsgi.SUBSCRIBERS)
        self._threads = [
            threading.Thread(target=run, daemon=True)
            for run in (self._server.serve_forever, self._worker.run)
        ]

    def __enter__(self) -> "Base":
        for thread in self._threads:
            thread.start()
        with self.parts.transaction() as door:
            load_mission(door.session, MISSION, door.now)
            monitor = cast_member(door, "monitor")
            acting, began, watch_id = (
                replace(door, actor=monitor),
                door.now - dt.timedelta(hours=2),
                str(uuid.uuid4()),
            )
            plan_watch(
                acting,
                watch_id=watch_id,
                kind="patrol",
                sectors=["MAR"],
                post=None,
                team="T1",
                planned_start=began,
                planned_end=door.now + dt.timedelta(hours=4),
            )
            record_watch_event(
                acting, event_id=str(uuid.uuid4()), watch_id=watch_id, kind="started", at=began
            )
            self.cookie, _ = signed_in(door, monitor)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.stop()
        self._worker.stop()
        self._server.shutdown()
        for thread in self._threads:
            thread.join()
        self.parts.store.close()
        self._listening.close()
