"""The daily summary from the first tick to the edition: once a period, other eyes at each step."""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from field_report import field_report
from sqlalchemy import func, select

from incidents.casework.service import open_incident, step_incident
from incidents.intake.service import receive_observation, review_observation
from monitor.door import App, Door
from monitor.errors import Invalid, Refused, WrongState
from monitor.jobs.runner import Job, run_job
from monitor.log.model import LogLeaf
from monitor.mission.service import load_mission
from monitor.watches.service import plan_watch, record_watch_event
from reports.daily import editing, queries, service
from reports.daily.model import PeriodRun
from reports.daily.queries import SummaryRow
from reports.document import Document, canonical, digest, figures, from_json, text_of

JOB = Job("daily.draft_due", 5, service.draft_due)
START = dt.datetime(2022, 9, 11, 15, 30, tzinfo=dt.UTC)
SECOND = START + dt.timedelta(days=1)
CUT_OFF = START + dt.timedelta(days=2)
EVENT = dt.datetime(2022, 9, 12, 20, 5, tzinfo=dt.UTC)
As = Callable[..., Door]


def polygon(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def definition(folder: Path) -> Path:
    """A mission of two days with a watched sector in the east and another in the south."""
    there = folder / "definition"
    there.mkdir(exist_ok=True)
    mission = {
        "code": "TST",
        "name": {"en": "Test mission"},
        "timezone": "Asia/Yerevan",
        "cut_off": "19:30",
        "starts_at": START.isoformat(),
        "ends_at": CUT_OFF.isoformat(),
        "exercise": True,
        "languages": ["en"],
        "declination_deg": 6.5,
        "disclaimer": {"en": "No opinion on any boundary."},
        "parties": [{"code": "P1", "name": {"en": "One"}, "claimants": ["P1_MOD"]}],
        "people": [],
    }
    places = []
    for code, shape in (("EAST", polygon(45.5, 40.0, 46.5, 40.5)), ("SOUTH", polygon(45.5, 39, 46.5, 40.0))):
        said = {"code": code, "kind": "sector", "names": {"en": f"Sector {code.title()}"}, "source": "a test"}
        places.append({"type": "Feature", "properties": said, "geometry": shape})
    (there / "mission.yaml").write_text(yaml.safe_dump(mission))
    for name, features in (("places", places), ("lines", []), ("basemap", [])):
        (there / f"{name}.geojson").write_text(
            json.dumps({"type": "FeatureCollection", "features": features})
        )
    return there


@pytest.fixture
def mission(door: Door, folder: Path, clock: Any) -> Door:
    clock.set(START)
    load_mission(door.session, definition(folder), START)
    return door


def at(door: Door, moment: dt.datetime) -> Door:
    """The same transaction and person at another time."""
    door.app.clock.set(moment)  # type: ignore[attr-defined]
    return dataclasses.replace(door, now=moment)


def watched(as_role: As, sector: str = "EAST", start: dt.datetime = START, hours: float = 48) -> None:
    """A patrol of team T1 watched the sector so long."""
    door = at(as_role("monitor"), start)
    watch_id = f"00000000-0000-4000-8000-{abs(hash((sector, start))) % 10**12:012d}"
    end = start + dt.timedelta(hours=hours)
    plan_watch(
        door,
        watch_id=watch_id,
        kind="patrol",
        sectors=[sector],
        post=None,
        team="T1",
        planned_start=start,
        planned_end=end,
    )
    for number, (kind, moment) in enumerate((("started", start), ("ended", end))):
        event_id = f"{watch_id[:-1]}{number}"
        record_watch_event(at(door, moment), event_id=event_id, watch_id=watch_id, kind=kind, at=moment)


def heard(
    as_role: As,
    which: str = "first",
    accept: bool = True,
    received: dt.datetime | None = None,
    **changes: Any,
) -> str:
    """Twelve explosions heard in the second period, filed by a monitor and accepted by a duty officer."""
    body = field_report(**{"time": when(EVENT)} | changes)
    received = received or EVENT + dt.timedelta(minutes=20)
    receive_observation(at(as_role("monitor", which), received), body)
    if accept:
        reviewer = at(as_role("duty_officer"), received + dt.timedelta(minutes=5))
        review_observation(reviewer, body["observation_id"], "accepted", "")
    return str(body["observation_id"])


def when(start: dt.datetime) -> dict[str, Any]:
    return {"start": start.isoformat(), "end": None, "precision": "T2", "basis": "estimate"}


def counted(number: int) -> dict[str, Any]:
    return {"min": number, "best": number, "max": number, "qualifier": "exact"}


def drafted(door: Door) -> SummaryRow:
    """The summary of the second period, drafted after the cut-off."""
    after = at(door, CUT_OFF + dt.timedelta(minutes=1))
    while service.draft_due(after):
        pass
    row = queries.summary_of_period(door.session, CUT_OFF)
    assert row is not None
    return row


def paper(door: Door, row: SummaryRow) -> Document:
    return queries.draft(door.session, row.id, row.version_no)


def lines(document: Document) -> str:
    return "\n".join(text_of(bullet.runs) for bullet in editing.lines(document))


# --- once a period -----------------------------------------------------------------------------------------


def test_after_days_down_each_period_is_drafted_once_one_a_tick(mission: Door) -> None:
    late = at(mission, CUT_OFF + dt.timedelta(days=3))
    ticks = [service.draft_due(late) for _ in range(4)]
    assert ticks == ["drafted No. 1/2022", "drafted No. 2/2022", None, None]
    assert [row.end for row in queries.summaries(mission.session)] == [CUT_OFF, SECOND]


def test_nothing_is_drafted_before_a_period_has_ended(mission: Door) -> None:
    assert service.draft_due(at(mission, SECOND - dt.timedelta(seconds=1))) is None


def test_a_period_that_somebody_has_claimed_is_not_claimed_again(mission: Door) -> None:
    period = service.due_periods(at(mission, CUT_OFF))[0]
    assert service.claim_period(mission, period) is not None
    assert service.claim_period(mission, period) is None


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
    table, revised = document.section("late").blocks
    assert [row.ref for row in table.rows] == [late]  # type: ignore[union-attr]
    assert "gave 0 ceasefire violations; with what has come in" in text_of(revised.runs)  # type: ignore[union-attr]
    assert figures(document)["14-revised"].value == 12
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
    _, names = paper(mission, drafted(mission)).section("annex_b").blocks
    assert [column.head for column in names.columns] == ["On the map", "Հայերեն", "Azərbaycanca", "Русский"]
    assert [row.cells for row in names.rows] == [(("Sotk",), ("Սոթք",), ("Zod",), ("–",))]


def test_the_same_facts_give_the_same_document(mission: Door, as_role: As) -> None:
    watched(as_role)
    heard(as_role)
    document = paper(mission, drafted(mission))
    assert digest(from_json(canonical(document))) == digest(document)


# --- edited, reviewed, released ----------------------------------------------------------------------------


def issued(as_role: As, row: SummaryRow) -> queries.EditionRow:
    service.review(as_role("reporting_officer", "second"), row.id, row.version_no, "reviewed")
    return service.release(as_role("head_of_mission"), row.id, row.version_no)


def changed(document: Document, first_line: str) -> list[str]:
    return [first_line, *editing.marked_lines(document)[1:]]


def test_an_edited_line_keeps_what_the_machine_said_and_the_counted_number(
    mission: Door, as_role: As
) -> None:
    watched(as_role)
    heard(as_role)
    row = drafted(mission)
    texts = changed(paper(mission, row), "At night patrols counted [99|2-all-total] explosions.")
    edited = service.edit_lines(as_role("reporting_officer"), row.id, 1, texts, "")
    first = editing.lines(paper(mission, edited))[0]
    assert (edited.version_no, edited.state) == (2, "edited")
    assert text_of(first.runs) == "At night patrols counted 12 explosions."
    assert first.machine and text_of(first.machine).startswith("The mission observed")


def test_an_emotive_line_is_refused_and_stands_only_with_a_reason(mission: Door, as_role: As) -> None:
    row = drafted(mission)
    texts = changed(paper(mission, row), "Illegal armed group shelled the village.")
    with pytest.raises(Invalid) as refused:
        service.edit_lines(as_role("reporting_officer"), row.id, 1, texts, "")
    assert "fired from the direction of" in str(refused.value.facts["errors"])
    quoted = changed(
        paper(mission, row), "The ministry stated that “an illegal armed group shelled the village”."
    )
    assert service.edit_lines(as_role("reporting_officer"), row.id, 1, quoted, "").version_no == 2
    kept = service.edit_lines(
        as_role("reporting_officer"), row.id, 2, texts, "It is the title of a resolution."
    )
    assert kept.version_no == 3


def test_a_number_typed_by_hand_has_no_records_and_is_objected_to(mission: Door, as_role: As) -> None:
    row = drafted(mission)
    texts = changed(paper(mission, row), "At 19:30 on 13 September there were 40 explosions 3–5 km away.")
    with pytest.raises(Invalid) as refused:
        service.edit_lines(as_role("reporting_officer"), row.id, 1, texts, "")
    assert "“40”" in str(refused.value.facts["errors"])


def test_nobody_reviews_what_they_edited_or_releases_what_nobody_reviewed(mission: Door, as_role: As) -> None:
    row = drafted(mission)
    texts = changed(paper(mission, row), "A quiet day in the watched sector.")
    row = service.edit_lines(as_role("reporting_officer"), row.id, 1, texts, "")
    with pytest.raises(Refused, match="somebody other"):
        service.review(as_role("reporting_officer"), row.id, 2, "reviewed")
    with pytest.raises(WrongState):
        service.release(as_role("head_of_mission"), row.id, 2)
    with pytest.raises(Refused):
        service.release(as_role("administrator"), row.id, 2)


def test_a_decision_about_an_older_version_is_refused(mission: Door, as_role: As) -> None:
    row = drafted(mission)
    service.edit_lines(as_role("reporting_officer"), row.id, 1, changed(paper(mission, row), "Quiet."), "")
    with pytest.raises(WrongState):
        service.review(as_role("reporting_officer", "second"), row.id, 1, "reviewed")


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
    row = service.edit_lines(as_role("reporting_officer"), row.id, 1, texts, "")
    second = issued(as_role, row)
    states = {one.edition_no: one.state for one in queries.editions(mission.session)}
    assert states == {1: "superseded", 2: "issued"}
    document = from_json(queries.edition_text(mission.session, second.id))
    assert document.header.change_note == "It replaces edition 1; 1 of the summary's lines differ."
    assert mission.app.storage.read(first.pdf_sha256)
