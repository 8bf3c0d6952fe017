"""Plays two scenes on a mission of its own and takes their pictures, step by step, into docs/scenes/.

    .venv/bin/python docs/scenes.py [FOLDER]

S1: two patrols hear the same explosions; the machine suggests, people decide, the total follows.
S8: a statement is released, a video shows it to be wrong, a correction stands beside it.
"""

import datetime as dt
import hashlib
import io
import shutil
import sys
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

import wsgi
from incidents.casework import queries
from incidents.casework.service import open_incident, step_incident
from incidents.casework.stating import state_incident
from incidents.evidence.service import receive_media
from incidents.intake.service import receive_observation, review_observation
from monitor import geo
from monitor.clock import StoppedClock
from monitor.door import App, Door
from monitor.outbox import drain
from monitor.people.model import Person
from monitor.people.queries import actor_of_person
from monitor.watches.service import plan_watch, record_watch_event
from reports.exercise.cast import load_exercise
from reports.exercise.headless import PASSWORD, fresh_store

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
EVENING = dt.datetime(2022, 9, 12, 17, 2, tzinfo=dt.UTC)
P1 = (45.865, 40.203)
P2 = geo.destination(*P1, 149.7, 6_100)
PICTURE = {"width": 1440, "height": 900}


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing: the pictures are what this script tells."""


class Scene:
    """A running mission: people act through the services, and a browser looks on as one of them."""

    def __init__(self, parts: App, clock: StoppedClock, address: str, folder: Path, browser: Any) -> None:
        self.parts, self.clock, self.address, self.folder, self.browser = (
            parts,
            clock,
            address,
            folder,
            browser,
        )
        self.pages: dict[tuple[str, str], Page] = {}

    def by(self, name: str, act: Callable[[Door], Any]) -> Any:
        """One deed of one person, then whatever follows from it."""
        with self.parts.reading() as door:
            person_id = door.session.scalar(select(Person.id).where(Person.sign_in_name == name.casefold()))
            actor = actor_of_person(door.session, str(person_id))
        assert actor is not None
        with self.parts.transaction(actor) as door:
            told = act(door)
        drain(self.parts, wsgi.SUBSCRIBERS)
        return told

    def page(self, name: str, scheme: str = "light") -> Page:
        if (name, scheme) not in self.pages:
            context = self.browser.new_context(
                base_url=self.address,
                viewport=PICTURE,
                color_scheme=scheme,
                locale="en-GB",
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.goto("/sign-in")
            page.get_by_label("Name").fill(name)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_load_state("load")
            self.pages[name, scheme] = page
        return self.pages[name, scheme]

    def take(self, page: Page, name: str, whole: bool = False) -> None:
        expect(page.locator("body")).to_have_attribute("data-ready", "yes")
        page.wait_for_timeout(900)
        path = self.folder / f"{name}.png"
        page.screenshot(path=path, full_page=whole)
        # A page needs no more than 256 colours, and the pictures travel with the source.
        Image.open(path).convert("RGB").quantize(256).save(path, optimize=True)
        print(self.folder / f"{name}.png")


def heard(
    stood: tuple[float, float], direction: str, near_km: float, far_km: float, n: int, minutes: int
) -> dict[str, Any]:
    """A report of explosions heard from 21:02 mission time on."""
    return {
        "observation_id": str(uuid.uuid4()),
        "revision_no": 1,
        "form_version": "observation@1",
        "category": "CFV",
        "type": "explosion",
        "means": "heard",
        "info_type": "observed",
        "time": {
            "start": EVENING.isoformat(),
            "end": (EVENING + dt.timedelta(minutes=minutes)).isoformat(),
            "precision": "T1",
            "basis": "watch",
        },
        "observer": {"lon": stood[0], "lat": stood[1], "accuracy_m": 15, "method": "gnss"},
        "event": {"kind": "direction", "dir16": direction, "dist_min_km": near_km, "dist_max_km": far_km},
        "count": {"min": n, "best": n, "max": n, "qualifier": "exact"},
        "fields": {"assessment": "undetermined", "weapon": "n_k"},
        "exposure": "earshot",
        "text": "Dull, evenly spaced. No flashes seen from here.",
        "media": [],
    }


def watch(
    scene: Scene, name: str, kind: str, sector: str, start: dt.datetime, hours: float, **more: Any
) -> None:
    def act(door: Door) -> None:
        watch_id = str(uuid.uuid4())
        end = None if kind == "camera" else start + dt.timedelta(hours=hours)
        plan_watch(
            door,
            watch_id=watch_id,
            kind=kind,
            sectors=[sector],
            post=more.get("post"),
            team=more.get("team"),
            planned_start=start,
            planned_end=end,
        )
        events = [("started", start), *more.get("events", [])]
        for what, at in events:
            record_watch_event(door, event_id=str(uuid.uuid4()), watch_id=watch_id, kind=what, at=at)

    scene.by(name, act)


def file(scene: Scene, name: str, body: dict[str, Any]) -> str:
    scene.by(name, lambda door: receive_observation(door, body))
    return str(body["observation_id"])


def the_evening(scene: Scene) -> None:
    """Who watched on the evening of S1: patrols, posts, and a camera that failed at eight."""
    noon = EVENING.replace(hour=8, minute=0)
    hour = dt.timedelta(hours=1)
    for team, post in (("M", "M-1"), ("J", "J-1"), ("G", "G-1"), ("K", "K-1")):
        sector = {"M": "MAR", "J": "JER", "G": "GOR", "K": "KAP"}[team]
        watch(
            scene,
            "duty-1",
            "post",
            sector,
            noon,
            12,
            post=post,
            team=team,
            events=[("checked_in", noon + 6 * hour)],
        )
        watch(scene, "duty-1", "camera", sector, noon - 12 * hour, 0, post=f"{team}-C", events=[])
    watch(scene, "duty-1", "patrol", "MAR", noon + 6 * hour, 4, team="M", events=[("checked_in", EVENING)])
    watch(scene, "duty-1", "patrol", "JER", noon + 2 * hour, 3, team="J", events=[])
    watch(
        scene,
        "duty-1",
        "camera",
        "IJE",
        noon - 12 * hour,
        0,
        post="I-C",
        events=[("outage_started", noon - 3 * hour)],
    )


def s1(scene: Scene) -> None:
    """Two patrols, one event."""
    scene.clock.set(EVENING + dt.timedelta(minutes=25))
    the_evening(scene)
    first = heard(P1, "SW", 3, 5, 12, 8)
    second = heard(P2, "W", 4, 6, 9, 9) | {"text": "From the ridge; wind from the west."}
    file(scene, "M-monitor-1", first)
    scene.clock.set(EVENING + dt.timedelta(minutes=31))
    file(scene, "J-monitor-1", second)
    scene.clock.set(EVENING + dt.timedelta(minutes=40))

    duty = scene.page("duty-1")
    duty.goto("/review")
    expect(duty.locator(".waiting-row")).not_to_have_count(0)
    duty.keyboard.press("j")
    duty.keyboard.press("j")
    expect(duty.locator(".deeds")).to_be_visible()
    scene.take(duty, "s1-1-two-reports-and-a-suggestion-wait")
    for body in (first, second):
        scene.by(
            "duty-1", lambda door, body=body: review_observation(door, body["observation_id"], "accepted", "")
        )

    analyst = scene.page("analyst-1")
    analyst.goto("/review")
    expect(analyst.locator(".waiting-row")).not_to_have_count(0)
    analyst.keyboard.press("j")
    expect(analyst.locator(".pair .account")).to_have_count(2)
    scene.take(analyst, "s1-2-the-suggestion-with-its-reasons")
    span = {"from": EVENING - dt.timedelta(hours=9), "to": scene.clock.now()}
    analyst.goto(f"/coverage?{urlencode({name: at.isoformat() for name, at in span.items()})}")
    scene.take(analyst, "s1-3-unconfirmed-21-of-which-2-may-be-the-same", whole=True)

    analyst.goto("/review")
    expect(analyst.locator(".waiting-row")).not_to_have_count(0)
    analyst.keyboard.press("j")
    expect(analyst.locator("[data-act=confirmed]")).to_be_visible()
    analyst.keyboard.press("c")
    expect(analyst.locator("#said")).to_contain_text("Put together")
    with scene.parts.reading() as door:
        incident_id = queries.incidents(door.session)[0].incident_id
    for scheme in ("light", "dark"):
        page = scene.page("analyst-1", scheme)
        page.goto(f"/incidents/{incident_id}")
        scene.take(
            page, f"s1-4-one-incident-12-both-accounts{'-dark' if scheme == 'dark' else ''}", whole=True
        )
    scene.clock.advance(dt.timedelta(minutes=5))


def s8(scene: Scene) -> None:
    """A statement, a video, a correction."""
    scene.clock.set(EVENING + dt.timedelta(hours=14))
    shots = heard(P1, "SE", 0.4, 0.9, 3, 1) | {
        "type": "shot",
        "means": "heard",
        "exposure": "earshot",
        "time": {
            "start": (EVENING + dt.timedelta(hours=13)).isoformat(),
            "end": None,
            "precision": "T1",
            "basis": "watch",
        },
        "text": "Three single shots while the patrol was parked at the viewpoint.",
        "fields": {"weapon": "small_arms"},
    }
    shot_id = file(scene, "M-monitor-1", shots)
    scene.by("duty-1", lambda door: review_observation(door, shot_id, "accepted", ""))
    incident_id = scene.by("analyst-1", lambda door: open_incident(door, [shot_id]))
    scene.by(
        "analyst-1",
        lambda door: step_incident(door, incident_id, "assessment", "possible", "One patrol heard it."),
    )
    scene.by(
        "reporting-1",
        lambda door: state_incident(
            door, incident_id, "No patrol of the mission was the target of fire.", "none"
        ),
    )
    scene.by(
        "reporting-1",
        lambda door: step_incident(
            door, incident_id, "release", "cleared_for_report", "Asked for by the press."
        ),
    )
    scene.clock.advance(dt.timedelta(minutes=20))
    head = scene.page("head-1")
    head.goto(f"/incidents/{incident_id}")
    head.locator("summary", has_text="Release it").click()
    head.get_by_label("Reason").last.fill("Answer to the host’s statement.")
    scene.take(head, "s8-1-the-statement-about-to-be-released", whole=True)
    head.get_by_role("button", name="Release", exact=True).click()
    expect(head.locator("#said")).to_contain_text("Released")

    scene.clock.advance(dt.timedelta(hours=3))
    picture = still_of_a_clip()
    sha256 = hashlib.sha256(picture).hexdigest()
    media_id = str(uuid.uuid4())
    video = heard(P1, "SE", 0.4, 0.9, 3, 1) | {
        "type": "shot",
        "means": "saw",
        "exposure": "present",
        "time": shots["time"],
        "text": "The clip shows our vehicle in the frame while the shots are heard. Nobody was harmed.",
        "fields": {"weapon": "small_arms"},
        "media": [
            {
                "media_id": media_id,
                "slot": "photo",
                "sha256": sha256,
                "bytes": len(picture),
                "mime": "image/png",
            }
        ],
    }
    video_id = file(scene, "M-monitor-2", video)
    scene.by("M-monitor-2", lambda door: receive_media(door, media_id, picture, sha256, "image/png"))
    scene.by("duty-1", lambda door: review_observation(door, video_id, "accepted", ""))
    analyst = scene.page("analyst-1")
    analyst.goto(f"/incidents/{incident_id}")
    scene.take(analyst, "s8-2-the-video-may-belong-to-it", whole=True)
    analyst.get_by_role("button", name="One event").click()
    expect(analyst.locator(".account")).to_have_count(2)

    scene.clock.advance(dt.timedelta(minutes=30))
    head.goto(f"/incidents/{incident_id}")
    head.locator("summary", has_text="Correct it").click()
    head.locator("#statement-text").fill(
        "A patrol was present at a shooting incident. It was not hit, and nobody was harmed."
    )
    head.locator("#statement-exposure").select_option("present")
    head.locator("#statement-why").fill("A clip by a member of the mission shows the patrol at the place.")
    head.get_by_role("button", name="Issue the correction").click()
    expect(head.locator(".versions li")).to_have_count(2)
    scene.take(head, "s8-3-corrected-both-versions-kept", whole=True)
    dark = scene.page("head-1", "dark")
    dark.goto(f"/incidents/{incident_id}")
    expect(dark.locator(".versions li")).to_have_count(2)
    scene.take(dark, "s8-3-corrected-both-versions-kept-dark", whole=True)
    head.get_by_role("button", name="One change back").click()
    head.get_by_role("button", name="One change back").click()
    expect(head.locator("#past")).to_be_visible()
    scene.take(head, "s8-4-as-known-before-the-correction", whole=True)


def still_of_a_clip() -> bytes:
    """A drawn frame that nobody can take for a real one."""
    frame = Image.new("RGB", (640, 480), "#b9c7cc")
    pen = ImageDraw.Draw(frame)
    pen.polygon(
        [(0, 260), (180, 120), (330, 240), (470, 150), (640, 270), (640, 480), (0, 480)], fill="#8a8f76"
    )
    pen.rectangle((250, 330, 390, 385), fill="#e8e8e4")
    pen.ellipse((268, 372, 300, 404), fill="#30363a")
    pen.ellipse((340, 372, 372, 404), fill="#30363a")
    pen.text((20, 20), "STILL OF A CLIP - EXERCISE, DRAWN", fill="#222222")
    kept = io.BytesIO()
    frame.save(kept, "PNG")
    return kept.getvalue()


def main(folder: str = "") -> None:
    out = Path(folder) if folder else HERE / "scenes"
    out.mkdir(parents=True, exist_ok=True)
    clock = StoppedClock(EVENING)
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with fresh_store(clock) as parts:
        with parts.transaction() as door:
            load_exercise(door, PASSWORD)
        app = wsgi.create_app(parts=parts)
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            scene = Scene(parts, clock, f"http://127.0.0.1:{server.server_port}", out, browser)
            s1(scene)
            s8(scene)
            browser.close()
        app.extensions["truceline.stream"].stop()
        server.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
