"""Rules of every kind and option on a coarse grid of six hours, and random logs for them to judge."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from incidents.rules.facts import Fact, Spot, Watched, WatchHours, World
from incidents.rules.loader import load_rule
from incidents.rules.rule import Rule

START = datetime(2022, 9, 1, tzinfo=UTC)
LATER = START + timedelta(days=40)
GRID = timedelta(hours=6)
SECTORS = ("S1", "S2", "S3")

WORLD = World(
    watched=WatchHours([Watched(s, START - timedelta(days=30), LATER) for s in ("S1", "S2")]),
    neighbours={"S1": frozenset({"S2"}), "S2": frozenset({"S1", "S3"}), "S3": frozenset({"S2"})},
    spots=(Spot("V1", 0, 0, 0), Spot("V2", 4000, 0, 0)),
)

HEAD = """
id: {id}
version: 1
status: shadow
title: t
says: s
article: a
severity: [{{level: 3, when: {{n: 4}}}}, {{level: 2}}]
resolve_after: {resolve}
join_within: {join}
"""

FIRE = "where: [{field: category, is: CFV}]\n"
BODIES = {
    "count": "kind: count\nkey: sector\nwindow: 24h\nleast: 2\n" + FIRE,
    "count-link": "kind: count\nkey: sector\nwindow: 24h\nleast: 3\nradius_m: 3000\ngroup: link\n" + FIRE,
    "count-certain": "kind: count\nkey: sector\nwindow: 18h\nleast: 2\ntime: certain\n" + FIRE,
    "count-weighed": "kind: count\nkey: sector\nwindow: 24h\nleast: 20\nweight: count_best\n" + FIRE,
    "count-sources": "kind: count\nkey: mission\nwindow: 12h\nleast: 2\ndistinct: source\n" + FIRE,
    "count-devices": "kind: count\nkey: team\nwindow: 24h\nleast: 2\ndistinct: device\n" + FIRE,
    "count-around": "kind: count\nkey: settlement\nnear_m: 2000\nwindow: 24h\nleast: 2\n" + FIRE,
    "count-lasting": "kind: count\nkey: sector\nwindow: 24h\nleast: 2\nfor: 12h\n" + FIRE,
    "count-within": """kind: count
key: sector
window: 24h
least: 1
within_state:
  opens: [{field: corridor_state, is: closed}]
  closes: [{field: corridor_state, is: open}]
  lookback: 72h
"""
    + FIRE,
    "rate": """kind: rate
key: sector
window: 12h
baseline: 48h
guard: 6h
every: 6h
min_count: 2
min_ratio: 2
alpha: 0.2
weight: count_best
without: [{field: assessed_exercise, is: probable}]
"""
    + FIRE,
    "rate-capped": """kind: rate
key: mission
window: 12h
baseline: 48h
guard: 0h
every: 6h
min_count: 2
min_ratio: 1.5
alpha: 0.25
exposure: hours
cap: 2
"""
    + FIRE,
    "rate-down": """kind: rate
key: sector
window: 12h
baseline: 48h
guard: 0h
every: 12h
min_count: 1
min_ratio: 2
alpha: 0.45
direction: down
exposure: hours
"""
    + FIRE,
    "rate-rising": """kind: rate
key: sector
window: 12h
baseline: 48h
guard: 0h
every: 6h
min_count: 2
min_ratio: 1
alpha: 0.6
rising: 2
exposure: hours
distinct: observation
"""
    + FIRE,
    "step": "kind: step_up\nkey: sector\nwindow: 12h\nbefore: 48h\nrise: 2\nmin_before: 1\n" + FIRE,
    "step-reach": "kind: step_up\nkey: sector\nwindow: 12h\nbefore: 72h\nreach: 4\n" + FIRE,
    "sequence": """kind: sequence
key: sector
window: 48h
steps:
  - [{field: type, is: shot}]
  - [{field: category, is: MIL}]
  - [{field: category, is: CFV}]
""",
    "sequence-absent": """kind: sequence
key: mission
window: 48h
steps:
  - [{field: category, is: CFV}]
  - [{field: category, is: MIL}]
absent: [{field: category, is: CBM}]
""",
    "sequence-near": """kind: sequence
key: sector
window: 36h
radius_m: 3000
order: any
steps:
  - [{field: category, is: MIL}]
  - [{field: type, is: explosion}]
  - [{field: category, is: CFV}]
""",
    "sequence-answers": "kind: sequence\nkey: mission\nwindow: 48h\nalternate: 3\n" + FIRE,
    "spread": "kind: spread\nkey: mission\nwindow: 12h\nleast: 3\n" + FIRE,
    "spread-adjacent": "kind: spread\nkey: mission\nwindow: 18h\nleast: 2\nadjacent: true\neach: 2\n" + FIRE,
    "state": """kind: state
key: sector
where: [{field: corridor_state, is: closed}]
closes: [{field: corridor_state, is: open}]
holds_for: 12h
every: 12h
lookback: 72h
""",
    "silence": """kind: silence
key: watch
expects: [{field: category, is: WAT}]
where: [{field: category, in: [CFV, NEG]}]
due: sign
every: 12h
grace: 6h
lookback: 48h
""",
    "silence-end": """kind: silence
