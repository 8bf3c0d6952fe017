"""What `truceline summary verify` says of a paper's file: whole, altered, superseded, somebody else's."""

import dataclasses
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from paper_mission import CUT_OFF, As, at, changed, drafted, heard, issued, paper, watched

from monitor.door import Door
from monitor.log.queries import verifier_key
from monitor.log.service import sign_head
from monitor.settings import Settings
from reports.document import Column, Document, Row, Section, Table, from_json
from reports.issuing import queries
from reports.issuing import service as issuing
from reports.release import service as release
from reports.release import verify
from reports.render import pdf, signature


def said(found: list[verify.Holds]) -> dict[str, bool | None]:
    return {one.what: one.holds for one in found}


@pytest.fixture
def edition(mission: Door, as_role: As) -> queries.EditionRow:
    watched(as_role)
    heard(as_role)
    return issued(as_role, drafted(mission))


def judged(mission: Door, content: bytes) -> dict[str, bool | None]:
    found, document = verify.of_file(content, mission.app.settings)
    return said(found) | said(
        verify.in_the_log(mission.session, content, verifier_key(mission.app), document)
    )


def test_an_issued_paper_holds_in_every_point(mission: Door, edition: queries.EditionRow) -> None:
    sign_head(at(mission, CUT_OFF + dt.timedelta(hours=1)))
    content = mission.app.storage.read(edition.pdf_sha256)
    found = judged(mission, content)
    assert set(found) == {"file", "document", "print", "issued", "log", "chain", "newest"}
    assert all(found.values())
    _, document = verify.of_file(content)
    assert document == from_json(queries.edition_text(mission.session, edition.id))


def test_a_translation_is_the_missions_too(mission: Door, edition: queries.EditionRow) -> None:
    sign_head(at(mission, CUT_OFF + dt.timedelta(hours=1)))
    other = queries.edition_translations(mission.session, edition.id)["ru"]
    assert all(judged(mission, mission.app.storage.read(other.pdf_sha256)).values())


def test_a_page_laid_over_the_paper_is_found(mission: Door, edition: queries.EditionRow) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(mission.app.storage.read(edition.pdf_sha256))) as file:
        file.pages[0].contents_add(b"BT ET", prepend=False)
        file.save(out)
    found = judged(mission, out.getvalue())
    assert found["document"] and found["print"] is False and found["issued"] is False


def test_a_paper_that_is_true_to_itself_but_not_the_missions_is_not_in_the_log(
    mission: Door, edition: queries.EditionRow
) -> None:
    document = from_json(queries.edition_text(mission.session, edition.id))
    forged = dataclasses.replace(document, header=dataclasses.replace(document.header, number=99))
    found = judged(mission, pdf.pdf_of(forged))
    assert found["document"] and found["print"] and found["issued"] is False


def test_an_earlier_edition_is_told_to_be_replaced(
    mission: Door, as_role: As, edition: queries.EditionRow
) -> None:
    row = queries.summary(mission.session, edition.summary_id)
    texts = changed(paper(mission, row), "A quiet day.")
    row = issuing.edit_lines(at(as_role("reporting_officer"), CUT_OFF), row.id, 1, texts, "")
    issued(as_role, row)
    assert judged(mission, mission.app.storage.read(edition.pdf_sha256))["newest"] is False


def test_until_a_head_is_signed_the_log_cannot_say(mission: Door, edition: queries.EditionRow) -> None:
    assert judged(mission, mission.app.storage.read(edition.pdf_sha256))["log"] is None


def test_what_was_released_under_a_profile_is_the_missions_once_it_was_let_go(
    mission: Door, as_role: As, edition: queries.EditionRow
) -> None:
    officer = at(as_role("reporting_officer"), CUT_OFF + dt.timedelta(days=2))
    asked = release.request_release(officer, edition.id, "public")
    content = mission.app.storage.read(asked.pdf_sha256)
    assert judged(mission, content)["issued"] is False
    head = at(as_role("head_of_mission"), CUT_OFF + dt.timedelta(days=2))
    release.decide(head, asked.id, asked.pdf_sha256, "approved")
    sign_head(at(mission, CUT_OFF + dt.timedelta(days=2, hours=1)))
    assert all(judged(mission, content).values())


