"""Files, statements and people read back as they were known: each page says again what it said then."""

import datetime as dt
import hashlib
import re
import uuid
from pathlib import Path

import pytest
from field_report import field_report

from incidents.evidence.service import receive_media
from monitor.mission.service import load_mission
from monitor.people.service import add_team

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
PHOTO = b"not a photo, but bytes with a hash"
MEDIA = str(uuid.UUID(int=77))
PEOPLE = "/api/v1/protection/people"


def statement(ref, claimant, party, against, **more):
    return {
        "external_ref": ref,
        "claimant": claimant,
        "claimant_party": party,
        "against": against,
        "t_start": "2022-09-13T00:05:00+04:00",
        "t_precision": "T2",
        "place_text": "Jermuk",
        "lon": 45.67,
        "lat": 39.84,
        "uncertainty_m": 2_000,
        "geo_precision": "L4",
        "type": "explosion",
        "stated_type": "shelling",
        "channel": "press",
        "source": "statement of the night",
        **more,
    }


@pytest.fixture
def deeds(parts, client, as_role):
    """What happens minute by minute, each a step that changes what is known."""
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
        add_team(door, "JER-1", "Team Jermuk")
    phone, duty, analyst = client.device(), client("duty_officer"), client("analyst")
    officer, made = client("protection_officer"), {}
    body = field_report(
        category="CAS",
        type="injured",
        means="told",
        info_type="medical",
        count={"min": 2, "best": 2, "max": 2, "qualifier": "exact"},
        fields={"established_by": ["medical_staff"]},
        media=[
            {
                "media_id": MEDIA,
                "slot": "photo",
                "sha256": hashlib.sha256(PHOTO).hexdigest(),
                "bytes": len(PHOTO),
                "mime": "image/jpeg",
            }
        ],
    )
    made["report"] = body["observation_id"]

    def post(who, url, content):
        answer = who.post(url, json=content)
        assert answer.status_code in (200, 201, 204), answer.json
        return answer.json

    def photo():
        with parts.transaction() as door:
            receive_media(door, MEDIA, PHOTO, hashlib.sha256(PHOTO).hexdigest(), "image/jpeg")

    def claim(ref, *who):
        made[ref] = post(analyst, "/api/v1/claims", statement(ref, *who))["id"]

    def incident():
        content = {"observation_ids": [made["report"]]}
        made["incident"] = post(analyst, "/api/v1/incidents", content)["incident_id"]

    def fate(holds):
        said = {"observation_id": made["report"], "fate": "injured", "at": "2022-09-12T20:05:00Z"}
        post(officer, f"{PEOPLE}/{made['person']}/fates", said | {"holds": holds})

    def person():
        made["person"] = post(officer, PEOPLE, {"name": "Anna A."})["id"]

    def pair(linked):
        said = {
            "other_id": made["B-1"],
            "linked": linked,
            "reason": "same_event" if linked else "other_event",
        }
        post(analyst, f"/api/v1/claims/{made['A-1']}/pairs", said)

    url = f"/api/v1/observations/{body['observation_id']}/review"
    return made, [
        lambda: post(phone, "/api/v1/observations", body),
        lambda: claim("A-1", "ARM_MOD", "ARM", "AZE"),
        lambda: post(duty, url, {"verdict": "accepted"}),
        incident,
        lambda: claim("B-1", "AZE_MOD", "AZE", "ARM"),
        person,
        lambda: fate(True),
        photo,
        lambda: pair(True),
        lambda: fate(False),
        lambda: pair(False),
        lambda: post(duty, url, {"verdict": "rejected", "comment": "It was a rehearsal."}),
    ]


def test_each_page_says_again_what_it_said(deeds, client, clock):
    made, happens = deeds
    analyst, officer = client("analyst"), client("protection_officer")

    def pages(at):
        known = f"known_at={at.isoformat()}".replace("+", "%2B")
        seen = {
            name: analyst.get(address).text
            for name, address in {
                "claims": f"/claims?window=all&{known}",
                "files": f"/evidence?{known}",
                "toll": f"/api/v1/protection/toll?{known}",
                "desk queue": f"/desk/queue?{known.replace('known_at', 'at')}",
                "desk map": f"/desk/map?{known.replace('known_at', 'at')}",
            }.items()
        }
        seen["people"] = officer.get(f"/protection?{known}").text
        if "incident" in made and at >= made["incident at"]:
            address = f"/api/v1/incidents/{made['incident']}/timeline?{known}"
            # The page's own clock goes on.
            seen["incident"] = re.sub('"now": ?"[^"]*"', "", analyst.get(address).text)
        if "A-1" in made and at >= made["A-1 at"]:
            seen["claim"] = analyst.get(f"/claims?window=all&open={made['A-1']}&{known}").text
        return {name: text.partition("<main")[2] or text for name, text in seen.items()}

    said = []
    for happen in happens:
        clock.advance(dt.timedelta(minutes=1))
        happen()
        for name in ("A-1", "incident"):
            if name in made:
                made.setdefault(f"{name} at", clock.now())
        clock.advance(dt.timedelta(minutes=1))
        said.append((clock.now(), pages(clock.now())))
        clock.advance(dt.timedelta(minutes=1))
    for number, (at, before) in enumerate(said):
        again = pages(at)
        for name, text in before.items():
            assert again[name] == text, (number, name)
    for name in ("claims", "files", "toll", "people", "claim", "incident", "desk queue", "desk map"):
        assert len({seen[name] for _, seen in said if name in seen}) > 1, name


def test_a_moment_that_has_not_come_is_refused_and_a_field_without_offset_is_the_missions_time(
    client, parts, clock
):
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
    analyst = client("analyst")
    assert analyst.get("/evidence?known_at=2031-01-01T00:00").status_code == 400
    assert analyst.get("/claims?known_at=yesterday").status_code == 400
    local = (clock.now() - dt.timedelta(hours=1)).astimezone(dt.timezone(dt.timedelta(hours=4)))
    page = analyst.get(f"/protection?known_at={local:%Y-%m-%dT%H:%M}").text
    assert f"As known at {local.day} Sep 2022, {local:%H:%M}." in page
