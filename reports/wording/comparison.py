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
    """`kind` is the rule that applied; `phrase` has slots: {now} {before} the bare numbers, {count} the
    number with its noun, {thing} the noun, {hours_now} {hours_before}, and {this} {that} for the periods."""

    kind: str
    phrase: str


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
    """The phrase for `now` against `before`, with hours monitored in each. `before` None: no earlier period.

    A zero is only said where somebody watched; a place nobody watched is "not monitored", never quiet.
    """
    if hours_now <= 0:
        if now == 0:
            return Comparison("not_monitored", "Not monitored {this}.")
        return Comparison(
            "no_watch_recorded",
            "The mission observed {count} {this}; no watch was recorded, so the number is not compared.",
        )
    none = "The mission observed no {thing} ({hours_now} monitored hours) {this}"
    opening = none if now == 0 else "The mission observed {count} {this}"
    if before is None or hours_before is None:
        return Comparison("first", opening + "; there is no earlier period to compare with.")
    if hours_before <= 0 and before == 0:
        return Comparison("before_not_monitored", opening + "; {that} it did not monitor.")
    if not comparable(hours_now, hours_before):
        counted = "The mission observed {count} in {hours_now} monitored hours {this}"
        said = counted if now else opening
        return Comparison("not_comparable", said + "; {before} in {hours_before} monitored hours {that}.")
    if now == 0 and before == 0:
        return Comparison("none_as_before", none + ", as {that}.")
    if before == 0:
        return Comparison("none_before", opening + "; {that} it recorded none.")
    word = adjective(now, before)
    kind = word.replace(" ", "_")
    if now == 0:
        tail = (
            "; {that} it recorded {before}." if word == "similar" else f", {word} than {{that}} ({{before}})."
        )
        return Comparison(f"none_now_{kind}", none + tail)
    if word == "similar":
        return Comparison(
            kind, "The mission observed a similar number of {thing} {this} ({now}) as {that} ({before})."
        )
    return Comparison(
        kind, f"The mission observed {word} {{thing}} {{this}} ({{now}}) than {{that}} ({{before}})."
    )
