"""The form's deciding modules in a real browser, held against the server's own answers."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from playwright.sync_api import Page
from pyproj import Geod
from shapely.geometry import Polygon, shape

from incidents.intake.locate import Ground, KnownPlace, locate
from incidents.intake.service import RADIUS_M
from incidents.taxonomy import taxonomy
from incidents.taxonomy.phone import taxonomy_json
from monitor import geo
from monitor.places.declination import grid

OpenForm = Callable[..., Page]
NIGHT = dt.datetime(2022, 9, 13, 2, 14, tzinfo=dt.timezone(dt.timedelta(hours=4)))
WGS84 = Geod(ellps="WGS84")
# An arc is drawn by corners here and there; they may stand as far apart as this part of the margin.
CORNERS = 0.025
PLACES = [
    {"code": "P", "kind": "post", "lon": 45.861, "lat": 40.207},
    {"code": "B", "kind": "base", "lon": 45.41, "lat": 39.83},
    {"code": "V", "kind": "settlement", "lon": 46.02, "lat": 39.51},
]


def run(page: Page, module: str, code: str, given: Any) -> Any:
    """Calls `code`, a function of the module's names and what is given, in the page."""
    return page.evaluate(
        f"async (given) => ({code})(await import('/field/static/{module}.js'), given)", given
    )


@pytest.fixture
def form(open_form: OpenForm) -> Page:
    return open_form()


# Ground ---------------------------------------------------------------------------------------------------


def some_observer(chance: random.Random) -> dict[str, Any]:
    nowhere = {"lon": None, "lat": None, "accuracy_m": None, "mgrs": None, "post": None}
    lon, lat = chance.uniform(44.5, 46.8), chance.uniform(38.9, 41.3)
    said = chance.choice(
        [
            {"lon": lon, "lat": lat, "accuracy_m": chance.choice([1, 12, 80, 900, 5600]), "method": "gnss"},
            {"mgrs": geo.mgrs_of(lon, lat, chance.choice([4, 6, 8, 10])), "method": "mgrs"},
            {"post": chance.choice("PB"), "method": "known_post"},
        ]
    )
    return nowhere | said


def some_event(chance: random.Random) -> dict[str, Any]:
    lon, lat = chance.uniform(44.5, 46.8), chance.uniform(38.9, 41.3)
    nearest = chance.choice([0, 0.3, 1, 3, 5, 10])
    farthest = chance.choice([nearest, nearest + 0.5, nearest + 2, nearest + 10])
    direction = {
        "kind": "direction",
        "bearing_deg": None,
        "dir16": chance.choice(geo.DIR16),
        "north": "true",
        "bearing_sigma_deg": None,
        "dist_min_km": nearest,
        "dist_max_km": farthest or 2,
        "dist_basis": chance.choice(list(geo.ONE_NUMBER_SPREAD)),
    }
    bearing = {"bearing_deg": round(chance.uniform(0, 360), 1), "north": chance.choice(["true", "magnetic"])}
    return chance.choice(
        [
            direction,
            direction | {"dist_min_km": None, "dist_max_km": None},
            direction | bearing | {"dir16": None},
            direction | bearing | {"bearing_sigma_deg": 8},
            {
                "kind": "point",
                "lon": lon,
                "lat": lat,
                "accuracy_m": chance.choice([9, 300, 5600]),
                "mgrs": None,
            },
            {"kind": "point", "lon": None, "lat": None, "accuracy_m": None, "mgrs": geo.mgrs_of(lon, lat, 4)},
            {"kind": "place", "place": chance.choice("PBV")},
            {"kind": "same_as_observer"},
        ]
    )


def in_metres(area: Polygon, lon: float, lat: float) -> Polygon:
    def flat(points: Any) -> Any:
        azimuth, _, far = WGS84.inv([lon] * len(points), [lat] * len(points), points[:, 0], points[:, 1])
        turn = np.radians(azimuth)
        return np.column_stack((far * np.sin(turn), far * np.cos(turn)))

    return shapely.transform(area, flat)


