"""What a package holds: the truth table of commitments, and every change that must be seen."""

import hashlib
import json
import random
from typing import Any

import pytest
from field_report import field_report
from signing_phone import SigningPhone, b64, b64url, compact, unsigned_package

from incidents.intake.package import Report, read_package
from incidents.intake.schema import judge
from monitor.errors import BadRequest

PHONE = SigningPhone()
PRIVATE = {"text": "They fled at night.", "witness": {"name": "N."}, "co_observers": ["A. B."]}


def spki_of(kid: str) -> bytes | None:
    return {PHONE.kid: PHONE.spki}.get(kid)


def read(payload: dict[str, Any], disclosures: list[bytes]) -> Report:
    return read_package(PHONE.packed(PHONE.envelope(compact(payload)), disclosures), spki_of)


def test_a_signed_report_is_the_body_that_the_phone_meant() -> None:
    body = field_report(**PRIVATE)
    report = read_package(PHONE.package(body), spki_of)
    assert report.reasons == []
    assert report.body == body | {"device_seq": PHONE.seq, "time": body["time"] | {"clock_offset_s": -0.82}}
    assert judge(report.body)[1] == []
    assert report.signed is not None
    assert (report.signed.kid, report.signed.device_seq) == (PHONE.kid, PHONE.seq)
    assert report.signed.envelope_sha256 == PHONE.prev


def test_what_was_signed_holds_no_private_word() -> None:
    report = read_package(PHONE.package(field_report(**PRIVATE)), spki_of)
    assert report.signed is not None
    for secret in (b"fled", b"N.", b"A. B.", b"45.865", b'"SE"'):
        assert secret not in report.signed.payload


def test_an_unsigned_package_is_its_body() -> None:
    body = field_report()
    assert read_package(unsigned_package(body), spki_of) == Report(body)


def test_private_fields_join_the_open_ones() -> None:
    payload, disclosures = PHONE.payload(field_report())
    disclosure = compact([b64url(bytes(16)), "private_fields", {"identity_note": "a name"}])
    payload["sd"]["private_fields"] = b64url(hashlib.sha256(disclosure).digest())
    report = read(payload, [*disclosures, disclosure])
    assert report.body["fields"] == {**field_report()["fields"], "identity_note": "a name"}
    assert report.reasons == []


def disclosure_of(name: str, value: Any, salt: bytes = bytes(16)) -> bytes:
    return compact([b64url(salt), name, value])


def committed_to(disclosure: bytes, name: str = "free_text") -> tuple[dict[str, Any], list[bytes]]:
    payload, disclosures = PHONE.payload(field_report(text=None))
    payload["sd"][name] = b64url(hashlib.sha256(disclosure).digest())
    return payload, [*disclosures, disclosure]


@pytest.mark.parametrize(
    ("disclosure", "reason"),
    [
        (disclosure_of("free_text", "x", salt=bytes(15)), "disclosure_unreadable:free_text"),
        (disclosure_of("witness", "x"), "disclosure_unreadable:free_text"),
        (compact(["salt?", "free_text", "x"]), "disclosure_unreadable:free_text"),
        (compact([b64url(bytes(16)), "free_text"]), "disclosure_unreadable:free_text"),
        (b"\xff", "disclosure_unreadable:free_text"),
        (b'["' + b"A" * 22 + b'","free_text",NaN]', "disclosure_unreadable:free_text"),
    ],
)
def test_a_disclosure_that_is_none_is_named_and_kept_and_not_believed(disclosure: bytes, reason: str) -> None:
    report = read(*committed_to(disclosure))
    assert report.reasons == [reason]
    assert "text" not in report.body
    assert report.signed is not None
    assert report.signed.disclosures["free_text"] == disclosure


def test_a_missing_disclosure_is_named() -> None:
    payload, _ = PHONE.payload(field_report())
    report = read(payload, [])
    assert report.reasons == [
        "disclosure_missing:free_text",
        "disclosure_missing:observer_position",
        "disclosure_missing:position",
    ]


