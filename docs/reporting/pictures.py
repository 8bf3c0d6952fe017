"""Takes the pictures of the reporting officers' guide from the exercise, in a store that is gone afterwards.

    .venv/bin/python docs/reporting/pictures.py [FOLDER]

Needs Chromium and poppler's pdftoppm. The exercise is played past its last issued summary; then the summary
of 13 September is corrected, the other papers are drafted, and one leaves under a profile. With FOLDER the
papers themselves are written there too. People are invented; statements are those of the press sample.
"""

import contextlib
import datetime as dt
import io
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

import wsgi
from incidents.casework import queries as casework
from monitor.clock import StoppedClock
from monitor.door import App, Door
from monitor.outbox import drain
from monitor.people.queries import actor_of_person, all_people
from reports.daily import service as daily
from reports.exercise.headless import PASSWORD, House, played
from reports.exercise.scenario import SEED
from reports.issuing import queries
from reports.issuing import service as issuing
from reports.issuing.queries import EditionRow, SummaryRow
from reports.pack.service import draft_pack
from reports.release import service as release
from reports.sending import queries as sent
from reports.sending import service as sending
from reports.spot.service import draft_spot
from reports.weekly import service as weekly

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
COLOURS = 96
FIRST_CUT_OFF = dt.datetime(2022, 9, 13, 15, 30, tzinfo=dt.UTC)
RECIPIENTS = (
    ("Head office, duty desk", "internal", ("daily", "weekly", "spot")),
    ("Liaison group", "liaison", ("daily", "weekly")),
    ("Press page", "public", ("daily", "weekly")),
)
EMOTIVE = "The enemy shelled villages near Sotk without any provocation."


def acting(door: Door, name: str) -> Door:
    """The door as a person of the exercise."""
    (person_id,) = [one.id for one in all_people(door.session) if one.sign_in_name == name]
    actor = actor_of_person(door.session, person_id)
    assert actor is not None
    return replace(door, actor=actor)


def issue(door: Door, row: SummaryRow) -> EditionRow:
    issuing.review(acting(door, "reporting-2"), row.id, row.version_no, "reviewed")
    return issuing.release(acting(door, "head-1"), row.id, row.version_no)


def correct(parts: App) -> EditionRow:
    """Recipients, and the corrected edition of the summary of 13 September."""
    with parts.transaction() as door:
        officer = acting(door, "reporting-1")
        for name, profile, kinds in RECIPIENTS:
            address = f"{profile}@partner.example"
            sending.add_recipient(officer, name, "email", profile, kinds, "en", address)
        first = queries.summary_of_period(door.session, FIRST_CUT_OFF)
        assert first is not None
        return issue(door, daily.redraft(officer, first.id))


def tell_more(parts: App, corrected: EditionRow) -> dict[str, str]:
    """The other papers, a release, and what was sent; answers the papers' ids by name."""
    drain(parts, wsgi.SUBSCRIBERS)
    with parts.transaction() as door:
        officer = acting(door, "reporting-1")
        while weekly.draft_due(door):
            pass
        week = queries.summaries(door.session, "weekly")[0]
        issue(door, week)
        (incident, *_) = [one for one in casework.incidents(door.session) if one.label == "I-0001"]
        spot = draft_spot(officer, incident.incident_id)
        pack = draft_pack(officer, "ARM", 7)
        why = "The first edition is in their hands; the correction should be too."
        line = "Both parties were told of the correction by the hotline."
        asked = release.request_release(officer, corrected.id, "liaison", (line,), why)
        release.decide(acting(door, "head-1"), asked.id, asked.pdf_sha256, "approved")
        release.request_release(officer, corrected.id, "public", (), why)
        last = queries.summaries(door.session, "daily")[0]
    drain(parts, wsgi.SUBSCRIBERS)
    with parts.transaction() as door:
        rows = sorted(sent.deliveries(door.session), key=lambda one: one.id)
        for one in sending.claim_due(door)[:-1]:
            sending.record(door, sending.Outcome(one, "delivered"))
        sending.record(door, sending.Outcome(rows[-1].id, "queued", "mail server: ConnectionRefusedError"))
    return {
        "corrected": corrected.summary_id,
        "weekly": week.id,
        "spot": spot.id,
        "pack": pack.id,
        "daily": last.id,
    }


@contextlib.contextmanager
def served(parts: App) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        app = wsgi.create_app(parts=parts)
        server = make_server("127.0.0.1", port, app, threaded=True, fd=listening.fileno())
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{port}"
        server.shutdown()


def signed_in(browser: Browser, address: str, name: str, scheme: Any = "light") -> Page:
    context = browser.new_context(
        base_url=address, locale="en-GB", viewport={"width": 1280, "height": 860}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("load")
    return page


def keep(content: bytes, name: str) -> None:
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    path = HERE / f"{name}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path)


def take(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.wait_for_load_state("load")
    keep(page.screenshot(), name)


def objected(page: Page, summary_id: str) -> None:
    """A line that the word check does not let through, with what it says instead."""
    page.goto(f"/summaries/{summary_id}")
    page.locator(".lines summary").click()
    page.locator("[name=line_2]").fill(EMOTIVE)
    page.get_by_role("button", name="Keep as a new version").click()
    page.wait_for_load_state("load")
    page.locator(".lines").scroll_into_view_if_needed()
    keep(page.screenshot(), "words")


def drawn(pdf: bytes, number: int, name: str) -> None:
    """One page of a paper, as it is printed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.pdf"
        path.write_bytes(pdf)
        page = ("-f", str(number), "-l", str(number), "-singlefile", "-r", "80", "-png")
        program = shutil.which("pdftoppm")
        assert program, "on Debian: sudo apt-get install poppler-utils"
        subprocess.run([program, *page, str(path), str(Path(folder) / "page")], check=True)
        keep((Path(folder) / "page.png").read_bytes(), name)


def take_all(parts: App, ids: dict[str, str], folder: Path | None) -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with served(parts) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = signed_in(browser, address, "reporting-1")
        take(page, "/summaries", "list")
        take(page, f"/summaries/{ids['daily']}", "paper")
        objected(page, ids["spot"])
        take(page, f"/summaries/{ids['daily']}/figures/2-all-total?edition=1", "records")
        take(page, f"/summaries/{ids['corrected']}/symmetry", "symmetry")
        take(page, f"/summaries/{ids['corrected']}/seen-as/public", "seen-as-public")
        take(page, "/summaries/recipients", "recipients")
        take(signed_in(browser, address, "head-1"), f"/summaries/{ids['corrected']}/release", "release")
        take(signed_in(browser, address, "reporting-1", "dark"), "/summaries", "list-dark")
        papers = {
            f"{name}{code and '.' + code}.pdf": page.request.get(
                f"/summaries/{one}.pdf" + (f"?language={code}" if code else "")
            ).body()
            for name, one in ids.items()
            for code in ("", "hy", "az", "ru")
        }
        browser.close()
    for name, content in papers.items():
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    drawn(papers["corrected.pdf"], 1, "corrigendum")
    drawn(papers["weekly.pdf"], 1, "weekly")


def main(folder: str | None = None) -> None:
    house = House(wsgi.create_app, wsgi.JOBS, wsgi.SUBSCRIBERS)
    with played(SEED, house) as (parts, _, _):
        assert isinstance(parts.clock, StoppedClock)
        parts.clock.set(parts.clock.now() + dt.timedelta(hours=26))
        ids = tell_more(parts, correct(parts))
        take_all(parts, ids, Path(folder) if folder else None)


if __name__ == "__main__":
    main(*sys.argv[1:])
