"""The taxonomy is whole in every language, and its judge says what is wrong without ever raising."""

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.taxonomy import LANGUAGES, TaxonomyError, taxonomy, taxonomy_json
from incidents.taxonomy.loader import DATA, read_taxonomy

CATEGORIES = {
    "A": "CFV", "B": "MIL", "C": "AIR", "D": "CAS", "E": "DAM", "F": "HUM", "G": "DIS", "H": "DET",
    "I": "EXP", "J": "FOM", "K": "LIN", "L": "CBM", "M": "CLM", "N": "EVI", "O": "NEG", "P": "TST",
}  # fmt: skip


def every_label():
    known = taxonomy()
    for group in (known.categories, known.types, known.fields, known.weapons):
        for code, thing in group.items():
            yield code, thing.label
            if getattr(thing, "hint", None):
                yield f"{code} (hint)", thing.hint
    for name, values in known.glossary.items():
        for code, label in values.items():
            yield f"{name}.{code}", label
    yield "not_known", known.not_known


def test_every_category_stands_with_its_letter():
    assert {row.letter: row.code for row in taxonomy().categories.values()} == CATEGORIES


def test_every_label_is_there_in_four_languages_and_begins_like_a_title():
    for code, label in every_label():
        assert set(label) == set(LANGUAGES), code
        for language, words in label.items():
            assert words == words.strip(), (code, language)
            assert not words[0].islower(), (code, language, words)


ALPHABETS = {"hy": r"[\u0531-\u0587]", "ru": r"[\u0400-\u04ff]"}


def test_no_label_falls_back_to_english():
    for code, label in every_label():
        if label["en"] == "MGRS":
            continue
        for language, letters in ALPHABETS.items():
            assert re.search(letters, label[language]), (code, language, label[language])
        assert not re.search(r"[\u0400-\u04ff\u0531-\u0587]", label["en"] + label["az"]), code
        assert not re.search(r"[A-Za-z]", label["hy"] + label["ru"]), code


def test_one_english_word_in_a_list_is_one_word_in_every_language():
    """The same thing is not called by two names: equal English values have equal translations."""
    by_english: dict[str, set[tuple[str, ...]]] = {}
    for values in taxonomy().glossary.values():
        for label in values.values():
            by_english.setdefault(label["en"], set()).add(tuple(label[language] for language in LANGUAGES))
    # An adjective takes the gender of the noun that it describes.
    gendered = {"Open", "Restricted", "Partial", "Other"}
    differing = {english for english, said in by_english.items() if len(said) > 1} - gendered
    assert not differing


def test_not_known_has_one_word_everywhere():
    known = taxonomy()
    for values in known.glossary.values():
        if "n_k" in values:
            assert values["n_k"] == known.not_known


def test_counted_types_are_the_ceasefire_violations():
    for kind in taxonomy().types.values():
        assert kind.counted == (kind.category == "CFV"), kind.code


def test_a_flare_is_counted_and_not_lethal():
    known = taxonomy()
    assert known.types["illumination_flare"].counted
    assert [code for code, kind in known.types.items() if not kind.lethal] == ["illumination_flare"]


def test_the_first_page_of_the_phone_is_short():
    quick = {code for code, kind in taxonomy().types.items() if kind.quick}
    assert quick == {
        "explosion", "burst", "shot", "uav_sighting", "troop_movement", "killed", "injured", "house_damage",
        "denial", "nothing_observed",
    }  # fmt: skip


def test_claims_are_not_fileable():
    assert not taxonomy().categories["CLM"].fileable
    assert "CLM" not in {row["code"] for row in taxonomy_json("en")["categories"]}


def test_tiers_climb_from_small_arms_to_rockets():
    weapons = taxonomy().weapons
    ladder = ["sniper", "hmg_12_7", "mortar_82", "artillery_towed_122", "mlrs_122"]
    assert [weapons[code].tier for code in ladder] == [1, 2, 3, 4, 5]
    assert [weapons[code].tier for code in ("uav_recon", "mine", "ied")] == [None, None, None]


