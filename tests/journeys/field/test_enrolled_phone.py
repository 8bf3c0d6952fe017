"""A phone that is taken in, signs what it sends, is ended, hands over its outbox, is emptied from afar."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cast_of_people import cast_member
from phone_in_hand import give_pin, stored, tap
from playwright.sync_api import Page, expect
from sqlalchemy import select

from incidents.intake import queries
from incidents.intake.service import review_observation
from monitor import vault
from monitor.devices.model import DeviceKey, DeviceSequence
from monitor.dsse import standard_base64, url_base64
from monitor.field.messages import messages

Browse = Callable[..., Page]
SAYS = messages("en")
PLANTED = "The miller saw it from his window"


@pytest.fixture
def desk(browse: Browse, watch_id: str) -> Page:
    """The duty officer at the list of phones."""
    page = browse("duty_officer")
    page.goto("/devices")
    return page


def show_code(desk: Page) -> str:
    """The address that the officer's code leads to."""
    desk.get_by_label("Who will carry it").select_option(label="First monitor · T1")
    desk.get_by_label("Name on the phone").fill("phone-7")
    with desk.expect_response("**/api/v1/enrolments") as opened:
        desk.get_by_role("button", name="Show the code").click()
    address: str = opened.value.json()["url"]
    return address


def take_in(desk: Page, phone: Page) -> None:
    phone.goto(show_code(desk))
    phone.locator("#enrol-go").click()
    words = phone.locator("#six-words li")
    expect(words).to_have_count(6)
    expect(desk.locator("#words span")).to_have_text(words.all_inner_texts())
    desk.get_by_role("button", name="They are the same").click()
    give_pin(phone)
    phone.locator(".tiles").wait_for()


@pytest.fixture
def phone(desk: Page, browse: Browse) -> Page:
    """A phone where nobody ever signed in, taken in by the officer."""
    page = browse(phone=True)
    take_in(desk, page)
    return page


def finish_an_explosion(page: Page, text: str = "") -> None:
    page.evaluate("location.hash = '#/'")
    page.locator("#quick-explosion").click()
    tap(page, "rose-SW")
    tap(page, "distance-3-5")
    if text:
        page.locator("#more").click()
        page.locator("#open-text").click()
        page.locator("#text").fill(text)
    page.locator("#review").click()
    page.locator("#send").click()
    page.locator(".seal").wait_for()


def end_device(desk: Page, how: str) -> None:
    desk.goto("/devices")
    desk.get_by_role("row", name="phone-7").get_by_role("button", name="End…").click()
    desk.get_by_role("button", name=how, exact=True).click()
    expect(desk.get_by_role("row", name="phone-7")).to_contain_text("Ended")


def test_an_enrolled_phone_signs_and_numbers_what_it_sends(phone: Page, live_server: Any) -> None:
    expect(phone.locator("#holder")).to_have_text("First monitor · phone-7")
    expect(phone.locator(".watch")).to_contain_text(SAYS["watch.running"])
    for number in (1, 2):
        finish_an_explosion(phone, PLANTED)
        expect(phone.locator(".seal.done")).to_be_visible()
        expect(phone.locator("main")).to_contain_text(SAYS["receipt.signed_as"].replace("{n}", str(number)))
    with live_server.parts.reading() as door:
        (kid,) = door.session.scalars(select(DeviceKey.kid))
        wanted = select(DeviceSequence.kid, DeviceSequence.device_seq, DeviceSequence.prev_sha256)
        wanted = wanted.add_columns(DeviceSequence.envelope_sha256).order_by(DeviceSequence.device_seq)
        (first, second) = door.session.execute(wanted).all()
        rows = list(queries.observations(door.session, None, None))
        texts = queries.texts(door.session, live_server.parts.keys, rows)
    assert (first.kid, first.device_seq, first.prev_sha256) == (kid, 1, None)
    assert (second.kid, second.device_seq, second.prev_sha256) == (kid, 2, first.envelope_sha256)
    assert [row.processing for row in rows] == ["received", "received"], [row.reasons for row in rows]
    assert set(texts.values()) == {PLANTED}
    kept = {row["envelope_sha256"] for row in stored(phone, "reports")}
    assert kept == {first.envelope_sha256, second.envelope_sha256}


def test_the_key_of_a_phone_cannot_be_taken_out_of_it(phone: Page) -> None:
    (device,) = [row["value"] for row in stored(phone, "meta") if row["name"] == "device"]
    assert device["keys"]["privateKey"] == {"key": "private", "extractable": False}


def test_a_code_for_another_base_is_not_taken(desk: Page, browse: Browse) -> None:
    """The net shows other keys than the officer's screen: the phone keeps neither token nor keys."""
    before, code, point, log = show_code(desk).rsplit("/", 3)
    page = browse(phone=True)
    page.goto("/".join([before, code, point[:-4] + "AAAA", log]))
    page.locator("#enrol-go").click()
    page.locator("#six-words").wait_for()
    desk.get_by_role("button", name="They are the same").click()
    expect(page.locator(".notice.bad")).to_have_text(SAYS["enrol.other_keys"])
    assert [
        row["name"]
        for row in stored(page, "meta")
        if row["name"] in {"device", "mission"} and row.get("value")
    ] == []


def test_a_page_closed_while_the_officer_compares_goes_on_where_it_was(desk: Page, browse: Browse) -> None:
    page = browse(phone=True)
    page.goto(show_code(desk))
    page.locator("#enrol-go").click()
    words = page.locator("#six-words li")
    expect(words).to_have_count(6)
    shown = words.all_inner_texts()
    page.reload()
    expect(words).to_have_text(shown)
    desk.get_by_role("button", name="They are the same").click()
    give_pin(page)


