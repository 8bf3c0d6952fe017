"""What a line written for a release must not hold: what points at a place, a person or a device. Pure."""

import re
from collections.abc import Iterable

from reports.wording import lint

PATTERNS = (
    ("a position", re.compile(r"\b\d{1,3}[.,]\d{3,}\s*°?\s*[NSEW]?\b|\d{1,3}\s*°\s*\d{1,2}", re.IGNORECASE)),
    ("a grid reference", re.compile(r"\b\d{1,2}\s?[C-X]\s?[A-Z]{2}\s?\d{2,5}\s?\d{2,5}\b")),
    (
        "a telephone number",
        re.compile(r"(?:\+|\b00)\d[\d\s()-]{7,}\d|\b0\d{2}[\s-]?\d{2}[\s-]?\d{2}[\s-]?\d{2}\b"),
    ),
    ("an e-mail address", re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")),
    (
        "a direction with a distance",
        re.compile(r"\b\d[\d.,–-]*\s?(?:km|m)\s+(?:to the\s+)?[NSEW]\w*", re.IGNORECASE),
    ),
    ("a time of the day", re.compile(r"\b\d{1,2}:\d{2}\b")),
    ("a record's mark", re.compile(r"\b(?:R-\d{6}|A\d{1,3}|I-\d{4})\b")),
)


def objections(lines: Iterable[str], names: Iterable[str] = ()) -> dict[str, list[str]]:
    """What is to be mended, by the field of the line; `names` are people, teams, posts and devices."""
    known = sorted({name for name in names if len(name) > 2}, key=len, reverse=True)
    named = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in known)) if known else None
    told: dict[str, list[str]] = {}
    for number, line in enumerate(lines, 1):
        found = [f"“{hit.group()}” is {what}" for what, pattern in PATTERNS if (hit := pattern.search(line))]
        if named and (hit := named.search(line)):
            found.append(f"“{hit.group()}” names somebody or something of the mission")
        found += [f"“{one.found}”: {one.suggestion}" for one in lint.check(line)]
        if found:
            told[f"line_{number}"] = found
    return told
