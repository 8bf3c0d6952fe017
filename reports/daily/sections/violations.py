"""Section 2: totals by sector and kind, each period against the one before it, and what must be known."""

import dataclasses
from collections.abc import Mapping

from incidents.casework import counting
from incidents.casework.counting import Total
from reports.daily.sections.drafting import Day, Draft, sum_of, table, total_in
from reports.document import Block, Column, Note, Paragraph, Row, Runs, Section, Strong, Table, joined
from reports.wording.comparison import compare

# The columns of the table of totals, by the phrase of their head; the last takes what has none of its own.
COLUMNS = (
    ("explosion", ("explosion",)),
    ("burst", ("burst",)),
    ("shot", ("shot",)),
    ("projectile_in_flight", ("projectile_in_flight",)),
    ("muzzle_flash", ("muzzle_flash", "illumination_flare")),
    ("exchange_of_fire", ("exchange_of_fire",)),
    ("uav_strike", ("uav_strike", "uav_munition_drop", "loitering_munition", "air_strike", "rocket_missile")),
)
Columns = list[tuple[str, tuple[str, ...]]]


def thing(draft: Draft) -> str:
    return draft.text("thing.violations")


def compared(draft: Draft, day: Day, key: str) -> Runs:
    """The total of one period against the period before it, by the fixed rule."""
    now, before = counting.total(day.violations), counting.total(day.violations_before)
    has_before = day.before is not None
    rule = compare(now.best, before.best if has_before else None, day.hours, day.hours_before)
    return _say(draft, day, rule.key, key, now, before)


def _say(draft: Draft, day: Day, phrase: str, key: str, now: Total, before: Total) -> Runs:
    """The phrase with its figures. Only what the phrase names becomes a figure."""
    figures, wanted, of = draft.figures, draft.words.phrase(phrase), thing(draft)
    hours_of = draft.text("thing.hours")
    parts: dict[str, Runs] = {
        "thing": (of,),
        "this": (draft.this(day),),
        "that": (draft.that(day),),
    }
    if "{now}" in wanted or "{count}" in wanted:
        figure = figures.total(f"{key}-now", now, of, spelt="{count}" in wanted, span=day.times)
        noun = draft.text("thing.violation") if now.best == 1 else of
        parts |= {
            "now": (figure,),
            "count": draft.inside("period.counted", now.best, figure=figure, thing=noun),
        }
    if "{before}" in wanted:
        parts["before"] = (figures.total(f"{key}-before", before, of, span=day.times_before),)
    if "{hours_now}" in wanted:
        parts["hours_now"] = (figures.hours(f"{key}-hours", day.hours, day.watch_ids(), hours_of, day.times),)
    if "{hours_before}" in wanted:
        earlier = figures.hours(
            f"{key}-hours-before", day.hours_before or 0.0, (), hours_of, day.times_before
        )
        parts["hours_before"] = (earlier,)
    return draft.say(phrase, **parts)


def including_explosions(draft: Draft, day: Day, key: str) -> Runs:
    """How many of them were explosions: totals add different kinds, so this is always said."""
    now = counting.by_kind(day.violations).get("explosion", counting.NOTHING)
    before = counting.by_kind(day.violations_before).get("explosion", counting.NOTHING)
    if not now.best:
        return ()
    of = draft.text("thing.explosions")
    parts: dict[str, Runs] = {"now": (draft.figures.total(f"{key}-now", now, of, True, day.times),)}
    if day.before is None:
        return draft.say("violations.including", now.best, **parts)
    parts["before"] = (draft.figures.total(f"{key}-before", before, of, True, day.times_before),)
    return draft.say("violations.including_before", now.best, **parts)


def most_observed(draft: Draft, day: Day, key: str) -> Runs:
    """Where most of them were, by the sector of the event."""
    kinds = counting.by_sector_and_kind(day.violations)
    totals = {sector: sum_of(parts.values()) for sector, parts in kinds.items()}
    ranked = sorted(totals.items(), key=lambda item: (-item[1].best, item[0]))[:2]
    if len(totals) < 2 or not ranked[0][1].best:
        return ()
    parts: dict[str, Runs] = {}
    for (sector, total), (name, number) in zip(
        ranked, (("sector", "number"), ("other_sector", "other")), strict=True
    ):
        of = draft.text("of.violations_in", place=draft.sector(sector))
        figure = draft.figures.total(f"{key}-{sector or 'outside'}", total, of, span=day.times)
        parts |= {name: (draft.sector(sector),), number: (figure,)}
    return draft.say("violations.most_two" if ranked[1][1].best else "violations.most_one", **parts)


