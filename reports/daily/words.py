"""The cells and half-sentences of a paper: one observation, one place, one time, said in fixed words."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from incidents.casework import counting
from incidents.casework.counting import Total
from incidents.intake.queries import ObservationRow, Position
from incidents.taxonomy.loader import taxonomy
from incidents.taxonomy.model import NOT_KNOWN
from monitor.geo import DIR16, dir16
from monitor.places.queries import NAMELESS, PlaceRow
from reports.wording.language import FIRST, Language, capital

# A mission's names may say exercise; the stamp says it already, so the paper need not.
MARKED_EXERCISE = re.compile(r" \((?:exercise|վարժանք|təlim|учение)\)$")
_OFFSET = re.compile(r"about (\d+) km ([NESW]{1,3}) of (.+)")
LISTED = {"choice", "multi_choice", "yes_no_nk"}


def place_name(place: PlaceRow | None, code: str | None, words: Language) -> str:
    if place is None:
        return code or words.phrase("place.outside")
    return MARKED_EXERCISE.sub("", place.name_in(words.code))


def observed_from(row: ObservationRow, places: Mapping[str, PlaceRow], words: Language) -> str | None:
    """Where the observer stood, as intake described it in English, said in this language."""
    text = row.observed_from
    if text is None or words.code == FIRST:
        return text
    if text == NAMELESS:
        return words.phrase("place.unnamed")
    named = {place.names["en"]: place for place in places.values()}

    def name(english: str) -> str:
        return place_name(named[english], None, words) if english in named else english

    if found := _OFFSET.fullmatch(text):
        km, way, near = found.groups()
        return words.text("place.offset", km=km, way=words.way_short(way), name=name(near))
    if text.startswith("at "):
        return words.text("place.at", name=name(text.removeprefix("at ")))
    return name(text)


def kind_label(row_type: str, words: Language) -> str:
    kind = taxonomy().types.get(row_type)
    return kind.label[words.code] if kind else row_type.replace("_", " ")


def lower_label(row_type: str, words: Language) -> str:
    """The label inside a sentence; abbreviations keep their capitals."""
    label = kind_label(row_type, words)
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def unit(row_type: str, number: int, words: Language) -> str:
    """The word for one or several events of a kind; only English has it in both numbers."""
    kind = taxonomy().types.get(row_type)
    if words.code != FIRST or kind is None or kind.unit is None:
        return lower_label(row_type, words)
    return kind.unit[0] if number == 1 else kind.unit[1]


def means(row: ObservationRow, words: Language) -> str:
    return _or_dash(f"means.{row.means}", words)


def verb(row: ObservationRow, words: Language) -> str:
    key = f"verb.{row.means}"
    return words.phrase(key if words.holds(key) else "verb.observed")


def _or_dash(key: str, words: Language) -> str:
    return words.phrase(key if words.holds(key) else "dash")


def count(total: Total, words: Language) -> str:
    return words.printed(total.best, total.qualifier)


def persons(total: Total, words: Language) -> str:
    """Persons as a range where sources differ: "2–3"."""
    if total.max not in (None, total.min):
        return f"{words.numeral(total.min)}–{words.numeral(total.max or 0)}"
    return count(total, words)


def weapon(row: ObservationRow, words: Language) -> str:
    """The weapon as assessed; "N/K" where the observer could not say, a dash where nobody asked."""
    if row.weapon == NOT_KNOWN or (row.weapon is None and row.category == "CFV"):
        return words.phrase("not_known")
    if row.weapon is None:
        return words.phrase("dash")
    named = taxonomy().weapons.get(row.weapon)
    return named.label[words.code] if named else row.weapon


def description(row: ObservationRow, words: Language) -> str:
    """The observer's assessment: undetermined, impact, in flight from W to E, a probable exercise."""
    parts = []
    assessed = row.fields.get("assessment")
    if assessed is not None:
        parts.append(_label("assessment", assessed, words))
    elif row.type == "explosion":
        parts.append(words.phrase("describe.undetermined"))
    start, end = row.fields.get("path_from_dir16"), row.fields.get("path_to_dir16")
    if start in DIR16 and end in DIR16:
        flown = {"start": words.way_short(start), "end": words.way_short(end)}
        parts.append(words.text("describe.in_flight_from", **flown))
    elif row.type == "projectile_in_flight":
        parts.append(words.phrase("describe.in_flight"))
    parts += [
        _label(name, row.fields[name], words) for name in ("flight", "intensity") if row.fields.get(name)
    ]
    exercise = row.fields.get("assessed_exercise")
    if exercise in counting.PROBABLE_EXERCISE:
        parts.append(words.phrase(f"describe.{exercise}_exercise"))
    return capital("; ".join(parts)) if parts else words.phrase("dash")


