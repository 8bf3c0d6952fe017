"""The mission's secrets, each in its own file that only its owner can read. Made by `truceline init`, once.

A missing key stops the start: a secret invented in silence would lock the old data away.
"""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

FILES = {
    "session": "session.key",
    "log": "log-ed25519.key",
    "mission": "mission-p256.pem",
    "field": "field-kek-1.key",
}


class KeysError(Exception):
    """The key files cannot be used; the text says which one and what to mend."""


@dataclass(frozen=True, repr=False)
class Keys:
    """session: signs cookies; log: signs tree heads; mission: phones seal to it; field: wraps record keys."""

    session: bytes
    log: ed25519.Ed25519PrivateKey
    mission: ec.EllipticCurvePrivateKey
    field: bytes

    field_id = "field-kek-1"


def make_keys(directory: Path) -> list[Path]:
    """Makes what is missing with mode 0600 and returns the new files; what exists is left alone."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    mission = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    fresh = {
        "session": secrets.token_bytes(32),
        "log": ed25519.Ed25519PrivateKey.generate().private_bytes_raw(),
        "mission": mission,
        "field": secrets.token_bytes(32),
    }
    made = []
    for name, file in FILES.items():
        path = directory / file
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(fresh[name])
            made.append(path)
    return made


def load_keys(directory: Path) -> Keys:
    """The keys as stored. Raises KeysError naming a file that is missing or open to others."""
    found = {name: _read(directory / file) for name, file in FILES.items()}
    mission = serialization.load_pem_private_key(found["mission"], password=None)
    if not isinstance(mission, ec.EllipticCurvePrivateKey):
        raise KeysError(f"{directory / FILES['mission']} does not hold a P-256 key")
    return Keys(
        session=found["session"],
        log=ed25519.Ed25519PrivateKey.from_private_bytes(found["log"]),
        mission=mission,
        field=found["field"],
    )


def _read(path: Path) -> bytes:
    if not path.exists():
        raise KeysError(f"{path} is missing; `truceline init` makes the keys of a new mission")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise KeysError(f"{path} can be read by others (mode {mode:o}); chmod 600 {path}")
    return path.read_bytes()
