"""S3: no order of arrival of six observations changes an alert, a suggestion or a count."""

import datetime as dt
import itertools

from field_report import heard_from
from rule_desk import RuleDesk

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


def test_s03_six_observations_in_any_order_raise_the_same_alerts(as_role):
    """Every one of the 720 orders would take minutes; these are every sixtieth, and the reverse."""
    desk = RuleDesk(as_role("monitor"), as_role("duty_officer"))
    night = dt.datetime(2022, 9, 12, 20, 0, tzinfo=dt.UTC)
    known = night + dt.timedelta(hours=40)
    told = [
        (-30, {"type": "shot", "tier": 1}),
        (0, {"tier": 4}),
        (1, {"tier": 4, "exposure": "near_miss"}),
        (2, {"tier": 5}),
        (26, {"tier": 2, "type": "burst"}),
        (30, {"category": "HUM", "type": "corridor_status", "fields": {"corridor_state": "closed"}}),
    ]
    ids = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(len(told))]
    orders = [*itertools.islice(itertools.permutations(range(6)), 0, None, 60), tuple(range(6))[::-1]]
    seen = set()
    for order in orders:
        with desk.session.begin_nested() as undone:
            for number in order:
                hours, said = told[number]
                event = night + dt.timedelta(hours=hours)
                # All are known by the same moment; only which came first differs.
                later = known + order.index(number) * dt.timedelta(minutes=1) - event
                desk.file(event, later.total_seconds() / 3_600, ids[number], **said)
            desk.tick(known + dt.timedelta(hours=1))
            seen.add(
                frozenset(
                    (one.rule_id, one.severity, one.state, frozenset(c.observation_id for c in one.evidence))
                    for one in desk.alerts().values()
                )
            )
            undone.rollback()
        desk.session.expire_all()
        desk.session.info.pop("rules_in_use", None)
    assert len(seen) == 1
    rules = {rule for rule, *_ in next(iter(seen))}
    assert {"E2-weapon-ladder-first", "E2-weapon-ladder-rise", "E12-mission-safety"} <= rules
