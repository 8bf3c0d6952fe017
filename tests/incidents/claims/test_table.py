"""Tables of statements: our own shape, what is refused and why, and back again."""

import csv
import datetime as dt
import io
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.claims.importer import NotThisTable, Refusal
from incidents.claims.ledger import exported
from incidents.claims.queries import ClaimRow
from incidents.claims.table import COLUMNS, GUARD, Known, guarded, read_table, write_refusals, write_table
from incidents.taxonomy import taxonomy

ZONE = dt.timezone(dt.timedelta(hours=4))
KNOWN = Known(frozenset(taxonomy().types), frozenset(taxonomy().weapons), {"ARM_MOD": "ARM"}, ZONE)
PLAIN = {
    "ref": "ST-1",
    "claimant": "ARM_MOD",
    "start": "2022-09-13T00:05",
    "place": "Sotk",
    "type": "explosion",
    "source": "https://example.org/1",
    "against": "AZE",
}


def table(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def only(**given_: str):
    read = read_table(table(PLAIN | given_), KNOWN)
    assert read.refused == ()
    return read.claims[0]


def test_a_plain_row_becomes_a_claim_by_the_missions_clock() -> None:
    claim = only()
    assert claim.t_start == dt.datetime(2022, 9, 13, 0, 5, tzinfo=ZONE)
    assert (claim.claimant_party, claim.type, claim.t_precision, claim.geo_precision) == (
        "ARM",
        "explosion",
        "T2",
        "L7",
    )
    assert claim.source_url == "https://example.org/1"


@pytest.mark.parametrize(
    ("given_", "field", "value"),
    [
        ({"start": "2022-09-13"}, "t_precision", "T5"),
        ({"start": "2022-09-13"}, "t_end", dt.datetime(2022, 9, 14, tzinfo=ZONE)),
        ({"start": "2022-09-12T20:05:00+00:00"}, "t_start", dt.datetime(2022, 9, 12, 20, 5, tzinfo=dt.UTC)),
        ({"type": "shelling"}, "type", "explosion"),
        ({"weapons": "mortar;words"}, "weapons", ("mortar",)),
        ({"against": "unknown"}, "against", "n_k"),
        ({"against": "-"}, "against", None),
        ({"note": "'=1+1"}, "note", "=1+1"),
        ({"lat": "40.2", "lon": "45.9", "error_m": "5000"}, "geo_precision", "L4"),
        ({"killed": "0"}, "killed", 0),
    ],
)
def test_what_a_cell_means(given_: dict[str, str], field: str, value: object) -> None:
    assert getattr(only(**given_), field) == value


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        ({"claimant": ""}, "claimant is empty"),
        ({"claimant": "XX"}, "does not know for whom 'XX' speaks"),
        ({"start": "yesterday"}, "is not a time like"),
        ({"start": "1022-09-13T00:05"}, "outside the years"),
        ({"end": "2022-09-12T00:05"}, "the end lies before the start"),
        ({"type": "provocation"}, "is not in the taxonomy"),
        ({"lat": "40.2"}, "are not coordinates"),
        ({"lat": "40.2", "lon": "45.9"}, "needs error_m"),
        ({"lat": "400", "lon": "45.9", "error_m": "1"}, "outside the earth's degrees"),
        ({"killed": "some"}, "is not a number of persons"),
        ({"status": "true"}, "is not one of"),
        ({"precision": "T9"}, "is not one of"),
        ({"ref": "a b"}, "is not a code"),
        ({"note": "x" * 2001}, "longer than 2000"),
    ],
)
def test_what_must_be_mended_is_said(given_: dict[str, str], reason: str) -> None:
    [refusal] = read_table(table(PLAIN | given_), KNOWN).refused
    assert reason in refusal.reason
    assert refusal.line == 2


def test_one_bad_row_stops_no_other_and_is_named_by_its_line() -> None:
    read = read_table(table(PLAIN, PLAIN | {"ref": "ST-2", "type": "raid"}, PLAIN | {"ref": "ST-3"}), KNOWN)
    assert [claim.external_ref for claim in read.claims] == ["ST-1", "ST-3"]
    assert read.lines == (2, 4)
    assert [(one.line, one.ref) for one in read.refused] == [(3, "ST-2")]


def test_a_reference_twice_in_a_file_is_taken_once() -> None:
    read = read_table(table(PLAIN, PLAIN), KNOWN)
    assert len(read.claims) == 1
    assert "stands twice" in read.refused[0].reason


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "claimant,start,place,type,source,colour\n"])
def test_another_table_is_refused_whole(text: str) -> None:
    with pytest.raises(NotThisTable):
        read_table(text, KNOWN)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "＝1", "＋1", "－1", "＠x"])
def test_no_spreadsheet_runs_a_cell(cell: str) -> None:
    assert guarded(cell) == GUARD + cell
    [row] = csv.DictReader(io.StringIO(write_refusals([Refusal(2, cell, "why")]), newline=""))
    assert row["ref"] == GUARD + cell


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).map(
    str.strip
)


@given(
    note=texts, place=texts.filter(bool), killed=st.none() | st.integers(0, 1000), minutes=st.integers(0, 99)
)
def test_what_the_ledger_writes_can_be_brought_in_again(
    note: str, place: str, killed: int | None, minutes: int
) -> None:
    if note.startswith(GUARD) or place.startswith(GUARD):
        note, place = "n" + note, "p" + place
    start = dt.datetime(2022, 9, 12, 20, 5, tzinfo=dt.UTC)
    claim = only(
        note=str(guarded(note)), place=str(guarded(place)), killed="" if killed is None else str(killed)
    )
    row = ClaimRow(
        **asdict(claim) | {"t_end": start + dt.timedelta(minutes=minutes), "weapons": list(claim.weapons)},
        id="x",
        category="CFV",
        digest="d",
        recorded_at=start,
    )
    [again] = read_table(write_table(exported([row], ZONE)), KNOWN).claims
    assert (again.note, again.place_text, again.killed) == (note, place, killed)
    assert (again.t_start, again.t_end) == (row.t_start, row.t_end)
