"""Suggestions that two reports are of one event: made by the machine, decided by people, taken back again."""

import datetime as dt
import itertools

import pytest
from field_report import heard_from

from incidents.casework import counting, queries
from incidents.casework.service import link_observation, open_incident, step_incident
from incidents.casework.suggesting import confirm_pair, reject_pair, undo_pair
from incidents.intake import queries as intake
from monitor.errors import Conflict, NotFound, WrongState


def total(door, known_at=None):
    rows = intake.observations(door.session, known_at=known_at)
    pairs = queries.open_pairs(door.session, rows, known_at)
    return counting.range_of(queries.counted(door.session, rows, known_at), pairs)


def groups_of(door, ids):
    refs = queries.incidents_of(door.session, ids)
    found: dict[str, set[str]] = {}
    for one in ids:
        found.setdefault(refs[one].incident_id if one in refs else one, set()).add(one)
    return {frozenset(members) for members in found.values()}


def test_two_patrols_that_heard_the_same_night_are_suggested_with_score_and_reasons(door, pair):
    [found] = queries.suggestions(door.session)
    assert found.pair == pair
    assert found.score >= 0.6
    assert {code for code, _ in found.reasons} == {"same_kind", "times_agree", "areas_meet"}


def test_nothing_is_put_together_before_a_person_says_so(door, pair):
    assert queries.incidents_of(door.session, pair) == {}
    told = total(door)
    assert (told.together.best, told.apart.best, set(told.open_ids)) == (12, 21, set(pair))


def test_a_confirmed_pair_is_one_incident_and_counts_the_larger_number(as_role, pair):
    door = as_role("analyst")
    incident_id = confirm_pair(door, *pair)
    assert queries.incident(door.session, incident_id).observation_ids == pair
    assert (total(door).apart.best, total(door).is_open) == (12, False)
    [found] = queries.suggestions(door.session, states=("confirmed",))
    assert found.incident_id == incident_id


def test_a_rejected_pair_counts_apart_and_is_not_suggested_again(as_role, pair, file):
    door = as_role("analyst")
    reject_pair(door, *pair)
    assert (total(door).apart.best, total(door).is_open) == (21, False)
    assert queries.suggestions(door.session) == []


def test_undoing_puts_back_what_was_before(as_role, pair):
    door = as_role("analyst")
    confirm_pair(door, *pair)
    undo_pair(door, *pair)
    assert queries.incidents_of(door.session, pair) == {}
    assert total(door).apart.best == 21
    confirm_pair(door, *pair)
    assert total(door).apart.best == 12
    undo_pair(door, *pair)
    reject_pair(door, *pair)
    undo_pair(door, *pair)


@pytest.mark.parametrize("verb", [confirm_pair, reject_pair])
def test_what_was_decided_is_not_decided_twice(as_role, pair, verb):
    door = as_role("analyst")
    reject_pair(door, *pair)
    with pytest.raises(WrongState, match="rejected"):
        verb(door, *pair)


def test_a_second_analyst_who_saw_an_older_state_gets_a_conflict_and_changes_nothing(as_role, pair):
    confirm_pair(as_role("analyst"), *pair, expected="suggested")
    with pytest.raises(Conflict) as refused:
        reject_pair(as_role("analyst", "second"), *pair, expected="suggested")
    assert "confirmed now" in refused.value.detail


def test_a_pair_that_nobody_suggested_cannot_be_confirmed(as_role, pair):
    with pytest.raises(NotFound):
        confirm_pair(as_role("analyst"), pair[0], pair[0])


def four_patrols(file, mission):
    return [
        file(heard_from(towards, away, count), team)
        for towards, away, count, team in (
            (200, 4, 12, "T1"),
            (260, 5, 9, "T2"),
            (230, 4, 7, "T3"),
            (180, 5, 11, "T4"),
        )
    ]


