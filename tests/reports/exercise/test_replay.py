"""The exercise's clients and its player, on a small part of the exercise in a store of its own."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from incidents.intake.model import ObservationRevision
from incidents.rules.loader import load_folder
from incidents.rules.rule import Silence
from monitor.clock import StoppedClock
from monitor.demo_clock import read_anchor, set_demo_clock
from monitor.door import App
from monitor.mission.queries import find_mission
from monitor.watches.model import WatchEvent
from reports.exercise.callers import Direct, FormFields, Loopback, PersonCaller, SignInRefused, Unexpected
from reports.exercise.cast import SignIns, load_exercise, read_sign_ins, write_sign_ins
from reports.exercise.live import Live, NotHere, load_once, place_of, steps_left, stretches
from reports.exercise.mission_data import read_claims, read_mission_data
from reports.exercise.replay import Player
from reports.exercise.scenario import SEED, scenario
from reports.exercise.steps import Step

PASSWORD = "a long sentence for the exercise"


@pytest.fixture(scope="module")
def first_evening() -> list[Step]:
    """Watches are planned and started, phones send, duty officers review: the first day's steps."""
    steps = scenario(SEED, read_mission_data(), [])
    return [step for step in steps if step.at - steps[0].at < dt.timedelta(hours=16)]


@pytest.fixture
def sign_ins(parts: App, clock: StoppedClock, first_evening: list[Step]) -> SignIns:
    clock.set(first_evening[0].at)
    with parts.transaction() as door:
        return load_exercise(door, PASSWORD)


def at_once(_seconds: float) -> None:
    """Nobody else reads this clock, so nothing has to settle."""


def play(player: Player, clock: StoppedClock, steps: list[Step]) -> None:
    for step in steps:
        clock.set(step.at)
        player.play(step)


def test_the_first_evening_goes_in_by_the_api(
    parts: App, app: Flask, clock: StoppedClock, sign_ins: SignIns, first_evening: list[Step]
) -> None:
    play(Player(Direct(app), sign_ins), clock, first_evening)

    filed = sum(step.kind == "observation" for step in first_evening)
    with parts.reading() as door:
        received_at = list(door.session.scalars(select(ObservationRevision.recorded_at)))
        assert len(received_at) == filed > 0
    assert sorted(received_at) == [step.at for step in first_evening if step.kind == "observation"]


def test_playing_the_same_steps_again_adds_nothing(
    parts: App, app: Flask, clock: StoppedClock, sign_ins: SignIns, first_evening: list[Step]
) -> None:
    player = Player(Direct(app), sign_ins, may_be_done=True)
    play(player, clock, first_evening)
    before = how_many(parts)

    play(player, clock, first_evening)

    assert how_many(parts) == before


def how_many(parts: App) -> tuple[int | None, int | None]:
    with parts.reading() as door:
        return (
            door.session.scalar(select(func.count()).select_from(ObservationRevision)),
            door.session.scalar(select(func.count()).select_from(WatchEvent)),
        )


def test_a_refusal_stops_the_exercise_and_says_what_was_asked(
    app: Flask, sign_ins: SignIns, first_evening: list[Step]
) -> None:
    review = Step(
        first_evening[0].at, "review", "head-1", {"observation_id": "x", "verdict": "accepted", "comment": ""}
    )

    with pytest.raises(Unexpected, match="head-1: POST /api/v1/observations/x/review was answered 403"):
        Player(Direct(app), sign_ins).play(review)


def test_a_wrong_password_is_said_so(app: Flask, sign_ins: SignIns) -> None:
    with pytest.raises(SignInRefused, match="duty-1"):
        PersonCaller(Direct(app), "duty-1", "not the password at all").call("GET", "/api/v1/mission")


def test_a_page_speaks_over_the_network_as_it_does_directly(live_server: Any) -> None:
    with live_server.parts.transaction() as door:
        load_exercise(door, PASSWORD)
    person = PersonCaller(Loopback(live_server.url), "duty-1", PASSWORD)

    assert person.call("GET", "/api/v1/mission").json()["exercise"] is True


