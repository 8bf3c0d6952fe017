"""One rule, said once, on stores of other people: DuckDB, PostgreSQL and Spark, with equal hits.

    python tests/bench/rules_sql.py                     100,000 reports on every store that is here
    python tests/bench/rules_sql.py --events 1000000 --stores duckdb

Spark needs Java 17 and the extra [bench]; PostgreSQL its server programs. A store that is not here is
named as left out. Loading is not timed.
"""

import argparse
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from rules_backtest import ASKS, LEAST, RADIUS_M, columns, history

from incidents.rules import batch, sql
from incidents.rules.loader import load_rule

RULE = load_rule(
    f"""
id: E90-cluster
version: 1
status: shadow
title: t
says: s
article: a
kind: count
where: [{{field: category, is: CFV}}]
key: sector
window: 24h
least: {LEAST}
radius_m: {RADIUS_M}
distinct: observation
group: link
join_within: 24h
resolve_after: never
severity: [{{level: 2}}]
""",
    "cluster.yaml",
)


def table(held: dict[str, np.ndarray]) -> pa.Table:
    n = len(held["t"])
    end = held["t"] * 1_000_000
    known: dict[str, Any] = {
        "observation_id": [f"{i:09}" for i in range(n)],
        "category": ["CFV"] * n,
        "type": ["shot"] * n,
        "key": ["S1"] * n,
        "source": ["T1"] * n,
        "weight": np.ones(n, np.int64),
        "counted": np.ones(n, bool),
        "t_start": end,
        "t_end": end,
        **{axis: held[axis].astype(np.int64) for axis in "xyz"},
    }
    arrays = [
        pa.array(known[field.name], field.type) if field.name in known else pa.nulls(n, field.type)
        for field in sql.COLUMNS
    ]
    return pa.Table.from_arrays(arrays, schema=sql.COLUMNS)


def on_duckdb(facts: pa.Table) -> Any:
    return ibis.duckdb.connect().create_table("facts", facts)


def on_postgresql(facts: pa.Table) -> Any:
    sys.path.append(str(Path(__file__).parent.parent / "ground"))
    from postgres_cluster import MISSING, PostgresCluster, server_binaries

    binaries = server_binaries()
    if binaries is None:
        raise LookupError(MISSING)
    cluster = PostgresCluster(binaries)
    CLOSING.append(cluster.close)
    store = ibis.connect(cluster.make_database("warehouse"))
    held = store.create_table("facts", schema=ibis.Schema.from_pyarrow(sql.COLUMNS))
    copy = ", ".join(sql.COLUMNS.names)
    with store.con.cursor() as cursor, cursor.copy(f"copy facts ({copy}) from stdin") as rows:
        for row in zip(*(facts[name].to_pylist() for name in sql.COLUMNS.names), strict=True):
            rows.write_row(row)
    with store.con.cursor() as cursor:
        cursor.execute("analyze facts")
    store.con.commit()
    return held


def on_spark(facts: pa.Table) -> Any:
    if find_spec("pyspark") is None:
        raise LookupError("pyspark is not installed")
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.driver.memory", "4g")
        .config("spark.sql.execution.arrow.pyspark.enabled", "true")
        .getOrCreate()
    )
    CLOSING.append(session.stop)
    session.createDataFrame(facts).cache().createOrReplaceTempView("facts")
    session.sql("select count(*) from facts").collect()
    return ibis.pyspark.connect(session).table("facts")


STORES: dict[str, Callable[[pa.Table], Any]] = {
    "duckdb": on_duckdb,
    "postgresql": on_postgresql,
    "spark": on_spark,
}
CLOSING: list[Callable[[], object]] = []


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--events", type=int, default=100_000)
    asked.add_argument("--stores", nargs="*", choices=tuple(STORES), default=list(STORES))
    said = asked.parse_args()
    held = history(said.events)
    started = time.perf_counter()
    hits = batch.hits_of_count(ASKS, columns(held))
    seconds = time.perf_counter() - started
    expected = dict(zip(hits.anchor.tolist(), hits.n.tolist(), strict=True))
    print(f"{'store':14}{'seconds':>9}{'reports/s':>13}{'hits':>9}")
    print(f"{'batch':14}{seconds:9.2f}{said.events / seconds:13,.0f}{len(expected):9,}")
    facts = table(held)
    for name in said.stores:
        try:
            loaded = STORES[name](facts)
        except LookupError as why:
            print(f"{name:14} left out: {why}")
            continue
        started = time.perf_counter()
        rows = sql.count_hits(RULE, loaded).to_pyarrow()
        seconds = time.perf_counter() - started
        found = dict(zip(map(int, rows["observation_id"].to_pylist()), rows["n"].to_pylist(), strict=True))
        print(f"{name:14}{seconds:9.2f}{said.events / seconds:13,.0f}{len(found):9,}")
        if found != expected:
            sys.exit(f"{name} does not agree")
    print("all of them answer the same anchors with the same counts")
    for close in CLOSING:
        close()


if __name__ == "__main__":
    main()
