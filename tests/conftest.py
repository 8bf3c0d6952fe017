"""The ground every test stands on: both stores, a clock that stands, people by role, the app, a browser.

Nothing leaves this machine, and nothing waits. Tables are made once a session by the migrations; each test
finds them empty. With CI=true a test that was left out makes the run fail.
"""

import dataclasses
import datetime as dt
import ipaddress
import os
import shutil
import socket
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command as alembic
from cast_of_people import cast_member, device_token, signed_in
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from postgres_cluster import EMPTY_ALL_TABLES, MISSING, PostgresCluster, fast_folder, server_binaries
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from monitor import outbox
from monitor.access import SYSTEM
from monitor.cli import migrations
from monitor.clock import StoppedClock
from monitor.db.session import Store
from monitor.door import App, Door
from monitor.jobs.runner import Worker
from monitor.keys import Keys, load_keys, make_keys
from monitor.settings import Settings, load_settings
from monitor.storage import Storage

NOON_AT_THE_BASE = dt.datetime(2022, 9, 13, 8, 0, tzinfo=dt.UTC)
IN_CI = os.environ.get("CI") == "true"

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A microphone that hums, and nobody who must be asked for it.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PATIENCE_MS = 20_000
AT_THE_BASE: dict[str, Any] = {
    "locale": "en-GB",
    "timezone_id": "Asia/Yerevan",
    "geolocation": {"longitude": 45.86, "latitude": 40.20, "accuracy": 12},
    "permissions": ["geolocation"],
    "reduced_motion": "reduce",
}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}

left_the_machine: list[str] = []


# --- nothing leaves this machine ---------------------------------------------------------------------------


