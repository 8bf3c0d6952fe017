"""The document of one period from its facts. A section is a function; what it says follows fixed phrases.

Nothing is fetched here and nothing kept: the same facts give the same document.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from incidents.casework import counting
from incidents.casework.counting import Counted, Total
from incidents.intake.queries import ObservationRow
from incidents.taxonomy.loader import taxonomy
from reports.daily import words
from reports.daily.drawing import annex_b
from reports.daily.facts import AlertInPeriod, Facts
from reports.daily.numbering import Numbers
from reports.document import (
    Block,
    Bullet,
    Bullets,
    Column,
    Document,
    Figure,
    Header,
    Note,
    Paragraph,
    Row,
    Run,
    Runs,
    Section,
    Span,
    Strong,
    Table,
    fill,
    joined,
)
from reports.wording import numbers, phrases
from reports.wording.comparison import Comparison, compare

THING = "ceasefire violations"
DASH: Runs = (words.NOT_SAID,)
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
NOTABLE = ("possible", "corroborated", "confirmed", "disputed")
CORRECTED = ("refuted", "withdrawn")
HARM, RESTRICTION = "CAS", "FOM"
NEAR_THE_MISSION = ("in_direction_of", "near_miss", "struck")
EXPOSURE_WORDS = {
    "in_direction_of": "in the direction of a patrol",
    "near_miss": "close to a patrol",
    "struck": "striking a patrol",
}
ALERT_WORDS = {
    "raised": "raised",
    "strengthened": "strengthened",
    "amended": "amended",
    "withdrawn": "withdrawn by new data",
    "needs_review": "to be reviewed: its evidence fell away",
    "resolved": "resolved: quiet",
    "reopened": "reopened",
    "superseded": "joined to another alert",
    "closed": "closed",
}


class Draft:
    """The facts with what several sections need of them: names, refs, totals and the maker of figures."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.language = "en"
        self.zone = facts.mission.zone
        self.span = (_iso(facts.period.start), _iso(facts.period.end))
        self.span_before = (
            (_iso(facts.previous.start), _iso(facts.previous.end)) if facts.previous else self.span
        )
        self.figures = Numbers(*self.span)
        start, end, at = facts.period.start, facts.period.end, facts.cut_off
        counted = facts.counted(facts.observations)
        self.violations = counting.accepted_violations(counted, start, end, at)
        self.unreviewed = counting.unreviewed_violations(counted, start, end, at)
        self.violations_before: list[Counted] = []
        if facts.previous:
            before = facts.counted(facts.observations_before)
            self.violations_before = counting.accepted_violations(
                before, facts.previous.start, facts.previous.end, at
            )
        self.rows = {row.observation_id: row for row in facts.observations}
        listed = [self.rows[one.id] for one in self.violations]
        self.annex_rows = sorted(listed, key=lambda row: (row.t_start, row.observation_id))
        self.refs = {row.observation_id: f"A{index}" for index, row in enumerate(self.annex_rows, 1)}
        self.sector_names = {
            place.code: words.place_name(place, place.code, self.language) for place in facts.sectors
        }

    @property
    def hours(self) -> float:
        return sum(self.facts.hours.values())

    @property
    def hours_before(self) -> float | None:
        return sum(self.facts.hours_before.values()) if self.facts.previous else None

    @property
    def this(self) -> str:
        """The period in a sentence."""
        length = round((self.facts.period.end - self.facts.period.start) / dt.timedelta(hours=1))
        return f"in the {length} hours to {phrases.moment(self.facts.period.end, self.zone)}"

    @property
    def that(self) -> str:
        if not self.facts.previous:
            return "before"
        end = self.facts.previous.end
        return f"in the previous period (to {phrases.clock(end, self.zone)} on {phrases.day(end, self.zone, year=False)})"

    def sector(self, code: str | None) -> str:
        return self.sector_names.get(code or "", code or "outside the sectors")

    def watch_ids(self, sector: str | None = None) -> list[str]:
        return [span.watch_id for span in self.facts.spans if sector is None or span.sector == sector]

    def accepted(self, category: str) -> list[ObservationRow]:
        return [
            row
            for row in self.facts.observations
            if row.category == category and row.processing == "accepted"
        ]


