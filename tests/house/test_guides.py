"""The guides for monitors say the words that stand on the screen, the same ones in each language."""

import re
from pathlib import Path

import pytest

from incidents.taxonomy import taxonomy
from monitor.field.messages import LANGUAGES, messages

DOCS = Path(__file__).parents[2] / "docs"
TWO_PAGES_WORDS = 850
LARGEST_PICTURE = 60_000


def guide(language: str) -> str:
    return (DOCS / f"monitors.{language}.md").read_text(encoding="utf-8")


def bold(language: str) -> list[str]:
    return [" ".join(word.split()) for word in re.findall(r"\*\*(.+?)\*\*", guide(language), re.DOTALL)]


def on_the_screen(language: str) -> dict[str, str]:
    """What a key reads on the screen, as a guide quotes it."""
    known = taxonomy()
    said = {key: text.replace("{where}", "…") for key, text in messages(language).items()}
    said |= {f"type {code}": kind.label[language] for code, kind in known.types.items()}
    said |= {"not known": known.not_known[language]}
    return {key: text.replace("\u00ad", "") for key, text in said.items()}


def quoted(language: str) -> set[str]:
    """The keys whose words the English guide quotes."""
    words = set(bold(language))
    return {key for key, text in on_the_screen(language).items() if text in words}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_guide_quotes_stands_on_the_screen(language: str) -> None:
    wanted = {key: on_the_screen(language)[key] for key in quoted("en")}
    assert len(wanted) > 35
    assert {key: text for key, text in wanted.items() if text not in bold(language)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guides_are_alike_and_two_pages_long(language: str) -> None:
    def shape(text: str) -> list[str]:
        return re.findall(r"^(#+ |\d\. |\* |\|)", text, re.MULTILINE)

    assert shape(guide(language)) == shape(guide("en"))
    assert len(guide(language).split()) <= TWO_PAGES_WORDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_guide_shows_pictures_in_its_own_language(language: str) -> None:
    pictures = re.findall(r"\]\((monitors/\S+\.png)\)", guide(language))
    assert len(pictures) == 3
    for picture in pictures:
        assert picture.startswith(f"monitors/{language}-")
        assert (DOCS / picture).stat().st_size <= LARGEST_PICTURE
