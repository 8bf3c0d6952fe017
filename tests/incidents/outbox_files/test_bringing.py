"""Bringing an outbox file to the base: by the page's door, by the command, twice, and after the phone."""

import hashlib
import uuid
from pathlib import Path
from typing import Any

import pytest
from cast_of_people import cast_member
from click.testing import CliRunner
from field_report import field_report
from signing_phone import SigningPhone, enrolled, outbox_file, seal, unsigned_package
from sqlalchemy import select

import wsgi
from incidents.evidence.views import SEALED
from incidents.intake import queries
from incidents.intake.views import SIGNED
from monitor.people.model import Device
from monitor.people.service import revoke_device

ITEMS = "/api/v1/outbox/items"


class Stick:
    """What a phone exports: reports and photos, sealed to the mission."""

    def __init__(self, parts: Any) -> None:
        self.mission = parts.keys.mission.public_key()
        self.items: list[tuple[dict[str, Any], bytes]] = []

    def report(self, body: dict[str, Any], package: bytes) -> None:
        observation_id, slot = body["observation_id"], f"r{body['revision_no']}"
        said = {"observation_id": observation_id, "slot": slot}
        self.items.append((said, seal(self.mission, package, observation_id, slot)))

    def photo(self, observation_id: str, content: bytes) -> dict[str, Any]:
        """Adds a photo and answers how its report announces it."""
        media_id, sha256 = str(uuid.uuid4()), hashlib.sha256(content).hexdigest()
        said = {"observation_id": observation_id, "slot": media_id, "mime": "image/jpeg", "sha256": sha256}
        self.items.append((said, seal(self.mission, content, observation_id, media_id)))
        told = {"media_id": media_id, "sha256": sha256, "bytes": len(content), "mime": "image/jpeg"}
        return told | {"slot": "photo1"}


def bring(officer: Any, stick: Stick) -> list[dict[str, Any]]:
    """What the page sends, item by item."""
    found = []
    for said, item in stick.items:
        headers = {"X-Observation-Id": said["observation_id"], "X-Slot": said["slot"]}
        if "sha256" in said:
            headers |= {"X-Content-SHA256": said["sha256"], "X-Original-Type": said["mime"]}
        answer = officer.post(ITEMS, data=item, headers=headers, content_type=SEALED)
        assert answer.status_code == 200, answer.json
        found.append(answer.json)
    return found


@pytest.fixture
def phone(parts: Any) -> SigningPhone:
    phone = SigningPhone()
    with parts.transaction() as door:
        phone.token = enrolled(door, phone, cast_member(door, "monitor"))  # type: ignore[attr-defined]
    return phone


@pytest.fixture
def stick(parts: Any, phone: SigningPhone) -> Stick:
    """Two signed reports; the first has a photo, which stands before it in the file."""
    stick = Stick(parts)
    for number in range(2):
        body = field_report()
        if number == 0:
            body["media"] = [stick.photo(body["observation_id"], b"not really a photo")]
        stick.report(body, phone.package(body))
    return stick


def test_what_is_brought_is_received_with_its_author_and_a_second_time_is_no_harm(
    client: Any, parts: Any, stick: Stick
) -> None:
    officer = client("duty_officer")
    assert [item["outcome"] for item in bring(officer, stick)] == ["new", "new", "new"]
    assert [item["outcome"] for item in bring(officer, stick)] == ["repeat", "repeat", "repeat"]
    with parts.reading() as door:
        rows = queries.observations(door.session)
        monitor = cast_member(door, "monitor")
        came = [queries.origin(door.session, row.observation_id, 1) for row in rows]
    assert [(row.author_id, row.processing) for row in rows] == [(monitor.id, "received")] * 2
    assert all(one.brought_by and one.brought_by.startswith("person:") for one in came)


def test_a_phone_that_sends_later_what_was_brought_gets_its_receipts(
    client: Any, parts: Any, phone: SigningPhone
) -> None:
    stick, body = Stick(parts), field_report()
    package = phone.package(body)
    stick.report(body, package)
    brought = bring(client("duty_officer"), stick)
    web = client.nobody()
    web.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {phone.token}"  # type: ignore[attr-defined]
    answer = web.post("/api/v1/observations", data=package, content_type=SIGNED)
    assert (answer.status_code, answer.json["outcome"]) == (200, "repeat")
    assert answer.json["receipt"]["number"] == brought[0]["number"]
    assert web.get(answer.json["links"]["self"]).status_code == 200


def test_what_an_ended_phone_signed_is_taken_in_and_flagged(client: Any, parts: Any, stick: Stick) -> None:
    with parts.transaction() as door:
        revoke_device(door, door.session.scalars(select(Device.id)).one())
    found = bring(client("duty_officer"), stick)
    assert [item["outcome"] for item in found] == ["new"] * 3
    assert [item["reasons"] for item in found if item["number"]] == [["device_revoked"]] * 2