def assemble(facts: Facts) -> Document:
    """The machine's draft of a summary."""
    draft = Draft(facts)
    sections = [
        violations(draft),
        notable_events(draft),
        civilian_harm(draft),
        claims(draft),
        freedom_of_movement(draft),
        late_and_corrections(draft),
        alerts(draft),
        annex_a(draft),
        annex_b(draft.facts, draft.refs, draft.rows, draft.language),
        annex_c(draft),
        annex_d(draft),
    ]
    return Document(header(draft), (summary(draft), *sections))


def header(draft: Draft) -> Header:
    facts = draft.facts
    period, zone = facts.period, draft.zone
    utc = f"{period.start:%H:%M} UTC on {period.start.day} {phrases.MONTHS[period.start.month - 1]} to "
    utc += f"{period.end:%H:%M} UTC on {period.end.day} {phrases.MONTHS[period.end.month - 1]}"
    last = facts.last_issued
    return Header(
        mission=facts.mission.name_in(draft.language).removesuffix(" (exercise)"),
        mission_code=facts.mission.code,
        title="Daily summary",
        number=facts.number,
        year=facts.year,
        edition=None,
        state="draft",
        periods=(Span(*draft.span, f"{phrases.period(period.start, period.end, zone)} ({utc})"),),
        cut_off_utc=_iso(facts.cut_off),
        cut_off_text=phrases.moment(facts.cut_off, zone),
        zone=phrases.offset(facts.cut_off, zone),
        late_up_to_utc=_iso(facts.cut_off),
        late_up_to_text=phrases.moment(facts.cut_off, zone),
        classification="internal",
        is_exercise=facts.mission.is_exercise,
        language=draft.language,
        previous_pdf_sha256=last.pdf_sha256 if last else None,
        previous_title=last.title if last else None,
    )


# --- 1 Summary ---------------------------------------------------------------------------------------------


def summary(draft: Draft) -> Section:
    """Five to nine lines, the first on violations, the last on freedom of movement."""
    lines: list[tuple[str, Runs]] = [("violations", compared(draft, "1-total"))]
    explosions = including_explosions(draft, "1-explosions")
    if explosions:
        lines[0] = ("violations", joined((*lines[0][1], " ", *explosions)))
    lines += [(key, line) for key, line in _further_lines(draft) if line]
    return Section(
        "1", "summary", "Summary", (Bullets(tuple(Bullet(f"b-{key}", line) for key, line in lines)),)
    )


def _further_lines(draft: Draft) -> list[tuple[str, Runs]]:
    return [
        ("where", most_observed(draft, "1-where")),
        ("exercise", exercise_line(draft, "1-exercise")),
        ("not-monitored", not_monitored_line(draft)),
        ("mission-safety", near_the_mission(draft, "1-near")),
        ("incidents", assessed_incidents(draft)),
        ("harm", harm_line(draft)),
        ("claims", claims_line(draft, "1-claims")),
        ("alerts", alerts_line(draft, "1-alerts")),
        ("late", late_line(draft)),
        ("unreviewed", unreviewed_line(draft, "1-unreviewed")),
        ("movement", movement_line(draft)),
    ]


# --- 2 Ceasefire violations --------------------------------------------------------------------------------


def compared(draft: Draft, key: str, sector: str | None = None) -> Runs:
    """The total of the mission, or of one sector, against the period before, by the fixed rule."""
    now = _total(draft.violations, sector)
    before = _total(draft.violations_before, sector)
    hours_now = draft.facts.hours.get(sector, 0.0) if sector else draft.hours
    hours_before = draft.hours_before
    if sector and draft.facts.previous:
        hours_before = draft.facts.hours_before.get(sector, 0.0)
    comparison = compare(now.best, before.best if draft.facts.previous else None, hours_now, hours_before)
    return _say(draft, comparison, key, now, before, hours_now, hours_before or 0.0, sector)


