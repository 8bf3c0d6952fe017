"""The exercise is the same for the same seed, in order, and speaks the taxonomy's language."""

import collections
import datetime as dt
import hashlib
import uuid
from typing import Any

import pytest

from incidents.claims.schema import ClaimSchema
from incidents.intake.schema import judge
from incidents.taxonomy import taxonomy
from reports.exercise.mission_data import MissionData, read_claims, read_definition, read_mission_data
from reports.exercise.pictures import exercise_picture
from reports.exercise.scenario import SEED, scenario
from reports.exercise.steps import Step

CLAIM = {"t_start": "2022-09-13T00:05:00+04:00", "t_precision": "T2", "claimant": "ARM_MOD"}


@pytest.fixture(scope="module")
def mission() -> MissionData:
    return read_mission_data()


@pytest.fixture(scope="module")
def steps(mission: MissionData) -> list[Step]:
    return scenario(SEED, mission, [CLAIM])


def observed(steps: list[Step]) -> list[Step]:
    return [step for step in steps if step.kind == "observation"]


def named(mission: MissionData, steps: list[Step], name: str) -> list[Step]:
    """The revisions of one fixed event, found by its time, type and number."""
    told = next(event for event in mission.story["events"] if event["name"] == name)
    start = f"2022-09-{told['at']}"
    return [
        step
        for step in observed(steps)
        if step.body["time"]["start"].startswith(start)
        and step.body["type"] == told["type"]
        and step.body["count"]["best"] == told["number"][1]
    ]


def test_same_seed_gives_the_same_exercise(mission: MissionData, steps: list[Step]) -> None:
    assert scenario(SEED, mission, [CLAIM]) == steps


def test_another_seed_gives_another_exercise_with_the_same_story(
    mission: MissionData, steps: list[Step]
) -> None:
    other = scenario(SEED + 1, mission, [CLAIM])

    assert other != steps
    assert named(mission, other, "patrol-sotk")[0].body["exposure"] == "in_direction_of"


def test_steps_stand_in_the_order_of_mission_time(steps: list[Step]) -> None:
    moments = [step.at for step in steps]

    assert moments == sorted(moments)
    assert all(moment.tzinfo is not None for moment in moments)


def test_there_are_some_hundred_observations_and_quiet_weeks_come_first(steps: list[Step]) -> None:
    by_day = collections.Counter(
        step.body["time"]["start"][:10] for step in observed(steps) if step.body["category"] == "CFV"
    )

    assert 350 <= len(observed(steps)) <= 900
    assert all(by_day[f"2022-09-{day:02d}"] <= 25 for day in range(1, 12))
    assert by_day["2022-09-13"] >= 60


def test_every_quiet_day_has_something_in_every_sector_over_two_weeks(
    mission: MissionData, steps: list[Step]
) -> None:
    """A baseline needs more than zero in each sector."""
    seen = collections.Counter(
        step.actor[0]
        for step in observed(steps)
        if step.body["category"] == "CFV" and step.at < dt.datetime(2022, 9, 12, tzinfo=mission.zone)
    )

    assert set(seen) == {team.code for team in mission.teams}
    assert min(seen.values()) >= 5


def test_ids_are_those_a_client_could_have_drawn_and_never_shared(steps: list[Step]) -> None:
    bodies = [step.body for step in observed(steps)]

    assert all(uuid.UUID(body["observation_id"]).version == 4 for body in bodies)
    assert len({(body["observation_id"], body["revision_no"]) for body in bodies}) == len(bodies)


def test_only_what_is_made_odd_on_purpose_is_odd(steps: list[Step]) -> None:
    odd: dict[str, list[str]] = {}
    for step in observed(steps):
        _, reasons = judge(step.body)
        reasons += taxonomy().check(step.body["type"], step.body["fields"])
        reasons += taxonomy().check_category(step.body["category"], step.body["type"])
        if reasons:
            odd[step.body["type"]] = reasons

    assert odd == {"water_dispute": ["not_allowed:form_version"]}


def test_a_device_numbers_what_it_sends_without_a_gap(steps: list[Step]) -> None:
    sent: dict[str, list[int]] = collections.defaultdict(list)
    for step in observed(steps):
        sent[step.actor].append(step.body["device_seq"])

    assert len(sent) == 12
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in sent.values())


