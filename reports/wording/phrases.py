"""Fixed phrases: where, when, by what means, and how sure."""

import datetime as dt
from zoneinfo import ZoneInfo

CONFIDENCE = {
    "observed": "observed",
    "assessed": "assessed as",
    "probable": "assessed as probable",
    "told": "was told by {who} that",
    "not_verified": "could not verify",
}
ASSESSMENT = {
    "reported": "reported; not assessed yet",
    "possible": "assessed as possible",
    "corroborated": "corroborated",
    "confirmed": "confirmed",
    "disputed": "disputed",
    "unverifiable": "the mission could not verify it",
    "refuted": "refuted by later evidence",
    "withdrawn": "withdrawn",
}
MEANS = {
    "saw": "Saw",
    "heard": "Heard",
    "felt": "Felt",
    "recorded_camera": "Recorded",
    "recorded_uav": "Recorded (UAV)",
    "recorded_acoustic": "Recorded (acoustic)",
    "told": "Told",
    "document": "Document",
    "open_source": "Open source",
    "liaison": "Liaison",
}
_MAIN = {"N": "north", "E": "east", "S": "south", "W": "west"}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
NOT_KNOWN = "N/K"


def direction(dir16: str) -> str:
    """`SSW` as "south-south-west", `NE` as "north-east"."""
    if len(dir16) == 3:
        return f"{_MAIN[dir16[0]]}-{_MAIN[dir16[1]]}-{_MAIN[dir16[2]]}"
    return "-".join(_MAIN[letter] for letter in dir16)


def kilometres(min_m: float | None, max_m: float | None) -> str:
    """ "3–5 km", "about 600 m", "N/K"."""
    if min_m is None and max_m is None:
        return NOT_KNOWN
    low, high = (min_m if min_m is not None else max_m), (max_m if max_m is not None else min_m)
    assert low is not None and high is not None
    if high < 1000:
        return f"{low:.0f} m" if low == high else f"{low:.0f}–{high:.0f} m"
    return f"{_km(low)} km" if low == high else f"{_km(low)}–{_km(high)} km"


def _km(metres: float) -> str:
    kilometre = round(metres / 1000, 1)
    return f"{kilometre:.0f}" if kilometre == int(kilometre) else f"{kilometre:.1f}"


def day(at: dt.datetime, zone: ZoneInfo, year: bool = True) -> str:
    """ "13 September 2022"."""
    local = at.astimezone(zone)
    return f"{local.day} {MONTHS[local.month - 1]}" + (f" {local.year}" if year else "")


def clock(at: dt.datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")


def moment(at: dt.datetime, zone: ZoneInfo) -> str:
    """ "19:30 on 13 September 2022"."""
    return f"{clock(at, zone)} on {day(at, zone)}"


def short_moment(at: dt.datetime, zone: ZoneInfo) -> str:
    """For tables: "13 Sep 00:14"."""
    local = at.astimezone(zone)
    return f"{local.day} {MONTHS[local.month - 1][:3]} {local:%H:%M}"


def short_span(start: dt.datetime, end: dt.datetime | None, zone: ZoneInfo) -> str:
    """For tables: "13 Sep 00:05–00:40"."""
    if end is None or clock(start, zone) == clock(end, zone):
        return short_moment(start, zone)
    if start.astimezone(zone).date() == end.astimezone(zone).date():
        return f"{short_moment(start, zone)}–{clock(end, zone)}"
    return f"{short_moment(start, zone)} – {short_moment(end, zone)}"


def period(start: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> str:
    """ "19:30 on 12 September to 19:30 on 13 September 2022"."""
    same_year = start.astimezone(zone).year == end.astimezone(zone).year
    return f"{clock(start, zone)} on {day(start, zone, year=not same_year)} to {moment(end, zone)}"


def offset(at: dt.datetime, zone: ZoneInfo) -> str:
    """The zone with its offset: "Asia/Yerevan (UTC+04:00)"."""
    text = at.astimezone(zone).strftime("%z")
    return f"{zone.key} (UTC{text[:3]}:{text[3:]})"
