"""Verbs of intake: receive an observation, review one."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.events import ObservationReceived, ObservationReviewed
from incidents.evidence.service import expect_media
from incidents.intake import queries
from incidents.intake.decide import Outcome, decide
from incidents.intake.locate import Ground, KnownPlace, Where, locate
from incidents.intake.model import Observation, ObservationRevision, ObservationStep
from incidents.intake.reviewing import REVIEW, way, ways
from incidents.intake.schema import canonical, judge
from incidents.taxonomy import taxonomy
from monitor import geo, vault
from monitor.access import Subject, require
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import BadRequest, Conflict, Invalid, NotFound, WrongState
from monitor.log.service import append
from monitor.mission.queries import find_mission
from monitor.outbox import record
from monitor.places import queries as places

CLOCK_TOLERANCE = dt.timedelta(minutes=10)
NOT_KNOWN = "n_k"
# How far from its point a named place reaches, where all that is said is its name. Our rule.
RADIUS_M = {"post": 50.0, "base": 200.0, "settlement": 1_500.0}


@dataclass(frozen=True)
class Received:
    """What became of an observation that arrived, and the receipt it is answered with."""

    outcome: Outcome
    receipt: queries.Receipt


def receive_observation(door: Door, body: Any, ground: Ground | None = None) -> Received:
    """Takes one observation in.

    1. The envelope: an id and a revision number; without them BadRequest.
    2. New, repeat, correction or conflict; a conflict is refused, a repeat gets its first receipt.
    3. Judge and place it; whatever is odd becomes a reason, never a refusal.
    4. Store body, private parts and row; append a log leaf; tell the house.
    """
    observation_id, revision_no = _envelope(body)
    content = canonical(body)
    digest = hashlib.sha256(content).hexdigest()
    held = _held(door.session, observation_id)
    outcome = decide(held, revision_no, digest)
    if outcome == "conflict" or (held and not _is_theirs(door, observation_id)):
        raise Conflict(
            reason=f"Another observation stands under {observation_id}, revision {revision_no}. "
            "Send the changed text as the next revision, or a different observation under a new id."
        )
    if outcome == "repeat":
        return Received(outcome, queries.receipt(door.session, observation_id, revision_no))

    read, reasons = judge(body)
    where = locate(read.get("observer") or {}, read.get("event") or {}, ground or the_ground(door.session))
    reasons += where.reasons + _times(read, door.now)[2] + _taxonomy_reasons(read)
    leaf = append(
        door.session,
        "submission" if revision_no == 1 else "revision",
        {
            "actor": door.actor.code,
            "digest": digest,
            "observation": observation_id,
            "revision": revision_no,
        },
        door.now,
    )
    if not held:
        door.session.add(
            Observation(
                id=observation_id,
                author_id=door.actor.person_id,
                device_id=door.actor.id if door.actor.kind == "device" else None,
                team_id=door.actor.team_id,
                recorded_at=door.now,
            )
        )
        door.session.flush()
    row = _row(door, read, where, observation_id, revision_no, digest, leaf.index, reasons)
    door.session.add(row)
    door.session.flush()
    _seal_private_parts(door, row, read, where, content)
    state = "quarantined" if reasons else "received"
    _step(door, observation_id, revision_no, state)
    expect_media(door, observation_id, revision_no, read.get("media") or [])
    record(
        door.session,
        ObservationReceived(observation_id, revision_no, row.sector_code, row.category, row.type),
        door.now,
    )
    return Received(outcome, queries.receipt(door.session, observation_id, revision_no))


def review_observation(
    door: Door, observation_id: str, verdict: str, comment: str, expected: str | None = None
) -> None:
    """Steps the review of the live revision. Refused to the author; returning and rejecting say why.

    `expected` is the state that the reviewer saw: where somebody else was faster, Conflict says so and
    nothing is changed.
    """
    take_sequence(door.session)
    row = queries.observation(door.session, observation_id)
    if row is None:
        raise NotFound(thing="observation", id=observation_id)
    makers = frozenset({row.author_id, row.device_id or ""})
    require(door.actor, REVIEW, Subject(makers, row.team_id))
    if expected is not None and expected != row.processing:
        raise Conflict(
            reason=f"Somebody else was faster: the observation is {row.processing} now, not {expected}. "
            "Look at it again before you decide."
        )
    found = way(row.processing, verdict)
    if found is None:
        raise WrongState(
            thing="observation", wanted=f"one of {', '.join(ways(row.processing))}", found=row.processing
        )
    if found.reason_for and not comment.strip():
        raise Invalid({"comment": [f"Say why: {found.reason_for} reads it."]})
    step = _step(door, observation_id, row.revision_no, verdict)
    if comment.strip():
        vault.seal(
            door.session, door.app.keys, "observation_step", str(step.id), "comment", comment, door.now
        )
    append(
        door.session,
        "assessment",
        {
            "actor": door.actor.code,
            "observation": observation_id,
            "revision": row.revision_no,
            "state": verdict,
        },
        door.now,
    )
    record(door.session, ObservationReviewed(observation_id, verdict), door.now)


def the_ground(session: Session) -> Ground:
    """The mission's places, sectors and declination as they stand now."""
    mission = find_mission(session)
    return Ground(
        places={
            place.code: KnownPlace(place.lon, place.lat, RADIUS_M[place.kind])
            for place in places.all_places(session, kinds=RADIUS_M)
        },
        sectors={sector.code: sector.polygon for sector in places.sector_shapes(session)},
        declination_deg=mission.declination_deg if mission else 0.0,
    )


