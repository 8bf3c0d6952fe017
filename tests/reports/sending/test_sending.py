"""Papers on their way: to a real mail server and a real web server on this machine, again where not taken."""

import base64
import dataclasses
import datetime as dt
import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cast_of_people import cast_member
from paper_mission import CUT_OFF, SECOND, START, definition

from monitor.door import App, Door
from monitor.errors import Invalid
from monitor.mission.service import load_mission
from monitor.outbox import Subscriber, drain
from monitor.settings import Settings
from reports.daily import service as daily
from reports.events import EditionIssued, ReleaseApproved
from reports.issuing import queries as issuing_queries
from reports.issuing import service as issuing
from reports.issuing.queries import EditionRow
from reports.release import service as release
from reports.sending import queries, service, webhook

SUBSCRIBERS = [
    Subscriber("papers", (EditionIssued,), service.queue_edition),
    Subscriber("releases", (ReleaseApproved,), service.queue_release),
]


class Mailbox:
    """Takes mail, or refuses it as often as told."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.refusals = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusals:
            self.refusals -= 1
            return "451 try later"
        self.messages.append(envelope.content)
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def free_port() -> int:
    """A port that nobody listens on; the controller can only be told one."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


class Hook(BaseHTTPRequestHandler):
    taken: list[tuple[dict[str, str], bytes]]
    answer: int

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).taken.append((dict(self.headers.items()), body))
        self.send_response(type(self).answer)
        if type(self).answer == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def hook() -> Iterator[tuple[type[Hook], int]]:
    handler = type("OneHook", (Hook,), {"taken": [], "answer": 204})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield handler, server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def settings(settings: Settings, mailbox: tuple[Mailbox, int]) -> Settings:
    sending = {
        "smtp_host": "127.0.0.1",
        "smtp_port": mailbox[1],
        "smtp_security": "none",
        "smtp_from": "mission@truceline.example",
        "webhook_hosts": ("127.0.0.1", "partner.example"),
        "webhook_private_hosts": ("127.0.0.1",),
    }
    return Settings({**settings.values, **sending})


def acting(door: Door, role: str, which: str = "first") -> Door:
    return dataclasses.replace(door, actor=cast_member(door, role, which))


@pytest.fixture
def edition(parts: App, clock: Any, folder: Path) -> EditionRow:
    """The first period's paper, issued in English only; nobody has been told."""
    clock.set(SECOND + dt.timedelta(minutes=1))
    with parts.transaction() as door:
        load_mission(door.session, definition(folder), START)
        daily.draft_due(door)
        (row,) = issuing_queries.summaries(door.session)
        return release_of(door, row.id, 1)


def release_of(door: Door, summary_id: str, version_no: int) -> EditionRow:
    issuing.review(acting(door, "reporting_officer", "second"), summary_id, version_no, "reviewed")
    return issuing.release(acting(door, "head_of_mission"), summary_id, version_no)


def add(parts: App, channel: str, address: str, **given: Any) -> tuple[str, str | None]:
    told: dict[str, Any] = {
        "name": "Liaison desk",
        "profile": "internal",
        "kinds": ["daily"],
        "language": "en",
    }
    with parts.transaction() as door:
        officer = acting(door, "reporting_officer")
        row, secret = service.add_recipient(officer, channel=channel, address=address, **told | given)
        return row.id, secret


def deliver(parts: App) -> list[str]:
    """Tells the subscribers, claims what is due and hands it over, here and now."""
    drain(parts, SUBSCRIBERS)
    with parts.transaction() as door:
        claimed = service.claim_due(door)
    outcomes = [service.attempt(parts, one) for one in claimed]
    with parts.transaction() as door:
        return [service.record(door, one) for one in outcomes]


def test_an_issued_paper_is_mailed_with_its_pdf_and_how_to_check_it(
    parts: App, mailbox: tuple[Mailbox, int], edition: EditionRow
) -> None:
    add(parts, "email", "desk@partner.example")
    assert deliver(parts) == ["delivered"]
    (content,) = mailbox[0].messages
    message = message_from_bytes(content, policy=policy.default)
    assert message["Subject"] == "[EXERCISE] Daily summary No. 1/2022, edition 1"
    (attached,) = message.iter_attachments()  # type: ignore[attr-defined]
    assert hashlib.sha256(attached.get_content()).hexdigest() == edition.pdf_sha256
    text = message.get_body().get_content()  # type: ignore[attr-defined]
    assert edition.digest in text and "truceline summary verify" in text
    assert deliver(parts) == []


