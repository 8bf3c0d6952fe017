"""What the next officer must know, and what was handed over before."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from incidents.alerts import queries as alerts
from incidents.casework import queries as casework
from incidents.handover.model import Handover, HandoverReceipt, ShiftNote
from incidents.intake import queries as intake
from monitor import vault
from monitor.door import Door
from monitor.errors import NotFound
from monitor.keys import Keys
from monitor.mission.queries import the_mission
from monitor.people.model import Person
from monitor.places.queries import all_places
from monitor.watches.queries import cameras_down, open_watches

FIRST_SHIFT = dt.timedelta(hours=12)


@dataclass(frozen=True)
class HandoverRow:
    """A handover with who gave it and, once somebody did, who took it."""

    id: str
    number: int
    given_by: str
    given_by_name: str
    recorded_at: dt.datetime
    digest: str
    content: Mapping[str, Any] = field(hash=False)
    taken_by_name: str | None
    taken_at: dt.datetime | None

    @property
    def label(self) -> str:
        return f"H-{self.number:04d}"


@dataclass(frozen=True)
class NoteRow:
    id: int
    author_name: str
    recorded_at: dt.datetime
    text: str


def handovers(session: Session, limit: int = 30, ids: Iterable[str] | None = None) -> list[HandoverRow]:
    """The latest first."""
    giver, taker = aliased(Person), aliased(Person)
    query = (
        select(Handover, giver.name, taker.name, HandoverReceipt.recorded_at)
        .join(giver, giver.id == Handover.given_by)
        .outerjoin(HandoverReceipt, HandoverReceipt.handover_id == Handover.id)
        .outerjoin(taker, taker.id == HandoverReceipt.taken_by)
        .order_by(Handover.number.desc())
        .limit(limit)
    )
    if ids is not None:
        query = query.where(Handover.id.in_(list(ids)))
    return [
        HandoverRow(
            id=row.id,
            number=row.number,
            given_by=row.given_by,
            given_by_name=given_by_name,
            recorded_at=row.recorded_at,
            digest=row.digest,
            content=row.content,
            taken_by_name=taken_by_name,
            taken_at=taken_at,
        )
        for row, given_by_name, taken_by_name, taken_at in session.execute(query)
    ]


def handover(session: Session, handover_id: str) -> HandoverRow:
    """Raises NotFound."""
    found = handovers(session, ids=[handover_id])
    if not found:
        raise NotFound(thing="handover", id=handover_id)
    return found[0]


def notes(
    session: Session, keys: Keys, since: dt.datetime | None = None, ids: Iterable[int] | None = None
) -> list[NoteRow]:
    """Notes written after a moment, or those of these ids, oldest first."""
    query = select(ShiftNote, Person.name).join(Person, Person.id == ShiftNote.author_id)
    if since is not None:
        query = query.where(ShiftNote.recorded_at > since)
    if ids is not None:
        query = query.where(ShiftNote.id.in_(list(ids)))
    rows = session.execute(query.order_by(ShiftNote.id)).all()
    texts = vault.open_parts(session, keys, "shift_note", [str(row.id) for row, _ in rows], "text")
    return [NoteRow(row.id, name, row.recorded_at, texts.get(str(row.id), "")) for row, name in rows]


def shift_began(session: Session, now: dt.datetime) -> dt.datetime:
    """When the last handover was given; for the first shift of a mission, twelve hours ago."""
    last = session.scalar(select(Handover.recorded_at).order_by(Handover.number.desc()).limit(1))
    return last or now - FIRST_SHIFT


def standing(door: Door) -> dict[str, Any]:
    """The room in codes, ids and numbers: what is open, what changed in this shift, who is silent."""
    session, now = door.session, door.now
    since = shift_began(session, now)
    waiting = intake.review_queue(session)
    watched = {
        code for watch in open_watches(session, known_at=now) if not watch.is_down for code in watch.sectors
    }
    return {
        "since": since.isoformat(),
        "until": now.isoformat(),
        "alerts": [_alert(row) for row in alerts.open_alerts(session, now)],
        "review": {
            "number": len(waiting),
            "oldest": waiting[0].recorded_at.isoformat() if waiting else None,
        },
        "incidents": [
            {
                "id": row.incident_id,
                "label": row.label,
                "assessment": row.assessment,
                "reports": len(row.observation_ids),
            }
            for row in casework.incidents(session, changed_from=since)
        ],
        "not_watched": [
            place.code for place in all_places(session, kinds=("sector",)) if place.code not in watched
        ],
        "cameras_down": [
            {"post": camera.post, "since": camera.since.isoformat() if camera.since else None}
            for camera in cameras_down(session, now)
        ],
        "notes": [note.id for note in notes(session, door.app.keys, since)],
    }


def _alert(row: alerts.AlertRow) -> dict[str, Any]:
    due = row.ack_expires_at or row.shelved_until
    return {
        "id": row.id,
        "label": row.label,
        "severity": row.severity,
        "title": row.rule_title,
        "sector": row.sector_code,
        "state": row.state,
        "due": due.isoformat() if due else None,
    }


def sector_names(session: Session) -> dict[str, str]:
    return {
        place.code: place.name.removesuffix(" (exercise)") for place in all_places(session, kinds=("sector",))
    }


def local(session: Session, moment: str | dt.datetime) -> str:
    """A moment by the mission's clock, as `13 Sep 20:15`."""
    at = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    there = at.astimezone(the_mission(session).zone)
    return f"{there.day} {there:%b %H:%M}"
