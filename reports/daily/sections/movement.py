"""Section 13: where the mission was kept from going."""

from reports.daily.sections.drafting import Draft
from reports.daily.sections.records import records_table
from reports.document import Block, Paragraph, Section

RESTRICTION = "FOM"


def freedom_of_movement(draft: Draft) -> Section:
    rows = draft.accepted(RESTRICTION)
    blocks: list[Block] = []
    if rows:
        blocks.append(records_table(draft, "13", "M", rows, draft.text("movement.caption")))
    else:
        blocks.append(Paragraph(draft.say("movement.none")))
    blocks.append(Paragraph(draft.say("movement.standing"), "small"))
    return Section("13", "movement", draft.text("title.movement"), tuple(blocks))
