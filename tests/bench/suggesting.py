"""How long it takes to find what a new report may belong to, among a million others, on SQLite.

    python tests/bench/suggesting.py [REPORTS] [QUESTIONS] [SEED]

Wall time, and the processor's time of the question alone, which other programs on the machine move little.

The reports are spread over two years and the mission's ground, nights busier than days. The exact positions
are sealed for the days that are asked about; the index that finds them does not know the difference.
"""

import datetime as dt
import json
import random
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from alembic import command as alembic
from sqlalchemy import insert, text

import wsgi  # noqa: F401 (brings in the models of every room)
from incidents.casework.candidates import around, perceived
from incidents.casework.correlate import suggestions
from incidents.intake import queries as intake
from incidents.intake.model import Observation, ObservationRevision, ObservationStep
from monitor import geo, vault
from monitor.cli import migrations
from monitor.clock import StoppedClock
from monitor.db.session import Store
from monitor.door import App, Door
from monitor.keys import load_keys, make_keys
from monitor.log.service import append
from monitor.people.service import add_person, add_team
from monitor.settings import load_settings
from monitor.storage import Storage

START = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
DAYS = 730
ASKED_DAYS = range(300, 310)
WEST, EAST, SOUTH, NORTH = 44.9, 46.6, 38.9, 41.2
BATCH = 20_000
# One bad hour: so many reports within ten kilometres that every question has all its candidates.
STORM_DAY, STORM = 305, 500
TYPES = ("explosion", "burst", "shot")


