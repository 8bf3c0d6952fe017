"""A phone is taken in by an officer, signs with its own key, and is ended."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import pytest
from cast_of_people import cast_member
from signing_phone import SigningPhone, b64, enrolled
from sqlalchemy import select, update

from monitor.access.roles import ROLES
from monitor.clock import wall_now
from monitor.devices.fingerprint import six_words
from monitor.devices.model import DeviceKey, Enrolment
from monitor.devices.queries import all_devices, sequences, signing_device
from monitor.devices.sequence import Link, gaps
from monitor.devices.service import note_link
from monitor.door import App
from monitor.dsse import url_base64
from monitor.errors import DomainError
from monitor.log.model import LogLeaf
from monitor.people.model import Device
from monitor.sealing import point_of

URL = "/api/v1/enrolments"


@pytest.fixture
def monitor_id(parts: App) -> str:
    with parts.transaction() as door:
        return cast_member(door, "monitor").id


def opened(officer: Any, person_id: str, device_code: str = "phone-7") -> tuple[str, str]:
    """A new enrolment: its id, and the code out of its QR's address."""
    answer = officer.post(URL, json={"person_id": person_id, "device_code": device_code})
    assert answer.status_code == 201, answer.json
    return answer.json["id"], urlsplit(answer.json["url"]).fragment.split("/")[2]


def test_a_phone_is_taken_in_step_by_step(client: Any, parts: App, monitor_id: str) -> None:
    officer, stranger, phone = client("duty_officer"), client.nobody(), SigningPhone()
    enrolment_id, code = opened(officer, monitor_id)
    assert officer.get(f"{URL}/{enrolment_id}").json["state"] == "open"

    claimed = stranger.post(f"{URL}/claim", json=phone.claim(code))
    assert claimed.json == {"id": enrolment_id, "fingerprint": six_words(phone.spki, code)}
    seen = officer.get(f"{URL}/{enrolment_id}").json
    assert (seen["state"], seen["fingerprint"]) == ("claimed", claimed.json["fingerprint"])
    waiting = stranger.post(f"{URL}/{enrolment_id}/collect", json={"code": code})
    assert (waiting.status_code, waiting.json) == (202, {"state": "claimed"})

    assert officer.post(f"{URL}/{enrolment_id}/confirm").json["state"] == "confirmed"
    collected = stranger.post(f"{URL}/{enrolment_id}/collect", json={"code": code}).json
    assert collected["state"] == "confirmed"
    assert collected["device"]["code"] == "phone-7"
    assert collected["device"]["kid"] == phone.kid
    assert collected["person"] == {"id": monitor_id, "name": "First monitor", "language": "en"}
    stranger.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {collected['token']}"
    assert stranger.get("/api/v1/places").status_code == 200
    again = client.nobody().post(f"{URL}/{enrolment_id}/collect", json={"code": code})
    assert (again.status_code, again.json["type"]) == (409, "/problems/wrong-state")


def test_the_code_carries_the_missions_key_and_the_hash_of_its_logs_key(
    client: Any, parts: App, monitor_id: str
) -> None:
    import hashlib

    answer = client("duty_officer").post(URL, json={"person_id": monitor_id, "device_code": "phone-7"}).json
    address, _, fragment = answer["url"].partition("#")
    assert address == f"{parts.settings.origin}/field/en"
    _, step, code, point, vkey = fragment.split("/")
    assert (step, len(url_base64(code))) == ("enrol", 16)
    assert url_base64(point) == point_of(parts.keys.mission.public_key())
    told = client.nobody().get("/api/v1/log/consistency/0").status_code
    assert told == 404  # nothing is signed yet, so the line comes from the key itself
    from monitor.log.queries import verifier_key

    assert url_base64(vkey) == hashlib.sha256(verifier_key(parts).text.encode()).digest()
    assert answer["qr_svg"].startswith("<svg")
    assert "style" not in answer["qr_svg"]


def test_an_enrolled_key_is_a_leaf_of_the_log(door: Any) -> None:
    phone = SigningPhone()
    enrolled(door, phone, cast_member(door, "monitor"))
    leaf = door.session.scalars(select(LogLeaf.leaf).where(LogLeaf.type == "device_enrolled")).one()
    found = signing_device(door.session, phone.kid)
    import hashlib

    assert f'"kid":"{phone.kid}"' in leaf
    assert f'"spki_sha256":"{hashlib.sha256(phone.spki).hexdigest()}"' in leaf
    assert f'"device":"{found.device_id}"' in leaf


def test_the_code_works_for_one_phone_only_and_for_that_one_again(client: Any, monitor_id: str) -> None:
    _, code = opened(client("duty_officer"), monitor_id)
    phone, stranger = SigningPhone(), client.nobody()
    first = stranger.post(f"{URL}/claim", json=phone.claim(code))
    assert stranger.post(f"{URL}/claim", json=phone.claim(code)).json == first.json
    other = stranger.post(f"{URL}/claim", json=SigningPhone().claim(code))
    assert (other.status_code, other.json["type"]) == (409, "/problems/conflict")


