"""A rule said in SQL finds what the core finds, on DuckDB and on PostgreSQL."""

import random
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from incidents.rules import core
from incidents.rules.conditions import tally
from incidents.rules.facts import Fact, Watched, WatchHours, World, is_within
from incidents.rules.loader import load_folder, load_rule

ibis = pytest.importorskip("ibis", reason="SQL comes with the extra [sql]")
sql = pytest.importorskip("incidents.rules.sql")

START = datetime(2022, 9, 1, tzinfo=UTC)
LATER = START + timedelta(days=60)
WORLD = World(WatchHours(Watched(s, START, LATER) for s in ("S1", "S2")))
SAID = """
id: E90-trial
version: 1
status: shadow
title: t
says: s
article: a
where: [{field: category, is: CFV}, {field: exposure, at_most: near_miss}, {field: weapon, is_not: pistol}]
join_within: 24h
resolve_after: 48h
severity: [{level: 3, when: {n: 5}}, {level: 2}]
"""


def rule(text: str, key: str = "sector"):
    return load_rule(f"{SAID}{text}\nkey: {key}", "trial.yaml")


OTHER_KINDS = [
    rule(
        "kind: rate\nwindow: 12h\nbaseline: 48h\nguard: 6h\nevery: 6h\nmin_count: 2\nmin_ratio: 2\n"
        "alpha: 0.2\nweight: count_best"
    ),
    rule("kind: step_up\nwindow: 24h\nbefore: 72h\nrise: 2"),
    rule("kind: spread\nwindow: 12h\nleast: 2", "mission"),
    rule("kind: count\nwindow: 12h\nleast: 3\ndistinct: source", "mission"),
]
COUNTS = [
    rule(
        f"kind: count\nwindow: 18h\nleast: 2\ndistinct: {distinct}\nweight: {weight}\ntime: {time}\n{radius}"
    )
    for distinct, weight, time, radius in product(
        ("incident", "source", "device", "observation"),
        ("one", "count_best"),
        ("possible", "certain"),
        ("", "radius_m: 1000\ngroup: link"),
    )
]


def history(seed: int, n: int = 60) -> list[Fact]:
    """Reports on a coarse grid of time and place: ties, exact edges, gaps in what is known."""
    draw = random.Random(seed)
    facts = []
    for i in range(n):
        at = START + timedelta(hours=6 * draw.randint(0, 40))
        placed = draw.random() < 0.8
        facts.append(
            Fact(
                observation_id=f"o{i:03}",
                version=1,
                revision=draw.randint(1, 3),
                known_at=at + timedelta(hours=draw.randint(1, 30)),
                event_start=at,
                event_end=at + timedelta(hours=6 * draw.choice([0, 0, 0, 1, 3])),
                category=draw.choice(["CFV", "CFV", "CFV", "AIR"]),
                type=draw.choice(["shot", "explosion"]),
                info_type=draw.choice(["observed", "heard"]),
                sector=draw.choice(["S1", "S2", None]),
                weapon=draw.choice([None, "pistol", "rifle"]),
                tier=draw.choice([None, 1, 2, 3, 4]),
                count_best=draw.choice([None, 1, 7, 12]),
                exposure=draw.choice(["none", "present", "struck"]),
                incident_id=draw.choice([None, None, "I1", "I2"]),
                team=draw.choice(["T1", "T2", None]),
                device=draw.choice(["D1", None]),
                status=draw.choice(["reported", "verified", "refuted"]),
                flags=frozenset(draw.choice([["training"], [], [], [], ["quarantined"]])),
                x=-3_412_000 + 1000 * draw.randint(0, 6) if placed else None,
                y=3_300_000 + 1000 * draw.randint(0, 3) if placed else None,
                z=4_250_000 if placed else None,
            )
        )
    return facts


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def warehouse(request):
    """`warehouse(facts)` is the facts as a table of a DuckDB, then of a PostgreSQL."""
    if request.param == "duckdb":
        store = ibis.duckdb.connect()
    else:
        store = ibis.connect(request.getfixturevalue("postgres").make_database("warehouse"))
    yield lambda facts: store.create_table("facts", sql.table_of(facts), temp=True, overwrite=True)
    store.disconnect()


