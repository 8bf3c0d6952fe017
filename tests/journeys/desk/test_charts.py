"""The charts by mouse, by keyboard and by screen reader; the map's layer of hours; the operator's own map."""

import datetime as dt
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from accessibility import violations
from cast_of_people import cast_member
from playwright.sync_api import Page, expect
from small_tiles import write_tiles

from incidents.intake.service import review_observation
from monitor.watches.service import plan_watch, record_watch_event

Browse = Callable[..., Page]
Filing = Callable[..., str]
EVENING = dt.datetime(2022, 9, 12, 16, tzinfo=dt.UTC)
FILTER = json.loads((Path(__file__).parents[2] / "data" / "room_filter.json").read_text(encoding="utf-8"))
PASSES = """async (table) => {
  const { Filter } = await import("/desk/static/filter.js");
  const { setClock } = await import("/desk/static/time.js");
  const filter = new Filter(document.getElementById("filter"), { onChanged: () => {} });
  return table.cases.map((one) => {
    filter.read(new URLSearchParams(one.filter));
    return table.rows.filter((row) => filter.passes(row)).map((row) => row.number);
  });
}"""

PIXELS_OF = """(token) => {
  const map = document.querySelector(".leaflet-ground-pane canvas");
  const wanted = getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(wanted.slice(i, i + 2), 16));
  const { data } = map.getContext("2d").getImageData(0, 0, map.width, map.height);
  let found = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] === r && data[i + 1] === g && data[i + 2] === b) found += 1;
  }
  return found;
}"""


@pytest.fixture
def watched_evening(live_server: Any, file: Filing) -> str:
    """A patrol was out in sector Martuni for six hours; of two reports from there one is accepted: its id."""
    accepted = file()
    file(count={"min": 3, "best": 3, "max": 3, "qualifier": "exact"})
    with live_server.parts.transaction() as door:
        door.actor = cast_member(door, "duty_officer", "second")
        review_observation(door, accepted, "accepted")
        watch_id = str(uuid.uuid4())
        end = EVENING + dt.timedelta(hours=6)
        plan = {"kind": "patrol", "sectors": ["MAR"], "post": None, "team": None}
        plan_watch(door, watch_id=watch_id, planned_start=EVENING, planned_end=end, **plan)
        for kind, at in (("started", EVENING), ("ended", end)):
            record_watch_event(door, event_id=str(uuid.uuid4()), watch_id=watch_id, kind=kind, at=at)
    return accepted


def charts(browse: Browse, query: str = "", **shape: Any) -> Page:
    page = browse("duty_officer", **shape)
    page.goto(f"/desk/charts{query}")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    return page


def row_of(page: Page, sector: str) -> Any:
    return page.locator(".days tbody tr", has=page.get_by_role("rowheader", name=sector))


def test_a_bar_is_reached_by_key_and_opens_the_reports_behind_it(
    browse: Browse, watched_evening: str
) -> None:
    page = charts(browse)
    bar = row_of(page, "Martuni").get_by_role("link").last
    expect(bar).to_have_accessible_name(re.compile(r"12 accepted, 3 not yet reviewed; .* h watched"))
    bar.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#filter-words")).to_contain_text("Sector Martuni · Ceasefire violations")
    expect(page.locator("#filter-words")).to_contain_text("12 Sept 19:30 to Tue 13 Sept 12:00")
    expect(page.locator("#reports tbody tr")).to_have_count(2)
    page.go_back()
    expect(page.get_by_role("heading", name="Charts", exact=True)).to_be_visible()


def test_where_nobody_watched_the_charts_say_so_and_show_no_zero(
    browse: Browse, watched_evening: str
) -> None:
    page = charts(browse)
    for cell in row_of(page, "Jermuk").get_by_role("link").all():
        expect(cell).to_have_accessible_name("not monitored")
        expect(cell.locator(".n")).to_be_empty()
    expect(page.locator("#chart-days .chart-words")).to_contain_text("Not monitored at all: Goris")


