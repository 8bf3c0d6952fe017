"""An observation in one line and in labelled facts, for people at the desk. Pure.

Words are the mission's fixed ones: what was perceived, how, and from where; never whose it was.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from incidents.intake.queries import ObservationRow, Position
from incidents.taxonomy.loader import taxonomy
from incidents.taxonomy.model import NOT_KNOWN, Field
from monitor import geo
from monitor.mission.words import moment

LANGUAGE = "en"
QUALIFIERS = {"exact": "", "about": "about ", "at_least": "at least ", "up_to": "up to "}
TOLD = "dotted"
ACCEPTED = "solid"
NOT_REVIEWED = "dashed"
AGREED = {"corroborated", "confirmed"}
REASONS = {
    "unknown_type": "A type that the taxonomy does not know",
    "unknown_category": "A category that the taxonomy does not know",
    "type_not_in_category": "The type does not stand in its category",
    "unknown_field": "A field that this type does not ask for",
    "value_not_allowed": "A value that this field cannot hold",
    "not_allowed": "A value that cannot be",
    "missing_required": "Left out although required",
    "invalid": "Could not be read",
    "unknown_form_version": "A form version that this system does not know",
    "observer_position_missing": "The observer’s position is missing",
    "direction_without_observer": "A direction, but no place where the observer stood",
    "clock": "The device’s clock and the server’s do not agree",
    "device_revoked": "Signed by a phone that was ended; it came in a file",
    "not_signed": "From a phone that signs, and not signed",
    "brought_by_another": "Brought by somebody other than its author",
    "sequence_used_twice": "Another report of this phone bears the same number",
    "chain_broken": "It does not follow on the phone’s report before it, or the next does not follow on it",
    "seen_another_log": "The phone saw a log of evidence that this one does not continue",
    "disclosure_missing": "A private part was signed for and did not come",
    "disclosure_unreadable": "A private part cannot be read",
    "disclosure_not_committed": "A private part came that nobody signed for",
    "not_committed": "A private part stands among the open fields",
    "media_differs": "The file that came is not the one that was announced",
}


def label(list_code: str, code: str | None) -> str | None:
    """The word of a closed list, or the code in readable form where the taxonomy does not know it."""
    if code is None:
        return None
    try:
        return taxonomy().label(list_code, code, LANGUAGE)
    except KeyError:
        return readable(code)


def readable(code: str) -> str:
    words = code.replace("_", " ")
    return words[:1].upper() + words[1:]


def type_label(type_code: str) -> str:
    known = taxonomy().types.get(type_code)
    return known.label[LANGUAGE] if known else readable(type_code)


def symbol(category: str, type_code: str) -> str:
    """The map's glyph, as the taxonomy names it."""
    known = taxonomy()
    if type_code in known.types:
        return known.types[type_code].symbol
    return known.categories[category].symbol if category in known.categories else "other"


def counted(row: ObservationRow) -> str:
    """ "about 12 explosions", or the type's name where nothing was counted."""
    known = taxonomy().types.get(row.type)
    if row.count_qualifier == "uncountable":
        return f"{type_label(row.type)}, too many to count"
    number = row.count_best if row.count_best is not None else row.count_min
    if number is None:
        return type_label(row.type)
    amount = f"{QUALIFIERS.get(row.count_qualifier or 'exact', '')}{number}"
    if known is None or known.unit is None:
        return f"{type_label(row.type)}, {amount}"
    return f"{amount} {known.unit[0] if number == 1 else known.unit[1]}"


def count_words(row: ObservationRow) -> str | None:
    """The count with its range, where a range was given."""
    if row.count_qualifier is None and row.count_best is None:
        return None
    words = counted(row)
    if row.count_min is not None and row.count_max is not None and row.count_min != row.count_max:
        return f"{words} ({row.count_min} to {row.count_max})"
    return words


def direction(position: Position | None) -> str | None:
    """ "SW, 3–5 km" from the observer, where the observer gave a direction."""
    if position is None or (position.bearing_deg is None and position.dir16 is None):
        return None
    word = position.dir16 or geo.dir16(position.bearing_deg or 0.0)
    distance = distances(position.dist_min_m, position.dist_max_m)
    return f"{word}, {distance}" if distance else word