def test_the_area_on_the_phone_is_the_area_that_the_server_stores(form: Page) -> None:
    chance = random.Random(20220913)
    cases = [(some_observer(chance), some_event(chance)) for _ in range(400)]
    ground = Ground({p["code"]: KnownPlace(p["lon"], p["lat"], RADIUS_M[p["kind"]]) for p in PLACES}, {})
    field = grid([(44.5, 38.9), (46.8, 41.3)], NIGHT)
    assert field is not None

    rings = run(
        form,
        "ground",
        """({ eventArea, stoodAt }, { cases, places, grid }) => cases.map(([observer, event]) =>
             eventArea(event, stoodAt(observer, places), places, grid))""",
        {"cases": cases, "places": PLACES, "grid": field.__dict__},
    )

    far_off = []
    for (observer, event), ring in zip(cases, rings, strict=True):
        where = locate(observer, event, ground, NIGHT)
        assert where.polygon is not None and where.lon is not None and where.lat is not None
        ours = in_metres(Polygon(ring), where.lon, where.lat)
        theirs = in_metres(shape(where.polygon), where.lon, where.lat)
        margin = where.observer_accuracy_m if event["kind"] == "direction" else 0
        # 0.02 degrees of declination between the corners of the grid, at the far end.
        turned = 0.00035 * (event.get("dist_max_km") or 20) * 1000 if event.get("north") == "magnetic" else 0
        allowed = 1.0 + CORNERS * (margin or 0) + turned
        if ours.hausdorff_distance(theirs) > allowed or not ours.is_valid:
            far_off.append((observer, event, round(ours.hausdorff_distance(theirs)), round(allowed)))
    assert far_off == []


def test_the_phone_knows_the_servers_own_radii(form: Page) -> None:
    assert run(form, "ground", "({ RADIUS_M }) => RADIUS_M", None) == RADIUS_M


def test_the_range_of_flash_to_bang_grows_with_the_seconds_and_the_warmth(form: Page) -> None:
    seconds = [(7.0, 15), (7.0, -10), (1.0, 15), (30.0, 35)]
    told = run(form, "ground", "({ soundRange }, all) => all.map(([s, c]) => soundRange(s, c))", seconds)
    assert [round(one["m"]) for one in told] == [2383, 2277, 340, 10575]
    assert [round(one["error_m"]) for one in told] == [207, 200, 191, 403]


# MGRS -----------------------------------------------------------------------------------------------------


def test_grid_references_in_and_out_are_the_servers(form: Page) -> None:
    chance = random.Random(4)
    points = [(chance.uniform(44, 47.5), chance.uniform(38.5, 41.5)) for _ in range(150)]
    points += [(chance.uniform(-179.9, 179.9), chance.uniform(-79.9, 83.9)) for _ in range(150)]
    cases = [(lon, lat, chance.choice([2, 4, 6, 8, 10])) for lon, lat in points]
    texts = [geo.mgrs_of(*case) for case in cases]

    told = run(
        form,
        "mgrs",
        """({ mgrsOf, squareOf }, { cases, texts }) =>
             [cases.map((one) => mgrsOf(...one)), texts.map((text) => squareOf(text))]""",
        {"cases": cases, "texts": texts},
    )

    assert told[0] == texts
    for text, square in zip(texts, told[1], strict=True):
        theirs = geo.from_mgrs(text)
        _azimuth, apart = geo.inverse(square["lon"], square["lat"], theirs.lon, theirs.lat)
        assert (square["size_m"], apart < 0.01) == (theirs.size_m, True), text


