"""The lines of the summary as a person edits them: what changes, and what must be mended first. Pure."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.document import (
    Block,
    Bullet,
    Bullets,
    Column,
    Document,
    Figure,
    Foreign,
    Paragraph,
    Row,
    Run,
    Runs,
    Section,
    Table,
    as_marked_text,
    figures,
    from_marked_text,
    text_of,
)
from reports.wording import lint
from reports.wording.language import Language, english

MOST_LINES = 24
CHANGES = "changes"
# Numbers that need no record behind them: times, dates, distances, references, names of rules and places.
_PLAIN = re.compile(
    r"\d{1,2}:\d{2}"
    r"|\d{1,2}(?:[–-]\d{1,2})? (?:"
    + "|".join(english().phrase(f"month.{number}") for number in range(1, 13))
    + r")"
    r"(?: \d{4})?"
    r"|\d+(?:[.,]\d+)?(?:[–-]\d+(?:[.,]\d+)?)? ?(?:km|m|hours|%)\b"
    r"|\b(?:[A-Z]{1,4}-?|section |Alert |No\. )\d[\d/.]*"
)
# A number of one row of an annex or table, by the mark of the row.
_ROW = re.compile(r"-([A-Z]\d+)$")
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


def by_line(found: Sequence[Objection]) -> dict[str, list[str]]:
    """What is to be mended, by the field of the line."""
    told: dict[str, list[str]] = {}
    for one in found:
        told.setdefault(f"line_{one.line_no}", []).append(one.in_words)
    return told


def untraced_numbers(runs: Runs) -> list[str]:
    """Numbers typed by hand that no record stands behind."""
    typed = " ".join(text_of((run,)) for run in runs if not isinstance(run, Figure))
    return [match.group().rstrip(".,") for match in _NUMBER.finditer(_PLAIN.sub(" ", typed))]


def machine_lines(document: Document) -> list[str | None]:
    """What the machine had said, beside each line that a person says differently."""
    return [text_of(one.machine) if one.machine else None for one in lines(document)]


def carried(old: Document, new: Document) -> Document:
    """The machine's new draft with what people had said: their words stay, their numbers are the new ones.

    A line whose numbers the new draft no longer has falls back to the machine's.
    """
    known, told = figures(new), {bullet.id: bullet for bullet in lines(new)}
    kept: dict[str, Bullet] = {}
    for bullet in lines(old):
        if bullet.machine is None:
            continue
        runs = renewed(bullet.runs, known)
        if runs is not None:
            fresh = told.get(bullet.id)
            kept[bullet.id] = Bullet(bullet.id, runs, fresh.runs if fresh else bullet.machine)
    order = [bullet.id for bullet in lines(new)]
    order += [bullet.id for bullet in lines(old) if bullet.id in kept and bullet.id not in told]
    return _replaced(new, tuple(kept.get(one) or told[one] for one in order))


def renewed(runs: Runs, known: Mapping[str, Figure]) -> Runs | None:
    """The same words with the numbers of another draft; None where it lacks one of them."""
    if any(isinstance(run, Figure) and run.id not in known for run in runs):
        return None
    return tuple(known[run.id] if isinstance(run, Figure) else run for run in runs)


def translated(edited: Document, translation: Document) -> Document:
    """A translation after an edit: lines that a person said stand in English, marked as such."""
    told, known = {bullet.id: bullet for bullet in lines(translation)}, figures(translation)
    said = []
    for bullet in lines(edited):
        machine = told.get(bullet.id)
        if bullet.machine is None and machine is not None:
            said.append(machine)
            continue
        runs = tuple(
            known.get(run.id, run) if isinstance(run, Figure) else _foreign(run) for run in bullet.runs
        )
        said.append(Bullet(bullet.id, runs, machine.runs if machine else ()))
    return _replaced(translation, tuple(said))


def _foreign(run: Run) -> Run:
    return Foreign(run, "en") if isinstance(run, str) else run


@dataclass(frozen=True)
class Change:
    """One line or number that an edition says differently. None: it was not there, or is no more."""

    what: str
    before: str | None
    now: str | None


def changed_lines(before: Document, after: Document) -> list[Change]:
    """The lines of the summary that are said differently."""
    old = {bullet.id: text_of(bullet.runs) for bullet in lines(before)}
    new = {bullet.id: text_of(bullet.runs) for bullet in lines(after)}
    ids = dict.fromkeys([*new, *old])
    return [Change(one, old.get(one), new.get(one)) for one in ids if old.get(one) != new.get(one)]


def changed_figures(before: Document, after: Document) -> list[Change]:
    """The numbers below the summary that differ, by what they are of."""
    old, new = figures(before), figures(after)
    found = []
    for one in dict.fromkeys([*new, *old]):
        was, is_now = old.get(one), new.get(one)
        if one.startswith("1-") or (was and is_now and _same(was, is_now)):
            continue
        shown = is_now or was
        assert shown is not None
        row = _ROW.search(one)
        what = shown.parameters.get("of", shown.of) + (f" ({row[1]})" if row else "")
        found.append(Change(what, was.text if was else None, is_now.text if is_now else None))
    # The same number stands in several places of a paper; the page of changes tells it once.
    return list(dict.fromkeys(found))


def _same(was: Figure, is_now: Figure) -> bool:
    return (was.value, was.qualifier, was.ids) == (is_now.value, is_now.qualifier, is_now.ids)


def changes_section(
    before: Document, after: Document, before_no: int, words: Language
) -> tuple[Section, int]:
    """The page of a later edition that says what differs from the one it replaces, and how much does."""
    said: list[Block] = [Paragraph((words.text("changes.intro", edition=str(before_no)),))]
    told = changed_lines(before, after), changed_figures(before, after)
    for key, changes in zip(("lines", "figures"), told, strict=True):
        if changes:
            said.append(_changes_table(f"changes-{key}", words.phrase(f"changes.{key}"), changes, words))
    number = len(told[0]) + len(told[1])
    if not number:
        said.append(Paragraph((words.phrase("changes.nothing"),)))
    return Section("", CHANGES, words.phrase("title.changes"), tuple(said)), number


def _changes_table(id: str, caption: str, changes: Sequence[Change], words: Language) -> Table:
    rows = tuple(
        Row(
            (
                (one.what.removeprefix("b-"),),
                (one.before or words.phrase("changes.added"),),
                (one.now or words.phrase("changes.removed"),),
            )
        )
        for one in changes
    )
    heads = tuple(
        Column(words.phrase(f"head.{name}"), weight=weight)
        for name, weight in (("what", 2.0), ("before", 2.2), ("now", 2.2))
    )
    return Table(id, caption, heads, rows)