def test_no_order_of_confirmations_changes_the_groups_or_the_total(as_role, mission, file, door):
    ids = four_patrols(file, mission)
    chain = [tuple(sorted(pair)) for pair in itertools.pairwise(ids)]
    seen = set()
    for order in itertools.permutations(chain):
        with door.session.begin_nested() as undone:
            for pair in order:
                confirm_pair(as_role("analyst"), *pair)
            seen.add((frozenset(groups_of(door, ids)), total(door).apart.best))
            undone.rollback()
        door.session.expire_all()
    assert seen == {(frozenset({frozenset(ids)}), 12)}


def test_two_incidents_that_prove_to_be_one_become_the_earlier_one_and_come_apart_again(
    as_role, mission, file
):
    one, two, three, four = four_patrols(file, mission)
    door = as_role("analyst")
    first, second = open_incident(door, [one, two]), open_incident(door, [three, four])
    confirm_pair(door, two, three)
    assert set(queries.incident(door.session, first).observation_ids) == {one, two, three, four}
    assert queries.incident(door.session, second).observation_ids == ()
    undo_pair(door, two, three)
    assert set(queries.incident(door.session, first).observation_ids) == {one, two}
    assert set(queries.incident(door.session, second).observation_ids) == {three, four}


def test_a_refuted_incident_is_not_put_together_with_one_that_counts(as_role, mission, file):
    one, two, three, four = four_patrols(file, mission)
    door = as_role("analyst")
    first, _ = open_incident(door, [one, two]), open_incident(door, [three, four])
    step_incident(as_role("verification_officer"), first, "assessment", "refuted", "A quarry.")
    with pytest.raises(WrongState, match="refuted"):
        confirm_pair(door, two, three)


def test_undoing_one_of_two_confirmations_takes_out_the_one_that_nothing_else_holds(as_role, mission, file):
    one, two, three, _ = four_patrols(file, mission)
    door = as_role("analyst")
    confirm_pair(door, one, two)
    confirm_pair(door, two, three)
    undo_pair(door, one, two)
    assert groups_of(door, [one, two, three]) == {frozenset({one}), frozenset({two, three})}


def test_a_correction_that_no_longer_fits_lets_the_suggestion_lapse(as_role, mission, file, door):
    body = heard_from(200, 4, 12)
    first, second = file(body, "T1"), file(heard_from(260, 5, 9), "T2")
    later = body["time"] | {"start": "2022-09-13T05:02:00+04:00", "end": "2022-09-13T05:10:00+04:00"}
    file(body | {"revision_no": 2, "time": later}, "T1")
    assert queries.suggestions(door.session) == []
    [lapsed] = queries.suggestions(door.session, states=("lapsed",))
    assert set(lapsed.pair) == {first, second}


def test_a_training_record_and_a_rejected_report_suggest_nothing(door, mission, file):
    file(heard_from(200, 4, 12), "T1")
    file(heard_from(260, 5, 9), "T2", verdict="rejected")
    file(heard_from(250, 5, 9, category="TST", type="training_record"), "T3", verdict=None)
    assert queries.suggestions(door.session) == []


def test_what_was_suggested_and_decided_is_known_as_it_was(as_role, pair, clock):
    before = as_role("analyst").now
    clock.advance(dt.timedelta(hours=1))
    door = as_role("analyst")
    confirm_pair(door, *pair)
    assert queries.suggestions(door.session) == []
    [then] = queries.suggestions(door.session, known_at=before)
    assert then.state == "suggested"
    assert (total(door, before).apart.best, total(door).apart.best) == (21, 12)


def test_a_report_taken_out_by_hand_stays_out_when_the_confirmation_is_undone(as_role, pair):
    door = as_role("analyst")
    incident_id = confirm_pair(door, *pair)
    link_observation(door, incident_id, pair[0], linked=False)
    undo_pair(door, *pair)
    assert queries.incident(door.session, incident_id).observation_ids == (pair[1],)
