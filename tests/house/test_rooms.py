"""Some things stand in one room only: the commit, the clock, what may be caught without a name."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = [path for package in ("monitor", "incidents", "reports") for path in (ROOT / package).rglob("*.py")]
SOURCES.append(ROOT / "wsgi.py")

CLOCK_READERS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}


def places(is_meant: Callable[[ast.AST], bool]) -> set[str]:
    """The files that hold such a piece of code."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if is_meant(node)
    }


def _is_method_call(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _reads_the_clock(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    return (_last_name(node.func.value), node.func.attr) in CLOCK_READERS


def _catches_everything(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    return node.type is None or _last_name(node.type) in {"Exception", "BaseException"}


def _swallows(node: ast.AST) -> bool:
    return isinstance(node, ast.ExceptHandler) and all(isinstance(line, ast.Pass) for line in node.body)


def _docstrings_missing() -> Iterator[str]:
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if text.strip() and not ast.get_docstring(ast.parse(text)):
            yield path.relative_to(ROOT).as_posix()


def test_commit_stands_in_the_store_only() -> None:
    assert places(lambda node: _is_method_call(node, "commit")) == {"monitor/db/session.py"}


def test_a_transaction_is_opened_at_the_doors_only() -> None:
    assert places(lambda node: _is_method_call(node, "transaction")) <= {
        "monitor/door.py",  # the door itself
        "monitor/web/blueprint.py",  # unsafe verbs
        "monitor/jobs/runner.py",  # jobs
        "monitor/outbox.py",  # subscribers
        "monitor/opening.py",  # commands
        "reports/exercise/headless.py",  # the command that plays the exercise, in a store of its own
        "reports/exercise/live.py",  # the same command, in a running mission
        "monitor/people/sessions.py",  # the sign-in, which lives beside the request's own transaction
    }


def test_the_machines_clock_is_read_in_one_place() -> None:
    assert places(_reads_the_clock) == {"monitor/clock.py"}


def test_everything_is_caught_in_two_places_and_both_record_it() -> None:
    assert places(_catches_everything) == {"monitor/jobs/runner.py", "monitor/outbox.py"}


def test_no_error_is_swallowed() -> None:
    assert places(_swallows) == set()


def test_every_module_says_what_belongs_in_it() -> None:
    assert list(_docstrings_missing()) == []


def test_no_room_is_named_for_nothing() -> None:
    nameless = {"utils", "helpers", "common", "manager", "misc"}
    assert [path for path in SOURCES if nameless & {path.stem, *path.parts}] == []
