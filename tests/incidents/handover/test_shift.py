"""A shift ends: notes, a frozen paper, and another officer who takes over."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from field_report import field_report

from incidents.handover import queries
from incidents.handover.service import hand_over, take_over, write_note
from incidents.intake.service import receive_observation
from monitor.door import App, Door
from monitor.errors import Invalid, Refused, WrongState
from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
As = Callable[..., Door]


@pytest.fixture
def mission(door: Door) -> Door:
    load_mission(door.session, DEMO, door.now)
    return door


@pytest.fixture
def mission_on_record(parts: App) -> None:
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)


def test_a_handover_holds_what_is_open_and_who_does_not_watch(mission: Door, as_role: As) -> None:
    receive_observation(as_role("monitor"), field_report())
    officer = as_role("duty_officer")
    note_id = write_note(officer, "The team at Sotk has one battery left.")
    row = queries.handover(mission.session, hand_over(officer))
    assert row.label == "H-0001"
    assert row.content["review"]["number"] == 1
    assert row.content["notes"] == [note_id]
    assert row.content["not_watched"] == ["GOR", "IJE", "JER", "KAP", "MAR", "YEG"]
    (note,) = queries.notes(mission.session, mission.app.keys, ids=row.content["notes"])
    assert note.text == "The team at Sotk has one battery left."


def test_a_paper_stays_what_it_was_when_the_room_moves_on(mission: Door, as_role: As, clock: Any) -> None:
    handover_id = hand_over(as_role("duty_officer"))
    clock.set(clock.now() + dt.timedelta(hours=1))
    receive_observation(as_role("monitor"), field_report())
    assert queries.handover(mission.session, handover_id).content["review"]["number"] == 0
    assert queries.standing(as_role("duty_officer", "second"))["review"]["number"] == 1


def test_no_note_text_stands_in_the_paper_or_the_log(mission: Door, as_role: As) -> None:
    officer = as_role("duty_officer")
    write_note(officer, "Canary at the old mill.")
    row = queries.handover(mission.session, hand_over(officer))
    assert "Canary" not in json.dumps(row.content)


def test_nobody_takes_over_from_themselves(mission: Door, as_role: As) -> None:
    handover_id = hand_over(as_role("duty_officer"))
    with pytest.raises(Refused, match="somebody other"):
        take_over(as_role("duty_officer"), handover_id)
    take_over(as_role("duty_officer", "second"), handover_id)
    row = queries.handover(mission.session, handover_id)
    assert row.taken_by_name == "Second duty officer"


def test_a_handover_is_taken_once_and_the_next_waits_for_it(mission: Door, as_role: As) -> None:
    first = hand_over(as_role("duty_officer"))
    with pytest.raises(WrongState, match="H-0001"):
        hand_over(as_role("duty_officer", "second"))
    take_over(as_role("duty_officer", "second"), first)
    with pytest.raises(WrongState):
        take_over(as_role("duty_officer", "third"), first)
    assert queries.handover(mission.session, hand_over(as_role("duty_officer", "second"))).label == "H-0002"


def test_an_empty_note_is_refused(mission: Door, as_role: As) -> None:
    with pytest.raises(Invalid):
        write_note(as_role("duty_officer"), "  ")


def test_the_shift_is_handed_over_on_its_page(mission_on_record: None, client: Any) -> None:
    first, second = client("duty_officer"), client("duty_officer", "second")
    assert first.post("/handover/notes", data={"text": "Camera J-1 is down."}).status_code == 303
    given = first.post("/handover")
    assert given.status_code == 303
    page = second.get(given.location).text
    assert "Camera J-1 is down." in page
    assert "I have read it and take over" in page
    assert "Another officer takes it over" in first.get(given.location).text
    assert second.post(f"{given.location}/take").status_code == 303
    assert "Second duty officer" in first.get("/handover").text


def test_a_monitor_reads_no_shift(mission_on_record: None, client: Any) -> None:
    assert client("monitor").get("/handover").status_code == 403
    assert client("analyst").get("/handover").status_code == 200
    assert client("analyst").post("/handover").status_code == 403