def test_room_and_charts_show_the_same_by_the_same_address(browse: Browse, watched_evening: str) -> None:
    page = browse("duty_officer")
    page.goto("/desk?window=72h&state=waiting&sector=MAR")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    page.get_by_role("link", name="Charts").last.click()
    expect(page).to_have_url(re.compile(r"/desk/charts\?.*window=72h"))
    expect(page.locator("#filter-words")).to_contain_text("Sector Martuni · not yet reviewed")
    expect(page.locator("#chart-days .chart-words")).to_contain_text(
        "0 violations accepted, 3 not yet reviewed"
    )
    page.get_by_role("link", name="Show on the map").click()
    expect(page.locator("#tab-reports")).to_contain_text("1")
    expect(page.get_by_role("button", name="72 h")).to_have_attribute("aria-pressed", "true")


def test_the_charts_break_no_rule_of_accessibility(browse: Browse, watched_evening: str) -> None:
    for scheme in ("light", "dark"):
        page = charts(browse, color_scheme=scheme)
        for summary in page.locator(".as-table summary").all():
            summary.click()
        assert violations(page) == {}


def test_what_the_server_refuses_is_said_and_mended_in_place(browse: Browse, watched_evening: str) -> None:
    page = charts(browse, "?from=2019-01-01T00:00:00Z&to=2022-09-13T08:00:00Z")
    expect(page.get_by_role("alert")).to_contain_text("more than 400 days")
    page.get_by_role("button", name="72 h").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#chart-days .chart-words")).to_contain_text("12 violations accepted")


def test_the_browser_filters_as_the_server_does(room: Page) -> None:
    assert room.evaluate(PASSES, FILTER) == [case["passes"] for case in FILTER["cases"]]


def test_hours_watched_lie_on_the_map_in_shades_and_in_words(browse: Browse, watched_evening: str) -> None:
    page = browse("duty_officer")
    page.goto("/desk?layer=coverage")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    page.get_by_text("Legend and layers").click()
    said = page.locator("#coverage-words")
    expect(said).to_contain_text("Sector Martuni: 6.0 of 24.0 h")
    expect(said).to_contain_text("Sector Jermuk: not monitored")
    expect(page.locator("#legend-coverage")).to_be_visible()
    page.get_by_label("Hours watched").uncheck()
    expect(said).to_be_hidden()
    expect(page).not_to_have_url(re.compile("layer="))


def test_the_reports_shown_are_saved_as_a_table_and_as_geojson(room: Page, watched_evening: str) -> None:
    expect(room.locator("#reports-count")).to_have_text("2")
    room.keyboard.press("/")
    room.get_by_label("Review", exact=True).select_option("accepted")
    for name, ending in (("Table (CSV)", "csv"), ("GeoJSON", "geojson")):
        with room.expect_download() as saved:
            room.get_by_role("button", name=name).click()
        assert saved.value.suggested_filename == f"reports.{ending}"
        content = saved.value.path().read_text(encoding="utf-8-sig")
        assert ("12 explosions" in content, "3 explosions" in content) == (True, False)


class TestOwnTiles:
    """With the operator's own file under the map."""

    @pytest.fixture
    def server_settings(self, folder: Path) -> dict[str, Any]:
        return {"basemap_file": write_tiles(folder / "area.pmtiles")}

    def test_the_map_is_painted_from_the_operators_file(self, browse: Browse, file: Filing) -> None:
        page = browse("duty_officer", color_scheme="light")
        page.goto("/desk")
        expect(page.locator("#map")).to_have_attribute("data-tiles", "here")
        expect(page.locator("body")).to_have_attribute("data-ready", "yes")
        expect(page.locator("#map-source")).to_have_text(re.compile("^Base map: © Somebody"))
        # The file has a forest; the small base map has none, and nothing else is painted in that colour.
        assert page.evaluate(PIXELS_OF, "map-land-2") > 0


def test_without_a_file_of_tiles_nothing_of_theirs_is_fetched(browse: Browse, file: Filing) -> None:
    page = browse("duty_officer", color_scheme="light")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/desk")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    assert not [url for url in asked if "tiles" in url or "pbf" in url]
    assert page.evaluate(PIXELS_OF, "map-land-2") == 0
