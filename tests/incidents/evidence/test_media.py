import datetime as dt
import hashlib
import io
import os
import threading
import uuid

import pytest
from field_report import field_report
from PIL import Image
from signing_phone import seal

from incidents.evidence.model import MediaFile
from incidents.evidence.service import drop_abandoned
from incidents.evidence.viewing import CannotShow, viewing_copy
from incidents.evidence.views import SEALED
from monitor.clock import wall_now
from monitor.jobs.runner import Job, run_job


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


# --- part by part, sealed, and what must not happen to others ---------------------------------------------


class Upload:
    """A file on its way from a phone: sends any part of it, open or sealed."""

    def __init__(self, phone, content, sealed_for=None, mission=None, media_id=None, sha256=None):
        self.phone, self.original = phone, content
        self.media_id = media_id or str(uuid.uuid4())
        self.sha256 = sha256 or hashlib.sha256(content).hexdigest()
        self.sealed_for = sealed_for
        self.bytes = seal(mission, content, sealed_for, self.media_id) if sealed_for else content

    @property
    def url(self):
        return f"/api/v1/media/{self.media_id}"

    def send(self, start, end, **changes):
        headers = {
            "Upload-Offset": str(start),
            "Upload-Length": str(len(self.bytes)),
            "X-Content-SHA256": self.sha256,
        }
        kind = "image/jpeg"
        if self.sealed_for:
            headers["X-Observation-Id"], kind = self.sealed_for, SEALED
        return self.phone.patch(
            self.url, data=self.bytes[start:end], headers=headers | changes, content_type=kind
        )

    def send_all(self, size=500):
        return [self.send(start, start + size) for start in range(0, len(self.bytes), size)][-1]

    def announced(self, slot="photo1"):
        return announced(self.original, self.media_id) | {"slot": slot}


def noisy_photo(side=60):
    out = io.BytesIO()
    Image.effect_noise((side, side), 90).save(out, "JPEG")
    return out.getvalue()


def test_a_file_comes_part_by_part_and_goes_on_where_it_stopped(client, parts):
    upload = Upload(client.device(), noisy_photo())
    first = upload.send(0, 500)
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "500")
    stopped = upload.phone.head(upload.url)
    assert (stopped.headers["Upload-Offset"], "Upload-Complete" in stopped.headers) == ("500", False)
    done = upload.send(500, None)
    assert (done.status_code, done.json["sha256"], done.json["bytes"]) == (
        201,
        upload.sha256,
        len(upload.original),
    )
    whole = upload.phone.head(upload.url)
    assert (whole.headers["Upload-Offset"], whole.headers["Upload-Complete"]) == (
        str(len(upload.bytes)),
        "?1",
    )
    assert parts.storage.read(upload.sha256) == upload.original


def test_a_part_sent_again_is_no_harm_and_so_is_the_last(client):
    upload = Upload(client.device(), noisy_photo())
    assert [upload.send(0, 500).headers["Upload-Offset"] for _ in range(2)] == ["500", "500"]
    assert upload.send(300, 900).headers["Upload-Offset"] == "900"
    assert upload.send(0, 500).headers["Upload-Offset"] == "900"
    assert [upload.send(900, None).status_code for _ in range(2)] == [201, 200]


def test_a_part_too_far_on_is_told_where_to_go_on(client):
    upload = Upload(client.device(), noisy_photo())
    upload.send(0, 500)
    early = upload.send(900, 1400)
    assert (early.status_code, early.json["type"], early.json["offset"]) == (
        409,
        "/problems/wrong-offset",
        500,
    )
    assert early.headers["Upload-Offset"] == "500"


def test_a_sealed_file_is_opened_when_it_is_whole_and_bound_to_its_report(client, parts, drain):
    body, phone = field_report(), client.device()
    upload = Upload(phone, noisy_photo(), body["observation_id"], parts.keys.mission.public_key())
    phone.post("/api/v1/observations", json=body | {"media": [upload.announced()]})
    done = upload.send_all(4_096)
    assert (done.status_code, done.json["bytes"]) == (201, len(upload.original))
    assert parts.storage.read(upload.sha256) == upload.original
    drain()
    assert client("analyst").get(f"{upload.url}/view").status_code == 200
    with parts.reading() as door:
        assert door.session.get_one(MediaFile, upload.media_id).mime == "image/jpeg"


def test_a_sealed_file_for_another_report_is_not_opened(client, parts):
    upload = Upload(client.device(), photo(), str(uuid.uuid4()), parts.keys.mission.public_key())
    upload.sealed_for = str(uuid.uuid4())
    refused = [upload.send(0, None) for _ in range(2)]
    assert [(answer.status_code, answer.json.get("offset")) for answer in refused] == [(409, 0), (400, None)]


def test_a_file_that_is_not_what_was_promised_begins_anew_once_and_is_then_refused(client):
    upload = Upload(client.device(), noisy_photo(), sha256="0" * 64)
    upload.send(0, 500)
    first = upload.send(500, None)
    assert (first.status_code, first.json["offset"]) == (409, 0)
    assert upload.phone.head(upload.url).headers["Upload-Offset"] == "0"
    second = upload.send(0, None)
    assert (second.status_code, "another SHA-256" in second.json["detail"]) == (400, True)


def test_the_receipt_says_which_files_are_here(client, parts):
    phone = client.device()
    uploads = [Upload(phone, noisy_photo()) for _ in range(2)]
    body = field_report(media=[one.announced(f"photo{n}") for n, one in enumerate(uploads)])
    address = phone.post("/api/v1/observations", json=body).json["links"]["self"]
    uploads[0].send_all()
    held = {item["media_id"]: item["is_here"] for item in phone.get(address).json["media"]}
    assert held == {uploads[0].media_id: True, uploads[1].media_id: False}


