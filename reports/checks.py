"""What `truceline doctor` looks at for the summaries: the fonts that the PDF is set in."""

from collections.abc import Iterator
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from monitor.doctor import Finding

FONTS = Path(__file__).parent / "render" / "data" / "fonts"
# Letters that a font without the language lacks first, and the signs our pages use.
NEEDED = {
    "English": "AZaz09",
    "Armenian": "ԱՖաֆև",
    "Azerbaijani": "ƏəĞğİıŞş",
    "Russian": "АЯаяЁё",
    "signs": "°′″–…“”",
}


def fonts_hold_every_script() -> Iterator[Finding]:
    """A letter that no font has would be an empty box in a summary."""
    try:
        held = {code for path in FONTS.glob("*.ttf") for code in TTFont(path, lazy=True).getBestCmap()}
    except (OSError, TTLibError) as error:
        yield Finding("fonts", "wrong", f"{FONTS}: {type(error).__name__}", "Install Truceline again.")
        return
    lacking = [name for name, letters in NEEDED.items() if not {ord(letter) for letter in letters} <= held]
    if lacking:
        says = f"letters are missing for {', '.join(lacking)}"
        yield Finding("fonts", "wrong", says, "Install Truceline again.")
    else:
        yield Finding("fonts", "good", ", ".join(NEEDED))


CHECKS = [fonts_hold_every_script]
