"""The same in Firefox: no net, a killed browser, a net that loses every third answer; each report once."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bad_net import DOWN, LOSE_ANSWER, PASS, Asked, BadNet
from cast_of_people import cast_member, signed_in
from firefox import PROGRAM, Firefox
from phone_in_hand import PIN
from torture import ALL_LEFT, COPY_IS_WHOLE

from incidents.intake import queries

REPORTS = 5
# What a thumb does, by ids; each step waits until its control is there.
THUMB = """
  const there = async (wanted) => {
    for (;;) {
      const found = document.querySelector(wanted);
      if (found) return found;
      await new Promise((later) => requestAnimationFrame(later));
    }
  };
  const press = async (wanted) => (await there(wanted)).click();
  const fill = async (wanted, text) => {
    const box = await there(wanted);
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
"""
GIVE_PIN = f"""async (pin) => {{ {THUMB}
  await there("#pin");
  if (document.getElementById("pin-again")) await fill("#pin-again", pin);
  await fill("#pin", pin);
  await press("#pin-go");
  await there(".tiles");
}}"""
FILE_REPORT = f"""async ({{ text, photo }}) => {{ {THUMB}
  location.hash = "#/";
  await press("#quick-explosion");
  await press("#rose-SW");
  await press("#distance-3-5");
  await press("#more");
  await press("#open-text");
  await fill("#text", text);
  await press("#open-photos");
  const chooser = await there("#photo-files");
  const given = new DataTransfer();
  const bytes = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0));
  given.items.add(new File([bytes], "crater.jpg", {{ type: "image/jpeg" }}));
  chooser.files = given.files;
  chooser.dispatchEvent(new Event("change", {{ bubbles: true }}));
  await there(".photos li");
  await press("#review");
  await press("#send");
  await there(".seal");
}}"""
UNTIL_ALL_LEFT = f"""async () => {{
  dispatchEvent(new Event("online"));
  const allLeft = {ALL_LEFT};
  while (!(await allLeft())) await new Promise((later) => setTimeout(later, 50));
}}"""


@pytest.fixture
def net(live_server: Any) -> Iterator[BadNet]:
    bad = BadNet(live_server.url)
    yield bad
    bad.close()


@pytest.fixture
def profile(folder: Path) -> Path:
    if PROGRAM is None:
        pytest.skip("no Firefox here; on Debian: sudo apt-get install firefox-esr")
    return folder / "firefox"


def started(profile: Path, net: BadNet, cookie: str, language: str = "en") -> Firefox:
    firefox = Firefox(profile)
    firefox.open(f"{net.url}/field/{language}")
    firefox.add_cookie("truceline", cookie)
    firefox.open(f"{net.url}/field/{language}")
    firefox.do(GIVE_PIN, PIN)
    return firefox


def test_five_reports_arrive_once_each_after_a_kill_over_a_bad_net(
    profile: Path, net: BadNet, live_server: Any, watch_id: str, photo: dict[str, Any]
) -> None:
    with live_server.parts.transaction() as door:
        cookie, _ = signed_in(door, cast_member(door, "monitor"))
    firefox = started(profile, net, cookie)
    try:
        firefox.do(COPY_IS_WHOLE)
        net.behave = lambda asked: DOWN
        photos = [photo["buffer"] + bytes([number]) for number in range(REPORTS)]
        texts = [f"Report {number}, heard at the post." for number in range(REPORTS)]
        for text, content in zip(texts, photos, strict=True):
            firefox.do(FILE_REPORT, {"text": text, "photo": base64.b64encode(content).decode()})
        firefox.kill()
        firefox = started(profile, net, cookie, "hy")
        asked_so_far = iter(range(1, 100_000))

        def every_third_answer_lost(asked: Asked) -> str:
            return LOSE_ANSWER if asked.path.startswith("/api/") and next(asked_so_far) % 3 == 0 else PASS

        net.behave = every_third_answer_lost
        firefox.do(UNTIL_ALL_LEFT)
    finally:
        firefox.kill()

    with live_server.parts.reading() as door:
        rows = list(queries.observations(door.session, None, None))
        held = queries.texts(door.session, live_server.parts.keys, rows)
    assert sorted(held.values()) == texts
    for content in photos:
        with live_server.parts.storage.open(hashlib.sha256(content).hexdigest()) as kept:
            assert kept.read() == content
