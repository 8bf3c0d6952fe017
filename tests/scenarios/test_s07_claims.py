"""S7: a party claims 12 shootings; the mission watched three places and observed one match."""

import datetime as dt
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from field_report import field_report
from shapely.geometry import shape

from monitor.door import App
from monitor.mission.service import load_mission
from monitor.people.service import add_team
from monitor.places.queries import sector_shapes
from monitor.watches.service import plan_watch, record_watch_event

DEMO = Path(__file__).parents[2] / "reports" / "exercise" / "data"
WATCHED = ("MAR", "JER", "GOR")
# One shooting in each watched sector and nine where nobody watched.
CLAIMED = ("MAR", "JER", "GOR", *("IJE",) * 3, *("YEG",) * 3, *("KAP",) * 3)
AT = "2022-09-13T02:00:00+04:00"


@pytest.fixture
def places(parts: App) -> dict[str, tuple[float, float]]:
    """A point inside each sector of the demo mission, with a patrol in three of them from 01:00 to 03:00."""
    zone = dt.timezone(dt.timedelta(hours=4))
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
        start, end = (dt.datetime(2022, 9, 13, hour, tzinfo=zone) for hour in (1, 3))
        for sector in WATCHED:
            add_team(door, sector[0], f"Team {sector}")
            watch_id = str(uuid.uuid4())
            plan_watch(
                door,
                watch_id=watch_id,
                kind="patrol",
                sectors=[sector],
                post=None,
                team=sector[0],
                planned_start=start,
                planned_end=end,
            )
            for kind, at in (("started", start), ("ended", end)):
                record_watch_event(door, event_id=str(uuid.uuid4()), watch_id=watch_id, kind=kind, at=at)
        found = {}
        for sector in sector_shapes(door.session):
            point = shape(sector.polygon).representative_point()
            found[sector.code] = (point.x, point.y)
        return found


@pytest.fixture
def told(client: Any, places: dict[str, tuple[float, float]]) -> None:
    """The party's twelve statements, and one accepted observation of shots in one of the places."""
    for number, sector in enumerate(CLAIMED, 1):
        lon, lat = places[sector]
        answer = client("analyst").post(
            "/api/v1/claims",
            json={
                "external_ref": f"S7-{number:02}",
                "claimant": "AZE_MOD",
                "claimant_party": "AZE",
                "against": "ARM",
                "t_start": AT,
                "t_precision": "T2",
                "place_text": f"place {number}",
                "lon": lon,
                "lat": lat,
                "uncertainty_m": 500,
                "geo_precision": "L4",
                "type": "burst",
                "stated_type": "shooting",
                "channel": "press",
                "source": "statement of the day",
            },
        )
        assert answer.status_code == 201, answer.json
    lon, lat = places["MAR"]
    body = field_report(
        type="shot",
        fields={"weapon": "n_k"},
        time={"start": AT, "end": None, "precision": "T2", "basis": "estimate"},
        observer={"lon": lon, "lat": lat, "accuracy_m": 12, "method": "gnss"},
        event={"kind": "same_as_observer"},
    )
    assert client.device().post("/api/v1/observations", json=body).status_code == 201
    url = f"/api/v1/observations/{body['observation_id']}/review"
    assert client("duty_officer").post(url, json={"verdict": "accepted"}).status_code == 200


def tally(page: str, party: str) -> list[int]:
    row = re.search(rf'<th scope="row">{party}</th>(.*?)</tr>', page, re.DOTALL)
    assert row
    return [int(number) for number in re.findall(r">(\d+)<", row[1])]


def test_s07_twelve_claimed_one_matched_two_not_observed_nine_not_monitored(client: Any, told: None) -> None:
    page = client("analyst").get("/claims?from=2022-09-13&to=2022-09-13").text
    received, matched, not_observed, not_monitored, _paired = tally(page, "Azerbaijan")
    assert (received, matched, not_observed, not_monitored) == (12, 1, 2, 9)


def test_s07_each_answer_is_shown_with_the_watch_that_says_so(client: Any, told: None) -> None:
    analyst = client("analyst")
    claims = {row["external_ref"]: row["id"] for row in analyst.get("/api/v1/claims").json["claims"]}
    watched = analyst.get(f"/claims?window=all&open={claims['S7-02']}").text
    assert "was watched throughout the time alleged and nothing like it was observed" in watched
    assert "Patrol of J" in watched
    assert "13 Sep 2022, 01:00–03:00 (2 h 00 min)" in watched
    alone = analyst.get(f"/claims?window=all&open={claims['S7-04']}").text
    assert re.search(r"Nobody watched Sector .+ during the time alleged", alone)
    assert "No watch of the mission touched" in alone


def test_s07_no_claim_enters_a_count_of_what_was_observed(client: Any, told: None) -> None:
    counts = client("duty_officer").get("/desk/state").json["counts"]
    assert counts["violations_accepted"] == 12  # The twelve of the one observation; no claim is among them.
