"""Sections 3 and 4: what happened, one incident a paragraph; and who was harmed."""

import datetime as dt
from collections.abc import Iterable

from incidents.casework.counting import Total
from incidents.intake.queries import ObservationRow
from incidents.protection.casualties import HARM as HARM_OF_PERSONS
from reports.daily import words
from reports.daily.sections.drafting import Draft, table, with_text
from reports.daily.sections.records import records_table
from reports.document import Block, Paragraph, Row, Run, Runs, Section, Strong, joined

NOTABLE = ("possible", "corroborated", "confirmed", "disputed")
HARM = "CAS"
NEAR_THE_MISSION = ("in_direction_of", "near_miss", "struck")


def notable_events(draft: Draft) -> Section:
    """One paragraph an incident that somebody assessed, in order of time; then what came near us."""
    blocks: list[Block] = []
    told = [one for one in draft.facts.incidents if one.assessment in NOTABLE]
    for incident in sorted(told, key=lambda one: (_begins(draft, one.observation_ids), one.number)):
        rows = _rows_of(draft, incident.observation_ids)
        if not rows:
            continue
        start, end = min(row.t_start for row in rows), max(row.t_end for row in rows)
        title = draft.text(
            "events.title",
            incident=incident.label,
            when=draft.words.short_span(start, end, draft.zone),
            sector=draft.sector(rows[0].sector_code),
            assessment=draft.text(f"assessment.{incident.assessment}"),
        )
        said: list[Run] = [Strong(title)]
        for row in rows:
            said += [*narrated(draft, row, f"3-{incident.number}"), " "]
        blocks.append(Paragraph(joined(tuple(said))))
    near = near_the_mission(draft, "3-near")
    if near:
        blocks.append(Paragraph((Strong(draft.text("events.safety_title")), *near)))
    if not blocks:
        blocks.append(Paragraph(draft.say("events.none")))
    for prefix, category, title in (("B", "LIN", "events.line_events"), ("E", "EVI", "events.at_risk")):
        rows = draft.accepted(category)
        if rows:
            blocks.append(records_table(draft, f"3-{category}", prefix, rows, draft.text(title)))
    return Section("3", "notable", draft.text("title.notable"), tuple(blocks))


def _rows_of(draft: Draft, ids: Iterable[str]) -> list[ObservationRow]:
    rows = [draft.rows[one] for one in ids if one in draft.rows]
    shown = [row for row in rows if row.processing not in ("rejected", "quarantined")]
    return sorted(shown, key=lambda row: (row.t_start, row.observation_id))


def _begins(draft: Draft, ids: Iterable[str]) -> dt.datetime:
    return min((row.t_start for row in _rows_of(draft, ids)), default=draft.facts.period.end)


def narrated(draft: Draft, row: ObservationRow, key: str) -> Runs:
    """One observation as a sentence: from where, how, how many, what, in which direction, when."""
    ref = draft.refs.get(row.observation_id, row.receipt_number)
    slots: dict[str, Run | Runs] = {
        "clock": draft.words.clock(row.t_start, draft.zone),
        "far": words.where_in_words(draft.facts.positions.get(row.observation_id), draft.words),
        "ref": ref if row.processing == "accepted" else draft.text("events.waiting", ref=ref),
    }
    phrase = "events.told"
    if row.info_type == "observed":
        phrase = "events.narrated"
        spot = draft.spot(row) or draft.text("place.unnamed")
        at_place = (
            spot if (row.observed_from or "").startswith("at ") else draft.text("events.from", place=spot)
        )
        slots |= {"spot": at_place, "verb": words.verb(row, draft.words)}
    if not draft.is_counted(row):
        return draft.say(f"{phrase}_uncounted", kind=words.lower_label(row.type, draft.words), **slots)
    total = draft.total_of(row)
    figure = draft.figures.total(f"{key}-{ref}", total, words.unit(row.type, 2, draft.words), spelt=True)
    unit = words.unit(row.type, total.best, draft.words)
    return draft.say(phrase, number=figure, unit=unit, **slots)


def near_the_mission(draft: Draft, key: str) -> Runs:
    """Fire towards, close to or striking a patrol is said in every summary."""
    near = [row for row in draft.facts.observations if row.exposure in NEAR_THE_MISSION]
    near = [row for row in near if row.processing not in ("rejected", "quarantined") and not row.is_training]
    if not near:
        return ()
    worst = max(near, key=lambda row: NEAR_THE_MISSION.index(row.exposure or "in_direction_of"))
    ids = [row.observation_id for row in near]
    return draft.say(
        "events.near",
        len(ids),
        records=draft.figures.count(key, ids, draft.text("of.near"), spelt=True),
        exposed=draft.text(f"exposed.{worst.exposure}"),
        sectors=draft.words.listed(sorted({draft.sector(row.sector_code) for row in near})),
    )


def civilian_harm(draft: Draft) -> Section:
    """Persons as ranges with how it was established; only what is confirmed is ever added up."""
    title, rows = draft.text("title.harm"), draft.accepted(HARM)
    if not rows:
        return Section("4", "harm", title, (Paragraph(draft.say("harm.none")),))
    table_rows = []
    for index, row in enumerate(rows, 1):
        total = draft.total_of(row)
        of = draft.text("of.persons_of", kind=words.kind_label(row.type, draft.words))
        figure = with_text(draft.figures.total(f"4-H{index}", total, of), words.persons(total, draft.words))
        incident = draft.facts.incident_of.get(row.observation_id)
        cells: tuple[Runs, ...] = (
            (f"H{index}",),
            (words.when(row, draft.zone, draft.words),),
            (draft.sector(row.sector_code),),
            (words.kind_label(row.type, draft.words),),
            (figure,),
            (words.details(row, draft.facts.places, draft.words),),
            (draft.text(f"assessment.{incident.assessment if incident else 'reported'}"),),
        )
        table_rows.append(Row(cells, ref=row.observation_id))
    heads = draft.heads("ref", "when", "sector", "kind", "persons", "details", "assessment", details=2.6)
    blocks: list[Block] = [
        table("harm", draft.text("harm.caption"), heads, table_rows, draft.text("harm.note"))
    ]
    return Section("4", "harm", title, (*blocks, *_confirmed_harm(draft)))


def _confirmed_harm(draft: Draft) -> list[Block]:
    """The persons of confirmed incidents only, each once, by what befell them (counting rule C14)."""
    blocks: list[Block] = []
    for fate in HARM_OF_PERSONS:
        found = draft.facts.harm[fate]
        if found.confirmed:
            n = found.confirmed
            label = words.lower_label(fate, draft.words)
            of = draft.text("of.persons_of", kind=label)
            total = Total(n, n, n, ids=found.confirmed_accounts)
            figure = draft.figures.total(f"4-confirmed-{fate}", total, of, spelt=True)
            blocks.append(Paragraph(draft.say("harm.confirmed", n, persons=figure, kind=label)))
    return blocks
