"""The mission, its places, lines and base map as phones and desks ask for them."""

from pathlib import Path
from typing import Any

import pytest

from monitor.door import App
from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"


@pytest.fixture
def ground(parts: App) -> App:
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
    return parts


def test_the_mission_says_what_it_is_and_what_time_it_is_there(ground: App, client: Any) -> None:
    told = client("monitor").get("/api/v1/mission").json
    assert (told["code"], told["cut_off"], told["exercise"]) == ("TLX", "19:30", True)
    assert told["now"] == "2022-09-13T08:00:00+00:00"
    assert set(told["name"]) == {"en", "hy", "az", "ru"} and told["parties"][0].keys() == {"code", "name"}


def test_without_a_mission_the_answer_says_so(parts: App, client: Any) -> None:
    assert client("monitor").get("/api/v1/mission").status_code == 503
    assert client("monitor").get("/api/v1/basemap").status_code == 404


@pytest.mark.parametrize("what", ["places", "lines", "basemap"])
def test_what_is_known_already_is_not_sent_again(ground: App, client: Any, what: str) -> None:
    phone = client("monitor")
    first = phone.get(f"/api/v1/{what}")
    assert first.status_code == 200 and first.headers["ETag"]
    again = phone.get(f"/api/v1/{what}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_places_carry_names_in_every_language_and_a_label_in_the_askers(ground: App, client: Any) -> None:
    told = client("monitor").get("/api/v1/places?language=ru").json
    by_code = {place["code"]: place for place in told["places"]}
    assert len(by_code) == 136 and told["digest"]
    assert by_code["JER"]["geometry"]["type"] == "Polygon" and by_code["JER"]["synthetic"]
    assert (by_code["GN584821"]["label"], by_code["GN584821"]["geometry"]) == ("Тауз", None)
    assert by_code["J-C"]["camera"] and by_code["J-C"]["parent"] == "JER"


def test_a_line_is_never_sent_without_source_date_error_and_disclaimer(ground: App, client: Any) -> None:
    (line,) = client("monitor").get("/api/v1/lines").json["lines"]
    assert all(line[key] for key in ("source", "source_date", "disclaimer", "accuracy_m", "version"))


def test_the_base_map_is_geojson_that_says_what_each_feature_is(ground: App, client: Any) -> None:
    answer = client("monitor").get("/api/v1/basemap")
    assert answer.mimetype == "application/geo+json"
    kinds = {feature["properties"]["kind"] for feature in answer.get_json(force=True)["features"]}
    assert kinds == {"country", "boundary", "lake", "river"}


@pytest.mark.parametrize("what", ["mission", "places", "lines", "basemap"])
def test_strangers_see_nothing(ground: App, client: Any, what: str) -> None:
    assert client.nobody().get(f"/api/v1/{what}").status_code == 401


def test_with_the_places_comes_how_far_magnetic_north_is_off_about_them(ground: App, client: Any) -> None:
    told = client("monitor").get("/api/v1/places").json
    grid = told["declination"]
    assert (grid["model"], grid["epoch"]) == ("WMM2020", 2022.6)
    assert len(grid["deg"]) == grid["nlon"] * grid["nlat"]
    for place in told["places"]:
        assert grid["lon0"] <= place["lon"] <= grid["lon0"] + grid["step"] * (grid["nlon"] - 1)
        assert grid["lat0"] <= place["lat"] <= grid["lat0"] + grid["step"] * (grid["nlat"] - 1)
    assert all(5.5 < degrees < 7.5 for degrees in grid["deg"])
