"""Every screen of the form as a picture, to be looked at: `python tests/bench/screens.py FOLDER [LANGUAGE…]`.

The very screens that the axe journeys visit, in light and dark, each alone and six side by side.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "ground"))
sys.path.insert(0, str(Path(__file__).parents[1] / "journeys" / "field"))

import test_accessibility as filing
import test_outbox_screens as keeping
from field_base import PHONE, Base
from phone_in_hand import give_pin
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

A_ROW, WIDTH, HEIGHT = 6, 360, 1_300
SETTLED_MS = 400


def phone(browser: Browser, base: Base, scheme: Any) -> Page:
    context = browser.new_context(base_url=base.url, color_scheme=scheme, **PHONE)
    context.add_cookies([{"name": "truceline", "value": base.cookie, "url": base.url}])
    return context.new_page()


def home(page: Page) -> None:
    page.keyboard.press("Escape")
    page.evaluate("location.hash = '#/'")
    page.locator(".tiles").wait_for()


def all_screens(browser: Browser, base: Base, language: str, scheme: str) -> Iterator[tuple[str, Page]]:
    """One screen after the other, in the page that shows it."""
    page = phone(browser, base, scheme)
    for name in keeping.screens(page, language):
        yield name, page
    page.context.close()
    page = phone(browser, base, scheme)
    page.goto(f"/field/{language}")
    give_pin(page)
    page.locator(".tiles").wait_for()
    for screen in filing.SCREENS:
        screen(page)
        yield screen.__name__.replace("_", " "), page
        home(page)
    page.locator("#quick-killed").click()
    for question in filing.QUESTIONS:
        if page.locator(f"#open-{question}").get_attribute("aria-expanded") != "true":
            page.locator(f"#open-{question}").click()
        page.locator(f"#ask-{question}").wait_for()
        yield f"asks {question}", page
    page.context.close()


def take(page: Page, path: Path) -> None:
    """The whole page as on a phone so long that nothing scrolls, and the bar at the thumb lies at its end."""
    length = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": WIDTH, "height": max(length, PHONE["viewport"]["height"])})
    page.wait_for_timeout(SETTLED_MS)
    page.screenshot(path=path)
    page.set_viewport_size(PHONE["viewport"])


def sheet(pictures: list[Path], path: Path) -> None:
    """The pictures side by side, each from its top, as much as fits."""
    whole = Image.new("RGB", (A_ROW * (WIDTH + 8), HEIGHT + 8), "#808080")
    for place, picture in enumerate(pictures):
        one = Image.open(picture)
        whole.paste(one.crop((0, 0, WIDTH, min(one.height, HEIGHT))), (place * (WIDTH + 8) + 4, 4))
    whole.save(path)


def main(folder: str, *languages: str) -> None:
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    with (
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as name,
        Base(Path(name) / "base") as base,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for language in languages or ("en",):
            for scheme in ("light", "dark"):
                taken: list[Path] = []
                for title, page in all_screens(browser, base, language, scheme):
                    path = where / f"{language}-{scheme}-{len(taken) + 1:02}-{title.replace(' ', '-')}.png"
                    take(page, path)
                    taken.append(path)
                for first in range(0, len(taken), A_ROW):
                    path = where / f"sheet-{language}-{scheme}-{first // A_ROW + 1}.png"
                    sheet(taken[first : first + A_ROW], path)
                    print(path, flush=True)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
