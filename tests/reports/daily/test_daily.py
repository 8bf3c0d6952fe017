"""The daily summary from the first tick to the edition: once a period, other eyes at each step."""

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from paper_mission import (
    CUT_OFF,
    EVENT,
    SECOND,
    START,
    As,
    at,
    changed,
    counted,
    definition,
    drafted,
    heard,
    issued,
    lines,
    paper,
    watched,
    when,
)
from sqlalchemy import func, select

from incidents.casework.service import open_incident, step_incident
from incidents.taxonomy.loader import taxonomy
from monitor.door import App, Door
from monitor.errors import Invalid, Refused, WrongState
from monitor.jobs.runner import Job, run_job
from monitor.log.model import LogLeaf
from monitor.mission.service import load_mission
from monitor.notify.queries import deliveries_about
from reports.daily import service
from reports.document import Foreign, Table, canonical, digest, figures, from_json, text_of
from reports.issuing import editing, queries
from reports.issuing import service as issuing
from reports.issuing.model import PeriodRun

JOB = Job("daily.draft_due", 5, service.draft_due)
# --- once a period -----------------------------------------------------------------------------------------


def test_after_days_down_each_period_is_drafted_once_one_a_tick(mission: Door) -> None:
    late = at(mission, CUT_OFF + dt.timedelta(days=3))
    ticks = [service.draft_due(late) for _ in range(4)]
    assert ticks == ["drafted No. 1/2022", "drafted No. 2/2022", None, None]
    assert [row.end for row in queries.summaries(mission.session)] == [CUT_OFF, SECOND]


def test_nothing_is_drafted_before_a_period_has_ended(mission: Door) -> None:
    assert service.draft_due(at(mission, SECOND - dt.timedelta(seconds=1))) is None


def test_a_period_that_somebody_has_claimed_is_not_claimed_again(mission: Door) -> None:
    (period,) = service.due_issues(at(mission, CUT_OFF))[0]
    assert issuing.claim(mission, "daily", *period) is not None
    assert issuing.claim(mission, "daily", *period) is None


def test_two_schedulers_at_once_give_one_draft(parts: App, folder: Path, clock: Any) -> None:
    with parts.transaction() as door:
        load_mission(door.session, definition(folder), START)
    clock.set(CUT_OFF + dt.timedelta(minutes=1))
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: run_job(parts, JOB), range(6)))
    with parts.reading() as door:
        assert door.session.scalar(select(func.count()).select_from(PeriodRun)) == 2
        assert len(queries.summaries(door.session)) == 2


# --- what it says ------------------------------------------------------------------------------------------


def test_totals_carry_the_ids_behind_them(mission: Door, as_role: As) -> None:
    watched(as_role)
    one = heard(as_role)
    found = figures(paper(mission, drafted(mission)))
    assert found["2-all-total"].value == 12
    assert found["2-all-total"].ids == (one,)
    assert found["2-EAST-total"].parameters["to"] == CUT_OFF.isoformat()


def test_what_nobody_reviewed_stands_beside_the_total(mission: Door, as_role: As) -> None:
    watched(as_role)
    heard(as_role)
    waiting = heard(as_role, "second", accept=False, count=counted(5))
    found = figures(paper(mission, drafted(mission)))
    assert found["2-all-total"].value == 12
    assert found["2-unreviewed-records"].ids == (waiting,)
    assert found["2-unreviewed-total"].value == 5


def test_two_patrols_are_added_until_somebody_joins_them(mission: Door, as_role: As) -> None:
    watched(as_role)
    ids = [heard(as_role), heard(as_role, "second", count=counted(9))]
    document = paper(mission, drafted(mission))
    assert figures(document)["2-all-total"].value == 21
    assert figures(document)["2-same"].ids == tuple(sorted(ids))


def test_two_patrols_joined_in_an_incident_count_once_and_are_both_printed(
    mission: Door, as_role: As
) -> None:
    watched(as_role)
    ids = [heard(as_role), heard(as_role, "second", count=counted(9))]
    analyst = at(as_role("analyst"), EVENT + dt.timedelta(hours=2))
    incident = open_incident(analyst, ids)
    step_incident(analyst, incident, "assessment", "possible", "Same time and direction.")
    document = paper(mission, drafted(mission))
    assert figures(document)["2-all-total"].value == 12
    rows = document.section("annex_a").blocks[0].rows  # type: ignore[union-attr]
    assert {row.ref for row in rows} == set(ids)
    assert "I-0001" in text_of(document.section("notable").blocks[0].runs)  # type: ignore[union-attr]


