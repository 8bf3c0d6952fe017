"""The situation room in another light: a past moment, a part of it, something looked for, the wall.

The fixtures `file` and `room` are those of the live room.
"""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from cast_of_people import cast_member
from playwright.sync_api import Page, expect

from incidents.intake.service import review_observation

Filing = Callable[..., str]
EAST = {"lon": 46.39, "lat": 39.21, "accuracy_m": 12, "method": "gnss"}


def accept(live_server: Any, observation_id: str) -> None:
    with live_server.parts.transaction() as door:
        officer = cast_member(door, "verification_officer")
    with live_server.parts.transaction(officer) as door:
        review_observation(door, observation_id, "accepted", "")


def test_a_past_moment_shows_what_was_known_then_and_nothing_can_be_decided(
    room: Page, file: Filing, live_server: Any, clock: Any
) -> None:
    first = file()
    then = clock.now()
    clock.set(then + dt.timedelta(hours=1))
    accept(live_server, first)
    expect(room.locator("#count-violations")).to_have_text("12")

    room.goto(f"/desk?window=24h&at={then.isoformat().replace('+', '%2B')}&by=known")
    expect(room.locator("#freshness")).to_have_attribute("data-state", "past")
    expect(room.locator("#freshness-words")).to_contain_text("Looking back · as known then")
    expect(room.locator("#count-waiting")).to_have_text("12")
    expect(room.locator("#count-violations")).to_have_text("0")
    row = room.locator("#queue tbody tr")
    expect(row).to_have_count(1)
    row.click()
    expect(room.locator("#drawer")).to_contain_text("12 explosions")
    expect(room.get_by_role("button", name="Accept")).to_have_count(0)
    room.keyboard.press("Escape")

    room.get_by_role("button", name="Back to live").click()
    expect(room.locator("#freshness")).to_have_attribute("data-state", "live")
    expect(room.locator("#count-violations")).to_have_text("12")
    assert "at=" not in room.url


def test_news_waits_while_one_looks_back(room: Page, file: Filing, clock: Any) -> None:
    room.keyboard.press("r")
    expect(room.locator("#replay-slider")).to_be_focused()
    clock.set(clock.now() + dt.timedelta(minutes=1))
    file()
    expect(room.locator("#freshness-words")).to_contain_text("news since")
    expect(room.locator("#queue tbody tr")).to_have_count(0)
    room.keyboard.press("r")
    expect(room.locator("#queue tbody tr")).to_have_count(1)


def test_a_filter_says_itself_in_words_and_stands_in_the_address(room: Page, file: Filing) -> None:
    file()
    file(observer=EAST)
    expect(room.locator("#queue tbody tr")).to_have_count(2)
    room.keyboard.press("/")
    room.locator("#filter-sector").select_option("MAR")
    expect(room.locator("#filter-words")).to_contain_text("Showing only: Sector Martuni")
    expect(room.locator("#queue tbody tr")).to_have_count(1)
    expect(room).to_have_url(re.compile("sector=MAR"))
    room.reload()
    expect(room.locator("#filter-words")).to_contain_text("Sector Martuni")
    expect(room.locator("#queue tbody tr")).to_have_count(1)
    room.get_by_role("button", name="Show everything").first.click()
    expect(room.locator("#queue tbody tr")).to_have_count(2)
    room.go_back()
    expect(room.locator("#queue tbody tr")).to_have_count(1)


def test_the_box_finds_a_place_in_another_script_and_a_report_by_number(room: Page, file: Filing) -> None:
    file()
    expect(room.locator("#queue tbody tr")).to_have_count(1)
    box = room.get_by_role("combobox", name=re.compile("A number, a place"))
    room.keyboard.press("Control+k")
    box.fill("Սոթք")
    expect(room.locator("#palette-list li").first).to_contain_text("Sotk")
    room.keyboard.press("Enter")
    expect(room.locator("#palette")).to_be_hidden()
    room.keyboard.press("Control+k")
    box.fill("look back")
    room.keyboard.press("Enter")
    expect(room.locator("#freshness")).to_have_attribute("data-state", "past")


def test_the_wall_is_read_and_not_touched(browse: Callable[..., Page], file: Filing) -> None:
    page = browse("duty_officer", viewport={"width": 1920, "height": 1080})
    page.goto("/desk?wall")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    file(exposure="in_direction_of")
    expect(page.locator("#inbox-list .alert")).to_have_count(1)
    assert page.locator("button:not(.sector):visible, input:visible, a:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("r")
    expect(page.locator("#freshness")).to_have_attribute("data-state", "live")


def test_a_stopped_worker_turns_the_banner_red(room: Page, live_server: Any) -> None:
    expect(room.locator("#freshness")).to_have_attribute("data-state", "live")
    room.route(
        "**/desk/state",
        lambda route: route.fulfill(
            json=(answer := route.fetch().json())
            | {"machine": answer["machine"] | {"worker_is_there": False}}
        ),
    )
    room.reload()
    expect(room.locator("#freshness")).to_have_attribute("data-state", "stopped")
    expect(room.locator("#freshness-words")).to_contain_text("no rule is judged")
