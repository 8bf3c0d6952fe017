"""Rule files: read strictly, refused with file and line, normalised and hashed (pure).

A rule is YAML with a closed list of keys. What the engine cannot do is refused when the file is
loaded, never ignored: an unknown key, an unsupported kind, a filter on a field that is not listed.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from incidents.rules.facts import EXPOSURES, QUARANTINED, STATUSES, TRAINING, Fact, Watched
from incidents.rules.rule import (
    NUMBER_FIELDS,
    OPERATORS,
    SCALE_FIELDS,
    TEXT_FIELDS,
    Asks,
    Count,
    Example,
    Grade,
    Rate,
    Rule,
    StepUp,
    Where,
)

DATA = Path(__file__).parent / "data"
RULE_STATUSES = ("draft", "shadow", "on", "retired")
KINDS_TO_COME = ("sequence", "spread", "state", "silence", "breach", "combine")
DISTINCT = ("incident", "source", "device", "observation")
WEIGHTS = ("one", "count_best")

# Examples count their hours from here, so that a file needs no dates.
EXAMPLE_START = datetime(2022, 8, 1, tzinfo=UTC)

_COMMON = frozenset(
    {
        "id",
        "version",
        "status",
        "title",
        "says",
        "article",
        "kind",
        "where",
        "key",
        "join_within",
        "resolve_after",
        "severity",
        "examples",
    }
)
_OWN = {
    "count": frozenset({"window", "least", "distinct", "weight", "radius_m", "group", "time"}),
    "rate": frozenset(
        {
            "window",
            "baseline",
            "guard",
            "every",
            "exposure",
            "distinct",
            "weight",
            "min_count",
            "min_ratio",
            "alpha",
            "min_baseline_hours",
            "min_window_hours",
            "max_dispersion",
            "without",
        }
    ),
    "step_up": frozenset({"window", "before", "rise", "reach", "min_before", "time"}),
}
# What must not be said twice with different numbers: everything but the state of use and the examples.
_NOT_HASHED = frozenset({"status", "examples"})
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class RuleFileError(Exception):
    """A rule file that cannot be loaded: which file, which line, and why."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}:{line}: {why}")
        self.file, self.line, self.why = file, line, why


def load_folder(folder: Path = DATA) -> list[Rule]:
    """Every rule of a folder, by id; two files with one id are refused."""
    rules: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.yaml")):
        rule = load_rule(path.read_text(encoding="utf-8"), path.name)
        if rule.id in rules:
            raise RuleFileError(path.name, 1, f"the id {rule.id} is taken by another file")
        rules[rule.id] = rule
    return [rules[rule_id] for rule_id in sorted(rules)]


def load_rule(text: str, file: str) -> Rule:
    """One rule from its text. Raises RuleFileError with file and line."""
    try:
        node = yaml.compose(text, Loader=_Plain)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise RuleFileError(file, mark.line + 1 if mark else 1, str(error.problem)) from error
    if node is None:
        raise RuleFileError(file, 1, "the file is empty")
    return _Reader(file, text).rule(_Part(file, node, "the rule"))


class _Part:
    """A piece of the file that knows its line."""

    def __init__(self, file: str, node: yaml.Node, name: str) -> None:
        self.file, self.node, self.name = file, node, name

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def wrong(self, why: str) -> RuleFileError:
        return RuleFileError(self.file, self.line, f"{self.name}: {why}")

    def mapping(self, known: frozenset[str] | None = None) -> dict[str, "_Part"]:
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong("keys and values are expected here")
        parts: dict[str, _Part] = {}
        for key_node, value in self.node.value:
            key = str(key_node.value)
            here = _Part(self.file, key_node, key)
            if key in parts:
                raise here.wrong("is said twice")
            if known is not None and key not in known:
                raise here.wrong(f"is not a key of {self.name}; known are {', '.join(sorted(known))}")
            parts[key] = _Part(self.file, value, key)
        return parts

    def items(self) -> list["_Part"]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.wrong("a list is expected here")
        return [_Part(self.file, node, self.name) for node in self.node.value]

    def plain(self) -> Any:
        """The value as YAML types it (text, whole number, number, yes or no, list)."""
        return _Plain("").construct_object(self.node, deep=True)

    def text(self) -> str:
        value = self.plain()
        if not isinstance(value, str) or not value.strip():
            raise self.wrong("text is expected here")
        return value.strip()

    def whole(self, least: int = 0) -> int:
        value = self.plain()
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.wrong(f"a whole number of at least {least} is expected here")
        return value

    def exact(self, least: Fraction = Fraction(0)) -> Fraction:
        value = self.plain()
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong("a number is expected here")
        # Through its own text, so that 0.001 is a thousandth and not the nearest binary fraction.
        exact = Fraction(str(value))
        if exact < least:
            raise self.wrong(f"must be at least {least}")
        return exact

    def one_of(self, words: Sequence[str]) -> str:
        value = self.plain()
        if value not in words:
            raise self.wrong(f"{value!r} is not one of {', '.join(words)}")
        return str(value)

    def duration(self, least: timedelta = timedelta(minutes=1)) -> timedelta:
        value = str(self.plain())
        found = re.fullmatch(r"([+]?)(\d+)([mhd])", value)
        if not found:
            raise self.wrong(f"{value!r} is not a duration; write 30m, 24h or 14d")
        duration = timedelta(**{_UNITS[found[3]]: int(found[2])})
        if duration < least:
            raise self.wrong("is too short")
        return duration