@pytest.mark.parametrize(
    "text", ["", "38T NK", "38TNK123", "99TNK12", "38TIK12", "38SNK 12 34", "here", "38TNK12345678901"]
)
def test_what_is_no_reference_is_refused_as_the_server_refuses_it(form: Page, text: str) -> None:
    assert run(form, "mgrs", "({ squareOf }, text) => squareOf(text)", text) is None
    with pytest.raises(geo.Invalid):
        geo.from_mgrs(text)


def test_a_point_is_read_as_reference_or_as_latitude_and_longitude(form: Page) -> None:
    texts = ["38TNK 73195 50310", "40.2000, 45.8600", "40,2 45,86", "40.2 N 45.86 E", "95, 45", "nonsense"]
    found = run(form, "mgrs", "({ pointOf }, texts) => texts.map(pointOf)", texts)
    assert [one and (round(one["lat"], 4), round(one["lon"], 4), one["accuracy_m"]) for one in found] == [
        (40.2, 45.86, 1), (40.2, 45.86, 8), (40.2, 45.86, 7872), (40.2, 45.86, 7872), None, None,
    ]  # fmt: skip


# The sun --------------------------------------------------------------------------------------------------


def test_night_begins_and_ends_with_the_sun(form: Page) -> None:
    # Jermuk, 13 September 2022: sunrise about 06:31, sunset about 19:06 local time.
    times = ["05:45", "06:45", "12:00", "19:00", "19:45", "00:30"]
    moments = [dt.datetime.fromisoformat(f"2022-09-13T{time}+04:00").timestamp() * 1000 for time in times]
    told = run(form, "night", "({ isNight }, all) => all.map((ms) => isNight(ms, 45.67, 39.84))", moments)
    assert dict(zip(times, told, strict=True)) == {
        "05:45": True, "06:45": False, "12:00": False, "19:00": False, "19:45": True, "00:30": True,
    }  # fmt: skip


# Back from the wire ---------------------------------------------------------------------------------------


def some_value(chance: random.Random, code: str, use: dict[str, Any], known: dict[str, Any]) -> Any:
    field = known["fields"][code]
    if field.get("n_k") and chance.random() < 0.2:
        return ["n_k"] if field["kind"] == "multi_choice" else "n_k"
    codes = [one for one, _label in known["lists"].get(field.get("list") or "yes_no", []) if one != "n_k"]
    least, most = field.get("min") or 0, field.get("max") or 1000
    match field["kind"]:
        case "choice" | "yes_no_nk":
            return chance.choice(codes)
        case "multi_choice":
            return chance.sample(codes, k=min(2, len(codes)))
        case "dir16":
            return chance.choice(geo.DIR16)
        case "weapon":
            return chance.choice(use.get("weapons") or [weapon["code"] for weapon in known["weapons"]])
        case "number":
            return round(chance.uniform(least, most), 1)
        case "integer" | "duration_min":
            return chance.randint(int(least), int(most))
        case "datetime":
            return "2022-09-12T21:40:00+04:00"
        case "place":
            return "GN584821"
        case "tally":
            row = {name: chance.choice([code for code, _ in known["lists"][name]]) for name in field["by"]}
            return [row | {"min": 1, "max": 3}, row | {"min": 2, "max": None}]
        case "text_private":
            return "What he said of himself"
    raise AssertionError(field["kind"])