def _total(observations: Sequence[Counted], sector: str | None) -> Total:
    if sector is None:
        return counting.total(observations)
    whole = counting.NOTHING
    for part in counting.by_sector_and_kind(observations).get(sector, {}).values():
        whole = whole + part
    return whole


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
    """ "Including about 60 explosions (about 110 before)": totals add different kinds, so this is always said."""
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
    totals = {sector: _sum(parts.values()) for sector, parts in kinds.items()}
    ranked = sorted(totals.items(), key=lambda item: (-item[1].best, item[0]))[:2]
    if len(totals) < 2 or not ranked[0][1].best:
        return ()
    said: list[str | Figure] = ["Most were observed in "]
    for index, (sector, total) in enumerate(ranked):
        figure = draft.figures.total(f"{key}-{sector}", total, f"{THING}, {draft.sector(sector)}")
        said += [" and " if index else "", draft.sector(sector), " (", figure, ")"]
    return joined((*said, "."))


def _sum(parts: Iterable[Total]) -> Total:
    whole = counting.NOTHING
    for part in parts:
        whole = whole + part
    return whole


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
    noun = "record" if len(waiting.ids) == 1 else "records"
    verb = "tells" if len(waiting.ids) == 1 else "tell"
    total = figures.total(f"{key}-total", waiting, f"{THING}, not yet reviewed", spelt=True)
    return (
        "Beside these totals stand ", records, f" {noun} that nobody had reviewed at the cut-off; they {verb} of "
        if len(waiting.ids) != 1
        else f" {noun} that nobody had reviewed at the cut-off; it {verb} of ",
        total,
        " further violation." if waiting.best == 1 else " further violations.",
    )  # fmt: skip


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
        if not draft.facts.hours.get(code) and not _total(draft.violations, code).best:
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
        text = " records count in the sector where the observer stood, because the event's own area crosses its edge."
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
    before = {code: _total(draft.violations_before, code) for code in [*draft.sector_names, ""]}
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
        part = _sum(parts[code] for code in codes if code in parts)
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
    whole = _sum(parts.values())
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


# --- 3 Notable events --------------------------------------------------------------------------------------


def notable_events(draft: Draft) -> Section:
    """One paragraph an incident that somebody assessed, in the order of the events; then what came near us."""
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


def numbers_capital(figure: Figure) -> Figure:
    """The figure as the first word of a sentence."""
    return Figure(
        figure.id,
        numbers.capital(figure.text),
        figure.value,
        figure.qualifier,
        figure.query,
        figure.parameters,
        figure.ids,
        figure.of,
    )


def assessed_incidents(draft: Draft) -> Runs:
    told = [one for one in draft.facts.incidents if one.assessment in ("corroborated", "confirmed")]
    if not told:
        return ()
    ids = [one.incident_id for one in told]
    figure = draft.figures.count(
        "1-incidents", ids, "incidents corroborated or confirmed", "incident", spelt=True
    )
    confirmed = [one for one in told if one.assessment == "confirmed"]
    noun = "incident" if len(ids) == 1 else "incidents"
    said: Runs = ("The mission holds ", figure, f" {noun} of this period as corroborated")
    if not confirmed:
        return (*said, " (section 3).")
    part = draft.figures.count(
        "1-confirmed", [one.incident_id for one in confirmed], "incidents confirmed", "incident", spelt=True
    )
    return (*said, " or confirmed, of which ", part, " confirmed (section 3).")


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


# --- 4 Civilian harm ---------------------------------------------------------------------------------------


def harm_line(draft: Draft) -> Runs:
    rows = draft.accepted(HARM)
    if not rows:
        return ()
    ids = [row.observation_id for row in rows]
    figure = draft.figures.count("1-harm", ids, "records of civilian harm", spelt=True)
    noun = "record" if len(ids) == 1 else "records"
    return ("The mission accepted ", figure, f" {noun} of harm to persons (section 4).")


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
    note = "Persons, not records. Ranges stand where sources differ. Only confirmed harm enters cumulative figures."
    table = Table("harm", "Records of harm to persons", heads, tuple(table_rows), note)
    return Section("4", "harm", "Civilian harm", (table,))


def _established(row: ObservationRow, language: str) -> str:
    given = row.fields.get("established_by")
    codes = given if isinstance(given, list) else [given] if given else []
    labels = [taxonomy().label("established_by", code, language) for code in codes]
    return ", ".join(labels) or words.NOT_SAID


# --- 12 Claims ---------------------------------------------------------------------------------------------

