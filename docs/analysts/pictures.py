"""Takes the pictures of the analysts' guide from the exercise, in a store of its own that is gone afterwards.

    .venv/bin/python docs/analysts/pictures.py

Needs Chromium. The exercise is played up to the afternoon of 14 September; the people on the pictures are
invented, the statements are those of the press sample.
"""

import datetime as dt
import io
import shutil
import socket
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

import incidents.claims
import wsgi
from incidents.claims import queries as claims
from incidents.claims.service import decide_pair, import_press
from incidents.evidence.model import MediaFile
from incidents.intake.queries import observations
from incidents.protection.service import enter_person, tell_fate
from monitor.clock import StoppedClock
from monitor.door import App
from monitor.outbox import drain
from reports.exercise.callers import Direct
from reports.exercise.cast import load_exercise
from reports.exercise.headless import PASSWORD, fresh_store
from reports.exercise.mission_data import read_claims, read_mission_data
from reports.exercise.replay import Player
from reports.exercise.scenario import SEED, scenario

HERE = Path(__file__).parent
SAMPLE = Path(incidents.claims.__file__).parent / "data" / "press-incidents.csv"
UNTIL = dt.datetime(2022, 9, 14, 12, tzinfo=dt.UTC)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
COLOURS = 64
SETTLED_MS = 800


def play(parts: App, clock: StoppedClock) -> None:
    """The exercise, the press sample, a pair put together and a person entered."""
    mission = read_mission_data()
    with parts.transaction() as door:
        sign_ins = load_exercise(door, PASSWORD)
    player = Player(Direct(wsgi.create_app(parts=parts)), sign_ins)
    for one in scenario(SEED, mission, read_claims(mission)):
        if one.at <= UNTIL and one.kind != "issue_edition":
            clock.set(one.at)
            player.play(one)
    clock.set(UNTIL)
    drain(parts, wsgi.SUBSCRIBERS)
    with parts.transaction() as door:
        import_press(door, SAMPLE.read_text(encoding="utf-8"))
        ids = {row.external_ref: row.id for row in claims.claims(door.session)}
        decide_pair(door, ids["PR-046"], ids["PR-053"], True, "same_event")
        harmed = observations(door.session, categories=("CAS",))
        if harmed:
            entered = enter_person(door, {"name": "An invented person", "account": "for this picture"})
            tell_fate(door, entered.person_id, harmed[0].observation_id, "injured", harmed[0].t_start)
            tell_fate(
                door, entered.person_id, harmed[0].observation_id, "killed", UNTIL - dt.timedelta(hours=3)
            )


def take(
    browser: Browser, address: str, role: str, path: str, name: str, then: Callable[[Page], None]
) -> None:
    context = browser.new_context(base_url=address, locale="en-GB", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill(role)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("load")
    page.goto(path)
    page.wait_for_timeout(SETTLED_MS)
    then(page)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / f"{name}.png", optimize=True)
    print(HERE / f"{name}.png")
    context.close()


def two_regions(page: Page) -> None:
    page.keyboard.press("n")
    for _ in range(22):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("n")


def the_open_claim(page: Page) -> None:
    page.locator(".panes").evaluate("panes => panes.scrollIntoView()")


def nothing(page: Page) -> None:
    """The page as it opens."""


def main() -> None:
    clock = StoppedClock(UNTIL)
    with fresh_store(clock) as parts:
        play(parts, clock)
        with parts.reading() as door:
            ids = {row.external_ref: row.id for row in claims.claims(door.session)}
            media_id = door.session.query(MediaFile.media_id).limit(1).scalar() or str(uuid.uuid4())
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            server = make_server(
                "127.0.0.1", port, wsgi.create_app(parts=parts), threaded=True, fd=listening.fileno()
            )
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{port}"
            ledger = f"/claims?from=2022-09-12&to=2022-09-14&open={ids['PR-053']}"
            program = shutil.which("chromium") or shutil.which("google-chrome")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
                take(browser, address, "analyst-1", ledger, "claims", the_open_claim)
                take(browser, address, "analyst-1", f"/evidence/{media_id}", "evidence", nothing)
                take(browser, address, "analyst-1", f"/evidence/{media_id}/blur", "blur", two_regions)
                take(browser, address, "protection-1", "/protection", "people", nothing)
                browser.close()
            server.shutdown()


if __name__ == "__main__":
    main()
