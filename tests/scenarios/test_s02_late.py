"""S2: a report comes 14 h late. The issued paper stays, the next names it, and alerts are judged again."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from field_report import heard_from
from paper_mission import SECOND, START, As, at, definition, drafted, heard, issued, paper, watched, when
from rule_desk import RuleDesk

from incidents.alerts.queries import alert_versions
from incidents.casework import counting
from incidents.casework import queries as casework
from incidents.casework.totals import totals
from incidents.intake import queries as intake
from incidents.rules.service import rules_in_use
from monitor.door import Door
from monitor.mission.service import load_mission
from reports.daily import service
from reports.document import Table, figures, text_of
from reports.issuing import queries

CUT_OFF = dt.datetime(2022, 9, 13, 15, 30, tzinfo=dt.UTC)
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


def test_s02_what_was_issued_stays_and_the_late_report_is_named(as_role, mission, file, clock):
    clock.set(CUT_OFF - 2 * HOUR)
    file(heard_from(200, 4, 12), "T1")
    clock.set(CUT_OFF + 14 * HOUR)
    late = file(heard_from(260, 5, 9), "T2")
    session = as_role("analyst").session
    issued = totals(session, CUT_OFF - DAY, CUT_OFF, CUT_OFF)
    now = totals(session, CUT_OFF - DAY, CUT_OFF, clock.now())
    assert (issued.violations.apart.best, issued.late_ids) == (12, ())
    assert (now.violations.apart.best, now.late_ids) == (21, (late,))
    rows = casework.counted(session, intake.observations(session))
    told = counting.revised(rows, CUT_OFF - DAY, CUT_OFF, CUT_OFF, clock.now())
    assert (told.as_issued.best, told.now.best, told.late_ids) == (12, 21, (late,))


@pytest.fixture
def paper_mission(door: Door, folder: Path, clock: Any) -> Door:
    clock.set(START)
    load_mission(door.session, definition(folder), START)
    return door


def test_s02_the_issued_paper_is_unchanged_and_the_next_lists_it_late_and_revises_the_series(
    paper_mission: Door, as_role: As
) -> None:
    watched(as_role)
    evening = START + 5 * HOUR
    heard(as_role, time=when(evening), received=evening + HOUR)
    service.draft_due(at(paper_mission, SECOND + HOUR))
    first = queries.summary_of_period(paper_mission.session, SECOND)
    assert first is not None
    edition = issued(as_role, first)
    before = queries.edition_text(paper_mission.session, edition.id)
    nine = {"min": 9, "best": 9, "max": 9, "qualifier": "exact"}
    late = heard(as_role, "second", time=when(evening), received=SECOND + 14 * HOUR, count=nine)
    document = paper(paper_mission, drafted(paper_mission))
    assert queries.edition_text(paper_mission.session, edition.id) == before
    tables = {one.id: one for one in document.section("late").blocks if isinstance(one, Table)}
    assert [row.ref for row in tables["late"].rows] == [late]
    (series,) = tables["series"].rows
    assert [text_of(cell) for cell in series.cells[2:]] == ["12", "21", "+9"]
    assert late in figures(document)["14-revised-1"].ids


def test_s02_e1_is_judged_again_and_says_when_it_could_have_been_known(as_role):
    """Fourteen quiet days; six reports of one night, the sixth, which makes it a surge, 14 h late."""
    desk = RuleDesk(as_role("monitor"), as_role("duty_officer"))
    night = dt.datetime(2022, 9, 12, 20, 0, tzinfo=dt.UTC)
    desk.at(night - 16 * DAY)
    rules_in_use(desk.officer)
    watch = desk.plan(night - 15 * DAY, night + 12 * HOUR, kind="post")
    desk.sign(watch, "started", night - 15 * DAY)
    for number in range(5):
        desk.file(night - (14 - 3 * number) * DAY, type="shot")
    for number in range(5):
        desk.file(night + number * HOUR / 4)
    desk.tick(night + 3 * HOUR)
    assert "E1-surge-observations" not in desk.alerts()
    late = desk.file(night + 1.2 * HOUR, known_after_h=14)
    desk.tick(desk.door.now)
    alert = desk.alerts()["E1-surge-observations"]
    assert alert.detectable_at == night + 2 * HOUR
    assert alert.detectable_at < alert.raised_at
    assert alert.raised_at - alert.detectable_at > 12 * HOUR
    assert late in {cited.observation_id for cited in alert.evidence}
    first = alert_versions(desk.session, alert.id)[0]
    assert (first.change, first.reason) == ("raised", "late_report")
