"""A net as patrols know it: a proxy in front of the server that loses answers, cuts bodies and plays hotel.

It speaks HTTP on this machine only. `behave` is asked for every request and says what becomes of it.
"""

import http.client
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

PASS, LOSE_ANSWER, CUT_REQUEST, CUT_ANSWER, PORTAL, REDIRECT, DOWN = (
    "pass",
    "lose the answer",
    "cut the request",
    "cut the answer",
    "play captive portal",
    "redirect",
    "be down",
)
SIGN_IN_PAGE = b"<!doctype html><title>Welcome to the hotel</title><p>Please accept our terms."
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    body: bytes


@dataclass(frozen=True)
class Answered:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class BadNet:
    """`behave(asked)` names one of the ways above; `alter(asked, answered)` may change an answer."""

    server_url: str
    behave: Callable[[Asked], str] = lambda asked: PASS
    alter: Callable[[Asked, Answered], Answered] = lambda asked, answered: answered
    log: list[tuple[Asked, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._proxy = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._proxy.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._proxy.server_address[1]}"
        self._thread = threading.Thread(target=self._proxy.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._proxy.shutdown()
        self._proxy.server_close()
        self._thread.join()

    def forward(self, asked: Asked, headers: dict[str, str], body: bytes) -> Answered:
        """The server's answer. A body shorter than its length is sent as far as it goes, then cut."""
        there = urlsplit(self.server_url)
        connection = http.client.HTTPConnection(there.hostname or "", there.port, timeout=30)
        connection.putrequest(asked.method, asked.path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            if name.casefold() == "if-none-match":
                continue  # what `alter` changes must come whole
            connection.putheader(name, value)
        connection.endheaders(body)
        if len(body) < len(asked.body):
            connection.close()
            raise ConnectionError("cut")
        response = connection.getresponse()
        kept = [(name, value) for name, value in response.getheaders() if name.casefold() not in HOP_BY_HOP]
        answered = Answered(response.status, kept, response.read())
        connection.close()
        return answered


def _handler_of(net: BadNet) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _relay(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(self.command, self.path, self.rfile.read(length))
            way = net.behave(asked)
            net.log.append((asked, way))
            if way == DOWN:
                return self._hang_up()
            if way == PORTAL:
                return self._say(Answered(200, [("Content-Type", "text/html")], SIGN_IN_PAGE))
            if way == REDIRECT:
                return self._say(Answered(302, [("Location", "/sign-in")], b""))
            sent = asked.body[: len(asked.body) // 2] if way == CUT_REQUEST else asked.body
            try:
                answered = net.alter(asked, net.forward(asked, dict(self.headers), sent))
            except (OSError, http.client.HTTPException):
                return self._hang_up()
            if way in {LOSE_ANSWER, CUT_REQUEST}:
                return self._hang_up()
            try:
                return self._say(answered, cut=way == CUT_ANSWER)
            except ConnectionError:
                self.close_connection = True  # the phone that asked has died

        do_GET = do_POST = do_PUT = do_PATCH = do_HEAD = do_DELETE = _relay

        def _say(self, answered: Answered, cut: bool = False) -> None:
            self.send_response(answered.status)
            for name, value in answered.headers:
                self.send_header(name, value)
            if answered.status != 204:
                self.send_header("Content-Length", str(len(answered.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answered.body[: len(answered.body) // 2] if cut else answered.body)
            if cut:
                self._hang_up()

        def _hang_up(self) -> None:
            """The connection breaks, as when a car drives behind a hill."""
            self.close_connection = True
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, *args: Any) -> None:
            """Says nothing; `net.log` holds what was asked."""

    return Handler
