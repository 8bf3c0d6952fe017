"""The demo mission with reports in it, filed through the real door of intake."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from field_report import field_report

from monitor.door import App
from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"


@pytest.fixture
def mission(parts: App) -> App:
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
    return parts


@pytest.fixture
def file(mission: App, client: Any) -> Callable[..., str]:
    """`file(count=…)` files the report of Sotk from the monitor's phone and answers its id."""
    phone = client.device()

    def filed(**changes: Any) -> str:
        answer = phone.post("/api/v1/observations", json=field_report(**changes))
        assert answer.status_code == 201, answer.json
        return answer.json["observation_id"]

    return filed
