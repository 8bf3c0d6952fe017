"""Which statements may be of one event: the rule's truth table, and the real press file."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import incidents.claims
from incidents.claims.importer import read_press
from incidents.claims.pairing import Statement, compare, strongest, suggest

SAMPLE = Path(incidents.claims.__file__).parent / "data" / "press-incidents.csv"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "press-incidents" / "incidents.csv"
# The pairs that SOURCE.md names by their day.
NAMED = {
    "2020-07-12": ("PR-002", "PR-004"),
    "2021-07-14": ("PR-016", "PR-017"),
    "2021-11-16": ("PR-034", "PR-035"),
    "2022-08-03": ("PR-041", "PR-042"),
    "2023-04-11": ("PR-065", "PR-066"),
    "2023-05-11": ("PR-068", "PR-069"),
    "2023-06-14": ("PR-071", "PR-072"),
}
NINE = dt.datetime(2022, 9, 13, 5, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ONE = Statement("one", "A", "B", "burst", NINE, NINE, "T2", 45.0, 40.0, 5_000)
OTHER = Statement("other", "B", "A", "burst", NINE, NINE, "T2", 45.0, 40.0, 5_000)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "each names the other party"),
        ({"against": None}, "one names the other party"),
        ({"type": "explosion"}, "both are about fire"),
        ({"type": "incursion"}, "one is about fire, the other about a crossing"),
        ({"start": NINE + HOUR, "end": NINE + HOUR}, "60 minutes apart"),
        ({"start": NINE + 3 * HOUR, "end": NINE + 3 * HOUR}, "3 h 00 min apart"),
        ({"lon": 45.2}, "17 km apart"),
        ({"lon": None, "lat": None}, "one of the places is not known"),
        ({"is_counter": True}, "the source calls one of them a counter-claim or denial"),
    ],
)
def test_what_speaks_for_one_event_is_said(change: dict, reason: str) -> None:
    pair = compare(ONE, replace(OTHER, **change))
    assert pair is not None
    assert reason in pair.reasons


@pytest.mark.parametrize(
    "change",
    [
        {"party": "A"},
        {"type": "mine_accident"},
        {"start": NINE + 4 * HOUR, "end": NINE + 4 * HOUR},
        {"lon": 45.5},
        # Named by one side only, and far: too little to look at.
        {"against": None, "lon": 45.2, "start": NINE + 2 * HOUR, "end": NINE + 2 * HOUR, "type": "incursion"},
    ],
)
def test_what_speaks_against_it_makes_no_suggestion(change: dict) -> None:
    assert compare(ONE, replace(OTHER, **change)) is None


def test_nobody_named_by_either_makes_no_suggestion() -> None:
    assert compare(replace(ONE, against=None), replace(OTHER, against="n_k")) is None


def test_the_same_toll_on_both_sides_speaks_for_it() -> None:
    pair = compare(replace(ONE, killed=3), replace(OTHER, killed=3))
    assert pair is not None
    assert "both say 3 killed" in pair.reasons


minutes = st.integers(-300, 300)


@given(
    shift=minutes,
    length=st.integers(0, 120),
    east=st.floats(-0.4, 0.4),
    type_=st.sampled_from(["burst", "explosion", "incursion", "mine_accident"]),
    precision=st.sampled_from(["T0", "T2", "T3", "T4", "T5"]),
)
def test_swapping_the_parties_changes_nothing(
    shift: int, length: int, east: float, type_: str, precision: str
) -> None:
    start = NINE + dt.timedelta(minutes=shift)
    there = replace(
        OTHER,
        start=start,
        end=start + dt.timedelta(minutes=length),
        lon=45 + east,
        type=type_,
        precision=precision,
    )
    swapped = compare(replace(ONE, party="B", against="A"), replace(there, party="A", against="B"))
    assert compare(ONE, there) == compare(there, ONE) == swapped


@given(st.permutations(range(5)))
def test_no_order_of_arrival_changes_the_suggestions(order: list[int]) -> None:
    said = [replace(ONE, claim_id=f"a{n}", start=NINE + n * HOUR, end=NINE + n * HOUR) for n in range(3)]
    said += [replace(OTHER, claim_id=f"b{n}", start=NINE + n * HOUR, end=NINE + n * HOUR) for n in range(2)]
    assert suggest(said[n] for n in order) == suggest(said)


def statements(file: Path, blind: bool = False) -> list[Statement]:
    """The rows of a press table; `blind` hides that the table itself calls some of them counter-claims."""
    return [
        Statement(
            claim_id=claim.external_ref or "",
            party=claim.claimant_party,
            against=claim.against,
            type=claim.type,
            start=claim.t_start,
            end=claim.t_end or claim.t_start,
            precision=claim.t_precision,
            lon=claim.lon,
            lat=claim.lat,
            uncertainty_m=claim.uncertainty_m,
            killed=claim.killed,
            wounded=claim.wounded,
            is_counter=not blind and claim.status in {"counter_claim", "disputed"},
        )
        for claim in read_press(file.read_text(encoding="utf-8")).claims
    ]


@pytest.mark.parametrize("blind", [False, True])
@pytest.mark.parametrize("file", [SAMPLE, SHARED], ids=["shipped", "shared"])
def test_the_named_pairs_of_the_press_file_are_each_ones_strongest(file: Path, blind: bool) -> None:
    if not file.exists():
        pytest.skip("the papers of the project are not beside this checkout")
    suggestions = suggest(statements(file, blind))
    found = {(pair.one_id, pair.other_id) for pair in strongest(suggestions)}
    assert set(NAMED.values()) <= found
    # 91 statements, 4,095 possible pairs: a handful to look at.
    assert len(suggestions) <= 14
