"""The alerts as the inbox shows them: why each fired, who must act by when, what happened, what was done."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from incidents.alerts import queries as alerts
from incidents.alerts.lifecycle import LIVE
from incidents.alerts.routing import climbs_next, next_rung, owed
from monitor.door import Door
from monitor.people.queries import name_of, names, people_who_may
from monitor.places.queries import all_places

# An alert that could have been known this long before it was raised came from late reports.
FOUND_LATE_AFTER = dt.timedelta(hours=1)
# What is over stays in sight so long; of older ones only the newest are shown.
OVER_IN_SIGHT = dt.timedelta(hours=12)
OTHERS_AT_MOST = 100
ACTS = "incidents:alert:act"


@dataclass(frozen=True)
class _Known:
    """What all rows are said with."""

    door: Door
    names: Mapping[str, str]
    sectors: Mapping[str, str]


def inbox(door: Door, also: str | None = None) -> dict[str, Any]:
    """Alerts by who must act and by when, the soonest first; after them the newest of what is over.

    `also` is one that was looked for, however old. Beside them who may be given one, and who asked for quiet.
    """
    session, now = door.session, door.now
    states = alerts.standings(session, now, known_at=now)
    live = [one for one, is_now in states.items() if is_now.state in LIVE]
    others = [one for one in states if one not in set(live)]
    wanted = [*live, *others[:OTHERS_AT_MOST], *([also] if also in others[OTHERS_AT_MOST:] else [])]
    rows = alerts.alerts(session, now, ids=wanted, known_at=now) if wanted else []
    keys = door.app.keys if door.actor.may("incidents:text:read") else None
    versions = {row.id: alerts.alert_versions(session, row.id, now) for row in rows}
    steps = {row.id: alerts.alert_steps(session, row.id, keys, now) for row in rows}
    climbed = alerts.climbed(session, wanted, now)
    mutes = alerts.mutes(session, now, keys)
    actors = {step.actor for one in steps.values() for step in one} | {mute.actor for mute in mutes}
    actors |= {f"person:{row.assigned_to}" for row in rows if row.assigned_to}
    actors |= {f"person:{step.assignee_id}" for one in steps.values() for step in one if step.assignee_id}
    sectors = {place.code: place.name for place in all_places(session, kinds=("sector",))}
    known = _Known(door, names(session, actors), sectors)
    shown = [_alert(known, row, versions[row.id], steps[row.id], climbed.get(row.id, [])) for row in rows]
    return {
        "alerts": shown,
        "over_in_sight_h": OVER_IN_SIGHT / dt.timedelta(hours=1),
        "people": [{"id": one.id, "name": one.name} for one in people_who_may(session, ACTS)]
        if door.actor.may(ACTS)
        else [],
        "mutes": [
            {
                "id": mute.id,
                "about": " in ".join(part for part in (mute.rule_id, _place(known, mute.sector)) if part),
                "until": mute.until.isoformat(),
                "by": name_of(mute.actor, known.names),
                "why": mute.why,
                "held_back": mute.held_back,
            }
            for mute in mutes
        ],
    }


def _alert(
    known: _Known,
    row: alerts.AlertRow,
    versions: list[alerts.VersionRow],
    steps: list[alerts.StepRow],
    climbed: list[tuple[str, dt.datetime]],
) -> dict[str, Any]:
    rungs = [who for who, at in climbed if at >= row.asks_since]
    debt = owed(row.now, row.asks_since, row.speaking, rungs)
    climbs = climbs_next(row.speaking, row.state, row.asks_since, rungs)
    above = next_rung(row.speaking, rungs, known.door.actor.roles)
    holder = f"person:{row.assigned_to}" if row.state == "assigned" else row.acknowledged_by
    return {
        "id": row.id,
        "number": row.label,
        "severity": row.severity,
        "title": row.rule_title,
        "rule_id": row.rule_id,
        "rule_version": row.rule_version_id,
        "colour": row.colour,
        "sector": row.sector_code,
        "place": _place(known, row.sector_code) or "Outside all sectors",
        "state": row.state,
        "actor": name_of(holder, known.names) if holder else None,
        "assigned_to": known.names.get(f"person:{row.assigned_to}") if row.assigned_to else None,
        "owed": {
            "who": [_name(known, who) for who in debt.who],
            "by": debt.by.isoformat(),
            "by_me": any(_is_me(known.door, who) for who in debt.who),
        }
        if debt
        else None,
        "climbs": {"to": _role(climbs[0]), "at": climbs[1].isoformat()} if climbs else None,
        "above": _name(known, above) if above else None,
        "shelved_until": row.shelved_until.isoformat() if row.shelved_until else None,
        "raised_at": row.raised_at.isoformat(),
        "changed_at": row.last_changed_at.isoformat(),
        "condition_from": row.condition_from.isoformat(),
        "detectable_at": row.detectable_at.isoformat(),
        "why": row.sentence,
        "change": row.last_change,
        "reason": row.last_reason,
        "is_late": row.raised_at - row.detectable_at > FOUND_LATE_AFTER,
        "evidence": sorted({cited.observation_id for cited in row.evidence}),
        "beside": len(row.beside),
        "reviewed": round(row.share_reviewed * len(row.evidence)),
        "quarantined": row.quarantined_evidence,
        "history": _history(known, versions, steps, climbed),
    }


def _history(
    known: _Known,
    versions: list[alerts.VersionRow],
    steps: list[alerts.StepRow],
    climbed: list[tuple[str, dt.datetime]],
) -> list[dict[str, Any]]:
    """What happened, what people did and whom it climbed to, in order."""
    nobody = {"why": None, "by": None, "to": None, "until": None, "note": None}
    entries: list[dict[str, Any]] = [
        nobody | {"at": one.recorded_at, "what": one.change, "why": one.reason} for one in versions
    ]
    entries += [
        nobody
        | {
            "at": one.recorded_at,
            "what": one.step,
            "by": name_of(one.actor, known.names),
            "to": known.names.get(f"person:{one.assignee_id}") if one.assignee_id else None,
            "until": one.until.isoformat() if one.until else None,
            "note": one.note,
        }
        for one in steps
    ]
    entries += [nobody | {"at": at, "what": "told", "to": _name(known, who)} for who, at in climbed]
    return [entry | {"at": entry["at"].isoformat()} for entry in sorted(entries, key=lambda one: one["at"])]


def _place(known: _Known, sector: str | None) -> str | None:
    return known.sectors.get(sector, sector).removesuffix(" (exercise)") if sector else None


def _name(known: _Known, who: str) -> str:
    return _role(who.removeprefix("role:")) if who.startswith("role:") else name_of(who, known.names)


def _role(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _is_me(door: Door, who: str) -> bool:
    return who == door.actor.code or who.removeprefix("role:") in door.actor.roles


def asking(session: Session, now: dt.datetime) -> int:
    """How many alerts nobody has answered."""
    states = alerts.standings(session, now, known_at=now)
    return sum(one.state in ("open", "needs_review") for one in states.values())
