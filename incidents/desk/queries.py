"""Rows as the screen shows them, composed from the slices below. Everything crosses all sectors.

What is asked through a door is answered as known at `door.now`.
"""

import dataclasses
import datetime as dt
import itertools
import json
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from shapely.geometry import shape
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from incidents.casework import counting
from incidents.casework import queries as casework
from incidents.casework.review import LATE_AFTER
from incidents.claims import queries as claims
from incidents.desk.chosen import Chosen
from incidents.desk.inbox import asking
from incidents.events import FindingChanged
from incidents.evidence.queries import MediaRow, media_of
from incidents.intake import queries as intake
from incidents.intake import titles
from incidents.intake.model import Observation, ObservationRevision
from incidents.intake.queries import ObservationRow, Position
from incidents.rules.service import HEARS
from incidents.taxonomy import taxonomy
from monitor.access import Actor
from monitor.clock import wall_now
from monitor.door import Door
from monitor.jobs.queries import jobs_that_failed, leader
from monitor.mission.queries import MissionRow, the_mission
from monitor.outbox import behind_since, last_event_id
from monitor.people.model import Team
from monitor.places.queries import PlaceRow, all_lines, all_places, base_map, sector_of
from monitor.places.tiles import NotTiles, tile_file
from monitor.watches.queries import hours_monitored, open_watches, watch_spans

# A team in the field is expected to say something this often; twice as long is late, four times is silent.
REPORT_INTERVAL_H = 3.0
LAST_HEARD_WITHIN = dt.timedelta(days=30)
WATCHED_WITHIN = dt.timedelta(days=3)
# On a machine that has its hands full a worker renews its lease late; that is not silence yet.
PATIENCE = dt.timedelta(seconds=30)
SIGNS = ("start", "check-in", "report")
WINDOW = dt.timedelta(hours=24)
MANY = 1_500
MOST_ROWS = 500
LISTED = 200
AT_ONCE = 2_000
SHOWN_ON_THE_MAP = ("received", "in_review", "accepted", "returned", "quarantined")
MAP_COLUMNS = (
    "id",
    "number",
    "revision",
    "category",
    "type",
    "symbol",
    "title",
    "short",
    "info_type",
    "processing",
    "confidence",
    "tier",
    "start",
    "end",
    "received",
    "sector",
    "from",
    "lon",
    "lat",
    "uncertainty_m",
    "observer",
    "bearing",
    "shape",
    "incident",
)


Counted = Callable[[Hashable, Callable[[], dict[str, int]]], dict[str, int]]


def state(
    door: Door, waiting_ids: Sequence[str] | None = None, counted: Counted = lambda _, make: make()
) -> dict[str, Any]:
    """What time it is in the mission, how fresh the picture is, what waits, and who watches.

    `counted` may keep the counts of a period, which change with news only.
    """
    session, now = door.session, door.now
    mission = the_mission(session)
    period = mission.period_holding(now) or _last_period(mission, now)
    waiting = intake.review_queue(session, now) if waiting_ids is None else waiting_ids
    last = _last_report(session, now)
    return {
        "now": now.isoformat(),
        "clock_rate": door.app.clock.rate,
        "last_event_id": last_event_id(session),
        "report_interval_h": REPORT_INTERVAL_H,
        "mission": {
            "name": mission.name,
            "timezone": mission.timezone,
            "starts_at": mission.starts_at.isoformat(),
            "is_exercise": mission.is_exercise,
        },
        "actor": {
            "id": door.actor.id,
            "name": door.actor.name,
            "permissions": sorted(door.actor.permissions),
        },
        "period": {"start": period[0].isoformat(), "end": period[1].isoformat()},
        "counts": {
            "review": len(waiting),
            "alerts_new": asking(session, now),
            **counted(period, lambda: _violations(session, period, now)),
        },
        "freshness": {
            "last_received_at": last.recorded_at.isoformat() if last else None,
            "last_report": {"at": last.t_start.isoformat(), "place": last.observed_from or "place not stated"}
            if last
            else None,
        },
        "sectors": _sectors(session, period, now),
        "teams": teams_out(session, now),
        "families": [
            {"code": category.code, "label": category.label[titles.LANGUAGE]}
            for category in taxonomy().categories.values()
            if category.fileable
        ],
        "machine": _machine(session),
    }


