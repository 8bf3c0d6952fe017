"""Bytes into values, strictly: what two parsers could read differently is refused with a reason.

Refused: duplicate keys, NaN and infinities, nesting deeper than MAX_DEPTH, U+0000 (PostgreSQL cannot hold
it) and lone surrogates (they cannot be written as UTF-8).
"""

import json
import re
from typing import Any

from monitor.errors import BadRequest

MAX_DEPTH = 40
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
BRACKETS_OUTSIDE_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


def strict_json(content: bytes) -> Any:
    """The value in `content`. Raises BadRequest saying what is wrong."""
    _check_depth(content)
    try:
        value = json.loads(
            content.decode("utf-8"), object_pairs_hook=_without_doubles, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise BadRequest(reason=f"The bytes are not UTF-8 (at byte {error.start}).") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadRequest(reason=f"This is not JSON: {error.msg} at {where}.") from error
    except ValueError as error:  # a whole number with thousands of digits
        raise BadRequest(reason="A number is too long.") from error
    _check_text(value)
    return value


def _check_depth(content: bytes) -> None:
    depth = 0
    for found in BRACKETS_OUTSIDE_TEXT.finditer(content):
        token = found.group()
        depth += (token in (b"[", b"{")) - (token in (b"]", b"}"))
        if depth > MAX_DEPTH:
            raise BadRequest(reason=f"Nested deeper than {MAX_DEPTH} levels.")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise BadRequest(reason=f"The key “{double}” stands twice in one object.")
    return found


def _no_constant(name: str) -> Any:
    raise BadRequest(reason=f"{name} is not a number that JSON knows.")


def _check_text(value: Any) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise BadRequest(reason="A text holds the character U+0000.")
        if LONE_SURROGATE.search(value):
            raise BadRequest(reason="A text holds half of a surrogate pair.")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check_text(item)
    elif isinstance(value, list):
        for item in value:
            _check_text(item)
