"""A monitor's phone at 360 × 740, from the first tap to the receipt."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cast_of_people import cast_member
from playwright.sync_api import Page, expect

from incidents.intake import queries
from incidents.intake.service import review_observation
from monitor.field.messages import LANGUAGES, messages
from monitor.watches.queries import watches
from monitor.watches.service import plan_watch

OpenForm = Callable[..., Page]
Unlock = Callable[[Page], None]
TINY_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
SMALLEST_TARGET_PX = 44
TARGETS = "button:visible, select:visible, input:not([type=file]):visible, label.choice:visible, .top a"
# A correction begins anew: what was sent is sealed, and the phone knows no more than its type.
ANSWERS = {
    "observer": ["observer-gnss"],
    "event": ["event-direction", "rose-SW", "distance-3-5"],
    "means": ["means-heard"],
}
QUESTIONS = "what when observer event count means exposure details conditions photos text".split()


def tap(page: Page, control: str) -> None:
    """Taps a choice by its id, as a thumb does: on its label."""
    page.locator(f"label:has(#{control})").click()


def describe_explosion(page: Page) -> None:
    page.locator("#quick-explosion").click()
    tap(page, "rose-SW")
    tap(page, "distance-3-5")


def all_questions(page: Page) -> None:
    """From the fast screen to the long form."""
    page.locator("#more").click()


def send(page: Page) -> str:
    page.locator("#review").click()
    page.locator("#send").click()
    return page.locator("#receipt-number").inner_text()


def filed(live_server: Any) -> list[queries.ObservationRow]:
    with live_server.parts.reading() as door:
        return list(queries.observations(door.session, None, None))


def test_an_explosion_by_direction_and_distance_takes_five_taps_to_its_receipt(
    open_form: OpenForm, live_server: Any, watch_id: str
) -> None:
    page = open_form()
    describe_explosion(page)

    number = send(page)

    (row,) = filed(live_server)
    assert number == row.receipt_number
    assert (row.category, row.type, row.means, row.t_precision) == ("CFV", "explosion", "heard", "T0")
    assert (row.count_best, row.count_qualifier, row.exposure) == (1, "exact", "earshot")
    assert (row.processing, row.watch_id) == ("received", watch_id)
    with live_server.parts.reading() as door:
        position = queries.positions(door.session, live_server.parts.keys, [row])[row.observation_id]
    assert (position.dir16, position.dist_min_m, position.dist_max_m) == ("SW", 3000, 5000)
    assert position.method == "gnss"


def test_a_draft_survives_a_reload_and_a_change_of_language(open_form: OpenForm, unlock: Unlock) -> None:
    page = open_form()
    describe_explosion(page)
    all_questions(page)
    page.locator("#open-text").click()
    page.locator("#text").fill("Two windows broke.")
    page.evaluate("new Promise((kept) => setTimeout(kept, 300))")

    page.reload()
    unlock(page)
    expect(page.locator("#text")).to_have_value("Two windows broke.")
    address = page.url
    page.goto(address.replace("/field/en", "/field/hy"))
    unlock(page)

    expect(page.locator("#text")).to_have_value("Two windows broke.")
    expect(page.locator("#open-event")).to_contain_text("3–5 կմ")


def test_nothing_seen_or_heard_is_filed_for_a_watch(
    open_form: OpenForm, live_server: Any, watch_id: str
) -> None:
    page = open_form()
    page.locator("#quick-nothing").click()
    tap(page, "means-heard")
    send(page)

    (row,) = filed(live_server)
    assert (row.category, row.type, row.watch_id) == ("NEG", "nothing_observed", watch_id)
    assert (row.t_end - row.t_start).total_seconds() == 2 * 3600
    assert row.processing == "received"


def test_what_is_missing_is_named_and_led_to_and_nothing_typed_is_lost(open_form: OpenForm) -> None:
    page = open_form()
    describe_explosion(page)
    page.locator("#by-degrees").click()
    page.locator("#degrees").fill("400")

    page.locator("#next, #review").click()
    summary = page.locator("#errors")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(messages("en")["error.degrees"])
    summary.get_by_role("link").first.click()

    expect(page.locator("#degrees")).to_be_focused()
    expect(page.locator("#degrees")).to_have_value("400")
    expect(page.locator("#degrees")).to_have_attribute("aria-invalid", "true")


def test_what_is_sent_without_a_net_is_received_once_when_the_net_is_back(
    open_form: OpenForm, live_server: Any
) -> None:
    page = open_form()
    describe_explosion(page)
    page.locator("#review").click()
    page.context.set_offline(True)
    page.locator("#send").click()
    expect(page.locator("main")).to_contain_text(messages("en")["send.no_net"])

    page.context.set_offline(False)
    page.locator("#receipt-number").wait_for()

    assert len(filed(live_server)) == 1


def test_an_answer_lost_on_the_way_leads_to_the_same_receipt(open_form: OpenForm, live_server: Any) -> None:
    page = open_form()
    describe_explosion(page)
    lost: list[str] = []

    def answer_lost(route: Any) -> None:
        if lost:
            return route.continue_()
        route.fetch()
        lost.append(route.request.post_data)
        return route.abort()

    page.route("**/api/v1/observations", answer_lost)
    number = send(page)

    assert [row.receipt_number for row in filed(live_server)] == [number]


def test_a_correction_is_the_next_revision_of_the_same_report(open_form: OpenForm, live_server: Any) -> None:
    page = open_form()
    describe_explosion(page)
    send(page)
    page.locator("#correct").click()
    tap(page, "when-now")
    for question in ("observer", "event", "means", "exposure", "count"):
        page.locator(f"#open-{question}").click()
        for control in ANSWERS.get(question, ()):
            tap(page, control)
    page.locator("#count-more").click()

    send(page)

    (row,) = filed(live_server)
    assert (row.revision_no, row.count_best) == (2, 2)


def test_a_photo_arrives_with_the_hash_of_its_own_bytes(open_form: OpenForm, live_server: Any) -> None:
    page = open_form()
    describe_explosion(page)
    all_questions(page)
    page.locator("#open-photos").click()
    page.locator("#photo-files").set_input_files(
        {"name": "crater.png", "mimeType": "image/png", "buffer": TINY_PNG}
    )
    page.locator(".photos li").wait_for()
    send(page)

    expect(page.locator(".seal.done")).to_be_visible()
    sha256 = hashlib.sha256(TINY_PNG).hexdigest()
    with live_server.parts.storage.open(sha256) as kept:
        assert kept.read() == TINY_PNG


def test_a_point_is_picked_on_the_map_without_any_net_beyond_the_mission(open_form: OpenForm) -> None:
    page = open_form()
    page.locator("#quick-explosion").click()
    all_questions(page)
    page.locator("#open-event").click()
    tap(page, "event-point")
    page.locator("#event-spot").click()
    page.locator("#map-middle").click()
    page.locator("#map-use").click()

    expect(page.locator("#open-event")).to_contain_text("45.8600 E, within")


def test_a_watch_is_checked_in_from_the_first_screen(open_form: OpenForm) -> None:
    page = open_form()
    page.locator("#watch-check").click()

    expect(page.locator(".watch")).to_contain_text("last check-in 12:00")


def test_a_watch_is_ended_and_the_next_one_started_from_the_first_screen(
    open_form: OpenForm, live_server: Any
) -> None:
    with live_server.parts.transaction() as door:
        plan_watch(
            replace(door, actor=cast_member(door, "monitor")),
            watch_id=str(uuid.uuid4()),
            kind="patrol",
            sectors=["MAR"],
            post=None,
            team="T1",
            planned_start=door.now + dt.timedelta(hours=1),
            planned_end=door.now + dt.timedelta(hours=4),
        )
    page = open_form()
    page.locator("#watch-end").click()
    page.locator("#sure-yes").click()
    expect(page.locator(".watch .badge")).to_have_text(messages("en")["watch.planned"])
    page.locator("#watch-start").click()
    expect(page.locator(".watch .badge")).to_have_text(messages("en")["watch.running"])
    with live_server.parts.reading() as door:
        rows = watches(door.session)
    assert [(bool(row.started_at), bool(row.ended_at)) for row in rows] == [(True, True), (True, False)]


def test_a_question_of_the_base_is_shown_with_its_report(open_form: OpenForm, live_server: Any) -> None:
    page = open_form("ru")
    describe_explosion(page)
    number = send(page)
    (row,) = filed(live_server)
    with live_server.parts.transaction() as door:
        officer = replace(door, actor=cast_member(door, "duty_officer"))
        review_observation(officer, row.observation_id, "returned", "Which side of the road?")

    page.locator("#home").click()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator(".rows").get_by_role("button", name=number).last.click()

    expect(page.locator("main")).to_contain_text(messages("ru")["receipt.why_returned"])
    expect(page.locator("main")).to_contain_text("Which side of the road?")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_scrolls_sideways_and_every_target_fits_a_thumb(
    open_form: OpenForm, language: str
) -> None:
    page = open_form(language)
    page.locator("#quick-explosion").click()
    all_questions(page)
    wide: list[str] = []
    small: set[str] = set()
    twice: set[str] = set()
    for question in QUESTIONS:
        page.locator(f"#open-{question}").click()
        page.locator(f"#ask-{question}").wait_for()
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(question)
        small |= set(
            page.locator(TARGETS).evaluate_all(
                f"""all => all.map(one => [one.id || one.textContent, one.getBoundingClientRect()])
                  .filter(([, box]) => box.height < {SMALLEST_TARGET_PX}).map(([name]) => name)"""
            )
        )
        ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
        twice |= {one for one in ids if ids.count(one) > 1}
    assert (wide, small, twice) == ([], set(), set())
