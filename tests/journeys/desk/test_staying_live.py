"""The room keeps itself true: without a stream, and when something behind it falls silent."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from cast_of_people import cast_member
from playwright.sync_api import Page, expect

from monitor.watches.service import plan_watch, record_watch_event

Filing = Callable[..., str]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def watch(live_server: Any, file: Filing) -> Callable[..., None]:
    """`watch(start)` sends a patrol of team T1 out; with `end` it has come back."""

    def out(start: dt.datetime, end: dt.datetime | None = None) -> None:
        parts, watch_id = live_server.parts, str(uuid.uuid4())
        with parts.transaction() as door:
            officer, monitor = cast_member(door, "duty_officer"), cast_member(door, "monitor")
        with parts.transaction(officer) as door:
            plan_watch(
                door, watch_id=watch_id, kind="patrol", sectors=["MAR"], post=None, team="T1",
                planned_start=start, planned_end=start + 9 * HOUR,
            )  # fmt: skip
        with parts.transaction(monitor) as door:
            for kind, at in (("started", start), ("ended", end)):
                if at is not None:
                    record_watch_event(door, event_id=str(uuid.uuid4()), watch_id=watch_id, kind=kind, at=at)

    return out


def opened(page: Page) -> Page:
    page.goto("/desk")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    return page


@pytest.mark.parametrize("blocked", ["by the net", "by the browser"])
def test_without_a_stream_the_room_asks_and_still_updates(
    browse: Callable[..., Page], file: Filing, blocked: str
) -> None:
    page = browse("duty_officer")
    if blocked == "by the net":
        page.route("**/live?*", lambda route: route.abort())
    else:
        page.add_init_script("delete window.EventSource")
    opened(page)
    expect(page.locator("#freshness")).to_have_attribute("data-state", "lost")
    expect(page.locator("#freshness-words")).to_contain_text("asking every few seconds")
    file()
    expect(page.locator("#queue tbody tr")).to_have_count(1)


def test_a_server_that_is_gone_turns_the_banner_red_and_back(room: Page, file: Filing) -> None:
    expect(room.locator("#freshness")).to_have_attribute("data-state", "live")
    for what in ("**/live*", "**/live/**", "**/desk/**"):
        room.route(what, lambda route: route.abort())
    room.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(room.locator("#freshness")).to_have_attribute("data-state", "old")
    expect(room.locator("#freshness-words")).to_contain_text("Connection lost · picture from 12:00:")
    file()
    room.unroute_all()
    expect(room.locator("#freshness")).to_have_attribute("data-state", "live")
    expect(room.locator("#queue tbody tr")).to_have_count(1)


def test_a_team_that_fell_silent_turns_the_banner_red(
    browse: Callable[..., Page], watch: Callable[..., None], file: Filing, clock: Any
) -> None:
    began = clock.now()
    watch(began)
    page = opened(browse("duty_officer"))
    expect(page.locator("#freshness")).to_have_attribute("data-state", "live")
    file()
    clock.set(began + 6 * HOUR + dt.timedelta(minutes=10))
    page.reload()
    expect(page.locator("#freshness")).to_have_attribute("data-state", "stopped")
    expect(page.locator("#freshness-words")).to_contain_text("Team T1: last report 6 h ago")


def test_where_nobody_watches_any_more_the_banner_says_since_when(
    browse: Callable[..., Page], watch: Callable[..., None], clock: Any
) -> None:
    began = clock.now()
    clock.set(began + 5 * HOUR)
    watch(began, began + 4 * HOUR)
    page = opened(browse("duty_officer"))
    expect(page.locator("#freshness")).to_have_attribute("data-state", "stopped")
    expect(page.locator("#freshness-words")).to_contain_text("not monitored since 16:00")
    expect(page.locator("#board")).to_contain_text("Not monitored since 16:00")


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        ({"worker_is_there": False}, "The worker has stopped"),
        ({"rules_behind_since": "2022-09-13T07:40:00+00:00"}, "The rules are 20 min behind"),
        ({"alerts_behind_since": "2022-09-13T07:40:00+00:00"}, "The alerts are 20 min behind"),
        ({"jobs_failed": ["summary.draft"]}, "A job failed: summary.draft"),
    ],
)
def test_what_stops_behind_the_screen_turns_the_banner_red(
    browse: Callable[..., Page], file: Filing, machine: dict[str, Any], words: str
) -> None:
    """The server's answer is changed on its way: a worker that is really stopped takes minutes to be late."""
    page = browse("duty_officer")

    def changed(route: Any) -> None:
        answer = route.fetch().json()
        route.fulfill(json=answer | {"machine": answer["machine"] | machine, "clock_rate": 1})

    page.route("**/desk/state", changed)
    opened(page)
    expect(page.locator("#freshness")).to_have_attribute("data-state", "stopped")
    expect(page.locator("#freshness-words")).to_contain_text(words)
