"""`truceline doctor`: looks at everything a mission stands on and says what to mend. It changes nothing.

It runs on a machine where nothing works yet: a check whose ground is missing is left out, since the check
of that ground has said so already.
"""

import datetime as dt
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from monitor.clock import wall_now
from monitor.db.engine import sqlite_library, wal_is_safe
from monitor.db.session import Store
from monitor.demo_clock import read_anchor
from monitor.jobs.queries import jobs_that_failed, leader
from monitor.keys import KeysError, load_keys
from monitor.outbox import OutboxEvent, OutboxFailure
from monitor.places.tiles import NotTiles, tile_file
from monitor.settings import Settings, SettingsError, load_settings

HEAD_FILE = Path(__file__).parents[1] / "migrations" / "HEAD"
OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRESQL = 15
# A machine whose clock shows less than this has lost it, as one does with an empty battery.
EARLIEST_BELIEVABLE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
CLOCKS_AGREE = dt.timedelta(seconds=2)
DISK_NEEDED = 1 << 30
DISK_TIGHT = 5 << 30

Level = Literal["good", "note", "wrong"]
MARKS: dict[Level, str] = {"good": "  ok ", "note": "note ", "wrong": "WRONG"}


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and for what is wrong the one thing to do."""

    about: str
    level: Level
    says: str
    mend: str = ""


Check = Callable[[], Iterable[Finding]]


def examine(settings: Settings | None, more: Sequence[Check] = ()) -> Iterator[Finding]:
    """Every finding, from the ground up."""
    yield python()
    if settings is None or make_url(settings.store_url).get_backend_name() == "sqlite":
        yield sqlite()
    if settings:
        yield keys(settings.keys_dir)
        yield disk(settings.data_dir)
        yield from base_map(settings.basemap_file)
        yield from store(settings)
    yield machine_clock(wall_now())
    for check in more:
        yield from check()


def python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Finding("python", "wrong", f"{found} is too old", "Install Python 3.11 or newer.")
    return Finding("python", "good", found)


def sqlite() -> Finding:
    library = sqlite_library()
    if wal_is_safe(library.sqlite_version_info):
        return Finding("sqlite", "good", f"{library.sqlite_version}, safe in WAL mode")
    return Finding(
        "sqlite",
        "wrong",
        f"{library.sqlite_version} may lose committed reports in WAL mode; the slower TRUNCATE mode is used",
        "pip install pysqlite3",
    )


def keys(directory: Path) -> Finding:
    """The mission's secrets are all there, readable, and by their owner only."""
    try:
        load_keys(directory)
    except KeysError as error:
        return Finding("keys", "wrong", str(error), "See above; a lost key is restored from its copy.")
    return Finding("keys", "good", f"4 in {directory}, open to their owner only")


def base_map(path: Path | None) -> Iterator[Finding]:
    """Where the operator named a file of tiles: whether the room can use it."""
    if path is None:
        return
    try:
        found = tile_file(path)
    except NotTiles as problem:
        yield Finding("base map", "wrong", str(problem), "Mend the file or leave TRUCELINE_BASEMAP_FILE out.")
        return
    zooms = f"zoom {found.min_zoom} to {found.max_zoom}"
    if not found.attribution:
        yield Finding("base map", "note", f"{path}, {zooms}; it names no source, which most licences ask for")
    else:
        yield Finding("base map", "good", f"{path}, {zooms}, {found.attribution}")


