"""What leaves the mission: allow-lists, two people, the very bytes; and no secret in any output."""

import dataclasses
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from paper_mission import CUT_OFF, EVENT, As, at, changed, counted, drafted, heard, issued, paper, watched

from monitor.door import Door
from monitor.errors import Invalid, NotFound, Refused, WrongState
from monitor.log.model import LogLeaf
from monitor.people.queries import actor_of_person
from monitor.people.service import grant_role
from reports.document import Column, Document, Map, Row, Section, Table, canonical, digest, figures, from_json
from reports.issuing import queries
from reports.issuing import service as issuing
from reports.release import service, words
from reports.release.profiles import LIAISON, PROFILES, PUBLIC, Profile, released
from reports.release.queries import release_text
from reports.render import html
from reports.render.pdf import pdf_of

LATER = CUT_OFF + dt.timedelta(hours=30)
SECRETS = {
    "free text": "Kestrel house behind the red gate",
    "team": "Team T1",
    "filer": "First monitor",
    "second filer": "Second monitor",
    "longitude": "45.86",
    "latitude": "40.20",
    "post": "Sotk",
    "typed line": "Hovik told us at the mill",
    "direction": "3–5 km",
    "time": "00:05",
}


def secretive(mission: Door, as_role: As) -> queries.EditionRow:
    """An issued paper of a day in which every secret was filed, and a line that a person typed."""
    watched(as_role)
    heard(as_role, text=SECRETS["free text"])
    heard(as_role, "second", count=counted(3), category="CAS", type="injured", fields={})
    row = drafted(mission)
    texts = changed(paper(mission, row), SECRETS["typed line"])
    row = issuing.edit_lines(
        at(as_role("reporting_officer"), CUT_OFF), row.id, 1, texts, "The head of mission wants it."
    )
    return issued(as_role, row)


def document_of(mission: Door, edition: queries.EditionRow) -> Document:
    return from_json(queries.edition_text(mission.session, edition.id))


# --- allow-lists -------------------------------------------------------------------------------------------


def test_a_profile_that_names_nothing_shows_nothing(mission: Door, as_role: As) -> None:
    shown = released(document_of(mission, secretive(mission, as_role)), Profile("empty"))
    assert shown.sections == ()
    assert figures(shown) == {}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda one: one.code)
def test_what_a_profile_does_not_name_is_dropped_also_when_it_is_new(
    mission: Door, as_role: As, profile: Profile
) -> None:
    document = document_of(mission, secretive(mission, as_role))
    secret = Table("totals", "New", (Column("Sector", key="sector"), Column("New", key="observer")),
                   (Row((("East",), ("Second monitor",))),))  # fmt: skip
    new = Section("99", "observers", "Observers", (secret,))
    old = dataclasses.replace(document.section("violations"), blocks=(secret,))
    grown = dataclasses.replace(document, sections=(document.sections[0], old, new))
    text = canonical(released(grown, profile)).decode()
    assert "East" in text
    assert "Second monitor" not in text and "Observers" not in text


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda one: one.code)
def test_no_record_id_leaves(mission: Door, as_role: As, profile: Profile) -> None:
    document = document_of(mission, secretive(mission, as_role))
    shown = released(document, profile)
    assert {one for figure in figures(shown).values() for one in figure.ids} == set()
    ids = {one for figure in figures(document).values() for one in figure.ids}
    text = canonical(shown).decode()
    assert ids and not any(one in text for one in ids)


def test_liaison_gets_cells_in_the_place_of_events_and_the_public_no_map(mission: Door, as_role: As) -> None:
    document = document_of(mission, secretive(mission, as_role))
    drawing = released(document, LIAISON).section("annex_b").blocks[0]
    assert isinstance(drawing, Map)
    assert {shape.kind for shape in drawing.shapes} <= {"sector", "cell", "line", "settlement"}
    assert any(shape.kind == "cell" for shape in drawing.shapes)
    assert all(section.key != "annex_b" for section in released(document, PUBLIC).sections)


def test_persons_are_told_in_bands(mission: Door, as_role: As) -> None:
    table = released(document_of(mission, secretive(mission, as_role)), LIAISON).section("harm").blocks[0]
    assert isinstance(table, Table)
    assert [cell for row in table.rows for cell in row.cells[-1]] == ["1–4"]


# --- two people --------------------------------------------------------------------------------------------


