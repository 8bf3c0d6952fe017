"""Fixtures: reports filed, accepted and compared in the demo mission; two patrols that heard one night."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from field_report import heard_from

from incidents.casework.suggesting import suggest_for
from incidents.intake.service import receive_observation, review_observation
from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[2] / "reports" / "exercise" / "data"


@pytest.fixture
def mission(door: Any) -> None:
    load_mission(door.session, DEMO, door.now)


@pytest.fixture
def file(as_role: Callable[..., Any]) -> Callable[..., str]:
    """`file(body, "T1")` files a report by that team, accepts it, and looks for others of the same event."""

    def filed(body: dict[str, Any], team: str = "T1", verdict: str | None = "accepted") -> str:
        observation_id = body["observation_id"]
        receive_observation(as_role("monitor", team, team_code=team), body)
        if verdict:
            review_observation(as_role("duty_officer"), observation_id, verdict, "Reason.")
        suggest_for(as_role("analyst"), observation_id)
        return observation_id

    return filed


@pytest.fixture
def pair(mission: None, file: Callable[..., str]) -> tuple[str, str]:
    """Two teams that heard the same explosions and counted twelve and nine, in order of their ids."""
    first = file(heard_from(200, 4, 12), "T1")
    second = file(heard_from(260, 5, 9), "T2")
    one, other = sorted((first, second))
    return one, other
