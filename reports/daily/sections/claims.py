"""Section 12: what each party said, and what the mission could say to it."""

from reports.daily import words
from reports.daily.sections.alerts import separated
from reports.daily.sections.drafting import Draft, table
from reports.document import Block, Column, Paragraph, Row, Runs, Section, Table

ANSWERS = ("matched", "not_observed", "not_monitored")


def claims_line(draft: Draft, key: str) -> Runs:
    given = draft.facts.claims
    if not given:
        return ()
    ids = [one.claim.id for one in given]
    received = draft.figures.count(f"{key}-received", ids, draft.text("of.claims"), "claim", spelt=True)
    answers = []
    for answer in ANSWERS:
        phrase = draft.text(f"claims.answer.{answer}")
        of = draft.text("of.claims_answered", answer=phrase)
        mine = [one.claim.id for one in given if one.answer == answer]
        if not mine:
            continue
        figure = draft.figures.count(f"{key}-{answer}", mine, of, "claim", spelt=True)
        answers.append(draft.inside("claims.answered", number=figure, answer=phrase))
    return draft.say("claims.line", len(ids), received=received, answers=separated(answers))


def claims(draft: Draft) -> Section:
    """What each party said, and what the mission could say to it. Claims never enter the totals."""
    given, title = draft.facts.claims, draft.text("title.claims")
    if not given:
        return Section("12", "claims", title, (Paragraph(draft.say("claims.none")),))
    names = {
        claimant: party.name_in(draft.words.code)
        for party in draft.facts.mission.parties
        for claimant in party.claimants
    }
    rows = [
        _claimant_row(draft, claimant, names) for claimant in sorted({one.claim.claimant for one in given})
    ]
    heads = (
        Column(draft.text("head.claimant"), weight=2.4, key="claimant"),
        *(Column(draft.text(f"head.{name}"), "right", 1.5, key=name) for name in ("received", *ANSWERS)),
    )
    blocks: list[Block] = [
        Paragraph(claims_line(draft, "12-claims")),
        table("claims", draft.text("claims.caption"), heads, rows, draft.text("claims.note")),
        _claims_listed(draft),
    ]
    return Section("12", "claims", title, tuple(blocks))


def _claimant_row(draft: Draft, claimant: str, names: dict[str, str]) -> Row:
    mine = [one for one in draft.facts.claims if one.claim.claimant == claimant]
    party = names.get(claimant, mine[0].claim.claimant_party)
    named = claimant.replace("_", " ")
    cells: list[Runs] = [(draft.text("claims.party", claimant=named, party=party),)]
    for answer in (None, *ANSWERS):
        ids = [one.claim.id for one in mine if answer is None or one.answer == answer]
        phrase = draft.text(f"claims.answer.{answer}" if answer else "of.claims_received")
        of = draft.text("of.claims_of", claimant=named, answer=phrase)
        cells.append((draft.figures.count(f"12-{claimant}-{answer or 'received'}", ids, of, "claim"),))
    return Row(tuple(cells))


def _claims_listed(draft: Draft) -> Table:
    rows = []
    order = {row.observation_id: index for index, row in enumerate(draft.annex_rows)}
    for index, one in enumerate(draft.facts.claims, 1):
        claim = one.claim
        ids = sorted(one.observation_ids, key=lambda ref: order.get(ref, len(order)))
        seen = ", ".join(draft.refs.get(ref, ref[:8]) for ref in ids)
        answer = draft.text(f"claims.answer.{one.answer}")
        stated = claim.stated_type.replace("_", " ")
        cells: tuple[Runs, ...] = (
            (f"C{index}",),
            (claim.claimant.replace("_", " "),),
            (draft.words.short_span(claim.t_start, claim.t_end or claim.t_start, draft.zone),),
            (draft.foreign(claim.place_text),) if claim.place_text else draft.dash,
            (words.lower_label(claim.type, draft.words) + " (“", draft.foreign(stated), "”)"),
            (draft.sector(one.sector) if one.sector else draft.text("place.not_placed"),),
            (draft.text("claims.seen", answer=answer, refs=seen) if seen else answer,),
        )
        rows.append(Row(cells, ref=claim.id))
    names = ("ref", "claimant", "time_alleged", "place_alleged", "alleged", "sector", "answer")
    heads = draft.heads(*names, time_alleged=1.9, place_alleged=2.0, alleged=2.0, answer=1.7)
    return table("claims-list", draft.text("claims.listed"), heads, rows, None, True)
