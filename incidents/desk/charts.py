"""What the charts show: violations by sector and day over hours watched, tiers, hours of the day, latency.

Everything is counted by the mission's rules (`casework.counting`) as known at `door.now`, and crosses all
sectors. A day is the period of a summary: from cut-off to cut-off.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from incidents.alerts import queries as alerts
from incidents.casework import counting
from incidents.casework import queries as casework
from incidents.casework.counting import NOTHING, Counted, Total
from incidents.casework.coverage import watched
from incidents.desk.chosen import HIGHEST_TIER, HOURS, NO_SECTOR, Chosen
from incidents.desk.inbox import FOUND_LATE_AFTER
from incidents.desk.profiles import hours_by_hour_of_day, middle_and_worst, mission_days
from incidents.desk.queries import chosen_rows, sector_name
from incidents.intake.queries import ObservationRow
from monitor.door import Door
from monitor.mission.periods import Period
from monitor.mission.queries import the_mission
from monitor.places.queries import PlaceRow, all_places
from monitor.watches.coverage import WatchSpan, clipped, monitored_hours

VIOLATIONS = "CFV"


def charts(door: Door, start: dt.datetime, end: dt.datetime, chosen: Chosen) -> dict[str, Any]:
    """All charts of [start, end) for what is chosen. Its kind is left aside: charts are of violations."""
    session, now = door.session, door.now
    mission = the_mission(session)
    until = max(start, min(end, now))
    rows = chosen_rows(door, start, until, dataclasses.replace(chosen, family=VIOLATIONS))
    counted = casework.counted(session, rows, now)
    spans = [
        span
        for span in watched(session, start, until, now)
        if chosen.sector is None or span.sector == chosen.sector
    ]
    days = mission_days(start, until, mission.cut_off, mission.zone)
    shown = _Shown(counted, start, until, now, chosen)
    return {
        "from": start.isoformat(),
        "to": until.isoformat(),
        "now": now.isoformat(),
        "timezone": mission.timezone,
        "days": [_edges(day) for day in days],
        "sectors": [
            {"code": code, "name": name, "days": [shown.day(code, day, spans) for day in days]}
            for code, name in _sectors(session, chosen, counted)
        ],
        "tiers": [shown.tier(tier, rows) for tier in range(HIGHEST_TIER + 1)],
        "hours": shown.hours(spans, rows, mission.zone),
        "latency": latency(session, start, end, now, chosen),
        "total": _said(shown.total(counted)),
    }


@dataclasses.dataclass(frozen=True)
class _Shown:
    """The violations of the span, and how each chart counts a part of them."""

    counted: Sequence[Counted]
    start: dt.datetime
    until: dt.datetime
    now: dt.datetime
    chosen: Chosen

    def accepted(self, of: Iterable[Counted], between: Period) -> list[Counted]:
        return counting.accepted_violations(of, *between, self.now)

    def waiting(self, of: Iterable[Counted], between: Period) -> list[Counted]:
        return counting.unreviewed_violations(of, *between, self.now)

    def total(self, of: Collection[Counted]) -> tuple[Total, Total]:
        span = Period(self.start, self.until)
        return counting.total(self.accepted(of, span)), counting.total(self.waiting(of, span))

    def day(self, code: str, day: Period, spans: Iterable[WatchSpan]) -> dict[str, Any]:
        """One sector's day. `reading`: counted, none_observed or not_monitored (C16)."""
        accepted, waiting = (
            _of_sector(counting.by_sector_and_kind(which(self.counted, day)), code)
            for which in (self.accepted, self.waiting)
        )
        here = clipped([span for span in spans if span.sector == code], *day)
        hours = monitored_hours(here).get(code, 0.0)
        return {
            **_said((accepted, waiting)),
            "watched_h": round(hours, 2),
            "possible_h": round((day.end - day.start) / dt.timedelta(hours=1), 2),
            "reading": counting.WatchedTotal(accepted, hours).reading,
        }

    def tier(self, tier: int, rows: Iterable[ObservationRow]) -> dict[str, Any]:
        """Violations of one weapon tier; 0 where none is known."""
        ids = {row.observation_id for row in rows if (row.tier or 0) == tier}
        return {"tier": tier, **_said(self.total([one for one in self.counted if one.id in ids]))}

    def hours(
        self, spans: Iterable[WatchSpan], rows: Iterable[ObservationRow], zone: Any
    ) -> list[dict[str, Any]]:
        """Each hour of the local day: what began in it, and for how long somebody watched in it."""
        watched_h = hours_by_hour_of_day(spans, zone)
        by_hour: dict[int, set[str]] = {}
        for row in rows:
            by_hour.setdefault(row.t_start.astimezone(zone).hour, set()).add(row.observation_id)
        return [
            {
                "hour": hour,
                "watched_h": round(watched_h[hour], 2),
                **_said(self.total([one for one in self.counted if one.id in by_hour.get(hour, ())])),
            }
            for hour in range(HOURS)
        ]


