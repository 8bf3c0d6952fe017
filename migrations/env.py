"""Alembic's environment: one history for SQLite and PostgreSQL, with every package's tables."""

import importlib
import pkgutil
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, event

import incidents
import monitor
import reports
from monitor.db.base import Base, UTCDateTime
from monitor.db.engine import make_engine


def load_tables() -> None:
    """Imports every module that declares tables, so that the metadata is whole."""
    for package in (monitor, incidents, reports):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if module.name.endswith(".model") or module.name in TABLES_ELSEWHERE:
                importlib.import_module(module.name)


TABLES_ELSEWHERE = {"monitor.vault", "monitor.outbox", "monitor.audit", "monitor.demo_clock"}


def written(kind: str, value: Any, autogen: AutogenContext) -> str | Literal[False]:
    """How a new revision writes our own column types, so that old revisions never import today's code."""
    if kind == "type" and isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, JSON):
        return "sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=written,
    )
    with context.begin_transaction():
        context.run_migrations()


load_tables()
given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = make_engine(context.config.attributes["url"])
    is_sqlite = engine.dialect.name == "sqlite"
    if is_sqlite:
        # SQLite changes a table by copying it and dropping the old one; rows that point at it would forbid
        # the drop. What points nowhere after the change is found below, before anything is kept.
        event.listen(engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA foreign_keys=OFF"))
    with engine.execution_options(writing=True).connect() as connection:
        run(connection)
        if is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"rows of {sorted({row[0] for row in broken})} point at rows that are gone")
        connection.commit()
    engine.dispose()
