"""Annexes A, C and D: the table of violations, the hours watched, the method."""

import hashlib

from incidents.intake.queries import ObservationRow
from monitor.watches.coverage import WATCH_KINDS
from reports.daily import words
from reports.daily.sections.drafting import Draft, table
from reports.document import Block, Column, Paragraph, Row, Runs, Section, Table

METHODS = ("counting", "comparing", "hedging")


def annex_a(draft: Draft) -> Section:
    """The table of violations; where two heard one event, the fuller count stands and the other is named."""
    title = draft.text("title.annex_a")
    if not draft.annex_rows:
        hours = draft.words.hours(draft.hours)
        key = "annex_a.none" if draft.hours > 0 else "annex_a.unwatched"
        return Section("", "annex_a", title, (Paragraph(draft.say(key, hours=hours)),))
    rows = [_annex_row(draft, row) for row in draft.annex_rows]
    names = (
        *("ref", "observed_from", "event", "means", "number", "observation", "description", "weapon"),
        *("when", "incident"),
    )
    heads = draft.heads(
        *names, ref=0.55, observed_from=2.3, event=1.4, means=1.1, number=0.9, description=1.9, incident=0.9
    )
    note = draft.text("annex_a.note")
    told = table("annex-a", draft.text("annex_a.caption"), heads, rows, note, True)
    return Section("", "annex_a", title, (told,), True)


def _annex_row(draft: Draft, row: ObservationRow) -> Row:
    ref = draft.refs[row.observation_id]
    incident = draft.facts.incident_of.get(row.observation_id)
    of = words.unit(row.type, 2, draft.words)
    cells: tuple[Runs, ...] = (
        (ref,),
        (draft.spot(row) or draft.text("dash"),),
        (words.from_there(draft.facts.positions.get(row.observation_id), draft.words),),
        (words.means(row, draft.words),),
        (draft.figures.total(f"A-{ref}", draft.total_of(row), of),),
        (words.kind_label(row.type, draft.words),),
        (words.description(row, draft.words),),
        (words.weapon(row, draft.words),),
        (words.when(row, draft.zone, draft.words),),
        (incident.label,) if incident else draft.dash,
    )
    return Row(cells, ref=row.observation_id)


def annex_c(draft: Draft) -> Section:
    """Where somebody watched and for how long: without it no number can be read."""
    blocks: list[Block] = [_coverage(draft)]
    names = {post.code: words.place_name(post, post.code, draft.words) for post in draft.facts.posts}
    for down in draft.facts.cameras_down:
        since = draft.text("annex_c.down_period")
        if down.since:
            since = draft.text("annex_c.since", at=draft.words.moment(down.since, draft.zone))
        camera = names.get(down.post, down.post)
        said = draft.say("annex_c.down", camera=camera, sector=draft.sector(down.sector), since=since)
        blocks.append(Paragraph(said))
    return Section("", "annex_c", draft.text("title.annex_c"), tuple(blocks))


def _coverage(draft: Draft) -> Table:
    text = draft.text
    rows = [_sector_row(draft, code, name) for code, name in draft.sector_names.items()]
    total: list[Runs] = [(text("place.all"),)]
    for kind in WATCH_KINDS:
        mine = [watch for watch in draft.facts.watches if watch.kind == kind]
        of = text("of.watch_hours", kind=text(f"watch.{kind}"))
        ids = [watch.watch_id for watch in mine]
        total.append((draft.figures.hours(f"C-all-{kind}", sum(w.hours for w in mine), ids, of),))
    hours = draft.figures.hours("C-all", draft.hours, draft.watch_ids(), text("thing.hours"))
    total += [(hours,), draft.dash]
    grouped = text("head.watch_hours")
    heads = (
        Column(text("head.sector"), weight=2, key="sector"),
        *(Column(text(f"head.{name}"), "right", 0.9, grouped) for name in ("patrols", "posts", "cameras")),
        Column(text("head.monitored"), "right", 1.2, key="monitored"),
        Column(text("head.watched_by"), weight=2.6),
    )
    caption, note = text("annex_c.caption"), text("annex_c.note")
    return table("coverage", caption, heads, [*rows, Row(tuple(total), "total")], note)


def _sector_row(draft: Draft, code: str, name: str) -> Row:
    text = draft.text
    spans = [watch for watch in draft.facts.watches if watch.sector == code]
    cells: list[Runs] = [(name,)]
    for kind in WATCH_KINDS:
        mine = [span for span in spans if span.kind == kind]
        hours = sum(span.hours for span in mine)
        of = text("of.watch_hours_in", kind=text(f"watch.{kind}"), place=name)
        ids = [span.watch_id for span in mine]
        figure = draft.figures.hours(f"C-{code}-{kind}", hours, ids, of)
        cells.append((figure,) if hours else draft.dash)
    monitored = draft.facts.hours.get(code, 0.0)
    figure = draft.figures.hours(
        f"C-{code}", monitored, draft.watch_ids(code), text("of.hours_in", place=name)
    )
    cells.append((figure,) if monitored else (text("violations.not_monitored_cell"),))
    posts = sorted({span.post for span in spans if span.post})
    cells.append((", ".join(posts) or text("dash"),))
    return Row(tuple(cells))


def annex_d(draft: Draft) -> Section:
    """How the numbers were made, and with which rules, code lists and records."""
    facts = draft.facts
    used = [row for row in facts.observations if not row.is_training]
    records = [row.observation_id for row in used]
    said = draft.say(
        "method.records",
        len(records),
        records=draft.figures.count("D-records", records, draft.text("of.records")),
        rules=", ".join(facts.rule_versions) or draft.text("method.no_rules"),
        codes=facts.taxonomy_digest[:16],
        set=record_set(used)[:16],
    )
    blocks: list[Block] = [Paragraph(draft.say(f"method.{name}"), "small") for name in METHODS]
    return Section("", "annex_d", draft.text("title.annex_d"), (*blocks, Paragraph(said, "small")))


def record_set(rows: list[ObservationRow]) -> str:
    """One SHA-256 over which records, in which revision and state, the paper stands on."""
    told = sorted(f"{row.observation_id} {row.revision_no} {row.digest} {row.processing}" for row in rows)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
