"""The inbox in a real browser: who must act by when, every answer by keyboard, and news that is heard."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from cast_of_people import cast_member
from playwright.sync_api import Page, expect

from incidents.intake.service import review_observation

Filing = Callable[..., str]
EAST = {"lon": 46.39, "lat": 39.21, "accuracy_m": 12, "method": "gnss"}
# Counts the tones that the page plays.
COUNT_TONES = """
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) { window.tones += 1; return start.apply(this, at); };
"""


@pytest.fixture
def alert(room: Page, file: Filing) -> Any:
    """The one alert of the room, raised by fire close to a patrol."""
    file(exposure="near_miss")
    row = room.locator("#inbox-list .alert")
    expect(row).to_have_count(1)
    return row


def judge(live_server: Any, observation_id: str, verdict: str) -> None:
    with live_server.parts.transaction() as door:
        officer = cast_member(door, "verification_officer")
    with live_server.parts.transaction(officer) as door:
        review_observation(door, observation_id, verdict, "heard at the range")


def test_an_alert_says_who_must_act_by_when_and_shows_its_evidence(room: Page, alert: Any) -> None:
    expect(room.locator(".group-title")).to_contain_text("You must act")
    expect(alert.locator(".owes")).to_contain_text(re.compile(r"Duty officer by .*, in \d+ min"))
    room.keyboard.press("j")
    expect(alert.locator(".why")).to_contain_text("Sector Martuni")
    expect(room.locator("#map-evidence")).to_be_visible()
    expect(alert).to_contain_text("Found late")
    expect(alert.locator(".climbs")).to_contain_text("Unless somebody answers")


def test_every_answer_is_given_by_keyboard(room: Page, alert: Any, browse: Callable[..., Page]) -> None:
    keys = room.keyboard
    keys.press("j")
    keys.press("n")
    expect(room.locator("#alert-note")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(alert.get_by_role("alert")).to_have_text("Say why: the next shift reads it.")
    keys.type("The patrol has answered by radio.")
    keys.press("Tab")
    keys.press("Enter")
    expect(alert.locator(".history")).to_contain_text("The patrol has answered by radio.")

    keys.press("e")
    expect(alert.locator(".ask-form")).to_contain_text("Tells Head of mission now")
    keys.press("Tab")
    keys.press("Enter")
    expect(alert.locator(".owes")).to_contain_text("Duty officer, Head of mission by")
    expect(alert.locator(".history")).to_contain_text("Told Head of mission")

    keys.press("a")
    expect(alert.locator(".owes")).to_contain_text("You by")
    expect(room.locator(".group-title").first).to_contain_text("You must act")
    alert.get_by_role("button", name="Shelve").press("Enter")
    expect(room.locator("#alert-until")).to_be_focused()
    keys.press("Escape")
    expect(room.locator("#alert-until")).to_have_count(0)
    alert.get_by_role("button", name="Shelve").press("Enter")
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.type("The range is being cleared.")
    keys.press("Tab")
    keys.press("Enter")
    expect(alert.locator(".owes")).to_contain_text("comes back")
    alert.get_by_role("button", name="Close").press("Enter")
    keys.type("All are back at the base.")
    keys.press("Tab")
    keys.press("Enter")
    expect(alert.locator(".badge").first).to_contain_text("Closed")
    expect(room).to_have_title(re.compile("^Situation room"))


def test_an_alert_is_given_to_somebody_who_finds_it_as_theirs(
    browse: Callable[..., Page], room: Page, alert: Any
) -> None:
    head = browse("head_of_mission")
    room.keyboard.press("j")
    room.reload()
    room.locator("#inbox-list .alert").click()
    alert.get_by_role("button", name="Assign").click()
    room.get_by_label("To whom?").select_option("First head of mission")
    room.get_by_role("button", name="Assign").click()
    expect(alert).to_contain_text("given to First head of mission")
    expect(room.locator(".group-title")).to_contain_text("Others must act")
    head.goto("/desk")
    expect(head.locator(".group-title")).to_contain_text("You must act")


def test_what_grows_graver_what_is_withdrawn_and_what_needs_a_look_is_said(
    room: Page, file: Filing, live_server: Any
) -> None:
    alone = file(exposure="near_miss")
    alert = room.locator("#inbox-list .alert")
    expect(alert).to_have_count(1)
    again = file(exposure="near_miss")
    expect(alert).to_contain_text(re.compile("Strengthened|Numbers changed"))
    judge(live_server, alone, "rejected")
    judge(live_server, again, "rejected")
    expect(alert.locator(".badge").first).to_have_text("Withdrawn")
    expect(alert.locator(".owes")).to_contain_text("since its evidence was refuted")
    expect(room.locator(".group-title")).to_contain_text("Over in the last hours")
    answered = file(exposure="near_miss", observer=EAST)
    expect(room.locator("#inbox-new").or_(alert.nth(1))).to_be_visible()
    room.reload()
    room.locator("#inbox-list .alert").first.click()
    room.keyboard.press("a")
    expect(alert.first).to_contain_text("Acknowledged")
    judge(live_server, answered, "rejected")
    expect(alert.first).to_contain_text("Look again")


def test_grave_news_sounds_where_somebody_switched_it_on(room: Page, file: Filing) -> None:
    room.add_init_script(COUNT_TONES)
    room.reload()
    expect(room.locator("#inbox-list")).to_contain_text("No rule has fired")
    room.keyboard.press("s")
    expect(room.locator("#sound")).to_have_attribute("aria-pressed", "true")
    tried = room.evaluate("window.tones")
    assert tried > 0
    file(exposure="near_miss")
    expect(room.locator("#inbox-list .alert")).to_have_count(1)
    expect(room).to_have_title(re.compile(r"^\(1\) "))
    assert room.evaluate("window.tones") > tried
    room.reload()
    expect(room.locator("#sound")).to_have_text("Sound on")
    room.locator("#sound").click()
    silent = room.evaluate("window.tones")
    file(exposure="near_miss", observer=EAST)
    expect(room.locator("#inbox-list .alert")).to_have_count(2)
    assert room.evaluate("window.tones") == silent


def test_a_shelved_alert_comes_back_and_an_old_one_is_found(
    room: Page, alert: Any, clock: Any, live_server: Any
) -> None:
    room.keyboard.press("j")
    room.keyboard.press("a")
    expect(alert).to_contain_text("Acknowledged")
    clock.set(clock.now() + dt.timedelta(hours=3))
    room.reload()
    expect(alert.locator(".badge").first).to_have_text("New")
    expect(alert.locator(".owes time")).to_have_class(re.compile("late"))
