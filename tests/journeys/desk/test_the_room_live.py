"""The situation room in a real browser: news without a reload, deeds by mouse and by keyboard.

`browse` fails a test whose page threw or met the browser policy.
"""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from cast_of_people import cast_member
from field_report import field_report
from playwright.sync_api import Page, expect

from incidents.casework.queries import incidents
from incidents.casework.service import link_observation

Filing = Callable[..., str]


def rows(page: Page) -> Any:
    return page.locator("#queue tbody tr")


def test_a_report_appears_by_itself_and_is_accepted(room: Page, file: Filing) -> None:
    expect(room.locator("#queue")).to_contain_text("Nothing waits for review")
    expect(room.locator("#freshness")).to_have_attribute("data-state", "live")
    file()
    expect(rows(room)).to_have_count(1)
    expect(rows(room)).to_contain_text("12 explosions, heard SE, 3–5 km")
    expect(room.locator("#count-waiting")).to_have_text("12")

    rows(room).first.click()
    drawer = room.locator("#drawer")
    expect(drawer).to_contain_text("Windows rattled at the post.")
    expect(drawer).to_contain_text("135° true")
    drawer.get_by_role("button", name="Accept").click()
    expect(room.locator("#queue")).to_contain_text("Nothing waits for review")
    expect(drawer.locator(".marks")).to_contain_text("Accepted")
    expect(room.locator("#count-violations")).to_have_text("12")


def test_returning_asks_for_the_question(room: Page, file: Filing) -> None:
    file()
    rows(room).first.click()
    drawer = room.locator("#drawer")
    drawer.get_by_role("button", name="Return with a question").click()
    expect(drawer.get_by_role("alert")).to_have_text("Write the question for the observer.")
    drawer.get_by_label(re.compile("Comment")).fill("Was the distance measured?")
    drawer.get_by_role("button", name="Return with a question").click()
    expect(drawer.locator(".history")).to_contain_text("Was the distance measured?")


def test_what_one_filed_oneself_is_refused_with_the_reason(browse: Callable[..., Page], file: Filing) -> None:
    page = browse("duty_officer")
    page.goto("/desk")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    page.evaluate(
        """(body) => fetch("/api/v1/observations", {method: "POST", body: JSON.stringify(body), headers: {
            "Content-Type": "application/json",
            "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content}})""",
        field_report(),
    )
    expect(rows(page)).to_contain_text("Your own")
    rows(page).first.click()
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("#drawer").get_by_role("alert")).to_contain_text(
        "reviewed by somebody other than the one who filed it"
    )


def test_an_alert_is_acknowledged_by_keyboard(room: Page, file: Filing) -> None:
    expect(room.locator("#inbox-list")).to_contain_text("No rule has fired")
    file(exposure="in_direction_of")
    alert = room.locator("#inbox-list .alert")
    expect(alert).to_have_count(1)
    expect(room).to_have_title(re.compile(r"^\(1\) Situation room"))
    room.keyboard.press("j")
    expect(alert.locator(".why")).not_to_be_empty()
    room.keyboard.press("Enter")
    expect(room.locator("#map-evidence")).to_be_visible()
    room.keyboard.press("a")
    expect(alert).to_contain_text("Acknowledged · First duty officer")
    expect(room).to_have_title(re.compile("^Situation room"))
    room.keyboard.press("Escape")
    expect(room.locator("#map-evidence")).to_be_hidden()


def test_new_alerts_wait_while_somebody_reads(room: Page, file: Filing) -> None:
    file(exposure="in_direction_of")
    alerts = room.locator("#inbox-list .alert")
    expect(alerts).to_have_count(1)
    room.keyboard.press("j")
    away = {"lon": 46.39, "lat": 39.21, "accuracy_m": 12, "method": "gnss"}
    file(exposure="in_direction_of", observer=away)
    expect(room.locator("#inbox-new")).to_have_text("1 new · show")
    expect(alerts).to_have_count(1)
    room.locator("#inbox-new").click()
    expect(alerts).to_have_count(2)


