"""The exercise in a fresh store of its own, without a server, as fast as it goes; it leaves its papers."""

import dataclasses
import datetime as dt
import gc
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command as alembic
from flask import Flask

from monitor.cli import migrations
from monitor.clock import StoppedClock
from monitor.door import App
from monitor.jobs.queries import jobs_that_failed
from monitor.jobs.runner import Job, run_job
from monitor.keys import make_keys
from monitor.opening import open_app
from monitor.outbox import Subscriber, drain
from monitor.settings import load_settings
from reports.exercise.callers import Direct
from reports.exercise.cast import load_exercise
from reports.exercise.mission_data import MissionData, read_claims, read_mission_data
from reports.exercise.papers import write_papers
from reports.exercise.replay import Player
from reports.exercise.scenario import scenario
from reports.exercise.storyline import ONSET, moment

PASSWORD = "exercise without a server"  # noqa: S105 - the store it opens is gone when the run ends
LIGHT_HASH = {"argon2_memory_kib": 8, "argon2_rounds": 1}
# What is thrown away need not survive a power cut: a disk in memory spares thousands of waits for a real one.
_MEMORY = "/dev/shm"  # noqa: S108 - mkdtemp inside it is private
IN_MEMORY = _MEMORY if os.access(_MEMORY, os.W_OK) else None
# In the quiet weeks nothing is urgent; from the onset on the house hears and judges as in life.
CALM_HALTS = dt.timedelta(hours=24)
HOUR = dt.timedelta(hours=1)
# Half a minute after 19:30 in Yerevan.
CUT_OFF_UTC = dt.timedelta(hours=15, minutes=30, seconds=30)


@dataclass(frozen=True)
class House:
    """What the composition root brings: how the application is made, its jobs and its subscribers."""

    create_app: Callable[..., Flask]
    jobs: Sequence[Job]
    subscribers: Sequence[Subscriber]


def play_headless(out: Path, seed: int, house: House) -> list[Path]:
    """Plays the exercise up to its last issued summary and writes its papers to `out`."""
    with played(seed, house) as (_, player, mission):
        return write_papers(player, mission, out)


@contextmanager
def played(seed: int, house: House) -> Iterator[tuple[App, Player, MissionData]]:
    """The exercise after its last issued summary, in a store that is gone afterwards.

    Raises RuntimeError where a job failed: what it would have drafted would be missed in silence.
    """
    mission = read_mission_data()
    last = max(moment(mission, told["at"]) for told in mission.story["editions"])
    steps = [step for step in scenario(seed, mission, read_claims(mission)) if step.at <= last]
    clock = StoppedClock(steps[0].at)
    collect_rarely()
    with fresh_store(clock) as parts:
        with parts.transaction() as door:
            sign_ins = load_exercise(door, PASSWORD)
        player = Player(Direct(house.create_app(parts=parts)), sign_ins)
        onset = moment(mission, ONSET)
        for step in steps:
            _pass_time(parts, clock, step.at, house, HOUR if step.at >= onset else CALM_HALTS)
            player.play(step)
            if step.at >= onset:
                drain(parts, house.subscribers)
        with parts.reading() as door:
            failed = jobs_that_failed(door.session)
        if failed:
            raise RuntimeError(f"jobs failed in the exercise: {', '.join(failed)}")
        yield parts, player, mission


def collect_rarely() -> None:
    """Looks for garbage seldom: the run is short, makes millions of small things and ends its process."""
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)


@contextmanager
def fresh_store(clock: StoppedClock) -> Iterator[App]:
    """The parts of a mission in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="truceline-exercise-", dir=IN_MEMORY) as folder:
        data_dir = Path(folder)
        settings = load_settings(
            {}, data_dir=data_dir, database_url=f"sqlite:///{data_dir / 'truceline.db'}", **LIGHT_HASH
        )
        make_keys(settings.keys_dir)
        alembic.upgrade(migrations(settings), "head")
        parts = dataclasses.replace(open_app(settings), clock=clock)
        try:
            yield parts
        finally:
            parts.close()


def _pass_time(
    parts: App, clock: StoppedClock, until: dt.datetime, house: House, every: dt.timedelta
) -> None:
    """Moves the clock on. At each halt what happened is told and the jobs that are due run.

    Halts are the whole multiples of `every`, and the moment after each cut-off.
    """
    for halt in _halts(clock.now(), until, every):
        clock.set(halt)
        drain(parts, house.subscribers)
        for job in house.jobs:
            run_job(parts, job)
    clock.set(until)


def _halts(after: dt.datetime, until: dt.datetime, every: dt.timedelta) -> list[dt.datetime]:
    day = after.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    halts = set()
    while day < until:
        halts |= {day + number * every for number in range(dt.timedelta(days=1) // every)}
        halts.add(day + CUT_OFF_UTC)
        day += dt.timedelta(days=1)
    return sorted(halt for halt in halts if after < halt < until)
