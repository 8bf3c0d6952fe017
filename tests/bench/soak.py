"""Whether a long shift leaves memory flat: `python tests/bench/soak.py [--minutes 30] [--rate 10]`.

A mission is served for real; `rate` reports a second come in over the API, an officer accepts every second
one, and the room stands open in Chromium all the while. Printed are, through the run, what browser, web and
worker hold in memory, the elements of the page, and how many reports it does not show yet. Ends with 1 where
memory grew by more than the reports themselves need, or where something is missing on the screen.
"""

import argparse
import http.client
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "ground")]

import conftest as ground  # noqa: E402
from served_mission import ServedMission, a_report  # noqa: E402

from incidents.rules.service import HEARS  # noqa: E402
from monitor.outbox import behind_since  # noqa: E402

SAMPLES = 24
# What a report may cost for good, and what may come and go besides.
MOST_BYTES_A_REPORT = {"browser": 1_500, "web": 3_000, "worker": 3_000}
COMES_AND_GOES_MB = {"browser": 6.0, "web": 60.0, "worker": 60.0}


@dataclass
class Sample:
    """What was held at a moment of the run, in MB, with so many reports in."""

    minute: float
    reports: int
    browser: float
    web: float
    worker: float
    elements: int
    is_live: bool
    shown_behind: int


PHONES = 4


@dataclass
class Filing:
    """Several phones that file at a steady rate together; an officer accepts every second report of each."""

    mission: ServedMission
    rate: float
    seconds: float
    filed: int = 0
    accepted: int = 0
    took_ms: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._token = self.mission.token()
        self._cookie, self._csrf = self.mission.cookie("verification_officer")
        self._counting = threading.Lock()
        self._threads = [threading.Thread(target=self._file, args=[i], daemon=True) for i in range(PHONES)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _file(self, number: int) -> None:
        phone = http.client.HTTPConnection("127.0.0.1", self.mission.port, timeout=60)
        desk = http.client.HTTPConnection("127.0.0.1", self.mission.port, timeout=60)
        chance = random.Random(number)
        began, mine = time.monotonic(), 0
        while (late := time.monotonic() - began) < self.seconds:
            ahead = mine * PHONES / self.rate - late
            if ahead > 0:
                time.sleep(ahead)
            body = a_report(chance)
            sent = time.monotonic()
            self._post(phone, "/api/v1/observations", body, {"Authorization": f"Bearer {self._token}"})
            mine += 1
            with self._counting:
                self.took_ms.append((time.monotonic() - sent) * 1000)
                self.filed += 1
                self.accepted += mine % 2 == 0
            if mine % 2 == 0:
                self._post(
                    desk,
                    f"/api/v1/observations/{body['observation_id']}/review",
                    {"verdict": "accepted", "comment": ""},
                    {"Cookie": f"truceline={self._cookie}", "X-CSRF-Token": self._csrf},
                )

    def _post(self, line: http.client.HTTPConnection, path: str, body: Any, headers: dict[str, str]) -> None:
        try:
            line.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
            answer = line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as lost:
            # A kept connection that the server closed meanwhile: the same report again is one report.
            line.close()
            line.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
            answer = line.getresponse()
            content = answer.read()
            if answer.status >= 300:
                self.refused.append(f"{lost}, then {answer.status}")
            return
        if answer.status >= 300:
            self.refused.append(f"{answer.status} {content[:200]!r}")


def sample(mission: ServedMission, filing: Filing, page: Page, wire: CDPSession, minute: float) -> Sample:
    wire.send("HeapProfiler.collectGarbage")
    heap = wire.send("Runtime.getHeapUsage")["usedSize"] / 2**20
    elements = page.evaluate("document.getElementsByTagName('*').length")
    shown = page.evaluate("Number(document.getElementById('count-review').textContent)")
    return Sample(
        minute=minute,
        reports=filing.filed,
        browser=heap,
        web=mission.memory_mb("web"),
        worker=mission.memory_mb("worker"),
        elements=elements,
        is_live=page.get_attribute("#freshness", "data-state") == "live",
        shown_behind=filing.filed - filing.accepted - shown,
    )


def soak(minutes: float, rate: float) -> list[str]:
    """Runs it and answers what was wrong."""
    with tempfile.TemporaryDirectory() as name, ServedMission(Path(name)) as mission:
        filing = Filing(mission, rate, minutes * 60)
        cookie, _ = mission.cookie("duty_officer")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=ground.BROWSER_FLAGS
            )
            context = browser.new_context(base_url=mission.url, viewport={"width": 1920, "height": 1080})
            context.add_cookies([{"name": "truceline", "value": cookie, "url": mission.url}])
            page = context.new_page()
            faults: list[str] = []
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.goto("/desk")
            page.wait_for_selector("body[data-ready=yes]")
            wire = context.new_cdp_session(page)
            filing.start()
            began = time.monotonic()
            taken: list[Sample] = []
            heads = (
                "minute",
                "reports",
                "browser MB",
                "web MB",
                "worker MB",
                "elements",
                "live",
                "not shown",
            )
            print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
            for step in range(1, SAMPLES + 1):
                page.wait_for_timeout(max(0, began + step * minutes * 60 / SAMPLES - time.monotonic()) * 1000)
                one = sample(mission, filing, page, wire, (time.monotonic() - began) / 60)
                taken.append(one)
                print(
                    f"| {one.minute:.1f} | {one.reports:,} | {one.browser:.1f} | {one.web:.1f} "
                    f"| {one.worker:.1f} | {one.elements:,} | {'yes' if one.is_live else 'no'} "
                    f"| {one.shown_behind} |",
                    flush=True,
                )
            filing.join()
            cpu = {part: mission.cpu_s(part) / (time.monotonic() - began) for part in ("web", "worker")}
            wrong = [*faults, *filing.refused[:5], *_missing(page, filing)]
            browser.close()
        wrong += _grown(taken)
        with mission.parts.reading() as door:
            behind = behind_since(door.session, "rules", HEARS)
        took = sorted(filing.took_ms)
        print(
            f"\n{filing.filed:,} reports in {minutes:g} min, filed in p50 {statistics.median(took):.0f} ms, "
            f"p99 {took[int(len(took) * 0.99)]:.0f} ms; rules {'behind' if behind else 'up to date'}; "
            f"of one core the web took {cpu['web']:.0%}, the worker {cpu['worker']:.0%}"
        )
        if filing.filed < 0.9 * rate * minutes * 60:
            wrong.append(f"only {filing.filed} reports were filed")
        return wrong


