"""Sectors, nearest places and words for where somebody stood, on the demo mission's own ground."""

from pathlib import Path

import pytest
from sqlalchemy import select

from monitor import geo
from monitor.door import Door
from monitor.mission.service import load_mission
from monitor.places import queries
from monitor.places.model import Place
from monitor.places.queries import (
    all_lines,
    all_places,
    describe_from,
    describe_offset,
    nearest_place,
    sector_of,
    sector_of_area,
)

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
SOTK = (45.865, 40.203)


@pytest.fixture
def loaded(door: Door) -> Door:
    load_mission(door.session, DEMO, door.now)
    return door


def test_the_demo_definition_loads_whole_and_only_once(loaded: Door) -> None:
    assert not load_mission(loaded.session, DEMO, loaded.now).anything
    kinds = [place.kind for place in all_places(loaded.session)]
    assert kinds[:6] == ["sector"] * 6 and kinds.count("base") == 6 and kinds.count("post") == 18
    assert queries.base_map(loaded.session) is not None


def test_sectors_are_synthetic_and_say_so(loaded: Door) -> None:
    assert all(place.synthetic for place in all_places(loaded.session, kinds=("sector", "post", "base")))


def test_every_post_and_base_lies_in_the_sector_it_belongs_to(loaded: Door) -> None:
    posts = all_places(loaded.session, kinds=("post", "base"))
    assert [sector_of(loaded.session, p.lon, p.lat) for p in posts] == [p.parent for p in posts]


def test_every_place_has_its_exact_metres_and_a_cell(loaded: Door) -> None:
    for place in loaded.session.scalars(select(Place)):
        assert place.lon is not None and place.lat is not None
        assert (place.x, place.y, place.z) == geo.ecef(place.lon, place.lat)
        assert place.cell == geo.cell(place.lon, place.lat)


def test_far_away_is_no_sector(loaded: Door) -> None:
    assert sector_of(loaded.session, 0.0, 0.0) is None


def test_an_event_belongs_to_a_sector_only_where_nearly_all_of_it_lies_inside(loaded: Door) -> None:
    base = next(p for p in all_places(loaded.session, kinds=("base",)) if p.parent == "JER")
    near = geo.circle(base.lon, base.lat, 500)
    vast = geo.circle(base.lon, base.lat, 60_000)
    assert sector_of_area(loaded.session, near) == "JER"
    assert sector_of_area(loaded.session, vast) is None


def test_a_post_is_called_by_its_name_and_open_ground_by_how_far_from_where(loaded: Door) -> None:
    post = all_places(loaded.session, kinds=("post",))[0]
    assert describe_from(loaded.session, post.lon, post.lat) == post.name
    beside = geo.destination(post.lon, post.lat, 90, 100)
    assert describe_from(loaded.session, *beside) == post.name
    assert describe_from(loaded.session, *geo.destination(*SOTK, 135, 2_000)) == "about 2 km SE of Sotk"


def test_words_for_an_offset_are_whole_kilometres() -> None:
    assert describe_offset("Sotk", 300, 10) == "at Sotk"
    assert describe_offset("Sotk", 700, 10) == "about 1 km N of Sotk"
    assert describe_offset("Sotk", 12_400, 250) == "about 12 km WSW of Sotk"


def test_without_places_the_words_still_stand(door: Door) -> None:
    assert describe_from(door.session, *SOTK) == "a place without a name"
    assert nearest_place(door.session, *SOTK) is None


def test_the_nearest_settlement_with_direction_from_it(loaded: Door) -> None:
    near = nearest_place(loaded.session, *geo.destination(*SOTK, 135, 2_000))
    assert near is not None and near.place.name == "Sotk"
    assert near.distance_m == pytest.approx(2_000, abs=1_000)


def test_a_name_that_is_missing_in_a_language_is_the_english_one(loaded: Door) -> None:
    tovuz = queries.place(loaded.session, "GN584821")
    assert tovuz is not None
    assert (tovuz.name_in("ru"), tovuz.name_in("hy"), tovuz.name_in("xx")) == ("Тауз", "Tovuz", "Tovuz")


def test_the_boundary_is_drawn_with_source_date_error_and_disclaimer(loaded: Door) -> None:
    (line,) = all_lines(loaded.session)
    assert line.source and line.source_date and line.disclaimer
    assert line.accuracy_m is not None and line.accuracy_m >= 5_000


def test_the_base_map_does_not_draw_the_boundary_a_second_time(loaded: Door) -> None:
    content = queries.base_map(loaded.session)
    assert content is not None
    assert '"between":["ARM","AZE"]' not in content.content and '"kind":"lake"' in content.content
