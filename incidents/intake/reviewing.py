"""Which step the review of an observation may take, and what it must say. Pure: decisions as data.

The first of the three axes; the permission is `incidents:observation:review` throughout, never for one's own.
"""

from dataclasses import dataclass

REVIEW = "incidents:observation:review"


@dataclass(frozen=True)
class Way:
    """From one state to another; `reason_for` says who reads the reason that it needs."""

    start: frozenset[str]
    to: str
    reason_for: str | None = None


WAYS = (
    Way(frozenset({"received", "quarantined", "returned"}), "in_review"),
    Way(frozenset({"received", "quarantined", "in_review", "returned"}), "accepted"),
    Way(frozenset({"received", "quarantined", "in_review", "accepted"}), "returned", "the author"),
    Way(
        frozenset({"received", "quarantined", "in_review", "returned", "accepted"}), "rejected", "the author"
    ),
    # Opened again: what was decided is looked at anew, on record.
    Way(frozenset({"accepted", "rejected"}), "in_review", "whoever decided before"),
)


def way(now: str, to: str) -> Way | None:
    """The way from here to there, or None where there is none."""
    return next((one for one in WAYS if now in one.start and one.to == to), None)


def ways(now: str) -> list[str]:
    """The states that can be reached from here in one step."""
    return list(dict.fromkeys(one.to for one in WAYS if now in one.start))
