"""The batch path says what the core says, brute force says, and two stores say: the same, hit by hit."""

import itertools
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import trial_rules
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.rules import batch, core
from incidents.rules.conditions import tally
from incidents.rules.facts import Fact, Spot, Watched, WatchHours, World, is_within, live_set
from incidents.rules.loader import load_folder, load_rule
from incidents.rules.rule import Count

START = datetime(2022, 9, 1, tzinfo=UTC)
LATER = START + timedelta(days=60)
DAY = timedelta(days=1)
WORLD = World(
    WatchHours(Watched(s, START, LATER) for s in ("S1", "S2")),
    spots=(Spot("V1", 4_001_000, 3_001_000, 4_000_000), Spot("V2", 4_004_000, 3_000_000, 4_000_000)),
)
SAID = """
id: E90-trial
version: 1
status: shadow
title: t
says: s
article: a
where: [{field: category, is: CFV}]
join_within: 24h
resolve_after: 48h
severity: [{level: 3, when: {n: 5}}, {level: 2}]
"""
TRIALS = [
    load_rule(f"{SAID}{text}\nkey: {'mission' if 'spread' in text else 'sector'}", f"trial-{number}.yaml")
    for number, text in enumerate(
        [
            "kind: count\nwindow: 24h\nleast: 3",
            "kind: count\nwindow: 24h\nleast: 2\nradius_m: 3000\ngroup: link",
            "kind: count\nwindow: 18h\nleast: 2\nradius_m: 1000\ntime: certain\ndistinct: source",
            "kind: count\nwindow: 48h\nleast: 20\nweight: count_best\ndistinct: incident",
            "kind: count\nwindow: 48h\nleast: 20\nweight: count_best\ndistinct: observation\nradius_m: 2000",
            "kind: rate\nwindow: 12h\nbaseline: 48h\nguard: 6h\nevery: 6h\n"
            "min_count: 2\nmin_ratio: 2\nalpha: 0.2",
            "kind: step_up\nwindow: 24h\nbefore: 72h\nrise: 2",
            "kind: count\nwindow: 24h\nleast: 1\nfor: 12h\nwithin_state: {lookback: 72h, "
            "opens: [{field: tier, at_least: 3}], closes: [{field: tier, is: 1}]}",
            "kind: spread\nwindow: 12h\nleast: 2",
        ]
    )
]

TRIALS += [
    load_rule(f"{SAID}{text}", f"trial-by-{number}.yaml")
    for number, text in enumerate(
        [
            "kind: count\nwindow: 24h\nleast: 2\nkey: team",
            "kind: count\nwindow: 24h\nleast: 2\nkey: settlement\nnear_m: 2000",
            "kind: rate\nwindow: 12h\nbaseline: 48h\nguard: 0h\nevery: 6h\nmin_count: 2\nmin_ratio: 1\n"
            "alpha: 0.6\nrising: 2\nexposure: hours\ncap: 2\nkey: mission",
        ]
    )
]


def fact(number: int, at: datetime = START, **said) -> Fact:
    held = {"observation_id": f"o{number:04}", "version": 1, "revision": 1, "known_at": at}
    held |= {"event_start": at, "event_end": at, "category": "CFV", "type": "shot", "sector": "S1"}
    return Fact(**(held | said))


@st.composite
def histories(draw) -> list[Fact]:
    """Up to forty reports on a coarse grid of time and place, so that ties and exact edges are common."""
    facts = []
    for i in range(draw(st.integers(0, 40))):
        at = START + timedelta(hours=6 * draw(st.integers(0, 24)))
        placed = draw(st.booleans()) or draw(st.booleans())
        facts.append(
            fact(
                i,
                at,
                event_end=at + timedelta(hours=6 * draw(st.sampled_from([0, 0, 0, 1, 3]))),
                type=draw(st.sampled_from(["shot", "explosion"])),
                info_type="observed",
                sector=draw(st.sampled_from(["S1", "S2", None])),
                tier=draw(st.sampled_from([None, 1, 2, 3, 4])),
                count_best=draw(st.sampled_from([None, 1, 7, 12])),
                incident_id=draw(st.sampled_from([None, None, "I1", "I2"])),
                team=draw(st.sampled_from(["T1", "T2", None])),
                device=draw(st.sampled_from(["D1", None])),
                status=draw(st.sampled_from(["reported", "verified", "refuted"])),
                x=4_000_000 + 1000 * draw(st.integers(0, 6)) if placed else None,
                y=3_000_000 + 1000 * draw(st.integers(0, 3)) if placed else None,
                z=4_000_000 if placed else None,
            )
        )
    return facts


