"""Lighthouse's figures of the form: `PYTHONPATH=. python tests/bench/lighthouse.py`. Prints a table.

The first visit of a monitor, in two ways: as Lighthouse tests phones unless told otherwise, and over slow 3G
(400 ms, 400 kbit/s) as it is felt, each with the processor slowed down four times. Needs Node, from whose
registry `npx` fetches Lighthouse, and Chromium.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "ground"))

from field_base import Base

TOOL = ("npx", "--yes", "lighthouse@12.8.2")
BROWSER_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --disable-background-networking"
SLOW_3G = (
    "--throttling-method=devtools",
    "--throttling.requestLatencyMs=400",
    "--throttling.downloadThroughputKbps=400",
    "--throttling.uploadThroughputKbps=400",
    "--throttling.cpuSlowdownMultiplier=4",
)
WAYS = {"a phone, as Lighthouse sets it": (), "slow 3G, processor at a quarter": SLOW_3G}
SCORES = ("performance", "accessibility", "best-practices")
SECONDS = {
    "first-contentful-paint": "first paint",
    "largest-contentful-paint": "largest paint",
    "interactive": "interactive",
}


def look(base: Base, folder: Path, flags: tuple[str, ...]) -> dict[str, Any]:
    """What Lighthouse finds about the first page of who is signed in."""
    told, headers = folder / "told.json", folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": f"truceline={base.cookie}"}), encoding="utf-8")
    subprocess.run(
        [
            *TOOL,
            f"{base.url}/field/en",
            "--quiet",
            "--output=json",
            f"--output-path={told}",
            f"--extra-headers={headers}",
            f"--chrome-flags={BROWSER_FLAGS}",
            f"--only-categories={','.join(SCORES)}",
            *flags,
        ],
        cwd=folder,
        env=os.environ | {"CHROME_PATH": shutil.which("chromium") or "", "PUPPETEER_SKIP_DOWNLOAD": "1"},
        check=True,
    )
    found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    return found


def main() -> None:
    print("| |", " | ".join(SCORES), "|", " | ".join(SECONDS.values()), "| blocked | sent |")
    print("|---" * (len(SCORES) + len(SECONDS) + 3) + "|")
    with tempfile.TemporaryDirectory() as name, Base(Path(name) / "base") as base:
        for words, flags in WAYS.items():
            found = look(base, Path(name), flags)
            scores = [f"{found['categories'][one]['score'] * 100:.0f}" for one in SCORES]
            audits = found["audits"]
            times = [f"{audits[one]['numericValue'] / 1000:.1f} s" for one in SECONDS]
            blocked = f"{audits['total-blocking-time']['numericValue']:.0f} ms"
            sent = f"{audits['total-byte-weight']['numericValue'] / 1024:.0f} KiB"
            print("|", " | ".join([words, *scores, *times, blocked, sent]), "|", flush=True)
            for category in SCORES:
                for ref in found["categories"][category]["auditRefs"]:
                    audit = audits[ref["id"]]
                    if audit["score"] is not None and audit["score"] < 1 and ref["weight"]:
                        print("   ", category, ref["id"], audit.get("displayValue", ""), file=sys.stderr)


if __name__ == "__main__":
    main()
