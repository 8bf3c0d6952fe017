"""Windows, ties and the arithmetic of the verdict."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.rules.conditions import ceil_to, least_unlikely, tally
from incidents.rules.core import evaluate, judge, whole_span
from incidents.rules.facts import Completeness, Fact, Lag, Watched, WatchHours, World, is_within
from incidents.rules.loader import load_folder, load_rule

START = datetime(2022, 9, 1, tzinfo=UTC)
RULES = {rule.id: rule for rule in load_folder()}
NOBODY = World()


def fact(name: str, at_h: float, **more) -> Fact:
    at = START + timedelta(hours=at_h)
    said = {"category": "CFV", "type": "shot", "info_type": "observed", "sector": "S1", **more}
    end = said.pop("event_end", at)
    return Fact(name, said.pop("version", 1), 1, said.pop("known_at", at), at, end, **said)


def count_rule(least: int = 2, window: str = "24h", extra: str = ""):
    return load_rule(
        f"""
id: E90-trial
version: 1
status: shadow
title: t
says: s
article: a
kind: count
where: [{{field: category, is: CFV}}]
key: sector
window: {window}
least: {least}
join_within: 6h
resolve_after: never
severity: [{{level: 2}}]
{extra}""",
        "trial.yaml",
    )


def found(rule, facts, watched=NOBODY, now=START + timedelta(days=60)):
    return evaluate(rule, facts, watched, now)


def test_exactly_one_window_earlier_is_outside():
    rule = count_rule()
    assert found(rule, [fact("a", 0), fact("b", 24)]) == []
    assert len(found(rule, [fact("a", 1 / 3600), fact("b", 24)])) == 1


def test_reports_of_the_same_second_count_both_ways():
    (episode,) = found(count_rule(), [fact("a", 0), fact("b", 0)])
    assert [cited.observation_id for cited in episode.evidence] == ["a", "b"]
    assert episode.start == episode.end == START


def test_a_long_report_takes_part_in_every_window_it_touches_unless_certainty_is_asked():
    long = fact("a", 0, event_end=START + timedelta(hours=4))
    late = fact("b", 27)
    assert len(found(count_rule(), [long, late])) == 1
    assert found(count_rule(extra="time: certain"), [long, late]) == []


def test_five_reports_of_one_incident_count_once():
    shelling = [fact(f"a{i}", i / 10, incident_id="I1") for i in range(5)]
    assert found(count_rule(), shelling) == []
    assert len(found(count_rule(extra="distinct: observation"), shelling)) == 1


def test_a_null_incident_counts_as_itself():
    assert tally([fact("a", 0), fact("b", 0), fact("c", 0, incident_id="I")], "incident", "one") == 3


def test_observers_of_one_incident_are_not_added_up():
    """Counting rule C5: per kind of event the observer who counted most stands for all."""
    heard = [
        fact("a", 0, incident_id="I", type="explosion", count_best=12, team="T1"),
        fact("b", 0, incident_id="I", type="explosion", count_best=5, team="T2"),
        fact("c", 0, incident_id="I", type="explosion", count_best=4, team="T2"),
        fact("d", 0, incident_id="I", type="shot", count_best=3, team="T2"),
        fact("e", 0, type="shot", count_best=None, team="T3"),
    ]
    assert tally(heard, "incident", "count_best") == 12 + 3 + 1


@pytest.mark.parametrize("status", ["refuted", "withdrawn"])
def test_refuted_and_withdrawn_reports_are_not_read(status):
    assert found(count_rule(), [fact("a", 0), fact("b", 1, status=status)]) == []


def test_quarantined_and_disputed_reports_are_read_and_shown():
    marked = [fact("a", 0, flags=frozenset({"quarantined"})), fact("b", 1, status="disputed")]
    (episode,) = found(count_rule(), marked)
    assert (episode.quarantined, episode.reviewed) == (1, 0)


def test_facts_outside_all_sectors_are_judged_together_and_not_forgotten():
    (episode,) = found(count_rule(), [fact("a", 0, sector=None), fact("b", 1, sector=None)])
    assert episode.key == "-"


def test_linked_hits_form_one_finding_across_a_sector_boundary():
    rule = count_rule(extra="radius_m: 5000\ngroup: link")
    west = [fact(f"w{i}", i, x=0, y=0, z=i * 1000, sector="S1") for i in range(3)]
    near = [fact(f"n{i}", i, x=4000, y=0, z=2000, sector="S2") for i in range(2)]
    far = [fact(f"f{i}", i, x=90_000, y=0, z=0, sector="S3") for i in range(2)]
    assert [len(e.evidence) for e in found(rule, west + near + far)] == [5, 2]


def test_the_edge_of_the_radius_is_inside_and_one_metre_more_is_not():
    at = {"y": 0, "z": 0}
    here, edge, over = fact("a", 0, x=0, **at), fact("b", 0, x=10_000, **at), fact("c", 0, x=10_001, **at)
    assert is_within(here, edge, 10_000)
    assert not is_within(here, over, 10_000)
    assert not is_within(here, fact("d", 0), 10_000)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 16), st.integers(0, 2), st.sampled_from(["S1", "S2"]), st.integers(0, 3)),
        max_size=14,
    ),
    st.integers(1, 4),
)
def test_count_agrees_with_its_definition(drawn, least):
    """Quarter-day grid: many ties, many exact window edges."""
    rule = count_rule(least)
    facts = [
        fact(f"o{i}", q * 6, event_end=START + timedelta(hours=q * 6 + lasts * 6), sector=s, incident_id=inc)
        for i, (q, lasts, s, n) in enumerate(drawn)
        for inc in [f"I{n}" if n else None]
    ]
    by_definition = set()
    for e in facts:
        t = e.event_end
        near = [
            f
            for f in facts
            if f.sector == e.sector and f.event_start <= t and f.event_end > t - timedelta(hours=24)
        ]
        if len({f.incident_id or f.observation_id for f in near}) >= least:
            by_definition.add((e.observation_id, frozenset(f.observation_id for f in near)))
    span = whole_span(rule, facts)
    hits = judge(rule, facts, NOBODY, span, START).hits if span else ()
    assert {
        (hit.anchor.observation_id, frozenset(f.observation_id for f in hit.evidence)) for hit in hits
    } == by_definition


# ---- rate ----------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(1, 50), st.integers(1, 500), st.sampled_from(["1/1000", "1/20"]))
def test_the_needed_count_is_the_least_whose_exact_chance_is_small_enough(before, e_n, e_b, alpha):
    def chance(n: int) -> Fraction:
        p = Fraction(e_n, e_n + e_b)
        total = n + before
        return sum((comb(total, k) * p**k * (1 - p) ** (total - k) for k in range(n, total + 1)), Fraction(0))

    n = least_unlikely(before, e_n, e_b, Fraction(alpha))
    assert chance(n) <= Fraction(alpha)
    assert n == 1 or chance(n - 1) > Fraction(alpha)


def watch(from_h: float, to_h: float) -> Watched:
    return Watched("S1", START + timedelta(hours=from_h), START + timedelta(hours=to_h))


def quiet_then_loud(loud: int, **more) -> list[Fact]:
    quiet = [fact(f"q{i}", 6 + 72 * i) for i in range(5)]
    return quiet + [fact(f"l{i}", 362 + i / 4, **more) for i in range(loud)]


def test_a_step_is_judged_only_when_the_clock_has_reached_it():
    rule, hours = RULES["E1-surge-observations"], World(WatchHours([watch(0, 400)]))
    facts = quiet_then_loud(6)
    assert found(rule, facts, hours, START + timedelta(hours=363, minutes=59)) == []
    (episode,) = found(rule, facts, hours, START + timedelta(hours=364))
    assert episode.detectable_at == START + timedelta(hours=364)
    assert episode.condition_from == START + timedelta(hours=362)


def test_steps_count_from_the_start_of_the_epoch_and_an_exact_step_is_its_own():
    every = timedelta(hours=1)
    assert ceil_to(START, every) == START
    assert ceil_to(START + timedelta(microseconds=1), every) == START + every


def test_a_window_that_was_hardly_watched_gives_no_verdict():
    rule, hours = RULES["E1-surge-observations"], World(WatchHours([watch(0, 336)]))
    facts = quiet_then_loud(12)
    span = whole_span(rule, facts)
    verdict = judge(rule, facts, hours, span, START + timedelta(days=60))
    assert verdict.hits == ()
    assert {unknown.reason for unknown in verdict.unknown} == {"not_watched"}


def test_clustered_reports_need_a_higher_count():
    """A day of many reports among quiet ones widens what chance allows."""
    rule, hours = uncapped(RULES["E1-surge-observations"]), World(WatchHours([watch(0, 400)]))
    spread = [fact(f"q{i}", 6 + 24 * i) for i in range(12)]
    bunched = [fact(f"q{i}", 6 + i / 4) for i in range(12)]
    needed = []
    for quiet in (spread, bunched):
        (episode,) = found(rule, quiet + [fact(f"l{i}", 362 + i / 8) for i in range(40)], hours)
        needed.append((episode.numbers["dispersion"], episode.numbers["needed"]))
    assert needed[0][0] < needed[1][0]
    assert needed[0][1] < needed[1][1]


def uncapped(rule):
    return replace(rule, asks=replace(rule.asks, cap=None))


def test_a_war_does_not_become_the_baseline():
    """A day of the baseline counts at most three times the median of its days."""
    rule, hours = RULES["E1-surge-observations"], World(WatchHours([watch(0, 400)]))
    quiet = [fact(f"q{i}", 6 + 24 * i) for i in range(14)]
    war = [fact(f"w{i}", 150 + i / 10) for i in range(90)]
    last = [fact(f"l{i}", 362 + i / 8) for i in range(12)]
    capped, free = (found(one, quiet + war + last, hours) for one in (rule, uncapped(rule)))
    assert any(e.numbers["n"] == 12 and e.numbers["before_capped_at"] == 3 for e in capped)
    assert not any(e.numbers["n"] == 12 for e in free)


def test_what_is_usually_late_is_allowed_for():
    """Half of all reports come two days late: six of the last day are worth as many as ten."""
    told = [Lag("S1", START - timedelta(days=60), timedelta(hours=40 if i % 2 else 1)) for i in range(60)]
    now = START + timedelta(days=3)
    complete = Completeness(told, now)
    assert complete.percent("S1", timedelta(days=1), timedelta(days=3)) == 50
    assert complete.percent("S2", timedelta(days=2), timedelta(days=3)) == 100
    assert Completeness(told[:20], now).percent("S1", timedelta(days=1), timedelta(days=3)) == 100


def test_watch_hours_add_up_and_are_cut_at_the_window():
    hours = WatchHours([watch(0, 10), watch(5, 15), watch(20, 20)])
    at = lambda h: START + timedelta(hours=h)  # noqa: E731
    assert hours.minutes("S1", at(0), at(24)) == 20 * 60
    assert hours.minutes("S1", at(4), at(6)) == 3 * 60
    assert hours.minutes("S1", at(15), at(24)) == 0
    assert hours.minutes("S2", at(0), at(24)) == 0


# ---- step up -------------------------------------------------------------------------------------


def test_the_rise_is_judged_against_the_time_before_the_window_only():
    rule = RULES["E2-weapon-ladder-rise"]
    base = [fact("a", 0, tier=1)]
    assert len(found(rule, [*base, fact("b", 30, tier=3)])) == 1
    # A mortar within the same day's window is the same level, not what went before.
    assert len(found(rule, [*base, fact("b", 30, tier=3), fact("c", 40, tier=3)])) == 1
    # Two days later the mortar has become what went before.
    assert len(found(rule, [*base, fact("b", 30, tier=3), fact("c", 60, tier=3)])[0].evidence) == 1


def test_the_first_heavy_weapon_is_said_once():
    rule = RULES["E2-weapon-ladder-first"]
    shelling = [fact(f"a{i}", i * 12, tier=4) for i in range(10)]
    (episode,) = found(rule, shelling)
    assert (episode.start, episode.severity) == (START, 4)
    assert episode.end < START + timedelta(hours=24)


def test_unknown_weapons_are_neither_low_nor_high():
    rule = RULES["E2-weapon-ladder-rise"]
    assert found(rule, [fact("a", 0, tier=None), fact("b", 30, tier=4)]) == []
