"""The clock of an exercise, kept in the store: one for the web, the worker and whoever plays the exercise."""

import datetime as dt

from sqlalchemy.orm import Mapped, Session, mapped_column

from monitor.clock import Anchor, SharedClock, wall_now
from monitor.db.base import Base, instant
from monitor.db.session import Store


class DemoClock(Base):
    """One row at most: at `wall_at` the exercise's clock showed `mission_at` and ran at `rate`."""

    __tablename__ = "demo_clock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    mission_at: Mapped[instant]
    wall_at: Mapped[instant]
    rate: Mapped[float]


def set_demo_clock(session: Session, mission_at: dt.datetime, rate: float) -> None:
    """From this moment on the exercise's clock shows `mission_at` and runs `rate` times as fast."""
    session.merge(DemoClock(id=1, mission_at=mission_at, wall_at=wall_now(), rate=rate))


def read_anchor(session: Session) -> Anchor | None:
    row = session.get(DemoClock, 1)
    return Anchor(row.mission_at, row.wall_at, row.rate) if row else None


def shared_clock(store: Store) -> SharedClock:
    """A clock that follows the store's, and is the machine's in a real mission."""

    def read() -> Anchor | None:
        with store.reading() as session:
            return read_anchor(session)

    return SharedClock(read)
