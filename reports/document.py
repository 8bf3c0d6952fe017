"""The report as a value: what was said, and for every number the ids behind it.

Knows nothing of tables in the store, of pages or of PDF: those read a Document and draw it. A Document
never changes; an amendment is another Document with the next edition number.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any, get_args

import rfc8785

FORMAT = "truceline-summary@1"


@dataclass(frozen=True)
class Figure:
    """One number as printed, with the question that gave it and the ids that answered."""

    id: str
    text: str
    value: float | int | None
    qualifier: str = "exact"
    query: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    of: str = "observation"


@dataclass(frozen=True)
class Quote:
    """Somebody else's words. `by` says whose; the word check leaves attributed words alone."""

    text: str
    by: str


@dataclass(frozen=True)
class Strong:
    text: str


@dataclass(frozen=True)
class Foreign:
    """Free text that stays in the language it was written in, in a paper of another language."""

    text: str
    language: str


Run = str | Figure | Quote | Strong | Foreign
Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Paragraph:
    runs: Runs
    style: str = "normal"


@dataclass(frozen=True)
class Bullet:
    """A summary line. `machine` keeps what was drafted, when a person has said it differently."""

    id: str
    runs: Runs
    machine: Runs | None = None


@dataclass(frozen=True)
class Bullets:
    items: tuple[Bullet, ...]


@dataclass(frozen=True)
class Column:
    """`key` names what the column holds; a release profile lets columns through by it."""

    head: str
    align: str = "left"
    weight: float | int = 1
    group: str | None = None
    key: str = ""


@dataclass(frozen=True)
class Row:
    cells: tuple[Runs, ...]
    kind: str = "normal"
    ref: str | None = None


@dataclass(frozen=True)
class Table:
    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str | None = None
    dense: bool = False


@dataclass(frozen=True)
class Shape:
    """One thing on the map. `kind` picks its drawing; `geometry` is GeoJSON, degrees WGS84."""

    kind: str
    geometry: Mapping[str, Any]
    label: str | None = None
    symbol: str | None = None
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Map:
    id: str
    caption: str
    alt: str
    bounds: tuple[float | int, float | int, float | int, float | int]
    shapes: tuple[Shape, ...]
    legend: tuple[tuple[str, str], ...]
    disclaimer: str
    sources: tuple[str, ...] = ()
    height: int = 690


@dataclass(frozen=True)
class Series:
    """One row of a chart. None is a place in it that nobody watched, which is never drawn as a zero."""

    name: str
    values: tuple[float | int | None, ...]


@dataclass(frozen=True)
class Chart:
    """Numbers as a drawing: `kind` is `multiples` (small bars), `heat` (a grid), `hours` (bars over the day)
    or `shares` (one bar in parts). `labels` name the places along each series."""

    id: str
    caption: str
    alt: str
    kind: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    note: str | None = None


@dataclass(frozen=True)
class Note:
    title: str
    runs: Runs


Block = Paragraph | Bullets | Table | Map | Chart | Note


@dataclass(frozen=True)
class Section:
    number: str
    key: str
    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True)
class Span:
    """A period [start, end): UTC as ISO text, and as the mission's people read it."""

    start_utc: str
    end_utc: str
    text: str


@dataclass(frozen=True)
class Header:
    mission: str
    mission_code: str
    title: str
    number: int | None
    year: int
    edition: int | None
    state: str
    periods: tuple[Span, ...]
    cut_off_utc: str
    cut_off_text: str
    zone: str
    late_up_to_utc: str
    late_up_to_text: str
    classification: str
    is_exercise: bool
    language: str
    log_head: str | None = None
    previous_pdf_sha256: str | None = None
    previous_title: str | None = None
    kind: str = "daily"
    subject: str | None = None
    translation_of: str | None = None
    change_note: str | None = None


@dataclass(frozen=True)
class Document:
    header: Header
    sections: tuple[Section, ...]
    format: str = FORMAT

    def section(self, key: str) -> Section:
        return next(section for section in self.sections if section.key == key)

    @cached_property
    def _canonical(self) -> bytes:
        return rfc8785.dumps(as_data(self))


KINDS: dict[str, type] = {
    kind.__name__.lower(): kind
    for kind in (Figure, Quote, Strong, Foreign, Paragraph, Bullets, Table, Map, Chart, Note)
}
NAMES = {kind: name for name, kind in KINDS.items()}


