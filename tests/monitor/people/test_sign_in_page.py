"""Signing in with a browser, on a real server."""

from collections.abc import Callable
from typing import Any

from cast_of_people import PASSWORD, cast_member
from playwright.sync_api import Page, expect


def test_a_person_signs_in_and_out_again(page: Page, live_server: Any) -> None:
    with live_server.parts.transaction() as door:
        officer = cast_member(door, "duty_officer")
    page.goto("/sign-in")
    page.get_by_label("Name").fill("duty_officer.first")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(officer.name)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{live_server.url}/sign-in")


def test_a_wrong_password_is_told_without_telling_which_part_is_wrong(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").fill("nobody")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Name and password do not go together.")).to_be_visible()


def test_the_sign_in_page_fits_a_phone(browse: Callable[..., Page]) -> None:
    page = browse(phone=True)
    page.goto("/sign-in")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
