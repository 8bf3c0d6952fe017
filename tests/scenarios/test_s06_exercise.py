"""S6: 1,591 violations, of which 1,528 are assessed as a probable live-fire exercise: counted, then named."""

import datetime as dt

from field_report import heard_from

from incidents.casework.totals import totals

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