@pytest.mark.parametrize(
    ("fields", "type_code", "tier"),
    [
        ({"weapon": "mortar_120"}, "explosion", 3),
        ({"weapon": "n_k"}, "explosion", None),
        ({"weapon": "n_k"}, "air_strike", 5),
        ({"weapon": "uav_recon"}, "uav_strike", None),
        ({}, "uav_strike", 5),
        ({}, None, None),
        ({"weapon": ["mortar"]}, "explosion", None),
        ("nonsense", "explosion", None),
    ],
)
def test_tier_is_the_weapons_or_the_types(fields, type_code, tier):
    assert taxonomy().tier_of(fields, type_code) == tier


@pytest.mark.parametrize(
    ("type_code", "fields", "reasons"),
    [
        ("explosion", {}, []),
        ("explosion", None, []),
        ("explosion", {"assessment": "impact", "weapon": "mortar_82", "calibre_mm": 82, "salvo": "n_k"}, []),
        ("explosion", {"weapon": "n_k", "calibre_mm": "n_k"}, []),
        ("explosion", {"weapon": None}, []),
        ("explosion", {"weapon": "bazooka"}, ["value_not_allowed:weapon=bazooka"]),
        ("explosion", {"weapon": "a b"}, ["value_not_allowed:weapon=<str>"]),
        ("explosion", {"weapon": ["mortar"]}, ["value_not_allowed:weapon=<list>"]),
        ("explosion", {"assessment": "n_k"}, ["value_not_allowed:assessment=n_k"]),
        ("explosion", {"calibre_mm": -1}, ["value_not_allowed:calibre_mm=-1"]),
        ("explosion", {"calibre_mm": True}, ["value_not_allowed:calibre_mm=True"]),
        ("explosion", {"salvo": True}, ["value_not_allowed:salvo=True"]),
        ("explosion", {"foo": 1, "weapon": "rifle"}, ["unknown_field:foo"]),
        ("explosion", {"a name": 1}, ["unknown_field:<str>"]),
        ("explosion", [1], ["fields_not_an_object"]),
        ("bang", {}, ["unknown_type:bang"]),
        (None, {}, ["unknown_type:<NoneType>"]),
        ("burst", {"weapon": "sniper", "fire_toward": "village"}, []),
        ("burst", {"weapon": "mortar"}, ["value_not_allowed:weapon=mortar"]),
        ("projectile_in_flight", {"path_from_dir16": "WSW", "path_to_dir16": "n_k"}, []),
        ("projectile_in_flight", {"path_from_dir16": "west"}, ["value_not_allowed:path_from_dir16=west"]),
        ("weapons_sighting", {}, ["missing_required:weapon"]),
        ("weapons_sighting", {"weapon": None}, ["missing_required:weapon"]),
        ("weapons_sighting", {"weapon": "n_k"}, []),
        ("utility_outage", {"utility": ["gas", "water"], "since": "2022-09-13T08:00+04:00"}, []),
        ("utility_outage", {"utility": ["gas", "gas"]}, ["value_not_allowed:utility=<list>"]),
        ("utility_outage", {"utility": ["gas"], "since": "today"}, ["value_not_allowed:since=today"]),
        ("corridor_status", {"corridor_state": "closed", "who_may_pass": ["n_k"]}, []),
        ("corridor_status", {"corridor_state": "closed", "who_may_pass": ["nobody", "n_k"]},
         ["value_not_allowed:who_may_pass=<list>"]),
        ("killed", {"persons": [{"sex": "female", "age_band": "adult", "min": 1, "max": 2}]}, []),
        ("killed", {"persons": [{"sex": "male", "min": 2, "max": 1}]}, ["value_not_allowed:persons=<list>"]),
        ("killed", {"persons": [{"name": "X", "min": 1, "max": 1}]}, ["value_not_allowed:persons=<list>"]),
        ("killed", {"identity_note": "what a family told"}, []),
        ("killed", {"identity_note": 7}, ["value_not_allowed:identity_note"]),
        ("delay", {"delay_min": 45}, []),
        ("delay", {"delay_min": 4.5}, ["value_not_allowed:delay_min=4.5"]),
        ("explosion", {"tap_times": ["2022-09-13T02:14:03+04:00", "2022-09-13T02:14:03+04:00"]}, []),
        ("explosion", {"tap_times": ["2022-09-13T02:14:03+04:00", "2022-09-12T22:14:02+00:00"]},
         ["value_not_allowed:tap_times=<list>"]),
        ("explosion", {"tap_times": ["2022-09-13T02:14:03"]}, ["value_not_allowed:tap_times=<list>"]),
        ("explosion", {"tap_times": []}, ["value_not_allowed:tap_times=<list>"]),
        ("explosion", {"in_zone": "zone-3"}, []),
        ("explosion", {"in_zone": "over there"}, ["value_not_allowed:in_zone=<str>"]),
    ],
)  # fmt: skip
def test_judging_type_specific_fields(type_code, fields, reasons):
    assert taxonomy().check(type_code, fields) == reasons


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("ab_ é", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab_ é", max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(type_code=st.sampled_from(sorted(taxonomy().types)), data=st.data())
def test_judging_never_raises(type_code, data):
    codes = [*taxonomy().types[type_code].fields, "foo"]
    fields = data.draw(st.dictionaries(st.sampled_from(codes), json_values))
    assert all(":" in reason for reason in taxonomy().check(type_code, fields))


def test_type_and_category_must_belong_together():
    known = taxonomy()
    assert known.check_category("CFV", "explosion") == []
    assert known.check_category("MIL", "explosion") == ["type_not_in_category:explosion"]
    assert known.check_category("XYZ", "explosion") == ["unknown_category:XYZ"]


def test_private_text_and_unknown_fields_go_to_the_protected_part():
    public, private = taxonomy().split_private(
        "denial", {"stopped_by": "police", "stated_identity": "a major", "foo": "who knows"}
    )
    assert public == {"stopped_by": "police"}
    assert private == {"stated_identity": "a major", "foo": "who knows"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phone_gets_one_language_and_can_follow_every_reference(language):
    known = taxonomy_json(language)
    assert known["digest"] == taxonomy().digest
    for kind in known["types"].values():
        for use in kind["fields"]:
            field = known["fields"][use["code"]]
            assert field.get("list", "dir16") in known["lists"]
            assert set(field.get("by", [])) <= set(known["lists"])
    assert len(json.dumps(known, ensure_ascii=False).encode()) < 80_000


def test_the_phone_is_told_which_fields_are_private():
    fields = taxonomy_json("en")["fields"]
    private = {code for code, field in fields.items() if field.get("private")}
    assert private == {"identity_note", "held_by_stated", "stated_identity"} | {
        code for code, field in taxonomy().fields.items() if field.kind == "text_private"
    }


def test_another_language_is_refused():
    with pytest.raises(KeyError):
        taxonomy_json("fr")


def test_digest_is_the_same_for_the_same_files_and_another_for_others(tmp_path: Path):
    copied = tmp_path / "data"
    shutil.copytree(DATA, copied)
    assert read_taxonomy(copied).digest == taxonomy().digest
    file = copied / "fields.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("Salvo", "Volley"), encoding="utf-8")
    assert read_taxonomy(copied).digest != taxonomy().digest


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("glossary.yaml", ", ru: Слабый", "", "glossary.yaml: wind.light: needs a label"),
        ("glossary.yaml", "ru: Слабый", 'ru: " "', "glossary.yaml: wind.light: the label in ru is empty"),
        ("glossary.yaml", "    light:", "    calm:", "'calm' stands twice"),
        ("weapons.yaml", "{code: hmg_14_5", "{code: rpg", "weapons.yaml: rpg: stands twice"),
        (
            "fields.yaml",
            "list: colour",
            "list: shade",
            "fields.yaml: flare_colour: the list 'shade' is not known",
        ),
        ("fields.yaml", "kind: weapon", "kind: gun", "fields.yaml: weapon: the kind 'gun' is not known"),
        ("categories/e_dam.yaml", "[in_use]", "[used]", "house_damage: the field 'used' is not known"),
        ("categories/e_dam.yaml", "unit: [house, houses]", "", "what is counted needs its unit"),
        (
            "categories/b_mil.yaml",
            "  convoy:",
            "  explosion:",
            "categories/b_mil.yaml: explosion: stands twice",
        ),
        ("categories/k_lin.yaml", "symbol: line", "symbol: flag", "LIN: the symbol 'flag' is not known"),
    ],
)
def test_a_broken_data_file_is_refused_by_file_and_code(tmp_path: Path, file, old, new, said):
    copied = tmp_path / "data"
    shutil.copytree(DATA, copied)
    path = copied / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TaxonomyError, match=re.escape(said)):
        read_taxonomy(copied)
