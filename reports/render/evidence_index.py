"""The index at the end of the print: each number with the records behind it, by their row in Annex A."""

import re
from dataclasses import dataclass

from reports.document import Document, Figure, Section, Table, figures, runs_of, text_of
from reports.wording.language import Language, language

SHOWN_AT_MOST = 24


@dataclass(frozen=True)
class Entry:
    figure_id: str
    section: str
    text: str
    what: str
    records: str


def entries(document: Document) -> list[Entry]:
    """The numbers in the order of reading, each once: the same number of the same records is one entry.

    A number that counts the very record of its own row needs none; neither does one without records.
    """
    rows, where = row_names(document), targets(document)
    words = language(document.header.language)
    found: dict[str, Entry] = {}
    for section in document.sections:
        for block in section.blocks:
            for runs in runs_of(block):
                for run in runs:
                    if isinstance(run, Figure) and where.get(run.id) == run.id:
                        found[run.id] = _entry(run, place_of(section), rows, words)
    return list(found.values())


def place_of(section: Section) -> str:
    """Where a number stands: "§2", or the letter of an annex."""
    return f"§{section.number}" if section.number else section.key.rpartition("_")[2].upper()


def targets(document: Document) -> dict[str, str]:
    """Which entry each number leads to, as figure ids; numbers without an entry are not in it."""
    own_rows = {
        (run.id, row.ref)
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row.cells
        for run in cell
        if isinstance(run, Figure)
    }
    first: dict[tuple[object, ...], str] = {}
    found: dict[str, str] = {}
    for figure in figures(document).values():
        if not figure.ids or (len(figure.ids) == 1 and (figure.id, figure.ids[0]) in own_rows):
            continue
        same = (figure.value, figure.qualifier, figure.ids)
        found[figure.id] = first.setdefault(same, figure.id)
    return found


def row_names(document: Document) -> dict[str, str]:
    """What the tables call each record: id to the text of its row's first cell ("A7")."""
    return {
        row.ref: text_of(row.cells[0])
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Table)
        for row in block.rows
        if row.ref
    }


def _entry(figure: Figure, section: str, rows: dict[str, str], words: Language) -> Entry:
    what = words.phrase("paper.no_records")
    if figure.ids:
        key = f"noun.{figure.of}"
        noun = words.phrase(key if words.holds(key) else "noun.observation", len(figure.ids))
        what = f"{words.numeral(len(figure.ids))} {noun}"
    asked = figure.parameters.get("of", "")
    records = _ids(figure, rows, words)
    return Entry(figure.id, section, figure.text, f"{asked}: {what}" if asked else what, records)


def _ids(figure: Figure, rows: dict[str, str], words: Language) -> str:
    named = [rows[one] for one in figure.ids if one in rows]
    other = [one[:8] for one in figure.ids if one not in rows]
    spans = _spans(named) + other
    more = len(spans) - SHOWN_AT_MOST
    shown = ", ".join(spans[:SHOWN_AT_MOST])
    return f"{shown} {words.text('paper.more', number=words.numeral(more))}" if more > 0 else shown


def _spans(names: list[str]) -> list[str]:
    """A1, A2, A3, A7 as A1–A3, A7."""
    numbered = sorted(
        {(found[1], int(found[2])) for name in names if (found := re.fullmatch(r"(\D+)(\d+)", name))}
    )
    out: list[str] = []
    start = 0
    for index in range(1, len(numbered) + 1):
        prefix, number = numbered[index - 1]
        if index < len(numbered) and numbered[index] == (prefix, number + 1):
            continue
        first = numbered[start][1]
        out.append(f"{prefix}{number}" if first == number else f"{prefix}{first}–{prefix}{number}")
        start = index
    return out + [name for name in names if not re.fullmatch(r"\D+\d+", name)]
