"""What was known stays readable: every list, count and map, replayed at each past moment, says it again."""

import contextlib
import datetime as dt
import json
import random
import uuid
from typing import Any

import pytest
from field_report import heard_from

from incidents.casework import queries, shown
from incidents.casework.coverage import coverage
from incidents.casework.grading import Grade
from incidents.casework.review import queue
from incidents.casework.service import grade_observation, link_observation, step_incident
from incidents.casework.stating import state_incident
from incidents.casework.suggesting import confirm_pair, reject_pair, undo_pair
from incidents.casework.timeline import timeline
from incidents.casework.totals import totals
from incidents.intake import queries as intake
from incidents.intake.service import review_observation
from monitor.errors import DomainError
from monitor.watches.service import plan_watch, record_watch_event

NOON = dt.datetime(2022, 9, 13, 8, tzinfo=dt.UTC)
START = NOON - dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def picture(door: Any, at: dt.datetime) -> str:
    """Everything that casework shows, as known at a moment, as text."""
    session = door.session
    incidents = queries.incidents(session, known_at=at)
    whole = {
        "incidents": [shown.incident_row(row) for row in incidents],
        "suggestions": [shown.suggestion(row) for row in queries.suggestions(session, known_at=at)],
        "queue": shown.queue(queue(door, at)),
        "totals": shown.totals(totals(session, START, NOON, at)),
        "coverage": shown.coverage(coverage(session, START, NOON + dt.timedelta(days=1), at)),
        "timelines": [shown.timeline(door, timeline(door, row.incident_id, at)) for row in incidents],
        "grades": {
            row.observation_id: shown.grade(one)
            for row in intake.observations(session, known_at=at)
            for one in [queries.graded(session, row.observation_id, at)]
            if one is not None
        },
    }
    for page in whole["timelines"]:
        page.pop("now")
    return json.dumps(whole, sort_keys=True)


@pytest.mark.parametrize("seed", [1, 2])
def test_each_past_moment_says_again_what_it_said(as_role, mission, file, clock, seed):
    rng = random.Random(seed)
    bodies = [
        (heard_from(towards, away, count), team)
        for towards, away, count, team in (
            (200, 4, 12, "T1"),
            (260, 5, 9, "T2"),
            (230, 4, 7, "T3"),
            (180, 5, 11, "T4"),
        )
    ]
    filed: list[str] = []
    watch_id = str(uuid.uuid4())

    def one_deed() -> None:
        door = as_role("analyst")
        pairs = queries.suggestions(
            door.session, states=("suggested", "confirmed", "rejected", "undone", "lapsed")
        )
        incidents = queries.incidents(door.session)
        deeds = [lambda: grade_observation(door, rng.choice(filed), Grade("C", rng.randint(2, 5)), "Seen.")]
        if bodies:
            deeds += [lambda: filed.append(file(*bodies.pop()))] * 3
        if pairs:
            pair = rng.choice(pairs).pair
            deeds += [lambda verb=verb: verb(door, *pair) for verb in (confirm_pair, reject_pair, undo_pair)]
        if incidents:
            row = rng.choice(incidents)
            deeds.append(
                lambda: step_incident(door, row.incident_id, "assessment", "possible", "So it seems.")
            )
            deeds.append(lambda: state_incident(as_role("reporting_officer"), row.incident_id, "Something."))
            if row.observation_ids:
                deeds.append(lambda: link_observation(door, row.incident_id, row.observation_ids[0], False))
        if filed:
            one = rng.choice(filed)
            for verdict in ("in_review", "accepted", "rejected"):
                deeds.append(
                    lambda verdict=verdict: review_observation(as_role("duty_officer"), one, verdict, "Why.")
                )
        rng.choice(deeds)()

    plan_watch(
        as_role("duty_officer"),
        watch_id=watch_id,
        kind="patrol",
        sectors=["MAR"],
        post=None,
        team=None,
        planned_start=NOON - dt.timedelta(hours=10),
        planned_end=NOON,
    )
    filed.append(file(*bodies.pop()))
    said: list[tuple[dt.datetime, str]] = []
    for number in range(22):
        clock.advance(MINUTE)
        # A deed that the present state does not allow is refused, and that is as it should be.
        with contextlib.suppress(DomainError):
            one_deed()
        if number in (3, 11):
            record_watch_event(
                as_role("duty_officer"),
                event_id=str(uuid.uuid4()),
                watch_id=watch_id,
                kind="started" if number == 3 else "ended",
                at=NOON - dt.timedelta(hours=9 - number / 2),
            )
        said.append((clock.now(), picture(as_role("analyst"), clock.now())))
    assert len({text for _, text in said}) > 8
    door = as_role("analyst")
    for at, text in said:
        assert picture(door, at) == text, at
