"""Sections 3 and 4: what happened, one incident a paragraph; and who was harmed."""

import datetime as dt
from collections.abc import Iterable

from incidents.casework import counting
from incidents.intake.queries import ObservationRow
from incidents.taxonomy.loader import taxonomy
from reports.daily import words
from reports.daily.sections.drafting import Draft, numbers_capital
from reports.daily.sections.movement import RESTRICTION
from reports.document import Block, Column, Figure, Paragraph, Row, Run, Runs, Section, Strong, Table, joined
from reports.wording import phrases

NOTABLE = ("possible", "corroborated", "confirmed", "disputed")
HARM = "CAS"
NEAR_THE_MISSION = ("in_direction_of", "near_miss", "struck")
EXPOSURE_WORDS = {
    "in_direction_of": "in the direction of a patrol",
    "near_miss": "close to a patrol",
    "struck": "striking a patrol",
}


def notable_events(draft: Draft) -> Section:
    """One paragraph an incident that somebody assessed, in order of time; then what came near us."""
    blocks: list[Block] = []
    told = [one for one in draft.facts.incidents if one.assessment in NOTABLE]
    for incident in sorted(told, key=lambda one: (_begins(draft, one.observation_ids), one.number)):
        rows = _rows_of(draft, incident.observation_ids)
        if not rows:
            continue
        start, end = min(row.t_start for row in rows), max(row.t_end for row in rows)
        sector = draft.sector(rows[0].sector_code)
        title = f"{incident.label}, {words.spans_of_time(start, end, draft.zone)}, {sector}; "
        title += f"{phrases.ASSESSMENT[incident.assessment]}. "
        said: list[Run] = [Strong(title)]
        for row in rows:
            said += [*_narrated(draft, row, f"3-{incident.number}"), " "]
        blocks.append(Paragraph(joined(tuple(said))))
    near = near_the_mission(draft, "3-near")
    if near:
        blocks.append(Paragraph((Strong("Safety of the mission. "), *near)))
    others = _other_records(draft)
    if others:
        blocks.append(Paragraph(others, "small"))
    if not blocks:
        blocks.append(Paragraph(("No incident was assessed in this period.",)))
    return Section("3", "notable", "Notable events", tuple(blocks))


def _rows_of(draft: Draft, ids: Iterable[str]) -> list[ObservationRow]:
    rows = [draft.rows[one] for one in ids if one in draft.rows]
    shown = [row for row in rows if row.processing not in ("rejected", "quarantined")]
    return sorted(shown, key=lambda row: (row.t_start, row.observation_id))


def _begins(draft: Draft, ids: Iterable[str]) -> dt.datetime:
    return min((row.t_start for row in _rows_of(draft, ids)), default=draft.facts.period.end)


def _narrated(draft: Draft, row: ObservationRow, key: str) -> Runs:
    """One observation as a sentence: from where, how, how many, what, in which direction, when."""
    total = counting.of_one(draft.facts.counted([row])[0])
    ref = draft.refs.get(row.observation_id, row.receipt_number)
    at = phrases.clock(row.t_start, draft.zone)
    far = words.where_in_words(draft.facts.positions.get(row.observation_id))
    spot = row.observed_from or "a place not named"
    spot = spot if spot.startswith("at ") else f"from {spot}"
    who = f"At {at}, {spot}, the mission {words.verb(row)} "
    if row.info_type != "observed":
        who = f"At {at} the mission was told of "
    tail = f" {far}" if far else ""
    if row.count_best is None and row.count_qualifier is None:
        label = words.kind_label(row.type, draft.language)
        return (f"{who}{label[0].lower() + label[1:]}{tail} ({ref}).",)
    figure = draft.figures.total(f"{key}-{ref}", total, words.unit(row.type, 2), spelt=True)
    waiting = "" if row.processing == "accepted" else ", not yet reviewed"
    return (who, figure, f" {words.unit(row.type, total.best)}{tail} ({ref}{waiting}).")


def near_the_mission(draft: Draft, key: str) -> Runs:
    """Fire towards, close to or striking a patrol is said in every summary."""
    near = [row for row in draft.facts.observations if row.exposure in NEAR_THE_MISSION]
    near = [row for row in near if row.processing not in ("rejected", "quarantined") and not row.is_training]
    if not near:
        return ()
    worst = max(near, key=lambda row: NEAR_THE_MISSION.index(row.exposure or "in_direction_of"))
    ids = [row.observation_id for row in near]
    figure = draft.figures.count(key, ids, "records of fire near the mission", spelt=True)
    noun = "record tells" if len(ids) == 1 else "records tell"
    where = words.named_sectors(sorted({draft.sector(row.sector_code) for row in near}))
    exposed = EXPOSURE_WORDS[worst.exposure or "in_direction_of"]
    return (numbers_capital(figure), f" {noun} of fire {exposed} ({where}).")


def _other_records(draft: Draft) -> Runs:
    """What was accepted and has no section in this paper is named, so that nothing goes missing."""
    shown = {"CFV", HARM, RESTRICTION, "NEG", "TST", "CLM"}
    said: list[str | Figure] = []
    for code, category in taxonomy().categories.items():
        rows = draft.accepted(code)
        if code in shown or not rows:
            continue
        ids = [row.observation_id for row in rows]
        label = category.label[draft.language]
        figure = draft.figures.count(f"3-other-{code}", ids, label)
        said += ["; " if said else "Also recorded and accepted in this period: ", f"{label.lower()} ", figure]
    return joined((*said, ".")) if said else ()


def civilian_harm(draft: Draft) -> Section:
    """Persons as ranges with how it was established; only what is confirmed is ever added up."""
    rows = draft.accepted(HARM)
    if not rows:
        said = "No record of harm to civilians was accepted in this period."
        return Section("4", "harm", "Civilian harm", (Paragraph((said,)),))
    table_rows = []
    for index, row in enumerate(rows, 1):
        total = counting.of_one(draft.facts.counted([row])[0])
        persons = f"{total.min}–{total.max}" if total.max not in (None, total.min) else words.count(total)
        figure = draft.figures.total(f"4-H{index}", total, words.kind_label(row.type, draft.language))
        incident = draft.facts.incident_of.get(row.observation_id)
        cells: tuple[Runs, ...] = (
            (f"H{index}",),
            (words.when(row, draft.zone),),
            (draft.sector(row.sector_code),),
            (words.kind_label(row.type, draft.language),),
            (Figure(**{**figure.__dict__, "text": persons}),),
            (_established(row, draft.language),),
            (phrases.ASSESSMENT[incident.assessment] if incident else "reported; not assessed yet",),
        )
        table_rows.append(Row(cells, ref=row.observation_id))
    heads = (
        Column("Ref", weight=0.6),
        Column("Date, time", weight=1.7),
        Column("Sector", weight=1.6),
        Column("Kind", weight=1.3),
        Column("Persons", "right", 0.9),
        Column("Established by", weight=1.7),
        Column("Assessment", weight=2),
    )
    note = "Persons, not records. Ranges stand where sources differ. Only confirmed harm is ever added up."
    table = Table("harm", "Records of harm to persons", heads, tuple(table_rows), note)
    return Section("4", "harm", "Civilian harm", (table,))


def _established(row: ObservationRow, language: str) -> str:
    given = row.fields.get("established_by")
    codes = given if isinstance(given, list) else [given] if given else []
    labels = [taxonomy().label("established_by", code, language) for code in codes]
    return ", ".join(labels) or words.NOT_SAID