def test_two_reports_become_an_incident_that_is_stepped(room: Page, file: Filing) -> None:
    file()
    file(count={"min": 9, "best": 9, "max": 9, "qualifier": "about"})
    expect(rows(room)).to_have_count(2)
    room.keyboard.press("q")
    room.keyboard.press("Space")
    expect(room.locator(".mark-bar")).to_contain_text("1 report marked")
    room.locator("#queue input[type=checkbox]").nth(1).check()
    room.get_by_role("button", name="Make or join an incident").click()
    room.get_by_role("dialog").get_by_role("button", name="Go on").click()
    drawer = room.locator("#drawer")
    expect(drawer).to_contain_text("Incident I-0001")
    expect(drawer).to_contain_text("2 reports behind it")
    drawer.get_by_label("Corroborated").check()
    drawer.get_by_label("Reason").fill("Two series heard.")
    drawer.get_by_role("button", name="Take this step").click()
    expect(drawer.get_by_role("alert")).to_contain_text("needs two accepted observations")
    drawer.get_by_label("Possible").check()
    drawer.get_by_role("button", name="Take this step").click()
    expect(drawer.locator(".marks")).to_contain_text("Possible")
    expect(room.locator("#incidents tbody tr")).to_contain_text("Possible")


def test_what_is_chosen_outlasts_news_of_the_same_incident(
    room: Page, file: Filing, live_server: Any
) -> None:
    file()
    expect(rows(room)).to_have_count(1)
    room.keyboard.press("q")
    room.keyboard.press("Space")
    room.get_by_role("button", name="Make or join an incident").click()
    room.get_by_role("dialog").get_by_role("button", name="Go on").click()
    drawer = room.locator("#drawer")
    expect(drawer).to_contain_text("1 report behind it")
    drawer.get_by_label("Disputed").check()
    another = file()
    with live_server.parts.transaction() as door:
        analyst = dataclasses.replace(door, actor=cast_member(door, "analyst"))
        (incident,) = incidents(door.session)
        link_observation(analyst, incident.incident_id, another, linked=True)
    expect(drawer).to_contain_text("This changed while you were writing.")
    expect(drawer.get_by_label("Disputed")).to_be_checked()


def test_the_window_stands_in_the_address(room: Page, file: Filing) -> None:
    room.get_by_role("button", name="72 h").click()
    expect(room).to_have_url(re.compile(r"window=72h"))
    room.reload()
    expect(room.get_by_role("button", name="72 h")).to_have_attribute("aria-pressed", "true")


def test_a_mark_on_the_map_is_opened_by_keyboard(room: Page, file: Filing) -> None:
    file()
    expect(rows(room)).to_have_count(1)
    expect(room.locator("#map-empty")).to_be_hidden()
    room.keyboard.press("m")
    room.keyboard.press(".")
    expect(room.locator("#map-readout")).to_have_text("12 explosions, heard SE, 3–5 km")
    room.keyboard.press("Enter")
    expect(room.locator("#drawer")).to_contain_text("Windows rattled at the post.")
    room.keyboard.press("Escape")
    expect(room.locator("#drawer")).to_be_hidden()


def test_losing_the_server_is_said_in_words(room: Page, file: Filing) -> None:
    room.context.set_offline(True)
    room.route("**/live*", lambda route: route.abort())
    room.route("**/desk/**", lambda route: route.abort())
    room.evaluate("window.dispatchEvent(new Event('pagehide'))")
    room.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(room.locator("#freshness-words")).to_contain_text("Connection lost · picture from 12:00:")


def test_a_narrow_screen_shows_one_zone_at_a_time(browse: Callable[..., Page], file: Filing) -> None:
    page = browse("duty_officer", viewport={"width": 820, "height": 1180})
    page.goto("/desk")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    expect(page.locator("#inbox")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()
    page.get_by_role("button", name="Map", exact=True).click()
    expect(page.locator("#map")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
