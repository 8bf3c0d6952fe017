"""The paper as PDF, HTML and map: the same bytes each time, every letter set, nothing taken for markup."""

import dataclasses
import io
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from reports import document as d
from reports.render import chart_svg, evidence_index, html, map_svg, seal
from reports.render.glyphs import settable
from reports.render.masthead import periods_told
from reports.render.pdf import RenderFailed, pdf_of


def test_the_same_document_gives_the_same_bytes(sample: d.Document) -> None:
    again = d.from_json(d.canonical(sample))
    assert pdf_of(sample) == pdf_of(again)
    assert html.standalone(sample) == html.standalone(again)


def test_the_pdf_is_tagged_dated_by_its_period_and_sound(sample: d.Document, tmp_path: Path) -> None:
    content = pdf_of(sample)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as facts:
            assert facts["pdfaid:part"] == "3"
            assert facts["pdfuaid:part"] == "1"
            assert facts["dc:title"] == "Daily summary No. 17/2022, Ceasefire Monitoring Mission"
            assert facts["xmp:CreateDate"].startswith("2022-09-13T15:30:00")
    program = shutil.which("qpdf")
    if program is None:
        pytest.skip("no qpdf here; on Debian: sudo apt-get install qpdf")
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    checked = subprocess.run([program, "--check", str(path)], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_every_page_says_exercise_its_number_and_the_digest(
    sample: d.Document, printed_text: Callable[[bytes], list[str]]
) -> None:
    pages = printed_text(pdf_of(sample))
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert "EXERCISE" in page
        assert f"page {number} of {len(pages)}" in page
        assert d.digest(sample) in page
        assert "edition 1" in page


def test_a_week_is_named_from_its_first_cut_off_to_its_last(sample: d.Document) -> None:
    days = tuple(
        d.Span(f"2022-09-{day:02}T15:30:00+00:00", f"2022-09-{day + 1:02}T15:30:00+00:00", f"day {day}")
        for day in range(5, 12)
    )
    week = dataclasses.replace(sample.header, periods=days)
    assert periods_told(week) == ["19:30 on 5 September to 19:30 on 12 September 2022"]
    assert periods_told(dataclasses.replace(week, periods=days[:3])) == ["day 5", "day 6", "day 7"]


def test_a_draft_says_so_on_every_page(
    sample: d.Document, printed_text: Callable[[bytes], list[str]]
) -> None:
    header = dataclasses.replace(sample.header, number=None, edition=None, state="draft")
    pages = printed_text(pdf_of(dataclasses.replace(sample, header=header)))
    assert all("DRAFT" in page and "draft, not released" in page for page in pages)


def test_all_scripts_are_set_and_markup_stays_text(
    sample: d.Document, printed_text: Callable[[bytes], list[str]]
) -> None:
    text = "\n".join(printed_text(pdf_of(sample)))
    for said in ("Դիտորդները", "Müşahidəçilər Kəlbəcər", "Наблюдатели", "#panic()", "*bold*", "<b>b</b>"):
        assert said in text, said
    assert "[U+6F22]" in text
    assert "wrong" not in text


def test_the_head_of_a_long_table_is_repeated(
    sample: d.Document, printed_text: Callable[[bytes], list[str]]
) -> None:
    pages = [page for page in printed_text(pdf_of(sample)) if "Post 3, Sotk" in page]
    assert len(pages) > 1
    assert all("Observed from" in page for page in pages)


def test_text_that_could_turn_round_or_cannot_be_set_is_replaced() -> None:
    assert settable("a\u202eb\u200bc\x00") == "abc"
    assert settable("≤ 5 \U0001f600") == "at most  5 [U+1F600]"


def test_a_document_that_cannot_be_set_in_time_is_refused_with_the_reason(sample: d.Document) -> None:
    with pytest.raises(RenderFailed, match="not set within"):
        pdf_of(sample, time_limit_s=0.001)


def test_every_number_in_html_leads_to_its_records(sample: d.Document) -> None:
    page = html.standalone(sample)
    for figure in d.figures(sample):
        assert f'href="#evidence-{figure}"' in page
        assert f'id="evidence-{figure}"' in page
    assert "&lt;b&gt;b&lt;/b&gt;" in page
    assert ' style="' not in page


def test_a_page_of_ours_leads_each_number_to_its_own_list(sample: d.Document) -> None:
    paper = html.paper(sample, lambda figure: f"/summaries/s1/figures/{figure.id}")
    assert '<a class="figure" href="/summaries/s1/figures/f1"' in paper


def test_the_index_names_records_by_their_row_in_the_annex(sample: d.Document) -> None:
    entries = {entry.figure_id: entry for entry in evidence_index.entries(sample)}
    assert entries["f1"].records == "A1–A2"
    assert entries["f1"].what == "explosions: 2 records"
    assert entries["f2"].what == "1 claim"


def test_the_map_is_sound_xml_and_escapes_its_labels(sample: d.Document) -> None:
    drawing = sample.section("annex_b").blocks[0]
    assert isinstance(drawing, d.Map)
    root = ET.fromstring(map_svg.svg(drawing))  # noqa: S314 (made here)
    texts = {"".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"Post <3> & Սոթք", "A1", "No opinion.", "explosion", "N"} <= texts


def test_labels_of_the_map_do_not_lie_on_each_other(sample: d.Document) -> None:
    drawing = sample.section("annex_b").blocks[0]
    assert isinstance(drawing, d.Map)
    near = tuple(
        d.Shape(
            "settlement", {"type": "Point", "coordinates": [45.85 + step / 1000, 40.3]}, f"Village {step}"
        )
        for step in range(20)
    )
    crowded = map_svg.svg(dataclasses.replace(drawing, shapes=near))
    assert 1 <= sum(f">Village {step}<" in crowded for step in range(20)) < 10


def charts() -> list[d.Chart]:
    series = (d.Series("Sector <A> & Սոթք", (0, 3, None, 12)), d.Series("Sector B", (None, 0, 1.5, 40)))
    return [
        d.Chart(kind, "Caption", "What it shows.", kind, ("a", "b", "c", "d"), series, "A note.")
        for kind in ("multiples", "heat", "hours", "shares")
    ]


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.kind)
def test_a_chart_is_sound_xml_and_hatches_what_nobody_watched(chart: d.Chart) -> None:
    drawing = chart_svg.svg(chart)
    root = ET.fromstring(drawing)  # noqa: S314 (made here)
    texts = {"".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert "Sector <A> & Սոթք" in texts and "a" in texts
    assert drawing.count('fill="url(#unwatched)"') == (0 if chart.kind == "shares" else 2)


def test_charts_are_set_with_their_description_and_read_in_grey(sample: d.Document) -> None:
    section = d.Section("9", "charts", "Charts", tuple(charts()))
    document = dataclasses.replace(sample, sections=(*sample.sections, section))
    with pikepdf.open(io.BytesIO(pdf_of(document))) as pdf:
        assert pdf.Root.MarkInfo.Marked
    tones = [int(tone[1:3], 16) * 0.3 + int(tone[3:5], 16) * 0.6 for tone in chart_svg.TONES]
    assert tones == sorted(tones, reverse=True) and min(a - b for a, b in pairwise(tones)) > 10


def test_the_seal_says_what_the_paper_is_and_a_draft_has_none(sample: d.Document) -> None:
    said = seal.text(sample)
    assert said is not None and d.digest(sample) in said and "17/2022 edition 1 en" in said
    assert seal.svg(sample) == seal.svg(d.from_json(d.canonical(sample)))
    draft = dataclasses.replace(sample, header=dataclasses.replace(sample.header, edition=None))
    assert seal.svg(draft) is None and 'class="seal"' not in html.standalone(draft)
    assert 'class="seal"' in html.standalone(sample)
