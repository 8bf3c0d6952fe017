"""One full example of every type: filed through the API, accepted, and shown with its fields."""

from collections.abc import Callable
from typing import Any

import pytest

from incidents.taxonomy import taxonomy
from incidents.taxonomy.model import FieldUse

KNOWN = taxonomy()
FAMILIES = [code for code, category in KNOWN.categories.items() if category.fileable]
PLACE = "PR-SOTK"
# What these must be able to say, beside what every report says of time, place and count.
ASKED = {
    "corridor_status": {"corridor_state", "who_may_pass", "since", "reason_given"},
    "shortage": {"shortage_of", "severity", "price_ratio", "supply_source", "affected_area"},
    "utility_outage": {"utility", "affected_area", "since", "until", "hours_per_day", "outage_reason"},
    "convoy_passage": {"organisation", "passage_outcome", "cargo", "delay_min", "duration_min"},
    "departure": {"households", "from_place", "to_place", "count_point", "count_means", "needs"},
    "displaced_present": {"households", "from_place", "count_point", "count_means", "needs"},
    "detained": {"detainee_category", "held_by_stated", "held_at", "independent_access", "identity_note"},
    "house_damage": {"damage_extent", "damage_kind", "fresh", "crater_azimuth_deg", "earlier_picture"},
    "evidence_at_risk": {"site_type", "evidence_risk", "access_asked", "access", "imagery_ordered"},
    "window_of_silence": {
        *("silence_purpose", "utility", "agreed_area", "since", "until", "guarantors"),
        *("breached", "violations_heard"),
    },
    "hotline_activation": {
        *("caller", "called", "hotline_subject", "incident_ref", "answered", "answer_after_min"),
        "hotline_answer",
    },
    "paired_monitoring": {"notified_at", "agreement", "other_team_at", "visual_contact"},
    "gnss_anomaly": {"gnss_symptom", "affected_area", "duration_min", "devices_affected"},
    "mine_accident": {"explosive_object", "marked", "people_harmed"},
    "nothing_observed": {"watched_from", "watched_with"},
}


def example(use: FieldUse) -> tuple[Any, str]:
    """A value that a field may hold, and how the drawer tells it."""
    one = use.field
    listed = [code for code in KNOWN.glossary.get(one.list or "", {}) if code != "n_k"]
    label = {code: KNOWN.label(one.list, code, "en") for code in listed} if one.list else {}
    if one.kind == "choice":
        return listed[0], label[listed[0]]
    if one.kind == "multi_choice":
        some = listed[:2]
        return some, "; ".join(label[code] for code in some)
    if one.kind == "weapon":
        code = KNOWN.weapons_of(use)[0]
        return code, KNOWN.weapons[code].label["en"]
    if one.kind == "tally":
        row = {name: next(iter(KNOWN.glossary[name])) for name in one.by}
        words = ", ".join(KNOWN.label(name, code, "en").lower() for name, code in row.items())
        return [row | {"min": 2, "max": 3}], f"2 to 3 {words}"
    plain: dict[str, tuple[Any, str]] = {
        "dir16": ("SSW", KNOWN.label("dir16", "SSW", "en")),
        "yes_no_nk": ("yes", "Yes"),
        "datetime": ("2022-09-12T18:30:00+04:00", "12 Sep 2022, 18:30"),
        "moments": (["2022-09-12T18:30:00+04:00"], "12 Sep 2022, 18:30"),
        "place": (PLACE, "Sotk"),
        "text_private": ("words of the observer", "words of the observer"),
    }
    if one.kind in plain:
        return plain[one.kind]
    value = int(max(one.minimum or 0, 3))
    return value, f"{value} {one.unit}" if one.unit else str(value)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_type_is_filed_reviewed_and_shown_with_its_own_fields(
    client: Any, file: Callable[..., str], family: str
) -> None:
    duty = client("duty_officer")
    for code in KNOWN.categories[family].types:
        kind = KNOWN.types[code]
        given = {name: example(use) for name, use in kind.fields.items()}
        observation_id = file(
            category=family,
            type=code,
            count={"min": 2, "best": 3, "max": 4, "qualifier": "about"} if kind.count else None,
            fields={name: value for name, (value, _) in given.items()},
        )
        url = f"/api/v1/observations/{observation_id}/review"
        accepted = duty.post(url, json={"verdict": "accepted"})
        assert accepted.status_code == 200, code
        assert accepted.json["reasons"] == [], code
        report = duty.get(f"/desk/observations/{observation_id}").json
        facts = {name: value for section in report["sections"] for name, value in section["facts"]}
        assert facts["Type"] == kind.label["en"]
        for name, (_, words) in given.items():
            field = KNOWN.fields[name]
            if field.protected:
                assert field.label["en"] not in facts, code
            else:
                assert facts[field.label["en"]].startswith(words), (code, name, facts[field.label["en"]])


@pytest.mark.parametrize("code", ASKED)
def test_what_a_type_must_be_able_to_say(code: str) -> None:
    assert ASKED[code] <= set(KNOWN.types[code].fields)


def test_no_two_fields_of_a_type_are_called_alike() -> None:
    for code, kind in KNOWN.types.items():
        for language in ("en", "hy", "az", "ru"):
            labels = [use.field.label[language] for use in kind.fields.values()]
            assert len(labels) == len(set(labels)), (code, language)


def test_a_stock_and_a_flow_are_different_types_and_counted_in_different_words() -> None:
    stock, flows = KNOWN.types["displaced_present"], ("departure", "arrival", "return")
    assert stock.unit not in {KNOWN.types[flow].unit for flow in flows}
    assert len({KNOWN.types[flow].unit for flow in flows}) == len(flows)
