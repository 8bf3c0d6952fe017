"""Observations by the thousand, put straight into the tables, the log's tree included."""

import datetime as dt
import itertools
import random
import uuid
from collections.abc import Iterator
from typing import Any

from cast_of_people import cast_member
from sqlalchemy import insert

from incidents.intake.model import Observation, ObservationRevision, ObservationStep
from monitor import merkle
from monitor.db.base import Base
from monitor.door import Door
from monitor.log.model import LogLeaf, LogNode
from monitor.log.queries import log_size, node_reader

PAGE = 5_000
SECTORS = {
    "IJE": (45.2, 40.9),
    "MAR": (45.8, 40.3),
    "JER": (45.8, 39.8),
    "GOR": (46.4, 39.5),
    "KAP": (46.4, 39.2),
}
Rows = dict[type[Base], list[dict[str, Any]]]


def fill(door: Door, number: int, span: dt.timedelta, waiting: float = 0.1, seed: int = 1) -> None:
    """`number` explosions within `span` before now, around five places; a share waits for review."""
    chance = random.Random(seed)  # noqa: S311 (a seeded choice, no secret)
    author = cast_member(door, "monitor")
    first = log_size(door.session)
    tree = _Tree(door)
    reports = (
        _report(door, author.id, author.team_id, first + i, span, waiting, chance) for i in range(number)
    )
    while page := list(itertools.islice(reports, PAGE)):
        rows: Rows = {kind: [row[kind] for row in page] for kind in page[0]}
        rows[LogNode] = [node for leaf in rows[LogLeaf] for node in tree.grown(leaf)]
        for kind, values in rows.items():
            door.session.execute(insert(kind), values)


class _Tree:
    """The log's tree as it grows, without a read for each leaf."""

    def __init__(self, door: Door) -> None:
        self._held: dict[tuple[int, int], bytes] = {}
        self._stored = node_reader(door.session)

    def _node(self, level: int, index: int) -> bytes:
        return self._held.get((level, index)) or self._stored(level, index)

    def grown(self, leaf: dict[str, Any]) -> Iterator[dict[str, Any]]:
        hashed = merkle.leaf_hash(leaf["leaf"].encode())
        for level, index, value in merkle.completed_by(leaf["at_index"], hashed, self._node):
            self._held[level, index] = value
            yield {"level": level, "at_index": index, "hash": value}


def _report(
    door: Door,
    author_id: str,
    team_id: str | None,
    leaf: int,
    span: dt.timedelta,
    waiting: float,
    chance: random.Random,
) -> dict[type[Base], dict[str, Any]]:
    sector = chance.choice(list(SECTORS))
    lon, lat = SECTORS[sector]
    start = door.now - span * chance.random()
    received = min(start + dt.timedelta(minutes=chance.expovariate(1 / 20)), door.now)
    observation_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    known = {"recorded_at": received}
    one = {"observation_id": observation_id, "revision_no": 1}
    return {
        LogLeaf: {"at_index": leaf, "type": "submission", "leaf": f'{{"seq":{leaf}}}', **known},
        Observation: {
            "id": observation_id,
            "author_id": author_id,
            "device_id": None,
            "team_id": team_id,
            **known,
        },
        ObservationRevision: {
            **one,
            **known,
            "digest": "0" * 64,
            "leaf_index": leaf,
            "category": "CFV",
            "type": "explosion",
            "means": "heard",
            "info_type": "observed",
            "t_start": start,
            "t_end": start,
            "t_precision": "T1",
            "sector_code": sector,
            "lon": lon + chance.gauss(0, 0.12),
            "lat": lat + chance.gauss(0, 0.1),
            "geo_precision": "L3",
            "event_uncertainty_m": 900.0,
            "count_min": 1,
            "count_best": 1,
            "count_max": 1,
            "count_qualifier": "exact",
            "tier": chance.choice((None, 1, 1, 2, 3, 3, 4, 5)),
            "exposure": "earshot",
            "sensitivity": "internal",
            "fields": {},
            "reasons": [],
        },
        ObservationStep: {
            **one,
            **known,
            "state": "received" if chance.random() < waiting else "accepted",
            "actor": "system:bench",
        },
    }
