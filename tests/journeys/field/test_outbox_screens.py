"""The screens about phone and outbox: axe finds nothing, nothing scrolls sideways, targets fit a thumb."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from accessibility import violations
from phone_in_hand import give_pin, tap
from playwright.sync_api import Page

from monitor.field.messages import LANGUAGES

LOOKS = [*((language, "light") for language in LANGUAGES), ("ru", "dark")]
SMALLEST_TARGET_PX = 44
TARGETS = "main button:visible, main input:visible, main a:visible, footer a:visible"
BLOCK = """async () => {
  const { note } = await import("/field/static/outbox.js");
  const { readAll } = await import("/field/static/database.js");
  const [report] = await readAll("reports");
  await note(report.key, { state: "blocked", problem: { key: "send.conflict", facts: {} } });
}"""


def screens(page: Page, language: str) -> Iterator[str]:
    """Leads to one screen after the other, and says which one it is."""
    page.goto(f"/field/{language}#/enrol/code/point/log")
    page.locator("#enrol-go").wait_for()
    yield "enrol"
    page.goto(f"/field/{language}")
    page.reload()
    page.locator("#pin-again").wait_for()
    yield "choose a PIN"
    page.locator("#pin").fill("1")
    page.locator("#pin-go").click()
    page.locator("#pin-error").wait_for()
    yield "a PIN too short"
    give_pin(page)
    page.locator("#not-ready").wait_for()
    yield "home of a phone that is not ready"
    page.locator("#not-ready").click()
    page.locator("#check-copy").wait_for()
    yield "this phone"
    page.locator("#wipe").click()
    page.locator("#sure-yes").wait_for()
    yield "sure to wipe"
    page.locator("#sure-no").click()
    page.locator("#home").click()
    page.context.set_offline(True)
    page.locator("#quick-explosion").click()
    tap(page, "rose-SW")
    tap(page, "distance-3-5")
    page.locator("#review").click()
    page.locator("#send").click()
    page.locator("#try-now").wait_for()
    yield "finished"
    page.evaluate(BLOCK)
    page.locator("#try-again").wait_for()
    yield "blocked"
    page.context.set_offline(False)
    page.locator("#try-again").click()
    page.locator(".seal.done").wait_for()
    yield "received"
    page.locator("#home").click()
    page.locator("#reports").wait_for()
    yield "home with a report"
    page.reload()
    page.locator("#pin").fill("000000")
    page.locator("#pin-go").click()
    page.locator("#pin-error").wait_for()
    yield "a wrong PIN"


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_axe_finds_nothing_about_phone_and_outbox_and_a_thumb_fits(
    browse: Callable[..., Page], watch_id: str, language: str, scheme: str
) -> None:
    page = browse("monitor", phone=True, color_scheme=scheme)
    found: dict[str, Any] = {}
    for screen in screens(page, language):
        small = page.locator(TARGETS).evaluate_all(
            f"""all => all.map(one => [one.id || one.textContent, one.getBoundingClientRect()])
              .filter(([, box]) => box.height < {SMALLEST_TARGET_PX}).map(([name]) => name)"""
        )
        too_wide = page.evaluate("document.documentElement.scrollWidth") > 360
        if broken := violations(page):
            found[screen] = broken
        if small or too_wide:
            found[f"{screen}, size"] = (small, too_wide)
    assert found == {}
