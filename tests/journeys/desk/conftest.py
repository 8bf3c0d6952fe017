"""The room open at a desk, and a phone that files what the room should hear of."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cast_of_people import cast_member, device_token
from field_report import field_report
from playwright.sync_api import Page, expect

from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
Filing = Callable[..., str]


@pytest.fixture
def file(live_server: Any, browse: Callable[..., Page]) -> Filing:
    """`file(count=…)` files the report of Sotk from the monitor's phone and answers its id."""
    with live_server.parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
        token = device_token(door, cast_member(door, "monitor"))
    phone = browse(phone=True)

    def filed(**changes: Any) -> str:
        body = field_report(**changes)
        answer = phone.request.post(
            "/api/v1/observations", data=body, headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status == 201, answer.text()
        return str(body["observation_id"])

    return filed


@pytest.fixture
def room(browse: Callable[..., Page], file: Filing) -> Page:
    page = browse("duty_officer")
    page.goto("/desk")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    return page
