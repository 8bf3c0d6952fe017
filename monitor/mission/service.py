"""Loading a mission's definition into the store."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from monitor.errors import Conflict
from monitor.log.service import append
from monitor.mission.definition import MissionFacts, read_definition
from monitor.mission.model import Mission, Party
from monitor.mission.queries import find_mission
from monitor.places.service import store_base_map, store_lines, store_places


@dataclass(frozen=True)
class Loaded:
    """How much of a definition was news; nothing at all when it was loaded before."""

    mission: bool
    places: int
    lines: int
    basemap: bool

    @property
    def anything(self) -> bool:
        return bool(self.mission or self.places or self.lines or self.basemap)


def load_mission(session: Session, directory: Path, now: dt.datetime) -> Loaded:
    """Takes over the definition in a folder. What is as before stays; what changed becomes a new version.

    Raises Invalid naming what to mend in the files, and Conflict where the store holds another mission.
    """
    definition = read_definition(directory)
    known = find_mission(session)
    if known is not None and known.code != definition.mission.code:
        raise Conflict(reason=f"This store holds the mission {known.code}, not {definition.mission.code}.")
    changed = known is None or known.digest != definition.mission.digest
    if changed:
        _store_mission(session, definition.mission, now)
    loaded = Loaded(
        mission=changed,
        places=store_places(session, definition.places, definition.mission.starts_at, now),
        lines=store_lines(session, definition.lines, definition.mission.starts_at, now),
        basemap=store_base_map(session, definition.basemap, now),
    )
    if loaded.anything:
        facts: dict[str, str | int] = {
            "subject": f"mission:{definition.mission.code}",
            "definition_sha256": definition.mission.digest,
            "places": loaded.places,
            "lines": loaded.lines,
        }
        append(session, "config_changed", facts, now)
    return loaded


def _store_mission(session: Session, facts: MissionFacts, now: dt.datetime) -> None:
    mission = Mission(
        code=facts.code,
        names=facts.names,
        timezone=facts.timezone,
        cut_off=facts.cut_off.isoformat("minutes"),
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        is_exercise=facts.is_exercise,
        languages=list(facts.languages),
        declination_deg=facts.declination_deg,
        disclaimer=facts.disclaimer,
        digest=facts.digest,
        recorded_at=now,
    )
    session.add(mission)
    session.flush()
    session.add_all(Party(mission_id=mission.id, **party) for party in facts.parties)
    session.flush()
