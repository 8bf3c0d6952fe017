"""A mission as it is really served: web and worker as processes, on a fresh store and the real clock.

For measuring; tests of behaviour stand on `live_server`, whose clock does not move.
"""

import datetime as dt
import http.client
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from cast_of_people import cast_member, device_token, signed_in
from field_report import field_report

from monitor.clock import wall_now
from monitor.door import App
from monitor.keys import make_keys
from monitor.mission.service import load_mission
from monitor.opening import open_app
from monitor.settings import load_settings

ROOT = Path(__file__).parents[2]
EXERCISE = ROOT / "reports" / "exercise" / "data"
# Where and what the reports of a busy day say: all over the area, of several kinds and weights.
SPREAD = ((44.9, 46.5), (39.1, 41.1))
HEARD = (
    ("explosion", {"assessment": "undetermined", "weapon": "n_k"}),
    ("shot", {"assessment": "undetermined", "weapon": "small_arms"}),
    ("burst", {"assessment": "undetermined", "weapon": "hmg"}),
)


class ServedMission:
    """Starts on entering, ends its processes on leaving. `threads` of the web as in `web_threads`."""

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        given: dict[str, Any] = {"data_dir": folder, "port": self.port, "log_level": "error"}
        if threads:
            given["web_threads"] = threads
        self.settings = load_settings({}, **given)
        self.url = self.settings.origin
        self._folder = folder
        self._env = os.environ | {
            "PYTHONPATH": str(ROOT),
            **{f"TRUCELINE_{name.upper()}": str(value) for name, value in given.items()},
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "ServedMission":
        from conftest import migrate

        migrate(self.settings.store_url)
        make_keys(self.settings.keys_dir)
        self.parts: App = open_app(self.settings)
        with self.parts.transaction() as door:
            load_mission(door.session, _lasting_now(self._folder), door.now)
        for name in ("web", "worker"):
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-c", f"import wsgi; wsgi.main(['{name}'])"], env=self._env, cwd=ROOT
            )
        ends = time.monotonic() + 120
        while not self._answers():
            if time.monotonic() > ends:
                self.__exit__()
                raise TimeoutError("the web does not start")
            time.sleep(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
        self.parts.close()

    def _answers(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request("GET", "/sign-in")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def cookie(self, role: str, which: str = "first") -> tuple[str, str]:
        """The cookie of a signed-in person and the token of their pages."""
        with self.parts.transaction() as door:
            return signed_in(door, cast_member(door, role, which))

    def token(self) -> str:
        """The token of a monitor's phone."""
        with self.parts.transaction() as door:
            return device_token(door, cast_member(door, "monitor"))

    def memory_mb(self, name: str) -> float:
        """What `web` or `worker` holds in memory, with the processes that it started."""
        return sum(_held_kb(pid) for pid in _family(self._processes[name].pid)) / 1024

    def cpu_s(self, name: str) -> float:
        """The processor time that it has used so far."""
        ticks = os.sysconf("SC_CLK_TCK")
        return sum(_ticks(pid) for pid in _family(self._processes[name].pid)) / ticks


def a_report(chance: random.Random, spread_h: float = 20.0) -> dict[str, Any]:
    """A report of the last hours from anywhere in the area, as a phone would send it now."""
    now = wall_now()
    start = now - dt.timedelta(hours=chance.random() * spread_h)
    kind, fields = chance.choice(HEARD)
    number = chance.choice((1, 1, 2, 3, 5))
    stood = {"lon": chance.uniform(*SPREAD[0]), "lat": chance.uniform(*SPREAD[1])}
    return field_report(
        captured_at=now.isoformat(),
        type=kind,
        fields=fields,
        time={"start": start.isoformat(), "end": None, "precision": "T2", "basis": "estimate"},
        observer=stood | {"accuracy_m": 12, "method": "gnss"},
        count={"min": number, "best": number, "max": number, "qualifier": "exact"},
    )


def _lasting_now(folder: Path) -> Path:
    """The exercise's mission, as if it were under way today."""
    there = folder / "mission"
    shutil.copytree(EXERCISE, there)
    text = (there / "mission.yaml").read_text()
    for name, days in (("starts_at", -20), ("ends_at", 20)):
        moment = (wall_now() + dt.timedelta(days=days)).isoformat(timespec="seconds")
        text = re.sub(rf"(?m)^{name}: .*$", f'{name}: "{moment}"', text)
    (there / "mission.yaml").write_text(text)
    return there


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _family(int(child))
    return found


def _held_kb(pid: int) -> int:
    held = re.search(r"(?m)^RssAnon:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(held[1]) if held else 0


def _ticks(pid: int) -> int:
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(after_name[11]) + int(after_name[12])
