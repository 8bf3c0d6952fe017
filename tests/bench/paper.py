"""How long a large paper takes: 3,000 rows set, tagged and shrunk in a child, signed, against WeasyPrint.

    PYTHONPATH=. python tests/bench/paper.py [ROWS]

Prints seconds, bytes and the child's peak memory of three runs. WeasyPrint (the extra `bench`) sets the HTML
of the very same document in the same run, tagged; it is neither shrunk nor signed.
"""

import datetime as dt
import importlib.util
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID

from reports import document as d
from reports.render import html, signature
from reports.render.pdf import pdf_of

COLUMNS = (
    "Ref",
    "Observed from",
    "Event",
    "Means",
    "No.",
    "Observation",
    "Description",
    "Weapon",
    "Date, time",
)


def large(rows: int) -> d.Document:
    """A paper with one table of so many rows, like a very bad day's Annex A."""
    header = d.Header(
        mission="Bench",
        mission_code="B",
        title="Daily summary",
        number=1,
        year=2022,
        edition=1,
        state="issued",
        periods=(d.Span("2022-09-12T15:30:00+00:00", "2022-09-13T15:30:00+00:00", "one day"),),
        cut_off_utc="2022-09-13T15:30:00+00:00",
        cut_off_text="19:30",
        zone="Asia/Yerevan",
        late_up_to_utc="2022-09-13T15:30:00+00:00",
        late_up_to_text="19:30",
        classification="internal",
        is_exercise=True,
        language="en",
    )
    cells = ("Post M-1", "3–5 km SE", "Heard", "12", "Explosion", "Undetermined", "N/K", "13 Sep 00:05")
    table = d.Table(
        "annex-a",
        "Violations",
        tuple(d.Column(name) for name in COLUMNS),
        tuple(d.Row(((f"A{n}",), *((cell,) for cell in cells))) for n in range(1, rows + 1)),
        None,
        True,
    )
    return d.Document(header, (d.Section("", "annex_a", "Annex A", (table,), True),))


def main(rows: int, runs: int = 3) -> None:
    document = large(rows)
    with tempfile.TemporaryDirectory() as folder:
        certificate = made_certificate(Path(folder))
        ours = [_run(lambda: sealed(document, rows, certificate)) for _ in range(runs)]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    best = min(ours, key=lambda one: one.cpu_s)
    print(f"set, tagged, shrunk and signed: {rows} rows, {best.size:,} bytes; child's peak {peak:.0f} MB")
    for one in ours:
        print(f"  {one.wall_s:.2f} s by the clock, {one.cpu_s:.2f} s of processor")
    if importlib.util.find_spec("weasyprint") is None:
        print("WeasyPrint is not installed: nothing to compare with")
        return
    import weasyprint  # type: ignore[import-not-found]

    page = html.standalone(document)
    theirs = _run(lambda: weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/ua-1"))
    print(f"WeasyPrint {weasyprint.__version__}, tagged, not shrunk and not signed: {theirs.size:,} bytes")
    print(f"  {theirs.wall_s:.2f} s by the clock, {theirs.cpu_s:.2f} s of processor")
    print(f"{theirs.cpu_s / best.cpu_s:.1f} times the processor of ours")
    print(f"{theirs.wall_s / min(one.wall_s for one in ours):.1f} times by the clock")


@dataclass(frozen=True)
class Run:
    wall_s: float
    cpu_s: float
    size: int


def _run(make: Callable[[], bytes]) -> Run:
    began, before = time.perf_counter(), _cpu_s()
    content = make()
    return Run(time.perf_counter() - began, _cpu_s() - before, len(content))


def sealed(document: d.Document, rows: int, certificate: Path) -> bytes:
    now = dt.datetime.now(dt.UTC)
    return signature.signed(pdf_of(document, most_rows=rows), certificate, None, now)


def made_certificate(folder: Path) -> Path:
    """A P-256 certificate that signed itself, as PKCS#12 without a passphrase."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bench")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    held = folder / "bench.p12"
    held.write_bytes(pkcs12.serialize_key_and_certificates(b"b", key, made, None, NoEncryption()))
    held.chmod(0o600)
    return held


def _cpu_s() -> float:
    """Processor seconds of this process and its children; a busy machine stretches the clock, not these."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000)