ANSWER_WORDS = {
    "matched": "matched",
    "not_observed": "not observed while monitored",
    "not_monitored": "not monitored",
}


def claims_line(draft: Draft, key: str) -> Runs:
    given = draft.facts.claims
    if not given:
        return ()
    figures = draft.figures
    received = figures.count(
        f"{key}-received", [one.claim.id for one in given], "claims", "claim", spelt=True
    )
    said: list[str | Figure] = [
        "Parties made ",
        received,
        " claim about this period: " if len(given) == 1 else " claims about this period: ",
    ]
    for index, (answer, phrase) in enumerate(ANSWER_WORDS.items()):
        ids = [one.claim.id for one in given if one.answer == answer]
        figure = figures.count(f"{key}-{answer}", ids, f"claims {phrase}", "claim", spelt=True)
        said += [", " if index else "", figure, f" {phrase}"]
    return joined((*said, "."))


def claims(draft: Draft) -> Section:
    """What each party said, and what the mission could say to it. Claims never enter the totals."""
    given = draft.facts.claims
    if not given:
        said = "No claim about this period had been recorded at the cut-off."
        return Section("12", "claims", "Claims by the parties", (Paragraph((said,)),))
    names = {
        claimant: party.name_in(draft.language)
        for party in draft.facts.mission.parties
        for claimant in party.claimants
    }
    by_claimant: dict[str, list[str]] = {}
    for one in given:
        by_claimant.setdefault(one.claim.claimant, []).append(one.answer)
    rows = [_claimant_row(draft, claimant, names) for claimant in sorted(by_claimant)]
    heads = (
        Column("Claimant", weight=2.4),
        Column("Received", "right"),
        Column("Matched by an observation", "right", 1.4),
        Column("Not observed while monitored", "right", 1.5),
        Column("No observation possible (not monitored)", "right", 1.7),
    )
    note = "“Not observed” does not mean “did not happen”. A sector counts as monitored if it was watched all the time alleged."
    blocks: list[Block] = [
        Paragraph(claims_line(draft, "12-claims")),
        Table("claims", "Claims about this period, by claimant", heads, tuple(rows), note),
        _claims_listed(draft),
    ]
    return Section("12", "claims", "Claims by the parties", tuple(blocks))


def _claimant_row(draft: Draft, claimant: str, names: dict[str, str]) -> Row:
    mine = [one for one in draft.facts.claims if one.claim.claimant == claimant]
    party = names.get(claimant, mine[0].claim.claimant_party)
    cells: list[Runs] = [(f"{claimant.replace('_', ' ')} ({party})",)]
    for answer in (None, *ANSWER_WORDS):
        ids = [one.claim.id for one in mine if answer is None or one.answer == answer]
        of = f"claims of {claimant}, {ANSWER_WORDS[answer] if answer else 'received'}"
        figure = draft.figures.count(f"12-{claimant}-{answer or 'received'}", ids, of, "claim")
        cells.append((figure,))
    return Row(tuple(cells))


def _claims_listed(draft: Draft) -> Table:
    rows = []
    for index, one in enumerate(draft.facts.claims, 1):
        claim = one.claim
        order = {row.observation_id: index for index, row in enumerate(draft.annex_rows)}
        ids = sorted(one.observation_ids, key=lambda ref: order.get(ref, len(order)))
        seen = ", ".join(draft.refs.get(ref, ref[:8]) for ref in ids)
        answer = ANSWER_WORDS[one.answer] + (f": {seen}" if seen else "")
        cells: tuple[Runs, ...] = (
            (f"C{index}",),
            (claim.claimant.replace("_", " "),),
            (words.spans_of_time(claim.t_start, claim.t_end or claim.t_start, draft.zone),),
            (claim.place_text or words.NOT_SAID,),
            (
                words.kind_label(claim.type, draft.language).lower()
                + f" (“{claim.stated_type.replace('_', ' ')}”)",
            ),
            (draft.sector(one.sector) if one.sector else "not placed in a sector",),
            (answer,),
        )
        rows.append(Row(cells, ref=claim.id))
    heads = (
        Column("Ref", weight=0.55),
        Column("Claimant", weight=1.1),
        Column("Time alleged", weight=1.9),
        Column("Place alleged", weight=2),
        Column("Alleged", weight=2),
        Column("Sector", weight=1.4),
        Column("Answer", weight=1.7),
    )
    return Table("claims-list", "The claims one by one, as stated", heads, tuple(rows), None, True)


