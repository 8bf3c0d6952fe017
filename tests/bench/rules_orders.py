"""The demo mission replayed in random orders of arrival: one and the same set of alerts every time.

    python tests/bench/rules_orders.py --play            plays the exercise and keeps what its rules read
    python tests/bench/rules_orders.py                   replays that in 100 orders
    python tests/bench/rules_orders.py --orders 10       fewer

Every version of every fact that the rules read in the exercise, watches and claims included, is taken in by
all house rules, shuffled, a tenth of them twice. After each replay the findings of every rule must be those
of the whole set.
"""

import argparse
import dataclasses
import datetime as dt
import hashlib
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "ground"))

import told_facts

import wsgi
from incidents.rules import queries
from incidents.rules.core import evaluate_all
from incidents.rules.facts import Span, Watched, live_set
from incidents.rules.history import past
from incidents.rules.loader import load_folder
from incidents.rules.stream import Live
from monitor.watches.queries import watch_spans
from reports.exercise.headless import House, played


def play() -> None:
    """Plays the exercise, keeps what its rules read, and says what stood at its end."""
    house = House(wsgi.create_app, wsgi.JOBS, wsgi.SUBSCRIBERS)
    with played(1, house) as (parts, _, _), parts.transaction() as door:
        reach = queries.facts_span(door.session)
        assert reach is not None
        everything = Span(reach.start - dt.timedelta(days=40), reach.end + dt.timedelta(days=40))
        versions = queries.versions_known(door.session, everything, door.now)
        spans = watch_spans(door.session, everything.start, door.now, door.now)
        world = past(door, everything).world
        watched = [Watched(one.sector, one.start, one.end) for one in spans if one.sector]
        kept = told_facts.ToldFacts(versions, watched, dict(world.neighbours), tuple(world.spots), door.now)
        told_facts.save(kept, told_facts.EXERCISE)
        stood: dict[str, list[str]] = {}
        for row in queries.findings(door.session, ("open", "resolved")):
            stood.setdefault(row.rule_id, []).append(f"{row.key} {row.severity} {row.start_at:%d %H:%M}")
        for rule_id, told in sorted(stood.items()):
            print(f"{rule_id}: {len(told)}: {', '.join(told)}")


def said(episodes: dict[str, list[Any]]) -> str:
    """One digest of everything that every rule says."""
    text = json.dumps(
        {rule: [dataclasses.asdict(one) for one in told] for rule, told in sorted(episodes.items())},
        sort_keys=True,
        default=str,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--orders", type=int, default=100)
    parser.add_argument("--play", action="store_true")
    asked = parser.parse_args()
    if asked.play:
        play()
        return
    told = told_facts.read()
    rules = [rule for rule in load_folder() if rule.runs]
    facts = list(live_set(told.versions, told.now).values())
    whole = evaluate_all(rules, facts, told.world, told.now)
    print(
        f"{len(told.versions)} versions of {len(facts)} facts, {len(rules)} rules, until {told.now:%F %H:%M}Z"
    )
    print("findings:", {rule: len(found) for rule, found in whole.items() if found})
    outcomes, began = set(), time.process_time()
    for order in range(asked.orders):
        draw = random.Random(order)
        arriving = told.versions + draw.sample(told.versions, len(told.versions) // 10)
        draw.shuffle(arriving)
        live = Live(rules, told.world)
        for fact in arriving:
            live.take(fact, told.now)
        outcomes.add(said(live.episodes(told.now)))
    spent = (time.process_time() - began) / asked.orders
    sets = "one and the same set" if outcomes == {said(whole)} else f"{len(outcomes)} sets"
    print(f"{asked.orders} random orders, a tenth told twice: {sets} of findings; {spent:.1f} s a replay")
    assert outcomes == {said(whole)}, outcomes


if __name__ == "__main__":
    main()
