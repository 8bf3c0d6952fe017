"""An observation in one line: what was perceived, how, from where; nothing about whose it was."""

import datetime as dt
from dataclasses import replace

import pytest

from incidents.intake import titles
from incidents.intake.queries import ObservationRow, Position

AT = dt.datetime(2022, 9, 12, 20, 5, tzinfo=dt.UTC)
HEARD = ObservationRow(
    **dict.fromkeys(ObservationRow.__dataclass_fields__)
    | {
        "observation_id": "o",
        "category": "CFV",
        "type": "explosion",
        "means": "heard",
        "info_type": "observed",
        "processing": "received",
        "t_start": AT,
        "t_end": AT,
        "count_best": 12,
        "count_qualifier": "exact",
        "fields": {"assessment": "undetermined", "weapon": "n_k"},
    }
)
SOUTH_WEST = Position((45.8, 40.2), 12.0, "gnss", 225.0, "SW", 3000.0, 5000.0, None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "12 explosions"),
        ({"count_best": 1}, "1 explosion"),
        ({"count_qualifier": "about"}, "about 12 explosions"),
        ({"count_qualifier": "at_least"}, "at least 12 explosions"),
        ({"count_qualifier": "uncountable"}, "Explosion, too many to count"),
        ({"count_best": None, "count_qualifier": None}, "Explosion"),
        ({"type": "something_new", "count_best": 2}, "Something new, 2"),
    ],
)
def test_counts_are_said_with_their_qualifier(change, words):
    assert titles.counted(replace(HEARD, **change)) == words


def test_a_title_says_direction_and_distance_only_to_those_who_get_the_position():
    assert titles.title(HEARD, SOUTH_WEST) == "12 explosions, heard SW, 3–5 km"
    assert titles.title(HEARD) == "12 explosions, heard"


@pytest.mark.parametrize(
    ("change", "assessment", "outline"),
    [
        ({}, None, "dashed"),
        ({"processing": "accepted"}, None, "solid"),
        ({}, "confirmed", "solid"),
        ({"info_type": "told_by_resident", "processing": "accepted"}, "confirmed", "dotted"),
    ],
)
def test_the_outline_says_how_sure_and_never_who(change, assessment, outline):
    assert titles.confidence(replace(HEARD, **change), assessment) == outline


def test_fields_are_told_with_their_labels_and_not_known_is_an_answer():
    told = dict(titles.field_facts(HEARD, {"remark": "x"}))
    assert told["Assessed as"] == "Undetermined"
    assert told["Weapon"] == "Not known"
    assert told["Remark"] == "x"


def test_quarantine_reasons_are_sentences():
    assert titles.reason_words("unknown_field:wind") == "A field that this type does not ask for: wind."
    assert titles.reason_words("count.best:invalid") == "Could not be read: count.best."


def test_every_symbol_of_the_taxonomy_has_a_glyph():
    from pathlib import Path

    from incidents.taxonomy.loader import taxonomy

    room = Path(titles.__file__).parents[1] / "desk" / "static"
    drawn = (room / "symbols.js").read_text(encoding="utf-8")
    known = taxonomy()
    asked = {kind.symbol for kind in known.types.values()} | {row.symbol for row in known.categories.values()}
    assert [name for name in sorted(asked) if f"\n  {name}: " not in drawn] == []
