"""The torture of the phone: fifty reports with photos in a valley, a battery that dies, and a net that lies.

Load once; no net; file `count` reports with a photo each while the browser is killed at random moments; start
again without a net in another language; then a net that loses every third answer, cuts bodies midway and
plays captive portal once, with the browser killed meanwhile. One seed makes one run. The phone is either one
where a monitor signed in, or one that was taken in and signs; of the latter the sequence must come whole too.
"""

import contextlib
import hashlib
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bad_net import CUT_ANSWER, CUT_REQUEST, DOWN, LOSE_ANSWER, PASS, PORTAL, Asked, BadNet
from cast_of_people import cast_member
from phone_in_hand import Phone, stored, tap
from playwright.sync_api import Error, Page
from sqlalchemy import select

from incidents.intake import queries
from monitor.devices.model import DeviceSequence
from monitor.devices.service import confirm_enrolment, open_enrolment
from monitor.devices.views import code_address
from monitor.door import App

LANGUAGES = ("en", "hy", "az", "ru")
PORTAL_ANSWERS = 4
LONGEST_S = 300
ALL_LEFT = """async () => {
  const { readAll } = await import("/field/static/database.js");
  const reports = await readAll("reports");
  return reports.every(({ state }) => state === "received") && !(await readAll("sealed")).length;
}"""
COPY_IS_WHOLE = """async () => {
  await navigator.serviceWorker.ready;
  const { readAll } = await import("/field/static/database.js");
  const isWhole = async () => navigator.serviceWorker.controller && (await readAll("known")).length >= 6;
  while (!(await isWhole())) await new Promise((later) => setTimeout(later, 50));
}"""


@dataclass(frozen=True)
class Outcome:
    """What a run left at the base, and what it took."""

    seed: int
    filed: int
    held_once: bool
    photos_right: int
    signed: int
    sequence_whole: bool
    deaths: int
    answers_lost: int
    bodies_cut: int
    portal_answers: int
    sent_in_s: float

    def is_whole(self, count: int) -> bool:
        return (
            self.held_once
            and self.filed == count
            and self.photos_right == count
            and self.signed in {0, count}
            and self.sequence_whole
            and self.portal_answers > 0
        )


def offline_copy_is_whole(page: Page) -> None:
    """Returns when the worker serves this page and what the form asks of the API is known."""
    page.evaluate(COPY_IS_WHOLE)


def a_photo(seed: int, number: int) -> bytes:
    """Bytes of a file of 1 KB to 600 KB, the same for the same seed and number, so up to three chunks."""
    made = random.Random(f"{seed}/{number}")
    return b"\xff\xd8\xff\xe0" + made.randbytes(made.choice((1_000, 40_000, 300_000, 600_000)))


def a_text(seed: int, number: int) -> str:
    return f"Report {number} of run {seed}, as heard at the post."


def write_report(page: Page, text: str, photo: bytes) -> None:
    """Writes and finishes one report, or goes on with the one that a death left as a draft."""
    page.evaluate("location.hash = '#/'")
    page.locator(".tiles").wait_for()
    if page.locator(".draft").count():
        page.locator(".draft").first.click()
    else:
        page.locator("#quick-explosion").click()
    page.locator("#more, #open-event").first.wait_for()
    if page.locator("#more").count():
        page.locator("#more").click()
    page.locator("#open-event[aria-expanded=false]").click()
    tap(page, "rose-SW")
    tap(page, "distance-3-5")
    page.locator("#open-text").click()
    page.locator("#text").fill(text)
    page.locator("#open-photos").click()
    page.locator("#photo-files").wait_for(state="attached")
    if not page.locator(".photos li").count():
        page.locator("#photo-files").set_input_files(
            {"name": "crater.jpg", "mimeType": "image/jpeg", "buffer": photo}
        )
    page.locator(".photos li").wait_for()
    page.locator("#review").click()
    page.locator("#send").click()
    page.locator(".seal").wait_for()


