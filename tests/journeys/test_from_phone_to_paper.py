"""One real day in real browsers: filed on a phone, seen live, accepted, drafted at the cut-off, printed."""

import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
from phone_in_hand import give_pin, tap
from playwright.sync_api import Page, expect

from monitor.clock import StoppedClock
from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[2] / "reports" / "exercise" / "data"
AFTER_THE_CUT_OFF = dt.datetime(2022, 9, 13, 15, 31, tzinfo=dt.UTC)
PERIOD = re.compile("to 19:30 on 13 September")
LOOKS = 120


def filed_on_the_phone(phone: Page) -> str:
    """An explosion heard three to five kilometres to the south-south-west, just now; answers its receipt."""
    phone.goto("/field/en")
    give_pin(phone)
    phone.locator("#quick-explosion").click()
    tap(phone, "rose-SSW")
    tap(phone, "distance-3-5")
    phone.locator("#review").click()
    phone.locator("#send").click()
    return phone.locator("#receipt-number").inner_text()


def opened_desk(browse: Callable[..., Page], role: str) -> Page:
    desk = browse(role)
    desk.goto("/desk")
    expect(desk.locator("body")).to_have_attribute("data-ready", "yes")
    return desk


def stepped(desk: Page, state: str, reason: str) -> None:
    drawer = desk.locator("#drawer")
    drawer.get_by_label(state).check()
    drawer.get_by_label("Reason").fill(reason)
    drawer.get_by_role("button", name="Take this step").click()
    expect(drawer.locator(".marks")).to_contain_text(state)


def await_the_draft(page: Page) -> None:
    """Looks at the list again and again, as an officer would, until the period's draft is there."""
    for _ in range(LOOKS):
        page.goto("/summaries")
        if page.get_by_role("row", name=PERIOD).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError("no draft of the period that ended")


def opened_summary(browse: Callable[..., Page], role: str, which: str = "first") -> Page:
    page = browse(role, which)
    page.goto("/summaries")
    page.get_by_role("row", name=PERIOD).first.get_by_role("link").first.click()
    return page


def test_a_day_goes_from_the_phone_to_the_paper(
    browse: Callable[..., Page], live_server: Any, clock: StoppedClock
) -> None:
    with live_server.parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
    duty = opened_desk(browse, "duty_officer")

    # A monitor files; the duty officer sees it without touching anything, and accepts it.
    receipt = filed_on_the_phone(browse("monitor", phone=True))
    assert re.fullmatch(r"R-\d{6}", receipt)
    row = duty.locator("#queue tbody tr")
    expect(row).to_contain_text("SSW, 3–5 km")
    row.first.locator("input[type=checkbox]").check()
    duty.get_by_role("button", name="Make or join an incident").click()
    duty.get_by_role("dialog").get_by_role("button", name="Go on").click()
    expect(duty.locator("#drawer")).to_contain_text("I-0001")
    stepped(duty, "Possible", "One series, clearly heard.")
    duty.locator("#tab-queue").click()
    row.first.click()
    duty.locator("#drawer").get_by_role("button", name="Accept").click()
    expect(duty.locator("#count-violations")).not_to_have_text("0")

    # The cut-off passes; the machine drafts the period by itself.
    clock.set(AFTER_THE_CUT_OFF)
    editor = browse("reporting_officer")
    await_the_draft(editor)

    # One person edits, another reviews, the head of mission releases.
    editor = opened_summary(browse, "reporting_officer")
    editor.get_by_text("Edit the lines of the summary").click()
    editor.locator("textarea[name^=line_]").last.fill("The mission thanks the villages for their patience.")
    editor.get_by_role("button", name="Keep as a new version").click()
    expect(editor.locator(".sheet li, .sheet p").filter(has_text="The mission thanks")).to_be_visible()

    reviewer = opened_summary(browse, "reporting_officer", "second")
    reviewer.get_by_role("button", name="Reviewed").click()
    head = opened_summary(browse, "head_of_mission")
    head.get_by_role("button", name="Release edition 1").click()
    expect(head.get_by_text("Edition 1", exact=True)).to_be_visible()

    # What comes out: a PDF, and a document in which each number names its reports.
    with pikepdf.open(io.BytesIO(head.request.get(f"{head.url}.pdf").body())) as paper:
        assert len(paper.pages) >= 2
    document = head.request.get(f"{head.url}.json")
    assert document.ok
    observations = duty.request.get("/api/v1/observations").json()
    (filed,) = observations["observations"] if "observations" in observations else observations["items"]
    assert filed["observation_id"] in document.text()
