"""The analyst's home: what waits for whom, since when, and who has it open. Composed from the rooms below."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from incidents.casework import queries, workflow
from incidents.casework.holding import Hold, holds
from incidents.casework.queries import IncidentRow
from incidents.casework.workflow import ASSESS, CONFIRM, EDIT, RELEASING
from incidents.intake import queries as intake
from incidents.intake import titles
from incidents.intake.queries import ObservationRow, Position
from incidents.intake.reviewing import REVIEW
from monitor.access import Subject, may
from monitor.door import Door
from monitor.people.queries import name_of, names
from monitor.watches.overdue import REASONS
from monitor.watches.queries import overdue_watches

# Who a thing waits for, in the words of the queue.
FOR = {
    REVIEW: "a reviewer",
    ASSESS: "an analyst",
    CONFIRM: "a second officer",
    EDIT: "the reporting officer",
    RELEASING: "the head of mission",
}
NEEDS = {"quarantined": "a reviewer to clear it"}
# What began to wait at the same moment: first who may be in danger, then what others rest on.
KINDS = ("overdue", "report", "suggestion", "incident")
# A report that comes so long after its event is marked late.
LATE_AFTER = dt.timedelta(hours=6)


@dataclass(frozen=True)
class Waiting:
    """One thing of the queue. `why_not` says why this person cannot do it; None when they can."""

    kind: str
    thing: str
    thing_id: str
    title: str
    detail: str
    since: dt.datetime
    waits_for: str
    state: str
    why_not: str | None
    held_by: str | None
    held_until: dt.datetime | None
    is_mine: bool
    is_late: bool = False
    tier: int | None = None
    symbol: str = "other"
    sector: str | None = None
    observation_ids: tuple[str, ...] = ()


def queue(door: Door, known_at: dt.datetime | None = None) -> list[Waiting]:
    """Everything that waits, as known at a moment: what this person can do first, longest waiting first."""
    at = known_at or door.now
    held = holds(door.session, at)
    known = names(door.session, [hold.actor for hold in held.values()])
    found = [
        *_reports(door, known_at, held, known),
        *_pairs(door, known_at, held, known),
        *_incidents(door, known_at, held, known),
        *_overdue(door, at),
    ]
    return sorted(
        found, key=lambda one: (one.why_not is not None, one.since, KINDS.index(one.kind), one.thing_id)
    )


Held = dict[tuple[str, str], Hold]


def _held(
    door: Door, held: Held, known: dict[str, str], thing: str, thing_id: str
) -> tuple[str | None, dt.datetime | None, bool]:
    hold = held.get((thing, thing_id))
    if hold is None:
        return None, None, False
    return name_of(hold.actor, known), hold.until, hold.actor == door.actor.code


def _reports(
    door: Door, known_at: dt.datetime | None, held: Held, known: dict[str, str]
) -> Iterable[Waiting]:
    rows = intake.review_queue(door.session, known_at)
    exact = positions(door, rows)
    for row in rows:
        subject = Subject(frozenset({row.author_id, row.device_id or ""}), row.team_id)
        decision = may(door.actor, REVIEW, subject)
        by, until, is_mine = _held(door, held, known, "observation", row.observation_id)
        stood = row.observed_from or "place not stated"
        from_where = stood if stood.startswith(("at ", "place ")) else f"from {stood}"
        yield Waiting(
            kind="report",
            thing="observation",
            thing_id=row.observation_id,
            title=titles.title(row, exact.get(row.observation_id)),
            detail=f"{row.receipt_number} · {from_where} · filed by {row.author_name}",
            since=row.recorded_at,
            waits_for=NEEDS.get(row.processing, FOR[REVIEW]),
            state=row.processing,
            why_not=None if decision.allowed else decision.reason,
            held_by=by,
            held_until=until,
            is_mine=is_mine,
            is_late=row.received_at - row.t_end > LATE_AFTER,
            tier=row.tier,
            symbol=titles.symbol(row.category, row.type),
            sector=row.sector_code,
            observation_ids=(row.observation_id,),
        )


def positions(door: Door, rows: list[ObservationRow]) -> dict[str, Position]:
    """The exact positions of these rows, for whom they are."""
    if not rows or not door.actor.may("incidents:position:read"):
        return {}
    return intake.positions(door.session, door.app.keys, rows)


def _pairs(door: Door, known_at: dt.datetime | None, held: Held, known: dict[str, str]) -> Iterable[Waiting]:
    pairs = queries.suggestions(door.session, known_at=known_at)
    ids = {member for pair in pairs for member in pair.pair}
    rows = {
        row.observation_id: row
        for row in (intake.observations(door.session, ids=ids, known_at=known_at) if ids else [])
    }
    exact = positions(door, list(rows.values()))
    refs = queries.incidents_of(door.session, ids, known_at)
    decision = may(door.actor, ASSESS)
    for pair in pairs:
        one, other = (rows.get(member) for member in pair.pair)
        if one is None or other is None or "rejected" in (one.processing, other.processing):
            continue
        first, second = (refs.get(member) for member in pair.pair)
        if first and second and first.incident_id == second.incident_id:
            continue
        by, until, is_mine = _held(door, held, known, "suggestion", pair.key)
        yield Waiting(
            kind="suggestion",
            thing="suggestion",
            thing_id=pair.key,
            title=f"One event? {titles.title(one, exact.get(one.observation_id))}",
            detail=f"and {titles.title(other, exact.get(other.observation_id))} · "
            f"{one.receipt_number} and {other.receipt_number} · score {pair.score:.2f}",
            since=pair.since,
            waits_for=FOR[ASSESS],
            state=pair.state,
            why_not=None if decision.allowed else decision.reason,
            held_by=by,
            held_until=until,
            is_mine=is_mine,
            tier=max(filter(None, (one.tier, other.tier)), default=None),
            symbol=titles.symbol(one.category, one.type),
            sector=one.sector_code,
            observation_ids=pair.pair,
        )


# What an incident waits for, by its two states; the rest waits for nobody.
STEPS = {
    ("reported", "internal"): (ASSESS, "to be assessed"),
    ("possible", "internal"): (ASSESS, "to be corroborated, or called disputed or unverifiable"),
    ("corroborated", "internal"): (CONFIRM, "to be confirmed by another person"),
    ("confirmed", "internal"): (EDIT, "to be cleared for the report"),
    ("confirmed", "cleared_for_report"): (RELEASING, "to be released"),
}


def _incidents(
    door: Door, known_at: dt.datetime | None, held: Held, known: dict[str, str]
) -> Iterable[Waiting]:
    rows = [
        row
        for row in queries.incidents(door.session, known_at=known_at)
        if (row.assessment, row.release) in STEPS and row.observation_ids
    ]
    since = queries.last_steps(door.session, [row.incident_id for row in rows], known_at)
    firsts = _first_reports(door, rows, known_at)
    for row in rows:
        permission, what = STEPS[(row.assessment, row.release)]
        at, actor = since[row.incident_id]
        by, until, is_mine = _held(door, held, known, "incident", row.incident_id)
        first, count = firsts.get(row.incident_id), len(row.observation_ids)
        yield Waiting(
            kind="incident",
            thing="incident",
            thing_id=row.incident_id,
            title=f"{row.label} · {titles.type_label(first.type) if first else 'no report'}",
            detail=f"{count} report{'' if count == 1 else 's'} · {what}",
            since=at,
            waits_for=FOR[permission],
            state=row.assessment if row.release == "internal" else row.release,
            why_not=_why_not(door, permission, actor),
            held_by=by,
            held_until=until,
            is_mine=is_mine,
            tier=first.tier if first else None,
            symbol=titles.symbol(first.category, first.type) if first else "other",
            sector=first.sector_code if first else None,
            observation_ids=row.observation_ids,
        )


def _why_not(door: Door, permission: str, last_actor: str) -> str | None:
    decision = may(door.actor, permission)
    if not decision.allowed:
        return decision.reason
    if permission in (CONFIRM, RELEASING) and last_actor == door.actor.code:
        guard = workflow.another_person if permission == CONFIRM else workflow.another_than_cleared
        return guard(workflow.Case("", "", (), last_actor, last_actor), door.actor.code)
    return None


def _first_reports(
    door: Door, rows: list[IncidentRow], known_at: dt.datetime | None
) -> dict[str, ObservationRow]:
    ids = {one for row in rows for one in row.observation_ids}
    reports = {
        one.observation_id: one
        for one in (intake.observations(door.session, ids=ids, known_at=known_at) if ids else [])
    }
    return {
        row.incident_id: min(members, key=lambda one: (one.t_start, one.observation_id))
        for row in rows
        if (members := [reports[one] for one in row.observation_ids if one in reports])
    }


def _overdue(door: Door, at: dt.datetime) -> Iterable[Waiting]:
    decision = may(door.actor, "incidents:alert:act")
    for row in overdue_watches(door.session, at):
        who = row.watch.team or row.watch.post or "a watch"
        yield Waiting(
            kind="overdue",
            thing="watch",
            thing_id=row.watch.id,
            title=f"{titles.readable(row.watch.kind)} {who} {REASONS[row.overdue.reason]}",
            detail=f"{', '.join(row.watch.sectors)} · call them; their check-in takes this away",
            since=row.overdue.since,
            waits_for="the duty officer",
            state=row.overdue.reason,
            why_not=None if decision.allowed else decision.reason,
            held_by=None,
            held_until=None,
            is_mine=False,
            symbol="eye",
            sector=row.watch.sectors[0],
        )
