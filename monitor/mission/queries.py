"""Which mission this is."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.errors import NotReady
from monitor.mission.model import Mission, Party
from monitor.mission.periods import Period, period_holding, periods


@dataclass(frozen=True)
class PartyRow:
    """`claimants` are the codes under which the party's offices speak."""

    code: str
    name_by_language: dict[str, str]
    claimants: tuple[str, ...]

    def name_in(self, language: str) -> str:
        return self.name_by_language.get(language) or self.name_by_language["en"]


@dataclass(frozen=True)
class MissionRow:
    """The definition that holds; `cut_off` is by the clock of `timezone`."""

    code: str
    name_by_language: dict[str, str]
    timezone: str
    cut_off: dt.time
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    is_exercise: bool
    languages: tuple[str, ...]
    declination_deg: float
    disclaimer_by_language: dict[str, str]
    parties: tuple[PartyRow, ...]
    digest: str

    @property
    def name(self) -> str:
        return self.name_in("en")

    def name_in(self, language: str) -> str:
        return self.name_by_language.get(language) or self.name_by_language["en"]

    def disclaimer_in(self, language: str) -> str:
        return self.disclaimer_by_language.get(language) or self.disclaimer_by_language.get("en", "")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def periods(self, until: dt.datetime) -> list[Period]:
        """The periods that have ended by then, oldest first."""
        return periods(self.starts_at, self.ends_at, self.cut_off, self.zone, until)

    def period_holding(self, at: dt.datetime) -> Period | None:
        return period_holding(at, self.starts_at, self.ends_at, self.cut_off, self.zone)


def the_mission(session: Session) -> MissionRow:
    """The mission as last defined. Raises NotReady while none was loaded."""
    found = find_mission(session)
    if found is None:
        raise NotReady(reason="No mission is loaded yet.")
    return found


def find_mission(session: Session, known_at: dt.datetime | None = None) -> MissionRow | None:
    """The mission as defined by `known_at` (now, unless told), or None while there is none."""
    query = select(Mission).order_by(Mission.id.desc()).limit(1)
    if known_at is not None:
        query = query.where(Mission.recorded_at <= known_at)
    mission = session.scalar(query)
    if mission is None:
        return None
    parties = session.scalars(select(Party).where(Party.mission_id == mission.id).order_by(Party.id))
    return MissionRow(
        code=mission.code,
        name_by_language=dict(mission.names),
        timezone=mission.timezone,
        cut_off=dt.time.fromisoformat(mission.cut_off),
        starts_at=mission.starts_at,
        ends_at=mission.ends_at,
        is_exercise=mission.is_exercise,
        languages=tuple(mission.languages),
        declination_deg=mission.declination_deg,
        disclaimer_by_language=dict(mission.disclaimer),
        parties=tuple(PartyRow(p.code, dict(p.names), tuple(p.claimants)) for p in parties),
        digest=mission.digest,
    )