def test_an_ended_phone_says_what_to_do_and_its_outbox_arrives_as_a_file(
    phone: Page, desk: Page, live_server: Any, folder: Path
) -> None:
    phone.context.set_offline(True)
    finish_an_explosion(phone, PLANTED)
    end_device(desk, "End it")
    phone.context.set_offline(False)
    expect(phone.locator(".notice.bad")).to_contain_text(SAYS["send.revoked"])
    with phone.expect_download() as handed_out:
        phone.locator("#export").click()
    path = folder / "phone-7.outbox"
    handed_out.value.save_as(path)

    desk.goto("/outbox")
    desk.get_by_label("Drop the file here").set_input_files(path)
    expect(desk.get_by_role("status")).to_have_text("1 received")
    with live_server.parts.reading() as door:
        (row,) = queries.observations(door.session, None, None)
        texts = queries.texts(door.session, live_server.parts.keys, [row])
        assert row.author_id == cast_member(door, "monitor").id
    assert row.reasons == ("device_revoked",)
    assert list(texts.values()) == [PLANTED]


def test_a_phone_that_is_taken_in_again_gets_a_new_key_and_what_the_old_one_signed_goes_out(
    phone: Page, desk: Page, live_server: Any
) -> None:
    phone.context.set_offline(True)
    finish_an_explosion(phone, PLANTED)
    phone.context.set_offline(False)
    phone.route("**/api/v1/observations", lambda route: route.abort())
    phone.goto("/field/en")
    desk.goto("/devices")
    take_in(desk, phone)
    phone.unroute("**/api/v1/observations")
    finish_an_explosion(phone, PLANTED)
    expect(phone.locator(".seal.done")).to_be_visible()
    phone.evaluate("location.hash = '#/'")
    expect(phone.locator("#counters")).to_contain_text(SAYS["home.received"].replace("{n}", "2"))
    with live_server.parts.reading() as door:
        newest, oldest = door.session.scalars(select(DeviceKey.kid).order_by(DeviceKey.recorded_at.desc()))
        used = door.session.execute(select(DeviceSequence.kid, DeviceSequence.device_seq)).all()
        rows = list(queries.observations(door.session, None, None))
    assert set(used) == {(oldest, 1), (newest, 1)}
    assert [row.reasons for row in rows] == [(), ()]


def test_who_does_not_know_the_pin_signs_nothing(phone: Page, live_server: Any) -> None:
    phone.reload()
    phone.locator("#pin-forgotten").click()
    expect(phone.locator("#sure-question")).to_contain_text(SAYS["lock.forgotten_key"])
    phone.locator("#sure-yes").click()
    give_pin(phone, "135791")
    expect(phone.locator("#not-ready")).to_be_visible()
    finish_an_explosion(phone)
    expect(phone.locator("main .notice")).to_contain_text(SAYS["reason.not_signed"])
    expect(phone.locator("main")).to_contain_text(SAYS["receipt.unsigned"])
    with live_server.parts.reading() as door:
        (row,) = queries.observations(door.session, None, None)
    assert row.reasons == ("not_signed",)


def test_a_question_about_a_signed_report_is_answered_by_a_signed_revision_that_names_it(
    phone: Page, desk: Page, live_server: Any
) -> None:
    finish_an_explosion(phone, PLANTED)
    expect(phone.locator(".seal.done")).to_be_visible()
    with live_server.parts.transaction() as door:
        (row,) = queries.observations(door.session, None, None)
        officer = replace(door, actor=cast_member(door, "duty_officer"))
        review_observation(officer, row.observation_id, "returned", "Which side of the road?")
    phone.evaluate("location.hash = '#/'")
    phone.evaluate("dispatchEvent(new Event('online'))")
    phone.locator(".question-row").click()
    expect(phone.locator("#asked")).to_contain_text("Which side of the road?")
    phone.locator("#open-text").click()
    phone.locator("#text").fill(f"{PLANTED}, north of the road")
    phone.locator("#review").click()
    phone.locator("#send").click()
    expect(phone.locator(".seal.done")).to_be_visible()
    with live_server.parts.reading() as door:
        (row,) = queries.observations(door.session, None, None)
        texts = queries.texts(door.session, live_server.parts.keys, [row])
        kept = vault.open_all(door.session, live_server.parts.keys, "observation", f"{row.observation_id}/2")
    first, second = sorted(stored(phone, "reports"), key=lambda report: report["revision_no"])
    envelope = json.loads(url_base64(kept["envelope"]))
    payload = json.loads(standard_base64(envelope["payload"]))
    assert (row.revision_no, row.processing, list(texts.values())) == (
        2,
        "received",
        [f"{PLANTED}, north of the road"],
    )
    assert (payload["type"], payload["supersedes"], payload["prev"]) == (
        "revision",
        first["envelope_sha256"],
        first["envelope_sha256"],
    )
    assert second["envelope_sha256"] == hashlib.sha256(url_base64(kept["envelope"])).hexdigest()
    phone.evaluate("location.hash = '#/'")
    expect(phone.locator(".question-row")).to_have_count(0)


def test_a_phone_that_is_told_to_empty_itself_keeps_nothing(phone: Page, desk: Page) -> None:
    phone.context.set_offline(True)
    finish_an_explosion(phone, PLANTED)
    end_device(desk, "End it and empty it")
    phone.context.set_offline(False)
    phone.get_by_text(SAYS["app.or_enrol"]).wait_for()
    for store in ("meta", "secrets", "drafts", "photos", "reports", "sealed", "errands"):
        assert [row for row in stored(phone, store) if row.get("name") != "tries"] == [], store
