"""Numbers as the reports print them: one to ten in words in running text, figures above and in tables."""

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
QUALIFIERS = {"exact": "", "about": "about ", "at_least": "at least ", "up_to": "up to "}


def numeral(value: float | int) -> str:
    """Figures with a comma between thousands; a measure keeps one decimal when it has one."""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.1f}"
    return f"{int(value):,}"


def spelt(value: int, qualifier: str = "exact") -> str:
    """For sentences: "seven", "about 21", "at least one"."""
    word = WORDS[value] if 0 <= value <= 10 else numeral(value)
    return QUALIFIERS[qualifier] + word


def printed(value: float | int, qualifier: str = "exact") -> str:
    """For tables: "7", "about 21"."""
    return QUALIFIERS[qualifier] + numeral(value)


def hours(value: float) -> str:
    """Monitored hours: whole from ten up, one decimal below."""
    return numeral(round(value)) if value >= 10 else numeral(round(value, 1))


def counted(value: int, one: str, many: str | None = None, qualifier: str = "exact") -> str:
    """ "one explosion", "about 21 explosions"."""
    noun = one if value == 1 else (many or one + "s")
    return f"{spelt(value, qualifier)} {noun}"


def capital(text: str) -> str:
    """The first letter of a sentence."""
    return text[:1].upper() + text[1:]


def listed(items: list[str]) -> str:
    """ "a, b and c"."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""