# --- 13 Freedom of movement --------------------------------------------------------------------------------


def movement_line(draft: Draft) -> Runs:
    rows = draft.accepted(RESTRICTION)
    if not rows:
        return ("Freedom of movement: no restriction was recorded in this period.*",)
    ids = [row.observation_id for row in rows]
    figure = draft.figures.count("1-movement", ids, "restrictions of freedom of movement", spelt=True)
    noun = "restriction" if len(ids) == 1 else "restrictions"
    return ("Freedom of movement: the mission met ", figure, f" {noun} (section 13).*")


def freedom_of_movement(draft: Draft) -> Section:
    blocks: list[Block] = []
    rows = draft.accepted(RESTRICTION)
    if rows:
        table_rows = []
        for index, row in enumerate(rows, 1):
            reason = row.fields.get("reason_given")
            given = taxonomy().label("reason_given", reason, draft.language) if reason else words.NOT_SAID
            cells: tuple[Runs, ...] = (
                (f"M{index}",),
                (words.when(row, draft.zone),),
                (draft.sector(row.sector_code),),
                (row.observed_from or words.NOT_SAID,),
                (words.kind_label(row.type, draft.language),),
                (given,),
            )
            table_rows.append(Row(cells, ref=row.observation_id))
        heads = (
            Column("Ref", weight=0.6),
            Column("Date, time", weight=1.6),
            Column("Sector", weight=1.5),
            Column("Place", weight=2),
            Column("Restriction", weight=1.6),
            Column("Reason given", weight=1.5),
        )
        blocks.append(Table("movement", "Restrictions the mission met", heads, tuple(table_rows)))
    else:
        blocks.append(Paragraph(("No restriction was recorded in this period.",)))
    standing = (
        "* The mission watches from where it is let in. Restrictions limit what it can observe; the hours in "
        "Annex C show where it could."
    )
    blocks.append(Paragraph((standing,), "small"))
    return Section("13", "movement", "Freedom of movement", tuple(blocks))


# --- 14 Late and corrections -------------------------------------------------------------------------------


def late_line(draft: Draft) -> Runs:
    late = draft.facts.late
    if not late:
        return ()
    ids = [row.observation_id for row in late]
    figure = draft.figures.count("1-late", ids, "records received late", spelt=True)
    noun = "observation" if len(ids) == 1 else "observations"
    return (
        "Since the previous summary came ",
        figure,
        f" late {noun} of earlier periods (section 14).",
    )


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
        said = f"{incident.label} is {phrases.ASSESSMENT[incident.assessment]}; its observations are not counted."
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
    issued = f"{last.title} gave {last.total_text} {THING}; with what has come in and been reviewed since, the number is "
    return (issued, figure, ". The issued paper stays as it is.")


# --- 15 Alerts ---------------------------------------------------------------------------------------------


def alerts_line(draft: Draft, key: str) -> Runs:
    changed: dict[str, list[str]] = {}
    for one in draft.facts.alerts:
        for change in dict.fromkeys(version.change for version in one.versions):
            changed.setdefault(change, []).append(one.row.id)
        if one.closed_at:
            changed.setdefault("closed", []).append(one.row.id)
    wanted = [
        name for name in ("raised", "strengthened", "withdrawn", "resolved", "closed") if name in changed
    ]
    if not wanted:
        return ()
    said: list[str | Figure] = ["Escalation alerts: "]
    for index, name in enumerate(wanted):
        figure = draft.figures.count(f"{key}-{name}", changed[name], f"alerts {name}", "alert", spelt=True)
        said += [", " if index else "", figure, f" {ALERT_WORDS[name].partition(':')[0]}"]
    return joined((*said, " (section 15)."))


def _happened(draft: Draft, one: AlertInPeriod) -> list[str]:
    """What happened to an alert, each kind of change once: how often and when last."""
    times: dict[str, list[dt.datetime]] = {}
    for version in one.versions:
        if version.change != "amended":
            times.setdefault(version.change, []).append(version.recorded_at)
    if one.closed_at:
        times["closed"] = [one.closed_at]
    said = []
    for change, moments in times.items():
        last = phrases.short_moment(moments[-1], draft.zone)
        often = f" {len(moments)} times, last" if len(moments) > 1 else ""
        said.append(f"{ALERT_WORDS[change]}{often} {last}")
    return said


