"""Every word of the form, one file a language. Labels of the taxonomy come with the taxonomy."""

import functools
import json
from pathlib import Path

LANGUAGES = {"en": "English", "hy": "Հայերեն", "az": "Azərbaycanca", "ru": "Русский"}


@functools.cache
def messages(language: str) -> dict[str, str]:
    """Messages by key. Raises KeyError for a language that the form does not speak."""
    if language not in LANGUAGES:
        raise KeyError(language)
    found: dict[str, str] = json.loads((Path(__file__).parent / f"{language}.json").read_text(encoding="utf-8"))
    return found