def test_a_sector_that_nobody_watched_is_not_monitored_and_not_quiet(mission: Door, as_role: As) -> None:
    watched(as_role, "EAST")
    document = paper(mission, drafted(mission))
    assert "Sector South was not monitored in this period" in lines(document)
    table = next(
        block for block in document.section("violations").blocks if getattr(block, "id", "") == "totals"
    )
    south = next(row for row in table.rows if text_of(row.cells[0]) == "Sector South")  # type: ignore[union-attr]
    assert text_of(south.cells[1]) == "not monitored"
    assert "fewer" not in lines(document)


def test_with_unlike_hours_both_numbers_are_given_without_an_adjective(mission: Door, as_role: As) -> None:
    watched(as_role, start=START, hours=24)
    watched(as_role, start=SECOND, hours=6)
    heard(as_role)
    said = lines(paper(mission, drafted(mission))).splitlines()[0]
    assert "12 ceasefire violations in 6 monitored hours" in said
    assert not any(word in said for word in ("more", "fewer", "similar"))


def test_a_zero_is_said_with_its_hours(mission: Door, as_role: As) -> None:
    watched(as_role)
    said = lines(paper(mission, drafted(mission)))
    assert "observed no ceasefire violations (24 monitored hours)" in said


def test_an_exercise_is_counted_and_then_named(mission: Door, as_role: As) -> None:
    watched(as_role)
    heard(as_role, count=counted(63))
    fields = {"assessment": "undetermined", "weapon": "n_k", "assessed_exercise": "probable"}
    heard(as_role, "second", count=counted(1528), fields=fields)
    said = lines(paper(mission, drafted(mission)))
    assert "Of the 1,591 ceasefire violations, 1,528 were assessed as a probable live-fire exercise." in said


def test_what_the_mission_was_told_never_enters_the_totals(mission: Door, as_role: As) -> None:
    watched(as_role)
    heard(as_role, means="told", info_type="told_by_resident")
    assert figures(paper(mission, drafted(mission)))["2-all-total"].value == 0


def test_a_late_observation_stands_in_the_next_paper_and_leaves_the_issued_one_alone(
    mission: Door, as_role: As
) -> None:
    watched(as_role)
    service.draft_due(at(mission, SECOND + dt.timedelta(minutes=1)))
    first = queries.summary_of_period(mission.session, SECOND)
    assert first is not None
    edition = issued(as_role, first)
    before = queries.edition_text(mission.session, edition.id)
    late = heard(as_role, received=SECOND + dt.timedelta(hours=14), time=when(START + dt.timedelta(hours=5)))
    document = paper(mission, drafted(mission))
    assert queries.edition_text(mission.session, edition.id) == before
    tables = {one.id: one for one in document.section("late").blocks if isinstance(one, Table)}
    assert [row.ref for row in tables["late"].rows] == [late]
    (series,) = tables["series"].rows
    assert [text_of(cell) for cell in series.cells[1:]] == [
        "Daily summary No. 1/2022, edition 1",
        "0",
        "12",
        "+12",
    ]
    assert figures(document)["14-revised-1"].ids == (late,)
    assert document.header.previous_pdf_sha256 == edition.pdf_sha256


def test_places_on_the_map_are_named_in_each_language_of_the_mission(mission: Door) -> None:
    place = {
        "code": "SOTK",
        "kind": "settlement",
        "names": {"en": "Sotk", "hy": "Սոթք", "az": "Zod"},
        "population": 9000,
        "source": "a test",
    }
    point = {"type": "Point", "coordinates": [45.86, 40.2]}
    there = definition(mission.app.settings.data_dir)
    places = json.loads((there / "places.geojson").read_text())
    places["features"].append({"type": "Feature", "properties": place, "geometry": point})
    (there / "places.geojson").write_text(json.dumps(places))
    said = yaml.safe_load((there / "mission.yaml").read_text()) | {"languages": ["en", "hy", "az", "ru"]}
    (there / "mission.yaml").write_text(yaml.safe_dump(said))
    load_mission(mission.session, there, START)
    names = paper(mission, drafted(mission)).section("annex_b").blocks[-1]
    assert isinstance(names, Table)
    assert [column.head for column in names.columns] == ["On the map", "Հայերեն", "Azərbaycanca", "Русский"]
    assert [row.cells for row in names.rows] == [(("Sotk",), ("Սոթք",), ("Zod",), ("–",))]