def test_every_rule_finds_in_a_warehouse_what_the_core_finds(warehouse):
    found = 0
    for seed in range(3):
        facts = history(seed)
        table = warehouse(facts)
        for one in [*sayable(load_folder()), *OTHER_KINDS, COUNTS[1], COUNTS[4]]:
            episodes = core.evaluate(one, facts, WORLD, LATER)
            found += len(episodes)
            assert sql.evaluate(one, table, WORLD, LATER) == episodes, (seed, one.source)
    assert found > 20


def sayable(rules):
    """The rules that SQL can say; what it cannot is refused, and named, before anything is asked."""
    said = []
    for one in rules:
        try:
            sql.evaluate(one, ibis.memtable({"nothing": [1]}), WORLD, LATER)
        except sql.NotInSql as refusal:
            assert one.id in str(refusal)
            continue
        except AttributeError:
            said.append(one)
    assert {"count", "rate", "step_up", "spread"} <= {one.kind for one in said}
    return said


def test_every_option_of_a_count_gives_the_counts_of_its_definition(warehouse):
    facts = history(7)
    table = warehouse(facts)
    for one in COUNTS:
        rows = sql.count_hits(one, table).to_pyarrow().to_pylist()
        assert {row["observation_id"]: row["n"] for row in rows} == by_definition(one, facts), one.source


def by_definition(one, facts: list[Fact]) -> dict[str, int]:
    asks, counts = one.asks, {}
    read = [fact for fact in facts if one.reads(fact)]
    for anchor in read:
        since, until = anchor.event_end - asks.window, anchor.event_end
        near = [
            f
            for f in read
            if (
                f.key == anchor.key
                if asks.radius_m is None
                else f is anchor or is_within(anchor, f, asks.radius_m)
            )
            and (
                since < f.event_start and f.event_end <= until
                if asks.certain
                else f.event_end > since and f.event_start <= until
            )
        ]
        n = tally(near, asks.distinct, asks.weight)
        if n >= asks.least:
            counts[anchor.observation_id] = n
    return counts


def test_a_count_compiles_to_the_words_of_spark():
    table = ibis.duckdb.connect().create_table("facts", sql.table_of(history(1)))
    said = ibis.to_sql(sql.count_hits(COUNTS[1], table), dialect="pyspark")
    assert "EXPLODE" in said.upper()


def test_a_filter_on_what_the_table_does_not_carry_is_refused_by_name():
    table = ibis.duckdb.connect().create_table("facts", sql.table_of(history(1)).drop_columns("weapon"))
    with pytest.raises(sql.NotInSql, match="E90-trial cannot be said in SQL: the filter asks about weapon"):
        sql.evaluate(COUNTS[0], table, WORLD, LATER)


@pytest.mark.parametrize(
    ("body", "key", "named"),
    [
        (
            "kind: state\ncloses: [{field: tier, is: 1}]\nholds_for: 12h\nevery: 12h\nlookback: 72h",
            "sector",
            "state",
        ),
        ("kind: sequence\nwindow: 24h\nalternate: 3", "sector", "sequence"),
        ("kind: count\nwindow: 24h\nleast: 2", "team", "team"),
        ("kind: count\nwindow: 24h\nleast: 2\ndistinct: claimant", "sector", "claimants"),
    ],
)
def test_what_sql_cannot_say_is_refused_by_name(body, key, named):
    table = ibis.duckdb.connect().create_table("facts", sql.table_of(history(1)))
    with pytest.raises(sql.NotInSql, match=f"E90-trial cannot be said in SQL: .*{named}"):
        sql.evaluate(rule(body, key), table, WORLD, LATER)
