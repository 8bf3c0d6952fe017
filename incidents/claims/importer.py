"""Reads the table of press-reported incidents into claims. What cannot be taken is named row by row."""

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from incidents.claims.values import TYPE_OF, WEAPON_OF, ClaimValues

LOCAL = dt.timezone(dt.timedelta(hours=4))  # Armenia and Azerbaijan keep UTC+4 all year.
DAY = dt.timedelta(days=1)

COLUMNS = (
    *("id", "event_date", "start_time_local", "end_time_local", "reported_by", "alleged_violator"),
    *("incident_type", "weapons", "place_text", "lat", "lon", "geo_basis", "killed", "wounded"),
    *("victim_side", "status", "note", "source_url"),
)

# How far the truth may lie from the coordinates given, by how they were found. A gazetteer point stands for
# the settlement and its surroundings; a sector point stands for the sector.
SETTLEMENT_M = 5_000
SECTOR_M = 20_000

# The note tells where a clock time was assumed or stands for words of the source ("evening").
_PART_OF_DAY = re.compile(r'assumed|"[^"]*(day|evening|morning|night)[^"]*"', re.IGNORECASE)
_APPROXIMATE = re.compile(r"time approximate", re.IGNORECASE)
_DATE_INFERRED = re.compile(r"date inferred", re.IGNORECASE)

_STATUSES = ("report", "counter_claim", "disputed", "confirmed_by_third_party", "year_inferred")


@dataclass(frozen=True)
class Refusal:
    """A row that was not taken: its line in the file (the heading is line 1), its id, and why."""

    line: int
    ref: str
    reason: str


@dataclass(frozen=True)
class PressTable:
    """`lines` names the line on which each claim ends, in their order."""

    claims: tuple[ClaimValues, ...]
    refused: tuple[Refusal, ...]
    lines: tuple[int, ...] = ()


class NotThisTable(ValueError):
    """The file is not a table with the columns of the press incidents."""


class _Unusable(ValueError):
    """One row cannot be taken; the text says why."""


