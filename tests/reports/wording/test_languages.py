"""Each language holds every phrase with its slots, and writes numbers, dates and directions its own way."""

import datetime as dt
import re
import string
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import reports
from reports.render.glyphs import drawable
from reports.wording.language import LANGUAGES, MissingPhrase, language, plural_form

YEREVAN = ZoneInfo("Asia/Yerevan")
START = dt.datetime(2022, 9, 12, 15, 30, tzinfo=dt.UTC)
OTHERS = [code for code in LANGUAGES if code != "en"]
# A translation may say the thing itself, because its word bends.
MAY_BE_LEFT_OUT = {"thing"}


def forms(code: str, key: str) -> list[str]:
    said = language(code).phrases[key]
    return [said] if isinstance(said, str) else list(said.values())


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_are_four_languages() -> None:
    assert LANGUAGES == ("en", "hy", "az", "ru")


@pytest.mark.parametrize("code", OTHERS)
def test_no_phrase_is_missing_and_none_is_left_over(code: str) -> None:
    wanted, held = set(language("en").phrases), set(language(code).phrases)
    assert wanted - held == set()
    assert held - wanted == set()


@pytest.mark.parametrize("code", OTHERS)
def test_every_phrase_has_the_slots_of_the_english_one(code: str) -> None:
    for key in language("en").phrases:
        english = set().union(*(slots(text) for text in forms("en", key)))
        for text in forms(code, key):
            assert english - MAY_BE_LEFT_OUT <= slots(text) <= english, (code, key)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_letter_can_be_set(code: str) -> None:
    letters = {letter for key in language(code).phrases for text in forms(code, key) for letter in text}
    assert {letter for letter in letters if ord(letter) not in drawable()} <= {"\n"}


@pytest.mark.parametrize("code", OTHERS)
def test_no_phrase_is_left_in_english(code: str) -> None:
    """What a Latin-script language may share with English is short: codes, names, abbreviations."""
    script = {"hy": r"[Ա-ֆ]", "ru": r"[А-яЁё]", "az": r"[A-Za-zƏəĞğİıÖöŞşÇçÜü]"}[code]
    for key in language("en").phrases:
        for english, said in zip(forms("en", key), forms(code, key), strict=False):
            bare = re.sub(r"\{\w+\}", "", english)
            if re.search(r"[A-Za-z]{4,}", bare) and not key.startswith(("way", "number")):
                assert said != english, (code, key)
                assert re.search(script, said), (code, key)


def test_every_phrase_that_the_code_asks_for_by_name_is_held() -> None:
    asked = re.compile(r'(?:\.say|\.inside|\.text|\.phrase|phrase)\(\s*"([a-z_]+\.[a-z_.0-9]+)"')
    named = {
        key
        for path in Path(reports.__path__[0]).rglob("*.py")
        for key in asked.findall(path.read_text("utf-8"))
    }
    assert len(named) > 100
    assert named - set(language("en").phrases) == set()


def test_a_phrase_nobody_wrote_is_an_error_and_not_a_blank() -> None:
    with pytest.raises(MissingPhrase, match="ru: no"):
        language("ru").phrase("no.such.phrase")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "19:30 on 12 September to 19:30 on 13 September 2022"),
        ("ru", "с 19:30 12 сентября до 19:30 13 сентября 2022 г."),
        ("az", "12 sentyabr, saat 19:30 – 13 sentyabr 2022, saat 19:30"),
        ("hy", "սեպտեմբերի 12, ժ. 19:30 – 2022 թ. սեպտեմբերի 13, ժ. 19:30"),
    ],
)
def test_a_period_is_said_in_each_language(code: str, said: str) -> None:
    assert language(code).period(START, START + dt.timedelta(days=1), YEREVAN) == said


def test_numbers_are_written_in_each_language() -> None:
    assert [language(code).numeral(1591) for code in LANGUAGES] == ["1,591", *["1\u00a0591"] * 3]
    assert [language(code).hours(4.4) for code in LANGUAGES] == ["4.4", "4,4", "4,4", "4,4"]
    assert [language(code).spelt(7, "about") for code in LANGUAGES] == [
        "about seven",
        "մոտ 7",
        "təxminən 7",
        "около 7",
    ]


def test_directions_are_said_in_each_language() -> None:
    assert [language(code).way("SSW") for code in LANGUAGES] == [
        "south-south-west",
        "հարավ-հարավ-արևմուտք",
        "cənub-cənub-qərb",
        "юго-юго-запад",
    ]
    assert [language(code).way_short("NW") for code in LANGUAGES] == ["NW", "Հս-Արմ", "Şm-Q", "СЗ"]


@pytest.mark.parametrize(
    ("n", "form"),
    [(1, "one"), (2, "few"), (5, "many"), (11, "many"), (21, "one"), (104, "few"), (112, "many")],
)
def test_russian_nouns_follow_their_number(n: int, form: str) -> None:
    assert plural_form("ru", n) == form