def details(
    row: ObservationRow, places: Mapping[str, PlaceRow], words: Language, leave: Collection[str] = ()
) -> str:
    """What was answered beyond kind, place and number: "Extent: partial; Fresh: yes"."""
    kind = taxonomy().types.get(row.type)
    if kind is None:
        return words.phrase("dash")
    said = []
    for code, use in kind.fields.items():
        value = row.fields.get(code)
        if value in (None, "", [], {}) or code in leave or use.field.kind == "text_private":
            continue
        said.append(f"{use.field.label[words.code]}: {_value(use.field, value, places, words)}")
    return "; ".join(said) or words.phrase("dash")


def _value(field: Any, value: Any, places: Mapping[str, PlaceRow], words: Language) -> str:
    """One answer in words. What no list knows is shown as it came."""
    if isinstance(value, list) and field.kind == "tally":
        return ", ".join(_tally(field, part, words) for part in value)
    if isinstance(value, list):
        return ", ".join(_value(field, part, places, words) for part in value)
    if value == NOT_KNOWN:
        return words.phrase("not_known")
    if field.kind == "yes_no_nk":
        return _label("yes_no", value, words)
    if field.kind in LISTED:
        return _label(field.list, value, words)
    if field.kind == "weapon":
        named = taxonomy().weapons.get(value)
        return named.label[words.code] if named else str(value)
    if field.kind == "dir16":
        return words.way_short(value)
    if field.kind == "place":
        return place_name(places.get(str(value)), str(value), words)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return words.numeral(value)
    return str(value)


def _tally(field: Any, part: Mapping[str, Any], words: Language) -> str:
    """One group of a tally: "female child 2", "male adult 2–3", "bus at least 4"."""
    groups = " ".join(_label(name, part[name], words) for name in field.by if part.get(name))
    least, most = part["min"], part.get("max")
    if most is None:
        number = words.printed(least, "at_least")
    else:
        number = words.numeral(least) if least == most else f"{words.numeral(least)}–{words.numeral(most)}"
    return f"{groups} {number}"


def _label(list_code: str, value: str, words: Language) -> str:
    try:
        return taxonomy().label(list_code, value, words.code)
    except KeyError:
        return str(value).replace("_", " ")


def _way(position: Position) -> str | None:
    return position.dir16 or (dir16(position.bearing_deg) if position.bearing_deg is not None else None)


def from_there(position: Position | None, words: Language) -> str:
    """Where the event was, from the observer: "3–5 km SW", "at a given place", "N/K"."""
    if position is None:
        return words.phrase("not_known")
    way = _way(position)
    if way is None:
        return words.phrase("place.given" if position.geometry else "not_known")
    return f"{words.kilometres(position.dist_min_m, position.dist_max_m)} {words.way_short(way)}"


def where_in_words(position: Position | None, words: Language) -> str:
    """The same in a sentence, with a space before it; empty where it is not known."""
    way = _way(position) if position else None
    if position is None or way is None:
        return ""
    far = words.kilometres(position.dist_min_m, position.dist_max_m)
    if far == words.phrase("not_known"):
        return " " + words.text("far.way", way=words.way(way))
    return " " + words.text("far.both", far=far, way=words.way(way))


def when(row: ObservationRow, zone: ZoneInfo, words: Language) -> str:
    return words.short_span(row.t_start, row.t_end, zone)


def iso(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat()
