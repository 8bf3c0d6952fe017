"""What holds of a paper's file: its bytes, its document, its print, its signature, its place in the log."""

import base64
import binascii
import hashlib
import io
import json
import re
from dataclasses import dataclass

import pikepdf
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import merkle
from monitor.audit import AuditEntry
from monitor.log import queries as log
from monitor.settings import Settings
from reports.document import Document, canonical, digest, from_json
from reports.issuing import queries
from reports.issuing.model import Edition, EditionTranslation, SignedFile
from reports.issuing.queries import EditionRow
from reports.release.model import Release, ReleaseDecision
from reports.render import signature
from reports.render.pdf import PAPER, RenderFailed, pdf_of

_HEAD = re.compile(r"(?P<origin>\S+), (?P<size>\d+) entries, root (?P<root>\S+)")


@dataclass(frozen=True)
class Holds:
    """One thing that was looked at. `holds` None: it could not be looked at here."""

    what: str
    holds: bool | None
    says: str


# --- by itself ---------------------------------------------------------------------------------------------


def of_file(content: bytes, settings: Settings | None = None) -> tuple[list[Holds], Document | None]:
    """What a PDF shows by itself: its document, whether that is whole, and whether the print follows from it.

    Whoever can make PDFs can make one that is true to itself; only the log says that the mission issued it.
    """
    printed = signature.unsigned(content)
    said = f"SHA-256 {_sha256(content)}"
    if printed != content:
        said += f"; the print inside, before it was signed: {_sha256(printed)}"
    found = [Holds("file", True, said)]
    attached = _attached(printed)
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
        is_same = pdf_of(document) == printed
        says = "the same document gives the same bytes" if is_same else "the document gives other bytes"
        found.append(Holds("print", is_same, says))
    except RenderFailed as error:
        found.append(Holds("print", None, f"it could not be set here: {str(error)[:120]}"))
    if printed != content:
        found.append(_signature(content, settings))
    return found, document


def _signature(content: bytes, settings: Settings | None) -> Holds:
    """What was appended to the print must be a signature over every byte, by the mission's certificate."""
    certificate = settings.sign_certificate if settings else None
    try:
        secret = signature.passphrase(settings.sign_passphrase_file) if settings and certificate else None
        seen = signature.seen(content, certificate, secret)
    except signature.CannotSign as reason:
        return Holds("signature", None, str(reason))
    if seen is None:
        return Holds("signature", False, "something was appended to the print that is no signature")
    if not seen.is_whole:
        return Holds("signature", False, f"by {seen.signer}: bytes were altered or added since")
    if seen.is_trusted is None:
        return Holds("signature", None, f"by {seen.signer}, whole; no certificate to hold it against")
    says = "the mission's certificate" if seen.is_trusted else "not a certificate of this mission"
    return Holds("signature", seen.is_trusted, f"by {seen.signer}, over every byte; {says}")


def _attached(content: bytes) -> bytes | None:
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            held = pdf.attachments.get(PAPER)
            return held.get_file().read_bytes() if held is not None else None
    except pikepdf.PdfError:
        return None


# --- in the mission's log ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Issued:
    """A file of the mission's: the edition it belongs to, and the entry of the log that let it go."""

    name: str
    edition: EditionRow
    leaf_index: int
    names: tuple[str, str]


def in_the_log(
    session: Session, content: bytes, trusted: merkle.VerifierKey, document: Document | None = None
) -> list[Holds]:
    """Whether the mission issued these very bytes, whether the log still holds that, and what came after."""
    issued = _issued(session, _sha256(content))
    if isinstance(issued, Holds):
        return [issued]
    leaf = log.leaf_text(session, issued.leaf_index)
    key, value = issued.names
    is_named = json.loads(leaf).get(key) == value
    found = [Holds("issued", is_named, f"{issued.name}, entry {issued.leaf_index} of the log")]
    found.append(_under_a_head(session, issued.leaf_index, leaf, trusted))
    if document is not None:
        found += _printed_head(session, document, trusted)
        found += _names_the_one_before(session, document)
    editions = sorted(
        queries.editions(session, summary_id=issued.edition.summary_id), key=lambda one: one.edition_no
    )
    found.append(_chain(session, editions))
    newest = editions[-1]
    if newest.edition_no > issued.edition.edition_no:
        says = f"edition {newest.edition_no} replaces it (PDF SHA-256 {newest.pdf_sha256})"
        found.append(Holds("newest", False, says))
    else:
        found.append(Holds("newest", True, "no later edition replaces it"))
    return found


