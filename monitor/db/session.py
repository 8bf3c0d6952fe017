"""The transaction: opened and committed by the three doors (unsafe HTTP verbs, jobs, commands) only."""

import fcntl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from monitor.db.engine import make_engine

SEQUENCE_LOCK = 7_402_310_881


class WriterQueue:
    """Lets one writer in at a time, in the order they came, also where web and worker are two processes.

    SQLite has one writer anyway; its own busy wait is unfair. It starves some of many threads, and a web that
    waits beside a worker which writes again and again was refused after 15 s ("database is locked").
    """

    def __init__(self, lock_file: Path | None = None) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._lock_file = lock_file

    @contextmanager
    def turn(self) -> Iterator[None]:
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            self._changed.wait_for(lambda: self._waiting[0] is ticket)
        try:
            with self._turn_among_processes():
                yield
        finally:
            with self._changed:
                self._waiting.popleft()
                self._changed.notify_all()

    @contextmanager
    def _turn_among_processes(self) -> Iterator[None]:
        """The kernel's queue for a lock on a file beside the store; whoever dies lets go of it."""
        if self._lock_file is None:
            yield
            return
        with self._lock_file.open("ab") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield


class Store:
    """The database behind the doors. `committed` is set after each commit by this process."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.committed = threading.Event()
        self._writer = self.engine.execution_options(writing=True)
        self._queue = WriterQueue(_beside(self.engine.url.database) if self.is_sqlite else None)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block ends well and rolls back when it does not."""
        with (
            self._queue.turn() if self.is_sqlite else nullcontext(),
            Session(self._writer, expire_on_commit=False) as session,
        ):
            yield session
            session.commit()
        self.committed.set()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment and changes nothing."""
        with Session(self.engine, expire_on_commit=False) as session:
            if not self.is_sqlite:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session
            session.rollback()

    def close(self) -> None:
        self.engine.dispose()


def _beside(database: str | None) -> Path | None:
    """The lock file of a store that is a file; None for one in memory."""
    return Path(f"{database}-writer") if database and database != ":memory:" else None


def take_sequence(session: Session) -> None:
    """From here to the commit this transaction alone gives out sequence numbers.

    Readers of the outbox and of the log go by number; a number given early and committed late would
    be stepped over. SQLite has a single writer, so only PostgreSQL needs the lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEQUENCE_LOCK})
