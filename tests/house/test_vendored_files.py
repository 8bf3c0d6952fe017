"""Files of other projects are exactly the ones whose names, licences and hashes we state."""

import hashlib
import json
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[2] / "monitor" / "web" / "static" / "vendor"
STATED = json.loads((VENDOR / "VENDOR.json").read_text(encoding="utf-8"))
FILES = [file for library in STATED["libraries"] for file in library["files"]]


@pytest.mark.parametrize("file", FILES, ids=[file["path"] for file in FILES])
def test_vendored_file_has_the_stated_hash(file: dict[str, str]) -> None:
    assert hashlib.sha256((VENDOR / file["path"]).read_bytes()).hexdigest() == file["sha256"]


def test_every_vendored_file_is_stated() -> None:
    present = {
        path.relative_to(VENDOR).as_posix()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in {"VENDOR.json", ".gitattributes"}
    }
    assert present == {file["path"] for file in FILES}


def test_a_file_differs_from_its_origin_only_where_a_change_is_described() -> None:
    for file in FILES:
        assert (file["sha256"] != file["upstream_sha256"]) == bool(file["changes"]), file["path"]


def test_every_library_names_version_and_licence() -> None:
    for library in STATED["libraries"]:
        assert library["version"]
        assert library["licence"]


def test_no_vendored_file_points_to_a_source_map() -> None:
    for file in FILES:
        assert b"sourceMappingURL" not in (VENDOR / file["path"]).read_bytes(), file["path"]
