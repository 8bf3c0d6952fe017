"""Signed and sealed reports, as they are received, kept and shown."""

import threading
import uuid
from typing import Any

import pytest
from cast_of_people import cast_member
from field_report import field_report
from signing_phone import SigningPhone, compact, enrolled, seal, unsigned_package
from sqlalchemy import select

from incidents.intake import queries
from incidents.intake.model import ObservationRevision
from incidents.intake.service import receive_package, receive_sealed, review_observation
from incidents.intake.views import SEALED, SIGNED
from monitor import merkle, vault
from monitor.dsse import url_base64
from monitor.errors import BadRequest, Conflict, KeyRevoked
from monitor.log.model import LogLeaf
from monitor.log.service import sign_head
from monitor.people.model import Device
from monitor.people.service import revoke_device

URL = "/api/v1/observations"


class Enrolled:
    """A phone with a key and a token, and its web."""

    def __init__(self, client: Any, parts: Any, which: str = "first", team_code: str | None = None) -> None:
        self.phone = SigningPhone()
        with parts.transaction() as door:
            holder = cast_member(door, "monitor", which, team_code)
            token = enrolled(door, self.phone, holder, f"phone-{which}")
        self.holder_id = holder.id
        self.web = client.nobody()
        self.web.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"

    def post(self, package: bytes) -> Any:
        return self.web.post(URL, data=package, content_type=SIGNED)

    def post_sealed(self, item: bytes, observation_id: str, revision_no: int = 1) -> Any:
        headers = {"X-Observation-Id": observation_id, "X-Revision-No": str(revision_no)}
        return self.web.post(URL, data=item, content_type=SEALED, headers=headers)


@pytest.fixture
def mine(client: Any, parts: Any) -> Enrolled:
    return Enrolled(client, parts)


def sealed(parts: Any, package: bytes, observation_id: str, slot: str = "r1") -> bytes:
    return seal(parts.keys.mission.public_key(), package, observation_id, slot)


def test_a_signed_report_is_received_and_its_receipt_and_leaf_name_the_envelope(
    mine: Enrolled, parts: Any
) -> None:
    body = field_report()
    answer = mine.post(mine.phone.package(body))
    assert (answer.status_code, answer.json["processing"]) == (201, "received")
    assert answer.json["envelope_sha256"] == mine.phone.prev
    leaf = answer.json["receipt"]["leaf"]
    assert f'"envelope_sha256":"{mine.phone.prev}"' in leaf
    assert f'"device_key":"{mine.phone.kid}"' in leaf
    with parts.reading() as door:
        row = queries.observation(door.session, body["observation_id"])
        assert (row.author_id, row.count_best) == (mine.holder_id, 12)
        assert queries.texts(door.session, door.app.keys, [row]) == {row.observation_id: body["text"]}


def test_what_was_signed_is_kept_byte_for_byte_and_encrypted(mine: Enrolled, parts: Any) -> None:
    import base64
    import json

    body = field_report(text="They fled at night.")
    package = mine.phone.package(body)
    mine.post(package)
    sent = json.loads(package)
    with parts.reading() as door:
        kept = vault.open_all(door.session, door.app.keys, "observation", f"{body['observation_id']}/1")
        stored = door.session.scalars(select(vault.PrivatePart.sealed)).all()
    assert url_base64(kept["envelope"]) == base64.b64decode(sent["envelope"])
    names = ("position", "observer_position", "free_text")
    assert sorted(kept[f"disclosure:{name}"] for name in names) == sorted(sent["disclosures"])
    assert "body" not in kept
    assert not [row for row in stored if b"fled" in row]


def test_a_sealed_report_is_opened_verified_and_received(mine: Enrolled, parts: Any) -> None:
    body = field_report()
    item = sealed(parts, mine.phone.package(body), body["observation_id"])
    assert mine.post_sealed(item, body["observation_id"]).status_code == 201
    with parts.reading() as door:
        came = queries.origin(door.session, body["observation_id"], 1)
    assert (came.is_sealed, came.device_code, came.device_seq) == (True, "phone-first", 1)


def test_an_unsigned_report_is_taken_sealed_too(client: Any, parts: Any) -> None:
    body, phone = field_report(), client.device()
    item = sealed(parts, unsigned_package(body), body["observation_id"])
    headers = {"X-Observation-Id": body["observation_id"], "X-Revision-No": "1"}
    answer = phone.post(URL, data=item, content_type=SEALED, headers=headers)
    assert (answer.status_code, answer.json["envelope_sha256"]) == (201, None)
    plain = phone.post(URL, json=body)
    assert (plain.status_code, plain.json["outcome"]) == (200, "repeat")


