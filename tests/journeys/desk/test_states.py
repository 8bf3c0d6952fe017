"""Each zone of the room: while it loads, with nothing to show, when it fails, when its picture is old."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

Browse = Callable[..., Page]
Filing = Callable[..., str]
ZONES = {
    "inbox": ("#inbox-list", "No rule has fired so far."),
    "queue": ("#queue", "Nothing waits for review."),
    "incidents": ("#incidents", "No incident has been opened in this window."),
    "claims": ("#claims", "No claim by any party is recorded in this window."),
    "map": ("#map-empty-words", "No report in this window."),
}


def fail(route: Route) -> None:
    route.fulfill(status=503, json={"status": 503, "title": "The store is busy", "detail": "Try again soon."})


def open_room(browse: Browse, *held: str, act: Callable[[Route], None] = fail) -> Page:
    """The room in which these zones cannot be loaded."""
    page = browse("duty_officer")
    for zone in held:
        page.route(f"**/desk/{zone}*", act)
    page.goto("/desk")
    return page


def test_a_zone_without_anything_says_what_is_not_there(browse: Browse, file: Filing) -> None:
    page = open_room(browse)
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    for place, words in ZONES.values():
        expect(page.locator(place)).to_contain_text(words)
    page.locator("#tab-reports").click()
    expect(page.locator("#reports")).to_contain_text("No report is shown")
    expect(page.locator("#strip-words")).to_contain_text("no report of a violation in this window")


def test_a_zone_that_loads_says_so(browse: Browse, file: Filing) -> None:
    waiting: list[Route] = []
    page = open_room(browse, "state", "map", "inbox", "queue", act=waiting.append)
    for place, words in (
        ("#inbox-list", "Loading alerts…"),
        ("#queue", "Loading the review queue…"),
        ("#map-empty-words", "Loading reports…"),
        ("#strip-words", "Loading reports…"),
        ("#board", "Loading sectors…"),
    ):
        expect(page.locator(place)).to_have_text(words)
    for route in waiting:
        route.continue_()


@pytest.mark.parametrize("zone", ["inbox", "queue", "incidents", "claims"])
def test_a_zone_that_failed_says_why_and_can_be_asked_again(browse: Browse, file: Filing, zone: str) -> None:
    page = open_room(browse, zone)
    if zone in {"incidents", "claims"}:
        page.locator(f"#tab-{zone}").click()
    place, empty = ZONES[zone]
    expect(page.locator(place).get_by_role("alert")).to_contain_text("The store is busy Try again soon.")
    page.unroute(f"**/desk/{zone}*")
    page.locator(place).get_by_role("button", name="Try again").click()
    expect(page.locator(place)).to_contain_text(empty)


def test_a_map_that_failed_says_so_where_one_looks(browse: Browse, file: Filing) -> None:
    file()
    page = open_room(browse, "map")
    expect(page.locator("#map-empty-words")).to_contain_text(
        "The reports could not be loaded. The store is busy"
    )
    expect(page.locator("#strip-words")).to_contain_text("could not be loaded")
    page.unroute("**/desk/map*")
    page.locator("#map-widen").click()
    expect(page.locator("#map-empty")).to_be_hidden()
    expect(page.locator("#reports-count")).to_have_text("1")


def test_a_board_that_failed_is_asked_again_until_it_comes(browse: Browse, file: Filing) -> None:
    page = open_room(browse, "state")
    expect(page.locator("#board").get_by_role("alert")).to_contain_text("The store is busy")
    expect(page.locator("#freshness-words")).to_contain_text("The store is busy")
    page.unroute("**/desk/state*")
    expect(page.locator("#board")).to_contain_text("Martuni")


def test_what_became_old_stays_and_says_of_when_it_is(room: Page, file: Filing) -> None:
    for zone in ("map", "queue"):
        room.route(f"**/desk/{zone}*", fail)
    file()
    notes = room.locator("#map .stale-note"), room.locator("#lists .stale-note")
    expect(notes[0]).to_contain_text("The map could not be brought up to date. This is the picture of 12:00:")
    expect(notes[1]).to_contain_text("The review queue could not be brought up to date.")
    expect(room.locator("#queue")).to_contain_text("Nothing waits for review.")
    for zone in ("map", "queue"):
        room.unroute(f"**/desk/{zone}*")
    for note in notes:
        note.get_by_role("button", name="Try again").click()
        expect(note).to_have_count(0)
    expect(room.locator("#queue tbody tr")).to_have_count(1)
