"""The ledger and an opening in a real browser: by keyboard, and what was typed is not lost."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import incidents.claims
from incidents.claims.service import import_press
from incidents.protection.service import enter_person
from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
SAMPLE = Path(incidents.claims.__file__).parent / "data" / "press-incidents.csv"


@pytest.fixture
def person_id(live_server: Any) -> str:
    with live_server.parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
        import_press(door, SAMPLE.read_text(encoding="utf-8"))
        return enter_person(door, {"name": "Anna A."}).person_id


def test_a_claim_is_found_opened_and_paired_by_keyboard(browse: Callable[..., Page], person_id: str) -> None:
    page = browse("analyst")
    page.goto("/claims?window=all")
    expect(page.locator("body[data-ready]")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("tegh")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("body[data-ready]")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("Not monitored")
    page.get_by_role("button", name="The same event").click()
    expect(page.get_by_text("put together by First analyst")).to_be_visible()
    expect(page.locator(".list").get_by_text("⇄ paired")).to_have_count(2)
    expect(page.locator("body[data-ready]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#verdict")).to_have_count(0)


def test_a_statement_that_must_be_mended_keeps_what_was_typed(
    browse: Callable[..., Page], person_id: str
) -> None:
    page = browse("analyst")
    page.goto("/claims/new")
    page.get_by_label("Party", exact=True).select_option("AZE")
    page.get_by_label("Body that spoke").fill("AZE_MOD")
    page.get_by_label("Place as stated").fill("Sotk")
    page.get_by_role("button", name="Record it").click()
    expect(page.locator("#type-error")).to_be_visible()
    expect(page.get_by_label("Place as stated")).to_have_value("Sotk")
    page.get_by_label("Kind of event").select_option("explosion")
    page.get_by_label("In its own word").fill("shelling")
    page.locator("#t_start").fill("2022-09-13T00:05")
    page.get_by_label("Source, as one would cite it").fill("statement of 13 September")
    page.get_by_role("button", name="Record it").click()
    page.wait_for_url("**/claims")
    expect(page.locator("[data-row]").filter(has_text="13 Sep 2022, 00:05").first).to_be_visible()


def test_an_identity_opens_with_a_reason_and_closes_again(
    browse: Callable[..., Page], person_id: str
) -> None:
    page = browse("protection_officer")
    page.goto(f"/protection/people/{person_id}")
    expect(page.locator("body")).not_to_contain_text("Anna A.")
    page.get_by_label("For what").select_option("tracing")
    page.get_by_label("The reason, in a few words").first.fill("asked by the tracing service")
    page.get_by_role("button", name="Open, and log it").click()
    expect(page.locator("#opened")).to_contain_text("Anna A.")
    page.get_by_role("button", name="Close now").click()
    expect(page.locator("body")).not_to_contain_text("Anna A.")
    page.reload()
    expect(page.locator(".openings")).to_contain_text("asked by the tracing service")
