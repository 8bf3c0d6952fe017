"""axe-core finds nothing on any screen of filing, in any language, in light and in dark."""

from collections.abc import Callable
from typing import Any

import pytest
from accessibility import violations
from playwright.sync_api import Page

from monitor.field.messages import LANGUAGES

OpenForm = Callable[..., Page]
QUESTIONS = "what when observer event count means exposure details conditions photos text".split()
# As long as any screen, so that the bar at the thumb lies over nothing that axe measures.
WHOLE_PAGE = {"width": 360, "height": 3600}
LOOKS = [*((language, "light") for language in LANGUAGES), ("hy", "dark")]


def tap(page: Page, control: str) -> None:
    page.locator(f"label:has(#{control})").click()


def on_the_start_screen(page: Page) -> None:
    page.locator("#look").wait_for()


def with_an_explosion_in_hand(page: Page) -> None:
    page.locator("#quick-explosion").click()
    page.locator("#pad").click()
    tap(page, "rose-SW")
    tap(page, "distance-3-5")


def with_a_bearing_and_the_compass(page: Page) -> None:
    with_an_explosion_in_hand(page)
    page.locator("#by-degrees").click()
    page.locator("#degrees").fill("220")
    page.locator("#compass").click()
    page.locator("#compass-stop").wait_for()
    page.locator("#flash").click()


def with_everything_still_missing(page: Page) -> None:
    page.locator("#quick-explosion").click()
    page.locator("#review").click()
    page.locator("#errors").wait_for()


def with_a_uav(page: Page) -> None:
    page.locator("#quick-uav_sighting").click()


def with_shots(page: Page) -> None:
    page.locator("#quick-burst").click()
    tap(page, "field-weapon-small_arms")


def with_a_restriction(page: Page) -> None:
    page.locator("#quick-denial").click()
    tap(page, "category-gunfire_near")


def with_a_quiet_watch(page: Page) -> None:
    page.locator("#quick-nothing").click()


def with_the_place_open(page: Page) -> None:
    page.locator("#quick-explosion").click()
    page.locator("#stood-change").click()
    tap(page, "observer-mgrs")


def with_the_area_on_the_map(page: Page) -> None:
    with_an_explosion_in_hand(page)
    page.locator("#show-area").click()
    page.locator(".map-said").wait_for()


def with_a_point_on_the_map(page: Page) -> None:
    page.locator("#quick-explosion").click()
    page.locator("#more").click()
    page.locator("#open-event").click()
    tap(page, "event-point")
    page.locator("#event-spot").click()
    page.locator("#map-middle").click()


def at_the_review(page: Page) -> None:
    with_an_explosion_in_hand(page)
    page.locator("#review").click()
    page.locator("#send").wait_for()


SCREENS = [
    on_the_start_screen,
    with_an_explosion_in_hand,
    with_a_bearing_and_the_compass,
    with_everything_still_missing,
    with_a_uav,
    with_shots,
    with_a_restriction,
    with_a_quiet_watch,
    with_the_place_open,
    with_the_area_on_the_map,
    with_a_point_on_the_map,
    at_the_review,
]


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_axe_finds_nothing_on_the_screens_of_filing(open_form: OpenForm, language: str, scheme: str) -> None:
    page = open_form(language, color_scheme=scheme, viewport=WHOLE_PAGE)
    found: dict[str, Any] = {}
    for screen in SCREENS:
        screen(page)
        if broken := violations(page):
            found[screen.__name__] = broken
        page.keyboard.press("Escape")
        page.evaluate("location.hash = '#/'")
        page.locator(".tiles").wait_for()
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_question_of_the_long_form(open_form: OpenForm, language: str) -> None:
    page = open_form(language, viewport=WHOLE_PAGE)
    page.locator("#quick-killed").click()
    found: dict[str, Any] = {}
    for question in QUESTIONS:
        if page.locator(f"#open-{question}").get_attribute("aria-expanded") != "true":
            page.locator(f"#open-{question}").click()
        page.locator(f"#ask-{question}").wait_for()
        if broken := violations(page):
            found[question] = broken
    assert found == {}
