"""Takes the pictures of docs/rules-guide.md: plays the exercise in a store of its own, writes a rule there.

    .venv/bin/python docs/rules_pictures.py [FOLDER]

It takes about two minutes. Into another FOLDER it takes them in dark as well.
"""

import shutil
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import wsgi  # noqa: E402
from reports.exercise.headless import PASSWORD, House, played  # noqa: E402

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}

NIGHT_FIRE = """\
id: E20-night-fire
version: 1
status: draft
title: Fire at one place by night
says: >
  Six or more incidents of fire that the mission itself saw or heard within two kilometres and a day.
article: Cessation of fire along the line (statement of 9 November 2020, point 1)
kind: count
key: sector
where:
  - {field: category, is: CFV}
  - {field: info_type, is: observed}
window: 24h
least: 6
radius_m: 2000
group: link
join_within: 24h
resolve_after: 48h
severity:
  - {level: 3, when: {n: 12, sources: 2}}
  - {level: 2}
budget: {alerts: 2, every: 30d}
examples:
  - name: six in a night
    now: 48h
    observations:
      - {at: 1h, every: 1h, times: 6, sector: S1, category: CFV, type: shot, info_type: observed,
         x: 0, y: 0, z: 0}
    expect: {findings: 1}
  - name: six, but far from each other
    now: 48h
    observations:
      - {at: 1h, every: 1h, times: 3, sector: S1, category: CFV, type: shot, info_type: observed,
         x: 0, y: 0, z: 0}
      - {at: 1h, every: 1h, times: 3, sector: S1, category: CFV, type: shot, info_type: observed,
         x: 3000, y: 0, z: 0}
    expect: {findings: 0}
"""


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk")


def write_rule(page: Page, folder: Path, scheme: str) -> None:
    page.goto("/rules")
    page.get_by_role("button", name="Write a new rule").click()
    page.locator("#text").fill(NIGHT_FIRE.replace("least: 6", "least: six"))
    page.locator("#gutter .wrong").wait_for()
    take(page, folder, "rules-line", scheme)
    page.locator("#text").fill(NIGHT_FIRE)
    page.locator("#verdict .good").wait_for()
    page.keyboard.press("Control+Enter")
    page.locator("#tried .result").wait_for()
    take(page, folder, "rules-draft", scheme)


def use_rule(page: Page) -> None:
    page.get_by_role("button", name="Run in shadow").click()
    page.get_by_role("button", name="Try on history").click()
    page.get_by_role("button", name="Sign and keep it").click()
    page.get_by_role("button", name="Propose to switch it on").click()
    page.locator(".proposal").wait_for()


def keep_test_of_shown(page: Page) -> None:
    page.goto("/rules")
    page.locator("th a", has_text="Surge of reports").first.click()
    page.get_by_role("button", name="Try on history").click()
    page.get_by_role("button", name="Sign and keep it").click()
    page.get_by_text("signed by").wait_for()


def take(page: Page, folder: Path, name: str, scheme: str, whole: bool = True) -> None:
    path = folder / (f"{name}.png" if scheme == "light" else f"{name}-dark.png")
    page.screenshot(path=path, full_page=whole)
    print(path)


def main(folder: Path = HERE) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    house = House(wsgi.create_app, wsgi.JOBS, wsgi.SUBSCRIBERS)
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with played(20220913, house) as (parts, *_), socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        app = wsgi.create_app(parts=parts)
        server = make_server("127.0.0.1", port, app, threaded=True, fd=listening.fileno())
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            for scheme in ("light",) if folder == HERE else ("light", "dark"):
                context = browser.new_context(
                    base_url=f"http://127.0.0.1:{port}", color_scheme=scheme, **DESK
                )
                page = context.new_page()
                sign_in(page, "analyst-1")
                if scheme == "light":
                    keep_test_of_shown(page)
                write_rule(page, folder, scheme)
                if scheme == "light":
                    use_rule(page)
                page.goto("/rules")
                take(page, folder, "rules-list", scheme, whole=False)
                page.locator("th a", has_text="Surge of reports").first.click()
                take(page, folder, "rules-one", scheme)
                page.locator(".findings a").first.click()
                page.get_by_text("What happened to it").wait_for()
                take(page, folder, "rules-finding", scheme)
                context.close()
            browser.close()
        server.shutdown()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
