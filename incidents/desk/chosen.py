"""What somebody wants to see: the facets of the room's filter as they stand in the address. Pure.

The browser judges rows by the same facets (`static/filter.js`); one truth table tests both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

STATES = ("accepted", "waiting")
BASES = ("observed", "told")
HIGHEST_TIER = 5
HOURS = 24
_EXACTLY = "only-"
# Whoever has no sector is asked for by this code.
NO_SECTOR = "none"


class NotAChoice(ValueError):
    """A facet that cannot be understood; the text says which and what it takes."""


@dataclass(frozen=True)
class Chosen:
    """Every facet is either None (all are shown) or what a row must have. `tiers` are least and most."""

    sector: str | None = None
    family: str | None = None
    tiers: tuple[int, int] | None = None
    state: str | None = None
    basis: str | None = None
    hour: int | None = None
    words: tuple[str, ...] = ()

    def passes_plain(self, row: Mapping[str, Any], zone: ZoneInfo) -> bool:
        """Whether a row passes all but the words. Rows have sector, category, tier, processing, info_type
        and start."""
        tier = row["tier"] or 0
        return (
            (self.sector is None or (row["sector"] or NO_SECTOR) == self.sector)
            and (self.family is None or row["category"] == self.family)
            and (self.tiers is None or self.tiers[0] <= tier <= self.tiers[1])
            and (self.state is None or (row["processing"] == "accepted") == (self.state == "accepted"))
            and (self.basis is None or (row["info_type"] == "observed") == (self.basis == "observed"))
            and (self.hour is None or row["start"].astimezone(zone).hour == self.hour)
        )

    def passes_words(self, texts: Iterable[str | None]) -> bool:
        """Whether each of the words stands somewhere in these texts."""
        whole = " ".join(text for text in texts if text).lower()
        return all(word in whole for word in self.words)


def chosen(given: Mapping[str, str]) -> Chosen:
    """The facets of an address. Raises NotAChoice."""
    state, basis, hour = (given.get(name) or None for name in ("state", "basis", "hour"))
    if state is not None and state not in STATES:
        raise NotAChoice("`state` is accepted or waiting.")
    if basis is not None and basis not in BASES:
        raise NotAChoice("`basis` is observed or told.")
    if hour is not None and not (hour.isdecimal() and int(hour) < HOURS):
        raise NotAChoice("`hour` is a whole number from 0 to 23, by the mission's clock.")
    return Chosen(
        sector=given.get("sector") or None,
        family=given.get("family") or None,
        tiers=_tiers(given.get("tier") or ""),
        state=state,
        basis=basis,
        hour=None if hour is None else int(hour),
        words=tuple(given.get("q", "").lower().split()),
    )


def _tiers(text: str) -> tuple[int, int] | None:
    """ "3" is 3 and up, "only-3" is 3 alone; "only-0" is where no tier is known."""
    if not text:
        return None
    number = text.removeprefix(_EXACTLY)
    if not number.isdecimal() or int(number) > HIGHEST_TIER:
        raise NotAChoice("`tier` is a number from 1 to 5, meaning that and up, or like only-3.")
    least = int(number)
    return (least, least) if text.startswith(_EXACTLY) else (least, HIGHEST_TIER)
