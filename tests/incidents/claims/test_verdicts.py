"""The claims of a period, each with what the mission could say to it at a moment."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from incidents.claims.queries import claims_with_verdicts
from incidents.claims.service import record_claim
from incidents.claims.values import ClaimValues
from incidents.intake.model import Observation, ObservationRevision, ObservationStep
from monitor.door import Door
from monitor.log.service import append
from monitor.mission.service import load_mission
from monitor.places.queries import sector_of
from monitor.watches.service import plan_watch, record_watch_event

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
Ids = tuple[str, ...]
HOUR = dt.timedelta(hours=1)
NINE = dt.datetime(2022, 9, 13, 5, tzinfo=dt.UTC)
START, END = NINE - 12 * HOUR, NINE + 12 * HOUR
LON, LAT = 45.865, 40.203

SAID = ClaimValues(
    external_ref="ST-1",
    claimant="AZE_MOD",
    claimant_party="AZE",
    against="ARM",
    t_start=NINE,
    t_end=None,
    t_precision="T2",
    place_text="Sotk",
    lon=LON,
    lat=LAT,
    uncertainty_m=5_000,
    geo_precision="L4",
    geo_basis="gazetteer",
    type="burst",
    stated_type="shooting",
    source="statement",
)


@pytest.fixture
def mission(door: Door) -> Door:
    load_mission(door.session, DEMO, door.now)
    return door


@pytest.fixture
def monitor(mission: Door, as_role: Callable[..., Door]) -> Door:
    return as_role("monitor")


def sector(door: Door) -> str:
    code = sector_of(door.session, LON, LAT)
    assert code is not None
    return code


def seen(door: Door, state: str = "accepted", **given: Any) -> str:
    """An accepted observation of two shots near the place claimed, unless told otherwise."""
    observation_id = str(uuid4())
    leaf = append(door.session, "submission", {"observation": observation_id}, door.now)
    door.session.add(Observation(id=observation_id, author_id=door.actor.person_id, recorded_at=door.now))
    door.session.flush()
    facts: dict[str, Any] = {
        "category": "CFV",
        "type": "shot",
        "means": "heard",
        "info_type": "observed",
        "t_start": NINE,
        "t_end": NINE,
        "t_precision": "T2",
        "sector_code": sector(door),
        "lon": LON,
        "lat": LAT,
        "event_uncertainty_m": 1_000.0,
        "geo_precision": "L3",
        "sensitivity": "internal",
        "fields": {},
        "reasons": [],
    }
    door.session.add(
        ObservationRevision(
            observation_id=observation_id,
            revision_no=1,
            digest="0" * 64,
            leaf_index=leaf.index,
            recorded_at=door.now,
            **facts | given,
        )
    )
    door.session.flush()
    door.session.add(
        ObservationStep(
            observation_id=observation_id,
            revision_no=1,
            state=state,
            actor="system:test",
            recorded_at=door.now,
        )
    )
    door.session.flush()
    return observation_id


def watched(door: Door, start: dt.datetime, end: dt.datetime) -> str:
    """A patrol of the observer's team in the sector claimed."""
    watch_id = str(uuid4())
    plan_watch(
        door,
        watch_id=watch_id,
        kind="patrol",
        sectors=[sector(door)],
        post=None,
        team="T1",
        planned_start=start,
        planned_end=end,
    )
    for kind, at in (("started", start), ("ended", end)):
        record_watch_event(door, event_id=str(uuid4()), watch_id=watch_id, kind=kind, at=at)
    return watch_id


def only_verdict(
    door: Door, known_at: dt.datetime | None = None
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    [found] = claims_with_verdicts(door.session, START, END, known_at or door.now)
    assert found.claim.external_ref == "ST-1"
    assert found.sector == sector(door)
    return found.answer, found.observation_ids, found.watch_ids


def test_a_claim_that_the_mission_saw_is_matched_by_id(monitor: Door) -> None:
    record_claim(monitor, SAID)
    observation_id = seen(monitor)
    assert only_verdict(monitor) == ("matched", (observation_id,), ())


def test_a_claim_while_the_sector_was_watched_and_nothing_seen(monitor: Door) -> None:
    record_claim(monitor, SAID)
    watch_id = watched(monitor, NINE - HOUR, NINE + HOUR)
    assert only_verdict(monitor) == ("not_observed", (), (watch_id,))


def test_a_claim_where_nobody_watched(monitor: Door) -> None:
    record_claim(monitor, SAID)
    watched(monitor, NINE + HOUR, NINE + 2 * HOUR)
    assert only_verdict(monitor) == ("not_monitored", (), ())


@pytest.mark.parametrize("state", ["received", "in_review", "returned", "rejected", "quarantined"])
def test_only_an_accepted_observation_matches(monitor: Door, state: str) -> None:
    record_claim(monitor, SAID)
    seen(monitor, state=state)
    assert only_verdict(monitor)[0] == "not_monitored"


def test_what_a_party_told_a_patrol_does_not_answer_a_claim(monitor: Door) -> None:
    record_claim(monitor, SAID)
    seen(monitor, means="told", info_type="told_by_party_military")
    assert only_verdict(monitor)[0] == "not_monitored"


def test_the_answer_is_as_known_then(monitor: Door) -> None:
    record_claim(monitor, SAID)
    later = replace(monitor, now=monitor.now + HOUR)
    observation_id = seen(later)
    assert only_verdict(monitor, monitor.now)[0] == "not_monitored"
    assert only_verdict(monitor, later.now) == ("matched", (observation_id,), ())


def test_the_same_claim_by_the_other_party_gets_the_same_answer(monitor: Door) -> None:
    record_claim(monitor, SAID)
    record_claim(
        monitor,
        replace(SAID, external_ref="ST-2", claimant="ARM_MOD", claimant_party="ARM", against="AZE"),
    )
    seen(monitor)
    one, other = claims_with_verdicts(monitor.session, START, END, monitor.now)
    assert (one.answer, one.observation_ids) == (other.answer, other.observation_ids)


def test_a_period_without_claims_has_no_verdicts(monitor: Door) -> None:
    assert claims_with_verdicts(monitor.session, START, END, monitor.now) == []
