"""How a number is compared with the one before. Our rule, printed in every method note.

Two periods are comparable when their monitored hours differ by at most 15 %. Then: nothing in both, none
before, a similar number (difference at most 3 or 10 % of the earlier one), more or fewer, and "significantly"
only from double (or half) with a difference of 30 or more. Otherwise both numbers and both hours are given,
and no adjective.
"""

from dataclasses import dataclass

HOURS_DIFFER_AT_MOST = 0.15
SIMILAR_WITHIN = 3
SIMILAR_SHARE = 0.10
SIGNIFICANT_RATIO = 2
SIGNIFICANT_DIFFERENCE = 30


@dataclass(frozen=True)
class Comparison:
    """`kind` is the rule that applied. `key` names its phrase, whose slots are {now} {before} for the bare
    numbers, {count} for the number with its noun, {thing}, {hours_now} {hours_before}, {this} {that}."""

    kind: str

    @property
    def key(self) -> str:
        return f"compare.{self.kind}"


def comparable(hours_now: float, hours_before: float) -> bool:
    if hours_now <= 0 or hours_before <= 0:
        return False
    return abs(hours_now - hours_before) <= HOURS_DIFFER_AT_MOST * max(hours_now, hours_before)


def adjective(now: int, before: int) -> str:
    """ "similar", "more", "fewer", "significantly more" or "significantly fewer"."""
    difference = abs(now - before)
    if difference <= max(SIMILAR_WITHIN, SIMILAR_SHARE * before):
        return "similar"
    word = "more" if now > before else "fewer"
    doubled = max(now, before) >= SIGNIFICANT_RATIO * min(now, before)
    return f"significantly {word}" if doubled and difference >= SIGNIFICANT_DIFFERENCE else word


def compare(now: int, before: int | None, hours_now: float, hours_before: float | None) -> Comparison:
    """The rule for `now` against `before`, with hours monitored in each. `before` None: no earlier period.

    A zero is only said where somebody watched; a place nobody watched is "not monitored", never quiet.
    """
    if hours_now <= 0:
        return Comparison("not_monitored" if now == 0 else "no_watch_recorded")
    zero = "none_now_" if now == 0 else ""
    if before is None or hours_before is None:
        return Comparison(f"{zero}first")
    if hours_before <= 0 and before == 0:
        return Comparison(f"{zero}before_not_monitored")
    if not comparable(hours_now, hours_before):
        return Comparison(f"{zero}not_comparable")
    if now == 0 and before == 0:
        return Comparison("none_as_before")
    if before == 0:
        return Comparison("none_before")
    return Comparison(f"{zero}{adjective(now, before).replace(' ', '_')}")