def _of_sector(by_sector: dict[str, dict[str, Total]], code: str) -> Total:
    return sum(by_sector.get("" if code == NO_SECTOR else code, {}).values(), NOTHING)


def _said(pair: tuple[Total, Total]) -> dict[str, Any]:
    accepted, waiting = pair
    return {
        "accepted": accepted.best,
        "qualifier": accepted.qualifier if accepted.ids else "exact",
        "waiting": waiting.best,
        "reports": len(accepted.ids) + len(waiting.ids),
    }


def _edges(day: Period) -> list[str]:
    return [day.start.isoformat(), day.end.isoformat()]


def _sectors(session: Session, chosen: Chosen, counted: Iterable[Counted]) -> list[tuple[str, str]]:
    """The sectors to draw, and last of all what lies in none, where there is something."""
    found = [(place.code, sector_name(place)) for place in sectors(session)]
    if any(one.sector is None for one in counted):
        found.append((NO_SECTOR, "No sector"))
    return [one for one in found if chosen.sector in (None, one[0])]


def sectors(session: Session) -> list[PlaceRow]:
    return list(all_places(session, kinds=("sector",)))


def latency(
    session: Session, start: dt.datetime, end: dt.datetime, known_at: dt.datetime, chosen: Chosen
) -> dict[str, Any]:
    """How long after it could have been known each alert of the span was raised, oldest first.

    `detectable_at` is when the events that made it had happened; `raised_at` is when the mission said so.
    """
    found = [
        row
        for row in reversed(alerts.alerts(session, known_at, known_at=known_at))
        if start <= row.raised_at < end and chosen.sector in (None, row.sector_code or NO_SECTOR)
    ]
    waits = [(row.raised_at - row.detectable_at).total_seconds() for row in found]
    middle = middle_and_worst(waits)
    return {
        "alerts": [
            {
                "id": row.id,
                "label": row.label,
                "title": row.rule_title,
                "severity": row.severity,
                "sector": row.sector_code,
                "detectable_at": row.detectable_at.isoformat(),
                "raised_at": row.raised_at.isoformat(),
                "seconds": round(max(wait, 0.0)),
                "is_late": wait > FOUND_LATE_AFTER.total_seconds(),
            }
            for row, wait in zip(found, waits, strict=True)
        ],
        "median_s": round(middle[0]) if middle else None,
        "worst_s": round(middle[1]) if middle else None,
    }


def sector_hours(door: Door, start: dt.datetime, end: dt.datetime) -> dict[str, Any]:
    """Hours in which somebody watched each sector in [start, end): the map's layer of coverage."""
    until = max(start, min(end, door.now))
    hours = monitored_hours(watched(door.session, start, until, door.now))
    possible = (until - start) / dt.timedelta(hours=1)
    return {
        "from": start.isoformat(),
        "to": until.isoformat(),
        "possible_h": round(possible, 2),
        "sectors": {place.code: round(hours.get(place.code, 0.0), 2) for place in sectors(door.session)},
    }
