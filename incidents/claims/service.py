"""Recording what a party says."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select

from incidents.claims.importer import Refusal, read_press
from incidents.claims.model import Claim
from incidents.claims.values import ClaimValues
from incidents.events import ClaimRecorded
from incidents.taxonomy import taxonomy
from monitor import outbox
from monitor.audit import audit
from monitor.door import Door
from monitor.errors import Conflict
from monitor.geo import cell, ecef


def record_claim(door: Door, values: ClaimValues) -> tuple[str, bool]:
    """Keeps a claim; answers its id and whether it is new.

    The same statement under the same reference is the claim that is already there. Another statement
    under a reference that is taken raises Conflict: claims are not overwritten.
    """
    known = _known(door, values.external_ref)
    if known is not None:
        if known.digest != values.digest:
            raise Conflict(reason=f"{values.external_ref} is already recorded with other content")
        return known.id, False
    claim_id = str(uuid4())
    door.session.add(_row(claim_id, values, door))
    door.session.flush()
    audit(door, "claim.recorded", f"claim:{claim_id}", digest=values.digest)
    outbox.record(door.session, ClaimRecorded(claim_id), door.now)
    return claim_id, True


@dataclass(frozen=True)
class Imported:
    """What became of a table: rows taken now, rows that were there already, rows that could not be taken."""

    taken: int
    known: int
    refused: tuple[Refusal, ...]


def import_press(door: Door, text: str) -> Imported:
    """Records every row of a table of press-reported incidents. Running it again adds nothing.

    Raises NotThisTable where the file is something else; a row that cannot be taken stops no other.
    """
    table = read_press(text)
    taken = known = 0
    refused = list(table.refused)
    for values in table.claims:
        try:
            _claim_id, is_new = record_claim(door, values)
        except Conflict as conflict:
            refused.append(Refusal(0, values.external_ref or "", conflict.detail))
            continue
        taken += is_new
        known += not is_new
    return Imported(taken, known, tuple(refused))


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
