"""An operator's own file of tiles: what its head says, what is wrong with it, and how it is served."""

import dataclasses

import pytest
from small_tiles import BOX, write_tiles

import wsgi
from monitor.doctor import base_map
from monitor.places.tiles import NotTiles, plain_text, tile_file
from tests.conftest import Clients, cheap_settings


def test_the_head_says_what_is_in_the_file(folder):
    found = tile_file(write_tiles(folder / "area.pmtiles"))
    assert (found.kind, found.min_zoom, found.max_zoom) == ("vector", 0, 9)
    assert found.bounds == pytest.approx(BOX)
    assert found.attribution == "© Somebody"


def test_an_attribution_is_shown_as_words():
    assert (
        plain_text("<a href='x'>&copy; OpenStreetMap</a>  <b>and others</b>") == "© OpenStreetMap and others"
    )


def broken(folder, content):
    path = folder / "broken.pmtiles"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda whole: b"SQLite format 3" + whole, "is no PMTiles file"),
        (lambda whole: whole[:90], "is no PMTiles file"),
        (lambda whole: whole[:7] + b"\x02" + whole[8:], "version 2"),
        (lambda whole: whole[:99] + b"\x63" + whole[100:], "unknown kind"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(folder, change, said):
    path = broken(folder, change(write_tiles(folder / "area.pmtiles", zooms=1).read_bytes()))
    with pytest.raises(NotTiles, match=said):
        tile_file(path)
    (finding,) = base_map(path)
    assert (finding.level, said in finding.says) == ("wrong", True)


def test_a_file_that_is_not_there_says_so(folder):
    with pytest.raises(NotTiles, match="cannot be read"):
        tile_file(folder / "nowhere.pmtiles")
    assert list(base_map(None)) == []


def test_a_file_that_names_no_source_is_noted(folder):
    (finding,) = base_map(write_tiles(folder / "area.pmtiles", attribution="", zooms=1))
    assert (finding.level, "names no source" in finding.says) == ("note", True)


@pytest.fixture
def with_tiles(parts, folder, store_url):
    path = write_tiles(folder / "area.pmtiles", zooms=3)
    own = dataclasses.replace(parts, settings=cheap_settings(folder, store_url, basemap_file=path))
    return Clients(wsgi.create_app(parts=own), own), path


def test_tiles_are_served_by_range(with_tiles):
    client, path = with_tiles
    duty, whole = client("duty_officer"), path.read_bytes()
    answer = duty.get("/api/v1/basemap.pmtiles", headers={"Range": "bytes=0-126"})
    assert (answer.status_code, answer.data) == (206, whole[:127])
    assert answer.headers["Content-Range"] == f"bytes 0-126/{len(whole)}"
    assert not answer.headers["ETag"].startswith("W/")
    past = duty.get("/api/v1/basemap.pmtiles", headers={"Range": f"bytes={len(whole)}-"})
    assert past.status_code == 416
    assert client.nobody().get("/api/v1/basemap.pmtiles").status_code in {302, 303, 401}


def test_without_the_setting_there_are_no_tiles(client):
    assert client("duty_officer").get("/api/v1/basemap.pmtiles").status_code == 404
    ground = client("duty_officer").get("/desk/ground").json
    assert (ground["tiles"], ground["tiles_problem"]) == (None, None)


def test_the_room_is_told_of_the_tiles_or_what_is_wrong_with_them(with_tiles):
    client, path = with_tiles
    ground = client("duty_officer").get("/desk/ground").json
    assert (ground["tiles"]["kind"], ground["tiles"]["attribution"]) == ("vector", "© Somebody")
    path.write_bytes(b"something else")
    ground = client("duty_officer").get("/desk/ground").json
    assert ground["tiles"] is None
    assert "is no PMTiles file" in ground["tiles_problem"]
