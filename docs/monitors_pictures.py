"""Takes the pictures of the guides for monitors (docs/monitors.*.md) from the exercise: `make run`, then

    .venv/bin/python docs/monitors_pictures.py [ADDRESS] [DATA_FOLDER] [FOLDER]

Twelve small pictures into docs/monitors/: three a language. Into another FOLDER, in dark as well.
"""

import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from monitor.field.messages import LANGUAGES

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
PIN = "482901"
COLOURS = 64
SETTLED_MS = 1_500


def open_form(browser: Any, address: str, language: str, password: str, scheme: str) -> Page:
    context = browser.new_context(
        base_url=address,
        locale="en-GB",
        timezone_id="Asia/Yerevan",
        geolocation={"longitude": 45.86, "latitude": 40.20, "accuracy": 12},
        permissions=["geolocation"],
        color_scheme=scheme,
        device_scale_factor=1.5,
        **PHONE,
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill("m-monitor-1")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("load")
    page.goto(f"/field/{language}")
    page.locator("#pin-again").fill(PIN)
    page.locator("#pin").fill(PIN)
    page.locator("#pin-go").click()
    page.locator("#look").wait_for()
    # The guide shows paper, and the exercise may be at night.
    page.evaluate("(choice) => globalThis.look.set({ choice })", scheme)
    return page


def keep(page: Page, path: Path) -> None:
    """A picture in few colours: a screen has no more, and the file is a third as large."""
    page.wait_for_timeout(SETTLED_MS)
    taken = Image.open(io.BytesIO(page.screenshot()))
    taken.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(path, path.stat().st_size)


def tap(page: Page, control: str) -> None:
    page.locator(f"label:has(#{control})").click()


def take(page: Page, folder: Path, name: str) -> None:
    page.evaluate("scrollTo(0, 0)")
    keep(page, folder / f"{name}-start.png")
    page.locator("#quick-explosion").click()
    for _ in range(2):
        page.locator("#pad").click()
    tap(page, "rose-SW")
    tap(page, "distance-3-5")
    page.evaluate("scrollTo(0, 0)")
    keep(page, folder / f"{name}-explosion.png")
    page.locator("#show-area").click()
    keep(page, folder / f"{name}-area.png")


def main(address: str = "http://127.0.0.1:8000", data_folder: str = "var", folder: str | None = None) -> None:
    sheet = json.loads((Path(data_folder) / "exercise-sign-ins.json").read_text(encoding="utf-8"))
    where = Path(folder) if folder else HERE / "monitors"
    where.mkdir(exist_ok=True)
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for language in LANGUAGES:
            for scheme in ("light", "dark") if folder else ("light",):
                page = open_form(browser, address, language, sheet["password"], scheme)
                take(page, where, language if scheme == "light" else f"{language}-dark")
                page.context.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
