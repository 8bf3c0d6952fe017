"""A definition in files becomes the mission in the store; what changes becomes a version."""

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select

from monitor.door import Door
from monitor.errors import Conflict, Invalid, NotReady
from monitor.log.model import LogLeaf
from monitor.mission.model import Mission
from monitor.mission.queries import find_mission, the_mission
from monitor.mission.service import load_mission
from monitor.places.model import Place
from monitor.places.queries import all_lines, all_places, base_map, place

LATER = dt.timedelta(hours=3)
SQUARE = [[45.0, 40.0], [46.0, 40.0], [46.0, 41.0], [45.0, 41.0], [45.0, 40.0]]


def a_place(code: str, kind: str = "post", at: Any = (45.5, 40.5), **more: Any) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [SQUARE]} if kind == "sector" else point(*at)
    said = {"code": code, "kind": kind, "names": {"en": code.title()}, "source": "made for this test"}
    return {"type": "Feature", "properties": said | more, "geometry": geometry}


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def a_line(code: str = "L1", **more: Any) -> dict[str, Any]:
    said = {
        "code": code,
        "kind": "boundary",
        "names": {"en": "A boundary"},
        "source": "An atlas",
        "source_date": "2020-01-01",
        "disclaimer": "For orientation.",
        "accuracy_m": 5300,
    }
    drawn = {"type": "LineString", "coordinates": [[45.2, 40.2], [45.8, 40.8]]}
    return {"type": "Feature", "properties": said | more, "geometry": drawn}


MISSION: dict[str, Any] = {
    "code": "TST",
    "name": {"en": "A mission", "hy": "Առաքելություն"},
    "timezone": "Asia/Yerevan",
    "cut_off": "19:30",
    "starts_at": "2022-08-27T19:30:00+04:00",
    "ends_at": "2022-09-16T19:30:00+04:00",
    "exercise": True,
    "languages": ["en", "hy"],
    "declination_deg": 6.5,
    "disclaimer": {"en": "No opinion on any boundary."},
    "parties": [
        {"code": "P1", "name": {"en": "One"}, "claimants": ["P1_MOD"]},
        {"code": "P2", "name": {"en": "Two"}},
    ],
    "people": [{"code": "somebody", "name": "is not this slice's affair"}],
}
PLACES = [a_place("S1", "sector"), a_place("P-1", parent="S1", camera=True), a_place("V-1", "settlement")]


