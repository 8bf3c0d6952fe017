"""What was told, as facts: observations, watches and claims in the shape that the rules read."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from incidents.claims.queries import ClaimWithVerdict
from incidents.intake.queries import ObservationRow
from incidents.rules.facts import (
    CLAIM,
    CLAIM_CATEGORY,
    DETAILS,
    EXPOSURES,
    QUARANTINED,
    SIGN_CATEGORY,
    TRAINING,
    WATCH,
    WATCH_CATEGORY,
    Fact,
)
from incidents.rules.model import RuleFact
from incidents.taxonomy.model import NOT_KNOWN
from monitor import geo
from monitor.watches.queries import SignRow, WatchRow

STATUS_OF_PROCESSING = {"accepted": "verified", "rejected": "refuted"}
STATUS_OF_ASSESSMENT = {"disputed": "disputed", "refuted": "refuted", "withdrawn": "withdrawn"}


def fact_of(
    row: ObservationRow, version: int, known_at: dt.datetime, incident_id: str | None, assessment: str | None
) -> Fact:
    """An observation as the rules read it; the incident's assessment outweighs the review."""
    flags = [QUARANTINED] if row.processing == "quarantined" else []
    flags += [TRAINING] if row.is_training else []
    exercise = row.fields.get("assessed_exercise")
    reviewed = STATUS_OF_PROCESSING.get(row.processing, "reported")
    status = reviewed if reviewed == "refuted" else STATUS_OF_ASSESSMENT.get(assessment or "", reviewed)
    return Fact(
        observation_id=row.observation_id,
        version=version,
        revision=row.revision_no,
        known_at=known_at,
        event_start=row.t_start,
        event_end=row.t_end,
        category=row.category,
        type=row.type,
        sector=row.sector_code,
        info_type=row.info_type,
        means=row.means,
        weapon=row.weapon,
        tier=row.tier,
        count_best=row.count_best if row.count_best is not None else row.count_min,
        exposure=row.exposure if row.exposure in EXPOSURES else "none",
        assessed_exercise=exercise if isinstance(exercise, str) else None,
        incident_id=incident_id,
        team=row.team_code,
        device=row.device_id,
        status=status,
        flags=frozenset(flags),
        x=row.x,
        y=row.y,
        z=row.z,
        cell=row.cell,
        watch=row.watch_id,
        holds_from=_instant(row.fields.get("since")),
        holds_to=_instant(row.fields.get("until")),
        details=details_of(row),
    )


# Fields of the form that go by another name here, because several types of the form mean the same.
SAID_AS = {"heading": ("path_to_dir16", "direction_to_dir16", "crossed_to_dir16")}


def details_of(row: ObservationRow) -> dict[str, Any]:
    """What an observation says beside its common fields, as far as a rule may ask about it."""
    said: dict[str, Any] = {}
    for name in sorted(DETAILS):
        names = SAID_AS.get(name, (name,))
        value = next((row.fields[n] for n in names if n in row.fields), None)
        if _is_code(value) or (isinstance(value, list) and all(map(_is_code, value))):
            said[name] = value
    if isinstance(row.fields.get("persons"), list):
        said["civilian"] = _civilian(row.fields["persons"])
    if row.type == "corridor_status" and row.sector_code:
        said.setdefault("corridor", row.sector_code)
    return said


def _is_code(value: Any) -> bool:
    return isinstance(value, str | int) and value != NOT_KNOWN


def _civilian(persons: list[Any]) -> str:
    """`no` only where everybody harmed is known to have been a combatant."""
    known = {entry.get("person_status", "n_k") for entry in persons if isinstance(entry, dict)}
    return "no" if known == {"combatant"} else "yes"


def _instant(value: Any) -> dt.datetime | None:
    """A moment as the form writes it; what does not read as one with its offset says nothing."""
    if not isinstance(value, str):
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(dt.UTC) if moment.tzinfo else None


def row_of(fact: Fact) -> RuleFact:
    return RuleFact(
        observation_id=fact.observation_id,
        version=fact.version,
        revision_no=fact.revision,
        known_at=fact.known_at,
        t_start=fact.event_start,
        t_end=fact.event_end,
        key=fact.key,
        category=fact.category,
        type=fact.type,
        sector=fact.sector,
        info_type=fact.info_type,
        means=fact.means,
        weapon=fact.weapon,
        tier=fact.tier,
        count_best=fact.count_best,
        exposure=fact.exposure,
        assessed_exercise=fact.assessed_exercise,
        incident_id=fact.incident_id,
        team=fact.team,
        device=fact.device,
        status=fact.status,
        flags=sorted(fact.flags),
        x=fact.x,
        y=fact.y,
        z=fact.z,
        cell=fact.cell,
        origin=fact.origin,
        watch=fact.watch,
        holds_from=fact.holds_from,
        holds_to=fact.holds_to,
        from_at=fact.reaches_from,
        until_at=fact.reaches_to,
        details=dict(fact.details),
    )


# ---- watches and claims ----------------------------------------------------------------------------------


def facts_of_watch(row: WatchRow, signs: Iterable[SignRow], known_at: dt.datetime) -> list[Fact]:
    """A watch as one fact that says from when to when it is to watch, and each sign of it as one.

    Its type is how it stands: planned, out, down or ended. Without an end nothing is expected of it.
    """
    start = row.started_at or row.planned_start
    common: dict[str, Any] = {
        "version": 1,
        "revision": 1,
        "known_at": known_at,
        "sector": row.sectors[0] if row.sectors else None,
        "team": row.team or row.post,
        "origin": WATCH,
        "watch": row.id,
        "details": {"watch_kind": row.kind},
    }
    plan = Fact(
        observation_id=row.id,
        event_start=start,
        event_end=start,
        category=WATCH_CATEGORY,
        type=row.state,
        holds_from=start,
        holds_to=row.ended_at or row.planned_end,
        **common,
    )
    told = [
        Fact(
            observation_id=sign.id,
            event_start=sign.at,
            event_end=sign.at,
            category=SIGN_CATEGORY,
            type=sign.kind,
            **common,
        )
        for sign in signs
    ]
    return [plan, *told]


def fact_of_claim(told: ClaimWithVerdict, known_at: dt.datetime) -> Fact:
    """A claim with what the mission can say to it. Who speaks is a detail by which claims are told apart."""
    row = told.claim
    place = geo.ecef(row.lon, row.lat) if row.lon is not None and row.lat is not None else (None, None, None)
    return Fact(
        observation_id=row.id,
        version=1,
        revision=1,
        known_at=known_at,
        event_start=row.t_start,
        event_end=row.t_end or row.t_start,
        category=CLAIM_CATEGORY,
        type=row.type,
        sector=told.sector,
        team=row.claimant,
        origin=CLAIM,
        x=place[0],
        y=place[1],
        z=place[2],
        details={"claimant": row.claimant_party, "answer": told.answer},
    )
