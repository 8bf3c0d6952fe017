"""Everything one summary is made from, fetched at one moment: as the mission knew it at the data cut-off."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from incidents.alerts import queries as alerts
from incidents.alerts.queries import AlertRow
from incidents.casework import queries as casework
from incidents.casework.counting import Counted
from incidents.casework.queries import IncidentRef, IncidentRow
from incidents.claims import queries as claims
from incidents.claims.queries import ClaimWithVerdict
from incidents.intake import queries as intake
from incidents.intake.queries import ObservationRow, Position
from incidents.rules import queries as rules
from incidents.taxonomy.loader import taxonomy
from monitor.keys import Keys
from monitor.mission.periods import Period
from monitor.mission.queries import MissionRow
from monitor.places import queries as places
from monitor.places.queries import LineRow, PlaceRow
from monitor.watches import queries as watches
from monitor.watches.coverage import WatchSpan
from monitor.watches.queries import CameraDown


@dataclass(frozen=True)
class AlertInPeriod:
    """An alert with what happened to it and who closed it in the period."""

    row: AlertRow
    changes: tuple[tuple[str, dt.datetime], ...]
    closed_at: dt.datetime | None


@dataclass(frozen=True)
class Issued:
    """The last edition before this one, for its PDF's hash and its figures as issued."""

    title: str
    pdf_sha256: str
    end: dt.datetime
    total_text: str | None
    total: int | None
    is_of_the_previous_period: bool


@dataclass(frozen=True)
class Facts:
    mission: MissionRow
    number: int
    year: int
    period: Period
    previous: Period | None
    sectors: Sequence[PlaceRow]
    posts: Sequence[PlaceRow]
    settlements: Sequence[PlaceRow]
    lines: Sequence[LineRow]
    observations: Sequence[ObservationRow]
    observations_before: Sequence[ObservationRow]
    late: Sequence[ObservationRow]
    positions: Mapping[str, Position] = field(hash=False)
    incident_of: Mapping[str, IncidentRef] = field(hash=False)
    incidents: Sequence[IncidentRow]
    hours: Mapping[str, float] = field(hash=False)
    hours_before: Mapping[str, float] = field(hash=False)
    watch_hours: Mapping[str, float] = field(hash=False)
    spans: Sequence[WatchSpan]
    cameras_down: Sequence[CameraDown]
    claims: Sequence[ClaimWithVerdict]
    alerts: Sequence[AlertInPeriod]
    rule_versions: Sequence[str]
    taxonomy_digest: str
    base_map: Mapping[str, Any] | None = field(hash=False)
    last_issued: Issued | None = None

    @property
    def cut_off(self) -> dt.datetime:
        return self.period.end

    def counted(self, rows: Iterable[ObservationRow]) -> list[Counted]:
        return [as_counted(row, self.incident_of.get(row.observation_id)) for row in rows]


def as_counted(row: ObservationRow, incident: IncidentRef | None) -> Counted:
    """An observation as counting sees it. What one person or camera perceived is one voice."""
    return Counted(
        id=row.observation_id,
        category=row.category,
        type=row.type,
        info_type=row.info_type or "",
        processing=row.processing,
        observer=row.author_id,
        start=row.t_start,
        end=row.t_end,
        received_at=row.received_at,
        sector=row.sector_code,
        sector_by_observer=row.sector_basis == "observer",
        count_min=row.count_min,
        count_best=row.count_best,
        count_max=row.count_max,
        qualifier=row.count_qualifier,
        incident=incident.incident_id if incident else None,
        assessment=incident.assessment if incident else None,
        exercise=row.fields.get("assessed_exercise"),
        is_training=row.is_training,
    )


def gather(
    session: Session,
    keys: Keys,
    mission: MissionRow,
    period: Period,
    last_issued: Issued | None,
) -> Facts:
    """Fetches what a summary of the period stands on, as known at the period's end."""
    at = period.end
    ended = mission.periods(at)
    index = ended.index(period)
    previous = ended[index - 1] if index else None
    rows = _filed(intake.observations(session, period.start, at, known_at=at), at)
    before = (
        _filed(intake.observations(session, previous.start, previous.end, known_at=at), at)
        if previous
        else []
    )
    late = [
        row
        for row in _filed(intake.observations(session, end=period.start, known_at=at), at)
        if row.received_at > period.start
    ]
    every = [*rows, *before, *late]
    incident_of = casework.incidents_of(session, [row.observation_id for row in every], known_at=at)
    mine = {incident_of[row.observation_id].incident_id for row in rows if row.observation_id in incident_of}
    found = all_of_kinds(session, at)
    spans = watches.watch_spans(session, period.start, at, at)
    return Facts(
        mission=mission,
        number=number_of(mission, period),
        year=period.end.astimezone(mission.zone).year,
        period=period,
        previous=previous,
        sectors=found["sector"],
        posts=[*found["post"], *found["base"]],
        settlements=found["settlement"],
        lines=places.all_lines(session, at) or places.all_lines(session),
        observations=rows,
        observations_before=before,
        late=late,
        positions=intake.positions(session, keys, rows),
        incident_of=incident_of,
        incidents=casework.incidents(session, known_at=at, ids=mine) if mine else [],
        hours=watches.hours_monitored(session, period.start, at, at),
        hours_before=watches.hours_monitored(session, previous.start, previous.end, at) if previous else {},
        watch_hours=watches.hours_watched(session, period.start, at, at),
        spans=spans,
        cameras_down=watches.cameras_down(session, at, at),
        claims=claims.claims_with_verdicts(session, period.start, at, at),
        alerts=_alerts(session, period),
        rule_versions=tuple(
            f"{rule.rule_id} v{rule.version}" for rule in rules.rule_versions(session) if rule.status == "on"
        ),
        taxonomy_digest=taxonomy().digest,
        base_map=_base_map(session),
        last_issued=last_issued,
    )


def all_of_kinds(session: Session, at: dt.datetime) -> dict[str, list[PlaceRow]]:
    """Places by kind as known at the cut-off; a place told of later is better than a map without it."""
    known = places.all_places(session, at) or places.all_places(session)
    return {kind: [p for p in known if p.kind == kind] for kind in ("sector", "post", "base", "settlement")}


def number_of(mission: MissionRow, period: Period) -> int:
    """The period's place among the mission's periods that end in the same local year, from 1."""
    year = period.end.astimezone(mission.zone).year
    same_year = [one for one in mission.periods(period.end) if one.end.astimezone(mission.zone).year == year]
    return same_year.index(period) + 1


def _filed(rows: Sequence[ObservationRow], at: dt.datetime) -> list[ObservationRow]:
    return [row for row in rows if row.received_at <= at]


def _alerts(session: Session, period: Period) -> list[AlertInPeriod]:
    found = []
    changes = alerts.changes_between(session, period.start, period.end)
    for row in alerts.alerts_between(session, period.start, period.end, period.end):
        closings = [
            step.recorded_at
            for step in alerts.alert_steps(session, row.id)
            if step.step == "close" and period.holds(step.recorded_at)
        ]
        found.append(AlertInPeriod(row, tuple(changes.get(row.id, ())), max(closings, default=None)))
    return found


def _base_map(session: Session) -> Mapping[str, Any] | None:
    held = places.base_map(session)
    content: Mapping[str, Any] | None = json.loads(held.content) if held else None
    return content
