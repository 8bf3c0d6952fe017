"""The pack for a meeting with one party: open incidents, chronology, questions and earlier answers."""

from collections.abc import Sequence

from incidents.claims.queries import ClaimWithVerdict
from reports.daily import words as said_words
from reports.daily.facts import Facts
from reports.daily.sections.annexes import annex_d
from reports.daily.sections.drafting import Draft, table
from reports.daily.sections.headline import header
from reports.daily.sections.records import COOPERATION, records
from reports.document import Block, Bullet, Bullets, Document, Paragraph, Row, Runs, Section
from reports.wording.language import Language, english

CLOSED = ("refuted", "withdrawn", "confirmed", "unverifiable")


def assemble(facts: Facts, party: str, words: Language | None = None) -> Document:
    """The machine's draft of the pack for one party, by its code."""
    draft = Draft(facts, words or english())
    row = next(one for one in facts.mission.parties if one.code == party)
    name = row.name_in(draft.words.code)
    mine = [one for one in facts.claims if one.claim.claimant in row.claimants]
    sections = (
        _summary(draft, name, mine),
        _open(draft, mine),
        _chronology(draft, mine),
        _questions(draft, mine),
        records(draft, COOPERATION),
        annex_d(draft),
    )
    return Document(header(draft), sections)


def _summary(draft: Draft, name: str, mine: Sequence[ClaimWithVerdict]) -> Section:
    ids = [one.claim.id for one in mine]
    received = draft.figures.count("1-claims", ids, draft.text("of.claims"), "claim", spelt=True)
    lines = [Bullet("b-claims", draft.say("pack.summary", len(ids), party=name, claims=received))]
    for answer in ("matched", "not_observed", "not_monitored"):
        told = [one.claim.id for one in mine if one.answer == answer]
        if not told:
            continue
        phrase = draft.text(f"claims.answer.{answer}")
        of = draft.text("of.claims_answered", answer=phrase)
        figure = draft.figures.count(f"1-{answer}", told, of, "claim", spelt=True)
        line = draft.say("claims.answered", number=figure, answer=phrase)
        lines.append(Bullet(f"b-{answer}", (*line, ".")))
    return Section("1", "summary", draft.text("title.summary"), (Bullets(tuple(lines)),))


def _open(draft: Draft, mine: Sequence[ClaimWithVerdict]) -> Section:
    """The incidents that the party's claims touch and that nobody has brought to an end."""
    seen = {one for claim in mine for one in claim.observation_ids}
    rows = []
    for incident in sorted(draft.facts.incidents, key=lambda one: one.number):
        touched = [one for one in incident.observation_ids if one in seen]
        if not touched or incident.assessment in CLOSED:
            continue
        first = draft.rows.get(touched[0])
        number = draft.figures.count(
            f"2-{incident.number}", touched, draft.text("of.records_of", kind=incident.label)
        )
        cells: tuple[Runs, ...] = (
            (incident.label,),
            (said_words.when(first, draft.zone, draft.words) if first else draft.text("dash"),),
            (draft.sector(first.sector_code if first else None),),
            (draft.text(f"assessment.{incident.assessment}"),),
            (number,),
        )
        rows.append(Row(cells, ref=incident.incident_id))
    title = draft.text("pack.open")
    if not rows:
        return Section("2", "open", title, (Paragraph(draft.say("pack.open_none")),))
    heads = draft.heads("incident", "when", "sector", "assessment", "records", assessment=2.4)
    return Section("2", "open", title, (table("open", title, heads, rows),))


def _chronology(draft: Draft, mine: Sequence[ClaimWithVerdict]) -> Section:
    title = draft.text("pack.chronology")
    if not mine:
        return Section("3", "chronology", title, (Paragraph(draft.say("claims.none")),))
    rows = []
    for index, one in enumerate(mine, 1):
        claim = one.claim
        refs = ", ".join(draft.refs.get(ref, ref[:8]) for ref in one.observation_ids)
        answer = draft.text(f"claims.answer.{one.answer}")
        cells: tuple[Runs, ...] = (
            (f"C{index}",),
            (draft.words.short_span(claim.t_start, claim.t_end or claim.t_start, draft.zone),),
            (draft.foreign(claim.place_text),) if claim.place_text else draft.dash,
            (said_words.lower_label(claim.type, draft.words),),
            (draft.text("claims.seen", answer=answer, refs=refs) if refs else answer,),
        )
        rows.append(Row(cells, ref=claim.id))
    names = ("ref", "time_alleged", "place_alleged", "alleged", "answer")
    heads = draft.heads(*names, time_alleged=1.8, place_alleged=2.4, alleged=1.6, answer=2.4)
    return Section("3", "chronology", title, (table("chronology", title, heads, rows),))


def _questions(draft: Draft, mine: Sequence[ClaimWithVerdict]) -> Section:
    """What the mission asks, drafted from what it could not see; a person rewrites or strikes them."""
    blocks: list[Block] = []
    for index, one in enumerate(mine, 1):
        if one.answer == "matched":
            continue
        asked = draft.say(
            f"pack.ask_{one.answer}",
            ref=f"C{index}",
            when=draft.words.short_moment(one.claim.t_start, draft.zone),
        )
        blocks.append(Paragraph(asked))
    if not blocks:
        blocks.append(Paragraph(draft.say("pack.no_questions")))
    return Section("4", "questions", draft.text("pack.questions"), tuple(blocks))
