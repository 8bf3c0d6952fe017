"""Where a report stands in its phone's sequence, and what is odd about it. Pure.

A phone numbers its reports and names in each the one before. So a report that was held back, by anybody, on
the way or on the server, leaves a gap that can be seen.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """One report in the sequence of a key."""

    seq: int
    envelope_sha256: str
    prev: str | None


def judge_link(link: Link, held: Collection[Link]) -> list[str]:
    """What is odd about a new link, given what is held of its key with the same number and the two beside it.

    | what is held | what is odd |
    |---|---|
    | another envelope with its number | sequence_used_twice |
    | the one before, and it does not name it | chain_broken |
    | the one after, which does not name it | chain_broken |
    | it names none before, though it is not a first one | chain_broken |
    """
    reasons = []
    others = [one for one in held if one.envelope_sha256 != link.envelope_sha256]
    if any(one.seq == link.seq for one in others):
        reasons.append("sequence_used_twice")
    before = [one for one in others if one.seq == link.seq - 1]
    after = [one for one in others if one.seq == link.seq + 1]
    if (
        (before and link.prev not in {one.envelope_sha256 for one in before})
        or (after and not any(one.prev == link.envelope_sha256 for one in after))
        or (link.prev is None and link.seq > 1)
    ):
        reasons.append("chain_broken")
    return reasons


def gaps(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The numbers missing up to the highest, as (first, last), counting from 1."""
    found, expected = [], 1
    for number in sorted({number for number in numbers if number > 0}):
        if number > expected:
            found.append((expected, number - 1))
        expected = number + 1
    return found