def test_a_paper_that_is_not_taken_is_tried_again_later_and_shown(
    parts: App, mailbox: tuple[Mailbox, int], edition: EditionRow, clock: Any
) -> None:
    mailbox[0].refusals = 1
    add(parts, "email", "desk@partner.example")
    assert deliver(parts) == ["queued"]
    with parts.reading() as door:
        (row,) = queries.deliveries(door.session, edition.id)
    assert row.attempts == 1 and "mail server" in row.detail
    assert deliver(parts) == []
    clock.set(row.next_at)
    assert deliver(parts) == ["delivered"]


def test_after_the_last_try_it_has_failed(
    parts: App, mailbox: tuple[Mailbox, int], edition: EditionRow, clock: Any
) -> None:
    mailbox[0].refusals = 99
    add(parts, "email", "desk@partner.example")
    states = []
    for hours in range(len(service.AGAIN_AFTER) + 1):
        clock.set(CUT_OFF + dt.timedelta(days=hours))
        states += deliver(parts)
    assert states == ["queued"] * len(service.AGAIN_AFTER) + ["failed"]


def test_who_holds_the_earlier_edition_gets_the_corrected_one_even_when_ended(
    parts: App, mailbox: tuple[Mailbox, int], edition: EditionRow, clock: Any
) -> None:
    holder, _ = add(parts, "email", "desk@partner.example")
    deliver(parts)
    clock.set(CUT_OFF)
    with parts.transaction() as door:
        service.end_recipient(acting(door, "reporting_officer"), holder)
        row = daily.redraft(acting(door, "reporting_officer"), edition.summary_id)
        release_of(door, row.id, row.version_no)
    assert deliver(parts) == ["delivered"]
    message = message_from_bytes(mailbox[0].messages[-1], policy=policy.default)
    assert "edition 2" in message["Subject"]
    assert "It replaces edition 1" in message.get_body().get_content()  # type: ignore[attr-defined]


def test_a_webhook_gets_the_paper_signed_with_its_secret(
    parts: App, hook: tuple[type[Hook], int], edition: EditionRow
) -> None:
    _, secret = add(parts, "webhook", f"http://127.0.0.1:{hook[1]}/papers")
    assert secret is not None
    assert deliver(parts) == ["delivered"]
    ((headers, body),) = hook[0].taken
    assert headers["X-Truceline-Signature"] == webhook.signature(secret.encode(), body)
    told = json.loads(body)
    assert hashlib.sha256(base64.b64decode(told["pdf_base64"])).hexdigest() == edition.pdf_sha256


def test_a_redirect_is_not_followed(parts: App, hook: tuple[type[Hook], int], edition: EditionRow) -> None:
    hook[0].answer = 302
    add(parts, "webhook", f"http://127.0.0.1:{hook[1]}/papers")
    assert deliver(parts) == ["queued"]
    assert len(hook[0].taken) == 1


def test_a_released_paper_goes_to_its_profile_only(
    parts: App, mailbox: tuple[Mailbox, int], edition: EditionRow, clock: Any
) -> None:
    add(parts, "email", "press@partner.example", profile="public")
    assert deliver(parts) == []
    clock.set(CUT_OFF + dt.timedelta(days=2))
    with parts.transaction() as door:
        asked = release.request_release(acting(door, "reporting_officer"), edition.id, "public")
    assert deliver(parts) == []
    with parts.transaction() as door:
        release.decide(acting(door, "head_of_mission"), asked.id, asked.pdf_sha256, "approved")
    assert deliver(parts) == ["delivered"]
    message = message_from_bytes(mailbox[0].messages[-1], policy=policy.default)
    (attached,) = message.iter_attachments()  # type: ignore[attr-defined]
    assert hashlib.sha256(attached.get_content()).hexdigest() == asked.pdf_sha256


