"""Custody: every look, copy, export and blur is a step with its leaf; the original stays as it came."""

import datetime as dt
import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from field_report import field_report
from PIL import Image
from sqlalchemy import text

from monitor.door import App
from monitor.mission.service import load_mission

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"


def chequered() -> bytes:
    """A photo with much to see: black and white squares of four pixels, and a made place in its EXIF."""
    picture = Image.new("L", (320, 240))
    picture.putdata([255 * ((x // 4 + y // 4) % 2) for y in range(240) for x in range(320)])
    exif = Image.Exif()
    exif[0x0110] = "Pixel 7"
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 12.0, 10.8), 3: "E", 4: (45.0, 51.0, 54.0)})
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


CONTENT = chequered()
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def media_id(client: Any, parts: App, drain: Callable[[], int]) -> str:
    """A photo that came with a report of Sotk, its copy made."""
    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
    media_id = str(uuid.uuid4())
    announced = {"media_id": media_id, "slot": "photo1", "sha256": SHA256, "bytes": len(CONTENT)}
    phone = client.device()
    phone.post("/api/v1/observations", json=field_report(media=[announced | {"mime": "image/jpeg"}]))
    sent = phone.put(
        f"/api/v1/media/{media_id}",
        data=CONTENT,
        headers={"X-Content-SHA256": SHA256},
        content_type="image/jpeg",
    )
    assert sent.status_code == 201
    drain()
    return media_id


def steps(client: Any, media_id: str) -> list[str]:
    found = client("analyst").get(f"/api/v1/media/{media_id}/custody").json["steps"]
    return [step["action"] for step in found]


def leaves(parts: App, media_id: str) -> list[dict[str, Any]]:
    with parts.reading() as door:
        rows = door.session.execute(text("SELECT leaf FROM log_leaf ORDER BY at_index")).scalars()
        return [leaf for leaf in map(json.loads, rows) if leaf.get("subject") == f"media:{media_id}"]


def contrast(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    low, high = picture.convert("L").crop(box).getextrema()
    return high - low


def test_every_deed_is_a_step_and_a_leaf(client: Any, parts: App, media_id: str) -> None:
    analyst, url = client("analyst"), f"/api/v1/media/{media_id}"
    for what in ("view", "copy", "original", "export"):
        assert analyst.get(f"{url}/{what}").status_code == 200
    done = ["viewed", "copy_taken", "original_taken", "exported"]
    assert steps(client, media_id) == ["received", "copy_derived", *done]
    told = leaves(parts, media_id)
    assert [leaf["what"] for leaf in told] == done
    assert [leaf["type"] for leaf in told] == ["media.viewed", "export", "original_viewed", "export"]
    assert all(leaf["actor"].startswith("person:") for leaf in told)


def test_a_page_drawn_again_is_the_same_look_and_a_later_one_is_another(
    client: Any, media_id: str, clock: Any
) -> None:
    analyst, url = client("analyst"), f"/api/v1/media/{media_id}/view"
    analyst.get(url)
    analyst.get(url)
    client("duty_officer").get(url)
    assert steps(client, media_id).count("viewed") == 2
    clock.set(clock.now() + dt.timedelta(minutes=11))
    analyst.get(url)
    assert steps(client, media_id).count("viewed") == 3


def test_another_site_cannot_make_somebody_look(client: Any, media_id: str) -> None:
    url = f"/api/v1/media/{media_id}/view"
    refused = client("analyst").get(url, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert "viewed" not in steps(client, media_id)


def test_the_original_is_saved_as_it_came_and_never_shown(client: Any, parts: App, media_id: str) -> None:
    got = client("analyst").get(f"/api/v1/media/{media_id}/original")
    assert got.data == CONTENT
    assert got.mimetype == "application/octet-stream"
    assert got.headers["Content-Disposition"] == f'attachment; filename="{SHA256}"'
    assert "sandbox" in got.headers["Content-Security-Policy"]
    for role in ("reporting_officer", "head_of_mission", "liaison"):
        assert client(role).get(f"/api/v1/media/{media_id}/original").status_code == 403


def test_an_export_holds_the_original_its_manifest_and_its_custody(client: Any, media_id: str) -> None:
    got = client("analyst").get(f"/api/v1/media/{media_id}/export")
    with zipfile.ZipFile(io.BytesIO(got.data)) as archive:
        assert archive.namelist() == ["manifest.json", "custody.jsonl", f"original/{SHA256}"]
        assert archive.read(f"original/{SHA256}") == CONTENT
        assert json.loads(archive.read("manifest.json"))["sha256"] == SHA256
        custody = [json.loads(line) for line in archive.read("custody.jsonl").splitlines()]
    assert [step["action"] for step in custody] == ["received", "copy_derived", "exported"]


def test_a_blur_destroys_the_pixels_of_the_copy_and_leaves_the_original(
    client: Any, parts: App, media_id: str
) -> None:
    officer, url = client("protection_officer"), f"/api/v1/media/{media_id}"
    before = Image.open(io.BytesIO(officer.get(f"{url}/view").data))
    region = {"x": 0.25, "y": 0.25, "w": 0.5, "h": 0.5}
    done = officer.post(f"{url}/blur", json={"regions": [region], "hidden": "face"})
    assert done.status_code == 200, done.json
    after = Image.open(io.BytesIO(officer.get(f"{url}/view").data))
    inside, outside = (90, 70, 230, 170), (0, 0, 60, 50)
    assert contrast(before, inside) > 200
    assert contrast(after, inside) < 40
    assert contrast(after, outside) > 200
    assert parts.storage.read(SHA256) == CONTENT
    assert leaves(parts, media_id)[-2]["hidden"] == "face"
    assert "blurred" in steps(client, media_id)
    assert officer.get(f"/evidence/{media_id}").text.count("with parts blurred") == 1


def test_only_the_protection_officer_makes_the_copy_anew(client: Any, media_id: str) -> None:
    url = f"/api/v1/media/{media_id}"
    first = client("analyst").get(f"{url}/view").data
    region = {"x": 0, "y": 0, "w": 1, "h": 1}
    client("analyst").post(f"{url}/blur", json={"regions": [region], "hidden": "other"})
    assert client("analyst").post(f"{url}/renew").status_code == 403
    assert client("protection_officer").post(f"{url}/renew").status_code == 200
    assert client("analyst").get(f"{url}/view").data == first


@pytest.mark.parametrize(
    "wrong",
    [
        {"regions": []},
        {"regions": [{"x": 0.9, "y": 0, "w": 0.5, "h": 0.1}]},
        {"regions": [{"x": 0, "y": 0, "w": 0.001, "h": 0.1}]},
        {"regions": [{"x": -1, "y": 0, "w": 0.1, "h": 0.1}]},
        {"hidden": "nothing"},
        {"regions": [{"x": 0, "y": 0, "w": 0.1, "h": 0.1}] * 51},
    ],
)
def test_a_blur_that_cannot_be_says_what_to_mend(client: Any, media_id: str, wrong: dict[str, Any]) -> None:
    body = {"regions": [{"x": 0, "y": 0, "w": 0.1, "h": 0.1}], "hidden": "face"} | wrong
    answer = client("analyst").post(f"/api/v1/media/{media_id}/blur", json=body)
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_the_page_sets_the_file_beside_its_report(client: Any, media_id: str) -> None:
    page = client("analyst").get(f"/evidence/{media_id}").text
    assert "from where the observer stood" in page
    assert "no other photo of this phone names one" in page
    assert SHA256 in page
    assert "<style" not in page and " style=" not in page
    assert media_id in client("analyst").get("/evidence").text
    assert client("analyst").get(f"/evidence/{uuid.uuid4()}").status_code == 404
    assert client("analyst").get("/evidence/nothing").status_code == 404
    assert client("liaison").get(f"/evidence/{media_id}").status_code == 403
    assert client("analyst").get(f"/evidence/{media_id}/blur").status_code == 200


def test_the_same_file_with_another_report_is_pointed_out(client: Any, media_id: str) -> None:
    again = str(uuid.uuid4())
    announced = {"media_id": again, "slot": "photo9", "sha256": SHA256, "bytes": len(CONTENT)}
    phone = client.device()
    phone.post("/api/v1/observations", json=field_report(media=[announced | {"mime": "image/jpeg"}]))
    headers = {"X-Content-SHA256": SHA256}
    phone.put(f"/api/v1/media/{again}", data=CONTENT, headers=headers, content_type="image/jpeg")
    page = client("analyst").get(f"/evidence/{media_id}").text
    assert "The same file also came as" in page
    assert "The copy is being made" in client("analyst").get(f"/evidence/{again}").text