class _Plain(yaml.SafeLoader):
    """YAML in which `on` and `no` are words and a date is text: only true and false are yes and no."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


class _Reader:
    """Reads one file; methods follow the order of a rule on paper."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.source = file, text

    def rule(self, top: _Part) -> Rule:
        named = top.mapping()
        kind = self._kind(top, named)
        parts = top.mapping(_COMMON | _OWN[kind])
        rule_id = self._need(top, parts, "id").text()
        if not re.fullmatch(r"E\d+-[a-z0-9-]+", rule_id):
            raise parts["id"].wrong("an id reads like E1-surge")
        self._key(top, parts)
        join_within = self._need(top, parts, "join_within").duration()
        rule = Rule(
            id=rule_id,
            version=self._need(top, parts, "version").whole(1),
            status=self._need(top, parts, "status").one_of(RULE_STATUSES),
            title=self._need(top, parts, "title").text(),
            says=self._need(top, parts, "says").text(),
            article=self._need(top, parts, "article").text(),
            asks=self._asks(kind, top, parts),
            where=tuple(self._where(part) for part in self._need(top, parts, "where").items()),
            join_within=join_within,
            resolve_after=self._resolve_after(self._need(top, parts, "resolve_after"), join_within),
            severity=self._severity(self._need(top, parts, "severity")),
            digest=digest(top),
            examples=tuple(self._examples(parts["examples"])) if "examples" in parts else (),
            source=self.source,
        )
        self._proven(top, parts, rule)
        return rule

    def _need(self, top: _Part, parts: dict[str, _Part], name: str) -> _Part:
        if name not in parts:
            raise top.wrong(f"{name} is missing")
        return parts[name]

    def _kind(self, top: _Part, parts: dict[str, _Part]) -> str:
        part = self._need(top, parts, "kind")
        kind = part.plain()
        if kind in KINDS_TO_COME:
            raise part.wrong(f"the kind {kind} is not supported by this engine; it does {', '.join(_OWN)}")
        return part.one_of(tuple(_OWN))

    def _key(self, top: _Part, parts: dict[str, _Part]) -> None:
        self._need(top, parts, "key").one_of(("sector",))

    def _resolve_after(self, part: _Part, join_within: timedelta) -> timedelta | None:
        if part.plain() == "never":
            return None
        after = part.duration()
        if after < join_within:
            raise part.wrong("a finding may not resolve while a new hit would still join it")
        return after

    def _severity(self, part: _Part) -> tuple[Grade, ...]:
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

    def _where(self, part: _Part) -> Where:
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

    def _comparable(self, part: _Part, field: str, value: Any) -> None:
        if field in TEXT_FIELDS:
            raise part.wrong(f"{field} has no order to compare by")
        if field in NUMBER_FIELDS and (not isinstance(value, int) or isinstance(value, bool)):
            raise part.wrong("a whole number is expected here")

    def _asks(self, kind: str, top: _Part, parts: dict[str, _Part]) -> Asks:
        read: dict[str, Callable[[_Part, dict[str, _Part]], Asks]] = {
            "count": self._count,
            "rate": self._rate,
            "step_up": self._step_up,
        }
        return read[kind](top, parts)

    def _count(self, top: _Part, parts: dict[str, _Part]) -> Count:
        radius = parts["radius_m"].whole(1) if "radius_m" in parts else None
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

    def _rate(self, top: _Part, parts: dict[str, _Part]) -> Rate:
        window = self._need(top, parts, "window").duration()
        baseline = self._need(top, parts, "baseline").duration()
        if baseline % window:
            raise parts["baseline"].wrong("must be a whole number of windows")
        alpha = self._need(top, parts, "alpha").exact()
        if not 0 < alpha < 1:
            raise parts["alpha"].wrong("a chance lies between 0 and 1")
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
            without=tuple(self._where(part) for part in parts["without"].items())
            if "without" in parts
            else (),
        )

    def _step_up(self, top: _Part, parts: dict[str, _Part]) -> StepUp:
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

    def _word(self, parts: dict[str, _Part], name: str, words: Sequence[str]) -> str:
        return parts[name].one_of(words) if name in parts else words[0]

    def _certain(self, parts: dict[str, _Part]) -> bool:
        return "time" in parts and parts["time"].one_of(("possible", "certain")) == "certain"

    def _hours(self, parts: dict[str, _Part], name: str) -> int:
        return parts[name].whole() * 60 if name in parts else 0

    # ---- examples ----

    def _examples(self, part: _Part) -> Iterator[Example]:
        for item in part.items():
            said = item.mapping(frozenset({"name", "expect", "now", "watches", "observations"}))
            now = self._need(item, said, "now").duration(timedelta(0))
            observations = self._need(item, said, "observations").items()
            yield Example(
                name=self._need(item, said, "name").text(),
                line=item.line,
                versions=tuple(f for i, o in enumerate(observations) for f in self._facts(o, i + 1)),
                watched=tuple(self._watched(w) for w in said["watches"].items()) if "watches" in said else (),
                now=EXAMPLE_START + now,
                expect=self._expected(self._need(item, said, "expect")),
            )

    def _expected(self, part: _Part) -> dict[str, Any]:
        said = part.mapping(frozenset({"findings", "severity", "evidence", "numbers", "unknown"}))
        expected: dict[str, Any] = {"findings": self._need(part, said, "findings").whole()}
        for name in ("severity", "evidence"):
            if name in said:
                expected[name] = said[name].whole()
        if "numbers" in said:
            expected["numbers"] = {name: value.plain() for name, value in said["numbers"].mapping().items()}
        if "unknown" in said:
            expected["unknown"] = said["unknown"].one_of(("no_baseline", "not_watched"))
        return expected

    def _watched(self, part: _Part) -> Watched:
        said = part.mapping(frozenset({"sector", "from", "to"}))
        moments = [
            EXAMPLE_START + self._need(part, said, name).duration(timedelta(0)) for name in ("from", "to")
        ]
        return Watched(self._need(part, said, "sector").text(), *moments)

    def _facts(self, part: _Part, number: int) -> Iterator[Fact]:
        """The versions of one line: `times` of them, `every` so often; `same` corrects an earlier line."""
        said = part.mapping(_OBSERVED)
        start = EXAMPLE_START + self._need(part, said, "at").duration(timedelta(0))
        lasts = said["lasts"].duration() if "lasts" in said else timedelta(0)
        every = said["every"].duration() if "every" in said else timedelta(0)
        delay = said["known_after"].duration() if "known_after" in said else timedelta(minutes=10)
        facts = {name: said[name].plain() for name in _AS_SAID if name in said}
        facts.update(self._states(said))
        corrects = said["corrects"].whole(1) if "corrects" in said else None
        for i in range(said["times"].whole(1) if "times" in said else 1):
            at = start + every * i
            yield Fact(
                observation_id=f"o{corrects or number}-{i + 1}",
                version=2 if corrects else 1,
                revision=2 if corrects else 1,
                known_at=at + lasts + delay,
                event_start=at,
                event_end=at + lasts,
                **facts,
            )

    def _states(self, said: dict[str, _Part]) -> dict[str, Any]:
        states: dict[str, Any] = {}
        if "status" in said:
            states["status"] = said["status"].one_of(sorted(STATUSES))
        if "exposure" in said:
            states["exposure"] = said["exposure"].one_of(EXPOSURES)
        if "flags" in said:
            states["flags"] = frozenset(
                flag.one_of((QUARANTINED, TRAINING)) for flag in said["flags"].items()
            )
        return states

    def _proven(self, top: _Part, parts: dict[str, _Part], rule: Rule) -> None:
        """To go on, a rule shows one case in which it speaks and one in which it is silent."""
        if rule.status == "on" and len({example.is_positive for example in rule.examples}) < 2:
            raise parts["status"].wrong("a rule goes on only with a positive and a negative example")


_AS_SAID = (
    "category",
    "type",
    "sector",
    "info_type",
    "means",
    "weapon",
    "tier",
    "count_best",
    "assessed_exercise",
    "incident_id",
    "team",
    "device",
    "x",
    "y",
    "z",
)
_OBSERVED = frozenset(
    {"at", "lasts", "every", "times", "known_after", "corrects", "status", "exposure", "flags", *_AS_SAID}
)


def digest(top: _Part) -> str:
    """SHA-256 of the rule with its keys in order: the same rule laid out otherwise has the same digest."""
    kept = {name: part.plain() for name, part in top.mapping().items() if name not in _NOT_HASHED}
    normal = json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(normal.encode()).hexdigest()
