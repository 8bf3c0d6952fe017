"""The mission, as the form, the room and other tools ask for it."""

from typing import Any

from monitor.door import Door
from monitor.mission.queries import the_mission
from monitor.mission.schema import MissionSchema
from monitor.web.blueprint import Blueprint

bp = Blueprint("mission", __name__, url_prefix="/api/v1")


@bp.route(
    "/mission", methods=["GET"], permission="monitor:place:read", gives=MissionSchema, summary="The mission"
)
def mission(door: Door) -> Any:
    """Who, when and by which clock; `now` is the mission's time, which an exercise plays faster."""
    found = the_mission(door.session)
    return MissionSchema().dump(
        {
            "code": found.code,
            "name": found.name_by_language,
            "timezone": found.timezone,
            "cut_off": found.cut_off.isoformat("minutes"),
            "starts_at": found.starts_at,
            "ends_at": found.ends_at,
            "exercise": found.is_exercise,
            "languages": found.languages,
            "declination_deg": found.declination_deg,
            "disclaimer": found.disclaimer_by_language,
            "parties": [{"code": p.code, "name": p.name_by_language} for p in found.parties],
            "now": door.now,
            "clock_rate": door.app.clock.rate,
        }
    )
