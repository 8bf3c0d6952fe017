"""The desk for rules in a browser: written, mended where the line is marked, switched on by two people."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from rule_texts import street_fire

from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"

expect.set_options(timeout=20_000)


@pytest.fixture
def analyst(live_server: Any, browse: Callable[..., Page]) -> Page:
    with live_server.parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
    page = browse("analyst")
    page.goto("/rules")
    return page


def test_a_rule_is_written_mended_tried_and_switched_on_by_a_second_person(
    analyst: Page, browse: Callable[..., Page]
) -> None:
    analyst.get_by_role("button", name="Write a new rule").click()
    text, verdict = analyst.locator("#text"), analyst.locator("#verdict")
    expect(verdict).to_contain_text("sound")

    text.fill(street_fire().replace("least: 3", "least: many"))
    expect(verdict).to_contain_text("Line 12")
    expect(verdict).to_contain_text("a whole number of at least 1 is expected here")
    expect(analyst.locator("#gutter .wrong")).to_have_text("12")
    expect(text).to_have_attribute("aria-invalid", "true")
    analyst.keyboard.press("F8")
    assert text.evaluate("t => t.value.slice(t.selectionStart, t.selectionEnd)") == "least: many"

    text.fill(street_fire())
    expect(verdict).to_contain_text("E90-street-fire@1 loads, and its 2 examples hold")
    expect(analyst.locator("#words")).to_contain_text("at least 3 incidents lie in 24 hours")
    expect(analyst.get_by_role("button", name="Run in shadow")).to_be_disabled()
    analyst.keyboard.press("Control+s")
    expect(analyst.locator("#edition")).to_have_text("2")
    analyst.keyboard.press("Control+Enter")
    expect(analyst.locator("#tried")).to_contain_text("findings in 0 reports")

    analyst.get_by_role("button", name="Run in shadow").click()
    expect(analyst.locator(".head .badge")).to_have_text("shadow")
    expect(analyst.get_by_role("button", name="Propose to switch it on")).to_be_disabled()
    analyst.get_by_role("button", name="Try on history").click()
    analyst.get_by_role("button", name="Sign and keep it").click()
    expect(analyst.locator("main")).to_contain_text("within its budget")
    analyst.get_by_role("button", name="Propose to switch it on").click()
    expect(analyst.locator(".proposal")).to_contain_text("Not for you: a rule is switched by somebody other")

    head = browse("head_of_mission")
    head.goto("/rules")
    head.locator(".proposal").get_by_role("button", name="Agree").click()
    row = head.locator("tr", has_text="E90-street-fire@1")
    expect(row).to_contain_text(re.compile(r"\bon\b"))