def test_the_same_facts_give_the_same_document(mission: Door, as_role: As) -> None:
    watched(as_role)
    heard(as_role)
    document = paper(mission, drafted(mission))
    assert digest(from_json(canonical(document))) == digest(document)


def test_the_same_paper_in_each_language_holds_the_same_numbers_and_records(
    mission: Door, as_role: As
) -> None:
    watched(as_role)
    heard(as_role)
    row = drafted(mission)
    assert queries.languages_of(mission.session, row.id, 1) == ["en", "az", "hy", "ru"]
    english = figures(paper(mission, row))
    for code in ("hy", "az", "ru"):
        document = queries.draft(mission.session, row.id, 1, code)
        other = figures(document)
        assert document.header.language == code
        assert {key: (one.value, one.ids) for key, one in other.items()} == {
            key: (one.value, one.ids) for key, one in english.items()
        }


def test_a_line_that_a_person_said_stays_in_english_and_is_marked_in_the_other_languages(
    mission: Door, as_role: As
) -> None:
    row = drafted(mission)
    texts = changed(paper(mission, row), "A quiet day.")
    row = issuing.edit_lines(at(as_role("reporting_officer"), CUT_OFF), row.id, 1, texts, "")
    line = editing.lines(queries.draft(mission.session, row.id, 2, "ru"))[0]
    assert line.runs == (Foreign("A quiet day.", "en"),)
    assert "Наблюдение" in text_of(line.machine or ())
    edition = issued(as_role, row)
    translations = queries.edition_translations(mission.session, edition.id)
    assert set(translations) == {"hy", "az", "ru"}
    said = from_json(queries.translation_text(mission.session, edition.id, "ru"))
    assert said.header.translation_of == edition.digest


# --- edited, reviewed, released ----------------------------------------------------------------------------


def test_an_edited_line_keeps_what_the_machine_said_and_the_counted_number(
    mission: Door, as_role: As
) -> None:
    watched(as_role)
    heard(as_role)
    row = drafted(mission)
    texts = changed(paper(mission, row), "At night patrols counted [99|2-all-total] explosions.")
    edited = issuing.edit_lines(as_role("reporting_officer"), row.id, 1, texts, "")
    first = editing.lines(paper(mission, edited))[0]
    assert (edited.version_no, edited.state) == (2, "edited")
    assert text_of(first.runs) == "At night patrols counted 12 explosions."
    assert first.machine and text_of(first.machine).startswith("The mission observed")


def test_an_emotive_line_is_refused_and_stands_only_with_a_reason(mission: Door, as_role: As) -> None:
    row = drafted(mission)
    texts = changed(paper(mission, row), "Illegal armed group shelled the village.")
    with pytest.raises(Invalid) as refused:
        issuing.edit_lines(as_role("reporting_officer"), row.id, 1, texts, "")
    assert "fired from the direction of" in str(refused.value.facts["errors"])
    quoted = changed(
        paper(mission, row), "The ministry stated that “an illegal armed group shelled the village”."
    )
    assert issuing.edit_lines(as_role("reporting_officer"), row.id, 1, quoted, "").version_no == 2
    kept = issuing.edit_lines(
        as_role("reporting_officer"), row.id, 2, texts, "It is the title of a resolution."
    )
    assert kept.version_no == 3


def test_a_number_typed_by_hand_has_no_records_and_is_objected_to(mission: Door, as_role: As) -> None:
    row = drafted(mission)
    texts = changed(paper(mission, row), "At 19:30 on 13 September there were 40 explosions 3–5 km away.")
    with pytest.raises(Invalid) as refused:
        issuing.edit_lines(as_role("reporting_officer"), row.id, 1, texts, "")
    assert "“40”" in str(refused.value.facts["errors"])


def test_nobody_reviews_what_they_edited_or_releases_what_nobody_reviewed(mission: Door, as_role: As) -> None:
    row = drafted(mission)
    texts = changed(paper(mission, row), "A quiet day in the watched sector.")
    row = issuing.edit_lines(as_role("reporting_officer"), row.id, 1, texts, "")
    with pytest.raises(Refused, match="somebody other"):
        issuing.review(as_role("reporting_officer"), row.id, 2, "reviewed")
    with pytest.raises(WrongState):
        issuing.release(as_role("head_of_mission"), row.id, 2)
    with pytest.raises(Refused):
        issuing.release(as_role("administrator"), row.id, 2)


