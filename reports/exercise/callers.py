"""Small clients of the mission's HTTP API: a way to send, a device with its token, a person who signs in.

Two ways to send stand side by side: straight into the application, and over the loopback network.
"""

import http.client
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from flask import Flask

TIMEOUT_S = 60.0
TOKEN_IN_PAGE = re.compile(r'<meta name="csrf-token" content="([^"]+)">')


class Unexpected(Exception):
    """The mission answered otherwise than the exercise needs; the text says what was asked and answered."""

    def __init__(self, asked: str, answer: "Answer") -> None:
        super().__init__(
            f"{asked} was answered {answer.status}: {answer.content[:600].decode(errors='replace')}"
        )
        self.status = answer.status


class SignInRefused(Exception):
    """Name and password of one of the exercise's people do not go together in this store."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Sequence[tuple[str, str]]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.casefold() == name.casefold()), None)


class Way(Protocol):
    """How a request reaches the mission."""

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer: ...


class Direct:
    """Straight into the application, without a network."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client(use_cookies=False)

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        response = self._client.open(path, method=method, headers=dict(headers), data=body)
        return Answer(response.status_code, list(response.headers.items()), response.data)


class Loopback:
    """Over HTTP to a server on this machine, on one kept connection. A broken one is opened again, once."""

    def __init__(self, origin: str) -> None:
        self._origin = urlsplit(origin)
        self._connection: http.client.HTTPConnection | None = None

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        try:
            return self._sent(method, path, headers, body)
        except (http.client.HTTPException, ConnectionError):
            # Sending twice is safe: everything the exercise sends has its own id or names a state.
            self._connection = None
            return self._sent(method, path, headers, body)

    def _sent(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        if self._connection is None:
            host, port = self._origin.hostname or "127.0.0.1", self._origin.port or 80
            self._connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        self._connection.request(method, path, body=body, headers=dict(headers))
        response = self._connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())


class Caller(Protocol):
    """Somebody with a right to speak to the mission."""

    def call(self, method: str, path: str, body: Any = None) -> Answer: ...


@dataclass
class DeviceCaller:
    """A phone of the mission, known by its token."""

    way: Way
    token: str = field(repr=False)

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        return self.way.send(method, path, self._headers("application/json"), _as_json(body))

    def put(self, path: str, mime: str, sha256: str, content: bytes) -> Answer:
        return self.way.send("PUT", path, {**self._headers(mime), "X-Content-SHA256": sha256}, content)

    def _headers(self, mime: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": mime}


class FormFields(HTMLParser):
    """The fields of the form that goes to one address: hidden inputs, inputs and text areas."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.areas: list[str] = []
        self.action, self._inside, self._area = action, False, ""

    @property
    def first_empty(self) -> str:
        """The name of the first text area with nothing in it, where one adds a line."""
        return next(name for name in self.areas if not self.fields[name].strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._inside = given.get("action") == self.action
        elif self._inside and "name" in given and "disabled" not in given:
            if tag == "textarea":
                self._area = given["name"]
                self.areas.append(self._area)
                self.fields[self._area] = ""
            elif tag == "input":
                self.fields[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._inside = False


@dataclass
class PersonCaller:
    """A person of the mission in a browser: signs in when first needed, and again when the session ended."""

    way: Way
    sign_in_name: str
    password: str = field(repr=False)
    _cookie: str = field(default="", repr=False)
    _csrf: str = field(default="", repr=False)

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        if not self._cookie:
            self._sign_in()
        answer = self._send(method, path, "application/json", _as_json(body))
        if answer.status in {401, 403} or (
            answer.status == 303 and "/sign-in" in (answer.header("Location") or "")
        ):
            self._sign_in()
            answer = self._send(method, path, "application/json", _as_json(body))
        return answer

    def open_form(self, page: str, action: str) -> "FormFields":
        """The form of a page that goes to `action`, as the page gives it to this person."""
        form = FormFields(action)
        form.feed(self.call("GET", page).content.decode())
        return form

    def send(self, form: "FormFields", **typed: str) -> Answer:
        """Sends a form with what one types; the rest goes as given."""
        fields = urlencode({**form.fields, **typed})
        return self._send("POST", form.action, "application/x-www-form-urlencoded", fields.encode())

    def _sign_in(self) -> None:
        self._cookie = self._csrf = ""
        self._read_token()
        form = {"sign_in_name": self.sign_in_name, "password": self.password, "next": "/"}
        answer = self._send("POST", "/sign-in", "application/x-www-form-urlencoded", urlencode(form).encode())
        if answer.status != 303:
            raise SignInRefused(self.sign_in_name)
        self._read_token()

    def _read_token(self) -> None:
        """Opens a page as a browser does, for the token that its forms carry."""
        page = self._send("GET", "/sign-in", "text/html", None)
        found = TOKEN_IN_PAGE.search(page.content.decode())
        if found is None:
            raise Unexpected("GET /sign-in", page)
        self._csrf = found[1]

    def _send(self, method: str, path: str, mime: str, body: bytes | None) -> Answer:
        headers = {"Cookie": self._cookie, "X-CSRF-Token": self._csrf}
        if body is not None:
            headers["Content-Type"] = mime
        answer = self.way.send(method, path, {key: value for key, value in headers.items() if value}, body)
        if cookie := answer.header("Set-Cookie"):
            self._cookie = cookie.split(";", 1)[0]
        return answer


def _as_json(body: Any) -> bytes | None:
    return None if body is None else json.dumps(body, ensure_ascii=False).encode()
