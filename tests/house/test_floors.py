"""Nothing is installed, locked or allowed below a version with a known weakness."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from monitor.db.engine import sqlite_library, wal_is_safe

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FLOORS = tomllib.loads((HERE / "floors.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "tests/requirements.lock")


def name_of(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


INSTALLED = {name_of(found.metadata["Name"]): Version(found.version) for found in distributions()}


def locked(lock: str) -> dict[str, Version]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {name_of(name): Version(version) for name, version in re.findall(r"^(\S+)==([^\s;]+)", text, re.M)}


@pytest.mark.parametrize(("package", "floor"), FLOORS["packages"].items())
def test_no_package_is_below_its_floor(package: str, floor: str) -> None:
    for where, versions in {"installed": INSTALLED, **{lock: locked(lock) for lock in LOCKS}}.items():
        assert versions.get(package, Version(floor)) >= Version(floor), where


def test_sqlite_is_one_whose_wal_keeps_what_was_committed() -> None:
    assert wal_is_safe(sqlite_library().sqlite_version_info)


@pytest.mark.parametrize("floor", FLOORS["sqlite"]["wal"])
def test_wal_is_taken_from_the_mended_versions_on_only(floor: str) -> None:
    major, minor, patch = map(int, floor.split("."))
    assert wal_is_safe((major, minor, patch))
    assert not wal_is_safe((major, minor, patch - 1))


def test_every_dependency_is_locked_with_its_hash_and_at_an_allowed_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {"requirements.lock": project["dependencies"]}
    wanted["tests/requirements.lock"] = project["dependencies"] + project["optional-dependencies"]["dev"]
    for lock, lines in wanted.items():
        versions = locked(lock)
        for requirement in map(Requirement, lines):
            assert requirement.specifier.contains(versions[name_of(requirement.name)]), (lock, requirement)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_hashes_everything(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    assert all("--hash=sha256:" in entry for entry in entries if entry.strip())


def test_both_locks_agree() -> None:
    runs, tests = map(locked, LOCKS)
    assert {name: tests.get(name) for name in runs} == runs