def write(folder: Path, mission: dict[str, Any] | None = None, places: Any = None, lines: Any = None) -> Path:
    there = folder / "definition"
    shutil.rmtree(there, ignore_errors=True)
    there.mkdir()
    (there / "mission.yaml").write_text(yaml.safe_dump(MISSION if mission is None else mission))
    for name, features in (("places", PLACES if places is None else places), ("lines", lines or [a_line()])):
        collection = {"type": "FeatureCollection", "features": features}
        (there / f"{name}.geojson").write_text(json.dumps(collection))
    (there / "basemap.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    return there


def test_a_definition_becomes_the_mission(door: Door, folder: Path) -> None:
    loaded = load_mission(door.session, write(folder), door.now)
    assert (loaded.mission, loaded.places, loaded.lines, loaded.basemap) == (True, 3, 1, True)
    mission = the_mission(door.session)
    assert (mission.code, mission.name, mission.name_in("hy")) == ("TST", "A mission", "Առաքելություն")
    assert mission.cut_off == dt.time(19, 30) and mission.is_exercise
    assert mission.starts_at == dt.datetime(2022, 8, 27, 15, 30, tzinfo=dt.UTC)
    assert [party.code for party in mission.parties] == ["P1", "P2"]
    assert mission.parties[0].claimants == ("P1_MOD",)
    assert len(mission.periods(dt.datetime(2022, 8, 30, tzinfo=dt.UTC))) == 2


def test_loading_the_same_again_changes_nothing_and_logs_nothing(door: Door, folder: Path) -> None:
    load_mission(door.session, write(folder), door.now)
    leaves = door.session.scalar(select(func.count()).select_from(LogLeaf))
    again = load_mission(door.session, write(folder), door.now + LATER)
    assert not again.anything
    assert door.session.scalar(select(func.count()).select_from(Mission)) == 1
    assert door.session.scalar(select(func.count()).select_from(Place)) == 3
    assert door.session.scalar(select(func.count()).select_from(LogLeaf)) == leaves == 1


def test_people_are_not_part_of_what_makes_the_mission_new(door: Door, folder: Path) -> None:
    load_mission(door.session, write(folder), door.now)
    assert not load_mission(door.session, write(folder, MISSION | {"people": []}), door.now + LATER).anything


def test_a_changed_mission_is_a_new_row_and_the_old_one_is_still_known(door: Door, folder: Path) -> None:
    load_mission(door.session, write(folder), door.now)
    load_mission(door.session, write(folder, MISSION | {"cut_off": "20:00"}), door.now + LATER)
    assert the_mission(door.session).cut_off == dt.time(20, 0)
    before = find_mission(door.session, known_at=door.now)
    assert before is not None and before.cut_off == dt.time(19, 30)


def test_a_moved_place_becomes_a_version_and_the_old_one_is_still_known(door: Door, folder: Path) -> None:
    load_mission(door.session, write(folder), door.now)
    moved = [
        a_place("S1", "sector"),
        a_place("P-1", at=(45.6, 40.6), parent="S1"),
        a_place("V-1", "settlement"),
    ]
    assert load_mission(door.session, write(folder, places=moved), door.now + LATER).places == 1
    now, then = place(door.session, "P-1"), place(door.session, "P-1", as_known_at=door.now)
    assert now is not None and then is not None
    assert (now.version, now.lon, now.has_camera) == (2, 45.6, False)
    assert (then.version, then.lon, then.has_camera) == (1, 45.5, True)
    known_then = {p.code: p.version for p in all_places(door.session, as_known_at=door.now)}
    assert known_then == {"S1": 1, "P-1": 1, "V-1": 1}


def test_a_place_that_is_no_longer_named_is_closed_and_can_come_back(door: Door, folder: Path) -> None:
    load_mission(door.session, write(folder), door.now)
    load_mission(door.session, write(folder, places=PLACES[:2]), door.now + LATER)
    assert [p.code for p in all_places(door.session)] == ["S1", "P-1"]
    closed = place(door.session, "V-1")
    assert closed is not None and closed.valid_to == door.now + LATER and closed.name == "V-1"
    assert not load_mission(door.session, write(folder, places=PLACES[:2]), door.now + 2 * LATER).anything
    load_mission(door.session, write(folder), door.now + 3 * LATER)
    assert {p.code: p.version for p in all_places(door.session)}["V-1"] == 3


def test_a_line_drawn_anew_is_a_version_and_both_keep_their_source(door: Door, folder: Path) -> None:
    load_mission(door.session, write(folder), door.now)
    redrawn = [a_line(source="A survey", source_date="2022-09-01", accuracy_m=50)]
    load_mission(door.session, write(folder, lines=redrawn), door.now + LATER)
    (now,), (then,) = all_lines(door.session), all_lines(door.session, as_known_at=door.now)
    assert (now.version, now.source, now.accuracy_m) == (2, "A survey", 50)
    assert (then.version, then.source, then.accuracy_m) == (1, "An atlas", 5300)


def test_the_base_map_is_kept_as_it_stands(door: Door, folder: Path) -> None:
    load_mission(door.session, write(folder), door.now)
    found = base_map(door.session)
    assert found is not None and found.content == '{"type":"FeatureCollection","features":[]}'


def test_another_mission_does_not_move_in(door: Door, folder: Path) -> None:
    load_mission(door.session, write(folder), door.now)
    with pytest.raises(Conflict, match="TST"):
        load_mission(door.session, write(folder, MISSION | {"code": "ELSE"}), door.now)


def test_before_loading_there_is_no_mission(door: Door) -> None:
    with pytest.raises(NotReady):
        the_mission(door.session)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"timezone": "Asia/Nowhere"}, "timezone"),
        ({"cut_off": "25:00"}, "cut_off"),
        ({"starts_at": "2022-08-27T19:30:00"}, "starts_at"),
        ({"ends_at": "2022-08-01T19:30:00+04:00"}, "ends_at"),
        ({"languages": ["hy"]}, "languages"),
        ({"name": {"hy": "Առաքելություն"}}, "name"),
        ({"parties": [{"code": "P1"}]}, "parties"),
        ({"declination_deg": None}, "declination_deg"),
    ],
)
def test_a_wrong_definition_is_refused_and_says_where(
    door: Door, folder: Path, change: dict[str, Any], named: str
) -> None:
    with pytest.raises(Invalid, match=f"mission.yaml {named}"):
        load_mission(door.session, write(folder, MISSION | change), door.now)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ([a_place("X", "castle")], "castle"),
        ([a_place("X", names={"hy": "Ա"})], "names"),
        ([a_place("X", source="")], "source"),
        ([a_place("X", parent="NOWHERE")], "no sector or zone"),
        ([a_place("X", at=(40.5, 145.5))], "outside the world"),
        ([a_place("X"), a_place("X")], "no code of its own"),
        ([a_place("X", valid_from="soon")], "no day"),
        ([a_place("S", "sector") | {"geometry": point(45, 40)}], "Polygon"),
    ],
)
def test_a_wrong_place_is_refused_and_named(door: Door, folder: Path, wrong: Any, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        load_mission(door.session, write(folder, places=wrong), door.now)


@pytest.mark.parametrize("missing", ["source", "source_date", "disclaimer"])
def test_a_line_without_source_date_or_disclaimer_is_refused(door: Door, folder: Path, missing: str) -> None:
    with pytest.raises(Invalid, match=missing):
        load_mission(door.session, write(folder, lines=[a_line(**{missing: ""})]), door.now)
