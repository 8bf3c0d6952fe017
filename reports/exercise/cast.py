"""The exercise's people, teams and devices, taken into a store once; and the sheet with their sign-ins.

The password and the device tokens are made when the exercise is loaded and kept in a file of the data
folder that only its owner can read. Nothing is secret in the program.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from monitor.door import Door
from monitor.mission.service import load_mission
from monitor.people.service import add_device, add_person, add_team, issue_token
from reports.exercise.mission_data import DATA, read_definition

FILE = "exercise-sign-ins.json"


@dataclass(frozen=True)
class SignIns:
    """One password for all of the exercise's people, one token a device."""

    password: str = field(repr=False)
    tokens: Mapping[str, str] = field(repr=False)


def load_exercise(door: Door, password: str) -> SignIns:
    """Takes the mission's definition and its cast into a store that has neither."""
    load_mission(door.session, DATA, door.now)
    definition = read_definition()
    teams = {
        team["code"]: add_team(door, team["code"], team["name"], team["base"]) for team in definition["teams"]
    }
    return SignIns(
        password,
        {p["device"]: token for p in definition["people"] if (token := _take_in(door, p, teams, password))},
    )


def _take_in(door: Door, person: Mapping[str, Any], teams: Mapping[str, str], password: str) -> str | None:
    """One person with roles and, for a monitor, a phone; answers the phone's token."""
    team_id = teams.get(person.get("team", ""))
    person_id = add_person(
        door,
        person["code"],
        person["name"],
        password,
        person["roles"],
        team_id=team_id,
        language=person["languages"][0],
    )
    if "device" not in person:
        return None
    return issue_token(door, add_device(door, person["device"], person_id, team_id))


def new_password() -> str:
    return f"exercise-{secrets.token_hex(5)}"


def write_sign_ins(data_dir: Path, sign_ins: SignIns) -> Path:
    """Writes the sheet with mode 0600, whole or not at all."""
    path, part = data_dir / FILE, data_dir / f"{FILE}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(asdict(sign_ins), out, indent=1)
    part.replace(path)
    return path


def read_sign_ins(data_dir: Path) -> SignIns | None:
    """The sheet of an exercise loaded here before."""
    path = data_dir / FILE
    return SignIns(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None