def asked(mission: Door, as_role: As, **given: Any) -> Any:
    edition = secretive(mission, as_role)
    officer = at(as_role("reporting_officer"), LATER)
    return service.request_release(officer, edition.id, given.pop("profile", "public"), **given)


def test_one_asks_and_another_lets_the_very_bytes_go(mission: Door, as_role: As) -> None:
    row = asked(mission, as_role)
    head = at(as_role("head_of_mission"), LATER)
    with pytest.raises(WrongState):
        service.decide(head, row.id, "0" * 64, "approved")
    done = service.decide(head, row.id, row.pdf_sha256, "approved")
    assert done.is_approved
    with pytest.raises(WrongState):
        service.decide(head, row.id, row.pdf_sha256, "refused")
    told = mission.session.query(LogLeaf).filter(LogLeaf.type == "release_approved").one()
    assert row.pdf_sha256 in told.leaf and row.digest in told.leaf


def test_who_asked_does_not_let_it_go(mission: Door, as_role: As) -> None:
    row = asked(mission, as_role)
    officer = as_role("reporting_officer").actor.person_id
    assert officer is not None
    grant_role(as_role("administrator"), officer, "head_of_mission", True)
    both = dataclasses.replace(mission, actor=actor_of_person(mission.session, officer), now=LATER)
    with pytest.raises(Refused, match="somebody other"):
        service.decide(both, row.id, row.pdf_sha256, "approved")


def test_before_its_delay_a_paper_leaves_only_with_a_reason(mission: Door, as_role: As) -> None:
    edition = secretive(mission, as_role)
    officer = at(as_role("reporting_officer"), CUT_OFF + dt.timedelta(hours=1))
    with pytest.raises(Invalid):
        service.request_release(officer, edition.id, "public")
    assert service.request_release(officer, edition.id, "public", reason="A correction is urgent.")


def test_a_profile_nobody_wrote_is_not_found(mission: Door, as_role: As) -> None:
    with pytest.raises(NotFound):
        asked(mission, as_role, profile="friends")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("Shots at 40.2031, 45.8612.", "a position"),
        ("Seen in 38T NK 12345 67890.", "a grid reference"),
        ("Call +374 91 123456.", "a telephone number"),
        ("Write to a.b@example.org.", "an e-mail address"),
        ("Heard 3–5 km SW of the post.", "a direction with a distance"),
        ("It began at 21:05.", "a time of the day"),
        ("See A12.", "a record's mark"),
        ("First monitor saw it.", "names somebody"),
        ("The enemy fired.", "name the armed forces"),
    ],
)
def test_a_line_written_for_a_release_may_not_point_at_anybody_or_anything(line: str, what: str) -> None:
    found = words.objections(["A quiet day.", line], ["First monitor"])
    assert set(found) == {"line_2"} and what in found["line_2"][0]


def test_a_line_written_for_a_release_stands_in_its_summary(mission: Door, as_role: As) -> None:
    row = asked(mission, as_role, lines=("Both sides kept the agreed window of silence.",))
    assert "Both sides kept the agreed window" in release_text(mission.session, row.id)


# --- the canaries ------------------------------------------------------------------------------------------


def everything_in(content: bytes, printed: list[str]) -> str:
    """What a PDF holds as text: its pages, its metadata and its attached files."""
    said = printed[:]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        with pdf.open_metadata() as facts:
            said += [str(value) for value in facts.values()]
        for name, spec in pdf.attachments.items():
            said += [name, spec.get_file().read_bytes().decode("utf-8", "replace")]
    return "\n".join(said)


@pytest.mark.parametrize("code", ["en", "hy", "az", "ru"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda one: one.code)
def test_no_secret_stands_in_any_output_of_any_profile(
    mission: Door, as_role: As, profile: Profile, code: str, printed_text: Callable[[bytes], list[str]]
) -> None:
    edition = secretive(mission, as_role)
    document = document_of(mission, edition)
    if code != "en":
        document = from_json(queries.translation_text(mission.session, edition.id, code))
    assert any(secret in canonical(document).decode() for secret in SECRETS.values())
    shown = released(document, profile)
    pdf = pdf_of(shown)
    outputs = {
        "json": canonical(shown).decode(),
        "html": html.standalone(shown),
        "pdf": everything_in(pdf, printed_text(pdf)),
    }
    found = [
        (name, what) for name, text in outputs.items() for what, secret in SECRETS.items() if secret in text
    ]
    assert found == []
    assert digest(shown) in outputs["pdf"] and EVENT.isoformat() not in outputs["json"]