def alerts(draft: Draft) -> Section:
    if not draft.facts.alerts:
        said = "No alert was raised, strengthened, withdrawn or closed in this period."
        return Section("15", "alerts", "Alerts", (Paragraph((said,)),))
    rows = []
    for one in draft.facts.alerts:
        row = one.row
        happened = _happened(draft, one)
        evidence = draft.figures.count(
            f"15-{row.number}",
            [cited.observation_id for cited in row.evidence],
            f"evidence of alert {row.number}",
        )
        cells: tuple[Runs, ...] = (
            (f"Alert {row.number}",),
            (f"{row.rule_title} ({row.rule_id})",),
            (str(row.severity),),
            (draft.sector(row.sector_code),),
            ("; ".join(happened) or words.NOT_SAID,),
            (phrases.short_moment(row.detectable_at, draft.zone),),
            (evidence,),
            (row.state.replace("_", " "),),
        )
        rows.append(Row(cells, ref=row.id))
    heads = (
        Column("Alert", weight=0.9),
        Column("Rule", weight=2.1),
        Column("Severity", "right", 0.8),
        Column("Sector", weight=1.4),
        Column("In this period", weight=2.2),
        Column("Detectable from", weight=1.2),
        Column("Records", "right", 0.8),
        Column("State", weight=1),
    )
    note = (
        "An alert says that a rule matched what was filed, reviewed or not; it is no finding of the mission. "
        "“Detectable from” is when the data sufficed; a withdrawn alert is kept with its reason."
    )
    table = Table(
        "alerts", "Alerts that something happened to in this period", heads, tuple(rows), note, True
    )
    return Section("15", "alerts", "Alerts", (Paragraph(alerts_line(draft, "15-alerts")), table))


# --- Annexes -----------------------------------------------------------------------------------------------


def annex_a(draft: Draft) -> Section:
    """The table of violations; where two heard one event, the fuller count stands and the other is named."""
    rows = [_annex_row(draft, row) for row in draft.annex_rows]
    heads = (
        Column("Ref", weight=0.55),
        Column("Observed from", weight=2.3),
        Column("Event, from there", weight=1.4),
        Column("Means", weight=1.1),
        Column("No.", "right", 0.9),
        Column("Observation", weight=1.4),
        Column("Description", weight=1.9),
        Column("Weapon", weight=1.4),
        Column("Date, time", weight=1.8),
        Column("Incident", weight=0.9),
    )
    note = (
        "Listed are violations that patrols observed themselves or cameras recorded. Details are the monitors' "
        "assessments and not necessarily precise. N/K: not known because of distance, weather or technical "
        "limits. Exercises and controlled detonations are included. Rows of one incident count once."
    )
    title = "Annex A: Ceasefire violations observed"
    if not rows:
        said = f"No ceasefire violations observed ({numbers.hours(draft.hours)} monitored hours)."
        text = said if draft.hours > 0 else "Not monitored."
        return Section("", "annex_a", title, (Paragraph((text,)),))
    table = Table("annex-a", "Violations in the order of time", heads, tuple(rows), note, True)
    return Section("", "annex_a", title, (table,), True)


def _annex_row(draft: Draft, row: ObservationRow) -> Row:
    ref = draft.refs[row.observation_id]
    total = counting.of_one(draft.facts.counted([row])[0])
    incident = draft.facts.incident_of.get(row.observation_id)
    cells: tuple[Runs, ...] = (
        (ref,),
        (row.observed_from or words.NOT_SAID,),
        (words.from_there(draft.facts.positions.get(row.observation_id)),),
        (words.means(row),),
        (draft.figures.total(f"A-{ref}", total, words.unit(row.type, 2)),),
        (words.kind_label(row.type, draft.language),),
        (words.description(row, draft.language),),
        (words.weapon(row, draft.language),),
        (words.when(row, draft.zone),),
        (incident.label if incident else words.NOT_SAID,),
    )
    return Row(cells, ref=row.observation_id)


