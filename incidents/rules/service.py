"""Keeps the findings true: hears what happened, reads a bounded stretch of facts, announces what changed.

Judging is pure (`core`, `keeping`); this module fetches and saves. Because the answer depends on the set
alone, it may run late, twice or from scratch and says the same.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from incidents.casework import queries as casework
from incidents.events import (
    FindingChanged,
    IncidentStepped,
    ObservationLinked,
    ObservationReceived,
    ObservationReviewed,
)
from incidents.intake import queries as intake
from incidents.intake.queries import ObservationRow
from incidents.rules import queries
from incidents.rules.conditions import ceil_to
from incidents.rules.core import read_span, touched
from incidents.rules.explain import sentence
from incidents.rules.facts import (
    DETAILS,
    EXPOSURES,
    NO_SECTOR,
    QUARANTINED,
    TRAINING,
    Fact,
    Span,
    Watched,
    WatchHours,
    World,
)
from incidents.rules.keeping import affected, rejudge
from incidents.rules.lineage import Change, Standing
from incidents.rules.loader import load_folder, load_rule
from incidents.rules.model import (
    Finding,
    FindingEvidence,
    FindingVersion,
    RuleClock,
    RuleFact,
    RuleStep,
    RuleVersion,
)
from incidents.rules.rule import Asks, Rate, Rule
from incidents.taxonomy.model import NOT_KNOWN
from monitor.db.session import Store, take_sequence
from monitor.door import Door
from monitor.errors import Conflict
from monitor.events import Event, WatchChanged
from monitor.log.service import append
from monitor.mission.queries import find_mission
from monitor.outbox import record
from monitor.places import queries as places
from monitor.watches import queries as watches

# A report that becomes known later than this after its event is called late.
LATE_AFTER = dt.timedelta(hours=3)

# Hours watched are fetched this much further back than asked, so that the next question is answered too.
FETCHED_AHEAD = dt.timedelta(days=20)

# Where a transaction keeps the rules it has read.
RULES_READ = "rules_in_use"

STATUS_OF_PROCESSING = {"accepted": "verified", "rejected": "refuted"}
STATUS_OF_ASSESSMENT = {"disputed": "disputed", "refuted": "refuted", "withdrawn": "withdrawn"}
REASON_OF_ASSESSMENT = {"refuted": "refuted", "withdrawn": "withdrawn"}
STATE_OF_CHANGE = {"withdrawn": "withdrawn", "merged": "merged", "resolved": "resolved"}


@dataclass(frozen=True)
class Cause:
    """What made the rules look again: a reason code, and the thing as `kind:id`."""

    reason: str
    of: str | None = None


def hear(door: Door, event: Event) -> None:
    """Looks again at what the event touches."""
    # One at a time: two transactions that judge the same sector would announce it twice.
    take_sequence(door.session)
    judge_due(door)
    if isinstance(event, ObservationReceived):
        row = intake.observation(door.session, event.observation_id)
        if row is not None:
            _take_in(door, [row], Cause(_reason_of_arrival(row), _of(row)))
    elif isinstance(event, ObservationReviewed):
        reason = "refuted" if event.state == "rejected" else "reviewed"
        _take_again(door, [event.observation_id], reason)
    elif isinstance(event, ObservationLinked):
        _take_again(door, [event.observation_id], "linked")
    elif isinstance(event, IncidentStepped):
        if event.axis == "assessment":
            members = casework.incident(door.session, event.incident_id).observation_ids
            _take_again(door, members, REASON_OF_ASSESSMENT.get(event.state, "reviewed"))
    elif isinstance(event, WatchChanged):
        _watch_changed(door, event)


HEARS = (ObservationReceived, ObservationReviewed, ObservationLinked, IncidentStepped, WatchChanged)


# ---- facts ---------------------------------------------------------------------------------------------


def _reason_of_arrival(row: ObservationRow) -> str:
    if row.revision_no > 1:
        return "corrected"
    return "late_report" if row.received_at - row.t_end > LATE_AFTER else "new_report"


def _of(row: ObservationRow) -> str:
    return f"observation:{row.observation_id}"


def _take_again(door: Door, observation_ids: Sequence[str], reason: str) -> None:
    if not observation_ids:
        return
    rows = intake.observations(door.session, ids=observation_ids)
    _take_in(door, rows, Cause(reason, _of(rows[0]) if len(rows) == 1 else None))


def _take_in(door: Door, rows: Sequence[ObservationRow], cause: Cause) -> None:
    """Keeps what became of these observations as facts, and judges what they touch, before and after."""
    refs = casework.incidents_of(door.session, [row.observation_id for row in rows])
    changed: list[tuple[Fact | None, Fact]] = []
    for row in rows:
        before = queries.live_fact(door.session, row.observation_id)
        ref = refs.get(row.observation_id)
        after = fact_of(
            row,
            before.version + 1 if before else 1,
            door.now,
            ref.incident_id if ref else None,
            ref.assessment if ref else None,
        )
        if before is None or replace(after, version=before.version, known_at=before.known_at) != before:
            door.session.add(_fact_row(after))
            changed.append((before, after))
    if changed:
        door.session.flush()
        desk = _Bench(door, cause)
        for version_id, rule in _rules_that_may_answer_otherwise(door, changed):
            for key, span in touched(rule, *(fact for pair in changed for fact in pair)).items():
                desk.judge(version_id, rule, key, span)


def _rules_that_may_answer_otherwise(
    door: Door, changed: Sequence[tuple[Fact | None, Fact]]
) -> list[tuple[str, Rule]]:
    """All rules; after a mere review, which moves no count, only those with findings that cite it."""
    rules = rules_in_use(door)
    if not all(before and _is_mere_review(before, after) for before, after in changed):
        return rules
    citing = queries.rules_citing(door.session, [after.observation_id for _, after in changed])
    return [
        (version_id, rule) for version_id, rule in rules if version_id in citing or rule.filters_by("status")
    ]


def _is_mere_review(before: Fact, after: Fact) -> bool:
    same = replace(after, status=before.status, version=before.version, known_at=before.known_at) == before
    return same and before.counted and after.counted


def fact_of(
    row: ObservationRow, version: int, known_at: dt.datetime, incident_id: str | None, assessment: str | None
) -> Fact:
    """An observation as the rules read it; the incident's assessment outweighs the review."""
    flags = [QUARANTINED] if row.processing == "quarantined" else []
    flags += [TRAINING] if row.is_training else []
    exercise = row.fields.get("assessed_exercise")
    reviewed = STATUS_OF_PROCESSING.get(row.processing, "reported")
    status = reviewed if reviewed == "refuted" else STATUS_OF_ASSESSMENT.get(assessment or "", reviewed)
    return Fact(
        observation_id=row.observation_id,
        version=version,
        revision=row.revision_no,
        known_at=known_at,
        event_start=row.t_start,
        event_end=row.t_end,
        category=row.category,
        type=row.type,
        sector=row.sector_code,
        info_type=row.info_type,
        means=row.means,
        weapon=row.weapon,
        tier=row.tier,
        count_best=row.count_best if row.count_best is not None else row.count_min,
        exposure=row.exposure if row.exposure in EXPOSURES else "none",
        assessed_exercise=exercise if isinstance(exercise, str) else None,
        incident_id=incident_id,
        team=row.team_code,
        device=row.device_id,
        status=status,
        flags=frozenset(flags),
        x=row.x,
        y=row.y,
        z=row.z,
        cell=row.cell,
        watch=row.watch_id,
        holds_from=_instant(row.fields.get("since")),
        holds_to=_instant(row.fields.get("until")),
        details=details_of(row),
    )