key: watch
expects: [{field: category, is: WAT}]
where: [{field: category, in: [CFV, NEG]}]
due: end
grace: 6h
lookback: 96h
""",
    "breach": """kind: breach
key: sector
truce: [{field: category, is: CBM}]
lookback: 96h
least: 2
"""
    + FIRE,
    "breach-day": """kind: breach
key: mission
truce: [{field: category, is: CBM}]
lookback: 96h
a_day: 2
radius_m: 3000
distinct: observation
"""
    + FIRE,
    "breach-again": """kind: breach
key: sector
truce: [{field: category, is: CBM}]
lookback: 96h
repeat: 2
reset: 12h
"""
    + FIRE,
}
OVER = {
    "combine": "kind: combine\nkey: sector\nof: [E90-count, E90-step, E90-state]\nleast: 2\nwindow: 48h\n",
    "combine-order": """kind: combine
key: sector
of: [E90-count, E90-step]
least: 2
order: given
window: 48h
""",
    "combine-sectors": """kind: combine
key: mission
of: [E90-count]
counts: sectors
across: mission
adjacent: true
least: 2
window: 24h
""",
    "combine-near": """kind: combine
key: sector
of: [E90-count, E90-step]
across: radius
radius_m: 3000
least: 2
window: 48h
""",
}


def trial(name: str, body: str, join: str = "12h", resolve: str = "24h") -> Rule:
    rule_id = f"E90-{name}"
    return load_rule(HEAD.format(id=rule_id, join=join, resolve=resolve) + body, f"{rule_id}.yaml")


TRIALS = {name: trial(name, body) for name, body in BODIES.items()}
OVER_TRIALS = {name: trial(name, body) for name, body in OVER.items()}

# What a log is mostly made of, so that every kind finds enough to speak of.
_MIXES = (
    ("CFV",),
    ("CFV", "CFV", "MIL", "CBM"),
    ("CFV", "CFV", "CBM"),
    ("CFV", "HUM"),
    ("CFV", "WAT", "NEG"),
    ("CFV", "MIL", "HUM", "CBM", "WAT", "NEG"),
)


class _Dice:
    """Draws for a log, from Hypothesis or from a seeded generator."""

    def __init__(self, draw=None, chance: random.Random | None = None) -> None:
        self._draw, self._chance = draw, chance

    def number(self, least: int, most: int) -> int:
        if self._chance is not None:
            return self._chance.randint(least, most)
        return self._draw(st.integers(least, most))

    def one(self, values):
        return values[self.number(0, len(values) - 1)]


def _version(dice: _Dice, mix: tuple[str, ...], name: str, version: int, known: datetime) -> Fact:
    at = START + GRID * dice.number(0, 14)
    category = dice.one(mix)
    known = max(known, at) + GRID * dice.number(0, 8)
    spans = category in ("CBM", "WAT")
    begins = at + GRID * dice.number(-2, 2)
    details = {}
    if category == "CFV":
        details["heading"] = dice.one(("N", "S", "SSE", "E", None))
    if category == "HUM":
        details["corridor_state"] = dice.one(("closed", "open"))
    return Fact(
        observation_id=name,
        version=version,
        revision=version,
        known_at=known,
        event_start=at,
        event_end=at + GRID * dice.one((0, 0, 0, 1, 2)),
        category=category,
        type=dice.one(("shot", "explosion")),
        info_type="observed",
        sector=dice.one((*SECTORS, *SECTORS, None)),
        tier=dice.one((None, 1, 2, 3, 4, 5)),
        count_best=dice.one((None, 1, 12)),
        assessed_exercise=dice.one((None, "probable")),
        incident_id=dice.one((None, None, "I1", "I2")),
        team=dice.one(("T1", "T2", None)),
        device=dice.one(("D1", "D2", None)),
        watch=dice.one(("W1", "W2")),
        status=dice.one(("reported", "reported", "verified", "verified", "disputed", "refuted", "withdrawn")),
        x=1000 * dice.number(0, 5),
        y=0,
        z=0,
        holds_from=begins if spans else dice.one((None, None, begins)),
        holds_to=begins + GRID * dice.number(1, 10) if spans else None,
        details=details,
    )


def a_log(dice: _Dice, most: int) -> list[Fact]:
    """Up to so many facts with corrections, refutations and links, on the grid."""
    log: list[Fact] = []
    mix = dice.one(_MIXES)
    for i in range(dice.number(0, most)):
        known = START
        for version in range(1, dice.one((1, 1, 1, 2, 3)) + 1):
            log.append(_version(dice, mix, f"o{i}", version, known))
            known = log[-1].known_at
    return log


@st.composite
def logs(draw, most: int = 10) -> list[Fact]:
    return a_log(_Dice(draw), most)


def seeded_log(seed: int, most: int = 30) -> list[Fact]:
    return a_log(_Dice(chance=random.Random(seed)), most)


def content_of(episodes) -> list:
    """What findings say, in one order: where, when, how grave, by which numbers, on what."""
    return sorted(
        (e.key, e.start, e.end, e.severity, sorted(e.numbers.items(), key=str), e.evidence) for e in episodes
    )
