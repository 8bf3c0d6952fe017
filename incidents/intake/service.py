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
from incidents.evidence.service import differing_media, expect_media
from incidents.intake import queries
from incidents.intake.decide import Outcome, decide
from incidents.intake.locate import Ground, KnownPlace, Where, locate
from incidents.intake.model import Observation, ObservationRevision, ObservationStep
from incidents.intake.package import Report, Signed, read_package
from incidents.intake.reviewing import REVIEW, way, ways
from incidents.intake.schema import canonical, judge
from incidents.taxonomy import taxonomy
from monitor import geo, vault
from monitor.access import Subject, require
from monitor.db.session import take_sequence
from monitor.devices.queries import has_key, signing_device
from monitor.devices.sequence import Link
from monitor.devices.service import note_link
from monitor.door import Door
from monitor.dsse import to_url_base64
from monitor.errors import BadRequest, Conflict, Invalid, KeyRevoked, NotFound, WrongState
from monitor.log import queries as log
from monitor.log.service import append
from monitor.mission.queries import find_mission
from monitor.outbox import record
from monitor.places import queries as places
from monitor.sealing import open_item

CLOCK_TOLERANCE = dt.timedelta(minutes=10)
NOT_KNOWN = "n_k"
# How far from its point a named place reaches, where all that is said is its name. Our rule.
RADIUS_M = {"post": 50.0, "base": 200.0, "settlement": 1_500.0}


@dataclass(frozen=True)
class Received:
    """What became of an observation that arrived, and the receipt it is answered with."""

    outcome: Outcome
    receipt: queries.Receipt


@dataclass(frozen=True)
class Filer:
    """Who filed a report: whoever signed it, else whoever sent it."""

    person_id: str | None
    device_id: str | None
    team_id: str | None


def receive_observation(door: Door, body: Any, ground: Ground | None = None) -> Received:
    """Takes one unsigned observation in, as a plain body."""
    return receive_report(door, Report(body), ground=ground)


def receive_package(
    door: Door, content: bytes, *, is_sealed: bool = False, by_file: bool = False
) -> Received:
    """Takes one package in, signed or not. Raises BadRequest for a wrong signature or unreadable bytes."""

    def spki_of(kid: str) -> bytes | None:
        known = signing_device(door.session, kid)
        return known.spki if known else None

    return receive_report(door, read_package(content, spki_of), is_sealed=is_sealed, by_file=by_file)


def receive_sealed(
    door: Door, item: bytes, observation_id: str, revision_no: int, *, by_file: bool = False
) -> Received:
    """Opens a sealed package and takes it in. Raises BadRequest where it holds another report."""
    content = open_item(door.app.keys.mission, item, observation_id, f"r{revision_no}")
    received = receive_package(door, content, is_sealed=True, by_file=by_file)
    found = received.receipt.observation_id, received.receipt.revision_no
    if found != (observation_id.casefold(), revision_no):
        raise BadRequest(reason="The report inside bears another number than the sealed item.")
    return received


def receive_report(
    door: Door,
    report: Report,
    *,
    is_sealed: bool = False,
    by_file: bool = False,
    ground: Ground | None = None,
) -> Received:
    """Takes one observation in.

    1. The envelope: an id and a revision number; without them BadRequest.
    2. Who filed it; online an ended phone files nothing (KeyRevoked), in a file what it signed is flagged.
    3. New, repeat, correction or conflict; a conflict is refused, a repeat gets its first receipt.
    4. Judge and place it; whatever is odd becomes a reason, never a refusal.
    5. Store what arrived, private parts and row; append a log leaf; tell the house.
    """
    body, signed = report.body, report.signed
    observation_id, revision_no = _envelope(body)
    content = canonical(body)
    digest = signed.digest if signed else hashlib.sha256(content).hexdigest()
    filer, reasons = _filer(door, signed, by_file)
    # One at a time from here on: the same report sent twice at once is one report and one repeat.
    take_sequence(door.session)
    held = _held(door.session, observation_id)
    outcome = decide(held, revision_no, digest)
    is_foreign = bool(held) and not _is_theirs(door.session, observation_id, filer)
    if outcome == "repeat" and is_foreign and not signed and _was_brought(door.session, observation_id):
        # The phone whose file was brought in before it could send: it need not know.
        is_foreign = False
    if outcome == "conflict" or is_foreign:
        raise Conflict(
            reason=f"Another observation stands under {observation_id}, revision {revision_no}. "
            "Send the changed text as the next revision, or a different observation under a new id."
        )
    if outcome == "repeat":
        return Received(outcome, queries.receipt(door.session, observation_id, revision_no))

    read, odd = judge(body)
    where = locate(
        read.get("observer") or {},
        read.get("event") or {},
        ground or the_ground(door.session),
        (read.get("time") or {}).get("start"),
    )
    reasons += report.reasons + odd + where.reasons + _times(read, door.now)[2] + _taxonomy_reasons(read)
    reasons += differing_media(door.session, read.get("media") or [])
    if signed:
        reasons += _standing(door, signed)
    leaf = append(
        door.session,
        "submission" if revision_no == 1 else "revision",
        {
            "actor": door.actor.code,
            "digest": digest,
            "observation": observation_id,
            "revision": revision_no,
            **({"device_key": signed.kid, "envelope_sha256": signed.envelope_sha256} if signed else {}),
        },
        door.now,
    )
    if not held:
        door.session.add(
            Observation(
                id=observation_id,
                author_id=filer.person_id,
                device_id=filer.device_id,
                team_id=filer.team_id,
                recorded_at=door.now,
            )
        )
        door.session.flush()
    row = _row(door, read, where, observation_id, revision_no, digest, leaf.index, reasons)
    row.device_key = signed.kid if signed else None
    row.envelope_sha256 = signed.envelope_sha256 if signed else None
    row.is_sealed = is_sealed
    row.brought_by = door.actor.code if by_file else None
    door.session.add(row)
    door.session.flush()
    _seal_what_arrived(door, row, content, signed)
    _seal_private_parts(door, row, read, where)
    state = "quarantined" if reasons else "received"
    _step(door, observation_id, revision_no, state)
    expect_media(door, observation_id, revision_no, read.get("media") or [])
    record(
        door.session,
        ObservationReceived(observation_id, revision_no, row.sector_code, row.category, row.type),
        door.now,
    )
    return Received(outcome, queries.receipt(door.session, observation_id, revision_no))