# Fields of the form that go by another name here, because several types of the form mean the same.
SAID_AS = {"heading": ("path_to_dir16", "direction_to_dir16", "crossed_to_dir16")}


def details_of(row: ObservationRow) -> dict[str, Any]:
    """What an observation says beside its common fields, as far as a rule may ask about it."""
    said: dict[str, Any] = {}
    for name in sorted(DETAILS):
        names = SAID_AS.get(name, (name,))
        value = next((row.fields[n] for n in names if n in row.fields), None)
        if _is_code(value) or (isinstance(value, list) and all(map(_is_code, value))):
            said[name] = value
    if isinstance(row.fields.get("persons"), list):
        said["civilian"] = _civilian(row.fields["persons"])
    if row.type == "corridor_status" and row.sector_code:
        said.setdefault("corridor", row.sector_code)
    return said


def _is_code(value: Any) -> bool:
    return isinstance(value, str | int) and value != NOT_KNOWN


def _civilian(persons: list[Any]) -> str:
    """`no` only where everybody harmed is known to have been a combatant."""
    known = {entry.get("person_status", "n_k") for entry in persons if isinstance(entry, dict)}
    return "no" if known == {"combatant"} else "yes"


def _instant(value: Any) -> dt.datetime | None:
    """A moment as the form writes it; what does not read as one with its offset says nothing."""
    if not isinstance(value, str):
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(dt.UTC) if moment.tzinfo else None


