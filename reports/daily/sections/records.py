"""Sections 5 to 11: accepted records under their heading, each a row with its details; and detention."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from incidents.casework import counting
from incidents.intake.queries import ObservationRow
from monitor.mission.periods import Period
from reports.daily import words
from reports.daily.sections.drafting import Draft, table, with_text
from reports.document import Block, Paragraph, Row, Runs, Section, Table

DETENTION = ("DET",)
AGREEMENTS = ("window_of_silence", "local_ceasefire")


@dataclass(frozen=True)
class Heading:
    """A section that lists records: its number, key and the mark of its rows, and the categories it holds."""

    number: str
    key: str
    mark: str
    categories: tuple[str, ...]


DAMAGE = Heading("5", "damage", "D", ("DAM",))
MILITARY = Heading("6", "military", "W", ("MIL",))
AIR = Heading("7", "air", "U", ("AIR",))
SUPPLY = Heading("8", "supply", "S", ("HUM", "DIS"))
MINES = Heading("10", "mines", "X", ("EXP",))
COOPERATION = Heading("11", "cooperation", "K", ("CBM",))
HEADINGS = (DAMAGE, MILITARY, AIR, SUPPLY, MINES, COOPERATION)


def records(draft: Draft, heading: Heading) -> Section:
    title = draft.text(f"title.{heading.key}")
    rows = draft.accepted(*heading.categories)
    blocks: list[Block] = []
    if rows:
        caption = draft.text("records.caption", title=title)
        blocks.append(records_table(draft, heading.number, heading.mark, rows, caption))
    elif draft.hours > 0:
        blocks.append(Paragraph(draft.say("records.none", hours=draft.words.hours(draft.hours))))
    else:
        blocks.append(Paragraph(draft.say("records.none_unwatched")))
    return Section(heading.number, heading.key, title, tuple(blocks))


def records_table(draft: Draft, key: str, mark: str, rows: Sequence[ObservationRow], caption: str) -> Table:
    """One row a record: when, where, what, how many, and everything else that was answered."""
    told = []
    for index, row in enumerate(rows, 1):
        kind = words.kind_label(row.type, draft.words)
        counted = draft.is_counted(row)
        number: Runs = draft.dash
        if counted:
            of = draft.text("of.records_of", kind=kind)
            total = draft.total_of(row)
            figure = draft.figures.total(f"{key}-{mark}{index}", total, of)
            number = (
                with_text(figure, words.persons(total, draft.words)) if row.category == "DIS" else figure,
            )
        cells: tuple[Runs, ...] = (
            (f"{mark}{index}",),
            (words.when(row, draft.zone, draft.words),),
            (draft.sector(row.sector_code),),
            (draft.spot(row) or draft.text("dash"),),
            (f"{kind} ({draft.text('records.again')})" if row.observation_id in draft.seen_again else kind,),
            number,
            (words.details(row, draft.facts.places, draft.words),),
        )
        told.append(Row(cells, ref=row.observation_id))
    heads = draft.heads("ref", "when", "sector", "observed_from", "kind", "number", "details")
    return table(f"{key}-records", caption, heads, told, draft.text("records.note"), True)


def records_lines(draft: Draft) -> list[tuple[str, Runs]]:
    """For the summary: how many records stand under each heading, where there are any."""
    lines = []
    for heading in HEADINGS:
        ids = [row.observation_id for row in draft.accepted(*heading.categories)]
        if ids:
            title = draft.text(f"title.{heading.key}")
            of = draft.text("of.records_of", kind=title)
            figure = draft.figures.count(f"1-{heading.key}", ids, of, spelt=True)
            line = draft.say("records.line", len(ids), kind=title, records=figure, section=heading.number)
            lines.append((heading.key, line))
    return lines


def detention(draft: Draft) -> Section:
    """Numbers only: places, times and identities of the detained are nobody's who reads this paper."""
    title, rows = draft.text("title.detention"), draft.accepted(*DETENTION)
    missing = [row for row in draft.accepted("CAS") if row.type == "missing"]
    if not rows and not missing:
        return Section("9", "detention", title, (Paragraph(draft.say("detention.none")),))
    told = []
    for kind in dict.fromkeys(row.type for row in (*rows, *missing)):
        mine = [row for row in (*rows, *missing) if row.type == kind]
        label = words.kind_label(kind, draft.words)
        total = counting.total(draft.facts.counted(mine))
        figure = draft.figures.total(f"9-{kind}", total, draft.text("of.persons_of", kind=label))
        number = draft.figures.count(
            f"9-{kind}-records", [row.observation_id for row in mine], draft.text("of.records_of", kind=label)
        )
        persons = with_text(figure, words.persons(total, draft.words))
        told.append(Row(((label,), (persons,), (number,))))
    heads = draft.heads("kind", "persons", "records", kind=4.0)
    caption, note = draft.text("detention.caption"), draft.text("detention.note")
    return Section("9", "detention", title, (table("detention", caption, heads, told, note),))


