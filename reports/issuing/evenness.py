"""The symmetry table of one paper: what it says of each party, and how fully each sector is told. Pure."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.document import Bullets, Document, Paragraph, Table, figures, runs_of, text_of
from reports.wording.symmetry import Side, audit, sentences_of

ANSWERS = ("received", "matched", "not_observed", "not_monitored")


@dataclass(frozen=True)
class SectorTold:
    """How fully the paper tells of one sector. `mentions` are sentences that name it."""

    name: str
    mentions: int
    violations: int
    records: int
    words_of_harm: float | None


def sides(
    document: Document, parties: Mapping[str, Sequence[str]], claimants: Mapping[str, str]
) -> list[Side]:
    """`parties`: each party's names; `claimants`: the party of each claimant's code."""
    texts = [
        text_of(runs)
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Bullets | Paragraph)
        for runs in runs_of(block)
    ]
    return audit(sentences_of(texts), parties, _claims(document, claimants))


def _claims(document: Document, claimants: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Claims received and answered, by party, as section 12 gives them; and how many it lists."""
    found = figures(document)
    told: dict[str, dict[str, int]] = {}
    for claimant, party in claimants.items():
        for answer in ANSWERS:
            figure = found.get(f"12-{claimant}-{answer}")
            number = int(figure.value or 0) if figure else 0
            mine = told.setdefault(party, dict.fromkeys(ANSWERS, 0))
            mine[answer] += number
    return told


def sectors(document: Document, names: Sequence[str]) -> list[SectorTold]:
    """Each sector with how often it is named, how much was counted there, and the words spent on harm."""
    texts = [
        text_of(runs)
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Bullets | Paragraph)
        for runs in runs_of(block)
    ]
    sentences = sentences_of(texts)
    tables = {
        block.id: block
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Table)
    }
    totals = _totals(document)
    rows = []
    for name in names:
        harm = [
            len(" ".join(text_of(cell) for cell in row.cells).split())
            for row in (tables["harm"].rows if "harm" in tables else ())
            if any(text_of(cell) == name for cell in row.cells)
        ]
        records = sum(
            any(text_of(cell) == name for cell in row.cells)
            for table in tables.values()
            if table.id not in ("coverage",) and not table.id.endswith("totals")
            for row in table.rows
        )
        spent = round(statistics.mean(harm), 1) if harm else None
        mentions = sum(name in one for one in sentences)
        rows.append(SectorTold(name, mentions, totals.get(name, 0), records, spent))
    return rows


def _totals(document: Document) -> dict[str, int]:
    """The total of each sector over the paper's periods, by the name in the table of totals."""
    totals: dict[str, int] = {}
    for figure_id, figure in figures(document).items():
        if figure_id.startswith("2-") and figure_id.endswith("-total") and "-all-" not in figure_id:
            place = figure.parameters.get("of", "").rpartition(", ")[2]
            totals[place] = totals.get(place, 0) + int(figure.value or 0)
    return totals
