"""No reader meets a script that is not theirs, and no stated name is changed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import reports.exercise
from monitor.places.spelling import name_for

PLACES = Path(reports.exercise.__path__[0]) / "data" / "places.geojson"
NAMES: list[dict[str, str]] = [
    feature["properties"]["names"] for feature in json.loads(PLACES.read_text(encoding="utf-8"))["features"]
]
SCRIPTS = {"hy": r"[Ա-Ֆա-և]", "ru": r"[А-Яа-яЁё]", "az": r"[A-Za-zƏəĞğİıÖöŞşÜüÇç]"}


@pytest.mark.parametrize(
    ("names", "language", "spelled"),
    [
        ({"en": "Vardadzor"}, "hy", "Վարդաձոր"),
        ({"en": "Chambarak"}, "hy", "Չամբարակ"),
        ({"en": "Vernashen"}, "hy", "Վերնաշեն"),
        ({"en": "Nerkin Getashen"}, "ru", "Неркин Геташен"),
        ({"en": "Khndzoresk"}, "ru", "Хндзореск"),
        ({"en": "Yeghegis"}, "ru", "Ехегис"),
        ({"en": "Meghri"}, "az", "Meğri"),
        ({"en": "Ijevan"}, "az", "Icevan"),
        ({"en": "Tovuz", "az": "Tovuz"}, "hy", "Թովուզ"),
        ({"en": "Böyük Qaramurad", "az": "Böyük Qaramurad"}, "ru", "Бёюк Гарамурад"),
        ({"en": "Çatax", "az": "Çatax"}, "hy", "Չաթախ"),
        ({"en": "Sotk", "ru": "Сотк"}, "ru", "Сотк"),
        ({"en": "Sotk"}, "en", "Sotk"),
        ({"en": "Sotk"}, "fr", "Sotk"),
    ],
)
def test_a_name_is_written_in_the_readers_letters(names: Any, language: str, spelled: str) -> None:
    assert name_for(names, language) == spelled


@pytest.mark.parametrize("language", SCRIPTS)
def test_every_place_of_the_exercise_is_written_in_one_script(language: str) -> None:
    strange = {
        name
        for names in NAMES
        if language not in names
        for name in [name_for(names, language)]
        if re.search(r"[^\W\d_]", re.sub(SCRIPTS[language], "", name))
    }
    assert strange == set()


@pytest.mark.parametrize("language", SCRIPTS)
def test_a_name_that_the_mission_states_stands_as_it_is(language: str) -> None:
    assert all(name_for(names, language) == names[language] for names in NAMES if language in names)
