"""Annexes A, C and D: the table of violations, the hours watched, the method."""

from incidents.casework import counting
from incidents.intake.queries import ObservationRow
from reports.daily import words
from reports.daily.sections.drafting import DASH, Draft
from reports.document import Block, Column, Paragraph, Row, Runs, Section, Table
from reports.wording import numbers, phrases

METHOD = (
    "Totals add accepted observations of explosions, bursts, shots, projectiles in flight, muzzle flashes, "
    "illumination flares, exchanges of fire and strikes from the air, made by the mission itself. What was "
    "told, claimed or read never enters them. One burst counts as one. What several observers heard of one "
    "incident counts once, with the largest number; observations that nobody has joined are counted "
    "separately. “About” stands where a number is not exact, “at least” where nobody can say how many at "
    "most. The event's time decides the period, the moment of receipt whether it was known at the cut-off. "
    "A sector is that of the event where 95 % of its area lies inside, else that of the observer.",
    "Comparison: periods are compared if their monitored hours differ by at most 15 %; “similar” means "
    "a difference of at most three or 10 %, “significantly” at least double (or half) and 30 apart. A zero "
    "is printed only where somebody watched.",
)


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
        "Listed are violations that patrols observed themselves or cameras recorded. Details are the "
        "monitors' assessments and not necessarily precise. N/K: not known because of distance, weather or "
        "technical limits. Exercises are included. Rows of one incident count once."
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