def test_a_form_gives_its_hidden_fields_and_its_text_areas() -> None:
    page = """<form action="/other"><input name="a" value="1"></form>
      <form action="/lines"><input name="version_no" value="2"><textarea name="line_1">fire &amp;
      </textarea><textarea name="line_2"></textarea><input name="shut" value="x" disabled></form>"""

    form = FormFields("/lines")
    form.feed(page)

    assert form.fields["version_no"] == "2"
    assert form.fields["line_1"].startswith("fire &")
    assert form.areas == ["line_1", "line_2"]
    assert "a" not in form.fields and "shut" not in form.fields


def test_the_sheet_of_sign_ins_is_for_its_owner_only(parts: App) -> None:
    path = write_sign_ins(parts.settings.data_dir, SignIns("secret", {"I-phone-1": "token"}))

    assert path.stat().st_mode & 0o777 == 0o600
    assert read_sign_ins(parts.settings.data_dir) == SignIns("secret", {"I-phone-1": "token"})
    assert "secret" not in repr(read_sign_ins(parts.settings.data_dir))


def test_the_exercise_is_loaded_once_and_keeps_its_sign_ins(parts: App, first_evening: list[Step]) -> None:
    first = load_once(parts, first_evening[0].at, at_once)

    assert load_once(parts, first_evening[0].at, at_once) == first
    assert place_of(parts) == first_evening[0].at


def test_nobody_meets_the_mission_at_the_hour_of_the_machine(parts: App, first_evening: list[Step]) -> None:
    before_each_commit = []

    def look(*_: object) -> None:
        with parts.reading() as door:
            before_each_commit.append((read_anchor(door.session), find_mission(door.session)))

    event.listen(parts.store.engine, "commit", look)
    load_once(parts, first_evening[0].at, at_once)
    event.remove(parts.store.engine, "commit", look)
    anchor, mission = before_each_commit[-1]
    assert anchor is not None and anchor.mission == first_evening[0].at
    assert mission is None


def test_a_store_with_a_mission_of_its_own_is_left_alone(parts: App, sign_ins: SignIns) -> None:
    """The mission is there, but nobody wrote down its sign-ins: it is not the exercise's store."""
    with pytest.raises(NotHere, match="TRUCELINE_DATA_DIR"):
        load_once(parts, parts.clock.now(), at_once)


def test_after_a_stop_the_hour_is_played_again_and_nothing_before_it(first_evening: list[Step]) -> None:
    place = first_evening[len(first_evening) // 2].at

    left = steps_left(first_evening, place)

    assert left[0].at >= place.replace(minute=0, second=0)
    assert first_evening[len(first_evening) // 2] in left
    assert len(left) < len(first_evening)


def test_no_call_waits_for_the_clock_as_long_as_a_rule_waits_for_it() -> None:
    """Else every patrol of the quiet weeks would be missed, only because the clock is wound."""
    mission = read_mission_data()
    graces = [rule.asks.grace for rule in load_folder() if isinstance(rule.asks, Silence)]
    waits = [
        together[-1].at - dt.datetime.fromisoformat(step.body["at"])
        for together in stretches(scenario(SEED, mission, read_claims(mission)))
        for step in together
        if step.kind == "watch_event"
    ]
    assert dt.timedelta(minutes=2) <= max(waits) < min(graces)


def test_after_the_last_step_nothing_is_left(first_evening: list[Step]) -> None:
    assert steps_left(first_evening, first_evening[-1].at) == []
    assert steps_left(first_evening, None) == first_evening


def test_without_a_server_it_says_what_to_start(
    parts: App, first_evening: list[Step], free_port: int
) -> None:
    values = {**parts.settings.values, "port": free_port}
    nowhere = dataclasses.replace(parts, settings=dataclasses.replace(parts.settings, values=values))

    with pytest.raises(NotHere, match="truceline run --demo"):
        Live(nowhere, say=lambda line: None, patience_s=0).play(SEED)


@pytest.fixture
def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def test_a_store_whose_clock_was_set_is_at_that_place(parts: App) -> None:
    at = dt.datetime(2022, 9, 12, 18, 0, tzinfo=dt.UTC)
    with parts.transaction() as door:
        set_demo_clock(door.session, at, rate=60.0)

    assert place_of(parts) == at