@pytest.mark.parametrize(
    "address",
    [
        "http://partner.example@evil.example/",
        "https://evil.example/",
        "https://user:word@partner.example/",
        "ftp://partner.example/",
        "file:///etc/passwd",
        "https://partner.example:99999/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://[::ffff:127.0.0.1]/",
        "https://partner.example.evil.example/",
        "https:///papers",
        "gopher://partner.example/",
        "https://partner.example/#x",
    ],
)
def test_an_address_that_the_settings_do_not_name_is_refused_when_it_is_typed(
    parts: App, address: str
) -> None:
    with pytest.raises(Invalid):
        add(parts, "webhook", address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.1.1", "172.16.0.9", "0.0.0.0", "100.64.0.1"),  # noqa: S104
        *("::1", "::ffff:10.0.0.1", "fe80::1", "fc00::1", "2002:0a00:0001::1", "224.0.0.1", "2001::1"),
    ],
)
def test_a_private_address_is_no_public_one_in_any_form(address: str) -> None:
    assert not webhook.is_public(address)


def test_a_host_that_lies_in_a_private_network_is_not_called() -> None:
    with pytest.raises(webhook.NotAllowed, match="private"):
        webhook.address_of("localhost", 443, False)


@pytest.mark.parametrize("address", ["", "two@a.example, b@c.example", "a@b@c", "no-at", "<a@b.example>"])
def test_an_address_that_is_none_is_refused(parts: App, address: str) -> None:
    with pytest.raises(Invalid):
        add(parts, "email", address)


def test_unencrypted_mail_goes_to_this_machine_only(settings: Settings) -> None:
    from email.message import EmailMessage

    from reports.sending import smtp

    elsewhere = Settings({**settings.values, "smtp_host": "mail.partner.example"})
    with pytest.raises(webhook.NotAllowed, match="this machine only"):
        smtp.send(elsewhere, EmailMessage())


def test_the_page_of_recipients_is_for_reporting_officers(client: Any, edition: EditionRow) -> None:
    officer = client("reporting_officer")
    given = {"name": "Desk", "channel": "email", "profile": "internal", "address": "desk@partner.example"}
    assert officer.post("/summaries/recipients", json=given).status_code == 201
    page = officer.get("/summaries/recipients").get_data(as_text=True)
    assert "Desk" in page and "desk@partner.example" not in page
    assert client("analyst").get("/summaries/recipients").status_code == 403


def test_kinds_are_ticked_on_the_page_and_none_is_refused(client: Any, edition: EditionRow) -> None:
    officer = client("reporting_officer")
    given = {
        "name": "Desk",
        "channel": "email",
        "profile": "internal",
        "address": "d@partner.example",
        "kinds": "",
    }
    assert officer.post("/summaries/recipients", data=given).status_code == 422
    ticked = given | {"kind_weekly": "true", "kind_spot": "true"}
    page = officer.post("/summaries/recipients", data=ticked).get_data(as_text=True)
    assert "Weekly report, Spot report" in page


def test_what_was_given_up_can_be_sent_again_and_nothing_else(
    parts: App, mailbox: tuple[Mailbox, int], client: Any, edition: EditionRow, clock: Any
) -> None:
    add(parts, "email", "desk@partner.example")
    mailbox[0].refusals = len(service.AGAIN_AFTER) + 1
    assert deliver(parts) == ["queued"]
    officer, address = client("reporting_officer"), "/summaries/recipients/deliveries/1"
    assert officer.post(address, json={}).status_code == 409
    for days in range(1, len(service.AGAIN_AFTER) + 1):
        clock.set(CUT_OFF + dt.timedelta(days=days))
        last = deliver(parts)
    assert last == ["failed"]
    assert "Send again" in officer.get("/summaries/recipients").get_data(as_text=True)
    assert officer.post(address, json={}).get_json()["state"] == "queued"
    assert deliver(parts) == ["delivered"]


def test_a_courier_that_never_comes_back_is_given_up_after_as_many_tries(
    parts: App, edition: EditionRow, clock: Any
) -> None:
    add(parts, "email", "desk@partner.example")
    drain(parts, SUBSCRIBERS)
    claimed = []
    for days in range(len(service.AGAIN_AFTER) + 3):
        clock.set(CUT_OFF + dt.timedelta(days=days))
        with parts.transaction() as door:
            claimed.append(len(service.claim_due(door)))
    assert claimed == [1] * (len(service.AGAIN_AFTER) + 1) + [0, 0]
    with parts.reading() as door:
        (row,) = queries.deliveries(door.session)
    assert (row.state, row.detail) == ("failed", "the courier did not come back")