def exercise_line(draft: Draft, key: str) -> Runs:
    """Exercises are counted, and then named."""
    part = counting.total(counting.exercise_part(draft.violations))
    if not part.best:
        return ()
    of = draft.figures.total(f"{key}-total", counting.total(draft.violations), thing(draft))
    named = draft.figures.total(f"{key}-part", part, draft.text("of.exercise"))
    return draft.say("violations.exercise", of=of, named=named)


def not_monitored_line(draft: Draft) -> Runs:
    """Sectors that nobody watched are named: their silence says nothing."""
    silent = [draft.sector(code) for code in draft.sector_names if not draft.facts.hours.get(code)]
    if not silent:
        return ()
    return draft.say("violations.not_monitored", len(silent), sectors=draft.words.listed(silent))


def unreviewed_line(draft: Draft, key: str) -> Runs:
    waiting = counting.total(draft.unreviewed)
    if not waiting.best:
        return ()
    records = draft.figures.count(
        f"{key}-records", waiting.ids, draft.text("of.unreviewed_records"), spelt=True
    )
    total = draft.figures.total(f"{key}-total", waiting, draft.text("of.unreviewed"), spelt=True)
    further = draft.inside("violations.further", waiting.best, number=total)
    return draft.say("violations.unreviewed", len(waiting.ids), records=records, total=further)


def violations(draft: Draft) -> Section:
    """Totals by sector and kind with the previous period and the hours, and what must be known with them."""
    blocks: list[Block] = []
    for day in draft.days:
        blocks += _of_a_day(draft, day)
    blocks += _cautions(draft)
    return Section("2", "violations", draft.text("title.violations"), tuple(blocks))


def _of_a_day(draft: Draft, day: Day) -> list[Block]:
    key = f"2-{day.key}"
    blocks: list[Block] = []
    if len(draft.days) > 1:
        label = draft.text("period.label", end=draft.words.moment(day.span.period.end, draft.zone))
        blocks.append(Paragraph((label,), "subhead"))
    blocks.append(Paragraph(compared(draft, day, f"{key}total"), "lead"))
    further = [including_explosions(draft, day, f"{key}explosions"), most_observed(draft, day, f"{key}where")]
    if day is draft.days[-1]:
        further.append(exercise_line(draft, "2-exercise"))
    said: list[Runs] = [runs for runs in further if runs]
    if said:
        blocks.append(Paragraph(joined(tuple(run for runs in said for run in (*runs, " ")))))
    blocks.append(totals_table(draft, day))
    for code in draft.sector_names:
        if not day.span.hours.get(code) and not total_in(day.violations, code).best:
            silence = draft.text("violations.sector_not_monitored", this=draft.this(day))
            blocks.append(Paragraph((Strong(f"{draft.sector(code)}: "), silence)))
    return blocks


def _cautions(draft: Draft) -> list[Block]:
    """What stands beside the totals: perhaps the same events, not yet reviewed, placed by the observer."""
    blocks: list[Block] = []
    same = counting.may_be_the_same(draft.violations)
    if same:
        records = draft.figures.count("2-same", same, draft.text("of.same"), spelt=True)
        fused = draft.figures.total("2-fused", fused_total(draft, same), thing(draft))
        said = draft.say("violations.same", records=records, fused=fused)
        blocks.append(Note(draft.text("violations.same_title"), said))
    waiting = unreviewed_line(draft, "2-unreviewed")
    if waiting:
        blocks.append(Note(draft.text("violations.unreviewed_title"), waiting))
    marked = [one.id for one in draft.violations if one.sector_by_observer]
    if marked:
        figure = draft.figures.count("2-by-observer", marked, draft.text("of.by_observer"), spelt=True)
        said = draft.say("violations.by_observer", len(marked), records=figure)
        blocks.append(Note(draft.text("violations.observer_title"), said))
    return blocks


def fused_total(draft: Draft, same: tuple[str, ...]) -> Total:
    """The total were everything that may be one event one event: the lower end of the range (C7)."""
    perhaps = set(same)
    merged = [
        dataclasses.replace(one, incident=f"perhaps:{one.sector}:{one.type}") if one.id in perhaps else one
        for one in draft.violations
    ]
    return counting.total(merged)


