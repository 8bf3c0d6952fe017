"""S15: a training record inside a live mission is in no count, no suggestion, no alert and no paper."""

import datetime as dt
from pathlib import Path
from typing import Any

from field_report import heard_from
from paper_mission import EVENT, START, As, counted, definition, drafted, heard, paper, watched
from rule_desk import RuleDesk

from incidents.casework import queries
from incidents.casework.coverage import coverage
from incidents.casework.totals import totals
from monitor.door import Door
from monitor.mission.service import load_mission
from reports.document import figures

NIGHT = dt.datetime(2022, 9, 12, 12, tzinfo=dt.UTC)


def test_s15_training_records_are_in_no_count(door, mission, file):
    file(heard_from(200, 4, 12), "T1")
    file(heard_from(260, 5, 9, category="TST", type="test_message"), "T2")
    told = totals(door.session, NIGHT, NIGHT + dt.timedelta(days=1), door.now)
    assert (told.violations.apart.best, told.unreviewed.best) == (12, 0)
    found = coverage(door.session, NIGHT, NIGHT + dt.timedelta(days=1), door.now)
    assert sum(sector.total.best for sector in found.sectors) == 12
    assert queries.suggestions(door.session) == []


def test_s15_training_records_raise_no_alert(as_role: As) -> None:
    desk = RuleDesk(as_role("monitor"), as_role("duty_officer"))
    desk.file(EVENT, category="TST", type="test_message", exposure="struck", tier=5)
    assert desk.alerts() == {}
    desk.file(EVENT, exposure="struck", tier=5)
    assert "E12-mission-safety" in desk.alerts()


def test_s15_training_records_are_in_no_number_of_the_paper(
    door: Door, folder: Path, clock: Any, as_role: As
) -> None:
    clock.set(START)
    load_mission(door.session, definition(folder), START)
    watched(as_role)
    real = heard(as_role)
    training = heard(as_role, "second", category="TST", type="test_message", count=counted(9))
    found = figures(paper(door, drafted(door)))
    assert (found["2-all-total"].value, found["2-all-total"].ids) == (12, (real,))
    assert not [key for key, one in found.items() if training in one.ids]