def _machine(session: Session) -> dict[str, Any]:
    """What works behind the screen: when it stops, calm on the screen means nothing."""
    leads = leader(session)
    rules_behind = behind_since(session, "rules", HEARS)
    alerts_behind = behind_since(session, "alerts", (FindingChanged,))
    return {
        "worker_is_there": leads is not None and leads[1] + PATIENCE > wall_now(),
        "rules_behind_since": rules_behind.isoformat() if rules_behind else None,
        "alerts_behind_since": alerts_behind.isoformat() if alerts_behind else None,
        "jobs_failed": jobs_that_failed(session),
    }


def _last_period(mission: MissionRow, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Outside the mission's span the period that ended last stays on the board."""
    ended = mission.periods(now)
    return ended[-1] if ended else (mission.starts_at, mission.starts_at)


def _last_report(session: Session, now: dt.datetime) -> ObservationRevision | None:
    query = select(ObservationRevision).where(ObservationRevision.recorded_at <= now)
    return session.scalar(query.order_by(ObservationRevision.recorded_at.desc()).limit(1))


def _violations(
    session: Session, period: tuple[dt.datetime, dt.datetime], now: dt.datetime
) -> dict[str, int]:
    """The period's violations so far: accepted ones, and beside them those not yet reviewed."""
    known = [
        one
        for start, end in _slices(session, *period)
        for one in casework.counted(
            session, intake.observations(session, start, end, categories=("CFV",), known_at=now), now
        )
    ]
    return {
        "violations_accepted": counting.total(counting.accepted_violations(known, *period, now)).best,
        "violations_waiting": counting.total(counting.unreviewed_violations(known, *period, now)).best,
    }


def _slices(session: Session, start: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """A span cut so that few enough reports are held at once: on a bad day only what counts of each stays."""
    number = 1 + intake.how_many(session, start, end) // AT_ONCE
    edges = [start + (end - start) * i / number for i in range(number)] + [end]
    return list(itertools.pairwise(edges))


def _sectors(
    session: Session, period: tuple[dt.datetime, dt.datetime], now: dt.datetime
) -> list[dict[str, Any]]:
    start, end = period[0], min(max(now, period[0]), period[1])
    hours = hours_monitored(session, start, end, now)
    heard = _last_heard(session, now)
    out: dict[str, set[str]] = {}
    for watch in open_watches(session, known_at=now):
        if not watch.is_down:
            for code in watch.sectors:
                out.setdefault(code, set()).add(watch.team or watch.post or watch.id)
    sectors = all_places(session, kinds=("sector",))
    since = _watched_until(session, now) if any(sector.code not in out for sector in sectors) else {}
    return [
        {
            "code": sector.code,
            "name": sector_name(sector),
            "hours_watched": round(hours.get(sector.code, 0.0), 2),
            "hours_possible": round((end - start).total_seconds() / 3600, 2),
            "is_watched": sector.code in out,
            "teams_out": len(out.get(sector.code, ())),
            "unwatched_since": since[sector.code].isoformat() if sector.code in since else None,
            "last_report_at": heard[sector.code].isoformat() if sector.code in heard else None,
        }
        for sector in sectors
    ]


def _watched_until(session: Session, now: dt.datetime) -> dict[str, dt.datetime]:
    """When each sector was watched last, of those that were in the last days."""
    last: dict[str, dt.datetime] = {}
    for span in watch_spans(session, now - WATCHED_WITHIN, now, now):
        if span.sector is not None:
            last[span.sector] = max(span.end, last.get(span.sector, span.end))
    return last


def teams_out(session: Session, now: dt.datetime) -> list[dict[str, Any]]:
    """The teams that watch now, with the last that was heard of each: a report, a check-in, or its start."""
    heard: dict[str, list[tuple[dt.datetime, str]]] = {}
    for watch in open_watches(session, known_at=now):
        if watch.team_id is None or watch.started_at is None:
            continue
        signs = heard.setdefault(watch.team_id, [])
        signs.append((watch.started_at, "start"))
        if watch.checked_in_at is not None and watch.checked_in_at != watch.started_at:
            signs.append((watch.checked_in_at, "check-in"))
    reports = session.execute(
        select(Team.id, func.max(Observation.recorded_at))
        .join(Observation, Observation.team_id == Team.id)
        .where(Team.id.in_(list(heard)), Observation.recorded_at <= now)
        .group_by(Team.id)
    )
    for team_id, at in reports:
        heard.setdefault(str(team_id), []).append((at, "report"))
    # Of two signs of one moment the one that says more.
    last = {
        team_id: max(signs, key=lambda sign: (sign[0], SIGNS.index(sign[1])))
        for team_id, signs in heard.items()
    }
    names = session.execute(select(Team.id, Team.code, Team.name).where(Team.id.in_(list(heard))))
    rows = [
        {
            "code": code,
            "name": name,
            "heard_at": last[team_id][0].isoformat(),
            "by": last[team_id][1],
        }
        for team_id, code, name in names
    ]
    return sorted(rows, key=lambda row: row["code"])


def sector_name(sector: PlaceRow) -> str:
    """Short, since the board says that these are sectors and the page that they are an exercise."""
    return sector.name.removesuffix(" (exercise)").removeprefix("Sector ")


def _last_heard(session: Session, now: dt.datetime) -> dict[str, dt.datetime]:
    """When each sector's last report came."""
    found = session.execute(
        select(ObservationRevision.sector_code, func.max(ObservationRevision.recorded_at))
        .where(
            ObservationRevision.sector_code.is_not(None),
            ObservationRevision.recorded_at.between(now - LAST_HEARD_WITHIN, now),
        )
        .group_by(ObservationRevision.sector_code)
    )
    return {code: at for code, at in found if code is not None}


def ground(session: Session, tiles_at: Path | None = None) -> dict[str, Any]:
    """What lies under the reports: base map, lines with their sources, sectors, posts and settlements.

    `tiles_at` is the operator's own file of tiles; where it cannot be used, that is said and no more lost.
    """
    base = base_map(session)
    drawn = json.loads(base.content) if base else {"type": "FeatureCollection", "features": []}
    places = [_shown_place(place) for place in all_places(session)]
    return {
        "base": drawn,
        **_tiles(tiles_at),
        "bounds": drawn.get("bbox") or _bounds_of(places),
        "places": places,
        "lines": [
            {
                "code": line.code,
                "version": line.version,
                "label": line.name_in(titles.LANGUAGE),
                "geometry": line.geometry,
                "source": line.source,
                "source_date": line.source_date,
                "disclaimer": line.disclaimer,
            }
            for line in all_lines(session)
        ],
    }


def _tiles(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {"tiles": None, "tiles_problem": None}
    try:
        return {"tiles": dataclasses.asdict(tile_file(path)), "tiles_problem": None}
    except NotTiles as problem:
        return {"tiles": None, "tiles_problem": str(problem)}


def _shown_place(place: PlaceRow) -> dict[str, Any]:
    is_area = place.geometry["type"] != "Point"
    return {
        "code": place.code,
        "kind": place.kind,
        "label": place.name.removesuffix(" (exercise)"),
        "names": sorted(set(place.names.values())),
        "lon": place.lon,
        "lat": place.lat,
        "geometry": place.geometry if is_area else None,
        "bounds": list(shape(place.geometry).bounds) if is_area else None,
        "population": place.traits.get("population"),
    }


def _bounds_of(places: Collection[Mapping[str, Any]]) -> list[float]:
    if not places:
        return [-180.0, -80.0, 180.0, 80.0]
    lons, lats = [place["lon"] for place in places], [place["lat"] for place in places]
    return [min(lons) - 1, min(lats) - 1, max(lons) + 1, max(lats) + 1]


def map_rows(door: Door, start: dt.datetime | None, end: dt.datetime | None) -> dict[str, Any]:
    """Observations of a window as columns and rows, oldest first. Exact positions only for whom they are.

    Of more than MANY only the number is said: they are drawn from the mirror's columns.
    """
    start = start or door.now - WINDOW
    number = intake.how_many(door.session, start, end)
    if number > MANY:
        return {"from": start.isoformat(), "columns": MAP_COLUMNS, "rows": [], "many": number}
    found = intake.observations(door.session, start, end, states=SHOWN_ON_THE_MAP, known_at=door.now)
    return {"from": start.isoformat(), **_drawn(door, found)}


def chosen_rows(
    door: Door, start: dt.datetime, end: dt.datetime | None, chosen: Chosen
) -> list[ObservationRow]:
    """The live reports of a window that the filter lets through, oldest first, as known at `door.now`."""
    zone = the_mission(door.session).zone
    found = intake.observations(
        door.session,
        start,
        end,
        states=SHOWN_ON_THE_MAP,
        categories=None if chosen.family is None else (chosen.family,),
        known_at=door.now,
    )
    rows = [row for row in found if not row.is_training and chosen.passes_plain(_facets(row), zone)]
    if not chosen.words:
        return rows
    exact = exact_positions(door, rows)
    return [row for row in rows if chosen.passes_words(_searched(row, exact.get(row.observation_id)))]


def _facets(row: ObservationRow) -> dict[str, Any]:
    return {
        "sector": row.sector_code,
        "category": row.category,
        "tier": row.tier,
        "processing": row.processing,
        "info_type": row.info_type,
        "start": row.t_start,
    }


def _searched(row: ObservationRow, at: Position | None) -> tuple[str | None, ...]:
    return titles.title(row, at), row.receipt_number, row.observed_from


def report_table(door: Door, rows: Collection[ObservationRow]) -> list[dict[str, Any]]:
    """These reports as files for other programs have them; without the positions of observers."""
    refs = casework.incidents_of(door.session, [row.observation_id for row in rows], door.now)
    exact = exact_positions(door, rows)
    return [_table_row(row, exact.get(row.observation_id), refs.get(row.observation_id)) for row in rows]


def _table_row(row: ObservationRow, at: Position | None, ref: casework.IncidentRef | None) -> dict[str, Any]:
    return report_line(row, at) | {
        "received": row.received_at.isoformat(),
        "observed_from": row.observed_from,
        "count_min": row.count_min,
        "count_best": row.count_best,
        "count_max": row.count_max,
        "qualifier": row.count_qualifier,
        "event_lon": row.lon,
        "event_lat": row.lat,
        "event_uncertainty_m": row.event_uncertainty_m,
        "incident": ref.label if ref else None,
    }


def rows_by_key(door: Door, keys: Collection[int]) -> dict[str, Any]:
    """The reports of these receipts as the map draws them one by one."""
    ids = intake.ids_of_receipts(door.session, keys)
    return _drawn(door, intake.observations(door.session, ids=ids, states=SHOWN_ON_THE_MAP))


def _drawn(door: Door, found: Collection[ObservationRow]) -> dict[str, Any]:
    session = door.session
    rows = [row for row in found if not row.is_training]
    refs = casework.incidents_of(session, [row.observation_id for row in rows], door.now)
    exact = exact_positions(door, rows)
    return {
        "columns": MAP_COLUMNS,
        "rows": [_map_row(row, exact.get(row.observation_id), refs.get(row.observation_id)) for row in rows],
    }


def exact_positions(door: Door, rows: Collection[ObservationRow]) -> dict[str, Position]:
    if not door.actor.may("incidents:position:read"):
        return {}
    return intake.positions(door.session, door.app.keys, rows)


def _map_row(row: ObservationRow, at: Position | None, ref: casework.IncidentRef | None) -> list[Any]:
    observer = [*_rounded(at.observer), at.accuracy_m] if at and at.observer else None
    bearing = at.bearing_deg if at else None
    return [
        row.observation_id,
        row.receipt_number,
        row.revision_no,
        row.category,
        row.type,
        titles.symbol(row.category, row.type),
        titles.title(row, at),
        titles.counted(row),
        row.info_type,
        row.processing,
        titles.confidence(row, ref.assessment if ref else None),
        row.tier,
        row.t_start.isoformat(),
        row.t_end.isoformat(),
        row.received_at.isoformat(),
        row.sector_code,
        row.observed_from,
        row.lon,
        row.lat,
        row.event_uncertainty_m,
        observer,
        bearing,
        _rings(at.geometry) if at and at.geometry and bearing is not None else None,
        ref.label if ref else None,
    ]


def _rings(geometry: Mapping[str, Any]) -> list[list[list[float]]]:
    """All rings of a polygon or multipolygon, to about a metre."""
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[_rounded(point) for point in ring] for part in parts for ring in part]


def _rounded(point: Iterable[float]) -> list[float]:
    return [round(value, 5) for value in point]


def queue(door: Door, waiting_ids: Sequence[str] | None = None) -> dict[str, Any]:
    """What waits for a reviewer: how many reports, and those that wait longest, as many as a list shows."""
    listed = None if waiting_ids is None else waiting_ids[:LISTED]
    rows = intake.review_queue(door.session, door.now, listed)
    total = len(rows) if waiting_ids is None else len(waiting_ids)
    return {"total": total, "rows": _queue_lines(door, rows[:LISTED])}


def _queue_lines(door: Door, rows: Collection[ObservationRow]) -> list[dict[str, Any]]:
    exact = exact_positions(door, rows)
    media = media_by_id(door, rows)
    return [
        report_line(row, exact.get(row.observation_id))
        | {
            "waiting_since": row.recorded_at.isoformat(),
            "author": row.author_name,
            "team": row.team_code,
            "is_own": is_own(row, door.actor),
            "media": len(media.get(row.observation_id, ())),
            "is_late": row.received_at - row.t_end > LATE_AFTER,
        }
        for row in rows
    ]


def is_own(row: ObservationRow, actor: Actor) -> bool:
    return row.author_id in {actor.id, actor.person_id}


def report_line(row: ObservationRow, at: Position | None) -> dict[str, Any]:
    """What every list shows of an observation."""
    return {
        "id": row.observation_id,
        "number": row.receipt_number,
        "revision": row.revision_no,
        "category": row.category,
        "type": row.type,
        "symbol": titles.symbol(row.category, row.type),
        "title": titles.title(row, at),
        "tier": row.tier,
        "info_type": row.info_type,
        "processing": row.processing,
        "start": row.t_start.isoformat(),
        "end": row.t_end.isoformat(),
        "from": row.observed_from,
        "sector": row.sector_code,
    }


def media_by_id(door: Door, rows: Collection[ObservationRow]) -> dict[str, list[MediaRow]]:
    """The files of these revisions, here if they had arrived by the door's moment."""
    live = {row.observation_id: row.revision_no for row in rows}
    found: dict[str, list[MediaRow]] = {}
    for item in media_of(door.session, list(live), door.now):
        if item.revision_no == live[item.observation_id]:
            found.setdefault(item.observation_id, []).append(item)
    return found


def incident_rows(door: Door, start: dt.datetime | None, end: dt.datetime | None) -> list[dict[str, Any]]:
    """Incidents whose reports or opening fall into the window, newest first."""
    session = door.session
    start = start or door.now - WINDOW
    found = casework.incidents(session, known_at=door.now)
    by_id = linked(door, {one for row in found for one in row.observation_ids})
    lines = [incident_line(row, [by_id[one] for one in row.observation_ids if one in by_id]) for row in found]
    return [
        line
        for line, row in zip(lines, found, strict=True)
        if max(row.recorded_at, dt.datetime.fromisoformat(line["end"])) >= start
        and (end is None or dt.datetime.fromisoformat(line["start"]) < end)
    ]


def linked(door: Door, ids: Collection[str]) -> dict[str, ObservationRow]:
    rows = intake.observations(door.session, ids=ids, known_at=door.now) if ids else []
    return {row.observation_id: row for row in rows}


def incident_line(row: casework.IncidentRow, members: list[ObservationRow]) -> dict[str, Any]:
    first = min(members, key=lambda one: one.t_start, default=None)
    opened = row.recorded_at.astimezone(dt.UTC)
    return {
        "id": row.incident_id,
        "number": row.label,
        "category": first.category if first else "",
        "type": first.type if first else "",
        "symbol": titles.symbol(first.category, first.type) if first else "other",
        "title": titles.type_label(first.type) if first else "No report is linked any more",
        "sectors": sorted({one.sector_code for one in members if one.sector_code}),
        "tier": max((one.tier or 0 for one in members), default=0),
        "place": _incident_place(members),
        "start": min((one.t_start for one in members), default=opened).isoformat(),
        "end": max((one.t_end for one in members), default=opened).isoformat(),
        "observations": len(members),
        "assessment": row.assessment,
        "release": row.release,
    }


def _incident_place(members: list[ObservationRow]) -> str | None:
    from_where = list(dict.fromkeys(one.observed_from for one in members if one.observed_from))
    sectors = list(dict.fromkeys(one.sector_code for one in members if one.sector_code))
    seen = f"seen or heard from {' and '.join(from_where[:2])}" if from_where else None
    return ", ".join(part for part in (seen, "/".join(sectors)) if part) or None


def claim_rows(door: Door, start: dt.datetime, end: dt.datetime) -> dict[str, Any]:
    """What the parties said, every party with the same columns, in the mission's order."""
    mission = the_mission(door.session)
    parties = {party.code: party.name_in(titles.LANGUAGE) for party in mission.parties}
    found = claims.claims(door.session, start, end, known_at=door.now)
    for row in found:
        parties.setdefault(row.claimant_party, row.claimant_party)
    return {
        "parties": [{"code": code, "name": name} for code, name in parties.items()],
        "claims": [
            _claim(row, parties) | {"sector": _claim_sector(door.session, row)} for row in reversed(found)
        ],
    }


def _claim_sector(session: Session, row: claims.ClaimRow) -> str | None:
    return None if row.lon is None or row.lat is None else sector_of(session, row.lon, row.lat)


def _claim(row: claims.ClaimRow, parties: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "party": row.claimant_party,
        "party_name": parties.get(row.claimant_party, row.claimant_party),
        "claimant": row.claimant,
        "accused_name": parties.get(row.against, row.against) if row.against else None,
        "title": _claim_title(row),
        "start": row.t_start.isoformat(),
        "end": row.t_end.isoformat() if row.t_end else None,
        "place": row.place_text,
        "lon": row.lon,
        "lat": row.lat,
        "uncertainty_m": row.uncertainty_m,
        "status": row.status,
        "source_url": row.source_url,
        "text": row.note or None,
    }


def _claim_title(row: claims.ClaimRow) -> str:
    persons = ((row.killed, "killed"), (row.wounded, "wounded"))
    harmed = [f"{number} {word}" for number, word in persons if number]
    parts = [titles.readable(row.stated_type), row.weapons_text.replace(";", ", "), *harmed]
    return ", ".join(part for part in parts if part)
