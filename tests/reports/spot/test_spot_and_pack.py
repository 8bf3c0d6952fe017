"""The spot report of one incident, and the pack for a meeting with a party."""

import datetime as dt
from typing import Any

import pytest
from paper_mission import EVENT, As, at, heard, issued, lines, paper, watched

from incidents.casework import queries as casework
from incidents.casework.service import link_observation, open_incident, step_incident
from incidents.claims.service import record_claim
from incidents.claims.values import ClaimValues
from monitor.door import Door
from monitor.errors import NotFound, Refused, WrongState
from reports.document import figures, text_of
from reports.issuing import queries
from reports.pack.service import draft_pack
from reports.spot.service import draft_spot

SOON = EVENT + dt.timedelta(minutes=50)


def opened(as_role: As, *ids: str) -> str:
    analyst = at(as_role("analyst"), EVENT + dt.timedelta(minutes=40))
    incident = open_incident(analyst, list(ids))
    step_incident(analyst, incident, "assessment", "possible", "Heard by one patrol.")
    return incident


def test_a_spot_report_tells_one_incident_within_the_hour(mission: Door, as_role: As) -> None:
    watched(as_role)
    mine, other = heard(as_role), heard(as_role, "second")
    incident = opened(as_role, mine)
    row = draft_spot(at(as_role("reporting_officer"), SOON), incident)
    document = paper(mission, row)
    assert (row.kind, row.label, row.subject) == ("spot", "No. 1/2022", incident)
    assert figures(document)["1-records"].ids == (mine,)
    assert other not in str(document)
    assert "assessed as possible" in lines(document)
    told = " ".join(text_of(block.runs) for block in document.section("not_known").blocks)  # type: ignore[union-attr]
    assert "the weapon" in told and "all records come from one team" in told
    assert {one.key for one in document.sections} >= {"observed", "told", "claims", "assessed"}


def test_asked_again_it_is_the_next_version_and_an_issued_one_is_superseded(
    mission: Door, as_role: As
) -> None:
    watched(as_role)
    incident = opened(as_role, heard(as_role))
    first = issued(as_role, draft_spot(at(as_role("reporting_officer"), SOON), incident))
    second = heard(as_role, "second", received=SOON + dt.timedelta(minutes=5))
    link_observation(at(as_role("analyst"), SOON + dt.timedelta(minutes=20)), incident, second, True)
    row = draft_spot(at(as_role("reporting_officer"), SOON + dt.timedelta(minutes=30)), incident)
    assert row.version_no == 2 and row.label == "No. 1/2022"
    later = issued(as_role, row)
    assert (later.edition_no, later.number) == (2, first.number)
    states = {one.edition_no: one.state for one in queries.editions(mission.session, "spot")}
    assert states == {1: "superseded", 2: "issued"}


def test_an_incident_without_a_record_that_can_be_told_has_no_spot_report(mission: Door, as_role: As) -> None:
    one = heard(as_role)
    incident = opened(as_role, one)
    link_observation(at(as_role("analyst"), SOON), incident, one, False)
    assert casework.incident(mission.session, incident).observation_ids == ()
    with pytest.raises(WrongState):
        draft_spot(at(as_role("reporting_officer"), SOON), incident)


def test_only_who_edits_may_ask_for_it(mission: Door, as_role: As) -> None:
    incident = opened(as_role, heard(as_role))
    with pytest.raises(Refused):
        draft_spot(at(as_role("analyst"), SOON), incident)


def claimed(as_role: As, alleged: dt.datetime, **changes: Any) -> None:
    given: dict[str, Any] = {
        "external_ref": None,
        "claimant": "P1_MOD",
        "claimant_party": "P1",
        "against": None,
        "t_start": alleged,
        "t_end": None,
        "t_precision": "T2",
        "place_text": "near the mill",
        "lon": 46.0,
        "lat": 40.2,
        "uncertainty_m": 500,
        "geo_precision": "L4",
        "geo_basis": "named",
        "type": "explosion",
        "stated_type": "shelling",
    }
    door = at(as_role("duty_officer"), alleged + dt.timedelta(hours=1))
    record_claim(door, ClaimValues(**given | changes))


def test_the_pack_of_a_party_holds_its_claims_and_asks_about_what_was_not_seen(
    mission: Door, as_role: As
) -> None:
    watched(as_role)
    claimed(as_role, EVENT)
    claimed(as_role, EVENT + dt.timedelta(hours=1), lon=46.0, lat=39.5)
    officer = at(as_role("reporting_officer"), EVENT + dt.timedelta(hours=4))
    row = draft_pack(officer, "P1", 7)
    document = paper(mission, row)
    assert (row.kind, row.subject) == ("pack", "P1")
    assert figures(document)["1-claims"].value == 2
    asked = " ".join(text_of(block.runs) for block in document.section("questions").blocks)  # type: ignore[union-attr]
    assert "did not observe it" in asked and "nobody of the mission watched there" in asked


def test_a_party_that_the_mission_does_not_know_has_no_pack(mission: Door, as_role: As) -> None:
    with pytest.raises(NotFound):
        draft_pack(at(as_role("reporting_officer"), SOON), "P9", 7)
