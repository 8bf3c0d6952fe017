"""The lines of the summary as a person edits them: what changes, and what must be mended first. Pure."""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass

from reports.document import (
    Bullet,
    Bullets,
    Document,
    Figure,
    Runs,
    as_marked_text,
    figures,
    from_marked_text,
    text_of,
)
from reports.wording import lint, phrases

MOST_LINES = 15
# Numbers that need no record behind them: times, dates, distances, references, names of rules and places.
_PLAIN = re.compile(
    r"\d{1,2}:\d{2}"
    r"|\d{1,2}(?:[–-]\d{1,2})? (?:" + "|".join(phrases.MONTHS) + r")"
    r"(?: \d{4})?"
    r"|\d+(?:[.,]\d+)?(?:[–-]\d+(?:[.,]\d+)?)? ?(?:km|m|hours|%)\b"
    r"|\b(?:[A-Z]{1,4}-?|section |Alert |No\. )\d[\d/.]*"
)
_NUMBER = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True)
class Objection:
    """Why a line may not stand as it is. `line_no` counts from 1."""

    line_no: int
    rule: str
    found: str
    suggestion: str

    @property
    def in_words(self) -> str:
        return f"“{self.found}”: {self.suggestion}"


def lines(document: Document) -> tuple[Bullet, ...]:
    """The lines of the summary section."""
    return next(block.items for block in document.section("summary").blocks if isinstance(block, Bullets))


def marked_lines(document: Document) -> list[str]:
    """The lines for an editor, each figure as `[its text|its id]`."""
    return [as_marked_text(bullet.runs) for bullet in lines(document)]


def with_lines(document: Document, texts: Sequence[str]) -> Document:
    """The document with its summary lines said as given; an empty one is left out, more are added at the end.

    Raises UnknownFigure where a line names a number that the document does not hold.
    """
    known, old = figures(document), lines(document)
    edited = []
    for index, text in enumerate(texts):
        said = text.strip()
        if not said:
            continue
        runs = from_marked_text(said, known)
        was = old[index] if index < len(old) else None
        edited.append(_edited(was, runs, index))
    return _replaced(document, tuple(edited))


def _edited(was: Bullet | None, runs: Runs, index: int) -> Bullet:
    if was is None:
        return Bullet(f"p-{index + 1}", runs, ())
    if runs == was.runs:
        return was
    return Bullet(was.id, runs, was.runs if was.machine is None else was.machine)


def _replaced(document: Document, edited: tuple[Bullet, ...]) -> Document:
    sections = tuple(
        dataclasses.replace(
            section,
            blocks=tuple(
                Bullets(edited) if isinstance(block, Bullets) else block for block in section.blocks
            ),
        )
        if section.key == "summary"
        else section
        for section in document.sections
    )
    return dataclasses.replace(document, sections=sections)


def objections(document: Document) -> list[Objection]:
    """Words to mend in every line, and typed numbers without records in the lines a person has written."""
    found = []
    for line_no, bullet in enumerate(lines(document), 1):
        for one in lint.check(text_of(bullet.runs)):
            found.append(Objection(line_no, one.rule, one.found, one.suggestion))
        if bullet.machine is not None:
            for number in untraced_numbers(bullet.runs):
                suggestion = "use a number of this paper, so that its records can be found"
                found.append(Objection(line_no, "untraced number", number, suggestion))
    return found


def untraced_numbers(runs: Runs) -> list[str]:
    """Numbers typed by hand that no record stands behind."""
    typed = " ".join(text_of((run,)) for run in runs if not isinstance(run, Figure))
    return [match.group().rstrip(".,") for match in _NUMBER.finditer(_PLAIN.sub(" ", typed))]


def changed_lines(before: Document, after: Document) -> int:
    """How many lines of the summary are said differently."""
    old = {bullet.id: text_of(bullet.runs) for bullet in lines(before)}
    new = {bullet.id: text_of(bullet.runs) for bullet in lines(after)}
    return sum(old.get(key) != new.get(key) for key in old.keys() | new.keys())