def _issued(session: Session, sha256: str) -> _Issued | Holds:
    """The edition, translation or release that these bytes are; what is said where they are none."""
    unsigned = session.scalar(select(SignedFile.pdf_sha256).where(SignedFile.signed_sha256 == sha256))
    pdf_sha256, signed = unsigned or sha256, " (signed)" if unsigned else ""
    edition_id = session.scalar(select(Edition.id).where(Edition.pdf_sha256 == pdf_sha256))
    if edition_id is not None:
        edition = _edition(session, edition_id)
        return _Issued(edition.title + signed, edition, edition.leaf_index, ("pdf_sha256", pdf_sha256))
    # A translation stands in the log by itself; what counts is the entry of its English edition.
    translation = session.execute(
        select(EditionTranslation.edition_id, EditionTranslation.language).where(
            EditionTranslation.pdf_sha256 == pdf_sha256
        )
    ).first()
    if translation is not None:
        edition = _edition(session, translation.edition_id)
        name = f"{edition.title}, in {translation.language}{signed}"
        return _Issued(name, edition, edition.leaf_index, ("edition", edition.id))
    asked = session.execute(
        select(Release.id, Release.edition_id, Release.profile, ReleaseDecision.decision)
        .outerjoin(ReleaseDecision, ReleaseDecision.release_id == Release.id)
        .where(Release.pdf_sha256 == pdf_sha256)
        .order_by(ReleaseDecision.decision)
    ).all()
    approved = next((one for one in asked if one.decision == "approved"), None)
    if approved is not None:
        leaf_index = session.scalar(
            select(AuditEntry.leaf_index).where(
                AuditEntry.subject == f"release:{approved.id}", AuditEntry.action == "release_approved"
            )
        )
        assert leaf_index is not None
        edition = _edition(session, approved.edition_id)
        name = f"{edition.title}, released as {approved.profile}{signed}"
        return _Issued(name, edition, leaf_index, ("pdf_sha256", pdf_sha256))
    if asked:
        return Holds("issued", False, f"asked for as {asked[0].profile}, but not let go")
    return Holds("issued", False, "the mission has no paper with these bytes")


def _edition(session: Session, edition_id: str) -> EditionRow:
    return next(one for one in queries.editions(session) if one.id == edition_id)


def _under_a_head(session: Session, leaf_index: int, leaf: str, trusted: merkle.VerifierKey) -> Holds:
    head = log.first_head_with(session, leaf_index)
    if head is None:
        return Holds("log", None, "no head that covers the entry is signed yet")
    proof = [bytes.fromhex(step) for step in log.inclusion(session, leaf_index, head)]
    stands = merkle.verify_inclusion(merkle.leaf_hash(leaf.encode()), leaf_index, head.size, proof, head.root)
    says = f"the entry stands under the signed head of {head.size} entries"
    return Holds("log", stands and _is_signed(head.note, head.root, trusted), says)


def _printed_head(session: Session, document: Document, trusted: merkle.VerifierKey) -> list[Holds]:
    """Whether the head in the foot of the paper was this log's: then nothing before it was changed since."""
    printed = _HEAD.fullmatch(document.header.log_head or "")
    if printed is None:
        return []
    size = int(printed["size"])
    try:
        root = base64.b64decode(printed["root"], validate=True)
    except binascii.Error:
        return [Holds("head", False, "the head in its foot cannot be read")]
    held = printed["origin"] == trusted.name and log.has_root(session, size, root)
    said = "is a beginning of the log as it is now" if held else "is not of this log, or the log was changed"
    return [Holds("head", held, f"the head of {size} entries in its foot {said}")]


def _names_the_one_before(session: Session, document: Document) -> list[Holds]:
    named = document.header.previous_pdf_sha256
    if named is None:
        return []
    edition_id = session.scalar(select(Edition.id).where(Edition.pdf_sha256 == named))
    if edition_id is None:
        return [Holds("before", False, f"it names a paper before it that is not here ({named[:16]}…)")]
    return [Holds("before", True, f"it names {_edition(session, edition_id).title}, as it was issued")]


def _chain(session: Session, editions: list[EditionRow]) -> Holds:
    """Every edition of the number has its entry, one after the other, each with the bytes that we hold."""
    told = [json.loads(log.leaf_text(session, one.leaf_index)) for one in editions]
    stands = all(
        (entry.get("edition"), entry.get("edition_no"), entry.get("pdf_sha256"))
        == (one.id, number, one.pdf_sha256)
        for number, (one, entry) in enumerate(zip(editions, told, strict=True), 1)
    )
    entries = [one.leaf_index for one in editions]
    said = ", ".join(f"edition {one.edition_no} at entry {one.leaf_index}" for one in editions)
    return Holds("chain", stands and entries == sorted(set(entries)), said)


def _is_signed(note: str, root: bytes, trusted: merkle.VerifierKey) -> bool:
    """Whether the log's key signed a head with this very root."""
    try:
        return merkle.Checkpoint.open(note, trusted).root == root
    except merkle.NotAuthentic:
        return False


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
