"""Scripts and styles are served without comments and indentation, and mean the same."""

import re
from pathlib import Path
from typing import Any

import pytest

import monitor
from monitor.web.lean import lean

ROOT = Path(monitor.__path__[0]).parent
OURS = [
    path
    for folder in ("monitor", "incidents", "reports")
    for kind in ("js", "css")
    for path in sorted((ROOT / folder).rglob(f"static/**/*.{kind}"))
    if "vendor" not in path.parts
]


def test_comments_and_indentation_go() -> None:
    code = (
        '// Why.\nfunction one() {\n  /** What. */\n  return "//"; // here\n}\n\n/*\n * More.\n */\none();\n'
    )
    assert lean(code, ".js") == 'function one() {\nreturn "//";\n}\none();\n'


def test_a_style_keeps_addresses_that_look_like_comments() -> None:
    assert lean("/* Ink. */\na {\n  b: url(\n//c\n);\n}\n", ".css") == "a {\nb: url(\n//c\n);\n}\n"


@pytest.mark.parametrize("path", OURS, ids=[path.name for path in OURS])
def test_no_text_of_ours_runs_over_the_end_of_a_line(path: Path) -> None:
    """What would lose its indentation is code alone."""
    for number, line in enumerate(lean(path.read_text(encoding="utf-8"), path.suffix).split("\n"), 1):
        plain = re.sub(r"\\.|//[^'\"`]*$", "", line)
        assert plain.count("`") % 2 == 0, (path.name, number, line)


def test_what_is_served_lean_is_smaller_and_asked_for_again(client: Any) -> None:
    answer = client.nobody().get("/static/tokens.css")
    whole = (ROOT / "monitor/web/static/tokens.css").read_bytes()
    assert len(answer.data) < len(whole)
    assert (answer.headers["Cache-Control"], answer.mimetype) == ("no-cache", "text/css")
    again = client.nobody().get("/static/tokens.css", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_kept_text_is_sent_compressed_to_who_can_read_it(client: Any) -> None:
    plain = client.nobody().get("/field/en")
    compressed = client.nobody().get("/field/en", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert compressed.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in compressed.headers["Vary"]
    assert len(compressed.data) < len(plain.data) / 2
    again = {"If-None-Match": compressed.headers["ETag"], "Accept-Encoding": "br"}
    assert client.nobody().get("/field/en", headers=again).status_code == 304


def test_an_answer_made_for_one_person_is_never_compressed(client: Any) -> None:
    answer = client("administrator").get("/api/v1/people", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in answer.headers


def test_a_file_that_is_not_there_is_not_found(client: Any) -> None:
    assert client.nobody().get("/static/none.css").status_code == 404
    assert client.nobody().get("/static/..%2fshell.js").status_code == 404
