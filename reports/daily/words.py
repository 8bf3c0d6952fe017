"""The cells and half-sentences of a summary: one observation, one place, one time, said in fixed words."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from incidents.casework import counting
from incidents.casework.counting import Total
from incidents.intake.queries import ObservationRow, Position
from incidents.taxonomy.loader import taxonomy
from incidents.taxonomy.model import NOT_KNOWN
from monitor.geo import dir16
from monitor.places.queries import PlaceRow
from reports.wording import numbers, phrases

NOT_SAID = "–"
SEEN_BY = {
    "saw": "saw",
    "heard": "heard",
    "felt": "felt",
    "recorded_camera": "recorded (camera)",
    "recorded_uav": "recorded (UAV)",
    "recorded_acoustic": "recorded (acoustic sensor)",
}
PATHS = ("path_from_dir16", "path_to_dir16")


def place_name(place: PlaceRow | None, code: str | None, language: str) -> str:
    """A place as the paper names it. The stamp says exercise already, so the name need not."""
    if place is None:
        return code or "outside the sectors"
    return place.name_in(language).removesuffix(" (exercise)")


def kind_label(row_type: str, language: str) -> str:
    kind = taxonomy().types.get(row_type)
    return kind.label[language] if kind else row_type.replace("_", " ")


def unit(row_type: str, number: int) -> str:
    """The English word for one or several events of a kind."""
    kind = taxonomy().types.get(row_type)
    if kind is None or kind.unit is None:
        return row_type.replace("_", " ")
    return kind.unit[0] if number == 1 else kind.unit[1]


def means(row: ObservationRow) -> str:
    return phrases.MEANS.get(row.means or "", NOT_SAID)


def verb(row: ObservationRow) -> str:
    return SEEN_BY.get(row.means or "", "observed")


def count(total: Total) -> str:
    return numbers.printed(total.best, total.qualifier)


def weapon(row: ObservationRow, language: str) -> str:
    """The weapon as assessed; "N/K" where the observer could not say, a dash where nobody asked."""
    if row.weapon == NOT_KNOWN:
        return phrases.NOT_KNOWN
    if row.weapon is None:
        return phrases.NOT_KNOWN if row.category == "CFV" else NOT_SAID
    named = taxonomy().weapons.get(row.weapon)
    return named.label[language] if named else row.weapon


def description(row: ObservationRow, language: str) -> str:
    """The observer's assessment: undetermined, impact, in flight from W to E, a probable exercise."""
    parts = []
    assessed = row.fields.get("assessment")
    if assessed is not None:
        parts.append(_label("assessment", assessed, language))
    elif row.type == "explosion":
        parts.append("Undetermined")
    start, end = (row.fields.get(path) for path in PATHS)
    if start and end and NOT_KNOWN not in (start, end):
        parts.append(f"In flight from {start} to {end}")
    elif row.type == "projectile_in_flight":
        parts.append("In flight")
    if row.fields.get("flight"):
        parts.append(_label("flight", row.fields["flight"], language))
    if row.fields.get("intensity"):
        parts.append(_label("intensity", row.fields["intensity"], language))
    if row.fields.get("assessed_exercise") in counting.PROBABLE_EXERCISE:
        announced = row.fields["assessed_exercise"] == "announced"
        parts.append(f"assessed as {'an announced' if announced else 'a probable'} exercise")
    return numbers.capital("; ".join(parts)) if parts else NOT_SAID


def _label(list_code: str, value: str, language: str) -> str:
    try:
        return taxonomy().label(list_code, value, language)
    except KeyError:
        return value.replace("_", " ")


def from_there(position: Position | None) -> str:
    """Where the event was, from the observer: "3–5 km SW", "at the place", "N/K"."""
    if position is None:
        return phrases.NOT_KNOWN
    word = position.dir16 or (dir16(position.bearing_deg) if position.bearing_deg is not None else None)
    if word is None:
        return "at a given place" if position.geometry else phrases.NOT_KNOWN
    far = phrases.kilometres(position.dist_min_m, position.dist_max_m)
    return f"{far} {word}" if far != phrases.NOT_KNOWN else f"N/K {word}"


def where_in_words(position: Position | None) -> str:
    """The same in a sentence: "3–5 km to the south-west"; empty where it is not known."""
    if position is None:
        return ""
    word = position.dir16 or (dir16(position.bearing_deg) if position.bearing_deg is not None else None)
    if word is None:
        return ""
    far = phrases.kilometres(position.dist_min_m, position.dist_max_m)
    if far == phrases.NOT_KNOWN:
        return f"to the {phrases.direction(word)}, distance not known"
    return f"{far} to the {phrases.direction(word)}"


def when(row: ObservationRow, zone: ZoneInfo) -> str:
    return phrases.short_span(row.t_start, row.t_end, zone)


def spans_of_time(start: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> str:
    return phrases.short_span(start, end, zone)


def named_sectors(names: Iterable[str]) -> str:
    return numbers.listed(list(names))
