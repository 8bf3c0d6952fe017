"""S2, as far as counting goes: a report that comes 14 h late revises the series and not the issued number."""

import datetime as dt

from field_report import heard_from

from incidents.casework import counting, queries
from incidents.casework.totals import totals
from incidents.intake import queries as intake

CUT_OFF = dt.datetime(2022, 9, 13, 15, 30, tzinfo=dt.UTC)
START = CUT_OFF - dt.timedelta(days=1)


def test_s02_what_was_issued_stays_and_the_late_report_is_named(as_role, mission, file, clock):
    clock.set(CUT_OFF - dt.timedelta(hours=2))
    file(heard_from(200, 4, 12), "T1")
    clock.set(CUT_OFF + dt.timedelta(hours=14))
    late = file(heard_from(260, 5, 9), "T2")
    session = as_role("analyst").session
    issued = totals(session, START, CUT_OFF, CUT_OFF)
    now = totals(session, START, CUT_OFF, clock.now())
    assert (issued.violations.apart.best, issued.late_ids) == (12, ())
    assert (now.violations.apart.best, now.late_ids) == (21, (late,))
    rows = queries.counted(session, intake.observations(session))
    told = counting.revised(rows, START, CUT_OFF, CUT_OFF, clock.now())
    assert (told.as_issued.best, told.now.best, told.late_ids) == (12, 21, (late,))
