"""A table of statements (CSV) becomes claims; what cannot be taken is named row by row. Also written back.

Two shapes are known by their headings: our own, which the ledger also writes, and that of the table of
press-reported incidents (`importer`). Local times without an offset are read by the clock of `zone`.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from incidents.claims import importer
from incidents.claims.importer import NotThisTable, Refusal
from incidents.claims.values import TYPE_OF, WEAPON_OF, ClaimValues

NEEDED = ("claimant", "start", "place", "type", "source")
OTHERS = (
    *("ref", "party", "against", "end", "precision", "lon", "lat", "error_m", "geo_precision"),
    *("stated_type", "weapons", "killed", "wounded", "victim_side", "status", "note", "channel", "language"),
)
COLUMNS = (
    *("ref", "claimant", "party", "against", "start", "end", "precision", "place", "lon", "lat", "error_m"),
    *("geo_precision", "type", "stated_type", "weapons", "killed", "wounded", "victim_side", "status"),
    *("note", "channel", "source", "language"),
)
MOST_ROWS = 5_000
STATUSES = ("report", "counter_claim", "disputed", "confirmed_by_third_party", "year_inferred")
PRECISIONS = ("T0", "T1", "T2", "T3", "T4", "T5", "T6")
PLACED = ("L1", "L2", "L3", "L4", "L5", "L6")
# A cell that a spreadsheet would run as a formula is written with this before it, and read without it.
GUARD = "'"
_RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_DAY = dt.timedelta(days=1)
LONGEST = {"place": 500, "note": 2000, "source": 2000, "victim_side": 80, "weapons": 500, "stated_type": 40}


@dataclass(frozen=True)
class Known:
    """What the mission knows: the codes of types and weapons, and for whom each claimant speaks."""

    types: Collection[str]
    weapons: Collection[str]
    party_of: Mapping[str, str]
    zone: dt.tzinfo


@dataclass(frozen=True)
class Table:
    """What a file holds. `lines` names the line on which each claim ends, in their order."""

    shape: str
    claims: tuple[ClaimValues, ...]
    lines: tuple[int, ...]
    refused: tuple[Refusal, ...]

    @property
    def rows(self) -> int:
        return len(self.claims) + len(self.refused)


def read_table(text: str, known: Known) -> Table:
    """Every row becomes a claim or a refusal. Raises NotThisTable where the headings fit neither shape."""
    text = text.removeprefix("\ufeff")
    headings = next(csv.reader(io.StringIO(text, newline="")), [])
    if set(importer.COLUMNS) <= set(headings):
        press = importer.read_press(text)
        return Table("press", press.claims, press.lines, press.refused)
    missing = [name for name in NEEDED if name not in headings]
    if missing:
        raise NotThisTable(f"missing columns: {', '.join(missing)}")
    strange = [name for name in headings if name not in COLUMNS]
    if strange:
        raise NotThisTable(f"columns that mean nothing here: {', '.join(strange)[:200]}")
    return _own_shape(text, known)


def _own_shape(text: str, known: Known) -> Table:
    claims: list[ClaimValues] = []
    lines: list[int] = []
    refused: list[Refusal] = []
    refs: set[str] = set()
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, row in enumerate(reader, 1):
            ref = (row.get("ref") or "").strip()
            if number > MOST_ROWS:
                refused.append(Refusal(reader.line_num, ref, f"only {MOST_ROWS} rows are taken at once"))
                continue
            try:
                claims.append(_claim(row, known, refs))
                lines.append(reader.line_num)
            except _Unusable as reason:
                refused.append(Refusal(reader.line_num, ref, str(reason)))
            refs |= {ref} if ref else set()
    except csv.Error as error:
        # The reader cannot say where the next row begins, so what follows is not guessed at.
        refused.append(Refusal(reader.line_num, "", f"not readable from here on: {error}"))
    return Table("claims", tuple(claims), tuple(lines), tuple(refused))


class _Unusable(ValueError):
    """One row cannot be taken; the text says why."""


def _claim(row: Mapping[str | None, str | None], known: Known, refs: set[str]) -> ClaimValues:
    if None in row or any(value is None for value in row.values()):
        raise _Unusable("has another number of columns than the heading")
    said = {name: _plain(row.get(name) or "") for name in COLUMNS}
    for name in NEEDED:
        if not said[name]:
            raise _Unusable(f"{name} is empty")
    for name, longest in LONGEST.items():
        if len(said[name]) > longest:
            raise _Unusable(f"{name} is longer than {longest} characters")
    _one_of("status", said["status"] or "report", STATUSES)
    t_start, t_end, precision = _when(said, known.zone)
    lon, lat, error_m, geo_precision = _where(said)
    url, source = importer.source_of(said["source"])
    kind, weapons = _kind(said, known)
    return ClaimValues(
        external_ref=_ref(said["ref"], refs),
        claimant=_code("claimant", said["claimant"]),
        claimant_party=_party(said, known),
        against=importer.against_of(said["against"]) if _fits("against", said["against"]) else None,
        t_start=t_start,
        t_end=t_end,
        t_precision=precision,
        place_text=said["place"],
        lon=lon,
        lat=lat,
        uncertainty_m=error_m,
        geo_precision=geo_precision,
        geo_basis="stated",
        type=kind,
        stated_type=said["stated_type"] or said["type"],
        weapons=weapons,
        weapons_text=said["weapons"],
        killed=_persons(said, "killed"),
        wounded=_persons(said, "wounded"),
        victim_side=said["victim_side"],
        status=said["status"] or "report",
        note=said["note"],
        channel=_code("channel", said["channel"] or "press"),
        source=source,
        source_url=url,
        language=_code("language", said["language"])[:8] if said["language"] else None,
    )


def _plain(text: str) -> str:
    text = text.strip()
    return text[1:] if text.startswith(GUARD) and text[1:].startswith(_RUNS) else text


def _one_of(name: str, value: str, allowed: Collection[str]) -> str:
    if value not in allowed:
        raise _Unusable(f"{name} {value!r} is not one of {', '.join(allowed)}")
    return value


def _code(name: str, value: str) -> str:
    if not _CODE.fullmatch(value):
        raise _Unusable(f"{name} {value!r} is not a code of up to 40 letters, digits, dots and lines")
    return value


def _fits(name: str, value: str) -> bool:
    return value in {"", "-"} or bool(_code(name, value))


def _ref(text: str, refs: set[str]) -> str | None:
    if not text:
        return None
    if text in refs:
        raise _Unusable("the ref stands twice in the file")
    return _code("ref", text)


def _party(said: Mapping[str, str], known: Known) -> str:
    if said["party"]:
        return _code("party", said["party"])
    if said["claimant"] not in known.party_of:
        raise _Unusable(f"party is empty, and the mission does not know for whom {said['claimant']!r} speaks")
    return known.party_of[said["claimant"]]


def _kind(said: Mapping[str, str], known: Known) -> tuple[str, tuple[str, ...]]:
    """Our code, given as such or by a word of the press that we know; weapons as far as they are known."""
    kind = said["type"] if said["type"] in known.types else TYPE_OF.get(said["type"])
    if kind is None:
        raise _Unusable(f"type {said['type']!r} is not in the taxonomy")
    words = [word.strip() for word in said["weapons"].split(";") if word.strip()]
    codes = [word if word in known.weapons else WEAPON_OF.get(word) for word in words]
    return kind, tuple(dict.fromkeys(code for code in codes if code))


def _when(said: Mapping[str, str], zone: dt.tzinfo) -> tuple[dt.datetime, dt.datetime | None, str]:
    """A bare date is the whole day (T5); a time is to five minutes (T2) unless the row says otherwise."""
    start, is_day = _instant("start", said["start"], zone)
    precision = _one_of("precision", said["precision"] or ("T5" if is_day else "T2"), PRECISIONS)
    end = None
    if said["end"]:
        end, ends_with_day = _instant("end", said["end"], zone)
        end += _DAY if ends_with_day else dt.timedelta()
    elif is_day:
        end = start + _DAY
    if end is not None and end < start:
        raise _Unusable("the end lies before the start")
    return start, end, precision


def _instant(name: str, text: str, zone: dt.tzinfo) -> tuple[dt.datetime, bool]:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise _Unusable(f"{name} {text!r} is not a time like 2022-09-13T00:05") from None
    if not 2000 <= found.year < 2100:
        raise _Unusable(f"{name} {text!r} lies outside the years 2000 to 2100")
    is_day = "T" not in text and " " not in text
    return (found if found.tzinfo else found.replace(tzinfo=zone)), is_day


def _where(said: Mapping[str, str]) -> tuple[float | None, float | None, int | None, str]:
    """A position needs its error: nobody can match what may lie anywhere."""
    if not said["lat"] and not said["lon"]:
        return None, None, None, "L7"
    try:
        lon, lat = float(said["lon"]), float(said["lat"])
    except ValueError:
        raise _Unusable(f"{said['lat']!r}, {said['lon']!r} are not coordinates") from None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise _Unusable(f"{lat}, {lon} lies outside the earth's degrees")
    if not said["error_m"].isdecimal() or not said["error_m"].isascii() or int(said["error_m"]) > 1_000_000:
        raise _Unusable("a position needs error_m, its possible error in whole metres")
    precision = _one_of("geo_precision", said["geo_precision"] or "L4", PLACED)
    return lon, lat, int(said["error_m"]), precision


def _persons(said: Mapping[str, str], name: str) -> int | None:
    text = said[name]
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) > 1_000_000:
        raise _Unusable(f"{name} {text!r} is not a number of persons")
    return int(text)


def write_table(claims: Iterable[Mapping[str, object]]) -> str:
    """Claims as a CSV that `read_table` reads back and that no spreadsheet runs."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for claim in claims:
        writer.writerow(guarded(claim.get(name)) for name in COLUMNS)
    return text.getvalue()


def guarded(value: object) -> object:
    """A cell that a spreadsheet shows and does not run."""
    if isinstance(value, str) and value.startswith(_RUNS):
        return GUARD + value
    return "" if value is None else value


def write_refusals(refused: Iterable[Refusal]) -> str:
    """The rows that were not taken, as a CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("line", "ref", "reason"))
    for row in refused:
        writer.writerow((row.line, guarded(row.ref), guarded(row.reason)))
    return text.getvalue()