def _fact_row(fact: Fact) -> RuleFact:
    return RuleFact(
        observation_id=fact.observation_id,
        version=fact.version,
        revision_no=fact.revision,
        known_at=fact.known_at,
        t_start=fact.event_start,
        t_end=fact.event_end,
        key=fact.key,
        category=fact.category,
        type=fact.type,
        sector=fact.sector,
        info_type=fact.info_type,
        means=fact.means,
        weapon=fact.weapon,
        tier=fact.tier,
        count_best=fact.count_best,
        exposure=fact.exposure,
        assessed_exercise=fact.assessed_exercise,
        incident_id=fact.incident_id,
        team=fact.team,
        device=fact.device,
        status=fact.status,
        flags=sorted(fact.flags),
        x=fact.x,
        y=fact.y,
        z=fact.z,
        cell=fact.cell,
        origin=fact.origin,
        watch=fact.watch,
        holds_from=fact.holds_from,
        holds_to=fact.holds_to,
        from_at=fact.reaches_from,
        until_at=fact.reaches_to,
        details=dict(fact.details),
    )


# ---- watches and the clock -----------------------------------------------------------------------------


def _watch_changed(door: Door, event: WatchChanged) -> None:
    """Hours watched moved: rates over them are judged again, from the watch's first hour on."""
    if event.change == "planned":
        return
    row = watches.watch(door.session, event.watch_id)
    if row is None:
        return
    bench = _Bench(door, Cause("baseline_changed", f"watch:{event.watch_id}"))
    for version_id, rule in rules_in_use(door):
        if isinstance(rule.asks, Rate) and rule.asks.exposure == "watch_hours":
            since = door.now - rule.lookback
            first = max(since, min(row.started_at or row.planned_start, door.now))
            for sector in row.sectors:
                bench.judge(version_id, rule, sector, Span(first, door.now))


def judge_due(door: Door) -> str | None:
    """Judges the steps that the clock has finished since last time, and resolves what has been quiet."""
    take_sequence(door.session)
    rules = rules_in_use(door)
    due = _finished_steps(door, [(version_id, rule.asks) for version_id, rule in rules])
    if not due:
        return None
    bench, judged, resolved = _Bench(door, Cause("clock")), 0, 0
    for version_id, rule in rules:
        if isinstance(rule.asks, Rate) and version_id in due:
            since = due[version_id]
            for key in queries.keys_with_facts(door.session, since - rule.asks.window):
                bench.judge(version_id, rule, key, Span(since, door.now))
                judged += 1
        if rule.resolve_after is not None:
            for finding in queries.open_findings(door.session, version_id, door.now - rule.resolve_after):
                quiet = replace(finding.episode, resolved=True)
                bench.announce(version_id, rule, Change("resolved", quiet, finding.finding_id))
                resolved += 1
    return f"{judged} sectors judged, {resolved} findings resolved"


def _finished_steps(door: Door, rules: Sequence[tuple[str, Asks]]) -> dict[str, dt.datetime]:
    """Rules whose clock has reached a new step, with the moment up to which they were judged; moves it on."""
    clocks = {clock.rule_version_id: clock for clock in door.session.scalars(select(RuleClock))}
    due = {}
    for version_id, asks in rules:
        if not isinstance(asks, Rate):
            continue
        clock = clocks.get(version_id)
        if clock is None:
            door.session.add(RuleClock(rule_version_id=version_id, judged_until=door.now))
            due[version_id] = door.now
        elif ceil_to(clock.judged_until + dt.timedelta.resolution, asks.every) <= door.now:
            due[version_id], clock.judged_until = clock.judged_until, door.now
    return due


# ---- judging and announcing ------------------------------------------------------------------------------


