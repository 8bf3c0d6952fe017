"""Section 2: totals by sector and kind against the period before, and what must be known with them."""

from incidents.casework import counting
from incidents.casework.counting import Total
from reports.daily.sections.drafting import DASH, THING, Draft, numbers_capital, sum_of, total_of
from reports.document import (
    Block,
    Column,
    Figure,
    Note,
    Paragraph,
    Row,
    Runs,
    Section,
    Strong,
    Table,
    fill,
    joined,
)
from reports.wording import numbers
from reports.wording.comparison import Comparison, compare

# The columns of the table of totals; the last takes what has no column of its own.
COLUMNS = (
    ("Explosions", ("explosion",)),
    ("Bursts", ("burst",)),
    ("Shots", ("shot",)),
    ("Projectiles", ("projectile_in_flight",)),
    ("Flashes, flares", ("muzzle_flash", "illumination_flare")),
    ("Exchanges", ("exchange_of_fire",)),
    (
        "Air, UAV, rockets",
        ("uav_strike", "uav_munition_drop", "loitering_munition", "air_strike", "rocket_missile"),
    ),
)


def compared(draft: Draft, key: str, sector: str | None = None) -> Runs:
    """The total of the mission, or of one sector, against the period before, by the fixed rule."""
    now = total_of(draft.violations, sector)
    before = total_of(draft.violations_before, sector)
    hours_now = draft.facts.hours.get(sector, 0.0) if sector else draft.hours
    hours_before = draft.hours_before
    if sector and draft.facts.previous:
        hours_before = draft.facts.hours_before.get(sector, 0.0)
    comparison = compare(now.best, before.best if draft.facts.previous else None, hours_now, hours_before)
    return _say(draft, comparison, key, now, before, hours_now, hours_before or 0.0, sector)


def _say(
    draft: Draft,
    comparison: Comparison,
    key: str,
    now: Total,
    before: Total,
    hours_now: float,
    hours_before: float,
    sector: str | None,
) -> Runs:
    """The phrase with its figures. Only what the phrase names becomes a figure."""
    figures, wanted = draft.figures, comparison.phrase
    parts: dict[str, Runs] = {
        "thing": (THING,),
        "this": (draft.this,),
        "that": (draft.that,),
    }
    if "{now}" in wanted or "{count}" in wanted:
        spelt = "{count}" in wanted
        figure = figures.total(f"{key}-now", now, THING, spelt=spelt)
        noun = "ceasefire violation" if now.best == 1 else THING
        parts |= {"now": (figure,), "count": (figure, f" {noun}")}
    if "{before}" in wanted:
        parts["before"] = (figures.total(f"{key}-before", before, THING, span=draft.span_before),)
    if "{hours_now}" in wanted:
        watch_ids = draft.watch_ids(sector)
        parts["hours_now"] = (figures.hours(f"{key}-hours", hours_now, watch_ids, "hours monitored"),)
    if "{hours_before}" in wanted:
        parts["hours_before"] = (
            figures.hours(f"{key}-hours-before", hours_before, (), "hours monitored", draft.span_before),
        )
    return fill(wanted, **parts)


def including_explosions(draft: Draft, key: str) -> Runs:
    """How many of them were explosions: totals add different kinds, so this is always said."""
    now = counting.by_kind(draft.violations).get("explosion", counting.NOTHING)
    before = counting.by_kind(draft.violations_before).get("explosion", counting.NOTHING)
    if not now.best:
        return ()
    figure = draft.figures.total(f"{key}-now", now, "explosions", spelt=True)
    said: Runs = ("Of these, ", figure, " were explosions" if now.best != 1 else " was an explosion")
    if draft.facts.previous:
        earlier = draft.figures.total(
            f"{key}-before", before, "explosions", spelt=True, span=draft.span_before
        )
        said = (*said, " (", earlier, " in the previous period)")
    return (*said, ".")


def most_observed(draft: Draft, key: str) -> Runs:
    """Where most of them were, by the sector of the event."""
    kinds = counting.by_sector_and_kind(draft.violations)
    totals = {sector: sum_of(parts.values()) for sector, parts in kinds.items()}
    ranked = sorted(totals.items(), key=lambda item: (-item[1].best, item[0]))[:2]
    if len(totals) < 2 or not ranked[0][1].best:
        return ()
    said: list[str | Figure] = ["Most were observed in "]
    for index, (sector, total) in enumerate(ranked):
        figure = draft.figures.total(f"{key}-{sector}", total, f"{THING}, {draft.sector(sector)}")
        said += [" and " if index else "", draft.sector(sector), " (", figure, ")"]
    return joined((*said, "."))