def annex_c(draft: Draft) -> Section:
    """Where somebody watched and for how long: without it no number can be read."""
    facts, figures = draft.facts, draft.figures
    rows = []
    for code, name in draft.sector_names.items():
        spans = [span for span in facts.spans if span.sector == code]
        cells: list[Runs] = [(name,)]
        for kind in ("patrol", "post", "camera"):
            mine = [span for span in spans if span.kind == kind]
            hours = sum(span.hours for span in mine)
            ids = [span.watch_id for span in mine]
            figure = figures.hours(f"C-{code}-{kind}", hours, ids, f"{kind} watch-hours, {name}")
            cells.append((figure,) if hours else DASH)
        monitored = facts.hours.get(code, 0.0)
        figure = figures.hours(f"C-{code}", monitored, draft.watch_ids(code), f"hours monitored, {name}")
        cells.append((figure,) if monitored else ("not monitored",))
        posts = sorted({span.post for span in spans if span.post})
        cells.append((", ".join(posts) or words.NOT_SAID,))
        rows.append(Row(tuple(cells)))
    total: list[Runs] = [("All sectors",)]
    for kind in ("patrol", "post", "camera"):
        mine = [span for span in facts.spans if span.kind == kind]
        total.append(
            (
                figures.hours(
                    f"C-all-{kind}", sum(span.hours for span in mine), [span.watch_id for span in mine],
                    f"{kind} watch-hours",
                ),
            )
        )  # fmt: skip
    total += [(figures.hours("C-all", draft.hours, draft.watch_ids(), "hours monitored"),), DASH]
    heads = (
        Column("Sector", weight=2),
        Column("Patrols", "right", 0.9, "Watch-hours"),
        Column("Posts", "right", 0.9, "Watch-hours"),
        Column("Cameras", "right", 0.9, "Watch-hours"),
        Column("Hours monitored", "right", 1.2),
        Column("Posts and cameras that watched", weight=2.6),
    )
    note = "Hours monitored: at least one watch was in the sector. Watch-hours: each watch by itself."
    table = Table("coverage", "Hours watched", heads, (*rows, Row(tuple(total), "total")), note)
    blocks: list[Block] = [table]
    names = {post.code: words.place_name(post, post.code, draft.language) for post in facts.posts}
    for down in facts.cameras_down:
        since = f"since {phrases.moment(down.since, draft.zone)}" if down.since else "in this period"
        said = f"{names.get(down.post, down.post)} ({draft.sector(down.sector)}) has not recorded {since}."
        blocks.append(Paragraph((said,)))
    return Section("", "annex_c", "Annex C: Coverage", tuple(blocks))


METHOD = (
    "Totals add accepted observations of kind explosion, burst, shot, projectile in flight, muzzle flash, "
    "illumination flare, exchange of fire, and strikes from the air, made by the mission itself. What was told, "
    "claimed or read never enters them. One burst counts as one. What several observers heard of one incident "
    "counts once, with the largest number; observations that nobody has joined are counted separately. “About” "
    "stands where a number is not exact, “at least” where nobody can say how many at most. The event's time "
    "decides the period, the moment of receipt whether it was known at the cut-off. A sector is that of the "
    "event where 95 % of its area lies inside, else that of the observer.",
    "Comparison: periods are compared if their monitored hours differ by at most 15 %; then “similar” means a "
    "difference of at most three or 10 %, “significantly” at least double (or half) and 30 apart. A zero is "
    "printed only where somebody watched.",
)


def annex_d(draft: Draft) -> Section:
    """How the numbers were made, and with which rules and code lists."""
    facts = draft.facts
    records = [row.observation_id for row in facts.observations]
    figure = draft.figures.count("D-records", records, "records with an event in this period")
    rules = ", ".join(facts.rule_versions) or "none"
    blocks: list[Block] = [Paragraph((text,), "small") for text in METHOD]
    versions = f" records. Rules: {rules}. Code lists: {facts.taxonomy_digest[:16]}."
    blocks.append(Paragraph(("This paper was drafted from ", figure, versions), "small"))
    return Section("", "annex_d", "Annex D: Method", tuple(blocks))


def _iso(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat()
