"""PDF/A-3a and PDF/UA-1 by what can be looked at in the file; no validator is to be had on every machine.

The exporter vouches for both standards; these are the clauses whose breach a reader would notice. A signature
must not break one.
"""

import dataclasses
import datetime as dt
import functools
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest

from reports import document as d
from reports.render import signature
from reports.render.pdf import pdf_of
from reports.wording.language import LANGUAGES

PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"
SHOWS = {"Tj", "TJ", "'", '"', "Do", "sh", "f", "F", "f*", "B", "B*", "b", "b*", "S", "s"}
FORBIDDEN_ACTIONS = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/SubmitForm"}


@pytest.fixture(params=["unsigned", "signed"])
def pdf(
    request: pytest.FixtureRequest, sample: d.Document, certificate: Callable[..., tuple[Path, Path]]
) -> Iterator[pikepdf.Pdf]:
    content = printed(d.canonical(sample))
    if request.param == "signed":
        held, secret = certificate()
        at = dt.datetime.fromisoformat(sample.header.cut_off_utc)
        content = signature.signed(content, held, signature.passphrase(secret), at)
    with pikepdf.open(io.BytesIO(content)) as opened:
        yield opened


@functools.cache
def printed(canonical: bytes) -> bytes:
    """The print of a document, set once for all tests here."""
    return pdf_of(d.from_json(canonical))


def dictionaries(pdf: pikepdf.Pdf, kind: str) -> list[pikepdf.Object]:
    return [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == kind]


def annotations(pdf: pikepdf.Pdf) -> list[tuple[pikepdf.Page, pikepdf.Object]]:
    return [(page, one) for page in pdf.pages for one in page.get("/Annots", [])]


def test_it_says_which_standards_it_keeps(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata() as said:
        assert (said[f"{PDFA}part"], said[f"{PDFA}conformance"]) == ("3", "A")
        assert said[f"{PDFUA}part"] == "1"
    assert not pdf.is_encrypted
    assert [str(one.S) for one in pdf.Root.OutputIntents] == ["/GTS_PDFA1"]


def test_every_font_is_embedded_and_every_letter_can_be_copied(pdf: pikepdf.Pdf) -> None:
    described = dictionaries(pdf, "/FontDescriptor")
    assert described
    assert all(any(f"/FontFile{n}" in one for n in ("", "2", "3")) for one in described)
    fonts = [one for one in dictionaries(pdf, "/Font") if one.Subtype == "/Type0"]
    assert fonts and all("/ToUnicode" in one for one in fonts)


def test_nothing_in_it_acts_and_what_is_attached_says_what_it_is(pdf: pikepdf.Pdf) -> None:
    acts = {str(one.get("/S")) for one in pdf.objects if isinstance(one, pikepdf.Dictionary)}
    assert not acts & FORBIDDEN_ACTIONS
    assert not {"/AA", "/OpenAction"} & set(pdf.Root.keys())
    files = dictionaries(pdf, "/Filespec")
    assert files and len(pdf.Root.AF) == len(files)
    assert all("/AFRelationship" in one and "/Desc" in one and "/UF" in one for one in files)


def test_it_has_a_title_a_language_and_a_tree_of_tags(pdf: pikepdf.Pdf) -> None:
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert str(pdf.Root.Lang) == "en"
    assert pdf.Root.MarkInfo.Marked and not pdf.Root.MarkInfo.get("/Suspects", False)
    assert "/ParentTree" in pdf.Root.StructTreeRoot
    assert "/Outlines" in pdf.Root


def test_pictures_are_told_in_words_and_heads_of_tables_say_what_they_head(pdf: pikepdf.Pdf) -> None:
    tags = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one and "/P" in one]
    pictures = [one for one in tags if one.S == "/Figure"]
    assert pictures and all(str(one.get("/Alt", "")) for one in pictures)
    heads = [one for one in tags if one.S == "/TH"]
    assert heads and all(scope(one) in ("/Column", "/Row") for one in heads)
    levels = [int(str(one.S)[2:]) for one in tags if str(one.S)[:2] == "/H" and str(one.S)[2:].isdigit()]
    assert levels and set(levels) == set(range(1, max(levels) + 1))


def scope(head: pikepdf.Object) -> str:
    held = head.get("/A", pikepdf.Array())
    given = held if isinstance(held, pikepdf.Array) else [held]
    return next((str(one.Scope) for one in given if "/Scope" in one), "")


def test_every_link_is_in_the_tree_and_is_told_in_words(pdf: pikepdf.Pdf) -> None:
    links = [(page, one) for page, one in annotations(pdf) if one.Subtype == "/Link"]
    assert links
    for page, link in links:
        assert "/StructParent" in link and str(link.get("/Contents", ""))
        assert page.get("/Tabs") == "/S"


def test_whatever_is_drawn_is_tagged_or_marked_as_furniture(pdf: pikepdf.Pdf) -> None:
    """Text or lines outside of any mark would be read out of order, or not at all."""
    for page in pdf.pages:
        depth = 0
        for operands, operator in pikepdf.parse_content_stream(page):
            match str(operator):
                case "BDC" | "BMC":
                    depth += 1
                case "EMC":
                    depth -= 1
                case shown if shown in SHOWS:
                    assert depth > 0, f"{shown} {operands} outside of any mark"
        assert depth == 0


def test_a_signature_is_neither_seen_nor_read_out(pdf: pikepdf.Pdf) -> None:
    for page, one in annotations(pdf):
        if one.Subtype == "/Widget":
            left, bottom, right, top = (float(edge) for edge in one.Rect)
            box = [float(edge) for edge in page.mediabox]
            assert right <= box[0] or top <= box[1] or left >= box[2] or bottom >= box[3] or left == right
            assert int(one.F) & 4 and not int(one.F) & 2


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_paper_in_each_language_says_its_language(sample: d.Document, code: str) -> None:
    header = dataclasses.replace(sample.header, language=code)
    short = d.Document(header, sample.sections[:1])
    with pikepdf.open(io.BytesIO(pdf_of(short))) as pdf:
        assert str(pdf.Root.Lang).startswith(code)
