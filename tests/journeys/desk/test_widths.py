"""Every page of the desk from a tablet to a wall of screens: none scrolls sideways, menus are one line."""

from collections.abc import Callable
from typing import Any

import pytest
from accessibility import violations
from playwright.sync_api import Page, expect

Browse = Callable[..., Page]
WIDTHS = (820, 1024, 1280, 1440, 1920, 2560, 3840)
WALL = "/desk?wall"
PAGES = (
    "/desk",
    WALL,
    "/desk/charts",
    "/coverage",
    "/handover",
    "/review",
    "/claims",
    "/evidence",
    "/protection",
    "/summaries",
    "/rules",
    "/devices",
)


@pytest.fixture
def wide(browse: Browse, file: Callable[..., str]) -> Page:
    file()
    page = browse("duty_officer")
    # Pages of the desk hold a stream of news open, so the net is never quiet; their load has to do.
    page.set_default_navigation_timeout(30_000)
    return page


def test_no_page_of_the_desk_scrolls_sideways(wide: Page) -> None:
    too_wide = []
    for path in PAGES:
        wide.goto(path)
        if path.startswith("/desk"):
            expect(wide.locator("body")).to_have_attribute("data-ready", "yes")
        # No wall is as small as a tablet.
        for width in WIDTHS if path != WALL else WIDTHS[2:]:
            wide.set_viewport_size({"width": width, "height": 1000})
            wanted = wide.evaluate("document.documentElement.scrollWidth")
            if wanted > width:
                too_wide.append(f"{path} at {width} wants {wanted}")
    assert too_wide == []


def test_the_way_about_stands_in_one_line_from_1280_on(wide: Page) -> None:
    wide.goto("/review")
    for width in (1280, 1440, 1920):
        wide.set_viewport_size({"width": width, "height": 800})
        entries = wide.locator("header.top nav > *")
        tops = {round(box["y"]) for box in (entry.bounding_box() for entry in entries.all()) if box}
        assert (entries.count() > 4, len(tops)) == (True, 1)


def test_the_menus_are_worked_by_key(wide: Page) -> None:
    wide.goto("/handover")
    menu = wide.locator("details.menu", has_text="Watch")
    expect(menu.locator("summary")).to_have_class("here")
    menu.locator("summary").focus()
    wide.keyboard.press("ArrowUp")
    here = menu.get_by_role("link", name="Shift and handover")
    expect(here).to_be_focused()
    expect(here).to_have_attribute("aria-current", "page")
    wide.keyboard.press("ArrowDown")
    expect(menu.get_by_role("link", name="Coverage: who watched what")).to_be_focused()
    assert violations(wide) == {}
    wide.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()
    expect(menu.locator("ul")).to_be_hidden()
    wide.keyboard.press("Enter")
    expect(menu.locator("ul")).to_be_visible()
    wide.locator("main").click(position={"x": 5, "y": 5})
    expect(menu.locator("ul")).to_be_hidden()


def test_a_tablet_reaches_every_zone_of_the_room(
    browse: Browse, file: Callable[..., str], folder: Any
) -> None:
    file()
    page = browse("duty_officer", viewport={"width": 820, "height": 1180}, has_touch=True)
    page.goto("/desk")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    for tab, zone in (("Alerts", "#inbox"), ("Map", "#map"), ("Review", "#lists"), ("Sectors", "#side")):
        page.get_by_role("navigation", name="Zones").get_by_role("button", name=tab).tap()
        expect(page.locator(zone)).to_be_visible()
    page.locator("#filter-open").tap()
    box = page.locator(".filter-body").bounding_box()
    assert box
    assert (box["x"] >= 0, box["x"] + box["width"] <= 820) == (True, True)