def test_somebody_stands_for_an_unsigned_report_and_it_is_flagged(client: Any, parts: Any) -> None:
    stick, body = Stick(parts), field_report()
    stick.report(body, unsigned_package(body))
    found = bring(client("duty_officer"), stick)
    assert [(item["outcome"], item["reasons"]) for item in found] == [("new", ["brought_by_another"])]
    with parts.reading() as door:
        row = queries.observation(door.session, body["observation_id"])
        assert row.author_id == cast_member(door, "duty_officer").id
    # The phone, which knows nothing of it, sends the same report later: received, and not a conflict.
    phone = client.device()
    answer = phone.post("/api/v1/observations", json=body)
    assert (answer.status_code, answer.json["outcome"]) == (200, "repeat")
    assert phone.get(answer.json["links"]["self"]).json["question"] is None
    changed = phone.post("/api/v1/observations", json=body | {"means": "saw"})
    assert changed.status_code == 409


def test_an_item_that_does_not_open_is_refused_alone_and_says_why(client: Any, stick: Stick) -> None:
    stick.items[1] = (stick.items[1][0], stick.items[1][1][:-1] + b"\x00")
    found = bring(client("duty_officer"), stick)
    assert [item["outcome"] for item in found] == ["new", "refused", "new"]
    assert "cannot be opened" in found[1]["detail"]


def test_a_photo_under_another_reports_id_is_not_taken(client: Any, stick: Stick) -> None:
    said, item = stick.items[0]
    stick.items = [({**said, "observation_id": str(uuid.uuid4())}, item), ({**said, "slot": "x"}, item)]
    assert [one["outcome"] for one in bring(client("duty_officer"), stick)] == ["refused", "refused"]


@pytest.mark.parametrize("role", ["monitor", "analyst", "administrator", "liaison"])
def test_only_duty_officers_bring_outbox_files(client: Any, role: str) -> None:
    asking = client(role)
    assert asking.get("/outbox").status_code == 403
    assert asking.post(ITEMS, data=b"x", content_type=SEALED).status_code == 403


def test_the_page_is_there_for_who_may(client: Any) -> None:
    page = client("duty_officer").get("/outbox")
    assert page.status_code == 200
    assert "Drop the file here" in page.text


# --- the command -------------------------------------------------------------------------------------------


@pytest.fixture
def run(parts: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, keys: Any, session_folder: Path) -> Any:
    """`run(content, *options)` is `truceline import outbox` on a file with this content."""
    (folder / "keys").symlink_to(session_folder / "keys")
    monkeypatch.setenv("TRUCELINE_DATA_DIR", str(folder))
    monkeypatch.setenv("TRUCELINE_DATABASE_URL", parts.settings.store_url.replace("+psycopg", ""))

    def command(content: bytes, *options: str) -> Any:
        path = folder / "outbox.tl"
        path.write_bytes(content)
        return CliRunner().invoke(wsgi.main, ["import", "outbox", str(path), *options])

    return command


def test_the_command_takes_a_file_in_and_again_adds_nothing(run: Any, parts: Any, stick: Stick) -> None:
    content = outbox_file(stick.items)
    first, again = run(content), run(content)
    assert first.exit_code == again.exit_code == 0, first.output
    assert first.output.count(": new") == 3
    assert again.output.count(": repeat") == 3
    assert "3 of 3 items are here now" in again.output
    with parts.reading() as door:
        assert len(queries.observations(door.session)) == 2


def test_the_command_needs_somebody_to_stand_for_what_is_not_signed(run: Any, parts: Any) -> None:
    stick, body = Stick(parts), field_report()
    stick.report(body, unsigned_package(body))
    with parts.transaction() as door:
        cast_member(door, "duty_officer")
        cast_member(door, "analyst")
    content = outbox_file(stick.items)
    alone = run(content)
    assert (alone.exit_code, "somebody of the mission must bring it" in alone.output) == (1, True)
    assert run(content, "--by", "nobody").exit_code == 1
    assert "incidents:outbox:import" in run(content, "--by", "analyst.first").output
    assert run(content, "--by", "duty_officer.first").exit_code == 0


def test_a_cut_file_gives_what_it_holds_and_the_command_says_so(run: Any, stick: Stick) -> None:
    found = run(outbox_file(stick.items)[:-1])
    assert found.exit_code == 1
    assert found.output.count(": new") == 2
    assert "cut off" in found.output
    assert "2 of 3 items are here now" in found.output


def test_another_file_is_refused_with_the_reason(run: Any) -> None:
    found = run(b"PK\x03\x04")
    assert found.exit_code == 1
    assert "not an outbox file" in found.output
