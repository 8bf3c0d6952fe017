"""Totals of any span as known at any moment: by sector and kind, with ids, ranges and what came late."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from incidents.casework import counting, queries
from incidents.casework.casualties import Harm, Toll, tolls
from incidents.casework.counting import Counted, Range, Total
from incidents.intake import queries as intake
from incidents.intake.queries import ObservationRow


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
    harm: dict[str, Toll] = field(hash=False)


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
        harm=tolls(harms(session, rows, counted)),
    )


def harms(session: Session, rows: Collection[ObservationRow], counted: Sequence[Counted]) -> list[Harm]:
    """The accepted reports of persons harmed. Told ones are among them: harm is established by sources, not
    by what we saw ourselves; only a confirmed incident enters the cumulative figure."""
    by_id = {one.id: one for one in counted}
    found = []
    for row in rows:
        one = by_id[row.observation_id]
        if row.category != "CAS" or row.processing != "accepted" or row.is_training:
            continue
        if one.assessment in counting.NOT_COUNTED_ASSESSMENTS or row.type not in (
            "killed",
            "injured",
            "missing",
        ):
            continue
        part = counting.of_one(one)
        found.append(
            Harm(
                id=row.observation_id,
                incident=one.incident or row.observation_id,
                outcome=row.type,
                at=row.t_start,
                min=part.min,
                best=part.best,
                max=part.max,
                established_by=_established_by(row),
                is_confirmed=one.assessment == "confirmed",
            )
        )
    return found


def _established_by(row: ObservationRow) -> str | None:
    said = row.fields.get("established_by")
    if isinstance(said, list) and said:
        return str(said[0])
    if isinstance(said, str):
        return said
    by_source = {"medical": "medical", "told_by_official": "official", "told_by_resident": "resident"}
    return "body_seen" if row.info_type == "observed" else by_source.get(row.info_type or "", row.info_type)
