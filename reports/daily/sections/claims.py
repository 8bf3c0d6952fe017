"""Section 12: what each party said, and what the mission could say to it."""

from reports.daily import words
from reports.daily.sections.drafting import Draft
from reports.document import Block, Column, Figure, Paragraph, Row, Runs, Section, Table, joined

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
    note = (
        "“Not observed” does not mean “did not happen”. A sector counts as monitored if it was watched all "
        "the time alleged."
    )
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
