"""What may leave: each profile an allow-list of sections, blocks, columns and summary lines. Pure.

What a profile does not name is dropped, a new section or column by itself too; a profile that names nothing
gives a paper with nothing in it. Ids, posts, teams, directions with distances, times of the day and free text
never pass. Words are those a person writes for the release.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from reports.document import (
    Block,
    Bullet,
    Bullets,
    Chart,
    Column,
    Document,
    Figure,
    Foreign,
    Header,
    Map,
    Paragraph,
    Row,
    Run,
    Runs,
    Section,
    Shape,
    Span,
    Table,
    text_of,
)
from reports.release.cells import Grid
from reports.release.small_counts import banded
from reports.wording.language import Language, language

INTERNAL, SPOT = "internal", "spot"
# Summary lines that hold totals of events only.
TOTALS = ("b-violations", "b-exercise", "b-not-monitored", "b-claims", "b-rate", "b-median")
TABLE_COLUMNS = frozenset(["sector", "kind_number", "total", "previous", "hours", "before", "median", "rate"])


@dataclass(frozen=True)
class Profile:
    """`tables`: block id to the keys of its columns that pass; `persons`: tables told in bands of persons."""

    code: str
    sections: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    tables: Mapping[str, frozenset[str]] = field(default_factory=dict)
    persons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    charts: frozenset[str] = frozenset()
    standing: frozenset[str] = frozenset()
    cells: bool = False
    delay_h: int = 24


LIAISON = Profile(
    "liaison",
    sections=(
        *("summary", "violations", "harm", "detention", "claims", "movement"),
        *("annex_b", "annex_c", "annex_d"),
    ),
    bullets=TOTALS,
    tables={
        "totals": TABLE_COLUMNS,
        "weekly-totals": TABLE_COLUMNS,
        "claims": frozenset(["claimant", "received", "matched", "not_observed", "not_monitored"]),
        "coverage": frozenset(["sector", "monitored"]),
    },
    persons={"harm": ("sector", "kind"), "detention": ("kind",)},
    charts=frozenset(["multiples", "heat"]),
    standing=frozenset(["movement", "annex_d"]),
    cells=True,
    delay_h=6,
)
PUBLIC = Profile(
    "public",
    sections=("summary", "violations", "harm", "claims", "annex_d"),
    bullets=TOTALS,
    tables={
        "totals": frozenset(["sector", "total", "previous"]),
        "weekly-totals": frozenset(["sector", "total", "before", "median"]),
        "claims": frozenset(["claimant", "received", "matched", "not_observed", "not_monitored"]),
    },
    persons={"harm": ("kind",)},
    standing=frozenset(["annex_d"]),
    delay_h=24,
)
PROFILES = {one.code: one for one in (LIAISON, PUBLIC)}


def released(document: Document, profile: Profile, lines: Sequence[str] = ()) -> Document:
    """The paper as the profile shows it, with lines that a person wrote for this release."""
    words = language(document.header.language)
    shown = _Shown(document, profile, words, lines)
    sections = tuple(
        section
        for key in profile.sections
        for original in document.sections
        if original.key == key and (section := shown.section(original)) is not None
    )
    return Document(_header(document.header, profile, words), sections)


def _header(header: Header, profile: Profile, words: Language) -> Header:
    """A header with what identifies the paper; everything else keeps its default."""
    return Header(
        mission=header.mission,
        mission_code=header.mission_code,
        title=header.title,
        number=header.number,
        year=header.year,
        edition=header.edition,
        state=header.state,
        periods=tuple(_span(span, header, words) for span in header.periods),
        cut_off_utc=header.cut_off_utc,
        cut_off_text=header.cut_off_text,
        zone=header.zone,
        late_up_to_utc=header.late_up_to_utc,
        late_up_to_text=header.late_up_to_text,
        classification=profile.code,
        is_exercise=header.is_exercise,
        language=header.language,
        log_head=header.log_head,
        kind=header.kind,
    )


def _span(span: Span, header: Header, words: Language) -> Span:
    """A period as it is; that of a spot report begins with its event, so it is told in whole hours."""
    if header.kind != SPOT:
        return Span(span.start_utc, span.end_utc, span.text)
    zone = ZoneInfo(header.zone.partition(" ")[0])
    start = (
        dt.datetime.fromisoformat(span.start_utc).astimezone(zone).replace(minute=0, second=0, microsecond=0)
    )
    end = dt.datetime.fromisoformat(span.end_utc).astimezone(zone).replace(minute=0, second=0, microsecond=0)
    start, end = start.astimezone(dt.UTC), (end + dt.timedelta(hours=1)).astimezone(dt.UTC)
    return Span(start.isoformat(), end.isoformat(), words.period(start, end, zone))


class _Shown:
    def __init__(self, document: Document, profile: Profile, words: Language, lines: Sequence[str]) -> None:
        self.document, self.profile, self.words, self.lines = document, profile, words, lines

    def section(self, section: Section) -> Section | None:
        """The section with the blocks that pass; None where nothing does."""
        blocks = [block for one in section.blocks for block in self._block(section, one)]
        if not blocks:
            return None
        return Section(section.number, section.key, section.title, tuple(blocks))

    def _block(self, section: Section, block: Block) -> Iterable[Block]:
        name = base_id(getattr(block, "id", ""))
        match block:
            case Bullets(items=items) if section.key == "summary":
                yield from self._bullets(items)
            case Table() if name in self.profile.persons:
                yield from self._persons(block, self.profile.persons[name])
            case Table() if name in self.profile.tables:
                yield from self._table(block, self.profile.tables[name])
            case Chart() if name in self.profile.charts:
                yield block
            case Map(id="map") if self.profile.cells:
                yield self._cells(block)
            case Paragraph(runs=runs, style="small") if section.key in self.profile.standing:
                yield Paragraph(plain(runs), "small")

    def _bullets(self, items: Sequence[Bullet]) -> Iterable[Bullets]:
        """The machine's lines of totals, as the machine said them, and what was written for the release."""
        passed = [
            Bullet(item.id, plain(item.machine if item.machine else item.runs))
            for item in items
            if base_id(item.id) in self.profile.bullets and item.machine != ()
        ]
        passed += [
            Bullet(f"r-{number}", (self._written(line),)) for number, line in enumerate(self.lines, 1) if line
        ]
        if passed:
            yield Bullets(tuple(passed))

    def _written(self, line: str) -> Run:
        return line if self.words.code == "en" else Foreign(line, "en")

    def _table(self, block: Table, keys: frozenset[str]) -> Iterable[Table]:
        kept = [index for index, column in enumerate(block.columns) if column.key in keys]
        if not kept:
            return
        rows = tuple(Row(tuple(plain(row.cells[index]) for index in kept), row.kind) for row in block.rows)
        yield Table(block.id, block.caption, tuple(block.columns[index] for index in kept), rows, block.note)

    def _persons(self, block: Table, by: tuple[str, ...]) -> Iterable[Table]:
        """Persons by the columns named, in bands and without totals."""
        at = {column.key: index for index, column in enumerate(block.columns)}
        if "persons" not in at or any(key not in at for key in by):
            return
        cells: dict[tuple[str, ...], list[int]] = {}
        for row in block.rows:
            key = tuple(text_of(row.cells[at[name]]) for name in by)
            cells.setdefault(key, []).extend(_persons_in(row.cells[at["persons"]]))
        shown = banded(cells)
        if not shown:
            return
        rows = tuple(Row((*((text,) for text in key), (text,))) for key, text in sorted(shown.items()))
        columns = (
            *(block.columns[at[name]] for name in by),
            Column(self.words.phrase("head.persons"), "right", 1.0, key="persons"),
        )
        yield Table(
            block.id, self.words.phrase("release.persons"), columns, rows, self.words.phrase("release.bands")
        )

    def _cells(self, block: Map) -> Map:
        """The map with cells in the place of events; posts, bases, rays and areas of events do not pass."""
        ground = [shape for shape in block.shapes if shape.kind in GROUND]
        grid = Grid([shape.geometry for shape in ground if shape.kind == "line"])
        found: dict[str, tuple[Mapping[str, object], int]] = {}
        for shape in block.shapes:
            if shape.kind == "event":
                lon, lat = shape.geometry["coordinates"][:2]
                cell = grid.cell_of(lon, lat)
                geometry, number = found.get(cell.name, (cell.geometry, 0))
                found[cell.name] = (geometry, number + 1)
        cells = [Shape("cell", geometry, str(number)) for _, (geometry, number) in sorted(found.items())]
        text = self.words.phrase("release.cells")
        return dataclasses.replace(
            block,
            caption=text,
            alt=text,
            shapes=(*(Shape(one.kind, one.geometry, one.label) for one in ground), *cells),
            legend=(
                ("cell", self.words.phrase("release.cell")),
                *((kind, said) for kind, said in block.legend if kind in ("line", "sector", "settlement")),
            ),
        )


GROUND = ("land", "neighbour", "lake", "river", "border", "line", "sector", "settlement")


def base_id(block_id: str) -> str:
    """The id without the day of an issue of several: "d2-totals" is "totals", "b-d2-x" is "b-x"."""
    parts = block_id.split("-")
    return "-".join(part for part in parts if not (part[:1] == "d" and part[1:].isdigit()))


def plain(runs: Runs) -> Runs:
    """The same text; a number without the records, the question and the parameters behind it."""
    return tuple(_bare(run) for run in runs)


def _bare(run: Run) -> Run:
    if isinstance(run, Figure):
        return Figure(run.id, run.text, run.value, run.qualifier)
    return run


def _persons_in(runs: Runs) -> list[int]:
    return [int(run.value) for run in runs if isinstance(run, Figure) and run.value is not None]
