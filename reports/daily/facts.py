"""Everything one summary is made from, fetched at one moment: as the mission knew it at the data cut-off."""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from incidents.protection import queries as protection
from incidents.protection.casualties import Range
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

FALLEN = ("refuted", "withdrawn")


@dataclass(frozen=True)
class AlertInPeriod:
    """An alert with what happened to it and who closed it in the period."""

    row: AlertRow
    changes: tuple[tuple[str, dt.datetime], ...]
    closed_at: dt.datetime | None


@dataclass(frozen=True)
class AsIssued:
    """The total that the first edition of a period's paper gave; `edition` is the last one's number."""

    period: Period
    title: str
    edition: int
    total_text: str
    total: int


@dataclass(frozen=True)
class Previous:
    """The edition before this paper's, for the hash of its PDF."""

    title: str
    pdf_sha256: str


@dataclass(frozen=True)
class Corrected:
    """A later edition of an earlier paper, issued since the previous cut-off."""

    title: str
    replaces: int


@dataclass(frozen=True)
class Issues:
    """What was issued before, as the drafting of the next paper needs to know it."""

    previous: Previous | None = None
    as_issued: tuple[AsIssued, ...] = ()
    corrected: tuple[Corrected, ...] = ()


@dataclass(frozen=True)
class Span:
    """One period as the mission knew it at the cut-off: what was observed and who watched."""

    period: Period
    observations: Sequence[ObservationRow]
    hours: Mapping[str, float] = field(hash=False)
    watches: Sequence[WatchSpan]


@dataclass(frozen=True)
class Facts:
    """`spans` are the paper's periods, 1 to n, one after the other; `before` is the one before them.

    `series` are the periods before those, oldest first and ending with `before`, for the revised series.
    """

    mission: MissionRow
    kind: str
    number: int
    year: int
    spans: Sequence[Span]
    series: Sequence[Span]
    cut_off: dt.datetime
    sectors: Sequence[PlaceRow]
    posts: Sequence[PlaceRow]
    settlements: Sequence[PlaceRow]
    places: Mapping[str, PlaceRow] = field(hash=False)
    lines: Sequence[LineRow]
    late: Sequence[ObservationRow]
    agreed: Sequence[ObservationRow]
    positions: Mapping[str, Position] = field(hash=False)
    incident_of: Mapping[str, IncidentRef] = field(hash=False)
    incidents: Sequence[IncidentRow]
    fallen: Sequence[IncidentRow]
    harm: Mapping[str, Range] = field(hash=False)
    cameras_down: Sequence[CameraDown]
    claims: Sequence[ClaimWithVerdict]
    alerts: Sequence[AlertInPeriod]
    rule_versions: Sequence[str]
    taxonomy_digest: str
    base_map: Mapping[str, Any] | None = field(hash=False)
    issues: Issues = Issues()

    @property
    def period(self) -> Period:
        """From the start of the first period to the end of the last."""
        return Period(self.spans[0].period.start, self.spans[-1].period.end)

    @property
    def before(self) -> Span | None:
        return self.series[-1] if self.series else None

    @property
    def observations(self) -> list[ObservationRow]:
        return [row for span in self.spans for row in span.observations]

    @property
    def watches(self) -> list[WatchSpan]:
        return [watch for span in self.spans for watch in span.watches]

    @property
    def hours(self) -> dict[str, float]:
        return {
            place.code: sum(span.hours.get(place.code, 0.0) for span in self.spans) for place in self.sectors
        }

    def counted(self, rows: Iterable[ObservationRow]) -> list[Counted]:
        return [casework.as_counted(row, self.incident_of.get(row.observation_id)) for row in rows]


SERIES_LENGTH = 7
# How long before a period a window of silence that still runs may have been agreed.
AGREED_WITHIN = dt.timedelta(days=14)


def gather(
    session: Session,
    keys: Keys,
    mission: MissionRow,
    periods: Sequence[Period],
    cut_off: dt.datetime,
    number: int,
    kind: str = "daily",
    issues: Issues | None = None,
    series_length: int = SERIES_LENGTH,
) -> Facts:
    """Fetches what a paper of these periods stands on, as known at the cut-off."""
    at, start, end = cut_off, periods[0].start, periods[-1].end
    earlier = [one for one in mission.periods(start) if one.end <= start][-series_length:]
    spans = [_span(session, period, at) for period in periods]
    series = [_span(session, period, at) for period in earlier]
    rows = [row for span in spans for row in span.observations]
    late = _late(session, start, at)
    agreed = intake.observations(session, start - AGREED_WITHIN, end, known_at=at, categories=("CBM",))
    every = [*rows, *late, *(row for span in series for row in span.observations)]
    incident_of = casework.incidents_of(session, [row.observation_id for row in every], known_at=at)
    mine = {incident_of[row.observation_id].incident_id for row in rows if row.observation_id in incident_of}
    known = places.all_places(session, at) or places.all_places(session)
    of_kind = {
        name: [p for p in known if p.kind == name] for name in ("sector", "post", "base", "settlement")
    }
    return Facts(
        mission=mission,
        kind=kind,
        number=number,
        year=end.astimezone(mission.zone).year,
        spans=spans,
        series=series,
        cut_off=at,
        sectors=of_kind["sector"],
        posts=[*of_kind["post"], *of_kind["base"]],
        settlements=of_kind["settlement"],
        places={place.code: place for place in known},
        lines=places.all_lines(session, at) or places.all_lines(session),
        late=late,
        agreed=[row for row in agreed if row.processing == "accepted"],
        positions=intake.positions(session, keys, rows),
        incident_of=incident_of,
        incidents=casework.incidents(session, known_at=at, ids=mine) if mine else [],
        fallen=_fallen(session, start, at, mine),
        harm=protection.counted(session, start, min(end, at), at).toll.by_fate,
        cameras_down=watches.cameras_down(session, min(end, at), at),
        claims=claims.claims_with_verdicts(session, start, end, at),
        alerts=_alerts(session, Period(start, end)),
        rule_versions=tuple(
            f"{rule.rule_id} v{rule.version}" for rule in rules.rule_versions(session) if rule.status == "on"
        ),
        taxonomy_digest=taxonomy().digest,
        base_map=_base_map(session),
        issues=issues or Issues(),
    )


def _span(session: Session, period: Period, at: dt.datetime) -> Span:
    return Span(
        period,
        _filed(intake.observations(session, period.start, period.end, known_at=at), at),
        watches.hours_monitored(session, period.start, min(period.end, at), at),
        watches.watch_spans(session, period.start, min(period.end, at), at),
    )


def _late(session: Session, start: dt.datetime, at: dt.datetime) -> list[ObservationRow]:
    """What happened before these periods and was received, or corrected by its author, since."""
    earlier = _filed(intake.observations(session, end=start, known_at=at), at)
    return [
        row for row in earlier if row.received_at > start or (row.revision_no > 1 and row.recorded_at > start)
    ]


def _fallen(
    session: Session, start: dt.datetime, at: dt.datetime, mine: Collection[str]
) -> list[IncidentRow]:
    """Incidents of earlier papers that no longer stand, by a step since the previous cut-off."""
    changed = casework.incidents(session, known_at=at, changed_from=start)
    return [one for one in changed if one.assessment in FALLEN and one.incident_id not in mine]


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
