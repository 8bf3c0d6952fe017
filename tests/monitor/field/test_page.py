"""The form's page: who may open it, in which language, how large it is, what it may do."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

import reports.exercise
from monitor import field
from monitor.door import App
from monitor.field.messages import LANGUAGES, messages, start_words
from monitor.mission.service import load_mission

MISSION = Path(reports.exercise.__path__[0]) / "data"
STATIC = Path(field.__path__[0]) / "static"
FIRST_PAINT_GZ = 25 * 1024


@pytest.fixture(autouse=True)
def mission(parts: App) -> None:
    with parts.transaction() as door:
        load_mission(door.session, MISSION, door.now)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_monitor_is_served_the_page_in_each_language(client: Any, language: str) -> None:
    answer = client("monitor").get(f"/field/{language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert messages(language)["app.exercise"] in answer.text


def test_field_alone_leads_to_ones_own_language(client: Any) -> None:
    assert client("monitor").get("/field").headers["Location"] == "/field/en"


def test_a_language_that_the_form_does_not_speak_is_not_found(client: Any) -> None:
    assert client("monitor").get("/field/fr").status_code == 404


def test_who_is_not_signed_in_is_led_to_signing_in(client: Any) -> None:
    answer = client.nobody().get("/field/hy", headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_who_may_not_file_may_not_open_the_form(client: Any) -> None:
    assert client("administrator").get("/field/en").status_code == 403


def test_the_page_carries_no_inline_script_or_style(client: Any) -> None:
    page = client("monitor").get("/field/en").text
    scripts = re.findall(r"<script\b([^>]*)>", page)
    assert all("src=" in script or 'type="application/json"' in script for script in scripts)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)


def test_the_modules_never_parse_html_from_text() -> None:
    parsing = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    for path in STATIC.glob("*.js"):
        assert not re.search(parsing, path.read_text(encoding="utf-8")), path.name


def first_set(page: str) -> list[Path]:
    """The modules that the page loads at once; the questions and the map come after."""
    return [STATIC / f"{name}.js" for name in re.findall(r"/field/static/(\w+)\.js", page)]


def test_the_first_paint_is_small(client: Any) -> None:
    page = client("monitor").get("/field/hy").text
    tokens = Path(field.__path__[0]).parent / "web" / "static" / "tokens.css"
    files = [tokens, STATIC / "field.css", *first_set(page)]
    contents = [page.encode(), *(path.read_bytes() for path in files)]
    assert sum(len(gzip.compress(content)) for content in contents) <= FIRST_PAINT_GZ


def test_the_page_preloads_every_module_that_the_first_paint_needs(client: Any) -> None:
    page = client("monitor").get("/field/en").text
    named = {path.stem for path in first_set(page)}
    code = "\n".join(path.read_text() for path in first_set(page))
    imported = set(re.findall(r'^import .* from "\./(\w+)\.js"', code, re.MULTILINE))
    assert imported | {"app", "look"} == named


def test_the_first_screen_says_only_words_that_the_page_carries(client: Any) -> None:
    page = client("monitor").get("/field/en").text
    code = "\n".join(path.read_text() for path in first_set(page))
    said = set(re.findall(r'"([a-z_]+\.[A-Za-z_0-9]+)"', code))
    assert said & messages("en").keys() <= start_words("en").keys()


def test_page_and_later_words_together_are_all(client: Any) -> None:
    later = client("monitor").get("/field/ru/words").json
    assert start_words("ru") | later == messages("ru")