class _Bench:
    """Judges for one cause; what it fetched for one rule serves the next."""

    def __init__(self, door: Door, cause: Cause) -> None:
        self._door, self._cause = door, cause
        self._facts: dict[str | None, tuple[Span, list[Fact]]] = {}
        self._watched = _WatchedWhenAsked(door)

    def judge(self, version_id: str, rule: Rule, key: str, span: Span) -> None:
        """Judges a span of one key afresh and announces what changed."""
        scope = None if rule.crosses_sectors else key
        grown, near = self._standing(version_id, rule, scope, span)
        facts = self._facts_of(scope, read_span(rule, grown))
        for change in rejudge(rule, grown, near, facts, World(self._watched), self._door.now):
            self.announce(version_id, rule, change)

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

    def _facts_of(self, key: str | None, span: Span) -> list[Fact]:
        held = self._facts.get(key)
        if held is None or span.start < held[0].start or span.end > held[0].end:
            wider = span if held is None else span.joined(held[0])
            held = self._facts[key] = (wider, queries.live_facts(self._door.session, key, wider))
        return held[1]

    def announce(self, version_id: str, rule: Rule, change: Change) -> None:
        """Appends a version to the finding, with its evidence, and tells the house."""
        session, now = self._door.session, self._door.now
        finding_id = change.finding_id or self._new_finding(version_id, change)
        last = session.scalar(
            select(func.max(FindingVersion.version_no)).where(FindingVersion.finding_id == finding_id)
        )
        episode = change.episode
        is_resolved = episode.resolved and change.change not in ("raised", "split")
        version = FindingVersion(
            finding_id=finding_id,
            version_no=(last or 0) + 1,
            change=change.change,
            reason="split" if change.split_from else self._cause.reason,
            cause=self._cause.of,
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


# ---- rules -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def house_rules() -> tuple[Rule, ...]:
    """The rule files that came with this program; they do not change while it runs."""
    return tuple(load_folder())


def version_id_of(rule: Rule) -> str:
    return f"{rule.id}@{rule.version}"


def rules_in_use(door: Door) -> list[tuple[str, Rule]]:
    """The rules that run, widest reader first; loads them where the store does not hold them yet."""
    if RULES_READ in door.session.info:
        return list(door.session.info[RULES_READ])
    held = {row.rule_version_id: row for row in queries.rule_versions(door.session)}
    if any(_lags_behind(held.get(version_id_of(rule)), rule) for rule in house_rules()):
        load_rules(door)
        held = {row.rule_version_id: row for row in queries.rule_versions(door.session)}
    known = {version_id_of(rule): rule for rule in house_rules()}
    known |= {rule_id: load_rule(text, rule_id) for rule_id, text in queries.desk_texts(door.session).items()}
    # What holds is what the store says: at the desk a rule is switched on and off without a new file.
    as_held = [
        (version_id, replace(rule, status=held[version_id].status)) for version_id, rule in known.items()
    ]
    running = [(version_id, rule) for version_id, rule in as_held if rule.runs]
    in_order = sorted(running, key=lambda item: (-item[1].lookback, item[0]))
    door.session.info[RULES_READ] = in_order
    return in_order


def _lags_behind(held: queries.RuleRow | None, rule: Rule) -> bool:
    """Whether the store does not yet say what a file says. A step that a person took outranks the file."""
    return held is None or held.digest != rule.digest or (held.status != rule.status and not held.at_the_desk)


def load_rules(door: Door, rules: Iterable[Rule] | None = None) -> list[str]:
    """Brings the store up to the rule files; answers the ids of the versions that changed.

    Raises Conflict where a file says something else under a version that is already published.
    """
    files = list(rules if rules is not None else house_rules())
    held = {row.rule_version_id: row for row in queries.rule_versions(door.session)}
    changed = []
    for rule in files:
        version_id = version_id_of(rule)
        known = held.get(version_id)
        if known is None:
            publish(door, version_id, rule)
        elif known.digest != rule.digest:
            raise Conflict(reason=f"{version_id} was published with other content; give it a new version")
        if _lags_behind(known, rule):
            step(door, version_id, rule.status, rule.digest, by=queries.FROM_FILE, answers=rule.approved_by)
            changed.append(version_id)
    for version_id in held.keys() - {version_id_of(rule) for rule in files}:
        if held[version_id].status != "retired" and not held[version_id].at_the_desk:
            step(door, version_id, "retired", held[version_id].digest, by=queries.FROM_FILE)
            changed.append(version_id)
    return changed


def publish(door: Door, version_id: str, rule: Rule) -> None:
    """Keeps a rule version under its id, for good."""
    door.session.add(
        RuleVersion(
            id=version_id,
            rule_id=rule.id,
            version=rule.version,
            digest=rule.digest,
            title=rule.title,
            source=rule.source,
            recorded_at=door.now,
        )
    )
    door.session.flush()


def step(
    door: Door,
    version_id: str,
    status: str,
    digest: str,
    by: str,
    answers: str | None = None,
    back_test_id: int | None = None,
) -> None:
    """Brings a version into use or out of it, and says so in the log; from now on other rules run."""
    door.session.add(
        RuleStep(
            rule_version_id=version_id,
            status=status,
            by=by,
            answers=answers,
            back_test_id=back_test_id,
            recorded_at=door.now,
        )
    )
    door.session.info.pop(RULES_READ, None)
    append(
        door.session,
        "rule_changed",
        {"actor": door.actor.code, "rule": version_id, "status": status, "digest": digest},
        door.now,
    )
