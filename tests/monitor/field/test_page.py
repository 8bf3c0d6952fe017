"""The form's page: who may open it, in which language, how large it is, what it may do."""

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import reports.exercise
from monitor import field
from monitor.door import App
from monitor.field.messages import LANGUAGES, messages, start_words
from monitor.field.release import the_release
from monitor.merkle import VerifierKey
from monitor.mission.service import load_mission

MISSION = Path(reports.exercise.__path__[0]) / "data"
STATIC = Path(field.__path__[0]) / "static"
WEB = Path(field.__path__[0]).parent / "web" / "static"
FIRST_PAINT_BYTES = 25 * 1024
WHOLE_FORM_BYTES = 150 * 1024


@pytest.fixture(autouse=True)
def mission(parts: App) -> None:
    with parts.transaction() as door:
        load_mission(door.session, MISSION, door.now)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_the_same_for_everybody_and_may_be_kept(client: Any, language: str) -> None:
    answer = client("monitor").get(f"/field/{language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.text == client.nobody().get(f"/field/{language}").text
    assert "Set-Cookie" not in client.nobody().get(f"/field/{language}").headers


def test_field_alone_leads_to_ones_own_language(client: Any) -> None:
    assert client("monitor").get("/field").headers["Location"] == "/field/en"


def test_a_language_that_the_form_does_not_speak_is_not_found(client: Any) -> None:
    assert client("monitor").get("/field/fr").status_code == 404


def test_the_start_tells_a_monitor_who_which_mission_and_which_keys(client: Any, parts: App) -> None:
    start = client("monitor").get("/api/v1/field/start").json
    assert start["person"]["name"] == "First monitor"
    assert start["device"] is None
    assert start["csrf_token"]
    assert start["mission"]["is_exercise"] is True
    point = base64.urlsafe_b64decode(start["keys"]["mission"] + "=")
    assert (len(point), point[0]) == (65, 4)
    assert start["keys"]["mission_kid"] == hashlib.sha256(point).digest()[:8].hex()
    log = VerifierKey.parse(start["keys"]["log_vkey"])
    assert log == VerifierKey.of(start["keys"]["log_origin"], parts.keys.log)


def test_an_enrolled_phone_is_told_its_device_and_gets_no_token_of_a_page(client: Any) -> None:
    start = client.device().get("/api/v1/field/start").json
    assert start["person"]["name"] == "First monitor"
    assert start["device"]["code"] == "phone-first"
    assert start["csrf_token"] is None


def test_the_start_is_not_kept_and_only_for_those_who_file(client: Any) -> None:
    assert "no-store" in client("monitor").get("/api/v1/field/start").headers["Cache-Control"]
    assert client.nobody().get("/api/v1/field/start").status_code == 401
    assert client("administrator").get("/api/v1/field/start").status_code == 403


def release(client: Any) -> dict[str, Any]:
    head = client.nobody().get("/field/sw.js").text.split("\n", 1)[0]
    return json.loads(head.removeprefix("const RELEASE = ").removesuffix(";"))


def test_the_release_names_each_file_with_the_hash_of_what_is_served(client: Any) -> None:
    for address, expected in release(client)["files"].items():
        answer = client.nobody().get(address)
        assert answer.status_code == 200, address
        assert base64.b64encode(hashlib.sha256(answer.data).digest()).decode() == expected, address


def test_the_release_holds_every_module_that_another_one_asks_for(client: Any) -> None:
    files = release(client)["files"]
    for path in STATIC.glob("*.js"):
        code = path.read_text(encoding="utf-8")
        for name in re.findall(r"""(?:from|import)\s*\(?["'](?:\./)?([^"']+\.js)["']""", code):
            address = name if name.startswith("/") else f"/field/static/{name}"
            assert address in files or "noble" in address, (path.name, name)  # that one is asked for online


def test_a_release_is_known_by_its_content_alone(client: Any) -> None:
    assert release(client) == release(client)
    assert the_release({"/field/en": b"one"}).digest != the_release({"/field/en": b"other"}).digest


def test_the_manifest_names_icons_that_are_there(client: Any) -> None:
    manifest = client.nobody().get("/field/hy/app.webmanifest").json
    assert manifest["start_url"].startswith(manifest["scope"])
    assert {icon.get("purpose") for icon in manifest["icons"]} == {None, "maskable"}
    for icon in manifest["icons"]:
        width = Image.open(io.BytesIO(client.nobody().get(icon["src"]).data)).size[0]
        assert icon["sizes"] == f"{width}x{width}"


def test_the_page_carries_no_inline_script_or_style(client: Any) -> None:
    page = client("monitor").get("/field/en").text
    scripts = re.findall(r"<script\b([^>]*)>", page)
    assert all("src=" in script or 'type="application/json"' in script for script in scripts)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)


