"""Which observations correlation has to look at: found by the index over cell and time, never by a scan."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from incidents.casework import queries
from incidents.casework.correlate import CLOCKS_S, EAR_SPREAD, FAMILIES, TOLERANCE_S, Perceived
from incidents.casework.counting import CAUSED_BY
from incidents.intake import queries as intake
from incidents.intake.queries import Nearby, ObservationRow, Position
from monitor.door import Door
from monitor.geo import FARTHEST_M, cells_around, inverse

# Reports over longer times than this are not found from their far end.
LONGEST = dt.timedelta(hours=24)
# The least precise clock that can suggest anything, and the longest way of the sound.
SLACK = dt.timedelta(seconds=TOLERANCE_S["T3"] + CLOCKS_S + FARTHEST_M / 330)
# Of more candidates than this the nearest in time are opened and compared; a storm of reports is put together
# by intervals (C8), not by pairs.
OPENED_AT_MOST = 60
NEVER = frozenset({"TST", "NEG", "CLM"})


def around(session: Session, row: ObservationRow) -> list[ObservationRow]:
    """The live observations that could be of the same event, as far as the open row tells."""
    if row.lon is None or row.lat is None or row.category in NEVER or row.t_precision not in TOLERANCE_S:
        return []
    reach_m = (row.event_uncertainty_m or 0.0) + FARTHEST_M
    slack = SLACK + dt.timedelta(seconds=TOLERANCE_S[row.t_precision])
    found = intake.observations_around(
        session,
        cells_around(row.lon, row.lat, reach_m),
        row.t_start - LONGEST - slack,
        row.t_end + slack,
        row.t_start - slack,
    )
    likely = [one for one in found if _may_be(row, one)]
    likely.sort(key=lambda one: (_gap(row, one), one.observation_id))
    ids = list(dict.fromkeys(one.observation_id for one in likely))[:OPENED_AT_MOST]
    rows = intake.observations(session, ids=ids) if ids else []
    return [one for one in rows if one.processing != "rejected"]


def _may_be(row: ObservationRow, one: Nearby) -> bool:
    if one.observation_id == row.observation_id or one.category != row.category:
        return False
    causes = one.type in CAUSED_BY.get(row.type, ()) or row.type in CAUSED_BY.get(one.type, ())
    if not (one.type == row.type or causes or any({one.type, row.type} <= one_of for one_of in FAMILIES)):
        return False
    assert row.lon is not None
    assert row.lat is not None
    reach_m = (row.event_uncertainty_m or 0.0) + one.uncertainty_m
    return inverse(row.lon, row.lat, one.lon, one.lat)[1] <= reach_m * (1 + EAR_SPREAD) + 500.0


def _gap(row: ObservationRow, one: Nearby) -> dt.timedelta:
    return max(one.t_start - row.t_end, row.t_start - one.t_end, dt.timedelta())


def perceived(
    door: Door, row: ObservationRow, others: Collection[ObservationRow]
) -> tuple[Perceived, list[Perceived]]:
    """The observation and its candidates as correlation sees them; opens their exact positions."""
    rows = [row, *others]
    positions = intake.positions(door.session, door.app.keys, rows)
    refs = queries.incidents_of(door.session, [one.observation_id for one in rows])
    first, *rest = [
        perceived_as(one, positions.get(one.observation_id), refs.get(one.observation_id)) for one in rows
    ]
    return first, rest


def perceived_as(row: ObservationRow, at: Position | None, ref: queries.IncidentRef | None) -> Perceived:
    """An observation as correlation sees it; without its exact part, as far as the open row tells."""
    area: Any = at.geometry if at else None
    return Perceived(
        id=row.observation_id,
        observer=row.author_id,
        category=row.category,
        type=row.type,
        means=row.means,
        start=row.t_start,
        end=row.t_end,
        precision=row.t_precision,
        area=area,
        stood=at.observer if at else None,
        sector=row.sector_code,
        tier=row.tier,
        incident=ref.incident_id if ref else None,
    )
