"""Signed envelopes: what verifies, and every change that must not."""

import base64
import hashlib
import json
import random

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from signing_phone import SigningPhone, b64, compact

from monitor.dsse import NotSigned, kid_of, open_envelope, pae, public_key, standard_base64, url_base64
from monitor.errors import BadRequest

PHONE = SigningPhone()
PAYLOAD = b'{"device":"x","n":1}'
ENVELOPE = PHONE.envelope(PAYLOAD)
DER = serialization.Encoding.DER
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


def spki_of(kid: str) -> bytes | None:
    return {PHONE.kid: PHONE.spki}.get(kid)


def test_the_signed_bytes_are_those_of_the_dsse_specification() -> None:
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_an_envelope_gives_back_the_exact_payload_and_names_its_key() -> None:
    opened = open_envelope(ENVELOPE, spki_of)
    assert opened.payload == PAYLOAD
    assert opened.kid == PHONE.kid == kid_of(PHONE.spki)
    assert opened.envelope_sha256 == hashlib.sha256(ENVELOPE).hexdigest()


def test_the_payload_is_not_parsed_before_the_signature_is_verified() -> None:
    assert open_envelope(PHONE.envelope(b"\xff not json"), spki_of).payload == b"\xff not json"


def test_two_thousand_changed_bytes_are_all_noticed() -> None:
    chance = random.Random(3)  # noqa: S311 - which byte is changed is no secret
    for _ in range(2_000):
        spoilt = bytearray(ENVELOPE)
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        with pytest.raises(BadRequest):
            open_envelope(bytes(spoilt), spki_of)


def changed(**changes: object) -> bytes:
    return compact(json.loads(ENVELOPE) | changes)


SIGNATURE = json.loads(ENVELOPE)["signatures"][0]


@pytest.mark.parametrize(
    ("envelope", "says"),
    [
        (b"[]", "payloadType, payload and signatures"),
        (b"{", "not JSON"),
        (changed(extra=1), "nothing else"),
        (changed(payloadType="application/json"), "payload's type"),
        (changed(signatures=[]), "exactly one"),
        (changed(signatures=[SIGNATURE, SIGNATURE]), "exactly one"),
        (changed(signatures=[{**SIGNATURE, "alg": "none"}]), "keyid and sig"),
        (changed(signatures=[{**SIGNATURE, "keyid": "0" * 32}]), "Nobody here knows"),
        (changed(signatures=[{**SIGNATURE, "sig": ""}]), "not that of the key"),
        (changed(signatures=[{**SIGNATURE, "sig": b64(bytes(64))}]), "not that of the key"),
        (changed(payload=b64(PAYLOAD + b" ")), "not that of the key"),
        (changed(payload=b64(PAYLOAD).rstrip("=")), "base64"),
        (changed(payload=7), "base64"),
    ],
)
def test_a_wrong_envelope_is_refused_with_the_reason(envelope: bytes, says: str) -> None:
    with pytest.raises(BadRequest) as refused:
        open_envelope(envelope, spki_of)
    assert says in refused.value.detail


def test_a_signature_in_der_is_not_taken() -> None:
    from cryptography.hazmat.primitives import hashes

    der = PHONE.key.sign(pae(json.loads(ENVELOPE)["payloadType"], PAYLOAD), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(NotSigned):
        open_envelope(changed(signatures=[{**SIGNATURE, "sig": b64(der)}]), spki_of)


def test_only_p256_keys_in_their_one_spelling_are_taken() -> None:
    assert public_key(PHONE.spki).key_size == 256
    other = ec.generate_private_key(ec.SECP384R1()).public_key().public_bytes(DER, SPKI)
    edwards = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes(DER, SPKI)
    for wrong in (other, edwards, b"", PHONE.spki[:-1], PHONE.spki + b"\x00"):
        with pytest.raises(BadRequest):
            public_key(wrong)


@pytest.mark.parametrize("text", ["YQ", "YR==", "YQ=\n=", "Y Q==", "-_", None, "é"])
def test_base64_is_read_in_one_spelling_only(text: str | None) -> None:
    assert standard_base64("YQ==") == b"a"
    with pytest.raises(BadRequest):
        standard_base64(text)


@pytest.mark.parametrize("text", ["YQ==", "YR", "+/", None])
def test_url_base64_is_read_without_padding_only(text: str | None) -> None:
    assert url_base64(base64.urlsafe_b64encode(b"\xfb\xff\x00").decode()) == b"\xfb\xff\x00"
    with pytest.raises(BadRequest):
        url_base64(text)
