"""The catalogue of escalation patterns that the rules stand under, by their E-number (pure).

A rule's id begins with the number of its pattern; a mission's own rules take any other number.
"""

from collections.abc import Iterable

from incidents.rules.explain_rule import in_words
from incidents.rules.rule import Rule

PATTERNS = {
    1: "Surge",
    2: "Weapon ladder",
    3: "Spread",
    4: "Sawtooth",
    5: "Harm to civilians",
    6: "Tit for tat",
    7: "Access and build-up",
    8: "Window of silence broken",
    9: "Corridor and shortages",
    10: "Claim surge",
    11: "Displacement",
    12: "Mission safety",
    13: "Silence",
    14: "Detained, missing, dead",
    15: "Evidence at risk",
}
OWN = "The mission's own rules"

CATALOGUE_HEAD = """# The rule catalogue

*Written by `make docs` from the rule files; edit a rule, not this page.*

Every rule that comes with the program, under the pattern it stands for. They name no party and take no
side: what they say of one they say of any. *On* raises alerts; *shadow* is judged all the same and raises
none, until an analyst has tried it on the mission's own history and a second person agrees
([rules-guide.md](rules-guide.md)). Who answers for a rule that comes switched on stands in its file: the
exercise mission's analyst, until yours takes it over.

| rule | state | what it says | alarm budget |
|---|---|---|---|
"""


def number_of(rule_id: str) -> int:
    """The E-number of a rule's id."""
    return int(rule_id.partition("-")[0].removeprefix("E"))


def in_order(rule_id: str) -> tuple[int, str]:
    """For sorting: E2 before E10."""
    return number_of(rule_id), rule_id


def pattern_of(rule_id: str) -> str:
    """The name of the pattern with its number, or that it is the mission's own."""
    number = number_of(rule_id)
    return f"E{number} {PATTERNS[number]}" if number in PATTERNS else OWN


def catalogue(rules: Iterable[Rule]) -> str:
    """The page of docs that lists every rule file with its text, and what the engine makes of it."""
    ordered = sorted(rules, key=lambda rule: in_order(rule.id))
    table, texts, pattern = [], [], ""
    for rule in ordered:
        if pattern_of(rule.id) != pattern:
            pattern = pattern_of(rule.id)
            table.append(f"| **{pattern}** | | | |\n")
            texts.append(f"\n## {pattern}\n")
        told = "restricted: told to few. " if rule.speaking.restricted else ""
        budget = f"{rule.budget.alerts} in {rule.budget.every.days} d" if rule.budget else "none"
        table.append(f"| `{rule.id}` | {rule.status} | {told}{rule.says} | {budget} |\n")
        texts.append(f"\n### `{rule.id}` {rule.title}\n\n*{rule.article}*\n\n")
        texts += [f"* {line}\n" for line in in_words(rule)]
    return CATALOGUE_HEAD + "".join(table) + "".join(texts)