def test_an_unsigned_report_of_a_phone_that_has_a_key_is_taken_and_flagged(
    mine: Enrolled, parts: Any
) -> None:
    """Somebody holds the phone who does not know the PIN, or its holder forgot it."""
    body = field_report()
    answer = mine.post_sealed(
        sealed(parts, unsigned_package(body), body["observation_id"]), body["observation_id"]
    )
    assert (answer.status_code, answer.json["reasons"]) == (201, ["not_signed"])


def test_the_same_report_open_and_sealed_and_sealed_again_is_one_report(mine: Enrolled, parts: Any) -> None:
    body = field_report()
    package = mine.phone.package(body)
    answers = [
        mine.post(package),
        mine.post_sealed(sealed(parts, package, body["observation_id"]), body["observation_id"]),
        mine.post_sealed(sealed(parts, package, body["observation_id"]), body["observation_id"]),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert len({answer.json["receipt"]["leaf"] for answer in answers}) == 1


@pytest.mark.parametrize("spoil", ["slot", "id", "bytes", "headers"])
def test_a_sealed_report_that_does_not_open_is_refused_with_the_reason(
    mine: Enrolled, parts: Any, spoil: str
) -> None:
    body = field_report()
    slot, observation_id = (
        ("r2", body["observation_id"]) if spoil == "slot" else ("r1", body["observation_id"])
    )
    item = sealed(parts, mine.phone.package(body), observation_id, slot)
    if spoil == "bytes":
        item = item[:-1] + bytes([item[-1] ^ 1])
    if spoil == "id":
        observation_id = str(uuid.uuid4())
    headers = {"X-Observation-Id": observation_id} | ({} if spoil == "headers" else {"X-Revision-No": "1"})
    answer = mine.web.post(URL, data=item, content_type=SEALED, headers=headers)
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/bad-request")


def test_a_sealed_item_does_not_smuggle_in_another_report(as_role: Any) -> None:
    door, body, other = as_role("monitor"), field_report(), str(uuid.uuid4())
    item = sealed(door.app, unsigned_package(body), other)
    with pytest.raises(BadRequest, match="another number"):
        receive_sealed(door, item, other, 1)


def test_a_wrong_signature_is_refused_and_nothing_is_kept(mine: Enrolled, parts: Any) -> None:
    payload, disclosures = mine.phone.payload(field_report())
    stranger = SigningPhone()
    forged = stranger.packed(stranger.envelope(compact(payload), kid=mine.phone.kid), disclosures)
    answer = mine.post(forged)
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/bad-request")
    with parts.reading() as door:
        assert door.session.scalars(select(ObservationRevision)).all() == []


def test_a_key_that_nobody_enrolled_is_refused_with_what_to_do(client: Any) -> None:
    stranger = SigningPhone()
    answer = client.device().post(URL, data=stranger.package(field_report()), content_type=SIGNED)
    assert answer.status_code == 400
    assert "Enrol the phone, or send unsigned" in answer.json["detail"]


def test_a_changed_report_under_an_old_id_is_a_conflict_and_the_first_stays(
    mine: Enrolled, parts: Any
) -> None:
    """ODK collect #5317: an edited form under an instance id that was half sent."""
    body = field_report()
    mine.post(mine.phone.package(body))
    answer = mine.post(mine.phone.package(body | {"means": "saw"}))
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/conflict")
    assert "next revision" in answer.json["detail"]
    with parts.reading() as door:
        assert queries.observation(door.session, body["observation_id"]).means == "heard"


def test_a_rejected_report_sent_again_gets_its_receipt_and_never_doubles(
    mine: Enrolled, client: Any, parts: Any
) -> None:
    """ODK central #794 and #608: a resend of what was put away, and doubles of a reused id."""
    body = field_report()
    package = mine.phone.package(body)
    first = mine.post(package).json
    verdict = {"verdict": "rejected", "comment": "Sent twice."}
    client("duty_officer").post(f"{URL}/{body['observation_id']}/review", json=verdict)
    again = mine.post(package)
    assert (again.status_code, again.json["receipt"]) == (200, first["receipt"])
    with parts.reading() as door:
        assert len(door.session.scalars(select(ObservationRevision)).all()) == 1
        assert queries.observation(door.session, body["observation_id"]).processing == "rejected"


def test_an_id_is_mandatory_and_made_by_the_sender(mine: Enrolled) -> None:
    """ODK aggregate #331: doubles of what had no instance id."""
    payload, disclosures = mine.phone.payload(field_report())
    del payload["observation_id"]
    answer = mine.post(mine.phone.packed(mine.phone.envelope(compact(payload)), disclosures))
    assert answer.status_code == 400
    assert "observation_id" in answer.json["detail"]


def test_an_error_is_never_answered_with_a_receipt(mine: Enrolled, parts: Any) -> None:
    """ODK #1017, the server's half: a phone lets go only of what the answer names with its own hash."""
    package = mine.phone.package(field_report())
    refused = mine.post(package[:-10])
    assert refused.status_code == 400
    assert "receipt" not in refused.json
    assert mine.post(package).json["envelope_sha256"] == mine.phone.prev


def test_the_same_report_sent_three_times_at_once_is_received_once(parts: Any, client: Any) -> None:
    """A phone that hears no answer sends again, while the first is still on the way."""
    mine = Enrolled(client, parts)
    packages = [mine.phone.package(field_report()) for _ in range(8)]
    leaves: dict[int, set[str]] = {number: set() for number in range(len(packages))}
    statuses: list[int] = []

    def send(number: int) -> None:
        answer = mine.post(packages[number])
        statuses.append(answer.status_code)
        leaves[number].add(answer.json["receipt"]["leaf"])

    threads = [
        threading.Thread(target=send, args=(number,)) for number in range(len(packages)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 16 + [201] * 8
    assert [len(found) for found in leaves.values()] == [1] * 8


def test_a_missing_private_part_sets_the_report_aside_and_names_it(mine: Enrolled) -> None:
    payload, disclosures = mine.phone.payload(field_report())
    answer = mine.post(mine.phone.packed(mine.phone.envelope(compact(payload)), disclosures[:-1]))
    assert (answer.status_code, answer.json["processing"]) == (201, "quarantined")
    assert [reason for reason in answer.json["reasons"] if reason.startswith("disclosure")] != []


def test_a_number_used_twice_is_flagged_and_never_refused(mine: Enrolled) -> None:
    mine.post(mine.phone.package(field_report()))
    mine.phone.seq, mine.phone.prev = 0, None
    again = mine.post(mine.phone.package(field_report()))
    assert (again.status_code, again.json["reasons"]) == (201, ["sequence_used_twice"])


def test_a_report_that_does_not_follow_on_the_one_before_is_flagged(mine: Enrolled) -> None:
    mine.post(mine.phone.package(field_report()))
    mine.phone.prev = "0" * 64
    assert mine.post(mine.phone.package(field_report())).json["reasons"] == ["chain_broken"]


def test_reports_in_any_order_are_not_flagged_and_a_held_back_one_is_shown(
    mine: Enrolled, client: Any
) -> None:
    bodies = [field_report() for _ in range(4)]
    packages = [mine.phone.package(body) for body in bodies]
    answers = [mine.post(packages[place]) for place in (3, 0, 2)]
    assert [answer.json["reasons"] for answer in answers] == [[], [], []]
    desk = client("duty_officer")
    facts = dict(
        fact
        for section in desk.get(f"/desk/observations/{bodies[3]['observation_id']}").json["sections"]
        for fact in section["facts"]
    )
    assert facts["Signature"] == f"Signed by phone-first, key {mine.phone.kid[:8]}…"
    assert facts["Sequence"] == "Report 4 of this key; 1 before it is missing"
    assert "On the phone" not in facts
    shown = desk.get("/api/v1/devices").json["devices"][0]["keys"]
    assert shown == [{"kid": mine.phone.kid, "last": 4, "missing": 1, "gaps": [[2, 2]]}]


def test_the_desk_says_of_a_report_that_it_is_not_signed(client: Any) -> None:
    body = field_report()
    client.device().post(URL, json=body)
    found = client("duty_officer").get(f"/desk/observations/{body['observation_id']}").json
    facts = dict(fact for section in found["sections"] for fact in section["facts"])
    assert facts["Signature"].startswith("Not signed")


def test_a_head_that_the_log_never_had_is_flagged(mine: Enrolled, parts: Any) -> None:
    from base64 import b64encode

    with parts.transaction() as door:
        sign_head(door)
    with parts.reading() as door:
        from monitor.log.queries import latest_head

        head = latest_head(door.session)
    true = {"size": head.size, "root": b64encode(head.root).decode()}
    forked = {"size": head.size, "root": b64encode(bytes(32)).decode()}
    ahead = {"size": head.size + 1_000, "root": b64encode(head.root).decode()}
    reasons = [
        mine.post(mine.phone.package(field_report(), seen=seen)).json["reasons"]
        for seen in (true, forked, ahead)
    ]
    assert reasons == [[], ["seen_another_log"], ["seen_another_log"]]


def test_an_ended_phone_files_nothing_online_even_by_other_hands(
    mine: Enrolled, client: Any, parts: Any
) -> None:
    with parts.transaction() as door:
        revoke_device(door, door.session.scalars(select(Device.id)).one(), wipe=True)
    package = mine.phone.package(field_report())
    own = mine.post(package)
    assert (own.status_code, own.json["type"]) == (401, "/problems/device-revoked")
    passing_on = client("monitor", "second", "T2").post(URL, data=package, content_type=SIGNED)
    assert (passing_on.status_code, passing_on.json["wipe"]) == (403, False)
    assert "Clear-Site-Data" not in passing_on.headers
    other = client("monitor").post(URL, data=package, content_type=SIGNED)
    assert (other.status_code, other.json["type"], other.json["wipe"]) == (
        403,
        "/problems/device-revoked",
        True,
    )


def test_what_an_ended_phone_signed_is_taken_from_a_file_and_flagged(as_role: Any) -> None:
    door, phone = as_role("duty_officer"), SigningPhone()
    holder = cast_member(door, "monitor")
    enrolled(door, phone, holder)
    revoke_device(door, door.session.scalars(select(Device.id)).one())
    body = field_report()
    package = phone.package(body)
    with pytest.raises(KeyRevoked):
        receive_package(door, package)
    received = receive_package(door, package, by_file=True)
    assert received.receipt.reasons == ("device_revoked",)
    assert queries.observation(door.session, body["observation_id"]).author_id == holder.id


def test_a_signed_report_sent_by_somebody_else_is_its_signers_and_flagged(
    mine: Enrolled, client: Any, parts: Any
) -> None:
    body = field_report()
    package = mine.phone.package(body)
    answer = client("monitor", "second", "T2").post(URL, data=package, content_type=SIGNED)
    assert (answer.status_code, answer.json["reasons"]) == (201, ["brought_by_another"])
    assert mine.post(package).status_code == 200
    with parts.reading() as door:
        assert queries.observation(door.session, body["observation_id"]).author_id == mine.holder_id


def test_another_teams_phone_cannot_correct_a_report(mine: Enrolled, client: Any, parts: Any) -> None:
    body = field_report()
    mine.post(mine.phone.package(body))
    other = Enrolled(client, parts, "second", "T2")
    with pytest.raises(Conflict), parts.transaction() as door:
        receive_package(door, other.phone.package(body | {"revision_no": 2}))


def test_the_log_of_signed_reports_holds_no_private_word(mine: Enrolled, parts: Any) -> None:
    mine.post(mine.phone.package(field_report(text="They fled at night.", witness={"name": "Nobody"})))
    with parts.reading() as door:
        leaves = " ".join(door.session.scalars(select(LogLeaf.leaf)))
    for secret in ("fled", "Nobody", "45.865", "40.203"):
        assert secret not in leaves


def test_fifty_receipts_come_in_one_answer_under_one_signed_head(mine: Enrolled, parts: Any) -> None:
    bodies = [field_report() for _ in range(12)]
    answers = [mine.post(mine.phone.package(body)).json for body in bodies]
    with parts.transaction() as door:
        sign_head(door)
    ids = [f"{body['observation_id']}/1" for body in bodies]
    found = mine.web.post("/api/v1/receipts:batch", json={"ids": [*ids, f"{uuid.uuid4()}/1"]}).json["items"]
    assert [item["status"] for item in found] == [200] * 12 + [404]
    assert len({item["checkpoint"] for item in found[:-1]}) == 1
    key = merkle.VerifierKey.of(parts.settings.log_origin, parts.keys.log)
    head = merkle.Checkpoint.open(found[0]["checkpoint"], key)
    for answer, item in zip(answers, found, strict=False):
        assert item["receipt"] == answer["receipt"]
        assert item["envelope_sha256"] == answer["envelope_sha256"]
        leaf = merkle.leaf_hash(item["receipt"]["leaf"].encode())
        proof = [bytes.fromhex(step) for step in item["inclusion"]]
        assert merkle.verify_inclusion(leaf, item["receipt"]["leaf_index"], head.size, proof, head.root)
    single = mine.web.get(answers[0]["links"]["self"]).json
    assert {"status": 200, **single} == found[0]


def test_others_receipts_are_not_there(mine: Enrolled, client: Any, parts: Any) -> None:
    body = field_report()
    mine.post(mine.phone.package(body))
    other = Enrolled(client, parts, "second", "T2")
    ids = [f"{body['observation_id']}/1"]
    assert [
        item["status"] for item in other.web.post("/api/v1/receipts:batch", json={"ids": ids}).json["items"]
    ] == [404]


@pytest.mark.parametrize("ids", [[], ["x"], ["x/y"], ["x/1"] * 101, ["x/²"], "x/1"])
def test_a_list_of_receipts_that_cannot_be_is_refused(mine: Enrolled, ids: Any) -> None:
    assert mine.web.post("/api/v1/receipts:batch", json={"ids": ids}).status_code == 422


def test_a_question_carries_what_its_answer_begins_from(mine: Enrolled, client: Any) -> None:
    body = field_report(witness={"name": "N."})
    answer = mine.post(mine.phone.package(body)).json
    verdict = {"verdict": "returned", "comment": "From which direction?"}
    client("duty_officer").post(f"{URL}/{body['observation_id']}/review", json=verdict)
    asked = mine.web.get("/api/v1/questions").json["questions"]
    assert [question["question"] for question in asked] == ["From which direction?"]
    assert asked[0]["number"] == answer["receipt"]["number"]
    assert asked[0]["envelope_sha256"] == answer["envelope_sha256"]
    found = asked[0]["body"]
    assert {name: found[name] for name in ("text", "event", "observer", "witness", "count")} == {
        name: body[name] for name in ("text", "event", "observer", "witness", "count")
    }
    correction = mine.phone.package(
        {**body, "revision_no": 2, "revision_of": body["observation_id"]}, supersedes=mine.phone.prev
    )
    assert mine.post(correction).json["outcome"] == "correction"
    assert mine.web.get("/api/v1/questions").json["questions"] == []


def test_an_unsigned_reports_question_carries_its_body_too_and_others_do_not_see_it(client: Any) -> None:
    body, phone = field_report(), client.device()
    phone.post(URL, json=body)
    verdict = {"verdict": "returned", "comment": "From which direction?"}
    client("duty_officer").post(f"{URL}/{body['observation_id']}/review", json=verdict)
    assert phone.get("/api/v1/questions").json["questions"][0]["body"] == body
    assert client.device("second", team_code="T2").get("/api/v1/questions").json["questions"] == []


def test_one_shredded_part_leaves_the_rest_of_a_signed_report_standing(mine: Enrolled, parts: Any) -> None:
    body = field_report()
    mine.post(mine.phone.package(body))
    with parts.transaction() as door:
        shredded = select(vault.PrivatePart).where(vault.PrivatePart.part == "disclosure:free_text")
        door.session.scalars(shredded).one().wrapped_key = None
    with parts.reading() as door:
        row = door.session.get_one(ObservationRevision, (body["observation_id"], 1))
        found = queries.plain_body(door.session, door.app.keys, row)
    assert "text" not in found
    assert found["event"] == body["event"]


@pytest.mark.parametrize("changes", [{"device_seq": 10**30}, {"media": [{"bytes": 10**30}]}])
def test_a_number_too_large_to_keep_is_flagged_and_never_an_error(
    client: Any, changes: dict[str, Any]
) -> None:
    answer = client.device().post(URL, json=field_report(**changes))
    assert (answer.status_code, answer.json["processing"]) == (201, "quarantined")


def test_a_question_is_asked_about_a_revision_that_is_its_own(as_role: Any) -> None:
    door, body = as_role("monitor"), field_report()
    receive_package(door, unsigned_package(body))
    review_observation(as_role("duty_officer"), body["observation_id"], "returned", "When?")
    receive_package(as_role("monitor"), unsigned_package(body | {"revision_no": 2}))
    door = as_role("monitor")
    wanted = [(body["observation_id"], 1), (body["observation_id"], 2)]
    found = queries.signed_receipts(door.session, door.app.keys, wanted, door.actor.person_id, door.actor.id)
    assert [found[key].question for key in wanted] == ["When?", None]
