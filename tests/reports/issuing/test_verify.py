"""What `truceline summary verify` says of a paper's file: whole, altered, superseded, somebody else's."""

import dataclasses
import datetime as dt
import io

import pikepdf
import pytest
from paper_mission import CUT_OFF, As, at, changed, drafted, heard, issued, paper, watched

from monitor.door import Door
from monitor.log.service import sign_head
from monitor.merkle import VerifierKey
from reports.document import Column, Document, Row, Section, Table, from_json
from reports.issuing import queries, verify
from reports.issuing import service as issuing
from reports.render import pdf


def said(found: list[verify.Holds]) -> dict[str, bool | None]:
    return {one.what: one.holds for one in found}


@pytest.fixture
def edition(mission: Door, as_role: As) -> queries.EditionRow:
    watched(as_role)
    heard(as_role)
    return issued(as_role, drafted(mission))


def judged(mission: Door, content: bytes) -> dict[str, bool | None]:
    trusted = VerifierKey.of(mission.app.settings.log_origin, mission.app.keys.log)
    return said(verify.of_file(content)[0]) | said(verify.in_the_log(mission.session, content, trusted))


def test_an_issued_paper_holds_in_every_point(mission: Door, edition: queries.EditionRow) -> None:
    sign_head(at(mission, CUT_OFF + dt.timedelta(hours=1)))
    content = mission.app.storage.read(edition.pdf_sha256)
    found = judged(mission, content)
    assert set(found) == {"file", "document", "print", "issued", "log", "newest"}
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
    assert found["document"] and found["print"] is False and found["log"] is False


def test_a_paper_that_is_true_to_itself_but_not_the_missions_is_not_in_the_log(
    mission: Door, edition: queries.EditionRow
) -> None:
    document = from_json(queries.edition_text(mission.session, edition.id))
    forged = dataclasses.replace(document, header=dataclasses.replace(document.header, number=99))
    found = judged(mission, pdf.pdf_of(forged))
    assert found["document"] and found["print"] and found["log"] is False


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
