"""Opens what phones sealed to the mission's public key, so that they cannot read it again. Pure.

HPKE (RFC 9180), base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, one message a key. An item is
`0x01 || kid8 || enc(65) || ciphertext`; inside stand the content's length (4 bytes, big-endian), the content,
and zeros up to a multiple of 4096, so that a size tells little. What an item is for is bound in as associated
data: the observation's id and the slot (`r1` for revision 1, or the id of a file).

The `cryptography` package has this suite too, but no public way to bind associated data; a test holds the two
against each other.
"""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from monitor.errors import BadRequest

INFO = b"truceline/outbox/v1"
VERSION = 1
KID_BYTES = 8
POINT_BYTES = 65
TAG_BYTES = 16
BLOCK = 4096
# What sealing adds at the most: head, tag, length and padding.
OVERHEAD = 1 + KID_BYTES + POINT_BYTES + TAG_BYTES + 4 + BLOCK

_KEM_ID, _KDF_ID, _AEAD_ID = (0x0010, 0x0001, 0x0002)
_KEM = b"KEM" + _KEM_ID.to_bytes(2)
_SUITE = b"HPKE" + b"".join(part.to_bytes(2) for part in (_KEM_ID, _KDF_ID, _AEAD_ID))
_BASE_MODE = b"\x00"
_KEY_BYTES, _NONCE_BYTES, _HASH_BYTES = 32, 12, 32


class NotSealed(BadRequest):
    """The bytes are no sealed item, or one for another mission, another report or another slot."""


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """The public key as 65 bytes, uncompressed."""
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def sealing_kid(key: ec.EllipticCurvePublicKey) -> bytes:
    """How an item names the key it was sealed to: 8 bytes."""
    return hashlib.sha256(point_of(key)).digest()[:KID_BYTES]


def open_item(mission: ec.EllipticCurvePrivateKey, item: bytes, observation_id: str, slot: str) -> bytes:
    """The content of a sealed item. Raises NotSealed saying what does not fit."""
    head = 1 + KID_BYTES
    if len(item) < head + POINT_BYTES + TAG_BYTES or item[0] != VERSION:
        raise NotSealed(reason="This is not a sealed item of version 1, or it was cut off.")
    if item[1:head] != sealing_kid(mission.public_key()):
        raise NotSealed(reason="It was sealed to another mission's key. Only that mission can open it.")
    enc, ciphertext = item[head : head + POINT_BYTES], item[head + POINT_BYTES :]
    key, nonce = _key_schedule(_decapsulate(mission, enc), INFO)
    try:
        plain = AESGCM(key).decrypt(nonce, ciphertext, (observation_id + slot).encode())
    except InvalidTag as error:
        raise NotSealed(
            reason=f"It cannot be opened as {observation_id}, {slot}: altered, cut off, or for another one."
        ) from error
    return _unpadded(plain)


def _unpadded(plain: bytes) -> bytes:
    length = int.from_bytes(plain[:4])
    content, rest = plain[4 : 4 + length], plain[4 + length :]
    if not plain or len(plain) % BLOCK or len(content) != length or len(rest) >= BLOCK or rest.strip(b"\x00"):
        raise NotSealed(reason="The padding inside the sealed item is wrong.")
    return content


def _decapsulate(mission: ec.EllipticCurvePrivateKey, enc: bytes) -> bytes:
    try:
        ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), enc)
    except ValueError as error:
        raise NotSealed(reason="The sealed item carries a point that is not on the curve.") from error
    shared = mission.exchange(ec.ECDH(), ephemeral)
    prk = _extract(_KEM, b"", b"eae_prk", shared)
    return _expand(_KEM, prk, b"shared_secret", enc + point_of(mission.public_key()), _HASH_BYTES)


def _key_schedule(shared_secret: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Key and nonce of the first and only message (RFC 9180, 5.1)."""
    context = (
        _BASE_MODE + _extract(_SUITE, b"", b"psk_id_hash", b"") + _extract(_SUITE, b"", b"info_hash", info)
    )
    secret = _extract(_SUITE, shared_secret, b"secret", b"")
    return (
        _expand(_SUITE, secret, b"key", context, _KEY_BYTES),
        _expand(_SUITE, secret, b"base_nonce", context, _NONCE_BYTES),
    )


def _extract(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    mac = hmac.HMAC(salt or bytes(_HASH_BYTES), hashes.SHA256())
    mac.update(b"HPKE-v1" + suite + label + material)
    return mac.finalize()


def _expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    bound = length.to_bytes(2) + b"HPKE-v1" + suite + label + info
    return HKDFExpand(hashes.SHA256(), length, bound).derive(prk)
