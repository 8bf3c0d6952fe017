"""Claims are recorded once, logged, read back as they were, and never changed."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

import incidents.claims
from incidents.claims import queries
from incidents.claims.model import Claim
from incidents.claims.service import import_press, record_claim
from incidents.claims.values import ClaimValues
from monitor.audit import AuditEntry
from monitor.door import Door
from monitor.errors import Conflict
from monitor.outbox import OutboxEvent

SAMPLE = (Path(incidents.claims.__file__).parent / "data" / "press-incidents.csv").read_text(encoding="utf-8")
MORNING = dt.datetime(2022, 9, 13, 6, tzinfo=dt.UTC)

SAID = ClaimValues(
    external_ref="ST-1",
    claimant="AZE_MOD",
    claimant_party="AZE",
    against="ARM",
    t_start=MORNING,
    t_end=None,
    t_precision="T2",
    place_text="Kalbajar section",
    lon=45.79,
    lat=39.92,
    uncertainty_m=20_000,
    geo_precision="L5",
    geo_basis="sector point",
    type="burst",
    stated_type="shooting",
    weapons=("small_arms",),
    source="statement read out on the hotline",
)


def test_a_claim_is_read_back_as_it_was_said(door: Door) -> None:
    claim_id, is_new = record_claim(door, SAID)
    row = queries.claim(door.session, claim_id)
    assert is_new
    assert row is not None
    assert (row.claimant, row.against, row.t_start, row.weapons) == (
        "AZE_MOD",
        "ARM",
        MORNING,
        ["small_arms"],
    )
    assert (row.category, row.uncertainty_m, row.recorded_at) == ("CFV", 20_000, door.now)
    assert door.session.scalar(select(Claim.cell)) is not None


def test_recording_leaves_a_leaf_and_tells_others_without_text(door: Door) -> None:
    claim_id, _ = record_claim(door, SAID)
    entry = door.session.scalars(select(AuditEntry).where(AuditEntry.action == "claim.recorded")).one()
    assert entry.subject == f"claim:{claim_id}"
    assert entry.facts == {"digest": SAID.digest}
    event = door.session.scalars(select(OutboxEvent)).one()
    assert (event.name, event.data) == ("ClaimRecorded", {"claim_id": claim_id})


def test_the_same_statement_twice_is_one_claim(door: Door) -> None:
    first, _ = record_claim(door, SAID)
    assert record_claim(door, SAID) == (first, False)
    assert len(queries.claims(door.session)) == 1


def test_another_statement_under_the_same_reference_is_refused(door: Door) -> None:
    record_claim(door, SAID)
    with pytest.raises(Conflict):
        record_claim(door, replace(SAID, killed=2))


def test_a_claim_that_is_not_located_is_kept(door: Door) -> None:
    nowhere = replace(SAID, lon=None, lat=None, uncertainty_m=None, geo_precision="L7")
    claim_id, _ = record_claim(door, nowhere)
    row = queries.claim(door.session, claim_id)
    assert row is not None
    assert (row.lon, row.geo_precision) == (None, "L7")


def test_a_period_holds_what_begins_in_it_and_was_known(door: Door) -> None:
    hour = dt.timedelta(hours=1)
    for number, start in enumerate((MORNING - hour, MORNING, MORNING + hour)):
        record_claim(
            door, replace(SAID, external_ref=f"ST-{number}", t_start=start, t_end=MORNING + 9 * hour)
        )
    known = door.now
    found = queries.claims(door.session, MORNING, MORNING + hour, known)
    assert [row.external_ref for row in found] == ["ST-1"]
    assert queries.claims(door.session, known_at=known - hour) == []


def test_the_press_table_is_taken_once(door: Door) -> None:
    first = import_press(door, SAMPLE)
    again = import_press(door, SAMPLE)
    assert (first.taken, first.known, first.refused) == (91, 0, ())
    assert (again.taken, again.known, again.refused) == (0, 91, ())
    assert len(queries.claims(door.session)) == 91


def test_a_changed_row_is_reported_and_the_recorded_claim_stays(door: Door) -> None:
    import_press(door, SAMPLE)
    changed = import_press(door, SAMPLE.replace("49 = preliminary", "50 = preliminary"))
    assert (changed.taken, changed.known) == (0, 90)
    assert [(refusal.ref, "other content" in refusal.reason) for refusal in changed.refused] == [
        ("PR-047", True)
    ]
