"""Section 13: where the mission was kept from going."""

from incidents.taxonomy.loader import taxonomy
from reports.daily import words
from reports.daily.sections.drafting import Draft
from reports.document import Block, Column, Paragraph, Row, Runs, Section, Table

RESTRICTION = "FOM"


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
