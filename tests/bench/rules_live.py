"""How fast reports are judged as they come, a fifth of them late, exact after every one.

    python tests/bench/rules_live.py          10,000, 100,000 and 1,000,000 reports; then ten rules
    python tests/bench/rules_live.py --sizes 10000 100000 --ten 20000

Counting: at least 100 reports within 24 hours and 10 kilometres, on the history of `rules_backtest.py`; the
hits after the last report must be those of the batch path. Every size judges the same stretch of reports
last, on top of a history of its own length, so that the cost of a report is compared and not the season.
Ten rules: of every kind that follows reports, with evidence and finished episodes after every report.
Seconds are those of the processor, for a machine that does other things too: one core, pure Python.
Late: a fifth of the reports come in after an exponential delay (median 12 hours, at most 14 days).
"""

import argparse
import gc
import random
import statistics
import time
from datetime import UTC, datetime, timedelta

import numpy as np
from rules_backtest import ASKS, RADIUS_M, SECONDS, history
from rules_backtest import columns as in_columns

from incidents.rules import batch
from incidents.rules.facts import Fact, Watched, WatchHours, World
from incidents.rules.loader import load_rule
from incidents.rules.rule import Rule
from incidents.rules.stream import Counters, Live, Shelf

START = datetime(2017, 1, 1, tzinfo=UTC)
SECTORS = 40
HEAD = """
id: E90-{name}
version: 1
status: shadow
title: t
says: s
article: a
severity: [{{level: 4, when: {{sources: 3}}}}, {{level: 2}}]
join_within: 12h
resolve_after: 24h
"""
FIRE = "where: [{field: category, is: CFV}]\n"
CLUSTER = (
    "kind: count\nkey: sector\nwindow: 24h\nleast: 100\ndistinct: observation\nradius_m: 10000\ngroup: link\n"
)
TEN = {
    "cluster": CLUSTER + FIRE,
    "many": "kind: count\nkey: sector\nwindow: 6h\nleast: 40\n" + FIRE,
    "sources": "kind: count\nkey: sector\nwindow: 12h\nleast: 5\ndistinct: source\n" + FIRE,
    "settled": "kind: count\nkey: sector\nwindow: 1h\nleast: 6\nfor: 1h\n" + FIRE,
    "rate": """kind: rate
key: sector
window: 24h
baseline: 14d
guard: 24h
every: 1h
min_count: 30
min_ratio: 5
alpha: 0.001
min_baseline_hours: 100
"""
    + FIRE,
    "rise": "kind: step_up\nkey: sector\nwindow: 24h\nbefore: 48h\nrise: 3\nmin_before: 1\n" + FIRE,
    "first": "kind: step_up\nkey: sector\nwindow: 24h\nbefore: 30d\nreach: 5\n" + FIRE,
    "sequence": """kind: sequence
key: sector
window: 48h
steps:
  - [{field: type, is: troops}]
  - [{field: type, is: works}]
  - [{field: tier, at_least: 4}]
""",
    "spread": "kind: spread\nkey: mission\nwindow: 1h\nleast: 12\nwhere: [{field: tier, at_least: 4}]\n",
    "combine": "kind: combine\nkey: sector\nof: [E90-many, E90-rise]\nleast: 2\nwindow: 24h\n",
}


def rule(name: str) -> Rule:
    return load_rule(HEAD.format(name=name) + TEN[name], f"{name}.yaml")


