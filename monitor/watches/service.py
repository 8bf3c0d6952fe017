"""Planning watches and telling what happened in them. Whoever tells makes the id; twice does no harm."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select

from monitor.audit import audit
from monitor.door import Door
from monitor.errors import Conflict, Invalid, NotFound, Refused
from monitor.events import WatchChanged
from monitor.outbox import record
from monitor.people.model import Team
from monitor.places.queries import all_places, place
from monitor.watches.model import Watch, WatchEvent

Outcome = Literal["new", "repeat"]
FILE = "monitor:watch:file"


def plan_watch(
    door: Door,
    *,
    watch_id: str,
    kind: str,
    sectors: Sequence[str],
    post: str | None,
    team: str | None,
    planned_start: dt.datetime,
    planned_end: dt.datetime | None,
) -> Outcome:
    """Notes that a team or camera is to watch. The same plan again is a repeat.

    Raises Invalid naming what to mend, Refused for another team's watch, Conflict for another plan under
    the same id.
    """
    team_id = _team_id(door, team)
    told = {
        "kind": kind,
        "sectors": list(sectors),
        "post": post,
        "team_id": team_id,
        "planned_start": planned_start.astimezone(dt.UTC),
        "planned_end": planned_end.astimezone(dt.UTC) if planned_end else None,
    }
    _require_own_team(door, team_id)
    known = door.session.get(Watch, watch_id)
    if known is not None:
        if any(getattr(known, field) != value for field, value in told.items()):
            raise Conflict(reason=f"Another watch stands under the id {watch_id}.")
        return "repeat"
    _judge_plan(door, kind, sectors, post, planned_start, planned_end)
    door.session.add(Watch(id=watch_id, **told, planned_by=door.actor.code, recorded_at=door.now))
    door.session.flush()
    audit(door, "watch_planned", f"watch:{watch_id}", kind=kind, team=team or "", post=post or "")
    record(door.session, WatchChanged(watch_id, "planned", sectors[0]), door.now)
    return "new"


def _judge_plan(
    door: Door,
    kind: str,
    sectors: Sequence[str],
    post: str | None,
    planned_start: dt.datetime,
    planned_end: dt.datetime | None,
) -> None:
    errors: dict[str, list[str]] = {}
    known = {sector.code for sector in all_places(door.session, kinds=("sector",))}
    if not sectors or (unknown := sorted(set(sectors) - known)):
        errors["sectors"] = [
            "Name at least one sector." if not sectors else f"Unknown: {', '.join(unknown)}."
        ]
    if post is None and kind != "patrol":
        errors["post"] = [f"A {kind} watch has a post."]
    if post is not None:
        found = place(door.session, post)
        if found is None or found.kind not in {"post", "base"}:
            errors["post"] = [f"{post} is no post or base."]
    if planned_end is None and kind != "camera":
        errors["planned_end"] = ["Only a camera runs until further notice."]
    if planned_end is not None and planned_end <= planned_start:
        errors["planned_end"] = ["The end is not after the start."]
    if errors:
        raise Invalid(errors)


def _team_id(door: Door, code: str | None) -> str | None:
    if code is None:
        return None
    team_id = door.session.scalar(select(Team.id).where(Team.code == code))
    if team_id is None:
        raise Invalid({"team": [f"There is no team {code}."]})
    return team_id


def _require_own_team(door: Door, team_id: str | None) -> None:
    """Whoever belongs to a team speaks for that team; those at the base, who belong to none, for all."""
    if door.actor.team_id is not None and door.actor.team_id != team_id:
        raise Refused(permission=FILE, reason="this watch belongs to another team")


def record_watch_event(
    door: Door,
    *,
    event_id: str,
    watch_id: str,
    kind: str,
    at: dt.datetime | None = None,
    sector: str | None = None,
) -> Outcome:
    """Notes a start, check-in, end or outage; `at` is when it happened, which may be long ago.

    Events may come late and in any order. The same event again is a repeat, another one under its id refused.
    Raises NotFound, Refused for another team's watch, Invalid, Conflict.
    """
    watch = door.session.get(Watch, watch_id)
    if watch is None:
        raise NotFound(thing="watch", id=watch_id)
    _require_own_team(door, watch.team_id)
    known = door.session.get(WatchEvent, event_id)
    if known is not None:
        same = (known.watch_id, known.kind, known.sector) == (watch_id, kind, sector)
        if not same or (at is not None and known.at != at):
            raise Conflict(reason=f"Another event stands under the id {event_id}.")
        return "repeat"
    if sector is not None and sector not in watch.sectors:
        raise Invalid({"sector": [f"This watch is for {', '.join(watch.sectors)}."]})
    happened_at = (at or door.now).astimezone(dt.UTC)
    door.session.add(
        WatchEvent(
            id=event_id,
            watch_id=watch_id,
            kind=kind,
            at=happened_at,
            sector=sector,
            recorded_by=door.actor.code,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    audit(door, f"watch_{kind}", f"watch:{watch_id}", event=event_id)
    record(door.session, WatchChanged(watch_id, kind, sector or watch.sectors[0]), door.now)
    return "new"
