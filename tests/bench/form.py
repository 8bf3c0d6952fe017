"""What the form costs a phone: `PYTHONPATH=. python tests/bench/form.py`. Prints docs/field-form.md's table.

Chromium with its processor slowed down four times and, where it says so, a net of 400 ms and 400 kbit/s. The
base is on the same machine; it speaks HTTP/1.0, a connection for each file: the worst a proxy could do.
"""

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "ground"))

from bad_net import DOWN, LOSE_ANSWER, PASS, Asked, BadNet
from field_base import PHONE, Base
from phone_in_hand import Phone
from playwright.sync_api import BrowserContext, BrowserType, Page, sync_playwright
from torture import ALL_LEFT, a_photo, a_text, offline_copy_is_whole, write_report

TIMES = 5
REPORTS = 50
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
# Notes the moment at which the first thing that can be pressed stands.
WATCH = """
  const note = () => {
    if (!window.stood && document.querySelector("#pin-go, .tiles button")) window.stood = performance.now();
  };
  new MutationObserver(note).observe(document, { childList: true, subtree: true });
"""
UNTIL_STANDING = """async () => {
  while (!window.stood) await new Promise((on) => requestAnimationFrame(on));
  return window.stood;
}"""


def slowed(page: Page, net: dict[str, Any] | None = None) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    if net:
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", net)


def first_visit(kind: BrowserType, base: Base) -> float:
    """Seconds to the first control, with nothing kept, over slow 3G."""
    browser = kind.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
    context = browser.new_context(base_url=base.url, **PHONE)
    context.add_cookies([{"name": "truceline", "value": base.cookie, "url": base.url}])
    page = context.new_page()
    page.add_init_script(WATCH)
    slowed(page, SLOW_3G)
    page.goto("/field/hy", wait_until="commit")
    stood: float = page.evaluate(UNTIL_STANDING)
    browser.close()
    return stood / 1_000


def offline_starts(phone: Phone, net: BadNet) -> list[float]:
    """Seconds from a tap on the icon to the first control, without a net."""
    offline_copy_is_whole(phone.start())
    phone.page.add_init_script(WATCH)
    slowed(phone.page)
    net.behave = lambda asked: DOWN
    taken = []
    for _ in range(TIMES):
        phone.page.goto("/field/hy", wait_until="commit")
        taken.append(phone.page.evaluate(UNTIL_STANDING) / 1_000)
    net.behave = lambda asked: PASS
    phone.close()
    return taken


def fifty_reports(phone: Phone, net: BadNet) -> float:
    """Seconds until 50 reports with their photos are proved, over a net that loses every third answer."""
    page = phone.start()
    offline_copy_is_whole(page)
    net.behave = lambda asked: DOWN
    for number in range(REPORTS):
        write_report(page, a_text(0, number), a_photo(0, number))
    so_far = 0

    def every_third_answer_lost(asked: Asked) -> str:
        nonlocal so_far
        so_far += asked.path.startswith("/api/")
        return LOSE_ANSWER if asked.path.startswith("/api/") and so_far % 3 == 0 else PASS

    net.behave = every_third_answer_lost
    began = time.monotonic()
    page.evaluate("dispatchEvent(new Event('online'))")
    while not page.evaluate(ALL_LEFT):
        page.evaluate("new Promise((later) => setTimeout(later, 100))")
    phone.close()
    return time.monotonic() - began


def main() -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        folder, kind = Path(name), playwright.chromium

        def launch(profile: str, **shape: Any) -> BrowserContext:
            return kind.launch_persistent_context(
                profile,
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox", "--disable-gpu"],
                **PHONE | shape,
            )

        with Base(folder / "base") as base:
            net = BadNet(base.url)
            first = [first_visit(kind, base) for _ in range(TIMES)]
            offline = offline_starts(Phone(launch, net.url, folder / "one", base.cookie), net)
            fifty = fifty_reports(Phone(launch, net.url, folder / "two", base.cookie), net)
            net.close()
    print("| what | median | worst | gate |")
    print("|---|---|---|---|")
    for words, taken, gate in (
        ("first visit over slow 3G, processor at a quarter: first control", first, "5 s"),
        ("start without a net, processor at a quarter: first control", offline, "1.5 s"),
        (f"{REPORTS} reports with photos, every third answer lost: all proved", [fifty], "60 s"),
    ):
        print(f"| {words} | {statistics.median(taken):.2f} s | {max(taken):.2f} s | {gate} |")


if __name__ == "__main__":
    main()
