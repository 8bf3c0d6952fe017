"""S3, as far as counting goes: no order of arrival of six observations changes a suggestion or a count."""

import datetime as dt
import itertools

from field_report import heard_from

from incidents.casework import queries
from incidents.casework.totals import totals

NIGHT = dt.datetime(2022, 9, 12, 12, tzinfo=dt.UTC)


def test_s03_six_observations_in_any_order_give_the_same_suggestions_and_counts(door, mission, file):
    later = {"start": "2022-09-13T03:00:00+04:00", "end": None, "precision": "T1", "basis": "watch"}
    bodies = [
        (heard_from(200, 4, 12), "T1"),
        (heard_from(260, 5, 9), "T2"),
        (heard_from(230, 4, 7), "T3"),
        (heard_from(200, 4, 2, time=later), "T1"),
        (heard_from(260, 5, 3, time=later), "T2"),
        (heard_from(200, 4, 5, type="burst"), "T1"),
    ]
    seen = set()
    # Every sixtieth of the 720 orders, the reverse among them; the pure rules are held to all of them.
    for order in [*itertools.islice(itertools.permutations(bodies), 0, None, 60), bodies[::-1]]:
        with door.session.begin_nested() as undone:
            for body, team in order:
                file(body, team)
            told = totals(door.session, NIGHT, NIGHT + dt.timedelta(days=1), door.now)
            pairs = frozenset((row.pair, row.score) for row in queries.suggestions(door.session))
            seen.add((told.violations.apart.best, told.violations.together.best, pairs))
            undone.rollback()
        door.session.expire_all()
    assert len(seen) == 1
    [(apart, together, pairs)] = seen
    assert (apart, together, len(pairs)) == (38, 12 + 3 + 5, 4)