def _envelope(body: Any) -> tuple[str, int]:
    if not isinstance(body, dict):
        raise BadRequest(reason="An observation is one JSON object.")
    given, revision_no = body.get("observation_id"), body.get("revision_no", 1)
    try:
        observation_id = str(uuid.UUID(given)) if isinstance(given, str) and len(given) == 36 else None
    except ValueError:
        observation_id = None
    if observation_id is None:
        raise BadRequest(reason="observation_id must be a UUID made by the sender.")
    if isinstance(revision_no, bool) or not isinstance(revision_no, int) or not 1 <= revision_no <= 10_000:
        raise BadRequest(reason="revision_no must be a whole number from 1 on.")
    return observation_id, revision_no


def _held(session: Session, observation_id: str) -> dict[int, str]:
    rows = session.execute(
        select(ObservationRevision.revision_no, ObservationRevision.digest).where(
            ObservationRevision.observation_id == observation_id
        )
    )
    return {revision_no: digest for revision_no, digest in rows}


def _is_theirs(door: Door, observation_id: str) -> bool:
    """Whether this sender may repeat or correct it: the author, or somebody of the same team."""
    found = door.session.get(Observation, observation_id)
    assert found is not None
    return found.author_id == door.actor.person_id or (
        found.team_id is not None and found.team_id == door.actor.team_id
    )


def _times(read: Mapping[str, Any], now: dt.datetime) -> tuple[dt.datetime, dt.datetime, list[str]]:
    """Start and end of the event, and what is odd about them. Without a time it is the time of receipt."""
    said = read.get("time") or {}
    start, end = said.get("start"), said.get("end")
    if start is None:
        return now, now, []
    reasons = []
    if end is not None and end < start:
        reasons.append("ends_before_it_starts")
        end = start
    if max(start, end or start) > now + CLOCK_TOLERANCE:
        reasons.append("clock_ahead")
    return start, end or start, reasons


def _taxonomy_reasons(read: Mapping[str, Any]) -> list[str]:
    known, kind = taxonomy(), read.get("type")
    if "category" not in read or kind is None:
        return []
    return known.check_category(read["category"], kind) + known.check(kind, read.get("fields_") or {})


