"""Posting a paper to a host that the settings name, signed with the recipient's secret.

The host is resolved once and that very address is called; private, loopback and reserved addresses are
refused unless the settings allow the host there; no redirect is followed; the answer is read up to a cap.
"""

import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Collection
from typing import Any
from urllib.parse import SplitResult, urlsplit

TIME_LIMIT_S = 5.0
ANSWER_CAP = 4096


class NotAllowed(Exception):
    """The address may not be called; the text says why."""


class NotTaken(Exception):
    """The host did not take the paper; the text says what it answered."""


def checked(url: str, hosts: Collection[str]) -> SplitResult:
    """The parts of an address that may be called. Raises NotAllowed."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed("the address is malformed") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in hosts):
        raise NotAllowed("the address is not https")
    if parts.username or parts.password or "@" in parts.netloc:
        raise NotAllowed("the address holds a name or password")
    if not parts.hostname or parts.hostname.lower() not in hosts:
        raise NotAllowed("the host is not in webhook_hosts")
    if port == 0 or parts.fragment:
        raise NotAllowed("the address is malformed")
    return parts


def address_of(host: str, port: int, may_be_private: bool) -> str:
    """The one IP address that will be called. Raises NotAllowed where any answer of the name is private."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotTaken(f"{host} has no address") from error
    addresses = [str(entry[4][0]) for entry in found]
    for text in addresses:
        if not is_public(text) and not may_be_private:
            raise NotAllowed(f"{host} lies in a private network")
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether an IP address is one of the open internet; an IPv4 address inside IPv6 counts as itself."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if inside is not None:
            return is_public(str(inside))
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


class _Pinned(http.client.HTTPSConnection):
    """A TLS connection to one address, under the host's own name."""

    def __init__(self, host: str, address: str, port: int) -> None:
        super().__init__(host, port, timeout=TIME_LIMIT_S, context=ssl.create_default_context())
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), TIME_LIMIT_S)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def signature(secret: bytes, body: bytes) -> str:
    """HMAC-SHA-256 of the body, as the header gives it."""
    return f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"


def post(
    url: str, body: dict[str, Any], secret: bytes, hosts: Collection[str], private: Collection[str]
) -> None:
    """Posts the body as JSON. Raises NotAllowed or NotTaken."""
    parts = checked(url, hosts)
    assert parts.hostname is not None
    host, port = parts.hostname.lower(), parts.port or (443 if parts.scheme == "https" else 80)
    address = address_of(host, port, host in private)
    content = json.dumps(body, sort_keys=True).encode()
    connection: http.client.HTTPConnection = _Pinned(host, address, port)
    if parts.scheme == "http":
        connection = http.client.HTTPConnection(address, port, timeout=TIME_LIMIT_S)
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "X-Truceline-Signature": signature(secret, content),
    }
    try:
        path = parts.path or "/"
        connection.request("POST", f"{path}?{parts.query}" if parts.query else path, content, headers)
        answer = connection.getresponse()
        answer.read(ANSWER_CAP)
    except (OSError, http.client.HTTPException) as error:
        raise NotTaken(f"{host}: {type(error).__name__}") from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise NotTaken(f"{host} answered {answer.status}")
