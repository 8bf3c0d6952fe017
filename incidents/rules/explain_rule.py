"""A rule in plain lines, for who reads it before it runs (pure): what it reads, asks, and how it speaks."""

from datetime import timedelta

from incidents.rules.rule import (
    Breach,
    Combine,
    Count,
    Rate,
    Rule,
    Silence,
    Spread,
    State,
    StepUp,
    Succession,
    Where,
)

_SAYS = {
    "is": "is",
    "is_not": "is not",
    "in": "is one of",
    "not_in": "is none of",
    "at_least": "is at least",
    "at_most": "is at most",
}


def in_words(rule: Rule) -> list[str]:
    """What the rule does, one thing a line."""
    lines = [f"Reads reports where {_clauses(rule.where)}." if rule.where else "Reads every report it names."]
    if isinstance(rule.asks, Combine):
        lines = [f"Reads the findings of {', '.join(rule.asks.of)}."]
    lines += [_asks(rule), f"Judges {_KEYED[rule.key]}."]
    lines.append(f"What comes within {_span(rule.join_within)} of it belongs to the same finding.")
    if rule.lasting:
        lines.append(f"Speaks only when it has lasted {_span(rule.lasting)}.")
    if rule.resolve_after is None:
        lines.append("A finding never resolves by itself.")
    else:
        lines.append(f"A finding resolves after {_span(rule.resolve_after)} of quiet.")
    lines += [_grade(rule)]
    if rule.budget is not None:
        lines.append(
            f"Alarm budget: {rule.budget.alerts} in {_span(rule.budget.every)}, over the whole mission."
        )
    return lines


_KEYED = {
    "sector": "each sector by itself",
    "mission": "the whole mission at once",
    "settlement": "each settlement by itself",
    "team": "each team by itself",
    "device": "each device by itself",
    "watch": "each watch by itself",
    "claimant": "each claimant by itself",
    "corridor": "each corridor by itself",
}


def _asks(rule: Rule) -> str:
    asks = rule.asks
    if isinstance(asks, Count):
        within = "" if asks.radius_m is None else f" within {asks.radius_m:,} m"
        unit = "violations" if asks.weight == "count_best" else f"{asks.distinct}s"
        return f"Holds where at least {asks.least} {unit} lie{within} in {_span(asks.window)}."
    if isinstance(asks, Rate):
        way = "more" if asks.direction == "up" else "less"
        return (
            f"Holds where {_span(asks.window)} hold {way} than the {_span(asks.baseline)} before let expect: "
            f"at least {float(asks.min_ratio):g} times, by a chance of at most {float(asks.alpha):g}, and "
            f"not on fewer than {asks.min_count}. Without a baseline it says so and raises nothing."
        )
    if isinstance(asks, StepUp):
        step = f"tier {asks.reach} for the first time" if asks.reach else f"a rise of {asks.rise} tiers"
        return f"Holds where {_span(asks.window)} show {step}, against the {_span(asks.before)} before."
    if isinstance(asks, Succession):
        what = (
            f"{asks.alternate} reports that answer each other"
            if asks.alternate
            else "; then ".join(_clauses(one) for one in asks.steps)
        )
        order = " in any order" if asks.any_order else ""
        return f"Holds where within {_span(asks.window)}{order}: {what}."
    if isinstance(asks, Spread):
        beside = " adjoining" if asks.adjacent else ""
        return f"Holds where at least {asks.least}{beside} sectors report within {_span(asks.window)}."
    if isinstance(asks, State):
        return (
            f"Holds where it was opened and for {_span(asks.holds_for)} not closed ({_clauses(asks.closes)})."
        )
    if isinstance(asks, Silence):
        return f"Holds where no sign came for {_span(asks.every + asks.grace)} while one was expected."
    if isinstance(asks, Breach):
        return f"Holds at the {_nth(asks.a_day or asks.least)} report inside an agreed silence."
    return f"Holds where at least {asks.least} {asks.counts} have findings within {_span(asks.window)}."


def _grade(rule: Rule) -> str:
    said = []
    for grade in rule.severity:
        needs = " and ".join(f"{name.replace('_', ' ')} is at least {least:g}" for name, least in grade.when)
        said.append(f"{grade.level} where {needs}" if needs else f"{grade.level} otherwise")
    return f"Severity {', '.join(said)}."


def _clauses(clauses: tuple[Where, ...]) -> str:
    return " and ".join(
        f"{one.field.replace('_', ' ')} {_SAYS[one.operator]} {_value(one)}" for one in clauses
    )


def _value(clause: Where) -> str:
    value = clause.value
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _span(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    if minutes % 1440 == 0 and minutes > 2880:
        return f"{minutes // 1440} days"
    return f"{minutes // 60} hours" if minutes % 60 == 0 else f"{minutes} minutes"


def _nth(n: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(n, f"{n}th")
