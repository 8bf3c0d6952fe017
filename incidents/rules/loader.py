"""Rule files: read strictly, refused with file and line, normalised and hashed (pure).

A rule is YAML with a closed list of keys. What the engine cannot do is refused when the file is
loaded, never ignored: an unknown key, an unsupported kind, a filter on a field that is not listed.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from incidents.rules.core import Circular, in_layers
from incidents.rules.parts import Part, RuleFileError, digest, parsed
from incidents.rules.rule import (
    KEYS,
    NUMBER_FIELDS,
    OPERATORS,
    SCALE_FIELDS,
    TEXT_FIELDS,
    Asks,
    Breach,
    Budget,
    Combine,
    Count,
    Escalation,
    Grade,
    Rate,
    Rule,
    Silence,
    Speaking,
    Spread,
    State,
    StepUp,
    Succession,
    Where,
)
from incidents.rules.worked import examples_of

DATA = Path(__file__).parent / "data"
RULE_STATUSES = ("draft", "shadow", "on", "retired")
DISTINCT = ("incident", "source", "device", "observation", "claimant")
WEIGHTS = ("one", "count_best")
COLOURS = ("observation", "information", "safety", "silence", "humanitarian", "evidence")

_COMMON = frozenset(
    """id version status title says article kind where key near_m for join_within resolve_after severity
    within_state cooldown group_by group_wait inhibit_by escalate colour restricted budget approved_by
    examples""".split()
)
_OWN = {
    "count": "window least distinct weight radius_m group time",
    "rate": """window baseline guard every exposure distinct weight min_count min_ratio alpha
        min_baseline_hours min_window_hours max_dispersion without direction rising cap complete_within""",
    "step_up": "window before rise reach min_before time",
    "sequence": "window steps radius_m order absent alternate time",
    "spread": "window least adjacent each time",
    "state": "closes holds_for every lookback",
    "silence": "expects due every grace lookback",
    "breach": "truce lookback least a_day repeat reset radius_m distinct time",
    "combine": "of least window counts across radius_m order adjacent",
}
KINDS = tuple(_OWN)


# A rule that asks for this is about people who were harmed.
ABOUT_PEOPLE_HARMED = (Where("category", "is", "CAS"),)


def load_folder(folder: Path = DATA) -> list[Rule]:
    """Every rule of a folder, by id. Refuses two files with one id, unknown names and circles."""
    rules: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.yaml")):
        rule = load_rule(path.read_text(encoding="utf-8"), path.name)
        if rule.id in rules:
            raise RuleFileError(path.name, 1, f"the id {rule.id} is taken by another file")
        rules[rule.id] = rule
    check_together(rules.values())
    return [rules[rule_id] for rule_id in sorted(rules)]


def check_together(rules: Iterable[Rule]) -> None:
    """Refuses rules that name rules which are not there, or each other in a circle."""
    known = {rule.id: rule for rule in rules}
    for rule in known.values():
        for name in (*rule.reads_episodes_of, *rule.speaking.inhibit_by):
            if name not in known:
                raise RuleFileError(f"{rule.id}.yaml", line_of(rule, name), f"there is no rule {name}")
    try:
        in_layers(known.values())
    except Circular as error:
        first = known[error.rule_ids[0]]
        raise RuleFileError(f"{first.id}.yaml", line_of(first, "of:"), str(error)) from error


def line_of(rule: Rule, text: str) -> int:
    """The first line of a rule's file that holds a text; 1 where none does."""
    lines = rule.source.splitlines()
    return next((n for n, line in enumerate(lines, 1) if text in line), 1)


def load_rule(text: str, file: str) -> Rule:
    """One rule from its text. Raises RuleFileError with file and line."""
    return _Reader(file, text).rule(parsed(text, file))


