"""The exercise's own reports, shuffled, through every house rule; the bench does it a hundred times."""

import datetime as dt
import random

from told_facts import read

from incidents.rules.core import evaluate_all
from incidents.rules.facts import live_set
from incidents.rules.loader import load_folder
from incidents.rules.stream import Live

NIGHT = dt.datetime(2022, 9, 12, 18, tzinfo=dt.UTC)


def test_the_night_of_the_exercise_in_any_order_leads_to_the_same_findings():
    told = read()
    rules = [rule for rule in load_folder() if rule.runs]
    night = [fact for fact in told.versions if NIGHT < fact.event_end < NIGHT + dt.timedelta(hours=18)]
    facts = list(live_set(night, told.now).values())
    draw = random.Random(1)
    arriving = night + draw.sample(night, len(night) // 10)
    draw.shuffle(arriving)
    live = Live(rules, told.world)
    for fact in arriving:
        live.take(fact, told.now)
    found = live.episodes(told.now)
    assert found == evaluate_all(rules, facts, told.world, told.now)
    assert {"E2-weapon-ladder-first", "E3-spread-heavy", "E12-mission-safety"} <= {
        rule_id for rule_id, episodes in found.items() if episodes
    }
