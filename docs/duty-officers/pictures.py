"""Takes the pictures of the duty officers' guide from the exercise, in a store that is gone afterwards.

    .venv/bin/python docs/duty-officers/pictures.py [FOLDER]

Needs Chromium and a minute or two. The exercise is played up to the afternoon of 14 September 2022; a worker
runs beside the server, as in life, so that the banner says that the picture is live.
"""

import datetime as dt
import io
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

import wsgi  # noqa: E402
from monitor.clock import StoppedClock  # noqa: E402
from monitor.door import App  # noqa: E402
from monitor.jobs.runner import Worker  # noqa: E402
from monitor.outbox import drain  # noqa: E402
from reports.exercise.callers import Direct  # noqa: E402
from reports.exercise.cast import load_exercise  # noqa: E402
from reports.exercise.headless import PASSWORD, fresh_store  # noqa: E402
from reports.exercise.mission_data import read_claims, read_mission_data  # noqa: E402
from reports.exercise.replay import Player  # noqa: E402
from reports.exercise.scenario import SEED, scenario  # noqa: E402

UNTIL = dt.datetime(2022, 9, 14, 12, tzinfo=dt.UTC)
TOLD_EVERY = dt.timedelta(minutes=30)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
WALL: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}, "color_scheme": "dark"}
COLOURS = 96
SETTLED_MS = 1_500
Act = Callable[[Page], None]


def play(parts: App, clock: StoppedClock) -> None:
    """The exercise up to UNTIL; the rules hear of it every half hour, as alerts need."""
    mission = read_mission_data()
    with parts.transaction() as door:
        sign_ins = load_exercise(door, PASSWORD)
    player = Player(Direct(wsgi.create_app(parts=parts)), sign_ins)
    told = dt.datetime.min.replace(tzinfo=dt.UTC)
    for one in scenario(SEED, mission, read_claims(mission)):
        if one.at <= UNTIL and one.kind != "issue_edition":
            clock.set(one.at)
            player.play(one)
            if one.at - told > TOLD_EVERY:
                drain(parts, wsgi.SUBSCRIBERS)
                told = one.at
    clock.set(UNTIL)
    drain(parts, wsgi.SUBSCRIBERS)


@contextmanager
def served(parts: App) -> Iterator[str]:
    """The address of a server and a worker on this store."""
    worker = Worker(parts, [], wsgi.SUBSCRIBERS)
    app = wsgi.create_app(parts=parts)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = make_server("127.0.0.1", port, app, threaded=True, fd=listening.fileno())
        server.daemon_threads = True  # type: ignore[attr-defined]
        threads = [threading.Thread(target=run, daemon=True) for run in (server.serve_forever, worker.run)]
        for thread in threads:
            thread.start()
        yield f"http://127.0.0.1:{port}"
        app.extensions["truceline.stream"].stop()
        worker.stop()
        server.shutdown()


def take(browser: Browser, address: str, folder: Path, name: str, path: str, act: Act, shape: Any) -> None:
    context = browser.new_context(base_url=address, locale="en-GB", reduced_motion="reduce", **shape)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill("duty-1")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk")
    page.goto(path)
    if path.startswith("/desk"):
        expect(page.locator("body")).to_have_attribute("data-ready", "yes", timeout=30_000)
    page.wait_for_timeout(SETTLED_MS)
    act(page)
    page.wait_for_timeout(SETTLED_MS)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(folder / f"{name}.png", optimize=True)
    print(folder / f"{name}.png")
    context.close()


def nothing(page: Page) -> None:
    """The page as it opens."""


def an_alert(page: Page) -> None:
    """The first surge in the inbox, with its reports on the map."""
    page.locator(".alert", has_text="Surge of").first.click()
    page.keyboard.press("Enter")


def a_report(page: Page) -> None:
    page.locator("#queue [data-id]").first.press("Enter")


PICTURES: tuple[tuple[str, str, Act, Any], ...] = (
    ("room", "/desk?window=72h", nothing, DESK),
    ("alert", "/desk?window=72h", an_alert, DESK),
    ("report", "/desk?window=24h", a_report, DESK),
    (
        "coverage",
        "/desk?from=2022-09-14T02:00:00Z&to=2022-09-14T12:00:00Z&layer=coverage",
        nothing,
        DESK,
    ),
    ("lookback", "/desk?window=72h&at=2022-09-13T02:00:00Z&by=known", nothing, DESK),
    ("charts", "/desk/charts?window=7d", nothing, DESK | {"viewport": {"width": 1440, "height": 1340}}),
    ("shift", "/handover", nothing, DESK),
    ("wall", "/desk?wall&window=24h", nothing, WALL),
)


def main(folder: Path = HERE) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    clock = StoppedClock(UNTIL)
    with fresh_store(clock) as parts:
        play(parts, clock)
        with served(parts) as address, sync_playwright() as playwright:
            program = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            for name, path, act, shape in PICTURES:
                take(browser, address, folder, name, path, act, shape)
            browser.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