def test_the_head_printed_in_the_foot_is_a_beginning_of_the_log(mission: Door, as_role: As) -> None:
    watched(as_role)
    row = drafted(mission)
    sign_head(at(mission, CUT_OFF + dt.timedelta(minutes=2)))
    edition = issued(as_role, row)
    sign_head(at(mission, CUT_OFF + dt.timedelta(hours=1)))
    document = from_json(queries.edition_text(mission.session, edition.id))
    trusted = verifier_key(mission.app)
    content = mission.app.storage.read(edition.pdf_sha256)
    assert said(verify.in_the_log(mission.session, content, trusted, document))["head"] is True
    assert document.header.log_head is not None
    first, _, root = document.header.log_head.rpartition(" ")
    turned = dataclasses.replace(
        document.header, log_head=f"{first} {'A' + root[1:] if root[0] != 'A' else 'B' + root[1:]}"
    )
    forged = dataclasses.replace(document, header=turned)
    assert said(verify.in_the_log(mission.session, content, trusted, forged))["head"] is False


# --- the mission's signature -------------------------------------------------------------------------------


def signed_paper(
    mission: Door, as_role: As, held: Path, secret: Path
) -> tuple[queries.EditionRow, queries.SignedRow | None]:
    """An edition issued by a mission with a certificate, and what became of signing it."""
    values = {**mission.app.settings.values, "sign_certificate": held, "sign_passphrase_file": secret}
    mission.app.settings = Settings(values)
    watched(as_role)
    edition = issued(as_role, drafted(mission))
    sign_head(at(mission, CUT_OFF + dt.timedelta(hours=1)))
    return edition, queries.signed_file(mission.session, edition.pdf_sha256)


def test_a_signed_paper_holds_in_every_point_and_begins_with_the_print(
    mission: Door, as_role: As, certificate: Callable[..., tuple[Path, Path]]
) -> None:
    edition, row = signed_paper(mission, as_role, *certificate())
    assert row is not None and row.signed_sha256 is not None
    printed = mission.app.storage.read(edition.pdf_sha256)
    signed = mission.app.storage.read(row.signed_sha256)
    assert signed.startswith(printed)
    found = judged(mission, signed)
    assert found["signature"] is True and all(found.values())
    assert "signature" not in judged(mission, printed)
    other, secret = certificate("Somebody else")
    forged = signature.signed(printed, other, signature.passphrase(secret), CUT_OFF)
    found = judged(mission, forged)
    assert found["print"] and found["signature"] is False and found["issued"] is False


def test_a_certificate_that_does_not_serve_keeps_no_paper_back(
    mission: Door, as_role: As, certificate: Callable[..., tuple[Path, Path]]
) -> None:
    edition, row = signed_paper(mission, as_role, *certificate("Old mission", 2021))
    assert row is not None and "holds from 2020-01-01 to 2021-01-01" in row.detail
    assert queries.file_that_leaves(mission.session, edition.pdf_sha256) == edition.pdf_sha256


@pytest.mark.parametrize("content", [b"", b"not a file of ours", b"%PDF-1.7 broken"])
def test_what_is_no_paper_is_said_to_be_none(content: bytes) -> None:
    assert said(verify.of_file(content)[0])["document"] is False


def test_a_table_too_long_for_the_page_travels_as_a_file_whose_digest_is_printed(
    sample: Document,
) -> None:
    rows = tuple(Row((("=cmd|x",), (f"row {number}",))) for number in range(25))
    long = Table("long", "Long", (Column("A"), Column("B")), rows)
    document = dataclasses.replace(sample, sections=(Section("1", "a", "A", (long,)),))
    with pikepdf.open(io.BytesIO(pdf.pdf_of(document, most_rows=10))) as file:
        content = file.attachments["long.csv"].get_file().read_bytes()
    assert content == pdf.csv_of(long)
    lines = content.decode().splitlines()
    assert len(lines) == 26 and lines[1] == "'=cmd|x,row 0"
