"""What the mission can say to a claim, for every claimant alike."""

import datetime as dt
import itertools
from dataclasses import fields, replace

import pytest

from incidents.claims.matching import (
    COMPATIBLE,
    AllegedEvent,
    SeenEvent,
    Watched,
    answers,
    count_answers,
    judge,
    judge_all,
)
from incidents.taxonomy import taxonomy
from monitor.geo import destination

NINE = dt.datetime(2022, 9, 13, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
LON, LAT = 45.87, 40.20


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


CLAIM = AllegedEvent("c1", "burst", NINE, NINE, "T2", LON, LAT, 5_000, "S1")
SEEN = SeenEvent("o1", "shot", NINE, NINE, "T2", LON, LAT, 1_000, "S1")
WATCH = Watched("w1", "S1", NINE - HOUR, NINE + HOUR)


def test_scenario_7_twelve_claimed_one_seen_two_watched_nine_not():
    claims = [replace(CLAIM, claim_id=f"c{n:02}", sector=f"S{n}", lon=LON, lat=LAT - n) for n in range(1, 13)]
    seen = [replace(SEEN, lat=LAT - 1)]
    watched = [replace(WATCH, watch_id=f"w{n}", sector=f"S{n}") for n in (1, 2, 3)]
    verdicts = judge_all(claims, seen, watched)
    assert len(verdicts) == 12
    assert count_answers(verdicts) == {"matched": 1, "not_observed": 2, "not_monitored": 9}
    assert (verdicts[0].observation_ids, verdicts[0].watch_ids) == (("o1",), ("w1",))
    assert [verdict.watch_ids for verdict in verdicts[1:3]] == [("w2",), ("w3",)]


@pytest.mark.parametrize(
    ("claimed", "seen", "fits"),
    [
        ("burst", "shot", True),
        ("burst", "explosion", False),
        ("explosion", "explosion", True),
        ("explosion", "shot", False),
        ("explosion", "projectile_in_flight", True),
        ("exchange_of_fire", "shot", True),
        ("exchange_of_fire", "explosion", True),
        ("exchange_of_fire", "uav_sighting", False),
        ("uav_strike", "explosion", True),
        ("uav_strike", "uav_sighting", False),
        ("uav_sighting", "uav_sighting", True),
        ("incursion", "new_position", True),
        ("mine_accident", "explosion", True),
        ("mine_accident", "burst", False),
        ("corridor_status", "corridor_status", True),
        ("explosion", "nothing_observed", False),
    ],
)
def test_kinds_that_can_answer_each_other(claimed, seen, fits):
    assert answers(replace(SEEN, type=seen), replace(CLAIM, type=claimed)) is fits


@pytest.mark.parametrize(
    ("claim_precision", "seen_precision", "apart", "fits"),
    [
        ("T2", "T2", minutes(10), True),
        ("T2", "T2", minutes(11), False),
        ("T3", "T0", minutes(30), True),
        ("T3", "T0", minutes(31), False),
        ("T4", "T0", 3 * HOUR, True),
        ("T4", "T0", 4 * HOUR, False),
        ("T5", "T2", minutes(5), True),
        ("T5", "T2", minutes(6), False),
    ],
)
def test_times_overlap_within_the_tolerance_of_both(claim_precision, seen_precision, apart, fits):
    claim = replace(CLAIM, precision=claim_precision)
    for start in (NINE + apart, NINE - apart):
        assert answers(replace(SEEN, precision=seen_precision, start=start, end=start), claim) is fits


@pytest.mark.parametrize(("apart_m", "fits"), [(5_900, True), (6_100, False)])
def test_in_another_sector_the_uncertainties_must_touch(apart_m, fits):
    lon, lat = destination(LON, LAT, 90, apart_m)
    assert answers(replace(SEEN, lon=lon, lat=lat, sector="S2"), CLAIM) is fits


def test_in_the_same_sector_the_place_fits():
    lon, lat = destination(LON, LAT, 90, 19_000)
    assert answers(replace(SEEN, lon=lon, lat=lat), CLAIM)


def test_what_is_not_located_fits_nowhere():
    nowhere = replace(CLAIM, lon=None, lat=None, uncertainty_m=None, sector=None)
    assert not answers(replace(SEEN, sector=None), nowhere)
    assert judge(nowhere, [SEEN], [WATCH]).answer == "not_monitored"


@pytest.mark.parametrize(
    ("spans", "answer"),
    [
        ([(-1, 3)], "not_observed"),
        ([(0, 2)], "not_observed"),
        ([(-1, 1), (1, 3)], "not_observed"),
        ([(-1, 2), (0.5, 1), (1.5, 3)], "not_observed"),
        ([(-1, 1)], "not_monitored"),
        ([(-1, 0.9), (1, 3)], "not_monitored"),
        ([(1, 3)], "not_monitored"),
        ([], "not_monitored"),
    ],
)
def test_only_a_watch_throughout_the_alleged_time_can_say_not_observed(spans, answer):
    claim = replace(CLAIM, end=NINE + 2 * HOUR)
    watched = [Watched(f"w{n}", "S1", NINE + a * HOUR, NINE + b * HOUR) for n, (a, b) in enumerate(spans)]
    for order in itertools.permutations(watched):
        verdict = judge(claim, [], order)
        assert verdict.answer == answer
        assert bool(verdict.watch_ids) == (answer == "not_observed")


def test_a_part_of_the_day_must_be_watched_with_its_tolerance():
    evening = replace(CLAIM, precision="T4")
    assert judge(evening, [], [WATCH]).answer == "not_monitored"
    assert (
        judge(evening, [], [replace(WATCH, start=NINE - 3 * HOUR, end=NINE + 3 * HOUR)]).answer
        == "not_observed"
    )


def test_a_watch_elsewhere_says_nothing():
    assert judge(CLAIM, [], [replace(WATCH, sector="S2")]).answer == "not_monitored"


def test_an_observation_without_a_watch_still_matches():
    assert judge(CLAIM, [SEEN], []).answer == "matched"


def test_who_claims_and_against_whom_is_not_even_known_here():
    names = {field.name for field in fields(AllegedEvent)}
    assert names.isdisjoint({"claimant", "claimant_party", "against", "victim_side", "status"})


def test_every_kind_named_is_in_the_taxonomy():
    named = set(COMPATIBLE) | {code for codes in COMPATIBLE.values() for code in codes}
    assert named <= set(taxonomy().types)


def test_a_kind_always_answers_itself():
    assert all(claimed in seen for claimed, seen in COMPATIBLE.items())
