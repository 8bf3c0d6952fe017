"""The officer's two pages about phones, in a real browser: taking one in, ending it, and an outbox file."""

import http.client
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cast_of_people import cast_member
from field_report import field_report
from playwright.sync_api import Page, expect
from signing_phone import SigningPhone, enrolled, outbox_file, seal

from incidents.intake.queries import observations


def asked(url: str, address: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """What a phone that has nothing but its code is answered."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request("POST", address, json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_an_officer_takes_a_phone_in_and_ends_it(browse: Callable[..., Page], live_server: Any) -> None:
    with live_server.parts.transaction() as door:
        cast_member(door, "monitor")
    page, phone = browse("duty_officer"), SigningPhone()
    page.goto("/devices")
    page.get_by_role("button", name="Show the code").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose somebody who serves now. Name it with")
    page.get_by_label("Who will carry it").select_option(label="First monitor · T1")
    page.get_by_label("Name on the phone").fill("phone-7")
    with page.expect_response("**/api/v1/enrolments") as opened:
        page.get_by_role("button", name="Show the code").click()
    expect(page.get_by_alt_text("QR code")).to_be_visible()
    assert (
        page.get_by_alt_text("QR code").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    )

    code = urlsplit(opened.value.json()["url"]).fragment.split("/")[2]
    _, claimed = asked(live_server.url, "/api/v1/enrolments/claim", phone.claim(code))
    expect(page.locator("#words span")).to_have_text(claimed["fingerprint"])
    page.get_by_role("button", name="They are the same").click()
    expect(page.locator("#step-confirmed")).to_have_class("now")
    status, collected = asked(live_server.url, f"/api/v1/enrolments/{claimed['id']}/collect", {"code": code})
    assert (status, collected["device"]["kid"]) == (200, phone.kid)
    expect(page.get_by_text("The phone is in.")).to_be_visible()
    page.get_by_role("button", name="Done").click()

    row = page.get_by_role("row", name="phone-7")
    expect(row).to_contain_text("In use")
    expect(row).to_contain_text(f"key {phone.kid[:8]}")
    row.get_by_role("button", name="End…").click()
    page.get_by_role("button", name="End it and empty it").click()
    expect(row).to_contain_text("Ended, to be wiped")


def test_an_outbox_file_is_dropped_and_every_item_gets_a_line(
    browse: Callable[..., Page], live_server: Any, folder: Path
) -> None:
    parts, phone = live_server.parts, SigningPhone()
    with parts.transaction() as door:
        enrolled(door, phone, cast_member(door, "monitor"))
    items = []
    for _ in range(3):
        body = field_report()
        said = {"observation_id": body["observation_id"], "slot": "r1"}
        sealed = seal(parts.keys.mission.public_key(), phone.package(body), body["observation_id"], "r1")
        items.append((said, sealed))
    items.append((items[0][0], items[1][1]))
    path = folder / "phone-1.tloutbox"
    path.write_bytes(outbox_file(items)[:-1])
    page = browse("duty_officer")
    page.goto("/outbox")
    for outcome in ("3 received, 1 not taken", "3 here already, 1 not taken"):
        page.get_by_label("Drop the file here").set_input_files(path)
        expect(page.get_by_role("status")).to_have_text(outcome)
    expect(page.get_by_role("row", name="cut off")).to_have_count(1)
    with parts.reading() as door:
        assert len(observations(door.session)) == 3
    path.write_bytes(b"PK")
    page.get_by_label("Drop the file here").set_input_files(path)
    expect(page.get_by_role("alert")).to_contain_text("is not an outbox file")


def test_the_officers_pages_fit_a_phone_and_the_dark(browse: Callable[..., Page], live_server: Any) -> None:
    with live_server.parts.transaction() as door:
        enrolled(door, SigningPhone(), cast_member(door, "monitor"))
    page = browse("duty_officer", phone=True, color_scheme="dark")
    for address in ("/devices", "/outbox"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
