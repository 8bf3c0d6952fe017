"""The mission's signature in a PDF (PAdES, by pyHanko): a courtesy to whoever opens it in a viewer.

What is vouched for is the unsigned file: its hash is in the log and the same document gives it again. The
signature is appended to it, so those bytes stand unchanged at the head of the signed file.
"""

import datetime as dt
import io
import re
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIELD = "Mission"
_END = re.compile(rb"startxref\s+\d+\s+%%EOF\r?\n?")


class CannotSign(Exception):
    """The file cannot be signed; the text says what to mend."""


@dataclass(frozen=True)
class Seen:
    """What a viewer's signature shows: by whom, whether every byte is under it, and whether it is whole.

    `is_trusted` None: there is no certificate here to hold it against.
    """

    signer: str
    is_whole: bool
    is_trusted: bool | None


def unsigned(content: bytes) -> bytes:
    """The file as it was before anything was appended to it."""
    first = _END.search(content)
    return content[: first.end()] if first else content


def passphrase(file: Path | None) -> bytes | None:
    """The passphrase that a file holds. Raises CannotSign."""
    if file is None:
        return None
    try:
        return file.read_bytes().strip()
    except OSError as error:
        raise CannotSign(f"{file} cannot be read: {error.strerror}") from error


def signed(content: bytes, certificate: Path, secret: bytes | None, now: dt.datetime) -> bytes:
    """The file with the mission's signature appended. Raises CannotSign."""
    try:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import signers
        from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
    except ImportError as error:
        raise CannotSign("pyHanko is not installed: pip install truceline[signing]") from error
    signer = _signer(certificate, secret)
    _until(signer, now)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    # A mark outside of the page: PDF/A wants it printable, PDF/UA wants it not read out.
    field = SigFieldSpec(FIELD, invis_sig_settings=InvisSigSettings(box_out_of_bounds=True))
    out = io.BytesIO()
    pdf_signer = signers.PdfSigner(meta, signer, new_field_spec=field)
    _in_own_thread(lambda: pdf_signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content)), output=out))
    return out.getvalue()


def _in_own_thread(work: Callable[[], Any]) -> Any:
    """pyHanko starts an event loop, which fails in a thread that already runs one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()


def usable_until(certificate: Path, secret: bytes | None, now: dt.datetime) -> dt.datetime:
    """When the certificate runs out. Raises CannotSign where it does not serve now."""
    try:
        return _until(_signer(certificate, secret), now)
    except ImportError as error:
        raise CannotSign("pyHanko is not installed: pip install truceline[signing]") from error


def _until(signer: Any, now: dt.datetime) -> dt.datetime:
    held = signer.signing_cert
    begins, ends = held.not_valid_before, held.not_valid_after
    if not begins <= now <= ends:
        raise CannotSign(f"the certificate holds from {begins:%Y-%m-%d} to {ends:%Y-%m-%d}")
    until: dt.datetime = ends
    return until


def _signer(certificate: Path, secret: bytes | None) -> Any:
    from pyhanko.sign.signers import SimpleSigner

    try:
        if stat.S_IMODE(certificate.stat().st_mode) & 0o077:
            raise CannotSign(f"{certificate} can be read by others; chmod 600 {certificate}")
        found = SimpleSigner.load_pkcs12_data(certificate.read_bytes(), [], secret)
    except OSError as error:
        raise CannotSign(f"{certificate} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CannotSign(f"{certificate} does not open; is sign_passphrase_file right?") from error
    if found is None:
        raise CannotSign(f"{certificate} does not open; is sign_passphrase_file right?")
    return found


def seen(content: bytes, trusted: Path | None = None, secret: bytes | None = None) -> Seen | None:
    """What the file's signature shows; None where it has none. Raises CannotSign without pyHanko."""
    try:
        from pyhanko.pdf_utils.misc import PdfError
        from pyhanko.pdf_utils.reader import PdfFileReader
        from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
        from pyhanko_certvalidator import ValidationContext
    except ImportError as error:
        raise CannotSign("pyHanko is not installed: pip install truceline[signing]") from error
    try:
        reader = PdfFileReader(io.BytesIO(content))
        if not reader.embedded_signatures:
            return None
        last = reader.embedded_signatures[-1]
        # Without a certificate of ours the signer's own stands in: it tells whether the bytes are whole only.
        roots = [last.signer_cert]
        if trusted is not None:
            own = _signer(trusted, secret)
            roots = [one for one in own.cert_registry if one.self_issued] or [own.signing_cert]
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        status = _in_own_thread(lambda: validate_pdf_signature(last, context))
    except (PdfError, ValueError):
        # A file so broken that its signature cannot even be read was certainly altered.
        return Seen("nobody that can be read", False, None)
    is_whole = status.intact and status.valid and status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    subject = status.signing_cert.subject
    name = subject.native.get("common_name") or subject.human_friendly
    return Seen(str(name), is_whole, None if trusted is None else status.trusted)
