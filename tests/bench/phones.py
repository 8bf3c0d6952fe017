"""What the server's half of the phones costs: `PYTHONPATH=. python tests/bench/phones.py`. Prints figures.

On SQLite, in one process, over the test client: everything but the network.
"""

import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "ground"))

from alembic import command as alembic
from cast_of_people import cast_member
from field_report import field_report
from signing_phone import SigningPhone, enrolled, seal

import wsgi
from monitor.cli import migrations
from monitor.clock import StoppedClock
from monitor.db.session import Store
from monitor.door import App
from monitor.keys import load_keys, make_keys
from monitor.log.service import sign_head
from monitor.sealing import open_item
from monitor.settings import load_settings
from monitor.storage import Storage

REPORTS = 2_000


def milliseconds(work: Callable[[], Any], times: int) -> str:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1_000)
    taken.sort()
    return f"p50 {statistics.median(taken):.1f} ms, p95 {taken[int(len(taken) * 0.95)]:.1f} ms"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = load_settings({}, data_dir=folder)
        alembic.upgrade(migrations(settings), "head")
        make_keys(folder / "keys")
        clock = StoppedClock(dt.datetime(2022, 9, 13, 8, 0, tzinfo=dt.UTC))
        parts = App(
            settings, Store(settings.store_url), clock, load_keys(folder / "keys"), Storage(folder / "media")
        )
        mission, phone = parts.keys.mission.public_key(), SigningPhone()
        with parts.transaction() as door:
            token = enrolled(door, phone, cast_member(door, "monitor"))
        web = wsgi.create_app(parts=parts).test_client()
        web.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        ids: list[str] = []

        def post() -> None:
            body = field_report()
            ids.append(body["observation_id"])
            item = seal(mission, phone.package(body), ids[-1], "r1")
            answer = web.post(
                "/api/v1/observations",
                data=item,
                content_type="application/vnd.truceline.sealed.v1",
                headers={"X-Observation-Id": ids[-1], "X-Revision-No": "1"},
            )
            assert answer.status_code == 201, answer.json

        print(f"sealed, signed report, {REPORTS} of them:", milliseconds(post, REPORTS))
        with parts.transaction() as door:
            sign_head(door)
        batch = {"ids": [f"{one}/1" for one in ids[-50:]]}
        print(
            "50 receipts with proofs:",
            milliseconds(lambda: web.post("/api/v1/receipts:batch", json=batch), 40),
        )
        print("one receipt with proof:", milliseconds(lambda: web.get(f"/api/v1/receipts/{ids[-1]}/1"), 100))
        print("questions, none open:", milliseconds(lambda: web.get("/api/v1/questions"), 40))
        item = seal(mission, os.urandom(3_000_000), ids[0], "x")
        print(
            "opening a sealed 3 MB photo:",
            milliseconds(lambda: open_item(parts.keys.mission, item, ids[0], "x"), 20),
        )
        parts.close()


if __name__ == "__main__":
    main()
