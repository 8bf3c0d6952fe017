"""S13: “Illegal armed group shelled …” is refused with what to say instead; an attributed quotation is let
through, and an override stands with its reason."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from paper_mission import CUT_OFF, START, at, changed, definition, drafted, lines, paper

from monitor import vault
from monitor.door import Door
from monitor.errors import Invalid
from monitor.mission.service import load_mission
from reports.issuing import service as issuing

As = Callable[..., Door]
BLOCKED = "Illegal armed group shelled the village."


@pytest.fixture
def mission(door: Door, folder: Path, clock: Any) -> Door:
    clock.set(START)
    load_mission(door.session, definition(folder), START)
    return door


def officer(as_role: As) -> Door:
    return at(as_role("reporting_officer"), CUT_OFF + dt.timedelta(hours=1))


def test_the_words_are_refused_with_what_to_say_instead(mission: Door, as_role: As) -> None:
    row = drafted(mission)
    with pytest.raises(Invalid) as refused:
        issuing.edit_lines(officer(as_role), row.id, 1, changed(paper(mission, row), BLOCKED), "")
    said = str(refused.value.facts)
    assert "leave “illegal” out" in said and "fired from the direction of" in said


def test_an_attributed_quotation_is_let_through(mission: Door, as_role: As) -> None:
    row = drafted(mission)
    quoted = "The Ministry of Defence stated that “an illegal armed group shelled the village”."
    row = issuing.edit_lines(officer(as_role), row.id, 1, changed(paper(mission, row), quoted), "")
    assert quoted in lines(paper(mission, row))


def test_an_override_needs_a_reason_and_the_reason_is_kept(mission: Door, as_role: As) -> None:
    row = drafted(mission)
    texts = changed(paper(mission, row), BLOCKED)
    reason = "The head of mission wants the party's own words here."
    row = issuing.edit_lines(officer(as_role), row.id, 1, texts, reason)
    assert BLOCKED in lines(paper(mission, row))
    kept = vault.open_part(mission.session, mission.app.keys, "summary_version", f"{row.id}/2", "reason")
    assert kept == reason
