"""axe-core finds nothing on the room: in each of its states, in light and in dark, and on the wall."""

from collections.abc import Callable
from typing import Any

import pytest
from accessibility import violations
from playwright.sync_api import Page, expect

Filing = Callable[..., str]


def empty(page: Page) -> None:
    page.locator("#inbox-list .empty").wait_for()


def an_alert_open(page: Page) -> None:
    page.keyboard.press("j")
    page.locator(".alert .why").wait_for()


def an_alert_being_shelved(page: Page) -> None:
    page.keyboard.press("j")
    page.locator(".alert").get_by_role("button", name="Shelve").click()


def a_report_open(page: Page) -> None:
    page.locator("#queue tbody tr").first.click()
    page.locator("#drawer blockquote").wait_for()


def the_palette(page: Page) -> None:
    page.keyboard.press("Control+k")


def the_filter(page: Page) -> None:
    page.keyboard.press("/")


def the_keys(page: Page) -> None:
    page.keyboard.press("?")


def the_legend(page: Page) -> None:
    page.locator(".legend summary").click()


def looking_back(page: Page) -> None:
    page.keyboard.press("r")
    expect(page.locator("#freshness")).to_have_attribute("data-state", "past")


STATES = [
    an_alert_open,
    an_alert_being_shelved,
    a_report_open,
    the_palette,
    the_filter,
    the_keys,
    the_legend,
    looking_back,
]
WALL = {"width": 1920, "height": 1080}


def opened(page: Page, address: str = "/desk") -> Page:
    page.goto(address)
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state_of_the_room(
    browse: Callable[..., Page], file: Filing, scheme: str
) -> None:
    page = opened(browse("duty_officer", color_scheme=scheme))
    found: dict[str, Any] = {}
    if broken := violations(page):
        found["empty"] = broken
    file(exposure="near_miss")
    expect(page.locator("#inbox-list .alert")).to_have_count(1)
    for state in STATES:
        state(page)
        if broken := violations(page):
            found[state.__name__] = broken
        opened(page)
        expect(page.locator("#inbox-list .alert")).to_have_count(1)
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_wall(browse: Callable[..., Page], file: Filing, scheme: str) -> None:
    page = opened(
        browse("duty_officer", color_scheme=scheme, viewport={"width": 1920, "height": 1080}), "/desk?wall"
    )
    file(exposure="near_miss")
    expect(page.locator("#inbox-list .alert")).to_have_count(1)
    assert violations(page) == {}