def _is_here(host: object) -> bool:
    text = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if text in {"localhost", "localhost.localdomain"}:
        return True
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def _watch_sockets(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuses what would leave this machine. An audit hook sees every library of this process."""
    if event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        left_the_machine.append(f"{event} {host}")
        raise PermissionError(f"a test may not leave this machine: {event} {host}")


sys.addaudithook(_watch_sockets)


@pytest.fixture(autouse=True)
def stay_on_this_machine() -> Iterator[None]:
    """Fails a test that tried to leave the machine, also where the code swallowed the refusal."""
    yield
    tried, left_the_machine[:] = list(left_the_machine), []
    assert not tried, tried


# --- what was left out -------------------------------------------------------------------------------------


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if IN_CI and _left_out(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    left_out = _left_out(config)
    for reason, number in sorted(left_out.items()):
        terminalreporter.write_line(f"{number} tests were not run: {reason}")
    if left_out and IN_CI:
        terminalreporter.write_line("In CI nothing may be left out, so this run has failed.")


def _left_out(config: pytest.Config) -> Counter[str]:
    """How many tests were not run, by the reason that was given."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    return Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)


# --- stores ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    folder = fast_folder("tests")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(session_folder: Path) -> Path:
    """A SQLite file with every table and no row; each test gets a copy."""
    path = session_folder / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    binaries = server_binaries()
    if binaries is None:
        pytest.skip(MISSING)
    cluster = PostgresCluster(binaries)
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def postgres_url(postgres: PostgresCluster) -> str:
    """The address of a database with every table and no row; each test leaves it empty again."""
    url = postgres.make_database("truceline")
    migrate(url)
    return url


@pytest.fixture
def folder(session_folder: Path) -> Iterator[Path]:
    """This test's own folder, on a disk in memory where there is one."""
    path = Path(tempfile.mkdtemp(dir=session_folder))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """An empty, migrated store; every test that uses it runs on both kinds."""
    if request.param == "sqlite":
        yield sqlite_copy(request.getfixturevalue("sqlite_template"), folder)
        return
    url = request.getfixturevalue("postgres_url")
    yield url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(EMPTY_ALL_TABLES)


def migrate(url: str) -> None:
    """Every table, by the migrations, as on a real machine."""
    alembic.upgrade(migrations(load_settings({}, database_url=url)), "head")


def sqlite_copy(template: Path, folder: Path) -> str:
    shutil.copyfile(template, folder / "truceline.db")
    return f"sqlite:///{folder / 'truceline.db'}"


# --- the running parts -------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> StoppedClock:
    """Stands at noon of 13 September 2022 at the base (08:00 UTC) until a test sets it."""
    return StoppedClock(NOON_AT_THE_BASE)


@pytest.fixture(scope="session")
def keys(session_folder: Path) -> Keys:
    make_keys(session_folder / "keys")
    return load_keys(session_folder / "keys")


def cheap_settings(folder: Path, store_url: str, **given: Any) -> Settings:
    """Settings of a test: passwords are cheap to check, and the environment has no say."""
    cheap = {"argon2_memory_kib": 8, "argon2_rounds": 1}
    return load_settings({}, data_dir=folder, database_url=store_url, **cheap | given)


@pytest.fixture
def settings(folder: Path, store_url: str) -> Settings:
    return cheap_settings(folder, store_url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = Store(settings.store_url)
    yield store
    store.close()


@pytest.fixture
def parts(settings: Settings, store: Store, clock: StoppedClock, keys: Keys) -> App:
    """The running mission without its web: settings, store, clock, keys, media storage."""
    return App(settings, store, clock, keys, Storage(settings.data_dir / "media"))


@pytest.fixture
def door(parts: App) -> Iterator[Door]:
    """One open transaction as the system, for service tests; rolled back when the test ends.

    SQLite lets one writer in: a test that goes in by the web or drains the outbox arranges with
    `with parts.transaction() as door:` instead.
    """
    with Session(parts.store.engine.execution_options(writing=True), expire_on_commit=False) as session:
        yield Door(parts, session, SYSTEM, parts.clock.now())
        session.rollback()


@pytest.fixture
def as_role(door: Door) -> Callable[..., Door]:
    """`as_role("duty_officer")` is the same open transaction with that person acting.

    The cast is one person a role; `as_role("monitor", "second")` is another one of the same role.
    """

    def acting(role: str, which: str = "first", team_code: str | None = None) -> Door:
        actor = cast_member(door, role, which, team_code)
        return dataclasses.replace(door, actor=actor, now=door.app.clock.now())

    return acting


@pytest.fixture
def drain(parts: App) -> Callable[[], int]:
    """What the worker would do now: tells every subscriber what was committed, until all is told."""
    import wsgi

    return lambda: outbox.drain(parts, wsgi.SUBSCRIBERS)


# --- the web -----------------------------------------------------------------------------------------------


class Clients:
    """Test clients of the app by who asks: a role, a phone, nobody."""

    def __init__(self, app: Flask, parts: App) -> None:
        self._app, self._parts = app, parts

    def __call__(self, role: str, which: str = "first", team_code: str | None = None) -> FlaskClient:
        """The browser of the person with this role, signed in; it sends its page's token by itself."""
        with self._parts.transaction() as door:
            cookie, csrf = signed_in(door, cast_member(door, role, which, team_code))
        client = self.nobody()
        client.set_cookie("truceline", cookie)
        client.environ_base["HTTP_X_CSRF_TOKEN"] = csrf
        return client

    def device(self, which: str = "first", team_code: str | None = None) -> FlaskClient:
        """The phone that the monitor holds, by its token."""
        with self._parts.transaction() as door:
            token = device_token(door, cast_member(door, "monitor", which, team_code), f"phone-{which}")
        client = self.nobody()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def nobody(self) -> FlaskClient:
        return self._app.test_client()


@pytest.fixture
def app(parts: App) -> Flask:
    import wsgi

    return wsgi.create_app(parts=parts)


@pytest.fixture
def client(app: Flask, parts: App) -> Clients:
    return Clients(app, parts)


# --- a real server and browsers ----------------------------------------------------------------------------


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing; a failing page test shows what the page saw."""


@dataclass
class LiveServer:
    """A web server and a worker on this machine, as threads, on a SQLite store."""

    url: str
    parts: App


@pytest.fixture
def server_settings() -> dict[str, Any]:
    """What the live server is given besides the cheap settings; a test's own fixture of this name says it."""
    return {}


@pytest.fixture
def live_server(
    sqlite_template: Path, folder: Path, clock: StoppedClock, keys: Keys, server_settings: dict[str, Any]
) -> Iterator[LiveServer]:
    import wsgi

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        store_url = sqlite_copy(sqlite_template, folder)
        settings = cheap_settings(folder, store_url, port=port, **server_settings)
        store = Store(settings.store_url)
        parts = App(settings, store, clock, keys, Storage(folder / "media"))
        app = wsgi.create_app(parts=parts)
        server = make_server(
            "127.0.0.1", port, app, threaded=True, request_handler=_QuietHandler, fd=listening.fileno()
        )
        server.daemon_threads = True  # type: ignore[attr-defined]
        worker = Worker(parts, wsgi.JOBS, wsgi.SUBSCRIBERS)
        threads = [threading.Thread(target=run, daemon=True) for run in (server.serve_forever, worker.run)]
        for thread in threads:
            thread.start()
        yield LiveServer(settings.origin, parts)
        app.extensions["truceline.stream"].stop()
        worker.stop()
        server.shutdown()
        for thread in threads:
            thread.join()
        store.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium here; on Debian: sudo apt-get install chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browse(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """`browse("duty_officer")` is a desk's page signed in, `browse("monitor", phone=True)` a phone's.

    What a page threw, or what the browser policy stopped, fails the test when it ends.
    """
    faults: list[str] = []
    contexts = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            faults.append(message.text)

    def open_page(role: str | None = None, which: str = "first", phone: bool = False, **more: Any) -> Page:
        shape = PHONE if phone else DESK
        context = browser.new_context(base_url=live_server.url, **AT_THE_BASE | shape | more)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        if role:
            with live_server.parts.transaction() as door:
                cookie, _ = signed_in(door, cast_member(door, role, which))
            context.add_cookies([{"name": "truceline", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", note)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def own_profile(browser: Browser) -> Callable[..., BrowserContext]:
    """Starts a phone's browser on a profile of its own, which outlives it."""
    program = next(filter(None, map(shutil.which, BROWSERS)))

    def started(profile: str, **shape: Any) -> BrowserContext:
        context = browser.browser_type.launch_persistent_context(
            profile, executable_path=program, args=BROWSER_FLAGS, **AT_THE_BASE | PHONE | shape
        )
        context.set_default_timeout(PATIENCE_MS)
        return context

    return started


@pytest.fixture
def page(browse: Callable[..., Page]) -> Page:
    """A desk's page where nobody is signed in."""
    return browse()
