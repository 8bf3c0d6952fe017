"""A shift from beginning to end by keyboard: watch, alert, verify, hand over; and the room in Firefox."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cast_of_people import cast_member, signed_in
from firefox import PROGRAM, Firefox
from playwright.sync_api import Page, expect

Filing = Callable[..., str]


def test_a_shift_by_keyboard(room: Page, file: Filing, browse: Callable[..., Page]) -> None:
    keys = room.keyboard
    expect(room.locator("#freshness")).to_have_attribute("data-state", "live")
    file(exposure="near_miss")
    alert = room.locator("#inbox-list .alert")
    expect(alert).to_have_count(1)
    keys.press("j")
    keys.press("a")
    expect(alert).to_contain_text("Acknowledged")

    keys.press("q")
    row = room.locator("#queue tbody tr").first
    expect(row).to_be_focused()
    keys.press("Enter")
    drawer = room.locator("#drawer")
    expect(drawer).to_contain_text("Windows rattled at the post.")
    accept = drawer.get_by_role("button", name="Accept")
    for _ in range(12):
        if accept.evaluate("button => button === document.activeElement"):
            break
        keys.press("Tab")
    expect(accept).to_be_focused()
    keys.press("Enter")
    expect(drawer.locator(".marks")).to_contain_text("Accepted")
    keys.press("Escape")
    expect(alert).to_contain_text("1 of 1 reviewed")

    room.goto("/handover")
    expect(room.locator("#open-alerts")).to_contain_text("1")
    room.get_by_label("Note for the next officer").focus()
    keys.type("The patrol of Sotk is back; the road stays closed.")
    keys.press("Tab")
    keys.press("Enter")
    expect(room.locator("blockquote")).to_contain_text("the road stays closed")
    room.get_by_role("button", name="Hand over").press("Enter")
    expect(room.locator("h1")).to_contain_text("H-0001")

    following = browse("duty_officer", "second")
    following.goto(room.url)
    expect(following.locator("main")).to_contain_text("acknowledged")
    following.get_by_role("button", name="I have read it and take over").press("Enter")
    expect(following.locator(".signatures")).to_contain_text("Second duty officer")


@pytest.fixture
def firefox(folder: Path) -> Iterator[Firefox]:
    if PROGRAM is None:
        pytest.skip("no Firefox here; on Debian: sudo apt-get install firefox-esr")
    started = Firefox(folder / "firefox")
    yield started
    started.kill()


WHEN = """async ({ where, says }) => {
  for (;;) {
    const found = document.querySelector(where);
    if (found && found.textContent.includes(says)) return document.title;
    await new Promise((later) => requestAnimationFrame(later));
  }
}"""
PRESS = """async (key) => {
  const pressed = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  (document.activeElement || document.body).dispatchEvent(pressed);
}"""


def test_the_room_in_firefox_hears_of_an_alert_and_answers_it(
    firefox: Firefox, live_server: Any, file: Filing
) -> None:
    with live_server.parts.transaction() as door:
        cookie, _ = signed_in(door, cast_member(door, "duty_officer"))
    firefox.open(f"{live_server.url}/sign-in")
    firefox.add_cookie("truceline", cookie)
    firefox.open(f"{live_server.url}/desk")
    firefox.do(WHEN, {"where": "#freshness-words", "says": "Live"})
    file(exposure="near_miss")
    title = firefox.do(WHEN, {"where": "#inbox-list .owes", "says": "Duty officer by"})
    assert re.match(r"\(\d\) Situation room", title)
    firefox.do(WHEN, {"where": "#queue tbody", "says": "12 explosions, heard SE"})
    firefox.do(PRESS, "j")
    firefox.do(WHEN, {"where": "#inbox-list .why", "says": "Martuni"})
    firefox.do(PRESS, "a")
    firefox.do(WHEN, {"where": "#inbox-list .alert", "says": "Acknowledged · First duty officer"})
    firefox.do(PRESS, "q")
    firefox.do(PRESS, "Enter")
    firefox.do(WHEN, {"where": "#drawer", "says": "Windows rattled at the post."})