def _missing(page: Page, filing: Filing) -> list[str]:
    """At the end everything is on the screen, by the stream alone."""
    wanted = str(filing.filed - filing.accepted)
    ends = time.monotonic() + 30
    while page.inner_text("#count-review") != wanted:
        if time.monotonic() > ends:
            return [f"{page.inner_text('#count-review')} reports wait on the screen, not {wanted}"]
        page.wait_for_timeout(200)
    return []


def _grown(taken: list[Sample]) -> list[str]:
    """Where memory grew by more than the reports need, from the first third to the end."""
    first, last = taken[len(taken) // 3], taken[-1]
    more = last.reports - first.reports
    wrong = []
    for part, a_report_needs in MOST_BYTES_A_REPORT.items():
        grown = getattr(last, part) - getattr(first, part)
        allowed = COMES_AND_GOES_MB[part] + more * a_report_needs / 2**20
        each = grown * 2**20 / max(more, 1)
        print(
            f"{part}: {grown:+.1f} MB over {more:,} reports ({each:,.0f} bytes each), allowed {allowed:.1f}"
        )
        if grown > allowed:
            wrong.append(f"{part} grew by {grown:.1f} MB, allowed were {allowed:.1f}")
    return wrong


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--minutes", type=float, default=30)
    asked.add_argument("--rate", type=float, default=10)
    given = asked.parse_args()
    wrong = soak(given.minutes, given.rate)
    for one in wrong:
        print("WRONG:", one)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