def test_a_claim_needs_the_private_key(client: Any, monitor_id: str) -> None:
    _, code = opened(client("duty_officer"), monitor_id)
    stolen = SigningPhone().claim(code) | {"spki": b64(SigningPhone().spki)}
    assert client.nobody().post(f"{URL}/claim", json=stolen).status_code == 400


def test_a_code_is_worth_nothing_after_ten_minutes(client: Any, parts: App, monitor_id: str) -> None:
    enrolment_id, code = opened(client("duty_officer"), monitor_id)
    with parts.transaction() as door:
        row = door.session.get_one(Enrolment, enrolment_id)
        assert dt.timedelta(minutes=9) < row.expires_at - wall_now() <= dt.timedelta(minutes=10)
        door.session.execute(update(Enrolment).values(expires_at=wall_now() - dt.timedelta(seconds=1)))
    late = client.nobody().post(f"{URL}/claim", json=SigningPhone().claim(code))
    assert (late.status_code, late.json["type"]) == (409, "/problems/wrong-state")


def test_words_that_differ_end_the_code(client: Any, monitor_id: str) -> None:
    officer, phone = client("duty_officer"), SigningPhone()
    enrolment_id, code = opened(officer, monitor_id)
    client.nobody().post(f"{URL}/claim", json=phone.claim(code))
    assert officer.post(f"{URL}/{enrolment_id}/refuse").json["state"] == "refused"
    assert officer.post(f"{URL}/{enrolment_id}/confirm").status_code == 409
    collected = client.nobody().post(f"{URL}/{enrolment_id}/collect", json={"code": code})
    assert (collected.status_code, collected.json["type"]) == (409, "/problems/wrong-state")


def test_nothing_is_confirmed_before_a_phone_has_claimed_it(client: Any, monitor_id: str) -> None:
    officer = client("duty_officer")
    enrolment_id, _ = opened(officer, monitor_id)
    assert officer.post(f"{URL}/{enrolment_id}/confirm").status_code == 409


def test_a_token_whose_answer_was_lost_is_collected_again_and_the_lost_one_is_dead(
    client: Any, monitor_id: str
) -> None:
    officer, stranger = client("duty_officer"), client.nobody()
    enrolment_id, code = opened(officer, monitor_id)
    stranger.post(f"{URL}/claim", json=SigningPhone().claim(code))
    officer.post(f"{URL}/{enrolment_id}/confirm")
    tokens = [
        stranger.post(f"{URL}/{enrolment_id}/collect", json={"code": code}).json["token"] for _ in range(2)
    ]
    answers = [
        client.nobody().get("/api/v1/places", headers={"Authorization": f"Bearer {token}"})
        for token in tokens
    ]
    assert [answer.status_code for answer in answers] == [401, 200]


def test_a_token_is_not_given_to_who_has_not_the_code(client: Any, monitor_id: str) -> None:
    officer = client("duty_officer")
    enrolment_id, code = opened(officer, monitor_id)
    client.nobody().post(f"{URL}/claim", json=SigningPhone().claim(code))
    officer.post(f"{URL}/{enrolment_id}/confirm")
    assert client.nobody().post(f"{URL}/{enrolment_id}/collect", json={"code": "x"}).status_code == 404


def test_guessing_codes_is_slowed_down_and_a_right_code_still_goes_through(
    client: Any, monitor_id: str
) -> None:
    _, code = opened(client("duty_officer"), monitor_id)
    stranger = client.nobody()
    guesses = [stranger.post(f"{URL}/claim", json=SigningPhone().claim("x")).status_code for _ in range(22)]
    assert guesses == [404] * 20 + [429] * 2
    assert stranger.post(f"{URL}/claim", json=SigningPhone().claim(code)).status_code == 200


def test_another_site_cannot_claim(client: Any, monitor_id: str) -> None:
    _, code = opened(client("duty_officer"), monitor_id)
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = client.nobody().post(f"{URL}/claim", json=SigningPhone().claim(code), headers=foreign)
    assert answer.status_code == 403


@pytest.mark.parametrize("device_code", ["", "a b", "Söyüdlü", "x" * 41, "-x", "a/b"])
def test_a_phones_name_is_plain(client: Any, monitor_id: str, device_code: str) -> None:
    answer = client("duty_officer").post(URL, json={"person_id": monitor_id, "device_code": device_code})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["device_code"])


def test_only_who_files_reports_gets_a_phone(client: Any, parts: App) -> None:
    with parts.transaction() as door:
        analyst = cast_member(door, "analyst").id
    officer = client("duty_officer")
    for person_id in (analyst, "nobody"):
        answer = officer.post(URL, json={"person_id": person_id, "device_code": "phone-7"})
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["person_id"])


