"""What holds of a paper's file: its bytes, its document, its print, its place in the mission's log."""

import hashlib
import io
import json
from dataclasses import dataclass

import pikepdf
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import merkle
from monitor.log import queries as log
from reports.document import Document, canonical, digest, from_json
from reports.issuing import queries
from reports.issuing.model import Edition, EditionTranslation
from reports.render.pdf import PAPER, RenderFailed, pdf_of


@dataclass(frozen=True)
class Holds:
    """One thing that was looked at. `holds` None: it could not be looked at here."""

    what: str
    holds: bool | None
    says: str


def of_file(content: bytes) -> tuple[list[Holds], Document | None]:
    """What a PDF shows by itself: its document, whether that is whole, and whether the print follows from it.

    Whoever can make PDFs can make one that is true to itself; only the log says that the mission issued it.
    """
    found = [Holds("file", True, f"SHA-256 {hashlib.sha256(content).hexdigest()}")]
    attached = _attached(content)
    if attached is None:
        return [*found, Holds("document", False, "no document is attached")], None
    try:
        document = from_json(attached)
        is_whole = canonical(document) == attached
    except (ValueError, TypeError, KeyError) as error:
        return [*found, Holds("document", False, f"it cannot be read: {type(error).__name__}")], None
    header = document.header
    edition = f"edition {header.edition}" if header.edition else "draft, not released"
    named = f"{header.mission}, {header.title} No. {header.number}/{header.year}, {edition}"
    found.append(Holds("document", is_whole, f"{named}; digest {digest(document)}"))
    try:
        is_same = pdf_of(document) == content
        says = "the same document gives the same bytes" if is_same else "the document gives other bytes"
        found.append(Holds("print", is_same, says))
    except RenderFailed as error:
        found.append(Holds("print", None, f"it could not be set here: {str(error)[:120]}"))
    return found, document


def _attached(content: bytes) -> bytes | None:
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            held = pdf.attachments.get(PAPER)
            return held.get_file().read_bytes() if held is not None else None
    except pikepdf.PdfError:
        return None


def in_the_log(session: Session, content: bytes, trusted: merkle.VerifierKey) -> list[Holds]:
    """Whether the mission issued these bytes, whether the log still holds that, and what came after."""
    sha256 = hashlib.sha256(content).hexdigest()
    edition_id = session.scalar(select(Edition.id).where(Edition.pdf_sha256 == sha256))
    if edition_id is None:
        # A translation stands in the log by itself; what counts is the entry of its English edition.
        edition_id = session.scalar(
            select(EditionTranslation.edition_id).where(EditionTranslation.pdf_sha256 == sha256)
        )
    if edition_id is None:
        return [Holds("log", False, "the mission has no edition with these bytes")]
    edition = next(one for one in queries.editions(session) if one.id == edition_id)
    leaf = log.leaf_text(session, edition.leaf_index)
    is_named = json.loads(leaf)["edition"] == edition_id
    found = [Holds("issued", is_named, f"{edition.title}, entry {edition.leaf_index} of the log")]
    head = log.first_head_with(session, edition.leaf_index)
    if head is None:
        found.append(Holds("log", None, "no head that covers the entry is signed yet"))
    else:
        proof = [bytes.fromhex(step) for step in log.inclusion(session, edition.leaf_index, head)]
        hashed = merkle.leaf_hash(leaf.encode())
        stands = merkle.verify_inclusion(hashed, edition.leaf_index, head.size, proof, head.root)
        says = f"the entry stands under the signed head of {head.size} entries"
        found.append(Holds("log", stands and _is_signed(head.note, head.root, trusted), says))
    newest = queries.editions(session, summary_id=edition.summary_id)[0]
    if newest.edition_no > edition.edition_no:
        says = f"edition {newest.edition_no} replaces it (PDF SHA-256 {newest.pdf_sha256})"
        found.append(Holds("newest", False, says))
    else:
        found.append(Holds("newest", True, "no later edition replaces it"))
    return found


def _is_signed(note: str, root: bytes, trusted: merkle.VerifierKey) -> bool:
    """Whether the log's key signed a head with this very root."""
    try:
        return merkle.Checkpoint.open(note, trusted).root == root
    except merkle.NotAuthentic:
        return False
