"""What `truceline doctor` looks at for the summaries: the fonts of the PDF, and its certificate."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from monitor.clock import wall_now
from monitor.doctor import Finding
from monitor.settings import SettingsError, load_settings
from reports.render import signature

FONTS = Path(__file__).parent / "render" / "data" / "fonts"
SOON = dt.timedelta(days=30)
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


def certificate_serves() -> Iterator[Finding]:
    """Nothing where the mission does not sign; what does not serve is said before it is missed."""
    try:
        settings = load_settings()
    except SettingsError:
        return
    held = settings.sign_certificate
    if held is None:
        return
    try:
        until = signature.usable_until(held, signature.passphrase(settings.sign_passphrase_file), wall_now())
    except signature.CannotSign as reason:
        yield Finding("certificate", "wrong", str(reason), "Papers go out unsigned until it is mended.")
        return
    ends_soon = until - wall_now() < SOON
    says = f"{held}, until {until:%Y-%m-%d}"
    yield Finding("certificate", "note" if ends_soon else "good", says)


CHECKS = [fonts_hold_every_script, certificate_serves]
