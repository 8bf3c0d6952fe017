"""Plays the exercise against a running mission, so that its room fills before one's eyes.

The quiet weeks go by in about two minutes, half an hour of them at a time; from the evening of 12 September
the clock runs at a pace at which one can follow. When the last step is done it goes on at its own pace.
The place in the exercise is the clock kept in the store, so a restart goes on where it stopped.
"""

import datetime as dt
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence

import click

from monitor.clock import wall_now
from monitor.demo_clock import read_anchor, set_demo_clock
from monitor.door import App
from monitor.errors import Conflict
from monitor.mission.queries import find_mission
from reports.exercise.callers import Loopback
from reports.exercise.cast import SignIns, load_exercise, new_password, read_sign_ins, write_sign_ins
from reports.exercise.mission_data import MissionData, read_claims, read_definition, read_mission_data
from reports.exercise.replay import Player
from reports.exercise.scenario import scenario
from reports.exercise.steps import Step
from reports.exercise.storyline import ONSET, moment

# Minutes of the exercise in a minute of ours, from the onset on and after the second edition.
FOLLOWABLE = 60.0
BRISK = 240.0
# Every process reads the clock again within a tenth of a second; nobody is to see the hour before.
SETTLING_S = 0.15
WIND_EVERY_S = 5.0
SERVER_S = 60.0
# In the quiet weeks the clock moves on so far before what happened meanwhile is told. It is less than any
# rule lets pass after a call that is due, or every patrol would be missed while the clock is wound.
STRETCH = dt.timedelta(minutes=30)
ROLES_SHOWN = (
    "duty_officer",
    "analyst",
    "verification_officer",
    "reporting_officer",
    "head_of_mission",
    "monitor",
)


class NotHere(Exception):
    """The exercise cannot be played here; the text says why and what to do."""


def load_once(app: App, first: dt.datetime, wait: Callable[[float], object]) -> SignIns:
    """The sign-ins of the exercise, which is loaded into a store that holds no mission yet.

    `wait` lets so many seconds pass.
    """
    known = read_sign_ins(app.settings.data_dir)
    with app.reading() as door:
        mission = find_mission(door.session)
    if mission is not None:
        if not mission.is_exercise or known is None:
            raise NotHere(
                "This store holds a mission already. The exercise needs one of its own: set "
                "TRUCELINE_DATA_DIR to an empty folder."
            )
        return known
    with app.transaction() as door:
        set_demo_clock(door.session, first, rate=0.0)
    # A job that meets the mission while its own clock is still the machine's takes every summary for missed.
    wait(SETTLING_S)
    try:
        with app.transaction() as door:
            door.now = first
            sign_ins = load_exercise(door, new_password())
    except Conflict as conflict:
        raise NotHere(conflict.detail) from conflict
    write_sign_ins(app.settings.data_dir, sign_ins)
    return sign_ins


def steps_left(steps: Sequence[Step], place: dt.datetime | None) -> list[Step]:
    """What is to be played from a place on.

    A crash may have come in the middle of an hour, so the whole hour is played again: what was done is known
    to the mission by its id or its state.
    """
    hour = place.replace(minute=0, second=0, microsecond=0) if place else steps[0].at
    return [step for step in steps if step.at >= hour] if not place or place < steps[-1].at else []


def stretches(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps that are done at one standing of the clock, in their order."""
    grouped = itertools.groupby(steps, key=lambda step: step.at.timestamp() // STRETCH.total_seconds())
    return [list(together) for _, together in grouped]


def place_of(app: App) -> dt.datetime | None:
    """Up to where the exercise has been played; None before the first step."""
    with app.reading() as door:
        anchor = read_anchor(door.session)
    return anchor.mission if anchor else None


class Live:
    """Plays what is left of the exercise; `stop` may be called from a signal."""

    def __init__(
        self, app: App, say: Callable[[str], None] = click.echo, patience_s: float = SERVER_S
    ) -> None:
        self._app, self._say, self._patience = app, say, dt.timedelta(seconds=patience_s)
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def play(self, seed: int) -> None:
        """Loads the exercise if need be, waits for the server, and plays from where the clock stands."""
        mission = read_mission_data()
        steps = scenario(seed, mission, read_claims(mission))
        sign_ins = load_once(self._app, steps[0].at, self._stopping.wait)
        self._say(sign_in_sheet(self._app.settings.origin, sign_ins))
        left = steps_left(steps, place_of(self._app))
        way = Loopback(self._app.settings.origin)
        self._wait_for_server(way)
        player = Player(way, sign_ins, may_be_done=True)
        onset = moment(mission, ONSET)
        self._play_calm(player, [step for step in left if step.at < onset])
        if left and left[0].at < onset and not self._stopping.is_set():
            self._set(onset, FOLLOWABLE)
        self._play_followable(player, [step for step in left if step.at >= onset], mission)

    def _play_calm(self, player: Player, steps: Sequence[Step]) -> None:
        """A stretch at a time: the clock stands at its last step while all of them are done."""
        for together in stretches(steps):
            if self._stopping.is_set():
                return
            self._set(together[-1].at, rate=0.0)
            self._stopping.wait(SETTLING_S)
            for step in together:
                player.play(step)

    def _play_followable(self, player: Player, steps: Sequence[Step], mission: MissionData) -> None:
        """Step by step on a running clock; when all are done it runs on at its own pace."""
        brisk_from = moment(mission, mission.story["editions"][-1]["at"])
        for step in steps:
            rate = FOLLOWABLE if step.at <= brisk_from else BRISK
            if not self._run_to(step.at, rate):
                return
            player.play(step)
        if steps and not self._stopping.is_set():
            self._set(steps[-1].at, rate=1.0)
            self._say("The exercise has been played; its clock goes on.")

    def _run_to(self, at: dt.datetime, rate: float) -> bool:
        """Lets the clock run until it shows `at`, winding it every few seconds. False when told to stop."""
        for now in self._running(rate):
            if self._stopping.is_set():
                self._set(now, rate=0.0)
                return False
            left_s = (at - now).total_seconds() / rate
            if left_s <= 0:
                return True
            self._stopping.wait(min(left_s, WIND_EVERY_S))
        return False

    def _running(self, rate: float) -> Iterator[dt.datetime]:
        """The exercise's time, again and again; each look winds the clock from where it shows."""
        while True:
            with self._app.transaction() as door:
                anchor = read_anchor(door.session)
                assert anchor is not None
                now = anchor.at(wall_now())
                set_demo_clock(door.session, now, rate)
            yield now

    def _set(self, at: dt.datetime, rate: float) -> None:
        with self._app.transaction() as door:
            set_demo_clock(door.session, at, rate)

    def _wait_for_server(self, way: Loopback) -> None:
        until = wall_now() + self._patience
        while not self._stopping.wait(0.3):
            try:
                way.send("GET", "/sign-in", {}, None)
                return
            except OSError as silent:
                if wall_now() > until:
                    raise NotHere(
                        f"Nobody answers at {self._app.settings.origin}. Start `truceline run --demo`, or "
                        "`truceline run` beside this."
                    ) from silent


def sign_in_sheet(origin: str, sign_ins: SignIns) -> str:
    """Who can sign in to the exercise, for the terminal."""
    lines = [f"Exercise: sign in at {origin}/sign-in with the password {sign_ins.password}"]
    people = read_definition()["people"]
    for role in ROLES_SHOWN:
        names = [person["code"] for person in people if role in person["roles"]]
        lines.append(f"  {role.replace('_', ' '):<22}{', '.join(names[:3])}{' …' if len(names) > 3 else ''}")
    return "\n".join(lines)