class _Reader:
    """Reads one file; methods follow the order of a rule on paper."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.source = file, text

    def rule(self, top: Part) -> Rule:
        named = top.mapping()
        kind = self._need(top, named, "kind").one_of(KINDS)
        parts = top.mapping(_COMMON | frozenset(_OWN[kind].split()))
        rule_id = self._need(top, parts, "id").text()
        if not re.fullmatch(r"E\d+-[a-z0-9-]+", rule_id):
            raise parts["id"].wrong("an id reads like E1-surge")
        join_within = self._need(top, parts, "join_within").duration()
        key = self._key(kind, top, parts)
        where = self._filter(top, parts, kind)
        rule = Rule(
            id=rule_id,
            version=self._need(top, parts, "version").whole(1),
            status=self._need(top, parts, "status").one_of(RULE_STATUSES),
            title=self._need(top, parts, "title").text(),
            says=self._need(top, parts, "says").text(),
            article=self._need(top, parts, "article").text(),
            asks=self._asks(kind, top, parts, where),
            where=where,
            join_within=join_within,
            resolve_after=self._resolve_after(self._need(top, parts, "resolve_after"), join_within),
            severity=self._severity(self._need(top, parts, "severity")),
            digest=digest(top),
            examples=tuple(examples_of(parts["examples"])) if "examples" in parts else (),
            source=self.source,
            key=key,
            near_m=parts["near_m"].whole(1) if "near_m" in parts else None,
            lasting=parts["for"].duration() if "for" in parts else timedelta(0),
            within_state=self._within_state(parts["within_state"]) if "within_state" in parts else None,
            speaking=self._speaking(parts),
            budget=self._budget(parts["budget"]) if "budget" in parts else None,
            approved_by=parts["approved_by"].text() if "approved_by" in parts else None,
        )
        if rule.resolve_after is not None and any(clause in ABOUT_PEOPLE_HARMED for clause in rule.where):
            raise parts["resolve_after"].wrong(
                "an alert about people harmed is closed by a person: say never"
            )
        self._possible(parts, rule)
        self._proven(parts, rule)
        return rule

    def _need(self, top: Part, parts: dict[str, Part], name: str) -> Part:
        if name not in parts:
            raise top.wrong(f"{name} is missing")
        return parts[name]

    def _key(self, kind: str, top: Part, parts: dict[str, Part]) -> str:
        key = self._need(top, parts, "key").one_of(KEYS)
        if (key == "settlement") != ("near_m" in parts):
            raise parts["key"].wrong("a settlement needs near_m, how far around it counts; no other key does")
        if kind == "spread" and key != "mission":
            raise parts["key"].wrong("a spread is judged for the whole mission: key: mission")
        if kind in ("combine", "breach") and key not in ("sector", "mission"):
            raise parts["key"].wrong(f"a {kind} is judged by sector or for the whole mission")
        return key

    def _filter(self, top: Part, parts: dict[str, Part], kind: str) -> tuple[Where, ...]:
        if kind == "combine":
            if "where" in parts:
                raise parts["where"].wrong("a rule over findings reads no reports")
            return ()
        if kind == "sequence" and "where" not in parts:
            return ()
        return self._clauses(self._need(top, parts, "where"))

    def _clauses(self, part: Part) -> tuple[Where, ...]:
        return tuple(self._where(item) for item in part.items())

    def _resolve_after(self, part: Part, join_within: timedelta) -> timedelta | None:
        if part.plain() == "never":
            return None
        after = part.duration()
        if after < join_within:
            raise part.wrong("a finding may not resolve while a new hit would still join it")
        return after

    def _severity(self, part: Part) -> tuple[Grade, ...]:
        grades = []
        for item in part.items():
            said = item.mapping(frozenset({"level", "when"}))
            level = self._need(item, said, "level").whole(1)
            if level > 5:
                raise said["level"].wrong("severity goes from 1 to 5")
            when = said["when"].mapping() if "when" in said else {}
            grades.append(
                Grade(level, tuple((name, float(value.exact())) for name, value in sorted(when.items())))
            )
        if not any(not grade.when for grade in grades):
            raise part.wrong("one level must stand without conditions, as the floor")
        return tuple(sorted(grades, key=lambda grade: -grade.level))

    def _where(self, part: Part) -> Where:
        said = part.mapping(frozenset({"field", *OPERATORS}))
        field = self._need(part, said, "field").one_of(sorted(TEXT_FIELDS | NUMBER_FIELDS | {*SCALE_FIELDS}))
        operators = [name for name in OPERATORS if name in said]
        if len(operators) != 1:
            raise part.wrong(f"exactly one of {', '.join(OPERATORS)} is expected")
        operator = operators[0]
        value = said[operator].plain()
        if operator in ("at_least", "at_most"):
            self._comparable(said[operator], field, value)
        many = operator in ("in", "not_in")
        if many != isinstance(value, list):
            raise said[operator].wrong("a list is expected here" if many else "one value is expected here")
        if field in SCALE_FIELDS:
            for one in value if many else [value]:
                if one not in SCALE_FIELDS[field]:
                    raise said[operator].wrong(f"{one!r} is not one of {', '.join(SCALE_FIELDS[field])}")
        return Where(field, operator, tuple(value) if many else value)

    def _comparable(self, part: Part, field: str, value: Any) -> None:
        if field in TEXT_FIELDS:
            raise part.wrong(f"{field} has no order to compare by")
        if field in NUMBER_FIELDS and (not isinstance(value, int) or isinstance(value, bool)):
            raise part.wrong("a whole number is expected here")

    # ---- the nine kinds ----

    def _asks(self, kind: str, top: Part, parts: dict[str, Part], where: tuple[Where, ...]) -> Asks:
        read: dict[str, Callable[[Part, dict[str, Part]], Asks]] = {
            "count": self._count,
            "rate": self._rate,
            "step_up": self._step_up,
            "sequence": self._sequence,
            "spread": self._spread,
            "state": lambda top, parts: self._state(top, parts, where),
            "silence": self._silence,
            "breach": self._breach,
            "combine": self._combine,
        }
        return read[kind](top, parts)

    def _count(self, top: Part, parts: dict[str, Part]) -> Count:
        radius = self._radius(parts)
        group = parts["group"].one_of(("key", "link")) if "group" in parts else "key"
        if group == "link" and radius is None:
            raise parts["group"].wrong("linking needs radius_m")
        return Count(
            window=self._need(top, parts, "window").duration(),
            least=self._need(top, parts, "least").whole(1),
            distinct=self._word(parts, "distinct", DISTINCT),
            weight=self._word(parts, "weight", WEIGHTS),
            radius_m=radius,
            group=group,
            certain=self._certain(parts),
        )

    def _rate(self, top: Part, parts: dict[str, Part]) -> Rate:
        window = self._need(top, parts, "window").duration()
        baseline = self._need(top, parts, "baseline").duration()
        if baseline % window:
            raise parts["baseline"].wrong("must be a whole number of windows")
        alpha = self._need(top, parts, "alpha").exact()
        if not 0 < alpha < 1:
            raise parts["alpha"].wrong("a chance lies between 0 and 1")
        rising = parts["rising"].whole(2) if "rising" in parts else 0
        direction = self._word(parts, "direction", ("up", "down"))
        if rising and direction == "down":
            raise parts["rising"].wrong("what falls does not rise")
        return Rate(
            window=window,
            baseline=baseline,
            guard=self._need(top, parts, "guard").duration(timedelta(0)),
            every=self._need(top, parts, "every").duration(),
            min_count=self._need(top, parts, "min_count").whole(1),
            min_ratio=self._need(top, parts, "min_ratio").exact(Fraction(1)),
            alpha=alpha,
            exposure=self._word(parts, "exposure", ("watch_hours", "hours")),
            min_baseline_minutes=self._hours(parts, "min_baseline_hours"),
            min_window_minutes=self._hours(parts, "min_window_hours"),
            max_dispersion=parts["max_dispersion"].exact(Fraction(1))
            if "max_dispersion" in parts
            else Fraction(8),
            distinct=self._word(parts, "distinct", DISTINCT),
            weight=self._word(parts, "weight", WEIGHTS),
            without=self._clauses(parts["without"]) if "without" in parts else (),
            direction=direction,
            rising=rising,
            cap=parts["cap"].exact(Fraction(1)) if "cap" in parts else None,
            complete_within=parts["complete_within"].duration() if "complete_within" in parts else None,
        )

    def _step_up(self, top: Part, parts: dict[str, Part]) -> StepUp:
        if ("rise" in parts) == ("reach" in parts):
            raise top.wrong("exactly one of rise, reach is expected")
        return StepUp(
            window=self._need(top, parts, "window").duration(),
            before=self._need(top, parts, "before").duration(),
            rise=parts["rise"].whole(1) if "rise" in parts else None,
            reach=parts["reach"].whole(1) if "reach" in parts else None,
            min_before=parts["min_before"].whole() if "min_before" in parts else 0,
            certain=self._certain(parts),
        )

    def _sequence(self, top: Part, parts: dict[str, Part]) -> Succession:
        if ("steps" in parts) == ("alternate" in parts):
            raise top.wrong("exactly one of steps, alternate is expected")
        steps = [self._clauses(step) for step in parts["steps"].items()] if "steps" in parts else []
        if "steps" in parts and not 2 <= len(steps) <= 6:
            raise parts["steps"].wrong("a sequence has two to six steps")
        if "alternate" in parts and ("order" in parts or "absent" in parts):
            raise parts["alternate"].wrong("an alternation has neither order nor absent")
        if "alternate" in parts and "where" not in parts:
            raise parts["alternate"].wrong("an alternation needs where: which reports answer each other")
        return Succession(
            window=self._need(top, parts, "window").duration(),
            steps=tuple(steps),
            radius_m=self._radius(parts),
            any_order=self._word(parts, "order", ("given", "any")) == "any",
            absent=self._clauses(parts["absent"]) if "absent" in parts else None,
            alternate=parts["alternate"].whole(2) if "alternate" in parts else 0,
            certain=self._certain(parts),
        )

    def _spread(self, top: Part, parts: dict[str, Part]) -> Spread:
        return Spread(
            window=self._need(top, parts, "window").duration(),
            least=self._need(top, parts, "least").whole(2),
            adjacent="adjacent" in parts and parts["adjacent"].yes_or_no(),
            each=parts["each"].whole(1) if "each" in parts else 1,
            certain=self._certain(parts),
        )

    def _state(self, top: Part, parts: dict[str, Part], opens: tuple[Where, ...]) -> State:
        holds_for = self._need(top, parts, "holds_for").duration()
        lookback = self._need(top, parts, "lookback").duration()
        if lookback <= holds_for:
            raise parts["lookback"].wrong("must be longer than holds_for")
        return State(
            opens=opens,
            closes=self._clauses(self._need(top, parts, "closes")),
            holds_for=holds_for,
            every=self._need(top, parts, "every").duration(),
            lookback=lookback,
        )

    def _within_state(self, part: Part) -> State:
        said = part.mapping(frozenset({"opens", "closes", "lookback"}))
        lookback = self._need(part, said, "lookback").duration()
        opens = self._clauses(self._need(part, said, "opens"))
        closes = self._clauses(self._need(part, said, "closes"))
        return State(opens, closes, timedelta(0), lookback, lookback)

    def _silence(self, top: Part, parts: dict[str, Part]) -> Silence:
        due = self._need(top, parts, "due").one_of(("sign", "end"))
        if (due == "sign") != ("every" in parts):
            raise parts["due"].wrong("every belongs to due: sign, and only there")
        lookback = self._need(top, parts, "lookback").duration()
        every = parts["every"].duration() if "every" in parts else timedelta(0)
        grace = self._need(top, parts, "grace").duration(timedelta(0))
        if lookback <= every + grace:
            raise parts["lookback"].wrong("must be longer than every and grace together")
        return Silence(self._clauses(self._need(top, parts, "expects")), due, every, grace, lookback)

    def _breach(self, top: Part, parts: dict[str, Part]) -> Breach:
        repeat = parts["repeat"].whole(2) if "repeat" in parts else 1
        if ("repeat" in parts) != ("reset" in parts):
            raise top.wrong("repeat and reset go together")
        if "a_day" in parts and "least" in parts:
            raise parts["a_day"].wrong("either least, since the silence began, or a_day")
        return Breach(
            truce=self._clauses(self._need(top, parts, "truce")),
            lookback=self._need(top, parts, "lookback").duration(),
            least=parts["least"].whole(1) if "least" in parts else 1,
            a_day=parts["a_day"].whole(1) if "a_day" in parts else None,
            repeat=repeat,
            reset=parts["reset"].duration() if "reset" in parts else None,
            radius_m=self._radius(parts),
            distinct=self._word(parts, "distinct", DISTINCT),
            certain=self._certain(parts),
        )

    def _combine(self, top: Part, parts: dict[str, Part]) -> Combine:
        named = tuple(item.text() for item in self._need(top, parts, "of").items())
        counts = self._word(parts, "counts", ("rules", "sectors"))
        across = self._word(parts, "across", ("sector", "mission", "radius"))
        least = self._need(top, parts, "least").whole(1)
        ordered = self._word(parts, "order", ("any", "given")) == "given"
        if len(set(named)) < len(named):
            raise parts["of"].wrong("names a rule twice")
        if counts == "rules" and least > len(named):
            raise parts["least"].wrong(f"only {len(named)} rules are named")
        if counts == "sectors" and across != "mission":
            raise parts["counts"].wrong("sectors are counted across: mission")
        if ordered and (counts != "rules" or least != len(named)):
            raise parts["order"].wrong("a given order asks for every rule named")
        if (across == "radius") != ("radius_m" in parts):
            raise top.wrong("across: radius and radius_m go together")
        adjacent = "adjacent" in parts and parts["adjacent"].yes_or_no()
        if adjacent and counts != "sectors":
            raise parts["adjacent"].wrong("only sectors adjoin: counts: sectors")
        return Combine(
            of=named,
            least=least,
            window=self._need(top, parts, "window").duration(),
            counts=counts,
            across=across,
            radius_m=self._radius(parts),
            ordered=ordered,
            adjacent=adjacent,
        )

    def _radius(self, parts: dict[str, Part]) -> int | None:
        return parts["radius_m"].whole(1) if "radius_m" in parts else None

    def _word(self, parts: dict[str, Part], name: str, words: Sequence[str]) -> str:
        return parts[name].one_of(words) if name in parts else words[0]

    def _certain(self, parts: dict[str, Part]) -> bool:
        return "time" in parts and parts["time"].one_of(("possible", "certain")) == "certain"

    def _hours(self, parts: dict[str, Part], name: str) -> int:
        return parts[name].whole() * 60 if name in parts else 0

    # ---- how it speaks ----

    def _speaking(self, parts: dict[str, Part]) -> Speaking:
        if ("group_by" in parts) != ("group_wait" in parts):
            first = parts.get("group_by") or parts["group_wait"]
            raise first.wrong("group_by and group_wait go together")
        ladder = [self._escalation(item) for item in parts["escalate"].items()] if "escalate" in parts else []
        if [step.after for step in ladder] != sorted(step.after for step in ladder):
            raise parts["escalate"].wrong("steps follow each other in time")
        return Speaking(
            cooldown=parts["cooldown"].duration() if "cooldown" in parts else None,
            group_by=parts["group_by"].one_of(("rule", "sector")) if "group_by" in parts else None,
            group_wait=parts["group_wait"].duration() if "group_wait" in parts else None,
            inhibit_by=tuple(item.text() for item in parts["inhibit_by"].items())
            if "inhibit_by" in parts
            else (),
            escalate=tuple(ladder),
            colour=self._word(parts, "colour", COLOURS),
            restricted=tuple(item.text() for item in parts["restricted"].items())
            if "restricted" in parts
            else (),
        )

    def _escalation(self, part: Part) -> Escalation:
        said = part.mapping(frozenset({"after", "to"}))
        return Escalation(self._need(part, said, "after").duration(), self._need(part, said, "to").text())

    def _budget(self, part: Part) -> Budget:
        said = part.mapping(frozenset({"alerts", "every"}))
        return Budget(self._need(part, said, "alerts").whole(1), self._need(part, said, "every").duration())

    # ---- what cannot be ----

    def _possible(self, parts: dict[str, Part], rule: Rule) -> None:
        asks = rule.asks
        if (
            isinstance(asks, Rate)
            and asks.exposure == "watch_hours"
            and rule.key not in ("sector", "mission")
        ):
            raise parts["key"].wrong("hours are watched by sector; this key needs exposure: hours")
        if rule.within_state is not None and isinstance(asks, Spread | Breach | Combine):
            raise parts["within_state"].wrong(f"a {rule.kind} does not hold within a state of one key")
        if isinstance(asks, Count | Succession) and asks.radius_m is not None and rule.key != "sector":
            raise parts["radius_m"].wrong("a radius looks around each report: key: sector")

    def _proven(self, parts: dict[str, Part], rule: Rule) -> None:
        """To go on, a rule shows when it speaks and when not, declares its budget and names who answers."""
        if rule.status != "on":
            return
        if len({example.is_positive for example in rule.examples}) < 2:
            raise parts["status"].wrong("a rule goes on only with a positive and a negative example")
        if rule.budget is None:
            raise parts["status"].wrong("a rule goes on only with a budget: how many alerts in how long")
        if rule.approved_by is None:
            raise parts["status"].wrong("a rule goes on only with a name that answers for it: approved_by")
