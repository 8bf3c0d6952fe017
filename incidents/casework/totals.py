"""Totals of any span as known at any moment: by sector and kind, with ids, ranges and what came late.

Persons harmed are counted where it is known who is who: in `incidents.protection`.
"""

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from incidents.casework import counting, queries
from incidents.casework.counting import Range, Total
from incidents.intake import queries as intake


@dataclass(frozen=True)
class Totals:
    """What was counted in [start, end) as known at a moment. `late_ids` came after `end`."""

    start: dt.datetime
    end: dt.datetime
    known_at: dt.datetime
    violations: Range
    exercise: Total
    unreviewed: Total
    late_ids: tuple[str, ...]
    by_sector: dict[str, dict[str, Total]] = field(hash=False)


def totals(session: Session, start: dt.datetime, end: dt.datetime, known_at: dt.datetime) -> Totals:
    """Counts the span by the mission's rules. Crosses all sectors."""
    rows = intake.observations(session, start, end, known_at=known_at)
    counted = queries.counted(session, rows, known_at)
    accepted = counting.accepted_violations(counted, start, end, known_at)
    held = {one.id for one in accepted}
    pairs = queries.open_pairs(session, [row for row in rows if row.observation_id in held], known_at)
    return Totals(
        start=start,
        end=end,
        known_at=known_at,
        violations=counting.range_of(accepted, pairs),
        exercise=counting.total(counting.exercise_part(accepted)),
        unreviewed=counting.total(counting.unreviewed_violations(counted, start, end, known_at)),
        late_ids=tuple(one.id for one in accepted if one.received_at > end),
        by_sector=counting.by_sector_and_kind(accepted),
    )