def read_press(text: str) -> PressTable:
    """Every row becomes a claim or a refusal. Raises NotThisTable where columns are missing."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise NotThisTable(f"missing columns: {', '.join(missing)}")
    claims: list[ClaimValues] = []
    lines: list[int] = []
    refused: list[Refusal] = []
    seen: set[str] = set()
    try:
        for row in reader:
            ref = (row["id"] or "").strip()
            try:
                claims.append(_claim(row, seen))
                lines.append(reader.line_num)
                seen.add(ref)
            except _Unusable as reason:
                refused.append(Refusal(reader.line_num, ref, str(reason)))
    except csv.Error as error:
        # The reader cannot say where the next row begins, so what follows is not guessed at.
        refused.append(Refusal(reader.line_num, "", f"not readable from here on: {error}"))
    return PressTable(tuple(claims), tuple(refused), tuple(lines))


def _claim(row: dict[str, str | None], seen: set[str]) -> ClaimValues:
    if None in row or any(row[name] is None for name in COLUMNS):
        raise _Unusable("has another number of columns than the heading")
    said = {name: (row[name] or "").strip() for name in COLUMNS}
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", said["id"]):
        raise _Unusable("the id is missing or is not a code")
    if said["id"] in seen:
        raise _Unusable("the id stands twice in the file")
    for name in ("reported_by", "place_text"):
        if not said[name]:
            raise _Unusable(f"{name} is empty")
    if said["incident_type"] not in TYPE_OF:
        raise _Unusable(f"incident_type {said['incident_type']!r} is not known")
    if said["status"] not in _STATUSES:
        raise _Unusable(f"status {said['status']!r} is not known")
    t_start, t_end, t_precision = _when(said)
    lon, lat, uncertainty_m, geo_precision = _where(said)
    url, source = _source(said["source_url"])
    stated = [word.strip() for word in said["weapons"].split(";") if word.strip()]
    return ClaimValues(
        external_ref=said["id"],
        claimant=said["reported_by"],
        claimant_party=said["reported_by"].split("_")[0],
        against=against_of(said["alleged_violator"]),
        t_start=t_start,
        t_end=t_end,
        t_precision=t_precision,
        place_text=said["place_text"],
        lon=lon,
        lat=lat,
        uncertainty_m=uncertainty_m,
        geo_precision=geo_precision,
        geo_basis=said["geo_basis"],
        type=TYPE_OF[said["incident_type"]],
        stated_type=said["incident_type"],
        weapons=tuple(dict.fromkeys(WEAPON_OF[word] for word in stated if word in WEAPON_OF)),
        weapons_text=said["weapons"],
        killed=_persons(said, "killed"),
        wounded=_persons(said, "wounded"),
        victim_side=said["victim_side"],
        status=said["status"],
        note=said["note"],
        channel="press",
        source=source,
        source_url=url,
    )


def _when(said: dict[str, str]) -> tuple[dt.datetime, dt.datetime | None, str]:
    """Start, end and precision of the alleged time; local times are UTC+4."""
    try:
        day = dt.date.fromisoformat(said["event_date"])
    except ValueError:
        raise _Unusable(f"event_date {said['event_date']!r} is not a date") from None
    midnight = dt.datetime.combine(day, dt.time(), LOCAL)
    start = _clock(day, said["start_time_local"], "start_time_local")
    end = _clock(day, said["end_time_local"], "end_time_local")
    if end is not None and end < (start or midnight):
        raise _Unusable("the end lies before the start")
    if start is None:
        # Only a date, or only an end: the day as a whole, up to the end where one is stated.
        return (midnight, end, "T6") if end else (midnight, midnight + DAY, "T5")
    if _DATE_INFERRED.search(said["note"]):
        # The source gives the hour but not the day; a neighbouring day is as possible.
        return start - DAY, (end or start) + DAY, "T6"
    if _PART_OF_DAY.search(said["note"]):
        return start, end, "T4"
    return start, end, "T3" if end or _APPROXIMATE.search(said["note"]) else "T2"


def _clock(day: dt.date, text: str, name: str) -> dt.datetime | None:
    """A time of that day, or a whole date and time where the event ran over midnight."""
    if not text:
        return None
    try:
        if "T" in text:
            return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL)
        return dt.datetime.combine(day, dt.time.fromisoformat(text), LOCAL)
    except ValueError:
        raise _Unusable(f"{name} {text!r} is not a time") from None


def _where(said: dict[str, str]) -> tuple[float | None, float | None, int | None, str]:
    """Longitude, latitude, radius in metres and precision level; no coordinates is L7, not located."""
    if not said["lat"] and not said["lon"]:
        return None, None, None, "L7"
    try:
        lat, lon = float(said["lat"]), float(said["lon"])
    except ValueError:
        raise _Unusable(f"{said['lat']!r}, {said['lon']!r} are not coordinates") from None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise _Unusable(f"{lat}, {lon} lies outside the earth's degrees")
    basis = said["geo_basis"]
    if basis.startswith("crisisgroup_sector_point"):
        return lon, lat, SECTOR_M, "L5"
    if basis.startswith(("geonames_", "approx_unsourced")):
        return lon, lat, SETTLEMENT_M, "L4"
    raise _Unusable(f"geo_basis {basis!r} is not known, so the position has no known error")


def against_of(text: str) -> str | None:
    """Whom the claim names: nobody, "not known" as an answer, or the code as stated."""
    if text in {"", "-"}:
        return None
    return "n_k" if text == "unknown" else text


def _persons(said: dict[str, str], name: str) -> int | None:
    text = said[name]
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        raise _Unusable(f"{name} {text!r} is not a number of persons")
    return int(text)


def _source(text: str) -> tuple[str | None, str]:
    """Without a source nobody can check a claim."""
    if not text:
        raise _Unusable("names no source")
    return source_of(text)


def source_of(text: str) -> tuple[str | None, str]:
    """The address where there is one, and the source as given."""
    address = text.split()[0]
    return (address if urlsplit(address).scheme in {"http", "https"} else None), text
