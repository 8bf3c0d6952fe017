"""A made TLS certificate, for a base whose network has no name that a public authority would vouch for.

Phones give position, camera and a worker that runs without a net to trusted pages only. So the mission is its
own authority: its certificate is installed on each phone once, and vouches for the one address that it names,
not for any other site, whoever may get hold of its key.
"""

import datetime as dt
import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE = dt.timedelta(days=3_650)
# Phones take no certificate that holds for longer than this.
SERVER_LIFE = dt.timedelta(days=397)
RENEW_BEFORE = dt.timedelta(days=30)


@dataclass(frozen=True)
class Certificate:
    """Where the files lie: `chain` and `key` for the server, `authority` for the phones."""

    chain: Path
    key: Path
    authority: Path
    authority_is_new: bool


def make_certificate(directory: Path, host: str, now: dt.datetime) -> Certificate:
    """The certificate of `host` (a name or an address), made or renewed where what is there does not hold."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority_path, authority_key_path = directory / "tls-authority.crt", directory / "tls-authority.key"
    chain_path, key_path = directory / "tls-server.crt", directory / "tls-server.key"
    is_new = not _holds(authority_path, authority_key_path, host, now)
    if is_new:
        authority_key = ec.generate_private_key(ec.SECP256R1())
        _write(authority_key_path, _pem(authority_key))
        _write(authority_path, _authority(authority_key, host, now).public_bytes(serialization.Encoding.PEM))
    if is_new or not _holds(chain_path, key_path, host, now):
        authority = x509.load_pem_x509_certificate(authority_path.read_bytes())
        authority_key = _load(authority_key_path)
        server_key = ec.generate_private_key(ec.SECP256R1())
        server = _server(server_key, authority, authority_key, host, now)
        _write(key_path, _pem(server_key))
        _write(chain_path, server.public_bytes(serialization.Encoding.PEM) + authority_path.read_bytes())
    return Certificate(chain_path, key_path, authority_path, is_new)


def _holds(path: Path, key_path: Path, host: str, now: dt.datetime) -> bool:
    """Whether a certificate is there with its key, names this host and has a while to go."""
    if not (path.exists() and key_path.exists()):
        return False
    found = x509.load_pem_x509_certificate(path.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        names == x509.SubjectAlternativeName(_names(host)) and now < found.not_valid_after_utc - RENEW_BEFORE
    )


def _names(host: str) -> list[x509.GeneralName]:
    try:
        return [x509.IPAddress(ipaddress.ip_address(host))]
    except ValueError:
        return [x509.DNSName(host)]


def _permitted(host: str) -> list[x509.GeneralName]:
    """What the authority may vouch for: this address and nothing beside it."""
    return [
        x509.IPAddress(ipaddress.ip_network(name.value)) if isinstance(name, x509.IPAddress) else name
        for name in _names(host)
    ]


def _builder(
    subject: str, issuer: x509.Name | None, key: ec.EllipticCurvePrivateKey, host: str, now: dt.datetime
) -> x509.CertificateBuilder:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer or name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))  # phones' clocks are not always right
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _authority(key: ec.EllipticCurvePrivateKey, host: str, now: dt.datetime) -> x509.Certificate:
    builder = _builder(f"Truceline at {host}", None, key, host, now)
    return (
        builder.not_valid_after(now + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.NameConstraints(_permitted(host), None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _server(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    host: str,
    now: dt.datetime,
) -> x509.Certificate:
    builder = _builder(host[:64], authority.subject, key, host, now)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        builder.not_valid_after(now + SERVER_LIFE - dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _usage(**given: bool) -> x509.KeyUsage:
    kinds = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{kind: given.get(kind, False) for kind in kinds})


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _load(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _write(path: Path, content: bytes) -> None:
    """Writes with mode 0600, whole or not at all."""
    part = path.with_suffix(path.suffix + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
    part.replace(path)