class Torture:
    """One run. `parts` is the base behind the net; when the phone dies comes from the seed.

    A phone that is to be taken in comes without anybody's sign-in.
    """

    def __init__(
        self,
        parts: App,
        net: BadNet,
        phone: Phone,
        seed: int,
        count: int,
        deaths: int,
        taken_in: bool = False,
    ) -> None:
        self.parts, self.net, self.phone, self.seed, self.count = parts, net, phone, seed, count
        self.chance = random.Random(seed)
        self.deadly = set(self.chance.sample(range(count), min(deaths, count)))
        self.deaths = 0
        self.taken_in = taken_in

    def run(self) -> Outcome:
        offline_copy_is_whole(self.take_in() if self.taken_in else self.phone.start())
        self.phone.kill()
        self.net.behave = lambda asked: DOWN
        self.page = self.phone.start()
        for number in range(self.count):
            self.file(number)
        self.die()
        assert len(stored(self.page, "reports")) == self.count
        self.net.log.clear()
        self.net.behave = self.bad_net()
        began = time.monotonic()
        self.page.evaluate("dispatchEvent(new Event('online'))")
        self.page.evaluate(f"new Promise((on) => setTimeout(on, {self.chance.randrange(200, 2_500)}))")
        self.die()
        self.wait_until_all_left()
        return self.outcome(time.monotonic() - began)

    def take_in(self) -> Page:
        """The phone gets its key; the duty officer sees the same six words."""
        with self.parts.transaction() as door:
            officer = replace(door, actor=cast_member(door, "duty_officer"))
            monitor_id = cast_member(door, "monitor").id
            opened = open_enrolment(officer, monitor_id, "phone-7")
            address = code_address(officer, opened)

        def confirm() -> None:
            with self.parts.transaction() as door:
                confirm_enrolment(replace(door, actor=cast_member(door, "duty_officer")), opened.id)

        return self.phone.take_in(address, confirm)

    def file(self, number: int) -> None:
        """Files one report, through a death at a random moment where the seed says so."""
        text, photo = a_text(self.seed, number), a_photo(self.seed, number)
        deadly = number in self.deadly
        clock = threading.Timer(self.chance.uniform(0.0, 1.8), self.phone.shoot)
        if deadly:
            clock.start()
        with contextlib.suppress(Error) if deadly else contextlib.nullcontext():
            write_report(self.page, text, photo)
        if not deadly:
            return
        clock.join()
        self.die()
        if len(stored(self.page, "reports")) == number:
            write_report(self.page, text, photo)

    def die(self) -> None:
        self.phone.kill()
        self.deaths += 1
        self.page = self.phone.start(self.chance.choice(LANGUAGES))

    def bad_net(self) -> Callable[[Asked], str]:
        asked_so_far = 0
        portal_from = self.chance.randrange(6, 6 + self.count)
        guard = threading.Lock()

        def behave(asked: Asked) -> str:
            nonlocal asked_so_far
            if not asked.path.startswith("/api/"):
                return PASS
            with guard:
                asked_so_far += 1
                number = asked_so_far
            if portal_from <= number < portal_from + PORTAL_ANSWERS:
                return PORTAL
            if number % 3 == 0:
                return LOSE_ANSWER
            if number % 10 == 7:
                return CUT_REQUEST if asked.body else CUT_ANSWER
            return PASS

        return behave

    def wait_until_all_left(self) -> None:
        ends = time.monotonic() + LONGEST_S
        while not self.page.evaluate(ALL_LEFT):
            assert time.monotonic() < ends, stored(self.page, "reports")
            self.page.evaluate("new Promise((later) => setTimeout(later, 100))")

    def outcome(self, sent_in_s: float) -> Outcome:
        with self.parts.reading() as door:
            rows = list(queries.observations(door.session, None, None))
            texts = queries.texts(door.session, self.parts.keys, rows)
            links = door.session.execute(
                select(
                    DeviceSequence.device_seq, DeviceSequence.prev_sha256, DeviceSequence.envelope_sha256
                ).order_by(DeviceSequence.device_seq)
            ).all()
        before = [None, *(link.envelope_sha256 for link in links)]
        expected = sorted(a_text(self.seed, number) for number in range(self.count))
        ways = [way for _, way in self.net.log]
        return Outcome(
            seed=self.seed,
            filed=len(rows),
            held_once=sorted(str(text) for text in texts.values()) == expected,
            photos_right=sum(self._is_held(a_photo(self.seed, number)) for number in range(self.count)),
            signed=len(links),
            sequence_whole=[link.device_seq for link in links] == list(range(1, len(links) + 1))
            and all(link.prev_sha256 == prev for link, prev in zip(links, before, strict=False))
            and not any(row.reasons for row in rows),
            deaths=self.deaths,
            answers_lost=ways.count(LOSE_ANSWER) + ways.count(CUT_ANSWER),
            bodies_cut=ways.count(CUT_REQUEST),
            portal_answers=ways.count(PORTAL),
            sent_in_s=sent_in_s,
        )

    def _is_held(self, content: bytes) -> bool:
        try:
            with self.parts.storage.open(hashlib.sha256(content).hexdigest()) as kept:
                held: Any = kept.read()
                return bool(held == content)
        except FileNotFoundError:
            return False