@pytest.mark.parametrize(
    "rule", [*load_folder(), *TRIALS], ids=lambda rule: f"{rule.id}-{rule.kind}-{rule.key}"
)
@settings(max_examples=40, deadline=None)
@given(facts=histories())
def test_a_whole_history_at_once_gives_the_findings_of_the_core(rule, facts):
    assert batch.evaluate(rule, facts, WORLD, LATER) == core.evaluate(rule, facts, WORLD, LATER)


@settings(max_examples=25, deadline=None)
@given(log=trial_rules.logs())
def test_every_kind_judged_together_gives_the_findings_of_the_core(log):
    rules = [*trial_rules.TRIALS.values(), *trial_rules.OVER_TRIALS.values()]
    facts, later = list(live_set(log, trial_rules.LATER).values()), trial_rules.LATER
    expected = core.evaluate_all(rules, facts, trial_rules.WORLD, later)
    assert batch.evaluate_all(rules, facts, trial_rules.WORLD, later) == expected


EVERY_COUNT = [
    Count(timedelta(hours=18), least, distinct, weight, radius, "link" if radius else "key", certain)
    for distinct, weight, radius, certain in itertools.product(
        ("incident", "source", "device", "observation"),
        ("one", "count_best"),
        (None, 1000, 2000),
        (True, False),
    )
    for least in (2,)
]


