"""Section 14: what came after the paper it belonged to, and what earlier papers would say now."""

from incidents.casework import counting
from incidents.casework.counting import Total
from incidents.intake.queries import ObservationRow
from reports.daily import words
from reports.daily.facts import Span
from reports.daily.sections.drafting import Draft, table
from reports.document import Block, Paragraph, Row, Runs, Section, Table


def late_and_corrections(draft: Draft) -> Section:
    """What came late; what fell; the series as issued and as known now. An issued paper stays as it is."""
    blocks: list[Block] = []
    if draft.facts.late:
        blocks.append(_late_table(draft))
    else:
        blocks.append(Paragraph(draft.say("late.none")))
    for incident in draft.facts.fallen:
        stands = draft.text(f"assessment.{incident.assessment}")
        blocks.append(Paragraph(draft.say("late.fallen", incident=incident.label, assessment=stands)))
    for one in draft.facts.issues.corrected:
        replaced = draft.say("late.replaced", title=one.title, edition=str(one.replaces))
        blocks.append(Paragraph(replaced))
    if not draft.facts.issues.corrected:
        blocks.append(Paragraph(draft.say("late.no_corrections")))
    if draft.facts.series:
        blocks.append(_series(draft))
    return Section("14", "late", draft.text("title.late"), tuple(blocks))


def late_line(draft: Draft) -> Runs:
    ids = [row.observation_id for row in draft.facts.late]
    if not ids:
        return ()
    figure = draft.figures.count("1-late", ids, draft.text("of.late"), spelt=True)
    return draft.say("late.line", len(ids), records=figure)


def _late_table(draft: Draft) -> Table:
    rows = [_late_row(draft, index, row) for index, row in enumerate(draft.facts.late, 1)]
    heads = draft.heads("ref", "time_of_event", "received", "sector", "observation", "number", "review")
    return table("late", draft.text("late.caption"), heads, rows)


def _late_row(draft: Draft, index: int, row: ObservationRow) -> Row:
    label = words.kind_label(row.type, draft.words)
    figure = draft.figures.total(f"14-L{index}", draft.total_of(row), draft.text("of.records_of", kind=label))
    received = draft.words.short_moment(max(row.received_at, row.recorded_at), draft.zone)
    state = draft.text(f"processing.{row.processing}")
    if row.received_at <= draft.facts.period.start:
        state = f"{draft.text('late.corrected')}, {state}"
    cells: tuple[Runs, ...] = (
        (f"L{index}",),
        (words.when(row, draft.zone, draft.words),),
        (received,),
        (draft.sector(row.sector_code),),
        (label,),
        (figure,) if draft.is_counted(row) else draft.dash,
        (state,),
    )
    return Row(cells, ref=row.observation_id)


def _series(draft: Draft) -> Table:
    """The periods before, each as its first edition gave it and as it would be given now."""
    issued = {one.period: one for one in draft.facts.issues.as_issued}
    rows = []
    for number, span in enumerate(draft.facts.series, 1):
        now = total_of_span(draft, span)
        times = (words.iso(span.period.start), words.iso(span.period.end))
        figure = draft.figures.total(f"14-revised-{number}", now, draft.text("thing.violations"), span=times)
        told = issued.get(span.period)
        is_said = now.best > 0 or any(hours > 0 for hours in span.hours.values())
        cells: tuple[Runs, ...] = (
            (draft.words.short_moment(span.period.end, draft.zone),),
            (told.title if told else draft.text("late.not_issued"),),
            (told.total_text,) if told else draft.dash,
            (figure,) if is_said else (draft.text("violations.not_monitored_cell"),),
            (_difference(draft, now.best - told.total),) if told else draft.dash,
        )
        rows.append(Row(cells))
    heads = draft.heads("period", "edition", "as_issued", "revised", "difference", edition=3.0)
    return table("series", draft.text("late.series"), heads, rows, draft.text("late.series_note"))


def _difference(draft: Draft, by: int) -> str:
    return draft.words.numeral(by) if by <= 0 else f"+{draft.words.numeral(by)}"


def total_of_span(draft: Draft, span: Span) -> Total:
    return counting.total(draft.counted(span))
