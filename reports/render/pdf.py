"""A Document as PDF/A-3a and PDF/UA-1, with its own JSON attached.

The same document with the same fonts gives the same bytes.

Text reaches the compiler as JSON data only, never as markup, so nothing typed can become an instruction.
"""

import csv
import dataclasses
import datetime as dt
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from reports.document import Chart, Document, Map, Table, as_data, canonical, digest, text_of
from reports.render import chart_svg, evidence_index, map_svg, seal
from reports.render.glyphs import FONTS, settable_data
from reports.render.masthead import periods_told
from reports.wording.language import language

TEMPLATE = Path(__file__).parent / "data" / "summary.typ"
TIME_LIMIT_S = 120
PAPER = "document.canonical.json"
# Longer tables would take more memory than a child may have; the rest goes into an attached file.
MOST_ROWS = 3_000
LABELS = (
    *("period", "periods", "edition_head", "cut_off", "zone_head", "late_up_to", "classification"),
    *("exercise_stamp", "draft_stamp", "exercise", "exercise_foot", "changed", "digest", "evidence"),
    *("evidence_note", "log_head", "no_head", "verify"),
)


class RenderFailed(RuntimeError):
    """The compiler could not set the document; the facts are the compiler's."""


def pdf_of(document: Document, time_limit_s: float = TIME_LIMIT_S, most_rows: int = MOST_ROWS) -> bytes:
    """The printed report. Raises RenderFailed when it cannot be set in time or in memory."""
    with tempfile.TemporaryDirectory(prefix="truceline-pdf-") as name:
        directory = Path(name)
        shutil.copy(TEMPLATE, directory / "summary.typ")
        _write(directory / "document.json", prepared(document, directory, most_rows))
        (directory / PAPER).write_bytes(canonical(document))
        _write(directory / "job.json", {"fonts": str(FONTS), "timestamp": _timestamp(document)})
        try:
            child = subprocess.run(
                [sys.executable, "-m", "reports.render.compile", name],
                capture_output=True,
                timeout=time_limit_s,
                cwd=Path(__file__).parents[2],
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise RenderFailed(f"not set within {time_limit_s} s") from late
        if child.returncode != 0:
            raise RenderFailed(child.stderr.decode("utf-8", "replace")[:2000])
        return (directory / "out.pdf").read_bytes()


def prepared(document: Document, directory: Path, most_rows: int = MOST_ROWS) -> dict[str, Any]:
    """The document's data as the template reads it, with its maps drawn beside it."""
    data = as_data(document)
    for section, plain in zip(document.sections, data["sections"], strict=True):
        for block, drawn in zip(section.blocks, plain["blocks"], strict=True):
            if isinstance(block, Chart):
                drawing = chart_svg.svg(chart_with_settable_text(block))
                (directory / f"{block.id}.svg").write_text(drawing, "utf-8")
                drawn.clear()
                drawn.update(
                    {
                        "is": "chart",
                        "file": f"{block.id}.svg",
                        "alt": block.alt,
                        "caption": block.caption,
                        "note": block.note,
                    }
                )
            elif isinstance(block, Table) and len(block.rows) > most_rows:
                data.setdefault("attached", []).append(
                    _cut_short(block, drawn, document, directory, most_rows)
                )
            elif isinstance(block, Map):
                drawing = map_svg.svg(block_with_settable_text(block))
                (directory / f"{block.id}.svg").write_text(drawing, "utf-8")
                drawn.clear()
                drawn.update(
                    {"is": "map", "file": f"{block.id}.svg", "alt": block.alt, "caption": block.caption}
                )
    data.setdefault("attached", [])
    data["paper"] = PAPER
    data["digest"] = digest(document)
    data["labels"] = labels(document)
    data["periods_told"] = "\n".join(periods_told(document.header))
    code = seal.svg(document)
    data["seal"] = "seal.svg" if code else None
    if code:
        (directory / "seal.svg").write_text(code, "utf-8")
    data["targets"] = evidence_index.targets(document)
    data["evidence"] = [dataclasses.asdict(one) for one in evidence_index.entries(document)]
    settled: dict[str, Any] = settable_data(data)
    return settled


def _cut_short(
    block: Table, drawn: dict[str, Any], document: Document, directory: Path, most_rows: int
) -> str:
    """Leaves the rows that fit, writes all of them to a CSV file, and says so in the note. Its name."""
    name = f"{block.id}.csv"
    content = csv_of(block)
    (directory / name).write_bytes(content)
    words = language(document.header.language)
    further = words.text(
        "annex_a.further",
        rows=words.numeral(len(block.rows) - most_rows),
        file=name,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    drawn["rows"] = drawn["rows"][:most_rows]
    drawn["note"] = f"{block.note} {further}" if block.note else further
    return name


def csv_of(block: Table) -> bytes:
    """A table as CSV in UTF-8; a cell that a spreadsheet would take for a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_inert(column.head) for column in block.columns])
    writer.writerows([[_inert(text_of(cell)) for cell in row.cells] for row in block.rows])
    return out.getvalue().encode("utf-8")


def _inert(text: str) -> str:
    return f"'{text}" if text[:1] in tuple("=+-@\t\r＝＋－＠") and len(text) > 1 else text


def labels(document: Document) -> dict[str, str]:
    """What the page itself says, in the language of the document."""
    words, header = language(document.header.language), document.header
    slots = {"number": str(header.number), "year": str(header.year), "edition": str(header.edition)}
    said = {name: words.phrase(f"paper.{name}") for name in LABELS}
    key = f"paper.{header.classification}"
    return said | {
        "number": words.text("paper.number", **slots) if header.number else words.phrase("paper.draft"),
        "edition": words.text("paper.edition", **slots)
        if header.edition
        else words.phrase("paper.not_released"),
        "zone": words.text("paper.zone", zone=header.zone),
        "page": words.text("paper.page", page="{page}", pages="{pages}"),
        "classified": words.phrase(key) if words.holds(key) else header.classification,
        "previous": words.text("paper.previous", title=header.previous_title or ""),
        "translation": words.text("paper.translation", digest=header.translation_of or ""),
    }


def block_with_settable_text(block: Map) -> Map:
    """A map whose labels our fonts can set."""
    shapes = tuple(
        dataclasses.replace(shape, label=settable_data(shape.label)) if shape.label else shape
        for shape in block.shapes
    )
    return dataclasses.replace(
        block,
        shapes=shapes,
        alt=settable_data(block.alt),
        legend=tuple((kind, settable_data(text)) for kind, text in block.legend),
        disclaimer=settable_data(block.disclaimer),
        sources=tuple(settable_data(list(block.sources))),
    )


def chart_with_settable_text(block: Chart) -> Chart:
    """A chart whose names our fonts can set."""
    series = tuple(dataclasses.replace(one, name=settable_data(one.name)) for one in block.series)
    labels = tuple(settable_data(list(block.labels)))
    return dataclasses.replace(block, series=series, labels=labels, alt=settable_data(block.alt))


def _timestamp(document: Document) -> int:
    """The end of the last period, so that the document's date never depends on when it is rendered."""
    return int(dt.datetime.fromisoformat(document.header.periods[-1].end_utc).timestamp())


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
