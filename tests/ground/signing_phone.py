"""A phone with a key of its own: signs, commits and seals, as the form does, with code other than ours.

Sealing here is the `cryptography` package's own HPKE, opening is ours: two implementations must agree.
"""

import base64
import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives import hashes, hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from monitor.access import Actor
from monitor.devices.service import claim_enrolment, collect_token, confirm_enrolment, open_enrolment
from monitor.door import Door

TYPE = "application/vnd.truceline.observation.v1+json"
COMMITTED = {
    "event": "position",
    "observer": "observer_position",
    "witness": "witness",
    "text": "free_text",
    "co_observers": "co_observers",
}
HEAD = {"observation_id", "revision_no", "revision_of", "form_version", "device_seq", "captured_at", "media"}
SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def b64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Raw r||s, as WebCrypto gives it."""
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def seal(mission: ec.EllipticCurvePublicKey, content: bytes, observation_id: str, slot: str) -> bytes:
    """A sealed item, padded to 4 kB."""
    plain = len(content).to_bytes(4) + content
    plain += bytes(-len(plain) % 4096)
    point = mission.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    sealed = openssl.hpke._encrypt_with_aad(
        SUITE, plain, mission, b"truceline/outbox/v1", (observation_id + slot).encode()
    )
    return b"\x01" + hashlib.sha256(point).digest()[:8] + sealed


def outbox_file(items: list[tuple[dict[str, Any], bytes]]) -> bytes:
    """An outbox file of these items, each with what its head tells beside the size."""
    told = [{"mime": None, "sha256": None, **said, "bytes": len(item)} for said, item in items]
    head = {"items": told, "made_at": "2022-09-13T12:00:00+04:00"}
    return b"TLOUTBOX1\n" + compact(head) + b"\n" + b"".join(item for _, item in items)


def unsigned_package(body: dict[str, Any]) -> bytes:
    return compact({"body": b64(compact(body))})


class SigningPhone:
    """Counts its reports and chains each to the one before."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.spki = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.kid = hashlib.sha256(self.spki).hexdigest()[:32]
        self.seq = 0
        self.prev: str | None = None

    def claim(self, code: str) -> dict[str, str]:
        """What this phone sends to be taken in."""
        spki = b64(self.spki)
        message = b"\x00".join((b"truceline/enrol/v1", code.encode(), spki.encode()))
        return {"code": code, "spki": spki, "signature": b64(sign(self.key, message))}

    def payload(self, body: dict[str, Any], **changes: Any) -> tuple[dict[str, Any], list[bytes]]:
        """The payload of a plain body, and its disclosures."""
        disclosures = {
            COMMITTED[name]: compact([b64url(os.urandom(16)), COMMITTED[name], value])
            for name, value in body.items()
            if name in COMMITTED and value is not None
        }
        payload = {
            "v": 1,
            "type": "observation" if body["revision_no"] == 1 else "revision",
            "observation_id": body["observation_id"],
            "revision_no": body["revision_no"],
            "of": body.get("revision_of"),
            "supersedes": None,
            "device": self.kid,
            "device_seq": self.seq,
            "prev": self.prev,
            "nonce": b64url(os.urandom(32)),
            "captured_at": body["captured_at"],
            "clock": {"offset_ms": -820, "source": "server"},
            "seen": None,
            "form": body["form_version"],
            "public": {
                name: value for name, value in body.items() if name not in HEAD and name not in COMMITTED
            },
            "sd": {name: b64url(hashlib.sha256(made).digest()) for name, made in disclosures.items()},
            "media": body.get("media", []),
        }
        return payload | changes, list(disclosures.values())

    def envelope(self, payload: bytes, kid: str | None = None) -> bytes:
        pae = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)
        signature = {"keyid": kid or self.kid, "sig": b64(sign(self.key, pae))}
        return compact({"payloadType": TYPE, "payload": b64(payload), "signatures": [signature]})

    def package(self, body: dict[str, Any], **changes: Any) -> bytes:
        """The next report of this phone, signed; it moves sequence and chain on."""
        self.seq += 1
        payload, disclosures = self.payload(body, **changes)
        envelope = self.envelope(compact(payload))
        self.prev = hashlib.sha256(envelope).hexdigest()
        return self.packed(envelope, disclosures)

    def packed(self, envelope: bytes, disclosures: list[bytes]) -> bytes:
        return compact({"envelope": b64(envelope), "disclosures": [b64url(made) for made in disclosures]})


def enrolled(door: Door, phone: SigningPhone, holder: Actor, code: str = "phone-1") -> str:
    """Takes the phone in for this person, all steps of it, and answers its token."""
    opened = open_enrolment(door, holder.id, code)
    claim = phone.claim(opened.code)
    claim_enrolment(door, opened.code, claim["spki"], claim["signature"])
    confirm_enrolment(door, opened.id)
    collected = collect_token(door, opened.id, opened.code)
    assert collected is not None
    return collected.token