def test_enrolling_again_gives_a_new_key_and_the_old_keys_reports_stay_valid(door: Any) -> None:
    before, after, holder = SigningPhone(), SigningPhone(), cast_member(door, "monitor")
    old = enrolled(door, before, holder)
    enrolled(door, after, holder)
    found = [signing_device(door.session, phone.kid) for phone in (before, after)]
    assert found[0].device_id == found[1].device_id
    assert [one.is_revoked for one in found] == [False, False]
    from monitor.people.queries import actor_of_token

    assert actor_of_token(door.session, old, wall_now()) is None


def test_a_phone_in_other_hands_signs_for_its_new_holder_only_with_its_new_key(door: Any) -> None:
    before, after = SigningPhone(), SigningPhone()
    first, second = cast_member(door, "monitor"), cast_member(door, "monitor", "second", "T2")
    enrolled(door, before, first)
    enrolled(door, after, second)
    assert signing_device(door.session, before.kid).holder_id == first.id
    assert signing_device(door.session, after.kid).holder_id == second.id


def test_the_same_key_is_not_taken_in_twice(door: Any) -> None:
    phone, holder = SigningPhone(), cast_member(door, "monitor")
    enrolled(door, phone, holder)
    with pytest.raises(DomainError, match="Make a new one"):
        enrolled(door, phone, holder, "phone-2")
    assert len(door.session.scalars(select(DeviceKey)).all()) == 1


@pytest.mark.parametrize("wipe", [False, True])
def test_an_ended_phone_is_told_at_its_next_request_and_whether_to_empty_itself(
    client: Any, parts: App, wipe: bool
) -> None:
    phone = client.device()
    assert phone.get("/api/v1/places").status_code == 200
    with parts.reading() as door:
        device_id = door.session.scalars(select(Device.id)).one()
    ended = client("duty_officer").post(f"/api/v1/devices/{device_id}/revoke", json={"wipe": wipe})
    assert ended.json == {"device_id": device_id, "revoked": True, "wipe": wipe}
    told = phone.get("/api/v1/places")
    assert (told.status_code, told.json["type"], told.json["wipe"]) == (401, "/problems/device-revoked", wipe)
    assert ("Clear-Site-Data" in told.headers) == wipe
    stranger = client.nobody().get("/api/v1/places", headers={"Authorization": "Bearer nonsense"})
    assert stranger.json["type"] == "/problems/sign-in-needed"


def test_a_phone_that_was_ended_can_still_be_emptied_later_and_both_are_on_record(
    client: Any, parts: App
) -> None:
    client.device()
    officer = client("duty_officer")
    with parts.reading() as door:
        device_id = door.session.scalars(select(Device.id)).one()
    for wipe in (False, False, True, True):
        officer.post(f"/api/v1/devices/{device_id}/revoke", json={"wipe": wipe})
    with parts.reading() as door:
        leaves = door.session.scalars(select(LogLeaf.leaf).where(LogLeaf.type == "device_revoked")).all()
    assert ['"wipe":1' in leaf for leaf in leaves] == [False, True]


def test_an_ended_phone_does_not_come_back_under_its_old_name(
    client: Any, parts: App, monitor_id: str
) -> None:
    client.device()
    officer = client("duty_officer")
    with parts.reading() as door:
        device_id = door.session.scalars(select(Device.id)).one()
    officer.post(f"/api/v1/devices/{device_id}/revoke", json={})
    answer = officer.post(URL, json={"person_id": monitor_id, "device_code": "phone-first"})
    assert "was ended" in answer.json["errors"]["device_code"][0]


def test_it_is_noted_once_a_minute_that_a_phone_was_seen(client: Any, parts: App) -> None:
    phone = client.device()
    phone.get("/api/v1/places")
    with parts.reading() as door:
        first = all_devices(door.session)[0].seen_at
    phone.get("/api/v1/places")
    with parts.reading() as door:
        assert all_devices(door.session)[0].seen_at == first is not None


def test_k_missing_reports_of_n_are_k_gaps_shown(door: Any) -> None:
    phone = SigningPhone()
    enrolled(door, phone, cast_member(door, "monitor"))
    numbers = [number for number in range(1, 31) if number not in {4, 5, 17, 29}]
    for number in numbers:
        note_link(door, phone.kid, Link(number, f"{number:064x}", f"{number - 1:064x}"))
    found = sequences(door.session)[phone.kid]
    assert list(found.gaps) == gaps(numbers) == [(4, 5), (17, 17), (29, 29)]
    assert (found.last, found.held, found.missing) == (30, 26, 4)


def test_only_officers_take_phones_in_and_administrators_may_end_them() -> None:
    holds = {
        permission: {role for role, held in ROLES.items() if permission in held}
        for permission in ("monitor:device:enrol", "monitor:device:revoke")
    }
    assert holds == {
        "monitor:device:enrol": {"duty_officer"},
        "monitor:device:revoke": {"duty_officer", "administrator"},
    }
