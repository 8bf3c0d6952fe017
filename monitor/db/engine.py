"""Engines for the two stores we run on, with the settings that keep an acknowledged report safe.

SQLite before 3.51.3 (3.50.7, 3.44.6) may lose committed writes in WAL mode when two connections
checkpoint at the same instant; the `pysqlite3` wheel carries a fixed library. Where it is absent the
stock library is used without WAL, and we say so loudly.
"""

import importlib
import sqlite3
from types import ModuleType

import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

log = structlog.get_logger(__name__)

BUSY_TIMEOUT_MS = 15_000
FIXED_BRANCHES = {(3, 44): 6, (3, 50): 7}


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the WAL-reset fix (3.51.3, or 3.50.7 and 3.44.6 on their branches)."""
    return version >= (3, 51, 3) or version[2] >= FIXED_BRANCHES.get((version[0], version[1]), 1_000)


def sqlite_library() -> ModuleType:
    """The newest SQLite we can load: the `pysqlite3` wheel, else Python's own."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def make_engine(url: str) -> Engine:
    """An engine for `url`; SQLite ones read their pragmas back on every connection."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return create_engine(url, pool_size=10, max_overflow=30, pool_pre_ping=True)


def _sqlite_engine(url: str) -> Engine:
    library = sqlite_library()
    journal = "wal" if wal_is_safe(library.sqlite_version_info) else "truncate"
    if journal != "wal":
        log.warning("sqlite.without_wal", version=library.sqlite_version, mend="pip install pysqlite3")
    engine = create_engine(url, module=library, pool_size=20, max_overflow=400, pool_timeout=30)
    wanted = {
        "journal_mode": journal,
        "synchronous": 2,  # FULL: NORMAL loses acknowledged rows at a power cut
        "foreign_keys": 1,
        "busy_timeout": BUSY_TIMEOUT_MS,
    }

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in ("busy_timeout", "journal_mode", "synchronous", "foreign_keys"):
            connection.execute(f"PRAGMA {pragma}={wanted[pragma]}")
        found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
        if found != wanted:
            raise RuntimeError(f"SQLite did not take its settings: wanted {wanted}, found {found}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its lock first: two deferred transactions that both read and then write
        # would end in "database is locked", or lose an update.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