def by_definition(asks: Count, facts: list[Fact]) -> dict[str, int]:
    """The count of every anchor, read off the definition without any index."""
    counts = {}
    for anchor in facts:
        since, until = anchor.event_end - asks.window, anchor.event_end
        near = [
            f
            for f in facts
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
        counts[anchor.observation_id] = tally(near, asks.distinct, asks.weight)
    return {name: n for name, n in counts.items() if n >= asks.least}


@settings(max_examples=150, deadline=None)
@given(facts=histories(), asks=st.sampled_from(EVERY_COUNT))
def test_every_option_of_a_count_gives_the_counts_of_its_definition(facts, asks):
    facts = sorted(facts, key=lambda f: (f.event_end, f.observation_id))
    hits = batch.hits_of_count(asks, batch.Columns.of(facts, asks.distinct, [f.key for f in facts]))
    found = {facts[i].observation_id: n for i, n in zip(hits.anchor.tolist(), hits.n.tolist(), strict=True)}
    assert found == by_definition(asks, facts)


def test_a_report_exactly_one_window_earlier_or_one_metre_too_far_is_outside():
    here = {"x": 3_412_000, "y": 3_300_000, "z": 4_250_000}
    facts = [
        fact(1, START, **here),
        fact(2, START + timedelta(microseconds=1), **here),
        fact(3, START + DAY, **here | {"x": here["x"] + 1000}),
        fact(4, START + DAY, **here | {"x": here["x"] + 2001}),
    ]
    asks = Count(DAY, 1, "observation", radius_m=1000)
    assert batch.hits_of_count(asks, batch.Columns.of(facts)).n.tolist() == [1, 2, 2, 1]


@pytest.mark.parametrize(
    "middle", [(6_378_000, 0, 0), (0, 0, 6_356_000), (-3_000_000, -3_000_000, 4_700_000)]
)
def test_the_screen_loses_nobody_at_any_place_on_earth(middle):
    rng = np.random.default_rng(5)
    n = 3000
    x, y, z = (np.rint(m + rng.normal(0, 5000, n)) for m in middle)
    end = np.sort(rng.integers(0, 20 * 86_400, n)) * 1_000_000
    asks = Count(DAY, 8, "observation", radius_m=3000)
    hits = batch.hits_of_count(asks, columns(end, x, y, z))
    window = 86_400 * 1_000_000
    for i in rng.integers(0, n, 300).tolist():
        near = (end > end[i] - window) & (end <= end[i])
        near &= (x - x[i]) ** 2 + (y - y[i]) ** 2 + (z - z[i]) ** 2 <= 3000**2
        found = hits.n[hits.anchor == i].tolist()
        assert found == ([int(near.sum())] if near.sum() >= 8 else [])


def columns(end, x, y, z) -> batch.Columns:
    nothing, one = np.zeros(len(end), np.int64), np.ones(len(end), np.int64)
    return batch.Columns(end, end, x, y, z, nothing, one)


def border(n: int, seed: int = 3) -> batch.Columns:
    """Reports in bursts along a line, in whole seconds, so that many share one."""
    rng = np.random.default_rng(seed)
    burst = rng.integers(0, n // 40 + 1, n)
    x = np.rint(3_400_000 + rng.uniform(0, 60_000, n // 40 + 1)[burst] + rng.normal(0, 2000, n))
    y, z = np.rint(3_300_000 + rng.normal(0, 2000, n)), np.rint(4_250_000 + rng.normal(0, 2000, n))
    seconds = (rng.integers(0, 40, n // 40 + 1)[burst] * 43_200 + rng.exponential(9000, n)).astype(np.int64)
    order = np.argsort(seconds, kind="stable")
    return columns(seconds[order] * 1_000_000, x[order], y[order], z[order])


CLUSTER = Count(DAY, 25, "observation", radius_m=4000, group="link")


def pairs_of(hits: batch.CountHits) -> list[tuple[int, int]]:
    return list(zip(hits.anchor.tolist(), hits.n.tolist(), strict=True))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stream_in_pieces_of_any_size_gives_the_hits_of_the_whole(workers):
    whole = border(4000)
    expected = pairs_of(batch.hits_of_count(CLUSTER, whole))
    assert len(expected) > 100
    rng = np.random.default_rng(11)
    for _ in range(5):
        cuts = [0, *np.sort(rng.integers(1, 4000, 6)).tolist(), 4000]
        pieces = [whole.part(a, b) for a, b in itertools.pairwise(cuts)]
        found = [
            pair for hits in batch.hits_in_stream(CLUSTER, pieces, workers=workers) for pair in pairs_of(hits)
        ]
        assert found == expected


def test_a_history_too_large_for_one_part_gives_the_hits_of_its_pieces():
    whole = border(batch.ANCHORS_AT_ONCE * 2 + 500)
    pieces = [whole.part(a, a + 30_000) for a in range(0, len(whole), 30_000)]
    found = [pair for hits in batch.hits_in_stream(CLUSTER, pieces) for pair in pairs_of(hits)]
    assert found == pairs_of(batch.hits_of_count(CLUSTER, whole)) != []


def test_a_stream_of_reports_that_last_gives_the_hits_of_the_whole():
    whole = border(2000)
    lasting = replace(whole, start=whole.end - (np.arange(2000) % 3) * 3_600_000_000)
    expected = pairs_of(batch.hits_of_count(CLUSTER, lasting))
    pieces = [lasting.part(a, a + 250) for a in range(0, 2000, 250)]
    found = batch.hits_in_stream(CLUSTER, pieces, longest=timedelta(hours=2))
    assert [pair for hits in found for pair in pairs_of(hits)] == expected


def test_a_stream_that_breaks_its_word_is_refused():
    whole = border(400)
    with pytest.raises(ValueError, match="order of their end"):
        list(batch.hits_in_stream(CLUSTER, [whole.part(200, 400), whole.part(0, 200)]))
    lasting = replace(whole, start=whole.end - 3_600_000_000)
    with pytest.raises(ValueError, match="lasts longer"):
        list(batch.hits_in_stream(CLUSTER, [lasting]))


def test_a_long_work_says_which_share_is_done():
    told: list[float] = []
    facts = [fact(i, START + timedelta(hours=i % 5) + DAY * (5 * (i // 5))) for i in range(50)]
    batch.evaluate(TRIALS[0], facts, WORLD, LATER, told.append)
    assert told == sorted(told) and told[-1] == 1.0


# ---- two stores of others, asked in their own words ------------------------------------------------------

IN_SQL = f"""
select a.i, count(*) from e a join e b
  on b.t > a.t - {86_400 * 1_000_000} and b.t <= a.t
 and (a.x-b.x)*(a.x-b.x) + (a.y-b.y)*(a.y-b.y) + (a.z-b.z)*(a.z-b.z) <= {4000**2}
group by a.i having count(*) >= 25 order by a.i
"""


def rows_of(reports: batch.Columns) -> list[tuple[int, ...]]:
    held = (reports.end, reports.x, reports.y, reports.z)
    return [(i, *map(int, row)) for i, row in enumerate(zip(*held, strict=True))]


def test_sqlite_gives_the_same_hits():
    reports = border(3000)
    store = sqlite3.connect(":memory:")
    store.execute("create table e (i integer, t integer, x integer, y integer, z integer)")
    store.executemany("insert into e values (?, ?, ?, ?, ?)", rows_of(reports))
    store.execute("create index e_t on e (t, x, y, z, i)")
    assert store.execute(IN_SQL).fetchall() == pairs_of(batch.hits_of_count(CLUSTER, reports))


def test_duckdb_gives_the_same_hits():
    duckdb = pytest.importorskip("duckdb", reason="DuckDB comes with the extra [sql]")
    reports = border(3000)
    store = duckdb.connect()
    store.execute("create table e (i bigint, t bigint, x bigint, y bigint, z bigint)")
    store.executemany("insert into e values (?, ?, ?, ?, ?)", rows_of(reports))
    assert store.execute(IN_SQL).fetchall() == pairs_of(batch.hits_of_count(CLUSTER, reports))