def disk(directory: Path) -> Finding:
    existing = next(path for path in (directory.resolve(), *directory.resolve().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    says = f"{free / (1 << 30):.1f} GiB free at {existing}"
    if free < DISK_NEEDED:
        return Finding("disk", "wrong", says, "Make room, or move data_dir to a larger disk.")
    return Finding("disk", "note" if free < DISK_TIGHT else "good", says)


def machine_clock(wall: dt.datetime) -> Finding:
    says = f"{wall:%Y-%m-%d %H:%M:%S} UTC"
    if wall < EARLIEST_BELIEVABLE:
        return Finding("clock", "wrong", f"{says} lies in the past", "Set the machine's clock.")
    return Finding("clock", "good", says)


def store(settings: Settings) -> Iterator[Finding]:
    """Reachable, of a version we can use, with our tables at the head, and a worker at work."""
    address = make_url(settings.store_url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        yield Finding("store", "wrong", f"{address.database} is not there", "truceline init")
        return
    opened = Store(settings.store_url)
    try:
        with opened.reading() as session:
            yield _reachable(session, opened.is_sqlite, address.render_as_string(hide_password=True))
            tables = _tables(session)
            yield tables
            if tables.level == "good":
                yield _clock_of_store(session, opened.is_sqlite)
                yield _worker(session, wall_now())
                yield from _left_undone(session)
    except (SQLAlchemyError, OSError) as error:
        name = type(error).__name__
        yield Finding(
            "store",
            "wrong",
            f"{address.render_as_string(hide_password=True)} cannot be reached ({name})",
            "Start the database, or mend database_url.",
        )
    finally:
        opened.close()


def _reachable(session: Session, is_sqlite: bool, address: str) -> Finding:
    if is_sqlite:
        journal = session.scalar(text("PRAGMA journal_mode"))
        return Finding("store", "good", f"{address}, journal mode {journal}")
    major = int(session.scalar(text("SHOW server_version_num")) or 0) // 10_000
    if major < OLDEST_POSTGRESQL:
        return Finding("store", "wrong", f"PostgreSQL {major} is too old", "Use PostgreSQL 15 or newer.")
    return Finding("store", "good", f"{address}, PostgreSQL {major}")


def _tables(session: Session) -> Finding:
    wanted = HEAD_FILE.read_text(encoding="utf-8").strip()
    found = MigrationContext.configure(session.connection()).get_current_revision()
    if found == wanted:
        return Finding("tables", "good", f"at {wanted}")
    return Finding("tables", "wrong", f"at {found or 'nothing'}, wanted {wanted}", "truceline init")


def _clock_of_store(session: Session, is_sqlite: bool) -> Finding:
    """Clocks of two machines agree; on one machine, nothing was written in the future."""
    wall = wall_now()
    if not is_sqlite:
        apart = abs(session.execute(select(func.clock_timestamp())).scalar_one() - wall)
        if apart > CLOCKS_AGREE:
            says = f"the database's clock is {apart.total_seconds():.0f} s off ours"
            return Finding("store clock", "wrong", says, "Set both by the same time server.")
        return Finding("store clock", "good", "agrees with ours")
    if read_anchor(session):
        return Finding("store clock", "note", "an exercise's clock runs in this store")
    newest = session.scalar(select(func.max(OutboxEvent.recorded_at)))
    if newest and newest > wall + CLOCKS_AGREE:
        says = f"the newest event is of {newest:%Y-%m-%d %H:%M} UTC, which is yet to come"
        return Finding("store clock", "wrong", says, "Set the machine's clock forward to the right time.")
    return Finding("store clock", "good", "nothing was written in the future")


def _worker(session: Session, wall: dt.datetime) -> Finding:
    leads = leader(session)
    if leads is None:
        return Finding("worker", "note", "none has run yet; `truceline run` or `truceline worker` starts one")
    holder, expires_at = leads
    if expires_at > wall:
        return Finding("worker", "good", f"{holder} leads")
    says = f"{holder} fell silent at {expires_at:%Y-%m-%d %H:%M} UTC; no summary will be drafted"
    return Finding("worker", "wrong", says, "truceline run, or truceline worker beside the web")


def _left_undone(session: Session) -> Iterator[Finding]:
    stuck = session.execute(
        select(OutboxFailure.subscriber, func.count(), func.min(OutboxFailure.event_id))
        .group_by(OutboxFailure.subscriber)
        .order_by(OutboxFailure.subscriber)
    ).all()
    for subscriber, number, first in stuck:
        says = f"{subscriber} could not handle {number} events, the first of them {first}"
        yield Finding("outbox", "wrong", says, "See table outbox_failure for the errors, and report them.")
    for job in jobs_that_failed(session):
        yield Finding("jobs", "wrong", f"{job} failed last time", "See table job_run for the error.")


def told(finding: Finding) -> str:
    """A finding as lines for a terminal."""
    mend = f"\n         mend: {finding.mend}" if finding.level == "wrong" and finding.mend else ""
    return f"{MARKS[finding.level]} {finding.about}: {finding.says}{mend}"


@click.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Look at store, clock, keys, fonts, disk and worker; say what to mend. Exits 1 if there is anything."""
    findings: list[Finding] = []
    settings = None
    try:
        settings = load_settings()
    except SettingsError as error:
        findings.append(Finding("settings", "wrong", str(error), "See docs/settings.md."))
    findings.extend(examine(settings, context.obj["checks"]))
    for finding in findings:
        click.echo(told(finding))
    wrong = sum(finding.level == "wrong" for finding in findings)
    click.echo("All is well." if not wrong else f"{wrong} to mend.")
    context.exit(1 if wrong else 0)