def test_a_disclosure_that_nobody_signed_for_is_kept_and_not_believed() -> None:
    payload, disclosures = PHONE.payload(field_report(text=None))
    forged = disclosure_of("free_text", "I saw nothing.")
    report = read(payload, [*disclosures, forged])
    assert report.reasons == ["disclosure_not_committed:2"]
    assert "text" not in report.body
    assert report.signed is not None
    assert report.signed.disclosures["uncommitted2"] == forged


def test_a_private_part_among_the_open_fields_is_used_and_flagged() -> None:
    payload, disclosures = PHONE.payload(field_report(text=None))
    payload["public"]["text"] = "open"
    report = read(payload, disclosures)
    assert report.body["text"] == "open"
    assert report.reasons == ["not_committed:text"]


def test_the_head_cannot_be_said_a_second_time_among_the_open_fields() -> None:
    payload, disclosures = PHONE.payload(field_report())
    payload["public"]["observation_id"] = "another"
    report = read(payload, disclosures)
    assert report.body["observation_id"] == payload["observation_id"]
    assert report.reasons == ["unknown_field:public.observation_id"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"v": 2}, "not_allowed:v"),
        ({"v": True}, "not_allowed:v"),
        ({"type": "revision"}, "not_allowed:type"),
        ({"device_seq": "1"}, "not_allowed:device_seq"),
        ({"device_seq": -1}, "not_allowed:device_seq"),
        ({"prev": "abc"}, "not_allowed:prev"),
        ({"supersedes": 3}, "not_allowed:supersedes"),
        ({"nonce": b64url(bytes(31))}, "not_allowed:nonce"),
        ({"clock": {"offset_ms": "1", "source": "server"}}, "not_allowed:clock"),
        ({"seen": {"size": 3, "root": "short"}}, "not_allowed:seen"),
        ({"form": None}, "not_allowed:form"),
        ({"media": {}}, "not_allowed:media"),
        ({"public": []}, "not_allowed:public"),
        ({"surprise": 1}, "unknown_field:surprise"),
    ],
)
def test_an_odd_head_is_a_reason_and_never_a_refusal(changes: dict[str, Any], reason: str) -> None:
    payload, disclosures = PHONE.payload(field_report())
    assert reason in read(payload | changes, disclosures).reasons


@pytest.mark.parametrize(
    ("package", "says"),
    [
        (b"[]", "envelope and disclosures, or body"),
        (compact({"body": b64(b"{}"), "envelope": ""}), "nothing else"),
        (compact({"body": "***"}), "base64"),
        (compact({"body": b64(b"{")}), "not JSON"),
        (compact({"envelope": "", "disclosures": {}}), "list"),
        (PHONE.packed(PHONE.envelope(b"[]"), []), "not a JSON object"),
        (PHONE.packed(PHONE.envelope(b'{"device":"0000"}'), []), "another device"),
        (PHONE.packed(PHONE.envelope(b'{"device":"%s","device":1}' % PHONE.kid.encode()), []), "twice"),
    ],
)
def test_a_package_that_does_not_parse_is_refused_with_the_reason(package: bytes, says: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_package(package, spki_of)
    assert says in refused.value.detail


def test_no_changed_byte_of_a_package_changes_the_report_unseen() -> None:
    """Each change is refused, or named as a reason: what is believed is what was signed."""
    package, chance = PHONE.package(field_report(**PRIVATE)), random.Random(7)  # noqa: S311 - no secret
    honest = read_package(package, spki_of)
    unseen = 0
    for _ in range(3_000):
        spoilt = bytearray(package)
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        try:
            report = read_package(bytes(spoilt), spki_of)
        except BadRequest:
            continue
        unseen += not report.reasons and report != honest
    assert unseen == 0


def test_two_readings_of_the_same_bytes_are_the_same() -> None:
    package = PHONE.package(field_report())
    assert read_package(package, spki_of) == read_package(json.dumps(json.loads(package)).encode(), spki_of)