def some_body(chance: random.Random, kind: str, known: dict[str, Any]) -> dict[str, Any]:
    """A report as the form sends it."""
    negative = kind == "nothing_observed"
    times: list[dict[str, Any]] = [
        {"start": "2022-09-13T02:14:03+04:00", "end": None, "precision": "T0", "basis": "tap"},
        {"start": "2022-09-13T02:09:33+04:00", "end": None, "precision": "T2", "basis": "estimate"},
        {
            "start": "2022-09-13T01:00:00+04:00",
            "end": "2022-09-13T02:10:00+04:00",
            "precision": "T1",
            "basis": "watch",
        },
        {"start": "2022-09-13T01:00:00+04:00", "end": None, "precision": "T3", "basis": "told"},
    ]
    time = times[2] if negative else chance.choice(times)
    fields = {
        use["code"]: some_value(chance, use["code"], use, known)
        for use in known["types"][kind]["fields"]
        if known["fields"][use["code"]]["kind"] != "moments" and chance.random() < 0.8
    }
    if any(use["code"] == "tap_times" for use in known["types"][kind]["fields"]) and chance.random() < 0.5:
        taps = [f"2022-09-13T02:14:{second:02}+04:00" for second in (3, 9, 9, 41)]
        time = {"start": taps[0], "end": taps[-1], "precision": "T0", "basis": "tap"}
        fields["tap_times"] = taps
    told = time["basis"] == "told"
    count = {"min": 3, "best": 3, "max": None, "qualifier": "at_least"}
    conditions = {"weather": "fog", "visibility_km": 0.4, "wind": "calm", "noise": "quiet"}
    counted = known["types"][kind].get("count") and not negative
    photo = {
        "media_id": "5c0f8f60-57d0-4b7e-9f0a-0f3d3a3c8f10",
        "sha256": "ab" * 32,
        "bytes": 70,
        "mime": "image/png",
    }
    voice = photo | {
        "media_id": "5c0f8f60-57d0-4b7e-9f0a-0f3d3a3c8f11",
        "slot": "voice1",
        "mime": "audio/webm",
    }
    event = {"kind": "same_as_observer"} if negative else some_event(chance)
    if event["kind"] == "direction" and event["dir16"] is not None and event["bearing_deg"] is None:
        event["north"] = "true"
    if event["kind"] == "point" and event["mgrs"]:
        event["mgrs"] = event["mgrs"].replace(" ", "")
    observer = some_observer(chance)
    if observer["mgrs"]:
        observer["mgrs"] = observer["mgrs"].replace(" ", "")
    return {
        "observation_id": "11111111-2222-4333-8444-555555555555",
        "revision_of": None,
        "revision_no": 1,
        "form_version": "observation@1",
        "device_seq": None,
        "captured_at": "2022-09-13T02:20:00+04:00",
        "category": known["types"][kind]["category"],
        "type": kind,
        "means": "told" if told else chance.choice(["heard", "saw", "recorded_camera"]),
        "info_type": "told_by_resident" if told else "observed",
        "time": time | {"clock_offset_s": 3},
        "observer": observer,
        "event": event,
        "count": count if counted else None,
        "fields": fields,
        "conditions": chance.choice([None, conditions]),
        "exposure": "none" if negative else "earshot",
        "sensitivity": "internal",
        "watch_id": chance.choice([None, "99999999-2222-4333-8444-555555555555"]),
        "co_observers": [],
        "text": chance.choice([None, "Two windows broke."]),
        "witness": None,
        "media": [photo | {"slot": "photo1"}, voice] if chance.random() < 0.5 and not negative else [],
    }


def test_a_report_comes_back_as_a_draft_and_goes_out_the_same_for_every_type(form: Page) -> None:
    chance = random.Random(7)
    known = taxonomy_json("en")
    kinds = [
        kind for kind in taxonomy().types if taxonomy().categories[taxonomy().types[kind].category].fileable
    ]
    bodies = [some_body(chance, kind, known) for kind in kinds for _ in range(6)]

    again = run(
        form,
        "compose",
        """({ draftOf, observation }, { bodies, taxonomy }) => bodies.map((body) => {
             const capturedAt = Date.parse(body.captured_at);
             const draft = draftOf(body, { id: "d", startedAt: capturedAt, taxonomy });
             // A draft is kept as JSON on its way.
             return observation(JSON.parse(JSON.stringify(draft)), { capturedAt, clockOffsetS: 3, taxonomy });
           })""",
        {"bodies": bodies, "taxonomy": known},
    )

    assert len(kinds) > 70
    for body, sent in zip(bodies, again, strict=True):
        assert sent == body
