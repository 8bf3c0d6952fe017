"""How the situation room carries very many reports: `python tests/bench/room.py [NUMBER ...]`.

For each number: a store is filled with reports of ten years, a server started, the room opened in Chromium at
1920 x 1080 with all of them on the map. Printed are the time that the first reading of the mirror takes, the
bytes of the columns as sent, the time from navigation until the map stands with its data, frames a second
while the map is dragged, the time of one frame while the slider is, and from a commit to the new row.
"""

import datetime as dt
import logging
import math
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "ground")]

import conftest as ground  # noqa: E402
from cast_of_people import cast_member, signed_in  # noqa: E402
from field_report import field_report  # noqa: E402
from many_reports import fill  # noqa: E402

import wsgi  # noqa: E402
from incidents.intake.service import receive_observation  # noqa: E402
from monitor.clock import StoppedClock  # noqa: E402
from monitor.db.session import Store  # noqa: E402
from monitor.door import App  # noqa: E402
from monitor.keys import load_keys, make_keys  # noqa: E402
from monitor.mission.service import load_mission  # noqa: E402
from monitor.storage import Storage  # noqa: E402

TEN_YEARS = dt.timedelta(days=3650)
DRAG = """() => new Promise((done) => {
  const slider = document.getElementById("replay-slider");
  const frames = [];
  let step = 400;
  const drag = () => {
    const began = performance.now();
    slider.value = step;
    slider.dispatchEvent(new Event("input"));
    requestAnimationFrame(() => {
      frames.push(performance.now() - began);
      step -= 8;
      if (step > 0) requestAnimationFrame(drag);
      else done(frames);
    });
  };
  drag();
})"""
FRAMES = """() => new Promise((done) => {
  const frames = [];
  const began = performance.now();
  let last = began;
  const next = (now) => {
    frames.push(now - last);
    last = now;
    if (now - began < 2000) requestAnimationFrame(next);
    else done(frames.slice(2));
  };
  requestAnimationFrame(next);
})"""
# The frame after the one in which a number of the page changed: by then it has been painted.
PAINTED = """(id) => new Promise((done) => {
  const shown = () => document.getElementById(id).textContent;
  const before = shown();
  const look = () => requestAnimationFrame(shown() === before ? look : () => done(Date.now()));
  look();
})"""
# The queue says how many wait; the map is drawn in the same turn in which the reports are counted.
SHOWN_BY = ("queue-count", "reports-count")


def measure(number: int, page_of: Callable[[str, str], Page]) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = ground.cheap_settings(folder, f"sqlite:///{folder / 'truceline.db'}")
        ground.migrate(settings.store_url)
        make_keys(folder / "keys")
        keys, media = load_keys(folder / "keys"), Storage(folder / "media")
        clock = StoppedClock(ground.NOON_AT_THE_BASE)
        parts = App(settings, Store(settings.store_url), clock, keys, media)
        with parts.transaction() as door:
            load_mission(door.session, _ten_years(folder), door.now)
            fill(door, number, TEN_YEARS, waiting=20 / number)
            cookie, _ = signed_in(door, cast_member(door, "duty_officer"))
        app = wsgi.create_app(parts=parts)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = app.test_client()
        client.set_cookie("truceline", cookie)
        began = time.perf_counter()
        sent = client.get("/desk/columns?from=2012-01-01T00:00:00Z", headers={"Accept-Encoding": "gzip"}).data
        first = time.perf_counter() - began
        page = page_of(cookie, f"http://127.0.0.1:{server.server_port}")
        page.goto("/desk?window=all")
        page.wait_for_selector("body[data-ready=yes]")
        ready = float(page.evaluate("performance.now()"))
        fps = 1000 / statistics.mean(_panned(page))
        frames = _dragged(page)
        painted = [
            statistics.median(took) for took in zip(*(_painted(page, parts) for _ in range(15)), strict=True)
        ]
        page.context.close()
        app.extensions["truceline.stream"].stop()
        server.shutdown()
        parts.store.close()
    row = (
        f"{number:,}",
        first * 1000,
        len(sent) / 1024,
        ready,
        fps,
        statistics.median(frames),
        max(frames),
        *painted,
    )
    return "| " + " | ".join(one if isinstance(one, str) else f"{one:,.0f}" for one in row) + " |"


def _ten_years(folder: Path) -> Path:
    """The exercise's mission, as if it had begun ten years ago."""
    there = folder / "mission"
    shutil.copytree(ROOT / "reports" / "exercise" / "data", there)
    definition = (there / "mission.yaml").read_text()
    began = f'starts_at: "{(ground.NOON_AT_THE_BASE - TEN_YEARS).isoformat()}"'
    (there / "mission.yaml").write_text(re.sub(r"(?m)^starts_at: .*$", began, definition))
    return there


def _panned(page: Page) -> list[float]:
    """What each frame took while the map is dragged about."""
    box = page.locator("#map-canvas").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(f"() => {{ window.frames = ({FRAMES})(); }}")
    page.mouse.move(*middle)
    page.mouse.down()
    ends = time.monotonic() + 2
    step = 0
    while time.monotonic() < ends:
        step += 1
        page.mouse.move(middle[0] + 60 * math.sin(step / 9), middle[1] + 40 * math.cos(step / 7))
    page.mouse.up()
    frames: list[float] = page.evaluate("window.frames")
    return frames


def _dragged(page: Page) -> list[float]:
    page.evaluate("document.getElementById('replay-open').click()")
    page.wait_for_timeout(1000)
    frames: list[float] = page.evaluate(DRAG)
    page.evaluate("document.getElementById('replay-live').click()")
    page.wait_for_timeout(2000)
    return frames


def _painted(page: Page, parts: App) -> list[float]:
    """From a commit to the frame that shows it, in the queue and on the map, in ms."""
    page.wait_for_timeout(1500)
    page.evaluate(f"(ids) => {{ window.painted = Promise.all(ids.map({PAINTED})); }}", SHOWN_BY)
    with parts.transaction() as door:
        actor = cast_member(door, "monitor")
    with parts.transaction(actor) as door:
        receive_observation(door, field_report())
    committed = time.time() * 1000
    return [at - committed for at in page.evaluate("window.painted")]


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    numbers = [int(text) for text in sys.argv[1:]] or [1_000, 100_000, 1_000_000]
    heads = (
        "reports",
        "mirror first ms",
        "KB sent",
        "map ready ms",
        "pan frames/s",
        "slider frame ms",
        "worst",
        "commit to queue ms",
        "commit to map ms",
    )
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ground.BROWSER_FLAGS)

        def page_of(cookie: str, url: str) -> Page:
            context = browser.new_context(base_url=url, viewport={"width": 1920, "height": 1080})
            context.add_cookies([{"name": "truceline", "value": cookie, "url": url}])
            page = context.new_page()
            page.on("pageerror", lambda error: print(error))
            return page

        for number in numbers:
            print(measure(number, page_of), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
