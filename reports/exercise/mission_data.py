"""The demo mission's definition as plain values, read from `data/`. Pure: it knows files, not the store."""

import datetime as dt
import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from incidents import claims
from incidents.claims.importer import read_press
from incidents.claims.values import ClaimValues

DATA = Path(__file__).parent / "data"
SAMPLE = Path(claims.__path__[0]) / "data" / "press-incidents.csv"


@dataclass(frozen=True)
class Spot:
    """A named position on the mission's side, where somebody or a camera may stand."""

    code: str
    name: str
    lon: float
    lat: float
    sector: str


@dataclass(frozen=True)
class Team:
    code: str
    sector: str
    phones: tuple[str, ...]
    languages: tuple[tuple[str, ...], ...]
    posts: tuple[Spot, ...]
    camera: Spot
    stops: tuple[Spot, ...]


@dataclass(frozen=True)
class MissionData:
    code: str
    zone: ZoneInfo
    starts_at: dt.datetime
    ends_at: dt.datetime
    declination_deg: float
    teams: tuple[Team, ...]
    line: tuple[tuple[float, float], ...] = field(repr=False)
    story: Mapping[str, Any] = field(repr=False, hash=False)

    def team_of(self, sector: str) -> Team:
        return next(team for team in self.teams if team.sector == sector)

    def spot(self, code: str) -> Spot:
        return next(
            spot
            for team in self.teams
            for spot in (*team.posts, team.camera, *team.stops)
            if spot.code == code
        )


def read_definition(folder: Path = DATA) -> dict[str, Any]:
    """`mission.yaml` as it stands."""
    return _read_yaml(folder / "mission.yaml")


def _read_yaml(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@functools.cache
def read_mission_data(folder: Path = DATA) -> MissionData:
    definition = read_definition(folder)
    features = json.loads((folder / "places.geojson").read_text(encoding="utf-8"))["features"]
    points = [feature for feature in features if feature["geometry"]["type"] == "Point"]
    spots = {feature["properties"]["code"]: _spot(feature) for feature in points}
    cameras = {f["properties"]["code"] for f in points if f["properties"].get("camera")}
    people = [person for person in definition["people"] if "device" in person]
    line = json.loads((folder / "lines.geojson").read_text(encoding="utf-8"))["features"][0]
    return MissionData(
        code=definition["code"],
        zone=ZoneInfo(definition["timezone"]),
        starts_at=dt.datetime.fromisoformat(definition["starts_at"]),
        ends_at=dt.datetime.fromisoformat(definition["ends_at"]),
        declination_deg=definition["declination_deg"],
        teams=tuple(_team(team, people, spots, cameras) for team in definition["teams"]),
        line=tuple((lon, lat) for part in line["geometry"]["coordinates"] for lon, lat in part),
        story=_read_yaml(folder / "storyline.yaml"),
    )


def _spot(feature: dict[str, Any]) -> Spot:
    facts, (lon, lat) = feature["properties"], feature["geometry"]["coordinates"]
    return Spot(facts["code"], facts["names"]["en"], lon, lat, facts["parent"])


def _team(
    team: dict[str, Any], people: Sequence[dict[str, Any]], spots: dict[str, Spot], cameras: set[str]
) -> Team:
    posts = [spots[code] for code in spots if code[:2] == f"{team['code']}-"]
    by_phone = {person["device"]: tuple(person["languages"]) for person in people}
    return Team(
        code=team["code"],
        sector=team["sector"],
        phones=tuple(team["devices"]),
        languages=tuple(by_phone[phone] for phone in team["devices"]),
        posts=tuple(spot for spot in posts if spot.code not in cameras),
        camera=next(spot for spot in posts if spot.code in cameras),
        stops=tuple(spots[code] for code in team["stops"]),
    )


def read_claims(mission: MissionData, sample: Path = SAMPLE) -> list[dict[str, Any]]:
    """The real claims about events of the mission's span, as one sends them to the API, in their order."""
    table = read_press(sample.read_text(encoding="utf-8"))
    return [_as_sent(claim) for claim in table.claims if mission.starts_at <= claim.t_start < mission.ends_at]


def _as_sent(claim: ClaimValues) -> dict[str, Any]:
    sent = {
        key: value.isoformat() if isinstance(value, dt.datetime) else value
        for key, value in asdict(claim).items()
    }
    return {**sent, "weapons": list(claim.weapons)}
