"""Every word of the form, one file a language. Labels of the taxonomy come with the taxonomy."""

import functools
import json
from pathlib import Path

START = ("app", "home", "state", "watch", "watch_kind", "time", "month", "draft", "form")
LANGUAGES = {"en": "English", "hy": "Հայերեն", "az": "Azərbaycanca", "ru": "Русский"}


@functools.cache
def messages(language: str) -> dict[str, str]:
    """Messages by key. Raises KeyError for a language that the form does not speak."""
    if language not in LANGUAGES:
        raise KeyError(language)
    found: dict[str, str] = json.loads(
        (Path(__file__).parent / f"{language}.json").read_text(encoding="utf-8")
    )
    return found


def start_words(language: str) -> dict[str, str]:
    """The few that the first screen needs; the page carries them."""
    return {key: text for key, text in messages(language).items() if key.split(".")[0] in START}


def later_words(language: str) -> dict[str, str]:
    """All others; the form asks for them once the first screen stands."""
    return {key: text for key, text in messages(language).items() if key.split(".")[0] not in START}
