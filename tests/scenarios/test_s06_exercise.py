"""S6: 1,591 violations, of which 1,528 are assessed as a probable live-fire exercise: counted, then named."""

import datetime as dt

from field_report import heard_from
from rule_desk import RuleDesk

from incidents.casework.totals import totals
from incidents.rules.service import rules_in_use

NIGHT = dt.datetime(2022, 9, 12, 12, tzinfo=dt.UTC)


def test_s06_the_exercise_is_counted_and_then_carved_out(door, mission, file):
    file(heard_from(200, 4, 63), "T1")
    exercise = file(
        heard_from(
            200,
            4,
            1528,
            time={"start": "2022-09-13T10:00:00+04:00", "end": None, "precision": "T1", "basis": "watch"},
            fields={"assessment": "undetermined", "weapon": "n_k", "assessed_exercise": "probable"},
        ),
        "T1",
    )
    told = totals(door.session, NIGHT, NIGHT + dt.timedelta(days=1), door.now)
    assert (told.violations.apart.best, told.exercise.best) == (1591, 1528)
    assert told.exercise.ids == (exercise,)


def test_s06_e1_is_judged_with_the_exercise_and_once_more_without_it(as_role):
    desk = RuleDesk(as_role("monitor"), as_role("duty_officer"))
    day, hour = dt.timedelta(days=1), dt.timedelta(hours=1)
    night = dt.datetime(2022, 9, 12, 20, 0, tzinfo=dt.UTC)
    desk.at(night - 16 * day)
    rules_in_use(desk.officer)
    watch = desk.plan(night - 15 * day, night + 12 * hour, kind="post")
    desk.sign(watch, "started", night - 15 * day)
    for number in range(14):
        desk.file(night - (14 - number) * day + hour, type="shot", count_best=3)
    desk.file(night, count_best=1528, fields={"assessed_exercise": "probable"})
    desk.file(night + hour, count_best=63)
    desk.tick(night + 3 * hour)
    numbers = desk.alerts()["E1-surge-violations"].numbers
    assert (numbers["n"], numbers["without_n"], numbers["without_stands"]) == (1591, 63, True)
