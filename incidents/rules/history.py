"""The past as the rules read it: facts and the world around them over a span, fetched once.

Belongs here: reading for back-tests and replays. Does not belong here: keeping findings up (service).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from incidents.rules import batch, queries
from incidents.rules.backtest import BackTest, back_test, reads_back_to
from incidents.rules.batch import Told
from incidents.rules.core import Episode
from incidents.rules.drafts import every_version
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
    versions = queries.versions_known(door.session, span, known)
    watched = watches.watch_spans(door.session, span.start, max(span.end, known), known)
    settlements = places.all_places(door.session, kinds=("settlement",))
    world = World(
        watched=WatchHours(Watched(one.sector, one.start, one.end) for one in watched),
        neighbours=places.adjoining_sectors(door.session),
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


@dataclass(frozen=True)
class Replayed:
    """How many findings stood at a moment, and the rules that say otherwise afresh of what was known then."""

    at: dt.datetime
    findings: int
    differing: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"at": self.at.isoformat(), "findings": self.findings, "differing": list(self.differing)}


def replayed(door: Door, at: dt.datetime) -> Replayed:
    """What the rules that run said by a moment, against what they say from nothing of what was known by then.

    A version speaks of what began after it came into use; what lay before, nobody was told by it.
    """
    running = [(row, rule) for row, rule in every_version(door) if rule.runs and row.recorded_at <= at]
    reach = queries.facts_span(door.session)
    then = past(door, Span(reach.start if reach else at, at), at)
    fresh = batch.evaluate_all([rule for _, rule in running], then.facts, then.world, at)
    differing, findings = [], 0
    for row, rule in running:
        announced = queries.said_by_then(door.session, row.rule_version_id, at)
        findings += len(announced)
        if _content(announced, row.recorded_at) != _content(fresh[rule.id], row.recorded_at):
            differing.append(row.rule_version_id)
    return Replayed(at, findings, tuple(differing))


def _content(episodes: Iterable[Episode], since: dt.datetime) -> list[tuple[Any, ...]]:
    """What two tellings of the same findings have in common: where, when, how grave, on what."""
    begun = (e for e in episodes if e.start >= since)
    return sorted((e.key, e.start, e.end, e.severity, e.evidence) for e in begun)
