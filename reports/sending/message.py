"""The e-mail or webhook of one edition: what it is, what it replaces, how to check it, and the PDF. Pure."""

import base64
import datetime as dt
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any


@dataclass(frozen=True)
class Paper:
    """A file on its way, with what the reader must know of it."""

    title: str
    mission: str
    edition_no: int
    digest: str
    pdf_sha256: str
    file_name: str
    content: bytes
    is_exercise: bool


def email_of(paper: Paper, sender: str, recipient: str, message_id: str, at: dt.datetime) -> EmailMessage:
    """The message; the same delivery has the same id each time it is tried, so that a double shows."""
    message = EmailMessage()
    stamp = "[EXERCISE] " if paper.is_exercise else ""
    message["Subject"] = f"{stamp}{paper.title}, edition {paper.edition_no}"
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}@truceline>"
    message.set_content(text_of(paper))
    message.add_attachment(paper.content, maintype="application", subtype="pdf", filename=paper.file_name)
    return message


def body_of(paper: Paper, profile: str, message_id: str) -> dict[str, Any]:
    """What a webhook is posted, as JSON data."""
    return {
        "delivery": message_id,
        "title": paper.title,
        "edition": paper.edition_no,
        "profile": profile,
        "digest": paper.digest,
        "pdf_sha256": paper.pdf_sha256,
        "file_name": paper.file_name,
        "text": text_of(paper),
        "pdf_base64": base64.b64encode(paper.content).decode(),
    }


def text_of(paper: Paper) -> str:
    lines = [f"{paper.mission}: {paper.title}, edition {paper.edition_no}.", ""]
    if paper.edition_no > 1:
        lines += [
            f"It replaces edition {paper.edition_no - 1}. What differs stands on its first page.",
            "",
        ]
    lines += [
        "The paper is attached as PDF.",
        f"Digest of the document: {paper.digest}",
        f"SHA-256 of the file: {paper.pdf_sha256}",
        "To check the file: truceline summary verify FILE",
    ]
    if paper.is_exercise:
        lines += ["", "Exercise: its observations and findings are invented."]
    return "\n".join(lines) + "\n"
