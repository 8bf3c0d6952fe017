"""The blur tool in a real browser: a region by keyboard and one by pointer."""

import hashlib
import io
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cast_of_people import cast_member, device_token
from field_report import field_report
from PIL import Image
from playwright.sync_api import Page, expect

from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"


def stripes() -> bytes:
    picture = Image.new("L", (400, 300))
    picture.putdata([255 * (x // 5 % 2) for _ in range(300) for x in range(400)])
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


def contrast(content: bytes, box: tuple[int, int, int, int]) -> int:
    with Image.open(io.BytesIO(content)) as picture:
        low, high = picture.convert("L").crop(box).getextrema()
    return int(high - low)


def test_a_face_is_hidden_by_keyboard_and_a_plate_by_pointer(
    live_server: Any, browse: Callable[..., Page]
) -> None:
    with live_server.parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
        token = device_token(door, cast_member(door, "monitor"))
    content, media_id = stripes(), str(uuid.uuid4())
    sha256 = hashlib.sha256(content).hexdigest()
    announced = {"media_id": media_id, "slot": "photo1", "sha256": sha256, "bytes": len(content)}
    phone = browse(phone=True)
    headers = {"Authorization": f"Bearer {token}"}
    body = field_report(media=[announced | {"mime": "image/jpeg"}])
    assert phone.request.post("/api/v1/observations", data=body, headers=headers).status == 201
    more = {"X-Content-SHA256": sha256, "Content-Type": "image/jpeg"}
    assert phone.request.put(f"/api/v1/media/{media_id}", data=content, headers=headers | more).status == 201

    page = browse("analyst")
    page.goto(f"/evidence/{media_id}")
    while page.get_by_text("The copy is being made").is_visible():
        page.reload()
    page.get_by_role("link", name="Blur parts of the copy").click()
    expect(page.locator("#tool")).to_have_attribute("data-ready", "yes")
    page.keyboard.press("n")
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    for _ in range(5):
        page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#region-words")).to_have_text(
        "Region 1: 10 % from the left, 40 % from the top, 20 % wide, 25 % high."
    )
    box = page.locator("#canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.3)
    page.mouse.up()
    expect(page.locator("#count")).to_have_text("2")
    page.get_by_role("button", name="Blur it for good").click()
    expect(page.get_by_text("with parts blurred")).to_be_visible()
    shown = page.request.get(f"/api/v1/media/{media_id}/view").body()
    assert contrast(shown, (50, 130, 110, 185)) < 60
    assert contrast(shown, (290, 40, 350, 80)) < 60
    assert contrast(shown, (150, 130, 250, 185)) > 200
