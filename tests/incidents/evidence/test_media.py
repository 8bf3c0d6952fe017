import hashlib
import io
import uuid

import pytest
from field_report import field_report
from PIL import Image

from incidents.evidence.viewing import CannotShow, viewing_copy


def photo(colour="red", comment=b"<script>"):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG", comment=comment)
    return out.getvalue()


def announced(content, media_id):
    return {
        "media_id": media_id,
        "slot": "photo1",
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "mime": "image/jpeg",
    }


def put(phone, media_id, content, sha256=None):
    headers = {"X-Content-SHA256": sha256 or hashlib.sha256(content).hexdigest()}
    return phone.put(f"/api/v1/media/{media_id}", data=content, headers=headers, content_type="image/jpeg")


def test_text_comes_first_and_the_photo_after_it_and_a_copy_is_shown(client, parts, drain):
    content, media_id, phone = photo(), str(uuid.uuid4()), client.device()
    phone.post("/api/v1/observations", json=field_report(media=[announced(content, media_id)]))
    assert put(phone, media_id, content).status_code == 201
    assert put(phone, media_id, content).status_code == 200
    drain()
    shown = client("analyst").get(f"/api/v1/media/{media_id}/view")
    assert shown.mimetype == "image/jpeg"
    assert b"<script>" not in shown.data
    assert parts.storage.read(hashlib.sha256(content).hexdigest()) == content
    assert phone.get(f"/api/v1/media/{media_id}/view").status_code == 403


def test_two_reports_may_hold_the_same_photo(client):
    content, phone = photo(), client.device()
    for _ in range(2):
        media_id = str(uuid.uuid4())
        phone.post("/api/v1/observations", json=field_report(media=[announced(content, media_id)]))
        assert put(phone, media_id, content).status_code == 201


def test_a_second_file_under_one_id_is_refused_and_the_first_stays(client):
    content, media_id, phone = photo(), str(uuid.uuid4()), client.device()
    put(phone, media_id, content)
    assert put(phone, media_id, photo("blue")).status_code == 409


def test_a_cut_file_is_refused(client):
    content = photo()
    cut = put(client.device(), uuid.uuid4(), content[:-5], hashlib.sha256(content).hexdigest())
    assert cut.status_code == 400


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"GIF89a", photo()[:60]])
def test_what_is_no_photo_is_kept_but_not_shown(content):
    with pytest.raises(CannotShow):
        viewing_copy(content)