def distances(least_m: float | None, most_m: float | None) -> str | None:
    given = [value for value in (least_m, most_m) if value is not None]
    if not given:
        return None
    return f"{'–'.join(dict.fromkeys(f'{value / 1000:g}' for value in given))} km"


def title(row: ObservationRow, position: Position | None = None) -> str:
    """ "about 12 explosions, heard SW, 3–5 km"."""
    means = label("means", row.means)
    where = direction(position)
    perceived = " ".join(part for part in (means.lower() if means else "", where or "") if part)
    known = taxonomy().types.get(row.type)
    is_plain = known is None or known.count is None or row.category == "NEG"
    words = counted(row) if is_plain or not perceived else f"{counted(row)}, {perceived}"
    return words[:1].upper() + words[1:]


def confidence(row: ObservationRow, assessment: str | None) -> str:
    """The outline: dotted what was told, solid what was accepted or agrees with others, dashed the rest."""
    if row.info_type is not None and row.info_type != "observed":
        return TOLD
    if row.processing == "accepted" or assessment in AGREED:
        return ACCEPTED
    return NOT_REVIEWED


def reason_words(reason: str) -> str:
    """A quarantine reason such as `unknown_field:wind` as a sentence."""
    code, _, thing = reason.partition(":")
    if code not in REASONS and thing in REASONS:
        code, thing = thing, code
    words = REASONS.get(code, readable(code))
    return f"{words}: {thing}." if thing else f"{words}."


@dataclass(frozen=True)
class Local:
    """What codes and instants of a field are told with: names of places and the mission's clock."""

    places: Mapping[str, str] = field(default_factory=dict)
    zone: dt.tzinfo = dt.UTC


def field_facts(
    row: ObservationRow, private: Mapping[str, Any], local: Local | None = None
) -> Iterable[tuple[str, str]]:
    """The type-specific fields with their labels, in the order in which the type asks for them."""
    local = local or Local()
    known = taxonomy()
    asked = known.types[row.type].fields if row.type in known.types else {}
    given = {**row.fields, **private}
    for code in [*asked, *(code for code in given if code not in asked)]:
        if given.get(code) is None:
            continue
        asked_for = known.fields.get(code)
        name = asked_for.label[LANGUAGE] if asked_for else readable(code)
        yield name, _value(asked_for, given[code], local)


def _value(field: Field | None, value: Any, local: Local) -> str:
    if isinstance(value, list):
        return "; ".join(_value(field, one, local) for one in value)
    if isinstance(value, Mapping):
        if field and field.kind == "tally":
            return _tally_row(field, value)
        return ", ".join(f"{readable(str(key))} {_value(None, one, local)}" for key, one in value.items())
    if value == NOT_KNOWN:
        return taxonomy().not_known[LANGUAGE]
    if field and field.kind == "place" and isinstance(value, str):
        return local.places.get(value, value)
    if field and field.kind in {"datetime", "moments"} and isinstance(value, str):
        return _moment(value, local)
    if field and field.kind == "dir16" and isinstance(value, str):
        return label("dir16", value) or value
    if field and field.kind == "weapon" and value in taxonomy().weapons:
        weapon = taxonomy().weapons[value]
        return weapon.label[LANGUAGE] + (f" (tier {weapon.tier})" if weapon.tier else "")
    if field and field.kind in {"choice", "multi_choice"} and field.list and isinstance(value, str):
        return label(field.list, value) or value
    if isinstance(value, bool) or value in ("yes", "no"):
        return {True: "Yes", False: "No", "yes": "Yes", "no": "No"}[value]
    if field and field.unit and not isinstance(value, str):
        return f"{value} {field.unit}"
    return str(value)


def _tally_row(field: Field, row: Mapping[str, Any]) -> str:
    """ "2 to 3 female, adult, civilian"; what is not known of a group is left out."""
    groups = [row.get(name, NOT_KNOWN) for name in field.by]
    known = [
        (label(name, code) or code).lower()
        for name, code in zip(field.by, groups, strict=True)
        if code != NOT_KNOWN
    ]
    least, most = row.get("min"), row.get("max")
    number = f"at least {least}" if most is None else str(least) if least == most else f"{least} to {most}"
    return f"{number} {', '.join(known) if known else taxonomy().not_known[LANGUAGE].lower()}"


def _moment(text: str, local: Local) -> str:
    try:
        return moment(dt.datetime.fromisoformat(text), local.zone)
    except ValueError:
        return text
