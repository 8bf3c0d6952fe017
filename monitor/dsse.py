"""Envelopes signed by devices (DSSE): bytes are signed, and nothing is read before it is verified. Pure.

One algorithm and no choice: ECDSA over P-256 with SHA-256, the signature as raw r||s (IEEE P1363), as
WebCrypto makes it. A key is named by its `kid`: the first 16 bytes of the SHA-256 of its SPKI, in hex.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from monitor.errors import BadRequest
from monitor.parsing import strict_json

PAYLOAD_TYPE = "application/vnd.truceline.observation.v1+json"
COORDINATE_BYTES = 32


class NotSigned(BadRequest):
    """The envelope does not parse, or the signature is not that of the key it names."""


@dataclass(frozen=True)
class Opened:
    """A verified envelope: the exact payload bytes, who signed, and the hash of the envelope's own bytes."""

    payload: bytes
    kid: str
    envelope_sha256: str


def kid_of(spki: bytes) -> str:
    return hashlib.sha256(spki).hexdigest()[:32]


def pae(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed (DSSE v1, pre-authentication encoding)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def public_key(spki: bytes) -> ec.EllipticCurvePublicKey:
    """The P-256 key in a SubjectPublicKeyInfo (DER), written the one way DER allows. Raises BadRequest."""
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadRequest(reason="The public key cannot be read.") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadRequest(reason="The public key must be on the curve P-256.")
    written = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if written != spki:
        # Another spelling of one key would have another kid and other fingerprint words.
        raise BadRequest(reason="The public key is not written as plain SPKI with an uncompressed point.")
    return key


def is_signed_by(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Whether `signature` (raw r||s, 64 bytes) is this key's over `message`."""
    if len(signature) != 2 * COORDINATE_BYTES:
        return False
    r, s = (int.from_bytes(half) for half in (signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]))
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def open_envelope(envelope: bytes, spki_of: Callable[[str], bytes | None]) -> Opened:
    """Verifies an envelope; `spki_of` finds a key by its kid. Raises NotSigned before the payload is read."""
    found = strict_json(envelope)
    if not isinstance(found, dict) or found.keys() != {"payloadType", "payload", "signatures"}:
        raise NotSigned(reason="An envelope holds payloadType, payload and signatures, and nothing else.")
    if found["payloadType"] != PAYLOAD_TYPE:
        raise NotSigned(reason=f"The payload's type must be {PAYLOAD_TYPE}.")
    signatures = found["signatures"]
    if not (isinstance(signatures, list) and len(signatures) == 1 and isinstance(signatures[0], dict)):
        raise NotSigned(reason="An envelope carries exactly one signature.")
    kid = signatures[0].get("keyid")
    if signatures[0].keys() != {"keyid", "sig"} or not isinstance(kid, str):
        raise NotSigned(reason="A signature holds keyid and sig, and nothing else.")
    payload, signature = standard_base64(found["payload"]), standard_base64(signatures[0]["sig"])
    spki = spki_of(kid)
    if spki is None:
        raise NotSigned(
            reason="Nobody here knows the key that signed this. Enrol the phone, or send unsigned."
        )
    if not is_signed_by(public_key(spki), signature, pae(PAYLOAD_TYPE, payload)):
        raise NotSigned(reason="The signature is not that of the key it names.")
    return Opened(payload, kid, hashlib.sha256(envelope).hexdigest())


def standard_base64(text: object) -> bytes:
    """The bytes in standard base64 with padding, written the one way there is. Raises BadRequest."""
    return _exact(text, b"+/", padded=True)


def url_base64(text: object) -> bytes:
    """The bytes in URL-safe base64 without padding, written the one way there is. Raises BadRequest."""
    return _exact(text, b"-_", padded=False)


def to_url_base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _exact(text: object, altchars: bytes, padded: bool) -> bytes:
    try:
        given = text.encode("ascii") if isinstance(text, str) else b"\xff"
        full = given if padded else given + b"=" * (-len(given) % 4)
        content = base64.b64decode(full, altchars, validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadRequest(reason="A base64 text cannot be read.") from error
    again = base64.b64encode(content, altchars)
    if (again if padded else again.rstrip(b"=")) != given:
        raise BadRequest(reason="A base64 text is not written the plain way.")
    return content
