"""The demo mission replayed in random orders of arrival: one and the same set of alerts every time.

    python tests/bench/rules_orders.py                 plays the exercise, then replays it in 100 orders
    python tests/bench/rules_orders.py --orders 10            fewer

Every version of every fact that the rules read in the exercise, watches and claims included, is taken in by
all house rules, shuffled, a tenth of them twice. After each replay the findings of every rule must be those
of the whole set, and those that the exercise itself left standing.
"""

import argparse
import dataclasses
import datetime as dt
import hashlib
import json
import random
import time
from typing import Any

import wsgi
from incidents.rules import queries
from incidents.rules.core import evaluate_all
from incidents.rules.facts import Fact, Span, Watched, WatchHours, World, live_set
from incidents.rules.service import rules_in_use
from incidents.rules.stream import Live
from monitor.places.queries import adjoining_sectors
from monitor.watches.queries import watch_spans
from reports.exercise.headless import House, played


def exercise() -> tuple[list[Fact], World, dt.datetime, list[Any], dict[str, int]]:
    """Plays the exercise; answers every version of its facts, its world, its end, its rules, what stood."""
    house = House(wsgi.create_app, wsgi.JOBS, wsgi.SUBSCRIBERS)
    with played(1, house) as (parts, _, _), parts.transaction() as door:
        reach = queries.facts_span(door.session)
        assert reach is not None
        everything = Span(reach.start - dt.timedelta(days=40), reach.end + dt.timedelta(days=40))
        versions = queries.versions_known(door.session, everything, door.now)
        spans = watch_spans(door.session, everything.start, door.now, door.now)
        watched = WatchHours(Watched(one.sector, one.start, one.end) for one in spans)
        rules = [rule for _, rule in rules_in_use(door)]
        stood: dict[str, int] = {}
        for row in queries.findings(door.session, ("open", "resolved")):
            stood[row.rule_id] = stood.get(row.rule_id, 0) + 1
        return versions, World(watched, adjoining_sectors(door.session)), door.now, rules, stood


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
    asked = parser.parse_args()
    versions, world, now, rules, stood = exercise()
    facts = list(live_set(versions, now).values())
    whole = evaluate_all(rules, facts, world, now)
    print(f"{len(versions)} versions of {len(facts)} facts, {len(rules)} rules, until {now:%d %B %Y %H:%M}Z")
    print("findings:", {rule: len(told) for rule, told in whole.items() if told})
    print("the exercise left standing:", stood)
    outcomes, began = set(), time.process_time()
    for order in range(asked.orders):
        draw = random.Random(order)
        arriving = versions + draw.sample(versions, len(versions) // 10)
        draw.shuffle(arriving)
        live = Live(rules, world)
        for fact in arriving:
            live.take(fact, now)
        outcomes.add(said(live.episodes(now)))
    spent = (time.process_time() - began) / asked.orders
    print(f"{asked.orders} random orders, {len(outcomes)} set of alerts; {spent:.1f} s a replay")
    assert outcomes == {said(whole)}, outcomes


if __name__ == "__main__":
    main()
