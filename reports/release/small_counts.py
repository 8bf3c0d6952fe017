"""Counts of persons that leave the mission: in bands, so that neither a table nor two editions tell of one.

Exact numbers are never released: a total less the cells beside it, or an edition less the one before it,
would be a person. Bands with no totals beside them leave nothing to subtract. Pure.
"""

from collections.abc import Mapping, Sequence

BANDS = ((1, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, 499))


def band(count: int) -> str:
    """0, "1–4", "5–9", …, "500+"."""
    if count <= 0:
        return "0"
    for low, high in BANDS:
        if count <= high:
            return f"{low}–{high}"
    return f"{BANDS[-1][1] + 1}+"


def possible(shown: str) -> range:
    """The counts that a band can stand for; open ones as far as anybody would guess."""
    if shown == "0":
        return range(1)
    if shown.endswith("+"):
        return range(int(shown[:-1]), 10 * int(shown[:-1]))
    low, _, high = shown.partition("–")
    return range(int(low), int(high) + 1)


def banded(cells: Mapping[tuple[str, ...], Sequence[int]]) -> dict[tuple[str, ...], str]:
    """Each cell's records as one band; cells without any person are left out."""
    totals = {key: sum(counts) for key, counts in cells.items()}
    return {key: band(total) for key, total in totals.items() if total > 0}
