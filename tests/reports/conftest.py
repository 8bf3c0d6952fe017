"""A small report with one of everything, and what is asked of its renderings."""

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from paper_mission import START, definition

from monitor.door import Door
from monitor.mission.service import load_mission
from reports import document as d


@pytest.fixture
def sample() -> d.Document:
    """An edition in an exercise: four scripts, a map, a long table, a quotation, text like markup."""
    heard = d.Figure("f1", "about 21", 21, "about", "violations", {"of": "explosions"}, ("o-1", "o-2"))
    claimed = d.Figure("f2", "12", 12, "exact", "claims", {}, ("c-1",), "claim")
    header = d.Header(
        mission="Ceasefire Monitoring Mission",
        mission_code="CMM",
        title="Daily summary",
        number=17,
        year=2022,
        edition=1,
        state="issued",
        periods=(d.Span("2022-09-12T15:30:00+00:00", "2022-09-13T15:30:00+00:00", "one day"),),
        cut_off_utc="2022-09-13T15:30:00+00:00",
        cut_off_text="19:30 on 13 September 2022",
        zone="Asia/Yerevan (UTC+04:00)",
        late_up_to_utc="2022-09-13T15:30:00+00:00",
        late_up_to_text="19:30 on 13 September 2022",
        classification="internal",
        is_exercise=True,
        language="en",
        log_head="truceline.test/log · 1843 entries",
    )
    summary = d.Bullets(
        (
            d.Bullet("b1", ("The mission heard ", heard, " explosions."), None),
            d.Bullet("b2", ("Դիտորդները լսել են 21 պայթյուն։ Müşahidəçilər Kəlbəcər yaxınlığında eşidib.",)),
            d.Bullet("b3", ("Наблюдатели слышали взрыв. ≤ 漢 \u202egnorw #panic() *bold* $x$ <b>b</b>",)),
        )
    )
    rows = tuple(
        d.Row(((f"A{number}",), ("Post 3, Sotk",), (heard,) if number == 1 else ("7",)), ref=f"o-{number}")
        for number in range(1, 90)
    )
    columns = (d.Column("Ref"), d.Column("Observed from", weight=3), d.Column("No.", "right"))
    square = [[45.8, 40.1], [45.9, 40.1], [45.9, 40.2], [45.8, 40.1]]
    shapes = (
        d.Shape("sector", {"type": "Polygon", "coordinates": [square]}, "S2"),
        d.Shape("uncertainty", {"type": "Polygon", "coordinates": [square]}),
        d.Shape("post", {"type": "Point", "coordinates": [45.85, 40.15]}, "Post <3> & Սոթք"),
        d.Shape("event", {"type": "Point", "coordinates": [45.87, 40.16]}, "A1", "explosion"),
        d.Shape("line", {"type": "LineString", "coordinates": [[45.8, 40.1], [45.95, 40.3]]}, "line v3"),
    )
    legend = (("line", "line"), ("uncertainty", "where it was"), ("event:explosion", "explosion"))
    drawn = d.Map(
        "map-1", "Map", "A map of one sector", (45.7, 40.0, 46.0, 40.4), shapes, legend, "No opinion."
    )
    return d.Document(
        header,
        (
            d.Section("1", "summary", "Summary", (summary,)),
            d.Section(
                "12",
                "claims",
                "Claims",
                (d.Paragraph((claimed, " claims; ", d.Quote("words", "a ministry"))),),
            ),
            d.Section("A", "annex_a", "Annex A", (d.Table("annex-a", "Violations", columns, rows),), True),
            d.Section("B", "annex_b", "Annex B", (drawn,)),
        ),
    )


@pytest.fixture
def printed_text(tmp_path: Path) -> Callable[[bytes], list[str]]:
    """The text of each page of a PDF."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("no pdftotext here; on Debian: sudo apt-get install poppler-utils")

    def read(content: bytes) -> list[str]:
        path = tmp_path / "paper.pdf"
        path.write_bytes(content)
        ran = subprocess.run([program, "-layout", str(path), "-"], capture_output=True, check=True)
        return ran.stdout.decode().split("\f")[:-1]

    return read


@pytest.fixture
def mission(door: Door, folder: Path, clock: Any) -> Door:
    clock.set(START)
    load_mission(door.session, definition(folder), START)
    return door


@pytest.fixture
def certificate(folder: Path) -> Callable[..., tuple[Path, Path]]:
    """Makes a mission's certificate that it signed itself, and the file of its passphrase."""

    def make(name: str = "Test mission", until: int = 2099) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = {one: one == "content_commitment" for one in (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
            "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        )}  # fmt: skip
        made = (
            x509.CertificateBuilder()
            .subject_name(called)
            .issuer_name(called)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
            .not_valid_after(dt.datetime(until, 1, 1, tzinfo=dt.UTC))
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .sign(key, hashes.SHA256())
        )
        held, secret = folder / f"{name}.p12", folder / f"{name}.passphrase"
        secret.write_bytes(b"a passphrase of the tests\n")
        locked = BestAvailableEncryption(b"a passphrase of the tests")
        held.write_bytes(pkcs12.serialize_key_and_certificates(b"mission", key, made, None, locked))
        held.chmod(0o600)
        return held, secret

    return make