def test_a_file_before_its_report_is_kept_and_bound_when_the_report_comes(client):
    phone = client.device()
    upload = Upload(phone, noisy_photo())
    assert upload.send_all().status_code == 201
    answer = phone.post("/api/v1/observations", json=field_report(media=[upload.announced()])).json
    assert answer["processing"] == "received"
    assert [item["is_here"] for item in phone.get(answer["links"]["self"]).json["media"]] == [True]


def test_a_file_that_is_not_the_one_its_report_announces_is_flagged(client):
    phone, media_id = client.device(), str(uuid.uuid4())
    put(phone, media_id, photo("blue"))
    answer = phone.post("/api/v1/observations", json=field_report(media=[announced(photo("red"), media_id)]))
    assert answer.json["reasons"] == ["media_differs:photo1"]
    held = phone.get(answer.json["links"]["self"]).json["media"]
    assert [item["is_here"] for item in held] == [False]


def test_the_same_photo_in_two_slots_of_one_report_is_held_twice_and_stored_once(client, parts):
    """ODK central-backend #299: two identical photos in one report met a unique key on the hash."""
    phone, content = client.device(), noisy_photo()
    uploads = [Upload(phone, content) for _ in range(2)]
    body = field_report(media=[one.announced(f"photo{n}") for n, one in enumerate(uploads)])
    address = phone.post("/api/v1/observations", json=body).json["links"]["self"]
    assert [one.send_all().status_code for one in uploads] == [201, 201]
    assert [item["is_here"] for item in phone.get(address).json["media"]] == [True, True]


def test_the_same_photo_from_another_team_is_answered_as_if_nobody_had_it(client):
    """No existence oracle: what others hold cannot be found out by offering it."""
    content = noisy_photo()
    first = Upload(client.device(), content)
    other = Upload(client.device("second", team_code="T2"), content)
    answers = []
    for upload in (first, other):
        before = upload.phone.head(upload.url)
        done = upload.send_all()
        answers.append(
            (
                before.status_code,
                before.headers["Upload-Offset"],
                done.status_code,
                {name: value for name, value in done.json.items() if name != "media_id"},
            )
        )
    assert answers[0] == answers[1]


def test_another_teams_half_sent_file_can_neither_be_seen_nor_written_into(client):
    mine = Upload(client.device(), noisy_photo())
    mine.send(0, 500)
    theirs = Upload(client.device("second", team_code="T2"), noisy_photo(), media_id=mine.media_id)
    assert theirs.phone.head(theirs.url).headers["Upload-Offset"] == "0"
    theirs.send(0, 700)
    assert mine.phone.head(mine.url).headers["Upload-Offset"] == "500"
    assert mine.send(500, None).status_code == 201


def test_other_bytes_under_a_known_id_are_refused_at_their_first_part_and_the_original_is_kept(client, parts):
    """ODK central #793: an attachment could be replaced after submission by sending it again."""
    phone = client.device()
    original = Upload(phone, noisy_photo())
    original.send_all()
    other = Upload(phone, noisy_photo(), media_id=original.media_id)
    refused = other.send(0, 500)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/conflict")
    with parts.reading() as door:
        assert door.session.get_one(MediaFile, original.media_id).sha256 == original.sha256


def test_other_bytes_than_the_report_announced_are_refused_at_their_first_part(client):
    phone = client.device()
    upload = Upload(phone, noisy_photo())
    phone.post("/api/v1/observations", json=field_report(media=[upload.announced()]))
    other = Upload(phone, noisy_photo(), media_id=upload.media_id)
    assert other.send(0, 500).status_code == 409


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "x"}, 400),
        ({"Upload-Length": ""}, 400),
        ({"Upload-Length": "10"}, 400),
        ({"Upload-Length": "999999999999"}, 413),
        ({"X-Content-SHA256": "x"}, 400),
    ],
)
def test_a_part_with_wrong_headers_is_refused(client, changes, status):
    assert Upload(client.device(), noisy_photo()).send(0, 500, **changes).status_code == status


def test_what_stopped_arriving_is_forgotten_after_a_fortnight_and_not_before(client, parts):
    upload = Upload(client.device(), noisy_photo())
    upload.send(0, 500)
    job = Job("evidence.drop_abandoned", 3_600, drop_abandoned)
    assert run_job(parts, job) is None
    for path in (parts.settings.data_dir / "media" / "arriving").iterdir():
        long_ago = (wall_now() - dt.timedelta(days=15)).timestamp()
        os.utime(path, (long_ago, long_ago))
    assert run_job(parts, job) == "forgot 1 files that never came whole"
    assert upload.phone.head(upload.url).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("nobody", 401),
        ("device", 403),
        ("monitor", 403),
        ("liaison", 403),
        ("administrator", 403),
        ("analyst", 200),
        ("duty_officer", 200),
        ("protection_officer", 200),
    ],
)
def test_a_photo_is_shown_to_who_may_see_photos_whatever_the_request(client, drain, role, status):
    """kobocat #551: attachments could be read without a sign-in by who knew the path."""
    upload = Upload(client.device(), noisy_photo())
    upload.send_all()
    drain()
    asking = {"nobody": client.nobody, "device": client.device}.get(role, lambda: client(role))()
    for how in ({}, {"headers": {"Range": "bytes=0-10"}}, {"headers": {"If-None-Match": '"x"'}}):
        assert asking.get(f"{upload.url}/view", **how).status_code in {
            status,
            206 if status == 200 else status,
        }
    assert asking.head(f"{upload.url}/view").status_code == status


def test_the_same_file_sent_three_times_at_once_is_received_once(client):
    phone, content, media_id = client.device(), noisy_photo(), str(uuid.uuid4())
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.append(put(phone, media_id, content).status_code))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 200, 201]