def test_a_decision_about_an_older_version_is_refused(mission: Door, as_role: As) -> None:
    row = drafted(mission)
    issuing.edit_lines(as_role("reporting_officer"), row.id, 1, changed(paper(mission, row), "Quiet."), "")
    with pytest.raises(WrongState):
        issuing.review(as_role("reporting_officer", "second"), row.id, 1, "reviewed")


def test_an_edition_has_its_number_digest_pdf_and_leaf(mission: Door, as_role: As) -> None:
    watched(as_role)
    heard(as_role)
    edition = issued(as_role, drafted(mission))
    assert (edition.number, edition.year, edition.edition_no, edition.state) == (2, 2022, 1, "issued")
    document = from_json(queries.edition_text(mission.session, edition.id))
    assert digest(document) == edition.digest
    assert document.header.edition == 1
    assert mission.app.storage.read(edition.pdf_sha256).startswith(b"%PDF-1.7")
    leaf = mission.session.get(LogLeaf, edition.leaf_index)
    assert leaf is not None and leaf.type == "report_issued" and edition.pdf_sha256 in leaf.leaf


def test_an_amendment_is_a_new_edition_that_says_what_changed(mission: Door, as_role: As) -> None:
    row = drafted(mission)
    first = issued(as_role, row)
    texts = changed(paper(mission, row), "A quiet day.")
    row = issuing.edit_lines(as_role("reporting_officer"), row.id, 1, texts, "")
    second = issued(as_role, row)
    states = {one.edition_no: one.state for one in queries.editions(mission.session)}
    assert states == {1: "superseded", 2: "issued"}
    document = from_json(queries.edition_text(mission.session, second.id))
    assert document.header.change_note == "It replaces edition 1; differences: 1."
    page = document.sections[0]
    assert page.key == "changes"
    assert "A quiet day." in str(page.blocks[1])
    assert mission.app.storage.read(first.pdf_sha256)


# --- at once, and anew -------------------------------------------------------------------------------------


def test_asked_for_at_once_what_waits_is_drafted_first_and_then_the_running_period(
    mission: Door, as_role: As
) -> None:
    watched(as_role)
    heard(as_role)
    officer = at(as_role("reporting_officer"), EVENT + dt.timedelta(hours=2))
    first, interim = service.draft_now(officer), service.draft_now(officer)
    assert (first.kind, first.end) == ("daily", SECOND)
    assert (interim.kind, interim.start, interim.end) == ("interim", SECOND, officer.now)
    document = paper(mission, interim)
    assert document.header.title == "Interim summary"
    assert figures(document)["2-all-total"].value == 12
    assert drafted(mission).label == "No. 2/2022"


def test_only_who_edits_may_ask_for_a_draft(mission: Door, as_role: As) -> None:
    with pytest.raises(Refused):
        service.draft_now(at(as_role("head_of_mission"), CUT_OFF))


def test_a_new_draft_takes_in_what_came_since_and_keeps_what_people_said(mission: Door, as_role: As) -> None:
    watched(as_role)
    heard(as_role)
    row = drafted(mission)
    said = changed(paper(mission, row), "In all the mission heard [12|2-all-total] of them.")
    issuing.edit_lines(at(as_role("reporting_officer"), CUT_OFF), row.id, 1, said, "")
    later = CUT_OFF + dt.timedelta(hours=1)
    heard(as_role, "second", received=later, count=counted(5), time=when(EVENT + dt.timedelta(hours=3)))
    officer = at(as_role("reporting_officer"), later + dt.timedelta(hours=1))
    again = service.redraft(officer, row.id)
    document = paper(mission, again)
    assert again.version_no == 3
    assert "In all the mission heard 17 of them." in lines(document)
    assert editing.machine_lines(document)[0] is not None
    assert document.header.cut_off_utc == officer.now.isoformat()
    assert service.redraft(officer, row.id).version_no == 3


def test_a_corrected_edition_opens_with_the_numbers_that_differ_and_the_next_paper_names_it(
    mission: Door, as_role: As
) -> None:
    watched(as_role)
    service.draft_due(at(mission, SECOND + dt.timedelta(minutes=1)))
    first = queries.summary_of_period(mission.session, SECOND)
    assert first is not None
    issued(as_role, first)
    heard(as_role, received=SECOND + dt.timedelta(hours=2), time=when(START + dt.timedelta(hours=5)))
    row = service.redraft(at(as_role("reporting_officer"), SECOND + dt.timedelta(hours=3)), first.id)
    second = issued(as_role, row)
    page = from_json(queries.edition_text(mission.session, second.id)).sections[0]
    told = [tuple(text_of(cell) for cell in line.cells) for line in page.blocks[-1].rows]  # type: ignore[union-attr]
    assert told.count(("ceasefire violations", "0", "12")) == 1
    late = paper(mission, drafted(mission)).section("late")
    assert "Daily summary No. 1/2022, edition 2 replaces edition 1." in str(late)
    series = next(one for one in late.blocks if getattr(one, "id", "") == "series")
    assert text_of(series.rows[0].cells[2]) == "0"  # type: ignore[union-attr]


