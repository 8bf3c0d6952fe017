"""An observation in one line and in labelled facts, for people at the desk. Pure.

Words are the mission's fixed ones: what was perceived, how, and from where; never whose it was.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from incidents.intake.queries import ObservationRow, Position
from incidents.taxonomy.loader import taxonomy
from incidents.taxonomy.model import NOT_KNOWN, Field
from monitor import geo

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


def field_facts(row: ObservationRow, private: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The type-specific fields with their labels, in the order in which the type asks for them."""
    known = taxonomy()
    asked = known.types[row.type].fields if row.type in known.types else {}
    given = {**row.fields, **private}
    for code in [*asked, *(code for code in given if code not in asked)]:
        if given.get(code) is None:
            continue
        field = known.fields.get(code)
        yield (field.label[LANGUAGE] if field else readable(code)), _value(field, given[code])


def _value(field: Field | None, value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_value(field, one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{readable(str(key))} {_value(None, one)}" for key, one in value.items())
    if value == NOT_KNOWN:
        return taxonomy().not_known[LANGUAGE]
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
