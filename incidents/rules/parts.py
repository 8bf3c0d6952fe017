"""A piece of a rule file that knows its file and line, and refuses what it cannot read (pure)."""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any

import yaml

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
# What must not be said twice with different numbers: everything but the state of use and the examples.
_NOT_HASHED = frozenset({"status", "examples", "approved_by"})


class RuleFileError(Exception):
    """A rule file that cannot be loaded: which file, which line, and why."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}:{line}: {why}")
        self.file, self.line, self.why = file, line, why


class Part:
    """A piece of the file that knows its line."""

    def __init__(self, file: str, node: yaml.Node, name: str) -> None:
        self.file, self.node, self.name = file, node, name

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def wrong(self, why: str) -> RuleFileError:
        return RuleFileError(self.file, self.line, f"{self.name}: {why}")

    def mapping(self, known: frozenset[str] | None = None) -> dict[str, "Part"]:
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong("keys and values are expected here")
        parts: dict[str, Part] = {}
        for key_node, value in self.node.value:
            key = str(key_node.value)
            here = Part(self.file, key_node, key)
            if key in parts:
                raise here.wrong("is said twice")
            if known is not None and key not in known:
                raise here.wrong(f"is not a key of {self.name}; known are {', '.join(sorted(known))}")
            parts[key] = Part(self.file, value, key)
        return parts

    def items(self) -> list["Part"]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.wrong("a list is expected here")
        return [Part(self.file, node, self.name) for node in self.node.value]

    def plain(self) -> Any:
        """The value as YAML types it (text, whole number, number, yes or no, list)."""
        return Plain("").construct_object(self.node, deep=True)

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

    def yes_or_no(self) -> bool:
        value = self.plain()
        if not isinstance(value, bool):
            raise self.wrong("true or false is expected here")
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


# The one in C reads the same, ten times as fast; it is not there on every machine.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Plain(_SafeLoader):  # type: ignore[misc,valid-type]
    """YAML in which `on` and `no` are words and a date is text: only true and false are yes and no."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def parsed(text: str, file: str) -> "Part":
    """The whole file as one piece. Raises RuleFileError where it is no YAML, or empty."""
    try:
        node = yaml.compose(text, Loader=Plain)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise RuleFileError(file, mark.line + 1 if mark else 1, str(error.problem)) from error
    if node is None:
        raise RuleFileError(file, 1, "the file is empty")
    return Part(file, node, "the rule")


def digest(top: Part) -> str:
    """SHA-256 of the rule with its keys in order: the same rule laid out otherwise has the same digest."""
    kept = {name: part.plain() for name, part in top.mapping().items() if name not in _NOT_HASHED}
    normal = json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(normal.encode()).hexdigest()
