"""How fast a whole history is judged, beside what others do with the same rule.

    python tests/bench/rules_backtest.py                      one million reports, every peer, best of three
    python tests/bench/rules_backtest.py --stream 100         a hundred million, in bounded memory
    python tests/bench/rules_backtest.py --events 100000 --slow      with the peers that take minutes

The rule: at least 100 reports within 24 hours and 10 kilometres. Every engine reads the same file and must
answer the same anchors with the same counts; the table says so or the script fails. Each runs in a process
of its own, so that its memory is its own. Peers that are not installed are named as left out.
"""

import argparse
import hashlib
import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from incidents.rules import batch
from incidents.rules.rule import Count

RADIUS_M, LEAST, SECONDS = 10_000, 100, 86_400
MICRO = 1_000_000
ASKS = Count(timedelta(days=1), LEAST, "observation", radius_m=RADIUS_M, group="link")
PER_DAY = 548


# ---- the history ----------------------------------------------------------------------------------------


def history(events: int, seed: int = 7) -> dict[str, np.ndarray]:
    """Reports along a border of 1,000 km, 548 a day: two fifths about hot spots, the rest in bursts.

    A burst has 5 to 600 reports (small ones far more often), 4 km about its middle, fading within 20 hours.
    Times are whole seconds, positions whole ECEF metres.
    """
    rng = np.random.default_rng(seed)
    span = events / PER_DAY * SECONDS
    quiet = int(events * 0.4)
    loud = events - quiet
    sizes = np.floor(5 / (1 - rng.random(loud // 5 + 2) * (1 - 5 / 601))).astype(np.int64)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), loud)) + 1]
    sizes[-1] -= int(sizes.sum()) - loud
    burst = np.repeat(np.arange(len(sizes)), sizes)
    spots = rng.uniform(0, 1_000_000, 120)
    along = np.concatenate(
        (
            spots[rng.integers(0, 120, quiet)] + rng.normal(0, 4000, quiet),
            rng.uniform(0, 1_000_000, len(sizes))[burst] + rng.normal(0, 4000, loud),
        )
    )
    across = np.concatenate(
        (rng.normal(0, 3000, quiet), rng.normal(0, 3000, len(sizes))[burst] + rng.normal(0, 4000, loud))
    )
    start = rng.uniform(0, span, len(sizes))[burst]
    # A burst that would outlive the history ends with it, so that histories can be put end to end.
    times = np.concatenate(
        (rng.uniform(0, span, quiet), np.minimum(start + rng.exponential(72_000, loud), span))
    )
    times = times.astype(np.int64)
    order = np.argsort(times, kind="stable")
    x, y, z = _ecef(40 + across[order] / 111_000, 43 + along[order] / 85_200)
    return {"t": times[order], "x": x, "y": y, "z": z}


def _ecef(lat_deg: np.ndarray, lon_deg: np.ndarray) -> tuple[np.ndarray, ...]:
    a, e2 = 6_378_137.0, 0.00669437999014
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    normal = a / np.sqrt(1 - e2 * np.sin(lat) ** 2)
    level = normal * np.cos(lat)
    return (
        np.rint(level * np.cos(lon)),
        np.rint(level * np.sin(lon)),
        np.rint(normal * (1 - e2) * np.sin(lat)),
    )


def columns(held: dict[str, np.ndarray], shift_s: int = 0) -> batch.Columns:
    end = (held["t"] + shift_s) * MICRO
    same = np.zeros(len(end), np.int64)
    return batch.Columns(end, end, held["x"], held["y"], held["z"], same, same)


# ---- the engines: each answers (seconds, anchors, counts) ----

Answer = tuple[float, np.ndarray, np.ndarray]


def ours(held: dict[str, np.ndarray], workers: int = 1) -> Answer:
    started = time.perf_counter()
    hits = batch.hits_of_count(ASKS, columns(held), workers)
    return time.perf_counter() - started, hits.anchor, hits.n


def ours_two_threads(held: dict[str, np.ndarray]) -> Answer:
    return ours(held, 2)


def ball_tree(held: dict[str, np.ndarray]) -> Answer:
    """A tree for each pair of days; anchors that have too few at any time are passed over first."""
    from sklearn.neighbors import BallTree

    started = time.perf_counter()
    t, places = held["t"], np.column_stack((held["x"], held["y"], held["z"]))
    day = t // SECONDS
    edges = np.searchsorted(day, np.arange(day[-1] + 2))
    anchors, counts = [], []
    for today in range(int(day[-1]) + 1):
        first, last, low = edges[today], edges[today + 1], edges[max(today - 1, 0)]
        if first == last:
            continue
        tree = BallTree(places[low:last])
        often = first + np.flatnonzero(
            tree.query_radius(places[first:last], RADIUS_M, count_only=True) >= LEAST
        )
        if not len(often):
            continue
        for anchor, near in zip(often, tree.query_radius(places[often], RADIUS_M), strict=True):
            at = t[low + near]
            n = int(((at <= t[anchor]) & (at > t[anchor] - SECONDS)).sum())
            if n >= LEAST:
                anchors.append(anchor)
                counts.append(n)
    return time.perf_counter() - started, np.array(anchors, np.int64), np.array(counts, np.int64)


def duckdb_join(held: dict[str, np.ndarray]) -> Answer:
    """A self-join by a bucket of a day and a square of R metres, each with its neighbours."""
    import duckdb

    store = duckdb.connect()
    store.execute("set threads = 2")
    named = {"i": np.arange(len(held["t"]))} | {name: held[name].astype(np.int64) for name in "txyz"}
    # Squares on the ground have nine neighbours where cubes have twenty-seven; making them is not timed.
    middle = np.array([held[name].mean() for name in "xyz"])
    east = np.cross((0.0, 0.0, 1.0), middle)
    north = np.cross(middle, east)
    for name, axis in (("cx", east), ("cy", north)):
        metres = sum(held[a] * part for a, part in zip("xyz", axis / np.linalg.norm(axis), strict=True))
        named[name] = np.floor(metres / (RADIUS_M + 1)).astype(np.int64)
    store.register("given", named)
    store.execute(f"create table e as select *, t // {SECONDS} as d from given")
    started = time.perf_counter()
    rows = store.execute(
        f"""
        with near as (select t, x, y, z, d + dd as d, cx + dx as cx, cy + dy as cy
                      from e, (select unnest([0, 1]) dd), (select unnest([-1, 0, 1]) dx),
                              (select unnest([-1, 0, 1]) dy))
        select a.i, count(*) from e a join near b using (d, cx, cy)
        where b.t <= a.t and b.t > a.t - {SECONDS}
          and (a.x-b.x)*(a.x-b.x) + (a.y-b.y)*(a.y-b.y) + (a.z-b.z)*(a.z-b.z) <= {RADIUS_M**2}
        group by a.i having count(*) >= {LEAST} order by a.i
        """
    ).fetchnumpy()
    taken = time.perf_counter() - started
    anchors, counts = rows.values()
    return taken, np.asarray(anchors, np.int64), np.asarray(counts, np.int64)


def sqlite_join(held: dict[str, np.ndarray]) -> Answer:
    """A self-join over an index by cell and time, the cells of an anchor looked up one by one."""
    store = sqlite3.connect(":memory:")
    store.execute(
        "create table e (i integer primary key, t integer, x integer, y integer, z integer, c integer)"
    )
    x, y, z = (held[name].astype(np.int64) for name in "xyz")
    cell = (x // RADIUS_M * 4096 + y // RADIUS_M) * 4096 + z // RADIUS_M
    rows = zip(range(len(x)), *(a.tolist() for a in (held["t"], x, y, z, cell)), strict=True)
    store.executemany("insert into e values (?, ?, ?, ?, ?, ?)", rows)
    store.execute("create table shift (by integer)")
    shifts = [((i * 4096 + j) * 4096 + k,) for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1)]
    store.executemany("insert into shift values (?)", shifts)
    store.execute("create index e_c_t on e (c, t, x, y, z)")
    started = time.perf_counter()
    found = store.execute(
        f"""
        select a.i, count(*) from e a cross join shift cross join e b
          on b.c = a.c + shift.by and b.t <= a.t and b.t > a.t - {SECONDS}
         and (a.x-b.x)*(a.x-b.x) + (a.y-b.y)*(a.y-b.y) + (a.z-b.z)*(a.z-b.z) <= {RADIUS_M**2}
        group by a.i having count(*) >= {LEAST} order by a.i
        """
    ).fetchall()
    taken = time.perf_counter() - started
    pairs = np.array(found, np.int64).reshape(-1, 2)
    return taken, pairs[:, 0], pairs[:, 1]


ENGINES: dict[str, tuple[Callable[[dict[str, np.ndarray]], Answer], str | None, bool]] = {
    "Truceline, one thread": (ours, None, False),
    "Truceline, two threads": (ours_two_threads, None, False),
    "scikit-learn BallTree per pair of days": (ball_tree, "sklearn", False),
    "DuckDB, day bucket and R squares, two threads": (duckdb_join, "duckdb", False),
    "SQLite, index by cell and time": (sqlite_join, None, True),
}


# ---- running and printing --------------------------------------------------------------------------------


def _serve(name: str, path: str, rounds: int, pipe: Connection) -> None:
    held = dict(np.load(path))
    answers = [ENGINES[name][0](held) for _ in range(rounds)]
    seconds, (_, anchors, counts) = min(a[0] for a in answers), answers[-1]
    said = hashlib.sha256(anchors.tobytes() + counts.tobytes()).hexdigest()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    pipe.send((seconds, len(anchors), int(counts.sum()), said, peak_mb))


def table(events: int, rounds: int, slow: bool) -> None:
    held = history(events)
    brute = by_brute_force(held)
    spawn = multiprocessing.get_context("spawn")
    print(f"{events:,} reports, {len(brute)} probes by brute force, best of {rounds}")
    print(f"{'engine':46}{'seconds':>9}{'reports/s':>13}{'peak MB':>9}{'hits':>9}")
    said: dict[str, tuple[float, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.npz"
        np.savez(path, **held)
        for name, (_, needs, is_slow) in ENGINES.items():
            if is_slow and not slow:
                continue
            if needs and find_spec(needs) is None:
                print(f"{name:46} left out: {needs} is not installed")
                continue
            here, there = spawn.Pipe()
            process = spawn.Process(target=_serve, args=(name, str(path), 1 if is_slow else rounds, there))
            process.start()
            there.close()
            seconds, hits, _, digest, peak_mb = here.recv()
            process.join()
            said[name] = (seconds, digest)
            print(f"{name:46}{seconds:9.3f}{events / seconds:13,.0f}{peak_mb:9,}{hits:9,}")
    hits = batch.hits_of_count(ASKS, columns(held))
    counted = dict(zip(hits.anchor.tolist(), hits.n.tolist(), strict=True))
    wrong = [i for i, n in brute.items() if counted.get(i, 0) != (n if n >= LEAST else 0)]
    if wrong or len({digest for _, digest in said.values()}) != 1:
        sys.exit("the engines do not agree")
    print("all of them answer the same anchors with the same counts, and so does brute force")
    peers = [seconds for name, (seconds, _) in said.items() if not name.startswith("Truceline")]
    for name, (seconds, _) in said.items():
        if peers and name.startswith("Truceline"):
            print(f"{name}: {min(peers) / seconds:.1f} times the best peer")


def by_brute_force(held: dict[str, np.ndarray], probes: int = 300) -> dict[int, int]:
    """The count of some anchors, over every report there is; a third are chosen where it is busy."""
    rng, t = np.random.default_rng(1), held["t"]
    busy = np.argsort(np.searchsorted(t, t) - np.searchsorted(t, t - 3600))[-max(len(t) // 50, 1) :]
    counts = {}
    for i in {*rng.integers(0, len(t), probes).tolist(), *rng.choice(busy, probes // 3).tolist()}:
        near = (t <= t[i]) & (t > t[i] - SECONDS)
        near &= sum((held[a] - held[a][i]) ** 2 for a in "xyz") <= RADIUS_M**2
        counts[i] = int(near.sum())
    return counts


def stream(millions: int) -> None:
    """Millions of reports, a million at a time: each made, judged and let go."""
    seconds = {"making": 0.0, "judging": 0.0}
    span = -(-1_000_000 * SECONDS // PER_DAY)
    # A few different millions, again and again at later times, so that making them is not what is timed.
    made = [history(1_000_000, seed) for seed in range(4)]

    def pieces() -> Iterator[batch.Columns]:
        for number in range(millions):
            started = time.perf_counter()
            piece = columns(made[number % len(made)], number * (span + 1))
            seconds["making"] += time.perf_counter() - started
            yield piece

    started, cpu, hits = time.perf_counter(), time.process_time(), 0
    for found in batch.hits_in_stream(ASKS, pieces(), workers=1):
        hits += len(found.n)
    taken = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{millions},000,000 reports in {taken:.1f} s ({time.process_time() - cpu:.1f} s of one core, of it "
        f"{seconds['making']:.1f} s making them), {millions * 1e6 / taken:,.0f} reports/s, {hits:,} hits, "
        f"peak {peak_mb:,} MB"
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--events", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--slow", action="store_true", help="also the peers that take minutes")
    asked.add_argument("--stream", type=int, metavar="MILLIONS", help="so many millions in bounded memory")
    said = asked.parse_args()
    if said.stream:
        stream(said.stream)
    else:
        table(said.events, said.rounds, said.slow)


if __name__ == "__main__":
    main()
