"""What a photo says of itself beside what its report says: time, place, device. Flags to look at, no verdict.

A file without such data is nothing special: phones strip it. One that agrees proves nothing, since it can
be written by anybody; one that does not agree is a question to ask the observer.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from monitor.geo import inverse

Level = Literal["agrees", "look", "none"]

# A photo may be taken before an event is noticed and, of damage, long after; but not after its report.
BEFORE = dt.timedelta(hours=1)
CLOCKS = dt.timedelta(minutes=10)
# What a phone's own position may be off by, beyond what the report says of its own.
PLACE_M = 500.0
EDITORS = ("photoshop", "lightroom", "gimp", "snapseed", "picsart", "affinity", "pixelmator", "canva")


@dataclass(frozen=True)
class Told:
    """What the report says. Positions are (lon, lat); None where the report gives none."""

    start: dt.datetime
    end: dt.datetime
    captured_at: dt.datetime | None
    received_at: dt.datetime
    zone: dt.tzinfo
    observer: tuple[float, float] | None = None
    observer_accuracy_m: float = 0.0
    event: tuple[float, float] | None = None
    event_uncertainty_m: float = 0.0
    knows_place: bool = True


@dataclass(frozen=True)
class Flag:
    """One comparison: what it is about, whether to look, and why in words."""

    about: str
    level: Level
    words: str


def compare(facts: Mapping[str, Any], told: Told, models: Collection[str] = ()) -> list[Flag]:
    """Every comparison in a fixed order. `models` are those of the same phone's other photos."""
    flags = [_time(facts, told), _place(facts, told), _device(facts, models)]
    flags += [flag for flag in (_clocks(facts, told), _software(facts)) if flag]
    return flags


def _time(facts: Mapping[str, Any], told: Told) -> Flag:
    taken = taken_at(facts, told.zone)
    if taken is None:
        return Flag("time", "none", "The file holds no time. That is usual.")
    by = "" if facts.get("offset") else " if its clock ran by the mission's time"
    written = told.captured_at or told.received_at
    if taken > written + CLOCKS:
        return Flag("time", "look", f"Taken {_long(taken - written)} after the report was written{by}.")
    if taken < told.start - BEFORE:
        return Flag("time", "look", f"Taken {_long(told.start - taken)} before the event began{by}.")
    if taken > told.end + CLOCKS:
        return Flag("time", "agrees", f"Taken {_long(taken - told.end)} after the event{by}.")
    return Flag("time", "agrees", f"Taken about the time of the event{by}.")


def taken_at(facts: Mapping[str, Any], zone: dt.tzinfo) -> dt.datetime | None:
    """When the camera says it took the picture; without an offset by the mission's clock."""
    found = _instant(facts.get("taken_at"))
    if found is None:
        return None
    offset = _offset(facts.get("offset"))
    return found.replace(tzinfo=offset or zone)


def _place(facts: Mapping[str, Any], told: Told) -> Flag:
    if not told.knows_place:
        return Flag("place", "none", "You may not see positions.")
    if "lat" not in facts:
        return Flag("place", "none", "The file holds no position. That is usual.")
    here = (facts["lon"], facts["lat"])
    apart = _apart(here, told.observer)
    if apart is not None and apart <= told.observer_accuracy_m + PLACE_M:
        return Flag("place", "agrees", f"Taken {_far(apart)} from where the observer stood.")
    from_event = _apart(here, told.event)
    if from_event is not None and from_event <= told.event_uncertainty_m + PLACE_M:
        return Flag("place", "agrees", f"Taken {_far(from_event)} from the event as it is known.")
    if apart is None and from_event is None:
        return Flag("place", "none", "The report gives no position to compare with.")
    said = [
        f"{_far(metres)} from {what}"
        for metres, what in ((apart, "where the observer stood"), (from_event, "the event"))
        if metres is not None
    ]
    return Flag("place", "look", f"Taken {' and '.join(said)}.")


def _device(facts: Mapping[str, Any], models: Collection[str]) -> Flag:
    model = model_of(facts)
    if model is None:
        return Flag("device", "none", "The file names no camera. That is usual.")
    if not models:
        return Flag("device", "none", f"Taken with {model}; no other photo of this phone names one.")
    if model in models:
        return Flag("device", "agrees", f"Taken with {model}, as other photos of this phone.")
    others = ", ".join(sorted(models))
    return Flag("device", "look", f"Taken with {model}; other photos of this phone were taken with {others}.")


def model_of(facts: Mapping[str, Any]) -> str | None:
    make, model = facts.get("make") or "", facts.get("model") or ""
    if not model:
        return make or None
    return model if not make or model.casefold().startswith(make.casefold()) else f"{make} {model}"


def _clocks(facts: Mapping[str, Any], told: Told) -> Flag | None:
    """The camera's clock beside that of the satellites, where the file holds both."""
    taken, gps = taken_at(facts, told.zone), _instant(facts.get("gps_at"))
    if taken is None or gps is None:
        return None
    apart = abs(taken - gps.replace(tzinfo=dt.UTC))
    if apart <= CLOCKS:
        return Flag("clocks", "agrees", "The camera's clock and the satellites' agree.")
    return Flag("clocks", "look", f"The camera's clock and the satellites' are {_long(apart)} apart.")


def _software(facts: Mapping[str, Any]) -> Flag | None:
    software = str(facts.get("software") or "")
    if not any(editor in software.casefold() for editor in EDITORS):
        return None
    return Flag("editing", "look", f"Passed through a program for editing pictures: {software}.")


def _apart(here: tuple[float, float], there: tuple[float, float] | None) -> float | None:
    return None if there is None else inverse(*here, *there)[1]


def _instant(text: Any) -> dt.datetime | None:
    """ "2022:09:13 00:07:12", as cameras write it."""
    try:
        return dt.datetime.strptime(str(text)[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone comes later
    except ValueError:
        return None


def _offset(text: Any) -> dt.timezone | None:
    try:
        return dt.timezone(dt.datetime.strptime(str(text), "%z").utcoffset() or dt.timedelta())
    except ValueError:
        return None


def _long(length: dt.timedelta) -> str:
    minutes = round(length / dt.timedelta(minutes=1))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"


def _far(metres: float) -> str:
    return f"{metres:.0f} m" if metres < 950 else f"{metres / 1000:.1f} km"
