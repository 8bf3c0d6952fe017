"""The spot report of one incident: what was observed, told, claimed and assessed, and what is not known."""

from collections.abc import Sequence

from incidents.casework.queries import IncidentRow
from incidents.intake.queries import ObservationRow
from incidents.taxonomy.model import NOT_KNOWN
from reports.daily.drawing import annex_b
from reports.daily.facts import Facts
from reports.daily.sections.annexes import annex_a, annex_d
from reports.daily.sections.claims import claims
from reports.daily.sections.drafting import Draft
from reports.daily.sections.events import narrated
from reports.daily.sections.headline import header
from reports.document import Block, Bullet, Bullets, Document, Paragraph, Runs, Section
from reports.wording.language import Language, english

WIDE_M = 5000


def assemble(facts: Facts, words: Language | None = None) -> Document:
    """The machine's draft. `facts` hold one incident and its observations only."""
    draft = Draft(facts, words or english())
    (incident,) = facts.incidents
    rows = sorted(facts.observations, key=lambda row: (row.t_start, row.observation_id))
    observed = [row for row in rows if row.info_type == "observed"]
    told = [row for row in rows if row.info_type != "observed"]
    sections = (
        _summary(draft, incident, rows),
        _narrated(draft, "2", "observed", observed),
        _narrated(draft, "3", "told", told),
        claims(draft),
        _assessed(draft, incident, observed, told),
        _not_known(draft, rows),
        annex_a(draft),
        annex_b(draft),
        annex_d(draft),
    )
    return Document(header(draft), sections)


def _summary(draft: Draft, incident: IncidentRow, rows: Sequence[ObservationRow]) -> Section:
    start, end = rows[0].t_start, max(row.t_end for row in rows)
    ids = [row.observation_id for row in rows]
    of = draft.text("of.records_of", kind=incident.label)
    first = draft.say(
        "spot.summary",
        len(ids),
        incident=incident.label,
        when=draft.words.short_span(start, end, draft.zone),
        sector=draft.sector(rows[0].sector_code),
        assessment=draft.text(f"assessment.{incident.assessment}"),
        records=draft.figures.count("1-records", ids, of, spelt=True),
    )
    bullets = [Bullet("b-incident", first)]
    bullets += [
        Bullet(f"b-row-{number}", narrated(draft, row, "1")) for number, row in enumerate(rows[:4], 1)
    ]
    return Section("1", "summary", draft.text("title.summary"), (Bullets(tuple(bullets)),))


def _narrated(draft: Draft, number: str, key: str, rows: Sequence[ObservationRow]) -> Section:
    blocks: list[Block] = [Paragraph(narrated(draft, row, number)) for row in rows]
    if not blocks:
        blocks = [Paragraph(draft.say(f"spot.{key}_none"))]
    return Section(number, key, draft.text(f"spot.{key}"), tuple(blocks))


def _assessed(
    draft: Draft, incident: IncidentRow, observed: Sequence[ObservationRow], told: Sequence[ObservationRow]
) -> Section:
    teams = {row.team_id for row in observed}
    said = draft.say(
        "spot.assessed_as",
        assessment=draft.text(f"assessment.{incident.assessment}"),
        teams=draft.words.numeral(len(teams)),
        told=draft.words.numeral(len(told)),
    )
    return Section("5", "assessed", draft.text("spot.assessed"), (Paragraph(said),))


def _not_known(draft: Draft, rows: Sequence[ObservationRow]) -> Section:
    """The open ends that the records themselves show; a report that hides them will be corrected."""
    found: list[tuple[str, list[str]]] = [
        ("weapon", [r.observation_id for r in rows if r.category == "CFV" and r.weapon in (None, NOT_KNOWN)]),
        ("place", [r.observation_id for r in rows if r.lon is None]),
        ("wide", [r.observation_id for r in rows if (r.event_uncertainty_m or 0) > WIDE_M]),
        ("unreviewed", [r.observation_id for r in rows if r.processing != "accepted"]),
        ("number", [r.observation_id for r in rows if draft.is_counted(r) and r.count_qualifier != "exact"]),
    ]
    lines: list[Runs] = []
    for key, ids in found:
        if ids:
            of = draft.text(f"spot.gap.{key}")
            figure = draft.figures.count(f"6-{key}", ids, of)
            lines.append(draft.say("spot.gap_line", gap=of, records=figure))
    if len({row.team_id for row in rows}) == 1:
        lines.append(draft.say("spot.one_source"))
    blocks: tuple[Block, ...] = tuple(Paragraph(line) for line in lines)
    if not blocks:
        blocks = (Paragraph(draft.say("spot.nothing_open")),)
    return Section("6", "not_known", draft.text("spot.not_known"), blocks)