def exercise_line(draft: Draft, key: str) -> Runs:
    """Exercises are counted, and then named."""
    part = counting.total(counting.exercise_part(draft.violations))
    if not part.best:
        return ()
    figures = draft.figures
    of = figures.total(f"{key}-total", counting.total(draft.violations), THING)
    named = figures.total(f"{key}-part", part, "assessed as a probable live-fire exercise")
    return ("Of the ", of, f" {THING}, ", named, " were assessed as a probable live-fire exercise.")


def not_monitored_line(draft: Draft) -> Runs:
    """Sectors that nobody watched are named: their silence says nothing."""
    silent = [draft.sector(code) for code in draft.sector_names if not draft.facts.hours.get(code)]
    if not silent:
        return ()
    verb = "was" if len(silent) == 1 else "were"
    return (
        f"{numbers.listed(silent)} {verb} not monitored in this period; nothing can be said about "
        f"{'it' if len(silent) == 1 else 'them'}.",
    )


def unreviewed_line(draft: Draft, key: str) -> Runs:
    waiting = counting.total(draft.unreviewed)
    if not waiting.best:
        return ()
    figures = draft.figures
    records = figures.count(f"{key}-records", waiting.ids, "records not yet reviewed", spelt=True)
    one = len(waiting.ids) == 1
    noun, they = ("record", "it tells") if one else ("records", "they tell")
    total = figures.total(f"{key}-total", waiting, f"{THING}, not yet reviewed", spelt=True)
    left = f" {noun} that nobody had reviewed at the cut-off; {they} of "
    tail = " further violation." if waiting.best == 1 else " further violations."
    return ("Beside these totals stand ", records, left, total, tail)


def violations(draft: Draft) -> Section:
    """Totals by sector and kind with the previous period and the hours, and what must be known with them."""
    blocks: list[Block] = [Paragraph(compared(draft, "2-total"), "lead")]
    further = [
        including_explosions(draft, "2-explosions"),
        most_observed(draft, "2-where"),
        exercise_line(draft, "2-exercise"),
    ]
    said: list[Runs] = [runs for runs in further if runs]
    if said:
        blocks.append(Paragraph(joined(tuple(run for runs in said for run in (*runs, " ")))))
    blocks.append(totals_table(draft))
    for code in draft.sector_names:
        if not draft.facts.hours.get(code) and not total_of(draft.violations, code).best:
            blocks.append(Paragraph((Strong(f"{draft.sector(code)}: "), f"not monitored {draft.this}.")))
    blocks += _cautions(draft)
    return Section("2", "violations", "Ceasefire violations", tuple(blocks))


def _cautions(draft: Draft) -> list[Block]:
    """What stands beside the totals: perhaps the same events, not yet reviewed, placed by the observer."""
    blocks: list[Block] = []
    same = counting.may_be_the_same(draft.violations)
    if same:
        figure = draft.figures.count("2-same", same, "records that may be of the same events", spelt=True)
        said: Runs = (
            numbers_capital(figure),
            " observations may refer to the same events; nobody has confirmed it, so they",
        )
        blocks.append(Note("Perhaps counted twice.", (*said, " are counted separately.")))
    waiting = unreviewed_line(draft, "2-unreviewed")
    if waiting:
        blocks.append(Note("Not yet reviewed.", waiting))
    marked = [one.id for one in draft.violations if one.sector_by_observer]
    if marked:
        figure = draft.figures.count("2-by-observer", marked, "records placed by the observer", spelt=True)
        text = " records count in the sector where the observer stood: the event's own area crosses its edge."
        blocks.append(
            Note(
                "Sector of the observer.",
                (figure, text if len(marked) != 1 else text.replace("records count", "record counts")),
            )
        )
    return blocks


