"""Recording what a party says, and what people decide about it."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.claims.importer import NotThisTable, Refusal
from incidents.claims.model import (
    APART,
    TOGETHER,
    Claim,
    ClaimArchive,
    ClaimImport,
    ClaimMatch,
    ClaimPair,
)
from incidents.claims.table import Known, read_table
from incidents.claims.values import ClaimValues
from incidents.events import ClaimMatched, ClaimRecorded, ClaimsPaired
from incidents.intake.queries import observation
from incidents.taxonomy import taxonomy
from monitor import outbox
from monitor.audit import audit
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import Conflict, Invalid, NotFound, WrongState
from monitor.geo import cell, ecef
from monitor.mission.queries import find_mission


def record_claim(door: Door, values: ClaimValues) -> tuple[str, bool]:
    """Keeps a claim; answers its id and whether it is new.

    The same statement under the same reference is the claim that is already there. Another statement
    under a reference that is taken raises Conflict: claims are not overwritten.
    """
    take_sequence(door.session)
    known = _known(door, values.external_ref)
    if known is not None:
        if known.digest != values.digest:
            raise Conflict(reason=f"{values.external_ref} is already recorded with other content")
        return known.id, False
    return _record(door, values), True


def _record(door: Door, values: ClaimValues) -> str:
    claim_id = str(uuid4())
    door.session.add(_row(claim_id, values, door))
    door.session.flush()
    audit(door, "claim.recorded", f"claim:{claim_id}", digest=values.digest)
    outbox.record(door.session, ClaimRecorded(claim_id), door.now)
    return claim_id


@dataclass(frozen=True)
class Row:
    """One row of a table that can be taken: what would become of it, or became of it."""

    line: int
    values: ClaimValues
    outcome: Literal["new", "known"]


@dataclass(frozen=True)
class Preview:
    """What would become of a table: its rows to take, those already there, and those that cannot be taken."""

    sha256: str
    shape: str
    rows: tuple[Row, ...]
    refused: tuple[Refusal, ...]

    @property
    def new(self) -> int:
        return sum(row.outcome == "new" for row in self.rows)


@dataclass(frozen=True)
class Imported:
    """What became of a table: rows taken now, rows that were there already, rows that could not be taken."""

    import_id: str
    taken: int
    known: int
    refused: tuple[Refusal, ...]


def preview_table(session: Session, content: bytes) -> Preview:
    """Reads a table and says of each row what taking it would do. Changes nothing.

    Raises NotThisTable where the file is something else or is not UTF-8 text.
    """
    table = read_table(_text(content), _what_is_known(session))
    taken = _held(session, [claim.external_ref for claim in table.claims if claim.external_ref])
    alike = _same_statement(session, [claim.digest for claim in table.claims if not claim.external_ref])
    rows, refused = [], list(table.refused)
    seen: set[str] = set()
    for line, values in zip(table.lines, table.claims, strict=True):
        held = taken.get(values.external_ref) if values.external_ref else None
        if held is not None and held != values.digest:
            reason = f"{values.external_ref} is already recorded with other content"
            refused.append(Refusal(line, values.external_ref or "", reason))
            continue
        is_known = held is not None or values.digest in alike or values.digest in seen
        seen |= {values.digest} if not values.external_ref else set()
        rows.append(Row(line, values, "known" if is_known else "new"))
    return Preview(
        sha256=hashlib.sha256(content).hexdigest(),
        shape=table.shape,
        rows=tuple(rows),
        refused=tuple(sorted(refused, key=lambda refusal: refusal.line)),
    )


def import_table(door: Door, content: bytes) -> Imported:
    """Records every row of a table that can be taken; running it again adds nothing.

    The file is kept by its hash, and what could not be taken stays on record beside it.
    Raises NotThisTable where the file is something else; a row that cannot be taken stops no other.
    """
    preview = preview_table(door.session, content)
    for row in preview.rows:
        if row.outcome == "new":
            _record(door, row.values)
    door.app.storage.put(content)
    import_id = str(uuid4())
    door.session.add(
        ClaimImport(
            id=import_id,
            sha256=preview.sha256,
            shape=preview.shape,
            rows=len(preview.rows) + len(preview.refused),
            taken=preview.new,
            known=len(preview.rows) - preview.new,
            refused=[asdict(refusal) for refusal in preview.refused],
            by=door.actor.code,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    audit(
        door,
        "claims.imported",
        f"claim_import:{import_id}",
        sha256=preview.sha256,
        taken=preview.new,
        refused=len(preview.refused),
    )
    return Imported(import_id, preview.new, len(preview.rows) - preview.new, preview.refused)


def import_press(door: Door, text: str) -> Imported:
    """The same for a table that is already text."""
    return import_table(door, text.encode())


def archive_copy(door: Door, claim_id: str, content: bytes, mime: str) -> str:
    """Keeps a copy of the statement as published; answers its SHA-256. The same copy twice is one."""
    _require_claim(door, claim_id)
    if not content:
        raise Invalid({"file": ["The file is empty."]})
    sha256 = door.app.storage.put(content)
    held = select(ClaimArchive.id).where(ClaimArchive.claim_id == claim_id, ClaimArchive.sha256 == sha256)
    if door.session.scalar(held) is not None:
        return sha256
    leaf = audit(door, "claim.archived", f"claim:{claim_id}", sha256=sha256, bytes=len(content))
    door.session.add(
        ClaimArchive(
            claim_id=claim_id,
            sha256=sha256,
            size_bytes=len(content),
            mime=mime[:80],
            by=door.actor.code,
            leaf_index=leaf.index,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    return sha256


def decide_pair(door: Door, claim_id: str, other_id: str, linked: bool, reason: str) -> None:
    """Puts two parties' claims together as accounts of one event, or apart; appended with its reason."""
    take_sequence(door.session)
    one, other = (_require_claim(door, each) for each in sorted((claim_id, other_id)))
    if one.id == other.id:
        raise Invalid({"other_id": ["A claim cannot be its own counter-claim."]})
    if one.claimant_party == other.claimant_party:
        raise Invalid({"other_id": ["Both claims are of the same party; a counter-claim is another's."]})
    _check_reason(linked, reason)
    query = select(ClaimPair.linked).where(ClaimPair.one_id == one.id, ClaimPair.other_id == other.id)
    held = door.session.scalar(query.order_by(ClaimPair.id.desc()).limit(1))
    if held is linked:
        raise WrongState(
            thing="pair of claims",
            found="together" if linked else "apart",
            wanted="the other state",
        )
    door.session.add(
        ClaimPair(
            one_id=one.id,
            other_id=other.id,
            linked=linked,
            reason=reason,
            by=door.actor.code,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    audit(door, "claim.paired", f"claim:{one.id}", other=other.id, linked=int(linked), reason=reason)
    outbox.record(door.session, ClaimsPaired(one.id, other.id, linked), door.now)


def decide_match(door: Door, claim_id: str, observation_id: str, linked: bool, reason: str) -> None:
    """Says that an observation answers a claim, or that it does not; this goes before what is computed."""
    take_sequence(door.session)
    claim = _require_claim(door, claim_id)
    row = observation(door.session, observation_id)
    if row is None:
        raise NotFound(thing="observation", id=observation_id)
    if linked and (row.info_type != "observed" or row.is_training):
        reasons = ["Only what the mission itself perceived can answer a claim, and no training record."]
        raise Invalid({"observation_id": reasons})
    _check_reason(linked, reason)
    door.session.add(
        ClaimMatch(
            claim_id=claim.id,
            observation_id=observation_id,
            linked=linked,
            reason=reason,
            by=door.actor.code,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    audit(
        door,
        "claim.matched",
        f"claim:{claim.id}",
        observation=observation_id,
        linked=int(linked),
        reason=reason,
    )
    outbox.record(door.session, ClaimMatched(claim.id, observation_id, linked), door.now)


def _check_reason(linked: bool, reason: str) -> None:
    allowed = TOGETHER if linked else APART
    if reason not in allowed:
        raise Invalid({"reason": [f"One of: {', '.join(allowed)}."]})


def _require_claim(door: Door, claim_id: str) -> Claim:
    found = door.session.get(Claim, claim_id)
    if found is None:
        raise NotFound(thing="claim", id=claim_id)
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotThisTable(f"the file is not UTF-8 text (at byte {error.start})") from error


def _what_is_known(session: Session) -> Known:
    mission = find_mission(session)
    parties = mission.parties if mission else ()
    return Known(
        types=frozenset(taxonomy().types),
        weapons=frozenset(taxonomy().weapons),
        party_of={claimant: party.code for party in parties for claimant in party.claimants},
        zone=mission.zone if mission else dt.UTC,
    )


def _held(session: Session, refs: Sequence[str]) -> dict[str, str]:
    """The digests of the statements that stand under these references."""
    found: dict[str, str] = {}
    for first in range(0, len(refs), 400):
        query = select(Claim.external_ref, Claim.digest)
        rows = session.execute(query.where(Claim.external_ref.in_(refs[first : first + 400])))
        found |= {ref: digest for ref, digest in rows if ref is not None}
    return found


def _same_statement(session: Session, digests: Sequence[str]) -> set[str]:
    """Which of these statements without a reference are already recorded."""
    found: set[str] = set()
    for first in range(0, len(digests), 400):
        query = select(Claim.digest).where(Claim.digest.in_(digests[first : first + 400]))
        found |= set(session.scalars(query))
    return found


def _known(door: Door, external_ref: str | None) -> Claim | None:
    if external_ref is None:
        return None
    return door.session.scalar(select(Claim).where(Claim.external_ref == external_ref))


def _row(claim_id: str, values: ClaimValues, door: Door) -> Claim:
    located = values.lon is not None and values.lat is not None
    x, y, z = ecef(values.lon, values.lat) if located else (None, None, None)  # type: ignore[arg-type]
    return Claim(
        id=claim_id,
        **{name: value for name, value in vars(values).items() if name != "weapons"},
        weapons=list(values.weapons),
        category=taxonomy().types[values.type].category,
        x=x,
        y=y,
        z=z,
        cell=cell(values.lon, values.lat) if located else None,  # type: ignore[arg-type]
        digest=values.digest,
        recorded_at=door.now,
    )
