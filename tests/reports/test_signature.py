"""The mission's signature in a PDF: valid in viewers, over every byte, and refused with a reason."""

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports import checks
from reports import document as d
from reports.render import signature
from reports.render.pdf import pdf_of

NOW = dt.datetime(2022, 9, 13, 15, 30, tzinfo=dt.UTC)
Certificate = Callable[..., tuple[Path, Path]]


@pytest.fixture
def printed(sample: d.Document) -> bytes:
    return pdf_of(d.Document(sample.header, sample.sections[:2]))


def signed(printed: bytes, held: Path, secret: Path) -> bytes:
    return signature.signed(printed, held, signature.passphrase(secret), NOW)


def seen(content: bytes, held: Path, secret: Path) -> signature.Seen | None:
    return signature.seen(content, held, signature.passphrase(secret))


def test_the_signature_is_appended_to_the_print(printed: bytes, certificate: Certificate) -> None:
    whole = signed(printed, *certificate())
    assert whole.startswith(printed) and len(whole) > len(printed)
    assert signature.unsigned(whole) == printed
    assert signature.unsigned(printed) == printed


def test_it_is_whole_and_the_missions_and_nothing_else_is(printed: bytes, certificate: Certificate) -> None:
    ours, others = certificate(), certificate("Somebody else")
    whole = signed(printed, *ours)
    assert seen(whole, *ours) == signature.Seen("Test mission", True, True)
    assert signature.seen(whole) == signature.Seen("Test mission", True, None)
    assert seen(signed(printed, *others), *ours) == signature.Seen("Somebody else", True, False)
    assert seen(printed, *ours) is None


@pytest.mark.parametrize("place", ["%PDF-1.7\n%", "/ViewerPreferences", "PPKLite"])
def test_a_byte_turned_anywhere_is_found(printed: bytes, certificate: Certificate, place: str) -> None:
    ours = certificate()
    whole = bytearray(signed(printed, *ours))
    at = whole.find(place.encode())
    whole[(at if at >= 0 else len(printed) // 2) + 3] ^= 1
    found = seen(bytes(whole), *ours)
    assert found is None or not found.is_whole


def test_what_is_appended_after_the_signature_is_found(printed: bytes, certificate: Certificate) -> None:
    ours = certificate()
    found = seen(signed(printed, *ours) + b"\n% a word more\n", *ours)
    assert found is not None and not found.is_whole


def test_viewers_find_it_valid_over_the_whole_file(
    printed: bytes, certificate: Certificate, tmp_path: Path
) -> None:
    program = shutil.which("pdfsig")
    if program is None:
        pytest.skip("no pdfsig here; on Debian: sudo apt-get install poppler-utils")
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed(printed, *certificate()))
    told = subprocess.run([program, str(path)], capture_output=True, check=False, text=True).stdout
    for wanted in ("Signature is Valid", "ETSI.CAdES.detached", "Total document signed", "Test mission"):
        assert wanted in told, told
    if qpdf := shutil.which("qpdf"):
        checked = subprocess.run([qpdf, "--check", str(path)], capture_output=True, check=False)
        assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda held, secret: secret.write_bytes(b"wrong"), "does not open"),
        (lambda held, secret: secret.unlink(), "passphrase cannot be read"),
        (lambda held, secret: held.chmod(0o644), "can be read by others"),
        (lambda held, secret: held.unlink(), "cannot be read"),
        (lambda held, secret: held.write_bytes(b"no certificate"), "does not open"),
    ],
)
def test_a_certificate_that_does_not_serve_is_refused_with_the_reason(
    certificate: Certificate, spoil: Callable[[Path, Path], Any], why: str
) -> None:
    held, secret = certificate()
    spoil(held, secret)
    with pytest.raises(signature.CannotSign, match=why):
        signed(b"%PDF-1.7", held, secret)


def test_the_doctor_says_until_when_it_serves_and_what_is_wrong_with_it(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(checks.certificate_serves()) == []
    held, secret = certificate()
    monkeypatch.setenv("TRUCELINE_SIGN_CERTIFICATE", str(held))
    monkeypatch.setenv("TRUCELINE_SIGN_PASSPHRASE_FILE", str(secret))
    (good,) = checks.certificate_serves()
    assert good.level == "good" and "until 2099-01-01" in good.says
    held.chmod(0o644)
    (wrong,) = checks.certificate_serves()
    assert wrong.level == "wrong" and "chmod 600" in wrong.says
