"""The past as the rules read it: facts and the world around them over a span, fetched once.

Belongs here: reading for back-tests and replays. Does not belong here: keeping findings up (service).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from zoneinfo import ZoneInfo

from incidents.rules import queries
from incidents.rules.backtest import BackTest, back_test, reads_back_to
from incidents.rules.batch import Told
from incidents.rules.facts import (
    Completeness,
    Fact,
    Span,
    Spot,
    Watched,
    WatchHours,
    World,
    lags_of,
    live_set,
)
from incidents.rules.rule import Rule
from monitor import geo
from monitor.door import Door
from monitor.mission.queries import find_mission
from monitor.places import queries as places
from monitor.watches import queries as watches

# Without a word on it a back-test looks back so far.
USUAL_SPAN = dt.timedelta(days=180)


@dataclass(frozen=True)
class Past:
    """What was known by a moment about a span: the live facts, and the world they lie in."""

    facts: tuple[Fact, ...]
    world: World
    known_at: dt.datetime


def past(door: Door, span: Span, known_at: dt.datetime | None = None) -> Past:
    """Everything the rules could read about a span, as known by then; by now unless told."""
    known = known_at or door.now
    versions = queries.fact_versions(door.session, span, known)
    watched = watches.watch_spans(door.session, span.start, max(span.end, known), known)
    settlements = places.all_places(door.session, kinds=("settlement",))
    world = World(
        watched=WatchHours(Watched(one.sector, one.start, one.end) for one in watched),
        spots=tuple(Spot(place.code, *geo.ecef(place.lon, place.lat)) for place in settlements),
        completeness=Completeness(lags_of(versions), known),
    )
    return Past(tuple(live_set(versions, known).values()), world, known)


def span_of_test(door: Door, since: dt.datetime | None, until: dt.datetime | None) -> Span:
    """The span asked for; else the last half year of what there is, up to now."""
    held = queries.facts_span(door.session)
    end = until or min(door.now, held.end + dt.timedelta(days=1) if held else door.now)
    start = since or max(end - USUAL_SPAN, held.start if held else end - USUAL_SPAN)
    return Span(start, end)


def tried_on_history(
    door: Door, rule: Rule, span: Span, others: Sequence[Rule] = (), told: Told | None = None
) -> BackTest:
    """What the rule would have said over the span, with what is known today."""
    mission = find_mission(door.session)
    zone = mission.zone if mission else ZoneInfo("UTC")
    read = past(door, Span(reads_back_to(rule, span.start, others).start, span.end))
    started = perf_counter()
    found = back_test(rule, read.facts, read.world, span.start, span.end, zone, others, told)
    return replace(found, seconds=round(perf_counter() - started, 3))