def as_data(value: Any) -> Any:
    """The value as plain JSON data; where several kinds may stand, `is` names the kind."""
    if is_dataclass(value) and not isinstance(value, type):
        tag = {"is": NAMES[type(value)]} if type(value) in NAMES else {}
        return tag | {one.name: as_data(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_data(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_data(item) for item in value]
    return value


def canonical(document: Document) -> bytes:
    """The document as canonical JSON (RFC 8785): the same document is the same bytes everywhere."""
    return document._canonical


def digest(document: Document) -> str:
    """SHA-256 of the canonical JSON, as hex; printed in the foot of every page."""
    return hashlib.sha256(canonical(document)).hexdigest()


def from_json(content: bytes | str) -> Document:
    """The document that `canonical` wrote."""
    document: Document = _build(Document, json.loads(content))
    return document


def _build(kind: Any, data: Any) -> Any:
    """Data back into a value of the annotated kind."""
    if isinstance(data, dict) and data.get("is") in KINDS:
        kind = KINDS[data["is"]]
    if is_dataclass(kind):
        known = {one.name: one.type for one in fields(kind)}
        built: Any = kind
        return built(**{name: _build(known[name], item) for name, item in data.items() if name in known})
    if isinstance(data, list):
        inner = _inside(kind)
        return tuple(_build(inner, item) for item in data)
    return data


def _inside(kind: Any) -> Any:
    """What a tuple holds: the first annotation inside it, looking through `X | None`."""
    for option in (kind, *get_args(kind)):
        if getattr(option, "__origin__", None) is tuple:
            return get_args(option)[0]
    return None


def runs_of(block: Block) -> Iterator[Runs]:
    match block:
        case Paragraph(runs=runs) | Note(runs=runs):
            yield runs
        case Bullets(items=items):
            for item in items:
                yield item.runs
        case Table(rows=rows):
            for row in rows:
                yield from row.cells
        case Map() | Chart():
            return


def figures(document: Document) -> dict[str, Figure]:
    """Every number of the document by its id, in the order of reading."""
    found: dict[str, Figure] = {}
    for section in document.sections:
        for block in section.blocks:
            for runs in runs_of(block):
                found.update({run.id: run for run in runs if isinstance(run, Figure)})
    return found


def text_of(runs: Runs) -> str:
    """The runs as plain text, as a reader sees them."""
    return "".join(
        run if isinstance(run, str) else f"“{run.text}”" if isinstance(run, Quote) else run.text
        for run in runs
    )


def fill(phrase: str, **parts: Run | Runs) -> Runs:
    """A fixed phrase with `{name}` slots, with figures or text put into the slots."""
    runs: list[Run] = []
    rest = phrase
    while rest:
        before, brace, after = rest.partition("{")
        if before:
            runs.append(before)
        if not brace:
            break
        name, _, rest = after.partition("}")
        part = parts[name]
        runs.extend(part if isinstance(part, tuple) else (part,))
    return joined(tuple(runs))


def joined(runs: Runs) -> Runs:
    """Neighbouring strings as one, so that the same words are the same bytes however put together."""
    out: list[Run] = []
    for run in runs:
        if isinstance(run, str) and out and isinstance(out[-1], str):
            out[-1] += run
        elif run != "":
            out.append(run)
    return tuple(out)


def as_marked_text(runs: Runs) -> str:
    """Runs for an editor: each figure stands as `[its text|its id]`, each quote in quotation marks."""
    return "".join(f"[{run.text}|{run.id}]" if isinstance(run, Figure) else text_of((run,)) for run in runs)


class UnknownFigure(ValueError):
    """The edited text names a figure that the draft does not hold."""


def from_marked_text(text: str, known: Mapping[str, Figure]) -> Runs:
    """An editor's text back into runs. The printed number is the machine's, whatever was typed in it."""
    runs: list[Run] = []
    rest = text
    while True:
        before, bracket, after = rest.partition("[")
        inside, closing, later = after.partition("]")
        _, bar, figure_id = inside.rpartition("|")
        if not bracket:
            runs.append(before)
            return joined(tuple(runs))
        if not closing or not bar:
            runs.append(before + "[")
            rest = after
            continue
        if figure_id not in known:
            raise UnknownFigure(figure_id)
        runs.extend((before, known[figure_id]))
        rest = later
