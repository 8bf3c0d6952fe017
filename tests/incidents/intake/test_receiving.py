import datetime as dt
import itertools

import pytest
from field_report import field_report

from incidents.intake import queries
from incidents.intake.service import receive_observation, review_observation
from monitor.errors import BadRequest, Conflict, Invalid, Refused
from monitor.outbox import events_after


def test_an_observation_is_kept_with_its_parts_and_told_to_the_house(as_role):
    door = as_role("monitor")
    body = field_report()
    received = receive_observation(door, body)
    row = queries.observation(door.session, body["observation_id"])
    assert received.outcome == "new"
    assert (row.processing, row.count_best, row.type, row.author_id) == (
        "received",
        12,
        "explosion",
        door.actor.id,
    )
    assert queries.texts(door.session, door.app.keys, [row]) == {row.observation_id: body["text"]}
    position = queries.positions(door.session, door.app.keys, [row])[row.observation_id]
    assert position.observer == (45.865, 40.203)
    assert [told.name for told in events_after(door.session, 0)] == ["ObservationReceived"]


def test_same_observation_sent_twice_gives_same_receipt(as_role):
    door, body = as_role("monitor"), field_report()
    first = receive_observation(door, body)
    again = receive_observation(door, dict(reversed(body.items())))
    assert again.outcome == "repeat"
    assert again.receipt == first.receipt


def test_another_body_under_an_old_number_is_a_conflict_and_the_first_stays(as_role):
    door, body = as_role("monitor"), field_report()
    receive_observation(door, body)
    with pytest.raises(Conflict):
        receive_observation(door, body | {"means": "saw"})
    assert queries.observation(door.session, body["observation_id"]).means == "heard"


def test_somebody_elses_id_is_a_conflict_even_with_the_same_body(as_role):
    body = field_report()
    receive_observation(as_role("monitor"), body)
    with pytest.raises(Conflict):
        receive_observation(as_role("monitor", "second", team_code="T2"), body)


def test_a_correction_is_a_new_revision_and_what_was_known_before_stays_known(as_role, clock):
    door, body = as_role("monitor"), field_report()
    receive_observation(door, body)
    before = door.now
    clock.advance(dt.timedelta(hours=1))
    door = as_role("monitor")
    corrected = body | {"revision_no": 2, "count": {"min": 9, "best": 9, "max": 9, "qualifier": "about"}}
    assert receive_observation(door, corrected).outcome == "correction"
    assert queries.observation(door.session, body["observation_id"]).count_best == 9
    assert queries.observation(door.session, body["observation_id"], known_at=before).count_best == 12


def test_revisions_in_any_order_of_arrival_leave_the_same_live_one(as_role):
    door = as_role("monitor")
    for order in itertools.permutations((1, 2, 3)):
        body = field_report()
        for number in order:
            count = {"min": number, "best": number, "max": number, "qualifier": "exact"}
            receive_observation(door, body | {"revision_no": number, "count": count})
        assert queries.observation(door.session, body["observation_id"]).count_best == 3


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "meteor"}, "unknown_type:meteor"),
        ({"means": "smelled"}, "not_allowed:means"),
        ({"surprise": 1}, "unknown_field:surprise"),
        ({"form_version": "observation@99"}, "not_allowed:form_version"),
        ({"time": {"start": "2022-09-13"}}, "not_allowed:time.start"),
        ({"time": {"start": "0001-01-01T00:00:00+14:00"}}, "not_allowed:time.start"),
        ({"time": {"start": "2022-09-14T00:00:00+04:00"}}, "clock_ahead"),
        ({"count": {"best": True}}, "not_allowed:count.best"),
        ({"count": {"best": "12"}}, "not_allowed:count.best"),
        ({"observer": {"lon": 500, "lat": 1000}}, "not_allowed:observer.lon"),
        ({"fields": {"weapon": "catapult"}}, "value_not_allowed:weapon=catapult"),
        ({"text": 7}, "not_allowed:text"),
        ({"media": "none"}, "not_allowed:media"),
    ],
)
def test_what_is_odd_is_stored_quarantined_and_named(as_role, changes, reason):
    door, body = as_role("monitor"), field_report(**changes)
    receipt = receive_observation(door, body).receipt
    assert receipt.processing == "quarantined"
    assert reason in receipt.reasons
    assert queries.observation(door.session, body["observation_id"]).processing == "quarantined"


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"observation_id": 7},
        {"observation_id": "not a uuid"},
        field_report(revision_no=0),
        field_report(revision_no=True),
        field_report(revision_no="1"),
    ],
)
def test_only_a_broken_envelope_is_refused(as_role, body):
    with pytest.raises(BadRequest):
        receive_observation(as_role("monitor"), body)


def test_an_observation_is_accepted_by_somebody_else_than_its_author(as_role):
    body = field_report()
    receive_observation(as_role("duty_officer"), body)
    with pytest.raises(Refused) as refused:
        review_observation(as_role("duty_officer"), body["observation_id"], "accepted", "")
    assert "somebody other than the one who filed it" in refused.value.detail
    review_observation(as_role("duty_officer", "second"), body["observation_id"], "accepted", "")
    door = as_role("duty_officer")
    assert queries.observation(door.session, body["observation_id"]).processing == "accepted"


def test_returning_and_rejecting_say_why(as_role):
    body = field_report()
    receive_observation(as_role("monitor"), body)
    door = as_role("duty_officer")
    with pytest.raises(Invalid):
        review_observation(door, body["observation_id"], "returned", " ")
    review_observation(door, body["observation_id"], "returned", "From which direction?")
    last = queries.steps(door.session, door.app.keys, body["observation_id"])[-1]
    assert (last.state, last.comment) == ("returned", "From which direction?")