def test_a_draft_that_comes_days_late_is_told_at_the_desk(mission: Door) -> None:
    service.draft_due(at(mission, SECOND + dt.timedelta(minutes=1)))
    service.draft_due(at(mission, CUT_OFF + dt.timedelta(days=3)))
    first, second = (queries.summary_of_period(mission.session, end) for end in (SECOND, CUT_OFF))
    assert first is not None and second is not None
    assert deliveries_about(mission.session, f"summary:{first.id}") == []
    told = deliveries_about(mission.session, f"summary:{second.id}")
    assert [one.recipient for one in told] == ["role:reporting_officer", "role:head_of_mission"]
    assert told[0].code == "summary_missed"


# --- every section -----------------------------------------------------------------------------------------


def test_every_section_is_there_and_none_is_blank(mission: Door, as_role: As) -> None:
    document = paper(mission, drafted(mission))
    numbers = [section.number for section in document.sections if section.number]
    assert numbers == [str(number) for number in range(1, 16)]
    assert [s.key for s in document.sections if not s.number] == ["annex_a", "annex_b", "annex_c", "annex_d"]
    assert all(section.blocks for section in document.sections)


def test_every_kind_of_record_has_a_section_in_which_it_is_told(mission: Door, as_role: As) -> None:
    watched(as_role)
    told = {}
    for code, category in taxonomy().categories.items():
        if code in ("CLM", "NEG", "TST") or not category.fileable:
            continue
        kind = taxonomy().types[category.types[0]]
        number = counted(2) if kind.count else None
        told[code] = heard(
            as_role, "first", category=code, type=kind.code, count=number, fields=_required(kind)
        )
    document = paper(mission, drafted(mission))
    text = canonical(document).decode()
    for code, observation_id in told.items():
        assert observation_id in text, code


def _required(kind: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for code, use in kind.fields.items():
        if use.required:
            answers = next(iter(taxonomy().glossary[use.field.list])) if use.field.list else "n_k"
            values[code] = [answers] if use.field.kind == "multi_choice" else answers
    return values


def test_a_window_of_silence_is_told_with_what_was_observed_inside_it(mission: Door, as_role: As) -> None:
    watched(as_role)
    heard(as_role)
    fields = {
        "agreed_area": "EAST",
        "since": (EVENT - dt.timedelta(hours=1)).isoformat(),
        "until": (EVENT + dt.timedelta(hours=1)).isoformat(),
    }
    heard(as_role, "second", category="CBM", type="window_of_silence", count=None, fields=fields)
    document = paper(mission, drafted(mission))
    assert figures(document)["11-V1"].value == 12


def test_detention_is_told_in_numbers_only(mission: Door, as_role: As) -> None:
    watched(as_role)
    fields = {"detainee_category": ["civilian"]}
    one = heard(as_role, category="DET", type="detained", count=counted(3), fields=fields)
    document = paper(mission, drafted(mission))
    said = str(document.section("detention"))
    assert figures(document)["9-detained"].value == 3
    assert "Sotk" not in said and "Sector East" not in said
    assert figures(document)["9-detained"].ids == (one,)


def test_a_weapon_that_stood_there_the_day_before_is_printed_as_seen_again(
    mission: Door, as_role: As
) -> None:
    watched(as_role)
    sighting = {"category": "MIL", "type": "weapons_sighting", "means": "seen"}
    for day, weapon in ((0, "mortar"), (1, "mortar"), (1, "mortar_82")):
        seen = EVENT - dt.timedelta(days=1 - day)
        heard(
            as_role,
            received=seen + dt.timedelta(minutes=20),
            time=when(seen),
            fields={"weapon": weapon, "line_relation": "n_k"},
            **sighting,
        )
    document = paper(mission, drafted(mission))
    [table] = document.section("military").blocks
    assert isinstance(table, Table)
    assert {text_of(row.cells[4]) for row in table.rows} == {"Weapons sighting (again)", "Weapons sighting"}
