"""Effects after the commit. An event is a row of the transaction that caused it; subscribers hear later.

Numbers are given in commit order (`take_sequence`), so "everything after n" misses nothing. A
subscriber's place moves in the same transaction as what it did, so a crash repeats nothing.
"""

import datetime as dt
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Index, String, Text, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from monitor.db.base import Base, BigId, facts, instant, row_key
from monitor.db.session import take_sequence
from monitor.door import App, Door
from monitor.events import Event

log = structlog.get_logger(__name__)

BATCH = 50
TRIES = 5


class OutboxEvent(Base):
    """Something that happened and was committed. `id` is also the live stream's event id."""

    __tablename__ = "outbox_event"
    __table_args__ = (Index("ix_outbox_event_name", "name", "id"),)

    id: Mapped[row_key]
    name: Mapped[str] = mapped_column(String(60))
    data: Mapped[facts]
    recorded_at: Mapped[instant]


class OutboxPlace(Base):
    """How far a subscriber has come, and how often it stumbled over the event after that."""

    __tablename__ = "outbox_place"

    subscriber: Mapped[str] = mapped_column(String(60), primary_key=True)
    last_id: Mapped[int] = mapped_column(BigId)
    tries: Mapped[int] = mapped_column(default=0)


class OutboxFailure(Base):
    """An event that a subscriber could not handle after TRIES tries; `doctor` lists them."""

    __tablename__ = "outbox_failure"

    id: Mapped[row_key]
    subscriber: Mapped[str] = mapped_column(String(60))
    event_id: Mapped[int] = mapped_column(BigId)
    error: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[instant]


@dataclass(frozen=True)
class Subscriber:
    """Hears of `events` after their commit; `handle(door, event)` runs in a transaction of its own."""

    name: str
    events: tuple[type[Event], ...]
    handle: Callable[[Door, Any], None]


@dataclass(frozen=True)
class Told:
    """A committed event with its number, as the live stream and subscribers read it."""

    id: int
    name: str
    data: dict[str, Any]
    recorded_at: dt.datetime


def record(session: Session, event: Event, now: dt.datetime) -> None:
    """Notes an event in the transaction that caused it."""
    take_sequence(session)
    session.add(OutboxEvent(name=event.name, data=event.as_dict(), recorded_at=now))
    session.flush()


def events_after(session: Session, last_id: int, limit: int = BATCH) -> list[Told]:
    """Committed events with a number above `last_id`, oldest first."""
    query = select(OutboxEvent).where(OutboxEvent.id > last_id).order_by(OutboxEvent.id).limit(limit)
    return [Told(row.id, row.name, row.data, row.recorded_at) for row in session.scalars(query)]


def last_event_id(session: Session) -> int:
    return session.scalar(select(func.max(OutboxEvent.id))) or 0


def behind_since(session: Session, subscriber: str, kinds: Iterable[type[Event]]) -> dt.datetime | None:
    """When the oldest event was recorded that a subscriber has not heard yet; None when it heard all."""
    heard = select(OutboxPlace.last_id).where(OutboxPlace.subscriber == subscriber).scalar_subquery()
    names = [kind.__name__ for kind in kinds]
    waiting = and_(OutboxEvent.name.in_(names), OutboxEvent.id > func.coalesce(heard, 0))
    return session.scalar(select(func.min(OutboxEvent.recorded_at)).where(waiting))


def still_to_hear(session: Session, subscriber: str, kind: type[Event], limit: int) -> list[Event]:
    """Events of a kind that a subscriber has not heard yet, oldest first, the one it hears now among them."""
    heard = select(OutboxPlace.last_id).where(OutboxPlace.subscriber == subscriber).scalar_subquery()
    query = select(OutboxEvent.data).where(
        OutboxEvent.name == kind.__name__, OutboxEvent.id > func.coalesce(heard, 0)
    )
    return [kind(**data) for data in session.scalars(query.order_by(OutboxEvent.id).limit(limit))]


@dataclass(frozen=True)
class _Waiting:
    """What one subscriber has not heard yet, and how often it stumbled over the first of it."""

    subscriber: Subscriber
    events: list[Told]
    tries: int


def drain(app: App, subscribers: Sequence[Subscriber]) -> int:
    """Tells every subscriber what it has not heard yet, until nobody has anything left. Returns how many."""
    told = 0
    while step := sum(_tell(app, waiting) for waiting in _waiting(app, subscribers)):
        told += step
    return told


def _waiting(app: App, subscribers: Sequence[Subscriber]) -> list[_Waiting]:
    names = {subscriber.name: [kind.__name__ for kind in subscriber.events] for subscriber in subscribers}
    with app.reading() as door:
        rows = door.session.execute(select(OutboxPlace.subscriber, OutboxPlace.last_id, OutboxPlace.tries))
        places = {name: (last_id, tries) for name, last_id, tries in rows}
        last = {name: places.get(name, (0, 0))[0] for name in names}
        wanted = [and_(OutboxEvent.name.in_(names[name]), OutboxEvent.id > last[name]) for name in names]
        query = select(OutboxEvent).where(or_(False, *wanted)).order_by(OutboxEvent.id).limit(BATCH)
        events = [Told(row.id, row.name, row.data, row.recorded_at) for row in door.session.scalars(query)]
    return [
        _Waiting(subscriber, mine, places.get(subscriber.name, (0, 0))[1])
        for subscriber in subscribers
        if (mine := [e for e in events if e.name in names[subscriber.name] and e.id > last[subscriber.name]])
    ]


def _tell(app: App, waiting: _Waiting) -> int:
    """Tells one subscriber its events; a stumble is kept and tried again, then put aside."""
    subscriber, tries = waiting.subscriber, waiting.tries
    kinds = {kind.__name__: kind for kind in subscriber.events}
    for told in waiting.events:
        try:
            with app.transaction() as door:
                subscriber.handle(door, kinds[told.name](**told.data))
                _move(door.session, subscriber.name, told.id, tries=0)
        except Exception:
            log.exception("outbox.stumbled", subscriber=subscriber.name, event_id=told.id, tries=tries + 1)
            _note_stumble(app, subscriber.name, told, tries + 1, traceback.format_exc())
            return 0
        tries = 0
    return len(waiting.events)


def _note_stumble(app: App, subscriber: str, told: Told, tries: int, error: str) -> None:
    with app.transaction() as door:
        if tries < TRIES:
            before = door.session.get(OutboxPlace, subscriber)
            _move(door.session, subscriber, before.last_id if before else 0, tries)
            return
        door.session.add(
            OutboxFailure(subscriber=subscriber, event_id=told.id, error=error, recorded_at=door.now)
        )
        _move(door.session, subscriber, told.id, tries=0)


def _move(session: Session, subscriber: str, last_id: int, tries: int) -> None:
    session.merge(OutboxPlace(subscriber=subscriber, last_id=last_id, tries=tries))