def totals_table(draft: Draft) -> Table:
    kinds = counting.by_sector_and_kind(draft.violations)
    overall = counting.by_kind(draft.violations)
    columns = _columns_in_use(overall)
    heads = [Column("Sector", weight=2.4)]
    heads += [Column(name, "right", 1.25, "Violations by kind") for name, _ in columns]
    heads.append(Column("Total", "right", 1.5))
    if draft.facts.previous:
        heads.append(Column("Previous period", "right", 1.25))
    heads.append(Column("Hours", "right", 1, "Hours monitored"))
    if draft.facts.previous:
        heads.append(Column("Previous", "right", 1.2, "Hours monitored"))
    before = {code: total_of(draft.violations_before, code) for code in [*draft.sector_names, ""]}
    codes = [*draft.sector_names]
    if kinds.get("") or before[""].best:
        codes.append("")
    rows = [_totals_row(draft, code, kinds.get(code, {}), before[code], columns) for code in codes]
    rows.append(_overall_row(draft, overall, columns))
    return Table(
        "totals",
        "Ceasefire violations by sector and kind, with the previous period and the hours monitored",
        tuple(heads),
        tuple(rows),
        "Accepted observations of patrols, posts and cameras; an event that several heard counts once. "
        "A dash: none of this kind observed. Hours: at least one watch was in the sector.",
    )


def _columns_in_use(overall: dict[str, Total]) -> list[tuple[str, tuple[str, ...]]]:
    named = {code for _, codes in COLUMNS for code in codes}
    other = tuple(sorted(set(overall) - named))
    used = [(name, codes) for name, codes in COLUMNS if any(code in overall for code in codes)]
    return used + ([("Other", other)] if other else [])


def _cells(
    draft: Draft, key: str, parts: dict[str, Total], columns: list[tuple[str, tuple[str, ...]]], where: str
) -> list[Runs]:
    cells: list[Runs] = []
    for name, codes in columns:
        part = sum_of(parts[code] for code in codes if code in parts)
        figure = draft.figures.total(f"{key}-{codes[0]}", part, f"{name}, {where}") if part.best else None
        cells.append((figure,) if figure else DASH)
    return cells


def _totals_row(
    draft: Draft,
    code: str,
    parts: dict[str, Total],
    before: Total,
    columns: list[tuple[str, tuple[str, ...]]],
) -> Row:
    facts, figures = draft.facts, draft.figures
    name = draft.sector(code) if code else "Outside the sectors"
    key = f"2-{code or 'outside'}"
    hours, hours_before = facts.hours.get(code, 0.0), facts.hours_before.get(code, 0.0)
    whole = sum_of(parts.values())
    cells: list[Runs] = [(name,), *_cells(draft, key, parts, columns, name)]
    if whole.best or hours > 0 or not code:
        cells.append((figures.total(f"{key}-total", whole, f"{THING}, {name}"),))
    else:
        cells.append(("not monitored",))
    if facts.previous:
        seen = before.best or hours_before > 0 or not code
        of = f"{THING}, {name}"
        figure = figures.total(f"{key}-before", before, of, span=draft.span_before)
        cells.append((figure,) if seen else ("not monitored",))
    watched = figures.hours(f"{key}-hours", hours, draft.watch_ids(code), f"hours monitored, {name}")
    cells.append((watched,) if code else DASH)
    if facts.previous:
        earlier = figures.hours(
            f"{key}-hours-before", hours_before, (), f"hours monitored, {name}", draft.span_before
        )
        cells.append((earlier,) if code else DASH)
    return Row(tuple(cells))


def _overall_row(draft: Draft, overall: dict[str, Total], columns: list[tuple[str, tuple[str, ...]]]) -> Row:
    figures = draft.figures
    cells: list[Runs] = [("All sectors",), *_cells(draft, "2-all", overall, columns, "all sectors")]
    cells.append((figures.total("2-all-total", counting.total(draft.violations), THING),))
    if draft.facts.previous:
        before = counting.total(draft.violations_before)
        cells.append((figures.total("2-all-before", before, THING, span=draft.span_before),))
    cells.append((figures.hours("2-all-hours", draft.hours, draft.watch_ids(), "hours monitored"),))
    if draft.facts.previous:
        earlier = draft.hours_before or 0.0
        cells.append(
            (figures.hours("2-all-hours-before", earlier, (), "hours monitored", draft.span_before),)
        )
    return Row(tuple(cells), "total")
