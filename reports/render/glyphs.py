"""Which characters our fonts can set. A single one they cannot would fail a whole PDF/A, so it is replaced.

Direction marks are taken out: they could turn a printed sentence round.
"""

import functools
import unicodedata
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "data" / "fonts"
STAND_INS = {
    "\u2264": "at most ",
    "\u2265": "at least ",
    "\u2026": "...",
    "\u2032": "'",
    "\u2033": '"',
    "\u26a0": "!",
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\u2011": "-",
}


@functools.cache
def drawable() -> frozenset[int]:
    """The code points that at least one of the vendored fonts holds."""
    points: set[int] = set()
    for path in sorted(FONTS.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            points |= set(font.getBestCmap())
    return frozenset(points)


def settable(text: str) -> str:
    """The text with every character our fonts lack put in words or shown as [U+XXXX], controls left out."""
    if text.isascii() and text.isprintable():
        return text
    out = []
    for letter in unicodedata.normalize("NFC", text):
        if letter in "\n\t":
            out.append(" ")
        elif unicodedata.category(letter) in ("Cf", "Cc", "Cs"):
            continue
        elif ord(letter) in drawable():
            out.append(letter)
        else:
            out.append(STAND_INS.get(letter, f"[U+{ord(letter):04X}]"))
    return "".join(out)


def settable_data(data: Any) -> Any:
    """The same for every string of JSON data."""
    if isinstance(data, str):
        return settable(data)
    if isinstance(data, list):
        return [settable_data(item) for item in data]
    if isinstance(data, dict):
        return {key: settable_data(item) for key, item in data.items()}
    return data
