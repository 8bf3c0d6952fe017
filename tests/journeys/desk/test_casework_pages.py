"""The queue by keyboard, the page of an incident and the page of coverage, in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cast_of_people import cast_member, device_token
from field_report import heard_from
from playwright.sync_api import Page, expect

from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"


@pytest.fixture
def two(live_server: Any, browse: Callable[..., Page]) -> list[str]:
    """Two teams' phones file what they heard of one event."""
    ids = []
    with live_server.parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
        tokens = [device_token(door, cast_member(door, "monitor", t, t), f"phone-{t}") for t in ("t1", "t2")]
    phone = browse(phone=True)
    for token, body in zip(tokens, (heard_from(200, 4, 12), heard_from(260, 5, 9)), strict=True):
        answer = phone.request.post(
            "/api/v1/observations", data=body, headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status == 201, answer.text()
        ids.append(body["observation_id"])
    return ids


def rows(page: Page) -> Any:
    return page.locator(".waiting-row")


def test_two_reports_are_accepted_and_put_together_without_a_mouse(browse: Any, two: list[str]) -> None:
    page = browse("duty_officer")
    page.goto("/review")
    expect(rows(page)).to_have_count(3)
    page.keyboard.press("j")
    expect(page.locator(".deeds")).to_be_visible()
    expect(page.locator(".waiting-row.chosen")).to_contain_text("you have it open")
    page.keyboard.press("x")
    expect(page.locator("#said")).to_contain_text("Write the reason")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("accepted")
    expect(rows(page)).to_have_count(2)
    expect(page.locator(".deeds")).to_be_visible()
    page.keyboard.press("a")
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("j")
    expect(page.locator(".pair .account")).to_have_count(2)
    expect(page.locator(".reasons")).to_contain_text("areas of uncertainty meet")
    page.keyboard.press("c")
    expect(page.locator("#said")).to_contain_text("Put together")
    expect(rows(page)).to_contain_text("I-0001")
    page.keyboard.press("j")
    expect(page.locator("#detail")).to_contain_text("Open its page")
    page.keyboard.press("Enter")
    expect(page.locator(".account")).to_have_count(2)
    expect(page.locator("#facts .big")).to_have_text("12")
    expect(page.locator("#contradictions")).to_contain_text("counted differently: 9 and 12")
    expect(page.locator("#axis .account-bar")).to_have_count(2)

    page.get_by_role("button", name="Corroborated").click()
    page.get_by_label("Reason").fill("Two patrols, crossing directions.")
    page.get_by_role("button", name="Do it").click()
    expect(page.locator("#incident-marks")).to_contain_text("Corroborated")
    expect(page.locator("#history")).to_contain_text("Two patrols, crossing directions.")


def test_somebody_else_sees_at_once_that_a_report_is_open(browse: Any, two: list[str]) -> None:
    first, second = browse("duty_officer"), browse("verification_officer")
    for page in (first, second):
        page.goto("/review")
        expect(rows(page)).to_have_count(3)
    first.keyboard.press("j")
    expect(second.locator("#queue")).to_contain_text("First duty officer has it open")


def test_coverage_says_not_monitored_where_nobody_watched(browse: Any, two: list[str]) -> None:
    page = browse("analyst")
    page.goto("/coverage")
    expect(page.locator("#coverage-words")).to_contain_text("Not monitored: ")
    expect(page.locator("#table tbody tr")).to_have_count(6)
    expect(page.locator("#table")).to_contain_text("not monitored")
    expect(page.locator("#strips svg")).to_be_visible()
    expect(page.locator("#sketch canvas").first).to_be_attached()