def _row(
    door: Door,
    read: Mapping[str, Any],
    where: Where,
    observation_id: str,
    revision_no: int,
    digest: str,
    leaf_index: int,
    reasons: list[str],
) -> ObservationRevision:
    start, end, _ = _times(read, door.now)
    said, count = read.get("time") or {}, read.get("count") or {}
    kind = read.get("type", NOT_KNOWN)
    public, _private = taxonomy().split_private(kind, read.get("fields_") or {})
    x, y, z = geo.ecef(*where.point) if where.point else (None, None, None)
    best = count.get("best") if count.get("best") is not None else count.get("min")
    return ObservationRevision(
        observation_id=observation_id,
        revision_no=revision_no,
        digest=digest,
        leaf_index=leaf_index,
        form_version=read.get("form_version"),
        device_seq=read.get("device_seq"),
        recorded_at=door.now,
        captured_at=read.get("captured_at"),
        category=read.get("category", NOT_KNOWN),
        type=kind,
        means=read.get("means"),
        info_type=read.get("info_type"),
        t_start=start,
        t_end=end,
        t_precision=said.get("precision") or ("T2" if said.get("start") else "T6"),
        t_basis=said.get("basis"),
        clock_offset_s=said.get("clock_offset_s"),
        sector_code=where.sector,
        sector_basis=where.sector_basis,
        observed_from=_observed_from(door.session, where),
        lon=where.lon,
        lat=where.lat,
        x=x,
        y=y,
        z=z,
        cell=geo.cell(*where.point) if where.point else None,
        event_uncertainty_m=where.uncertainty_m,
        geo_precision=where.precision,
        count_min=count.get("min") if count.get("min") is not None else best,
        count_best=best,
        count_max=count.get("max"),
        count_qualifier=count.get("qualifier"),
        weapon=public.get("weapon") if isinstance(public.get("weapon"), str) else None,
        tier=taxonomy().tier_of(public, kind),
        exposure=read.get("exposure"),
        sensitivity=read.get("sensitivity", "internal"),
        watch_id=str(read["watch_id"]) if read.get("watch_id") else None,
        fields=public,
        conditions=read.get("conditions"),
        reasons=sorted(set(reasons)),
    )


def _observed_from(session: Session, where: Where) -> str | None:
    """Where the observer stood, in words coarse enough for the open row."""
    if where.observer is None:
        return None
    return places.describe_from(session, *where.observer)


def _seal_private_parts(
    door: Door, row: ObservationRevision, read: Mapping[str, Any], where: Where, content: bytes
) -> None:
    owner_id = f"{row.observation_id}/{row.revision_no}"
    said = read.get("event") or {}
    _public, private_fields = taxonomy().split_private(row.type, read.get("fields_") or {})
    parts = {
        "body": content.decode(),
        "position": {
            "observer": list(where.observer) if where.observer else None,
            "accuracy_m": where.observer_accuracy_m,
            "method": (read.get("observer") or {}).get("method"),
            "bearing_deg": where.bearing_deg,
            "dir16": said.get("dir16"),
            "dist_min_m": _metres(said.get("dist_min_km")),
            "dist_max_m": _metres(said.get("dist_max_km")),
            "geometry": where.polygon,
        },
        "text": read.get("text"),
        "fields": private_fields or None,
        "witness": read.get("witness"),
        "co_observers": read.get("co_observers") or None,
    }
    for part, value in parts.items():
        if value is not None:
            vault.seal(door.session, door.app.keys, "observation", owner_id, part, value, door.now)


def _metres(km: float | None) -> float | None:
    return None if km is None else km * 1000.0


def _step(door: Door, observation_id: str, revision_no: int, state: str) -> ObservationStep:
    step = ObservationStep(
        observation_id=observation_id,
        revision_no=revision_no,
        state=state,
        actor=door.actor.code,
        recorded_at=door.now,
    )
    door.session.add(step)
    door.session.flush()
    return step