def reports(columns: dict[str, np.ndarray], seed: int = 7) -> list[Fact]:
    """The history as facts, in the order in which they arrive."""
    draw = random.Random(seed)
    arrived = []
    along = np.hypot(columns["x"] - columns["x"].min(), columns["y"] - columns["y"].min())
    sector = (along / (along.max() + 1) * SECTORS).astype(int)
    for i in range(len(columns["t"])):
        at = START + timedelta(seconds=int(columns["t"][i]))
        late = min(draw.expovariate(1 / 62_000), 14 * 86_400) if draw.random() < 0.2 else 0
        kind = draw.choices(("shot", "explosion", "troops", "works"), (50, 38, 6, 6))[0]
        fact = Fact(
            f"{i:08}",
            1,
            1,
            at + timedelta(seconds=late),
            at,
            at,
            "CFV",
            kind,
            sector=f"S{sector[i]:02}",
            tier=draw.choices((1, 2, 3, 4, 5), (600, 250, 100, 49, 1))[0],
            team=f"T{draw.randrange(60)}",
            x=int(columns["x"][i]),
            y=int(columns["y"][i]),
            z=int(columns["z"][i]),
        )
        arrived.append(fact)
    arrived.sort(key=lambda fact: fact.known_at)
    return arrived


def counting(size: int, whole: dict[str, np.ndarray], stretch: int) -> float:
    """Counts a history; answers microseconds a report over its last stretch, and checks every hit."""
    columns = {name: values[-size:] for name, values in whole.items()}
    facts = reports(columns)
    stream = Counters(rule("cluster"), Shelf(), World())
    # A million reports are kept on purpose; looking through them for waste is no part of judging.
    gc.disable()
    began = time.process_time()
    for fact in facts[:-stretch]:
        stream.count(None, fact)
    middle = time.process_time()
    for fact in facts[-stretch:]:
        stream.count(None, fact)
    ended = time.process_time()
    gc.enable()
    lost = len(batch.hits_of_count(ASKS, in_columns(columns)).anchor) - stream.hits
    each = (ended - middle) / stretch
    print(
        f"{size:>10,} reports: {size / (ended - began):>9,.0f} reports/s in all, "
        f"{1 / each:>9,.0f} reports/s over the last {stretch:,}; "
        f"{stream.hits:,} hits, {lost} lost at zero waiting time"
    )
    assert lost == 0
    return each * 1e6


def ten_rules(size: int, whole: dict[str, np.ndarray]) -> None:
    """Ten rules with evidence, episodes made after every report."""
    facts = reports({name: values[-size:] for name, values in whole.items()})
    first, last = min(f.event_start for f in facts), max(f.known_at for f in facts)
    watched = WatchHours(Watched(f"S{i:02}", first, last) for i in range(SECTORS))
    live = Live([rule(name) for name in TEN], World(watched))
    spent, episodes, clock = [], 0, facts[0].known_at
    gc.freeze()
    for fact in facts:
        began = time.process_time()
        said = live.take(fact, fact.known_at)
        episodes += sum(map(len, said.values()))
        if fact.known_at - clock >= timedelta(hours=1):
            live.tick(clock, fact.known_at)
            clock = fact.known_at
        spent.append(time.process_time() - began)
    spent.sort()
    held = {name: len(told) for name, told in live.episodes(last).items()}
    p50, p99 = spent[len(spent) // 2], spent[int(len(spent) * 0.99)]
    print(
        f"ten rules with evidence, {size:,} reports, a fifth late: {size / sum(spent):,.0f} reports/s, "
        f"p50 {p50 * 1e3:.2f} ms, p99 {p99 * 1e3:.1f} ms, longest {spent[-1] * 1e3:.0f} ms; "
        f"{episodes:,} episodes told, standing {held}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--ten", type=int, default=50_000)
    asked = parser.parse_args()
    whole = history(max(*asked.sizes, asked.ten))
    print(f"at least {ASKS.least} within {SECONDS // 3600} h and {RADIUS_M // 1000} km, pure Python")
    costs = [counting(size, whole, min(8_000, *asked.sizes)) for size in asked.sizes]
    print(f"cost of a report, largest history over smallest: {costs[-1] / costs[0]:.2f}")
    print(f"median {statistics.median(costs):.1f} microseconds a report")
    ten_rules(asked.ten, whole)


if __name__ == "__main__":
    main()