def report(
    rng: random.Random, people: list[tuple[str, str]], in_storm: bool = False
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """A report, and what it takes to seal its position where it will be asked about."""
    person_id, team_id = rng.choice(people)
    day = STORM_DAY if in_storm else rng.randrange(DAYS)
    hour = 2 if in_storm else rng.choice((0, 1, 2, 3, 19, 20, 21, 22, 23, rng.randrange(24)))
    at = START + dt.timedelta(days=day, hours=hour, seconds=rng.randrange(3600))
    stood = rng.uniform(WEST, EAST), rng.uniform(SOUTH, NORTH)
    if in_storm:
        stood = geo.destination(45.8, 40.1, rng.uniform(0, 360), rng.uniform(0, 10_000))
    word = rng.choice(geo.DIR16)
    near_m = rng.uniform(1_500, 8_000)
    lon, lat = stood
    centre = geo.destination(lon, lat, geo.degrees_of(word), near_m * 1.2)
    observation_id = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    row = {
        "observation_id": observation_id,
        "person_id": person_id,
        "team_id": team_id,
        "at": at,
        "end": at + dt.timedelta(minutes=rng.choice((0, 0, 5, 20, 180))),
        "type": rng.choice(TYPES),
        "lon": centre[0],
        "lat": centre[1],
        "uncertainty_m": near_m * 0.45,
    }
    position = {"stood": stood, "word": word, "near_m": near_m} if day in ASKED_DAYS else None
    return row, position


def fill(door: Door, number: int, seed: int) -> tuple[list[str], list[str]]:
    """Puts the reports in; answers the ids of those to ask about: of any time, and of the storm."""
    rng = random.Random(seed)
    people = []
    for index in range(20):
        team_id = add_team(door, f"B{index}", f"Team {index}")
        people.append(
            (
                add_person(
                    door, f"b{index}", f"B {index}", "a long sentence for tests", ["monitor"], team_id
                ),
                team_id,
            )
        )
    leaf = append(door.session, "submission", {"actor": "bench"}, START)
    asked: list[str] = []
    stormy: list[str] = []
    for first in [-1, *range(0, number, BATCH)]:
        in_storm = first < 0
        size = STORM if in_storm else min(BATCH, number - first)
        rows = [report(rng, people, in_storm) for _ in range(size)]
        door.session.execute(
            insert(Observation),
            [
                {
                    "id": r["observation_id"],
                    "author_id": r["person_id"],
                    "device_id": None,
                    "team_id": r["team_id"],
                    "recorded_at": r["end"],
                }
                for r, _ in rows
            ],
        )
        door.session.execute(insert(ObservationRevision), [_revision(r, leaf.index) for r, _ in rows])
        door.session.execute(
            insert(ObservationStep),
            [
                {
                    "observation_id": r["observation_id"],
                    "revision_no": 1,
                    "state": "accepted",
                    "actor": "bench",
                    "recorded_at": r["end"],
                }
                for r, _ in rows
            ],
        )
        for row, position in rows:
            if position is not None:
                _seal(door, row, position)
                (stormy if in_storm else asked).append(row["observation_id"])
    return asked, stormy


def _revision(r: dict[str, Any], leaf_index: int) -> dict[str, Any]:
    x, y, z = geo.ecef(r["lon"], r["lat"])
    return {
        "observation_id": r["observation_id"],
        "revision_no": 1,
        "digest": "0" * 64,
        "leaf_index": leaf_index,
        "recorded_at": r["end"],
        "category": "CFV",
        "type": r["type"],
        "means": "heard",
        "info_type": "observed",
        "t_start": r["at"],
        "t_end": r["end"],
        "t_precision": "T2",
        "sector_code": None,
        "lon": r["lon"],
        "lat": r["lat"],
        "x": x,
        "y": y,
        "z": z,
        "cell": geo.cell(r["lon"], r["lat"]),
        "event_uncertainty_m": r["uncertainty_m"],
        "geo_precision": "L3",
        "count_min": 3,
        "count_best": 3,
        "count_max": 3,
        "count_qualifier": "exact",
        "sensitivity": "internal",
        "fields": {},
        "reasons": [],
    }


def _seal(door: Door, row: dict[str, Any], position: dict[str, Any]) -> None:
    near_m = position["near_m"]
    area = geo.event_from_direction(
        *position["stood"], 15, dir16_word=position["word"], dist_min_m=near_m, dist_max_m=near_m * 1.4
    )
    vault.seal(
        door.session,
        door.app.keys,
        "observation",
        f"{row['observation_id']}/1",
        "position",
        {
            "observer": list(position["stood"]),
            "accuracy_m": 15,
            "method": "gnss",
            "bearing_deg": geo.degrees_of(position["word"]),
            "dir16": position["word"],
            "dist_min_m": near_m,
            "dist_max_m": near_m * 1.4,
            "geometry": json.loads(json.dumps(area.polygon)),
        },
        row["end"],
    )


def ask(door: Door, ids: list[str]) -> tuple[list[float], list[float], int, int]:
    """Milliseconds of wall and of processor for each question, candidates opened and suggestions made."""
    times, busy, opened, found = [], [], 0, 0
    for observation_id in ids:
        started, worked = time.perf_counter(), time.thread_time()
        row = intake.observation(door.session, observation_id)
        assert row is not None
        new, others = perceived(door, row, around(door.session, row))
        told = suggestions(new, others)
        times.append(1000 * (time.perf_counter() - started))
        busy.append(1000 * (time.thread_time() - worked))
        opened += len(others)
        found += len(told)
        door.session.expunge_all()
    return times, busy, opened, found


def _tell(door: Door, name: str, ids: list[str]) -> None:
    times, busy, opened, found = ask(door, ids)
    print(
        f"  {len(ids)} {name}: {opened / len(ids):.1f} candidates opened, "
        f"{found / len(ids):.1f} suggestions each"
    )
    for what, measured in (("wall", times), ("processor", busy)):
        ordered = sorted(measured)
        print(
            f"    {what}: median {statistics.median(ordered):.1f} ms, "
            f"95 % within {ordered[int(0.95 * len(ordered))]:.1f} ms, slowest {ordered[-1]:.1f} ms"
        )


def main(reports: str = "1000000", questions: str = "300", seed: str = "1") -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({}, data_dir=Path(folder), database_url=f"sqlite:///{folder}/bench.db")
        make_keys(Path(folder) / "keys")
        alembic.upgrade(migrations(settings), "head")
        store = Store(settings.store_url)
        clock = StoppedClock(START + dt.timedelta(days=DAYS))
        parts = App(settings, store, clock, load_keys(Path(folder) / "keys"), Storage(Path(folder) / "media"))
        started = time.perf_counter()
        with parts.transaction() as door:
            asked, stormy = fill(door, int(reports), int(seed))
        with parts.transaction() as door:
            door.session.execute(text("ANALYZE"))
        print(f"{reports} reports over {DAYS} days, filled in {time.perf_counter() - started:.0f} s")
        chosen = random.Random(int(seed) + 1)
        with parts.reading() as door:
            ask(door, asked[:10])
            for name, ids in (("of any time", asked), ("in the storm", stormy)):
                _tell(door, name, chosen.sample(ids, min(int(questions), len(ids))))
        store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