def _filer(door: Door, signed: Signed | None, by_file: bool) -> tuple[Filer, list[str]]:
    """Who filed it, and what is odd about how it came."""
    actor = door.actor
    if signed is None and by_file and actor.person_id is None:
        raise BadRequest(reason="It is not signed: somebody of the mission must bring it and stand for it.")
    if signed is None:
        device_id = actor.id if actor.kind == "device" else None
        filer = Filer(actor.person_id, device_id, actor.team_id)
        # Whoever took the phone from its holder and does not know the PIN cannot sign.
        unsigned = ["not_signed"] if device_id and has_key(door.session, device_id) else []
        return filer, unsigned + (["brought_by_another"] if by_file else [])
    device = signing_device(door.session, signed.kid)
    assert device is not None
    if device.is_revoked and not by_file:
        # Whoever passes on what another's phone signed is not to be emptied.
        raise KeyRevoked(wipe=device.wipes and actor.person_id == device.holder_id)
    reasons = ["device_revoked"] if device.is_revoked else []
    if not by_file and actor.person_id != device.holder_id and actor.id != device.device_id:
        reasons.append("brought_by_another")
    return Filer(device.holder_id, device.device_id, device.team_id), reasons


def _standing(door: Door, signed: Signed) -> list[str]:
    """What is odd about where the report stands: in its phone's sequence, and after which head of the log."""
    reasons = []
    if signed.device_seq is not None:
        link = Link(signed.device_seq, signed.envelope_sha256, signed.prev)
        reasons += note_link(door, signed.kid, link)
    if signed.seen and not log.has_root(door.session, signed.seen.size, signed.seen.root):
        # The phone saw a log that this one does not continue: somebody showed it another.
        reasons.append("seen_another_log")
    return reasons


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


def _is_theirs(session: Session, observation_id: str, filer: Filer) -> bool:
    """Whether they may repeat or correct it: the author, or somebody of the same team."""
    found = session.get_one(Observation, observation_id)
    return found.author_id == filer.person_id or (
        found.team_id is not None and found.team_id == filer.team_id
    )


def _was_brought(session: Session, observation_id: str) -> bool:
    """Whether it came unsigned in a file, so that whoever brought it stands as its author."""
    first = session.scalar(
        select(ObservationRevision)
        .where(ObservationRevision.observation_id == observation_id)
        .order_by(ObservationRevision.revision_no)
        .limit(1)
    )
    return first is not None and first.brought_by is not None and first.device_key is None


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


def _seal_what_arrived(door: Door, row: ObservationRevision, content: bytes, signed: Signed | None) -> None:
    """Keeps what was handed in: a plain body, or envelope and disclosures byte for byte, each alone."""
    parts = {"body": content.decode()}
    if signed:
        parts = {"envelope": to_url_base64(signed.envelope)}
        parts |= {f"disclosure:{name}": to_url_base64(made) for name, made in signed.disclosures.items()}
    owner_id = f"{row.observation_id}/{row.revision_no}"
    for part, value in parts.items():
        vault.seal(door.session, door.app.keys, "observation", owner_id, part, value, door.now)


def _seal_private_parts(door: Door, row: ObservationRevision, read: Mapping[str, Any], where: Where) -> None:
    owner_id = f"{row.observation_id}/{row.revision_no}"
    said = read.get("event") or {}
    _public, private_fields = taxonomy().split_private(row.type, read.get("fields_") or {})
    parts = {
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
