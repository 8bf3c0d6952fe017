"""The whole torture of the phone: `PYTHONPATH=. python tests/bench/torture.py [--seeds 20] [--reports 50]`.

A real server and a real Chromium that is killed; see tests/ground/torture.py. On even seeds the phone is one
that was taken in and signs. Prints a line a seed, and ends with 1 unless every report of every seed arrived
exactly once with its photo unchanged, and every sequence of signed ones without a gap.
"""

import argparse
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "ground"))

from bad_net import BadNet
from field_base import PHONE, Base
from phone_in_hand import Phone
from playwright.sync_api import BrowserContext, sync_playwright
from torture import Outcome, Torture


def one_run(kind: Any, seed: int, reports: int, deaths: int) -> Outcome:
    def launch(profile: str, **shape: Any) -> BrowserContext:
        return kind.launch_persistent_context(
            profile,
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
            **PHONE | shape,
        )

    with tempfile.TemporaryDirectory() as name, Base(Path(name) / "base") as base:
        net, taken_in = BadNet(base.url), seed % 2 == 0
        phone = Phone(launch, net.url, Path(name) / "profile", None if taken_in else base.cookie)
        try:
            return Torture(base.parts, net, phone, seed, reports, deaths, taken_in).run()
        finally:
            phone.close()
            net.close()


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seeds", type=int, default=20)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--reports", type=int, default=50)
    asked.add_argument("--deaths", type=int, default=5, help="while writing; two more come with every run")
    given = asked.parse_args()
    whole = 0
    with sync_playwright() as playwright:
        for seed in range(given.first, given.first + given.seeds):
            outcome = one_run(playwright.chromium, seed, given.reports, given.deaths)
            whole += outcome.is_whole(given.reports)
            print("ok " if outcome.is_whole(given.reports) else "BAD", asdict(outcome), flush=True)
    print(
        f"{whole} of {given.seeds} seeds: {given.reports} of {given.reports} exactly once, every hash right"
    )
    sys.exit(whole != given.seeds)


if __name__ == "__main__":
    main()
