"""Bands of persons: nothing that can be subtracted gives a small number, in a table or across editions."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.release.small_counts import band, banded, possible


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0"), (1, "1–4"), (4, "1–4"), (5, "5–9"), (19, "10–19"), (500, "500+")]
)
def test_the_bands(count: int, shown: str) -> None:
    assert band(count) == shown


@given(st.integers(0, 499))
def test_a_band_holds_the_true_number_and_never_that_alone(count: int) -> None:
    held = possible(band(count))
    assert count in held
    assert count == 0 or len(held) >= 4


def test_records_of_one_cell_are_told_together_and_empty_cells_not_at_all() -> None:
    told = banded({("East", "injured"): [2, 1], ("East", "killed"): [0], ("South", "injured"): [7]})
    assert told == {("East", "injured"): "1–4", ("South", "injured"): "5–9"}


def test_no_pair_of_editions_tells_how_many_persons_were_added_when_few_were() -> None:
    """Whoever holds two editions knows each number only to its band; a change of one to four is never
    told for certain, because the same two bands fit another change too."""
    for before, added in itertools.product(range(1, 60), range(1, 5)):
        earlier, later = possible(band(before)), possible(band(before + added))
        changes = {after - was for was in earlier for after in later}
        assert len(changes) > 1, (before, added)


def test_a_correction_downwards_tells_no_more() -> None:
    for before, taken in itertools.product(range(5, 60), range(1, 5)):
        left = before - taken
        changes = {was - now for was in possible(band(before)) for now in possible(band(left))}
        assert len(changes) > 1, (before, taken)
