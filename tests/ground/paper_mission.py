"""A mission of two days on which papers are tried: a watched sector in the east, another in the south."""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from field_report import field_report

from incidents.intake.service import receive_observation, review_observation
from monitor.door import Door
from monitor.watches.service import plan_watch, record_watch_event
from reports.daily import service
from reports.document import Document, text_of
from reports.issuing import editing, queries
from reports.issuing import service as issuing
from reports.issuing.queries import SummaryRow

START = dt.datetime(2022, 9, 11, 15, 30, tzinfo=dt.UTC)
SECOND = START + dt.timedelta(days=1)
CUT_OFF = START + dt.timedelta(days=2)
EVENT = dt.datetime(2022, 9, 12, 20, 5, tzinfo=dt.UTC)
As = Callable[..., Door]


def polygon(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def definition(folder: Path, **changes: Any) -> Path:
    """A mission of two days with a watched sector in the east and another in the south."""
    there = folder / "definition"
    there.mkdir(exist_ok=True)
    mission = {
        "code": "TST",
        "name": {"en": "Test mission"},
        "timezone": "Asia/Yerevan",
        "cut_off": "19:30",
        "starts_at": START.isoformat(),
        "ends_at": CUT_OFF.isoformat(),
        "exercise": True,
        "languages": ["en", "hy", "az", "ru"],
        "declination_deg": 6.5,
        "disclaimer": {"en": "No opinion on any boundary."},
        "parties": [{"code": "P1", "name": {"en": "One"}, "claimants": ["P1_MOD"]}],
        "people": [],
    }
    places = []
    for code, shape in (("EAST", polygon(45.5, 40.0, 46.5, 40.5)), ("SOUTH", polygon(45.5, 39, 46.5, 40.0))):
        said = {"code": code, "kind": "sector", "names": {"en": f"Sector {code.title()}"}, "source": "a test"}
        places.append({"type": "Feature", "properties": said, "geometry": shape})
    (there / "mission.yaml").write_text(yaml.safe_dump(mission | changes))
    for name, features in (("places", places), ("lines", []), ("basemap", [])):
        (there / f"{name}.geojson").write_text(
            json.dumps({"type": "FeatureCollection", "features": features})
        )
    return there


def at(door: Door, moment: dt.datetime) -> Door:
    """The same transaction and person at another time."""
    door.app.clock.set(moment)  # type: ignore[attr-defined]
    return dataclasses.replace(door, now=moment)


def watched(as_role: As, sector: str = "EAST", start: dt.datetime = START, hours: float = 48) -> None:
    """A patrol of team T1 watched the sector so long."""
    door = at(as_role("monitor"), start)
    watch_id = f"00000000-0000-4000-8000-{abs(hash((sector, start))) % 10**12:012d}"
    end = start + dt.timedelta(hours=hours)
    plan_watch(
        door,
        watch_id=watch_id,
        kind="patrol",
        sectors=[sector],
        post=None,
        team="T1",
        planned_start=start,
        planned_end=end,
    )
    for number, (kind, moment) in enumerate((("started", start), ("ended", end))):
        event_id = f"{watch_id[:-1]}{number}"
        record_watch_event(at(door, moment), event_id=event_id, watch_id=watch_id, kind=kind, at=moment)


def heard(
    as_role: As,
    which: str = "first",
    accept: bool = True,
    received: dt.datetime | None = None,
    **changes: Any,
) -> str:
    """Twelve explosions heard in the second period, filed by a monitor and accepted by a duty officer."""
    body = field_report(**{"time": when(EVENT)} | changes)
    received = received or EVENT + dt.timedelta(minutes=20)
    receive_observation(at(as_role("monitor", which), received), body)
    if accept:
        reviewer = at(as_role("duty_officer"), received + dt.timedelta(minutes=5))
        review_observation(reviewer, body["observation_id"], "accepted", "")
    return str(body["observation_id"])


def when(start: dt.datetime) -> dict[str, Any]:
    return {"start": start.isoformat(), "end": None, "precision": "T2", "basis": "estimate"}


def counted(number: int) -> dict[str, Any]:
    return {"min": number, "best": number, "max": number, "qualifier": "exact"}


def drafted(door: Door) -> SummaryRow:
    """The summary of the second period, drafted after the cut-off."""
    after = at(door, CUT_OFF + dt.timedelta(minutes=1))
    while service.draft_due(after):
        pass
    row = queries.summary_of_period(door.session, CUT_OFF)
    assert row is not None
    return row


def paper(door: Door, row: SummaryRow) -> Document:
    return queries.draft(door.session, row.id, row.version_no)


def lines(document: Document) -> str:
    return "\n".join(text_of(bullet.runs) for bullet in editing.lines(document))


def issued(as_role: As, row: SummaryRow) -> queries.EditionRow:
    issuing.review(as_role("reporting_officer", "second"), row.id, row.version_no, "reviewed")
    return issuing.release(as_role("head_of_mission"), row.id, row.version_no)


def changed(document: Document, first_line: str) -> list[str]:
    return [first_line, *editing.marked_lines(document)[1:]]
