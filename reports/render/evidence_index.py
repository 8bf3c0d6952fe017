"""The index at the end of the print: each number with the records behind it, by their row in Annex A."""

import re
from dataclasses import dataclass

from reports.document import Document, Figure, Table, runs_of, text_of

NOUNS = {
    "observation": ("record", "records"),
    "claim": ("claim", "claims"),
    "alert": ("alert", "alerts"),
    "watch": ("watch", "watches"),
    "incident": ("incident", "incidents"),
}
SHOWN_AT_MOST = 24


@dataclass(frozen=True)
class Entry:
    figure_id: str
    section: str
    text: str
    what: str
    records: str


def entries(document: Document) -> list[Entry]:
    """One entry a number, in the order of reading; numbers that stand on nothing (a zero) say so."""
    rows = row_names(document)
    found: dict[str, Entry] = {}
    for section in document.sections:
        for block in section.blocks:
            for runs in runs_of(block):
                for run in runs:
                    if isinstance(run, Figure) and run.id not in found:
                        found[run.id] = _entry(run, section.number, rows)
    return list(found.values())


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


def _entry(figure: Figure, section: str, rows: dict[str, str]) -> Entry:
    one, many = NOUNS.get(figure.of, ("record", "records"))
    number = len(figure.ids)
    what = f"{number} {one if number == 1 else many}" if number else "no records"
    asked = figure.parameters.get("of", "")
    return Entry(figure.id, section, figure.text, f"{asked}: {what}" if asked else what, _ids(figure, rows))


def _ids(figure: Figure, rows: dict[str, str]) -> str:
    named = [rows[one] for one in figure.ids if one in rows]
    other = [one[:8] for one in figure.ids if one not in rows]
    spans = _spans(named) + other
    more = len(spans) - SHOWN_AT_MOST
    shown = ", ".join(spans[:SHOWN_AT_MOST])
    return f"{shown} and {more} more" if more > 0 else shown


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