def test_the_modules_never_parse_html_from_text() -> None:
    parsing = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    for path in STATIC.glob("*.js"):
        assert not re.search(parsing, path.read_text(encoding="utf-8")), path.name


def first_set(page: str) -> list[str]:
    """The modules and styles that the page loads at once; the questions and the map come after."""
    return re.findall(r'(?:href|src)="(/[\w/]*static/[\w/]+\.(?:js|css))"', page)


def text_of(address: str) -> str:
    own = STATIC / Path(address).name
    return (own if own.exists() else WEB / address.removeprefix("/static/")).read_text(encoding="utf-8")


def served_bytes(client: Any, addresses: Iterable[str]) -> dict[str, int]:
    """What goes over the net for each address, as a browser asks for it."""
    return {
        address: len(client.get(address, headers={"Accept-Encoding": "br"}).data) for address in addresses
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_paint_is_small(client: Any, language: str) -> None:
    nobody = client.nobody()
    page = f"/field/{language}"
    sizes = served_bytes(nobody, [page, *first_set(nobody.get(page).text)])
    assert sum(sizes.values()) <= FIRST_PAINT_BYTES, sizes


def test_the_whole_offline_form_in_four_languages_with_its_map_is_small(client: Any) -> None:
    monitor = client("monitor")
    sizes = served_bytes(monitor, [*release(client)["files"], "/field/sw.js", "/api/v1/basemap"])
    assert sum(sizes.values()) <= WHOLE_FORM_BYTES, sizes


def test_the_page_preloads_every_module_that_the_first_paint_needs(client: Any) -> None:
    asked = [
        address for address in first_set(client.nobody().get("/field/en").text) if address.endswith(".js")
    ]
    named = {Path(address).name for address in asked}
    code = "\n".join(text_of(address) for address in asked)
    imported = set(re.findall(r'^import .*"(?:\./|/static/vendor/idb/)(\w+\.js)";', code, re.MULTILINE))
    assert imported | {"app.js", "look.js"} == named


def test_what_stands_between_paint_and_pin_is_asked_for_at_once(client: Any) -> None:
    """Modules found only inside other modules cost a phone on slow 3G another round each."""
    painted = {Path(address).name for address in first_set(client.nobody().get("/field/en").text)}
    begins = re.search(r"async function load\(\) \{.*?addWords", text_of("/field/static/app.js"), re.DOTALL)
    assert begins
    named = set(re.findall(r'import\("\./(\w+\.js)"\)', begins[0]))
    wanted = {
        name
        for module in named
        for name in re.findall(r'^import .*"\./(\w+\.js)";', text_of(f"/field/static/{module}"), re.MULTILINE)
    }
    assert wanted - painted <= named


def test_the_first_screen_says_only_words_that_the_page_carries(client: Any) -> None:
    code = "\n".join(text_of(address) for address in first_set(client.nobody().get("/field/en").text))
    said = set(re.findall(r'"([a-z_]+\.[A-Za-z_0-9]+)"', code))
    assert said & messages("en").keys() <= start_words("en").keys()


def test_page_and_later_words_together_are_all(client: Any) -> None:
    later = client("monitor").get("/field/ru/words").json
    assert start_words("ru") | later == messages("ru")
