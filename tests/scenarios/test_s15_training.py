"""S15, as far as counting goes: a training record inside a live mission enters no count and no suggestion."""

import datetime as dt

from field_report import heard_from

from incidents.casework import queries
from incidents.casework.coverage import coverage
from incidents.casework.totals import totals

NIGHT = dt.datetime(2022, 9, 12, 12, tzinfo=dt.UTC)


def test_s15_training_records_are_in_no_count(door, mission, file):
    file(heard_from(200, 4, 12), "T1")
    file(heard_from(260, 5, 9, category="TST", type="test_message"), "T2")
    told = totals(door.session, NIGHT, NIGHT + dt.timedelta(days=1), door.now)
    assert (told.violations.apart.best, told.unreviewed.best) == (12, 0)
    found = coverage(door.session, NIGHT, NIGHT + dt.timedelta(days=1), door.now)
    assert sum(sector.total.best for sector in found.sectors) == 12
    assert queries.suggestions(door.session) == []