def test_nothing_is_sent_before_it_happened_nor_reviewed_before_it_was_sent(steps: list[Step]) -> None:
    sent: dict[str, dt.datetime] = {}
    for step in steps:
        if step.kind == "observation":
            assert dt.datetime.fromisoformat(step.body["time"]["start"]) <= step.at
            sent.setdefault(step.body["observation_id"], step.at)
        if step.kind == "review":
            assert sent[step.body["observation_id"]] < step.at


def test_a_correction_keeps_the_id_and_counts_on(steps: list[Step]) -> None:
    corrections = [step for step in observed(steps) if step.body["revision_no"] > 1]
    firsts = {
        step.body["observation_id"]: step.at for step in observed(steps) if step.body["revision_no"] == 1
    }

    assert len(corrections) >= 3
    for step in corrections:
        assert step.body["revision_of"] == step.body["observation_id"]
        assert firsts[step.body["observation_id"]] < step.at


def test_the_late_report_comes_half_a_day_after_the_night(mission: MissionData, steps: list[Step]) -> None:
    late = named(mission, steps, "late-jermuk")[0]

    assert late.at - dt.datetime.fromisoformat(late.body["time"]["end"]) > dt.timedelta(hours=12)


def test_the_quarry_blast_is_the_only_heavy_weapon_in_its_sector_and_is_rejected(
    mission: MissionData, steps: list[Step]
) -> None:
    heavy = [
        step
        for step in observed(steps)
        if step.actor.startswith("I-")
        and step.body["fields"].get("weapon") not in {None, "small_arms", "hmg", "n_k"}
    ]
    verdicts = [
        step.body["verdict"]
        for step in steps
        if step.kind == "review" and step.body["observation_id"] == heavy[0].body["observation_id"]
    ]

    assert len(heavy) == 1
    assert verdicts == ["rejected"]


def test_every_photo_is_sent_before_the_observation_that_names_it(steps: list[Step]) -> None:
    sent: dict[str, str] = {}
    for step in steps:
        if step.kind == "media":
            sent[step.body["media_id"]] = hashlib.sha256(step.body["content"]).hexdigest()
        if step.kind == "observation":
            for photo in step.body["media"]:
                assert sent[photo["media_id"]] == photo["sha256"]
    assert len(sent) == 2


def test_watches_start_after_they_are_planned_and_end_after_they_start(steps: list[Step]) -> None:
    state: dict[str, Any] = {}
    for step in steps:
        if step.kind == "plan_watch":
            state[step.body["watch_id"]] = ["planned"]
        if step.kind == "watch_event":
            state[step.body["watch_id"]].append(step.body["kind"])

    assert all(events[:2] == ["planned", "started"] for events in state.values())
    assert all("ended" not in events or events[-1] == "ended" for events in state.values())
    assert any("outage_started" in events for events in state.values())


def test_a_claim_is_heard_an_hour_after_the_time_it_names(mission: MissionData, steps: list[Step]) -> None:
    claim = next(step for step in steps if step.kind == "claim")

    assert claim.at == dt.datetime(2022, 9, 13, 1, 5, tzinfo=mission.zone)


def test_a_picture_is_small_and_the_same_each_time() -> None:
    assert exercise_picture("Sotk", 1) == exercise_picture("Sotk", 1)
    assert len(exercise_picture("Sotk", 1)) < 40_000


def test_the_cast_has_every_role_and_two_monitors_a_team() -> None:
    people = read_definition()["people"]
    roles = collections.Counter(role for person in people for role in person["roles"])

    once = "analyst verification_officer head_of_mission protection_officer liaison administrator"
    assert roles == {
        "monitor": 12,
        "duty_officer": 2,
        "reporting_officer": 2,
        **dict.fromkeys(once.split(), 1),
    }
    assert set(collections.Counter(p["team"] for p in people if "team" in p).values()) == {2}


def test_claims_are_the_real_ones_of_the_span(mission: MissionData) -> None:
    found = read_claims(mission)

    assert [claim["external_ref"] for claim in found] == [f"PR-{number:03d}" for number in range(46, 55)]
    assert all(ClaimSchema().load(claim)["values"] for claim in found)
