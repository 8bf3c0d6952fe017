"""The exercise's mission with one running watch of the monitor's team, and a phone in the monitor's hand."""

import datetime as dt
import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cast_of_people import cast_member
from phone_in_hand import PIN
from PIL import Image
from playwright.sync_api import Page

import reports.exercise
from monitor.mission.service import load_mission
from monitor.watches.service import plan_watch, record_watch_event

MISSION = Path(reports.exercise.__path__[0]) / "data"
SECTOR = "MAR"


@pytest.fixture
def watch_id(live_server: Any) -> str:
    """A patrol of the monitor's team that has been running for two hours."""
    watch_id = str(uuid.uuid4())
    with live_server.parts.transaction() as door:
        load_mission(door.session, MISSION, door.now)
        acting = replace(door, actor=cast_member(door, "monitor"))
        began = door.now - dt.timedelta(hours=2)
        plan_watch(
            acting,
            watch_id=watch_id,
            kind="patrol",
            sectors=[SECTOR],
            post=None,
            team="T1",
            planned_start=began,
            planned_end=door.now + dt.timedelta(hours=4),
        )
        record_watch_event(acting, event_id=str(uuid.uuid4()), watch_id=watch_id, kind="started", at=began)
    return watch_id


@pytest.fixture
def open_form(browse: Callable[..., Page], watch_id: str) -> Callable[..., Page]:
    """`open_form("hy")`: the monitor's phone with the form open in that language, its PIN chosen."""

    def opened(language: str = "en", **more: Any) -> Page:
        page = browse("monitor", phone=True, **more)
        page.goto(f"/field/{language}")
        choose_pin(page)
        return page

    return opened


def choose_pin(page: Page) -> None:
    page.locator("#pin-again").fill(PIN)
    page.locator("#pin").fill(PIN)
    page.locator("#pin-go").click()
    page.locator(".tiles").wait_for()


@pytest.fixture
def unlock() -> Callable[[Page], None]:
    """Gives the PIN to a form that was put away."""

    def given(page: Page) -> None:
        page.locator("#pin").fill(PIN)
        page.locator("#pin-go").click()
        page.locator("#pin").wait_for(state="detached")

    return given


@pytest.fixture
def photo() -> dict[str, Any]:
    """A small photo, as the form's file chooser is given it."""
    held = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 110, 70)).save(held, "JPEG")
    return {"name": "crater.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()}