def totals_table(draft: Draft, day: Day) -> Table:
    kinds = counting.by_sector_and_kind(day.violations)
    overall = counting.by_kind(day.violations)
    columns = _columns_in_use(overall)
    text = draft.text
    heads = [Column(text("head.sector"), weight=2.4, key="sector")]
    heads += [
        Column(text(f"column.{name}"), "right", 1.25, text("head.by_kind"), "kind_number")
        for name, _ in columns
    ]
    heads.append(Column(text("head.total"), "right", 1.5, key="total"))
    if day.before:
        heads.append(Column(text("head.previous"), "right", 1.25, key="previous"))
    heads.append(Column(text("head.hours"), "right", 1, text("head.monitored"), "hours"))
    if day.before:
        heads.append(Column(text("head.previous_hours"), "right", 1.2, text("head.monitored"), "hours"))
    before = {code: total_in(day.violations_before, code) for code in [*draft.sector_names, ""]}
    codes = [*draft.sector_names]
    if kinds.get("") or before[""].best:
        codes.append("")
    rows = [_totals_row(draft, day, code, kinds.get(code, {}), before[code], columns) for code in codes]
    rows.append(_overall_row(draft, day, overall, columns))
    caption = text("violations.caption")
    if len(draft.days) > 1:
        end = draft.words.moment(day.span.period.end, draft.zone)
        caption = text("violations.caption_of", end=end)
    return table(f"{day.key}totals", caption, tuple(heads), rows, text("violations.note"))


def _columns_in_use(overall: Mapping[str, Total]) -> Columns:
    named = {code for _, codes in COLUMNS for code in codes}
    other = tuple(sorted(set(overall) - named))
    used = [(name, codes) for name, codes in COLUMNS if any(code in overall for code in codes)]
    return used + ([("other", other)] if other else [])


def _cells(
    draft: Draft, day: Day, key: str, parts: Mapping[str, Total], columns: Columns, where: str
) -> list[Runs]:
    cells: list[Runs] = []
    for name, codes in columns:
        part = sum_of(parts[code] for code in codes if code in parts)
        of = draft.text("of.kind_in", kind=draft.text(f"column.{name}"), place=where)
        figure = draft.figures.total(f"{key}-{codes[0]}", part, of, span=day.times) if part.best else None
        cells.append((figure,) if figure else draft.dash)
    return cells


def _totals_row(
    draft: Draft, day: Day, code: str, parts: Mapping[str, Total], before: Total, columns: Columns
) -> Row:
    figures = draft.figures
    name = draft.sector(code) if code else draft.text("place.outside_row")
    key = f"2-{day.key}{code or 'outside'}"
    of, hours_of = draft.text("of.violations_in", place=name), draft.text("of.hours_in", place=name)
    unwatched: Runs = (draft.text("violations.not_monitored_cell"),)
    hours = day.span.hours.get(code, 0.0)
    whole = sum_of(parts.values())
    cells: list[Runs] = [(name,), *_cells(draft, day, key, parts, columns, name)]
    is_said = whole.best or hours > 0 or not code
    cells.append((figures.total(f"{key}-total", whole, of, span=day.times),) if is_said else unwatched)
    if day.before:
        is_said = before.best or day.before.hours.get(code, 0.0) > 0 or not code
        figure = figures.total(f"{key}-before", before, of, span=day.times_before)
        cells.append((figure,) if is_said else unwatched)
    watched = figures.hours(f"{key}-hours", hours, day.watch_ids(code), hours_of, day.times)
    cells.append((watched,) if code else draft.dash)
    if day.before:
        hours_before = day.before.hours.get(code, 0.0)
        ids = [watch.watch_id for watch in day.before.watches if watch.sector == code]
        earlier = figures.hours(f"{key}-hours-before", hours_before, ids, hours_of, day.times_before)
        cells.append((earlier,) if code else draft.dash)
    return Row(tuple(cells))


def _overall_row(draft: Draft, day: Day, overall: Mapping[str, Total], columns: Columns) -> Row:
    figures, everywhere, key = draft.figures, draft.text("place.all"), f"2-{day.key}all"
    hours_of = draft.text("thing.hours")
    cells: list[Runs] = [(everywhere,), *_cells(draft, day, key, overall, columns, everywhere)]
    cells.append(
        (figures.total(f"{key}-total", counting.total(day.violations), thing(draft), span=day.times),)
    )
    if day.before:
        before = counting.total(day.violations_before)
        cells.append((figures.total(f"{key}-before", before, thing(draft), span=day.times_before),))
    cells.append((figures.hours(f"{key}-hours", day.hours, day.watch_ids(), hours_of, day.times),))
    if day.before:
        ids = [watch.watch_id for watch in day.before.watches]
        earlier = day.hours_before or 0.0
        cells.append((figures.hours(f"{key}-hours-before", earlier, ids, hours_of, day.times_before),))
    return Row(tuple(cells), "total")