def cooperation(draft: Draft) -> Section:
    """The records of cooperation, and each window of silence with what was observed inside it."""
    section = records(draft, COOPERATION)
    told = []
    for index, row in enumerate(_agreed(draft), 1):
        start, end, area = _window(row)
        sector = _sector_of(draft, area)
        inside = [
            one
            for one in draft.violations
            if (start is None or one.start >= start)
            and (end is None or one.start < end)
            and (sector is None or one.sector == sector)
        ]
        when = draft.text(
            "cooperation.to",
            start=draft.words.short_moment(start, draft.zone) if start else draft.text("cooperation.open"),
            end=draft.words.short_moment(end, draft.zone) if end else draft.text("cooperation.open"),
        )
        named = draft.text("cooperation.window", ref=f"V{index}")
        breaches = draft.figures.total(
            f"11-V{index}", counting.total(inside), draft.text("of.in_window", window=named)
        )
        watched = sector is None or draft.facts.hours.get(sector, 0.0) > 0
        place = draft.facts.places.get(area or "")
        cells: tuple[Runs, ...] = (
            (f"V{index}",),
            (when,),
            (words.place_name(place, area, draft.words),),
            (words.details(row, draft.facts.places, draft.words, ("since", "until", "agreed_area")),),
            (breaches,) if watched or inside else (draft.text("violations.not_monitored_cell"),),
        )
        told.append(Row(cells))
    if not told:
        return Section(
            section.number, section.key, section.title,
            (*section.blocks, Paragraph(draft.say("cooperation.no_windows"))),
        )  # fmt: skip
    heads = draft.heads("ref", "window", "area", "details", "breaches", window=2.2, area=1.6)
    caption, note = draft.text("cooperation.windows"), draft.text("cooperation.windows_note")
    windows = table("windows", caption, heads, told, note)
    return Section(section.number, section.key, section.title, (*section.blocks, windows))


def _agreed(draft: Draft) -> Iterable[ObservationRow]:
    """Agreements whose time touches these periods, whenever they were told of."""
    for row in draft.facts.agreed:
        if row.type in AGREEMENTS:
            start, end, _ = _window(row)
            if _touches(draft.facts.period, start or row.t_start, end):
                yield row


def _touches(period: Period, start: dt.datetime, end: dt.datetime | None) -> bool:
    return start < period.end and (end is None or end > period.start)


def _window(row: ObservationRow) -> tuple[dt.datetime | None, dt.datetime | None, str | None]:
    area = row.fields.get("agreed_area")
    named = area if isinstance(area, str) and area != "n_k" else row.sector_code
    return _instant(row.fields.get("since")), _instant(row.fields.get("until")), named


def _instant(value: object) -> dt.datetime | None:
    """A time as filed; a quarantined record may hold one that is none."""
    if not isinstance(value, str) or value == "n_k":
        return None
    at = dt.datetime.fromisoformat(value)
    return at.astimezone(dt.UTC) if at.tzinfo else None


def _sector_of(draft: Draft, area: str | None) -> str | None:
    """The sector that an area is or lies in; None where it is not known, and all sectors count."""
    if area in draft.sector_names:
        return area
    place = draft.facts.places.get(area or "")
    return place.parent if place and place.parent in draft.sector_names else None
