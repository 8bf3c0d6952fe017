"""Section 14: what came after the paper it belonged to."""

from incidents.casework import counting
from reports.daily import words
from reports.daily.sections.drafting import DASH, THING, Draft
from reports.document import Block, Column, Paragraph, Row, Runs, Section, Table
from reports.wording import phrases

CORRECTED = ("refuted", "withdrawn")


def late_and_corrections(draft: Draft) -> Section:
    """What came after the paper it belonged to: the paper stays, the series is told anew."""
    blocks: list[Block] = []
    late = draft.facts.late
    if late:
        rows = []
        for index, row in enumerate(late, 1):
            total = counting.of_one(draft.facts.counted([row])[0])
            counted = row.count_best is not None or row.count_qualifier is not None
            figure = draft.figures.total(f"14-L{index}", total, words.kind_label(row.type, draft.language))
            cells: tuple[Runs, ...] = (
                (f"L{index}",),
                (words.when(row, draft.zone),),
                (phrases.short_moment(row.received_at, draft.zone),),
                (draft.sector(row.sector_code),),
                (words.kind_label(row.type, draft.language),),
                (figure,) if counted else DASH,
                (row.processing.replace("_", " "),),
            )
            rows.append(Row(cells, ref=row.observation_id))
        heads = (
            Column("Ref", weight=0.6),
            Column("Time of the event", weight=1.8),
            Column("Received", weight=1.3),
            Column("Sector", weight=1.6),
            Column("Observation", weight=1.6),
            Column("No.", "right", 0.9),
            Column("Review", weight=1),
        )
        caption = "Observations of earlier periods received after the previous cut-off"
        blocks.append(Table("late", caption, heads, tuple(rows)))
    else:
        blocks.append(Paragraph(("No observation of an earlier period came in after the previous cut-off.",)))
    revised = _revised_series(draft)
    if revised:
        blocks.append(Paragraph(revised))
    fallen = [one for one in draft.facts.incidents if one.assessment in CORRECTED]
    for incident in fallen:
        stands = phrases.ASSESSMENT[incident.assessment]
        said = f"{incident.label} is {stands}; its observations are not counted."
        blocks.append(Paragraph((said,)))
    return Section("14", "late", "Late observations and corrections", tuple(blocks))


def _revised_series(draft: Draft) -> Runs:
    """The previous period as issued and as known now, where the two differ."""
    last = draft.facts.last_issued
    if last is None or not last.is_of_the_previous_period or last.total is None:
        return ()
    now = counting.total(draft.violations_before)
    if now.best == last.total:
        return ()
    figure = draft.figures.total("14-revised", now, THING, span=draft.span_before)
    issued = f"{last.title} gave {last.total_text} {THING}; "
    issued += "with what has come in and been reviewed since, the number is "
    return (issued, figure, ". The issued paper stays as it is.")
