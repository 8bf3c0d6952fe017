"""Takes the pictures of these pages from the exercise: start `make run`, let it play into the night, then

    .venv/bin/truceline demo --out build/demo
    .venv/bin/python docs/pictures.py build/demo/summary-2022-09-13.pdf [ADDRESS] [DATA_FOLDER]

The picture of the summary is its first page, drawn by poppler's pdftoppm.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
SETTLED_MS = 3_000


def signed_in(browser: Browser, address: str, name: str, password: str, shape: dict[str, Any]) -> Page:
    context = browser.new_context(
        base_url=address,
        locale="en-GB",
        timezone_id="Asia/Yerevan",
        geolocation={"longitude": 45.86, "latitude": 40.20, "accuracy": 12},
        permissions=["geolocation"],
        device_scale_factor=2 if shape is PHONE else 1,
        **shape,
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("load")
    return page


def take(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.wait_for_timeout(SETTLED_MS)
    page.screenshot(path=HERE / f"{name}.png")
    print(HERE / f"{name}.png")


def main(paper: str, address: str = "http://127.0.0.1:8000", data_folder: str = "var") -> None:
    draw = ("pdftoppm", "-png", "-singlefile", "-r", "90", paper, str(HERE / "summary"))
    subprocess.run(draw, check=True)
    sheet = json.loads((Path(data_folder) / "exercise-sign-ins.json").read_text(encoding="utf-8"))
    password = sheet["password"]
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        take(signed_in(browser, address, "m-monitor-1", password, PHONE), "/field/hy", "form")
        take(signed_in(browser, address, "duty-1", password, DESK), "/desk", "desk")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
