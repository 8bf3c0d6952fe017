"""The judge's bench: fetches what a rule reads, judges it purely, keeps and announces what changed."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import uuid4
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from incidents.events import FindingChanged
from incidents.rules import queries
from incidents.rules.core import Episode, fold, judge, read_span, touched
from incidents.rules.explain import sentence
from incidents.rules.facts import NO_SECTOR, Completeness, Fact, Span, Spot, Watched, WatchHours, World
from incidents.rules.keeping import affected, over_pending, rejudge, touched_by_episodes
from incidents.rules.lineage import Change, Standing
from incidents.rules.model import Finding, FindingEvidence, FindingVersion
from incidents.rules.rule import Rule
from monitor import geo
from monitor.db.session import Store
from monitor.door import Door
from monitor.mission.queries import find_mission
from monitor.outbox import record
from monitor.places import queries as places
from monitor.watches import queries as watches

# Hours watched are fetched this much further back than asked, so that the next question is answered too.
FETCHED_AHEAD = dt.timedelta(days=20)
STATE_OF_CHANGE = {"withdrawn": "withdrawn", "merged": "merged", "resolved": "resolved"}


@dataclass(frozen=True)
class Cause:
    """What made the rules look again: a reason code, and the thing as `kind:id`."""

    reason: str
    of: str | None = None


class Bench:
    """Judges for one cause, as of `now`; what it fetched for one rule serves the next.

    `rules` come in layers, so that a rule over findings hears of what this cause did to those it names.
    """

    def __init__(self, door: Door, cause: Cause, rules: Sequence[tuple[str, Rule]], now: dt.datetime) -> None:
        self.cause, self._now = cause, now
        self._door, self._rules = door, rules
        self._version_of = {rule.id: version_id for version_id, rule in rules}
        self._facts: dict[tuple[str | None, frozenset[str] | None], tuple[Span, list[Fact]]] = {}
        self._moved: dict[str, list[Episode]] = {}
        self._world = _WorldWhenAsked(door, now)

    def judge_changed(self, changed: Sequence[tuple[Fact | None, Fact]], only: Iterable[str]) -> None:
        """Judges what these facts touch, before and after, by the rules wanted; then what rests on those."""
        wanted = set(only)
        for version_id, rule in self._rules:
            if rule.reads_episodes_of or version_id not in wanted:
                continue
            facts = [fact for pair in changed for fact in pair]
            spots = self._world.spots if rule.key == "settlement" else ()
            spans = touched(rule, *facts, spots=spots)
            if rule.crosses_sectors and spans:
                self.judge(version_id, rule, None, _joined(spans.values()))
                continue
            for key, span in spans.items():
                self.judge(version_id, rule, key, span)
        self.judge_above()

    def judge_above(self) -> None:
        """Judges the rules over findings whose findings moved since they were judged last."""
        for version_id, rule in self._rules:
            moved = [episode for name in rule.reads_episodes_of for episode in self._moved.get(name, ())]
            span = touched_by_episodes(rule, moved)
            if span is not None:
                self.judge(version_id, rule, None, span)
        self._moved = {}

    def judge(self, version_id: str, rule: Rule, key: str | None, span: Span) -> None:
        """Judges a span of one key afresh, or of all where the rule looks across, and announces changes."""
        scope = None if rule.crosses_sectors else key
        grown, near = self._standing(version_id, rule, scope, over_pending(rule, span))
        if rule.reads_episodes_of:
            world, facts = self._over_findings(rule, grown)
        else:
            world, facts = self._world, self._facts_of(rule, scope, read_span(rule, grown))
        before = {finding.finding_id: finding.episode for finding in near}
        for change in rejudge(rule, grown, near, facts, world, self._now):
            if change.finding_id in before:
                self._moved.setdefault(rule.id, []).append(before[str(change.finding_id)])
            self.announce(version_id, rule, change)

    def recomputed(
        self, version_id: str, rule: Rule, key: str | None, span: Span
    ) -> tuple[list[Episode], list[Episode]]:
        """What stands about a span, and what is found there from scratch; nothing is announced."""
        scope = None if rule.crosses_sectors else key
        grown, near = self._standing(version_id, rule, scope, over_pending(rule, span))
        if rule.reads_episodes_of:
            world, facts = self._over_findings(rule, grown)
        else:
            world, facts = self._world, self._facts_of(rule, scope, read_span(rule, grown))
        fresh = fold(rule, judge(rule, facts, world, grown, self._now).hits, self._now)
        return [f.episode for f in near if f.state not in ("withdrawn", "merged")], fresh

    def _standing(
        self, version_id: str, rule: Rule, key: str | None, span: Span
    ) -> tuple[Span, list[Standing]]:
        """Grows the span over the findings it may join, until it grows no more."""
        while True:
            not_before = span.start - rule.links_within
            held = queries.standing_findings(self._door.session, version_id, key, not_before)
            grown, near = affected(rule, span, held)
            if grown.start == span.start:
                return grown, near
            span = grown

    def _facts_of(self, rule: Rule, key: str | None, span: Span) -> list[Fact]:
        wanted = (key, rule.categories)
        held = self._facts.get(wanted)
        for (other_key, categories), (other_span, facts) in self._facts.items():
            if other_key == key and _holds(categories, rule.categories) and other_span.holds(span):
                return facts
        if held is None or not held[0].holds(span):
            wider = span if held is None else span.joined(held[0])
            facts = queries.live_facts(self._door.session, key, wider, rule.categories)
            held = self._facts[wanted] = (wider, facts)
        return held[1]

    def _over_findings(self, rule: Rule, span: Span) -> tuple[World, list[Fact]]:
        """What the rules below hold about a span, and the facts that their findings cite."""
        session, wanted = self._door.session, read_span(rule, span)
        below: dict[str, list[Episode]] = {}
        for name in rule.reads_episodes_of:
            version_id = self._version_of.get(name)
            held = queries.standing_findings(session, version_id, None, wanted.start) if version_id else []
            stand = [f.episode for f in held if f.state not in ("withdrawn", "merged")]
            below[name] = [episode for episode in stand if episode.start <= wanted.end]
        cited = {c.observation_id for episodes in below.values() for e in episodes for c in e.evidence}
        return self._world.with_episodes(below), queries.facts_of(session, cited)

    def _note(self, rule_id: str, change: Change) -> None:
        self._moved.setdefault(rule_id, []).append(change.episode)

    def _reason(self, rule: Rule, change: Change) -> str:
        """Why, in the words of the field: a silence that a late report ends was none."""
        late = self.cause.reason in ("late_report", "new_report")
        if change.change == "withdrawn" and rule.kind == "silence" and late:
            return "out_of_contact"
        return self.cause.reason

    def announce(self, version_id: str, rule: Rule, change: Change) -> None:
        """Appends a version to the finding, with its evidence, and tells the house."""
        session, now = self._door.session, self._door.now
        finding_id = change.finding_id or self._new_finding(version_id, change)
        last = session.scalar(
            select(func.max(FindingVersion.version_no)).where(FindingVersion.finding_id == finding_id)
        )
        episode = change.episode
        self._note(rule.id, change)
        is_resolved = episode.resolved and change.change not in ("raised", "split")
        version = FindingVersion(
            finding_id=finding_id,
            version_no=(last or 0) + 1,
            change=change.change,
            reason=self._reason(rule, change),
            cause=self.cause.of,
            merged_into=change.merged_into,
            split_from=change.split_from,
            state=STATE_OF_CHANGE.get(change.change, "resolved" if is_resolved else "open"),
            start_at=episode.start,
            end_at=episode.end,
            condition_from=episode.condition_from,
            detectable_at=episode.detectable_at,
            peak_at=episode.peak_at,
            severity=episode.severity,
            strength=list(episode.strength),
            numbers=dict(episode.numbers),
            evidence_count=len(episode.evidence),
            reviewed=episode.reviewed,
            quarantined=episode.quarantined,
            sources=episode.sources,
            is_resolved=is_resolved,
            sector=episode.sector,
            x=episode.place[0] if episode.place else None,
            y=episode.place[1] if episode.place else None,
            z=episode.place[2] if episode.place else None,
            sentence=sentence(rule, episode, self._zone, self._sector_names.get(episode.key)),
            recorded_at=now,
        )
        session.add(version)
        session.flush()
        for joined, cited in [(False, c) for c in change.removed] + [(True, c) for c in change.added]:
            session.add(
                FindingEvidence(
                    finding_id=finding_id,
                    version_no=version.version_no,
                    observation_id=cited.observation_id,
                    revision_no=cited.revision,
                    origin=cited.origin,
                    joined=joined,
                )
            )
        session.flush()
        if change.change != "extended":
            record(session, FindingChanged(finding_id, rule.id, change.change), now)
        if change.change in ("raised", "split") and episode.resolved:
            # Found too late to be acted upon: announced all the same, then resolved at once.
            self.announce(version_id, rule, Change("resolved", episode, finding_id))

    def _new_finding(self, version_id: str, change: Change) -> str:
        session = self._door.session
        number = (session.scalar(select(func.max(Finding.number))) or 0) + 1
        finding = Finding(
            id=str(uuid4()),
            number=number,
            rule_version_id=version_id,
            key=change.episode.key,
            recorded_at=self._door.now,
        )
        session.add(finding)
        session.flush()
        return finding.id

    @cached_property
    def _zone(self) -> ZoneInfo:
        mission = find_mission(self._door.session)
        return mission.zone if mission else ZoneInfo("UTC")

    @cached_property
    def _sector_names(self) -> dict[str, str]:
        sectors = places.all_places(self._door.session, kinds=("sector",))
        return {place.code: place.name for place in sectors}


def _holds(held: frozenset[str] | None, wanted: frozenset[str] | None) -> bool:
    """Whether facts of these categories, of all without any, have those wanted among them."""
    return held is None or (wanted is not None and wanted <= held)


def _joined(spans: Iterable[Span]) -> Span:
    first, *rest = spans
    for span in rest:
        first = first.joined(span)
    return first


class _WorldWhenAsked(World):
    """The world as known now, each part fetched only if a condition comes so far as to ask for it."""

    def __init__(self, door: Door, now: dt.datetime) -> None:
        super().__init__()
        self._door, self._now = door, now

    @cached_property
    def _hours(self) -> WatchHours:
        return _WatchedWhenAsked(self._door)

    @property
    def watched(self) -> WatchHours:
        return self._hours

    @cached_property
    def _adjoining(self) -> Mapping[str, frozenset[str]]:
        return places.adjoining_sectors(self._door.session)

    @property
    def neighbours(self) -> Mapping[str, frozenset[str]]:
        return self._adjoining

    @cached_property
    def _settlements(self) -> tuple[Spot, ...]:
        found = places.all_places(self._door.session, kinds=("settlement",))
        return tuple(Spot(place.code, *geo.ecef(place.lon, place.lat)) for place in found)

    @property
    def spots(self) -> Sequence[Spot]:
        return self._settlements

    @cached_property
    def _known_share(self) -> Completeness:
        lags = queries.lags(self._door.session, self._now - dt.timedelta(days=250))
        return Completeness(lags, self._now)

    @property
    def completeness(self) -> Completeness:
        return self._known_share


class _WatchedWhenAsked(WatchHours):
    """Hours watched, fetched only if a condition comes so far as to ask for them."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def minutes(self, sector: str, start: dt.datetime, end: dt.datetime) -> int:
        return 0 if sector == NO_SECTOR else self._known(start, end).minutes(sector, start, end)

    def _known(self, start: dt.datetime, end: dt.datetime) -> WatchHours:
        """What was fetched before, where nothing was told of watches since and it reaches far enough.

        A running watch is credited up to the moment of asking; earlier hours do not change by waiting.
        """
        asked, stamp = Span(start, end), self._stamp
        held = _watched_before.get(self._door.app.store)
        if held is None or held.stamp != stamp or not held.covers(asked):
            held = _watched_before[self._door.app.store] = _fetch_watched(self._door, asked, stamp)
        return held.hours

    @cached_property
    def _stamp(self) -> tuple[int, dt.datetime | None]:
        return watches.last_told(self._door.session, self._door.now)


@dataclass(frozen=True)
class _Watched:
    """Hours watched over a span, and what had been told of watches when they were fetched."""

    stamp: tuple[int, dt.datetime | None]
    span: Span
    hours: WatchHours

    def covers(self, asked: Span) -> bool:
        return self.span.start <= asked.start and asked.end <= self.span.end


# A copy of what the store says, thrown away as soon as the store says something else.
_watched_before: WeakKeyDictionary[Store, _Watched] = WeakKeyDictionary()


def _fetch_watched(door: Door, asked: Span, stamp: tuple[int, dt.datetime | None]) -> _Watched:
    span = Span(asked.start - FETCHED_AHEAD, max(asked.end, door.now))
    known = watches.watch_spans(door.session, span.start, span.end, door.now)
    return _Watched(stamp, span, WatchHours(Watched(one.sector, one.start, one.end) for one in known))
