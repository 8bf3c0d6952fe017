import datetime as dt
import fcntl
import shutil
import threading

import pytest
from sqlalchemy import text

from monitor.db.base import UTCDateTime
from monitor.db.engine import wal_is_safe
from monitor.db.session import Store
from monitor.demo_clock import read_anchor, set_demo_clock


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_write_ahead_logging_is_used_only_where_its_bug_is_mended(version, is_safe):
    assert wal_is_safe(version) == is_safe


def test_every_sqlite_connection_is_durable_and_keeps_its_references(store):
    if not store.is_sqlite:
        return
    with store.engine.connect() as one, store.engine.connect() as two:
        for connection in (one, two):
            found = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
            assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_many_writers_at_once_lose_no_update(store):
    with store.transaction() as session:
        session.execute(text("CREATE TABLE tally (n INTEGER NOT NULL)"))
        session.execute(text("INSERT INTO tally VALUES (0)"))

    def count():
        for _ in range(20):
            with store.transaction() as session:
                reading = "SELECT n FROM tally" if store.is_sqlite else "SELECT n FROM tally FOR UPDATE"
                number = session.execute(text(reading)).scalar()
                session.execute(text("UPDATE tally SET n = :n"), {"n": number + 1})

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.transaction() as session:
        assert session.execute(text("SELECT n FROM tally")).scalar() == 120
        session.execute(text("DROP TABLE tally"))


def test_a_writer_of_another_process_waits_for_its_turn(sqlite_template, folder):
    path = shutil.copyfile(sqlite_template, folder / "truceline.db")
    url = f"sqlite:///{path}"
    web, worker = Store(url), Store(url)
    order = []

    def write():
        with worker.transaction():
            order.append("worker")

    waiting = threading.Thread(target=write)
    with web.transaction():
        waiting.start()
        with pytest.raises(BlockingIOError), (folder / "truceline.db-writer").open("ab") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        order.append("web")
    waiting.join()
    assert order == ["web", "worker"]
    web.close()
    worker.close()


def test_a_time_without_its_zone_is_refused(door):
    naive = dt.datetime(2022, 9, 13)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="zone"):
        UTCDateTime().process_bind_param(naive, door.session.get_bind().dialect)


def test_a_time_comes_back_as_the_same_instant(door):
    at = dt.datetime(2022, 9, 13, 19, 30, tzinfo=dt.timezone(dt.timedelta(hours=4)))
    set_demo_clock(door.session, at, 60.0)
    door.session.flush()
    door.session.expire_all()
    assert read_anchor(door.session).mission == at
