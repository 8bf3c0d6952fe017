"""axe-core finds nothing on any page of casework, in light and dark, at a desk and on a tablet."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from accessibility import violations
from cast_of_people import cast_member, device_token
from field_report import heard_from
from playwright.sync_api import Page, expect

import incidents.claims
from incidents.casework.service import open_incident
from incidents.claims import queries as claims
from incidents.claims.service import import_press
from incidents.evidence.service import receive_media
from incidents.intake.service import review_observation
from incidents.protection.service import enter_person, tell_fate
from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
SAMPLE = Path(incidents.claims.__file__).parent / "data" / "press-incidents.csv"
DESK, TABLET = {"width": 1280, "height": 800}, {"width": 820, "height": 1180}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def addresses(live_server: Any, browse: Callable[..., Page]) -> dict[str, tuple[str, str, str]]:
    """Every page by name: who opens it, its address, and what shows that it is drawn."""
    content, media_id = b"\xff\xd8 no photo", str(uuid.uuid4())
    sha256 = hashlib.sha256(content).hexdigest()
    announced = {"media_id": media_id, "slot": "photo1", "sha256": sha256, "bytes": len(content)}
    bodies = [
        heard_from(200, 4, 12, media=[announced | {"mime": "image/jpeg"}]),
        heard_from(260, 5, 9),
        heard_from(230, 4, 2, category="CAS", type="injured", means="told", info_type="medical"),
    ]
    with live_server.parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
        tokens = [device_token(door, cast_member(door, "monitor", t, t), f"phone-{t}") for t in ("t1", "t2")]
        officer = cast_member(door, "duty_officer", "second")
    phone = browse(phone=True)
    for number, body in enumerate(bodies):
        headers = {"Authorization": f"Bearer {tokens[number % 2]}"}
        assert phone.request.post("/api/v1/observations", data=body, headers=headers).status == 201
    ids = [body["observation_id"] for body in bodies]
    with live_server.parts.transaction(officer) as door:
        receive_media(door, media_id, content, sha256, "image/jpeg")
        for one in ids:
            review_observation(door, one, "accepted", "")
        incident_id = open_incident(door, ids[:2])
        # A few statements: the worker judges each of them while the pages are looked at.
        import_press(door, "".join(SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:6]))
        claim_id = claims.claims(door.session)[-1].id
        person_id = enter_person(door, {"name": "Anna A."}).person_id
        tell_fate(door, person_id, ids[2], "injured", door.now - dt.timedelta(hours=10))
    return {
        "queue": ("analyst", "/review", ".waiting-row"),
        "incident": ("verification_officer", f"/incidents/{incident_id}", ".account"),
        "coverage": ("analyst", "/coverage", "#table tbody tr"),
        "claims": ("analyst", f"/claims?window=all&open={claim_id}", "#verdict"),
        "claims of the past": ("analyst", "/claims?window=all&known_at=2022-09-13T08:00:00Z", ".notice"),
        "a statement": ("analyst", "/claims/new", "form"),
        "a table": ("analyst", "/claims/import", "form"),
        "evidence": ("analyst", "/evidence", ".files"),
        "a file": ("analyst", f"/evidence/{media_id}", ".flags, .nothing"),
        "people": ("protection_officer", "/protection", ".card table"),
        "a person": ("protection_officer", f"/protection/people/{person_id}", ".opening"),
    }


@pytest.mark.parametrize("size", [DESK, TABLET], ids=["desk", "tablet"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browse: Callable[..., Page], addresses: dict[str, tuple[str, str, str]], size: dict[str, int]
) -> None:
    pages: dict[str, Page] = {}
    found = {}
    for name, (role, address, drawn) in addresses.items():
        if role not in pages:
            pages[role] = browse(role, viewport=size)
        page = pages[role]
        for scheme in ("light", "dark"):
            # Before the page is drawn: a colour that still fades into another has no contrast of its own.
            page.emulate_media(color_scheme=scheme)
            page.goto(address)
            expect(page.locator(drawn).first).to_be_visible()
            assert page.evaluate(SIDEWAYS) <= 0, name
            if broken := violations(page):
                found[f"{name}, {scheme}"] = broken
    assert found == {}
