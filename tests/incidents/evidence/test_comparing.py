"""What a photo says of itself beside its report: real files made with Pillow, read apart, and compared."""

import datetime as dt
import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from incidents.evidence.comparing import Told, compare
from incidents.evidence.viewing import file_facts

ZONE = dt.timezone(dt.timedelta(hours=4))
START = dt.datetime(2022, 9, 13, 0, 5, tzinfo=ZONE)
TOLD = Told(
    start=START,
    end=START + dt.timedelta(minutes=5),
    captured_at=None,
    received_at=START + dt.timedelta(hours=1),
    zone=ZONE,
    observer=(45.865, 40.203),
    observer_accuracy_m=12,
    event=(45.90, 40.18),
    event_uncertainty_m=1_500,
)
AT_THE_POST = {1: "N", 2: (40.0, 12.0, 10.8), 3: "E", 4: (45.0, 51.0, 54.0)}


def photo(
    taken: str | None = "2022:09:13 00:07:12",
    offset: str | None = None,
    gps: dict[int, Any] | None = None,
    model: str | None = "Pixel 7",
    make: str | None = "Google",
    software: str | None = None,
) -> bytes:
    exif = Image.Exif()
    for tag, value in ((0x010F, make), (0x0110, model), (0x0131, software)):
        if value:
            exif[tag] = value
    inner = exif.get_ifd(0x8769)
    if taken:
        inner[0x9003] = taken
    if offset:
        inner[0x9011] = offset
    if gps:
        exif.get_ifd(0x8825).update(gps)
    out = io.BytesIO()
    Image.new("RGB", (64, 48)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def flags(content: bytes, told: Told = TOLD, models: tuple[str, ...] = ()) -> dict[str, tuple[str, str]]:
    return {flag.about: (flag.level, flag.words) for flag in compare(file_facts(content), told, models)}


CASES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "by the mission's clock": ({}, "time", "agrees", "if its clock ran by the mission's time"),
    "with its offset": ({"offset": "+04:00"}, "time", "agrees", "Taken about the time of the event."),
    "in another zone": (
        {"taken": "2022:09:12 20:07:12", "offset": "+00:00"},
        "time",
        "agrees",
        "about the time",
    ),
    "without a time": ({"taken": None}, "time", "none", "That is usual"),
    "the day before": ({"taken": "2022:09:12 00:07:12"}, "time", "look", "Taken 23 h before the event"),
    "after its report": (
        {"taken": "2022:09:13 03:05:00"},
        "time",
        "look",
        "2 h after the report was written",
    ),
    "of damage, later": ({"taken": "2022:09:13 00:50:00"}, "time", "agrees", "Taken 40 min after the event"),
    "at the post": ({"gps": AT_THE_POST}, "place", "agrees", "from where the observer stood"),
    "without a place": ({}, "place", "none", "holds no position. That is usual"),
    "far away": (
        {"gps": AT_THE_POST | {2: (41.0, 0.0, 0.0)}},
        "place",
        "look",
        "from where the observer stood and",
    ),
    "at the event": (
        {"gps": {1: "N", 2: (40.0, 10.0, 48.0), 3: "E", 4: (45.0, 54.0, 0.0)}},
        "place",
        "agrees",
        "event",
    ),
    "the satellites' clock": (
        {"offset": "+04:00", "gps": AT_THE_POST | {29: "2022:09:12", 7: (20.0, 7.0, 10.0)}},
        "clocks",
        "agrees",
        "agree",
    ),
    "another clock": (
        {"offset": "+04:00", "gps": AT_THE_POST | {29: "2022:09:10", 7: (20.0, 7.0, 10.0)}},
        "clocks",
        "look",
        "2 days apart",
    ),
    "edited": ({"software": "Adobe Photoshop 24.0"}, "editing", "look", "Adobe Photoshop 24.0"),
    "no camera named": ({"make": None, "model": None}, "device", "none", "That is usual"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_photo_says_of_itself_is_set_beside_the_report(case: str) -> None:
    given, about, level, words = CASES[case]
    found = flags(photo(**given))[about]
    assert found[0] == level, found
    assert words in found[1]


def test_a_photo_that_says_nothing_is_not_suspicious() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48)).save(out, "JPEG")
    assert {level for level, _ in flags(out.getvalue()).values()} == {"none"}


@pytest.mark.parametrize(
    ("models", "level"), [((), "none"), (("Google Pixel 7",), "agrees"), (("Apple iPhone 12",), "look")]
)
def test_the_camera_is_set_beside_the_phones_other_photos(models: tuple[str, ...], level: str) -> None:
    assert flags(photo(), models=models)["device"][0] == level


def test_who_may_not_see_positions_is_told_nothing_of_the_place() -> None:
    blind = replace(TOLD, observer=None, event=None, knows_place=False)
    level, words = flags(photo(gps=AT_THE_POST), blind)["place"]
    assert (level, words) == ("none", "You may not see positions.")


def test_a_report_without_positions_is_nothing_to_compare_with() -> None:
    nowhere = replace(TOLD, observer=None, event=None)
    assert flags(photo(gps=AT_THE_POST), nowhere)["place"][0] == "none"
