"""The report as a value: the same document is the same bytes, and comes back as it was."""

import dataclasses

import pytest

from reports import document as d


def small() -> d.Document:
    number = d.Figure("f1", "about 21", 21, "about", "violations", {"sector": "S4"}, ("o-1", "o-2"))
    header = d.Header(
        mission="Mission",
        mission_code="M",
        title="Daily summary",
        number=17,
        year=2022,
        edition=1,
        state="issued",
        periods=(d.Span("2022-09-12T15:30:00Z", "2022-09-13T15:30:00Z", "one day"),),
        cut_off_utc="2022-09-13T15:30:00Z",
        cut_off_text="19:30",
        zone="Asia/Yerevan",
        late_up_to_utc="2022-09-13T15:30:00Z",
        late_up_to_text="19:30",
        classification="internal",
        is_exercise=True,
        language="en",
    )
    post = d.Shape("post", {"type": "Point", "coordinates": [45.5, 40.25]}, "Post 1")
    blocks: tuple[d.Block, ...] = (
        d.Bullets((d.Bullet("b1", ("Observed ", number, " explosions."), ("Machine.",)),)),
        d.Table("t1", "Totals", (d.Column("No.", "right"),), (d.Row(((number,),), "total", "o-1"),)),
        d.Map("m1", "Map", "A map", (44.0, 39.0, 46.5, 41), (post,), (("post", "Post"),), "No opinion."),
        d.Note("Method", (d.Quote("words", "a ministry"), d.Strong("strong"))),
    )
    return d.Document(header, (d.Section("1", "summary", "Summary", blocks),))


def test_a_document_comes_back_as_it_was_and_as_the_same_bytes() -> None:
    document = small()
    again = d.from_json(d.canonical(document))
    assert again == document
    assert d.canonical(again) == d.canonical(document)


def test_one_changed_number_changes_the_digest() -> None:
    document = small()
    other = dataclasses.replace(document, header=dataclasses.replace(document.header, number=18))
    assert d.digest(document) != d.digest(other)
    assert len(d.digest(document)) == 64


def test_every_number_is_found_with_the_ids_behind_it() -> None:
    assert {name: one.ids for name, one in d.figures(small()).items()} == {"f1": ("o-1", "o-2")}


def test_an_edited_line_keeps_the_machines_number_whatever_was_typed_in_it() -> None:
    known = d.figures(small())
    runs = d.from_marked_text("Patrols heard [about 99|f1] explosions [sic] at night.", known)
    assert d.text_of(runs) == "Patrols heard about 21 explosions [sic] at night."
    assert d.from_marked_text(d.as_marked_text(runs), known) == runs


def test_an_edited_line_cannot_name_a_number_the_draft_does_not_hold() -> None:
    with pytest.raises(d.UnknownFigure):
        d.from_marked_text("[7|f9] explosions", d.figures(small()))


def test_a_phrase_takes_figures_into_its_slots() -> None:
    number = d.figures(small())["f1"]
    assert d.fill("saw {now} {thing}.", now=number, thing="flares") == ("saw ", number, " flares.")
