"""Keeps the findings true: hears what happened, takes it in as facts, has what it touches judged.

Judging is pure (`core`, `keeping`), fetching and announcing is the bench's. Because the answer depends on
the set alone, this may run late, twice or from scratch and says the same.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import select

from incidents.casework import queries as casework
from incidents.claims import queries as claims
from incidents.events import (
    ClaimRecorded,
    IncidentStepped,
    ObservationLinked,
    ObservationReceived,
    ObservationReviewed,
)
from incidents.intake import queries as intake
from incidents.intake.queries import ObservationRow
from incidents.rules import queries
from incidents.rules.bench import Bench, Cause
from incidents.rules.conditions import ceil_to
from incidents.rules.core import in_layers
from incidents.rules.facts import Fact, Span
from incidents.rules.lineage import Change
from incidents.rules.loader import load_folder
from incidents.rules.model import RuleClock, RuleStep, RuleVersion
from incidents.rules.rule import Rate, Rule
from incidents.rules.taking import fact_of, fact_of_claim, facts_of_watch, row_of
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import Conflict
from monitor.events import Event, WatchChanged
from monitor.log.service import append
from monitor.outbox import behind_since, still_to_hear
from monitor.watches import queries as watches

# A report that becomes known later than this after its event is called late.
LATE_AFTER = dt.timedelta(hours=3)
# How far around what was seen or watched a claim may speak of the same.
CLAIMS_AROUND = dt.timedelta(hours=12)
# Rules that follow the clock without steps of their own are looked at so often.
LOOKED_AT_EVERY = dt.timedelta(minutes=1)

# The name under which the rules hear of what happened, and how many arrivals they take in together.
SUBSCRIBER = "rules"
TAKEN_AT_ONCE = 200

# Where a transaction keeps the rules it has read.
RULES_READ = "rules_in_use"

REASON_OF_ASSESSMENT = {"refuted": "refuted", "withdrawn": "withdrawn"}


def hear(door: Door, event: Event) -> None:
    """Looks again at what the event touches."""
    # One at a time: two transactions that judge the same sector would announce it twice.
    take_sequence(door.session)
    if isinstance(event, ObservationReceived) and _is_taken(door, event):
        return
    judge_due(door)
    if isinstance(event, ObservationReceived):
        _take_arrivals(door, event)
    elif isinstance(event, ObservationReviewed):
        reason = "refuted" if event.state == "rejected" else "reviewed"
        rows = _take_again(door, [event.observation_id], reason)
        _claims_around(door, rows)
    elif isinstance(event, ObservationLinked):
        _take_again(door, [event.observation_id], "linked")
    elif isinstance(event, IncidentStepped):
        if event.axis == "assessment":
            members = casework.incident(door.session, event.incident_id).observation_ids
            _take_again(door, members, REASON_OF_ASSESSMENT.get(event.state, "reviewed"))
    elif isinstance(event, ClaimRecorded):
        _claim_recorded(door, event)
    elif isinstance(event, WatchChanged):
        _watch_changed(door, event)


HEARS = (
    ObservationReceived,
    ObservationReviewed,
    ObservationLinked,
    IncidentStepped,
    ClaimRecorded,
    WatchChanged,
)


# ---- facts ---------------------------------------------------------------------------------------------


def _is_taken(door: Door, event: ObservationReceived) -> bool:
    known = queries.live_fact(door.session, event.observation_id)
    return known is not None and known.revision >= event.revision_no


def _take_arrivals(door: Door, event: ObservationReceived) -> None:
    """Takes in the observation, and with it all that wait behind it, when many have come at once.

    What the rules say does not depend on the order, so a flood is judged once for all that it brought. Each
    of the events behind finds its observation taken, and moves nothing.
    """
    waiting = still_to_hear(door.session, SUBSCRIBER, ObservationReceived, TAKEN_AT_ONCE)
    ids = {event.observation_id} | {
        one.observation_id for one in waiting if isinstance(one, ObservationReceived)
    }
    rows = intake.observations(door.session, ids=sorted(ids))
    reasons = Counter(map(_reason_of_arrival, rows))
    if rows:
        of = _of(rows[0]) if len(rows) == 1 else None
        _take_observations(door, rows, Cause(reasons.most_common(1)[0][0], of))


def _reason_of_arrival(row: ObservationRow) -> str:
    if row.revision_no > 1:
        return "corrected"
    return _reason_by_age(row.t_end, row.received_at)


def _reason_by_age(happened: dt.datetime, known: dt.datetime) -> str:
    return "late_report" if known - happened > LATE_AFTER else "new_report"


def _of(row: ObservationRow) -> str:
    return f"observation:{row.observation_id}"


def _take_again(door: Door, observation_ids: Sequence[str], reason: str) -> list[ObservationRow]:
    if not observation_ids:
        return []
    rows = intake.observations(door.session, ids=observation_ids)
    _take_observations(door, rows, Cause(reason, _of(rows[0]) if len(rows) == 1 else None))
    return rows


def _take_observations(door: Door, rows: Sequence[ObservationRow], cause: Cause) -> None:
    refs = casework.incidents_of(door.session, [row.observation_id for row in rows])
    facts = []
    for row in rows:
        ref = refs.get(row.observation_id)
        incident, assessment = (ref.incident_id, ref.assessment) if ref else (None, None)
        facts.append(fact_of(row, 1, door.now, incident, assessment))
    _take_in(door, facts, cause)


def _take_in(door: Door, facts: Sequence[Fact], cause: Cause) -> None:
    """Keeps what is new about these facts as their next versions, and judges what they touch."""
    changed: list[tuple[Fact | None, Fact]] = []
    for fact in facts:
        before = queries.live_fact(door.session, fact.observation_id)
        if before is None:
            after = fact
        else:
            after = replace(fact, version=before.version + 1)
            if replace(after, version=before.version, known_at=before.known_at) == before:
                continue
        door.session.add(row_of(after))
        changed.append((before, after))
    if changed:
        door.session.flush()
        rules = rules_in_use(door)
        Bench(door, cause, rules, heard_until(door)).judge_changed(
            changed, _rules_that_may_answer_otherwise(door, rules, changed)
        )


def _rules_that_may_answer_otherwise(
    door: Door, rules: Sequence[tuple[str, Rule]], changed: Sequence[tuple[Fact | None, Fact]]
) -> set[str]:
    """All rules; after a mere review, which moves no count, only those with findings that cite it."""
    if not all(before and _is_mere_review(before, after) for before, after in changed):
        return {version_id for version_id, _ in rules}
    citing = queries.rules_citing(door.session, [after.observation_id for _, after in changed])
    return citing | {version_id for version_id, rule in rules if rule.filters_by("status")}


def _is_mere_review(before: Fact, after: Fact) -> bool:
    same = replace(after, status=before.status, version=before.version, known_at=before.known_at) == before
    return same and before.counted and after.counted


# ---- claims --------------------------------------------------------------------------------------------


def _claim_recorded(door: Door, event: ClaimRecorded) -> None:
    row = claims.claim(door.session, event.claim_id)
    if row is not None:
        reason = _reason_by_age(row.t_end or row.t_start, row.recorded_at)
        _take_claims(
            door, row.t_start, row.t_start + dt.timedelta.resolution, Cause(reason, f"claim:{row.id}")
        )


def _claims_around(door: Door, rows: Sequence[ObservationRow]) -> None:
    """What the mission can say to a claim changes with what it saw."""
    for row in rows:
        span = row.t_start - CLAIMS_AROUND, row.t_end + CLAIMS_AROUND
        _take_claims(door, *span, Cause("reviewed", _of(row)))


def _take_claims(door: Door, start: dt.datetime, end: dt.datetime, cause: Cause) -> None:
    told = claims.claims_with_verdicts(door.session, start, end, door.now)
    if told:
        _take_in(door, [fact_of_claim(one, door.now) for one in told], cause)


# ---- watches and the clock -----------------------------------------------------------------------------


def _watch_changed(door: Door, event: WatchChanged) -> None:
    """A watch was planned, told of itself or ended.

    Its signs are facts; and hours watched moved, so rates over them are judged again, from the watch's
    first hour on.
    """
    row = watches.watch(door.session, event.watch_id)
    if row is None:
        return
    of = f"watch:{event.watch_id}"
    signs = watches.signs(door.session, row.id)
    newest = max((sign.at for sign in signs), default=door.now)
    _take_in(door, facts_of_watch(row, signs, door.now), Cause(_reason_by_age(newest, door.now), of))
    if event.change == "planned":
        return
    rules = rules_in_use(door)
    bench = Bench(door, Cause("baseline_changed", of), rules, heard_until(door))
    for version_id, rule in rules:
        if isinstance(rule.asks, Rate) and rule.asks.exposure == "watch_hours":
            since = door.now - rule.lookback
            first = max(since, min(row.started_at or row.planned_start, door.now))
            for sector in row.sectors if rule.key == "sector" else (None,):
                bench.judge(version_id, rule, sector, Span(first, door.now))
    bench.judge_above()
    if event.change == "ended":
        start = row.started_at or row.planned_start
        _take_claims(door, start - CLAIMS_AROUND, (row.ended_at or door.now) + CLAIMS_AROUND, bench.cause)


def heard_until(door: Door) -> dt.datetime:
    """The rules' own now: up to here all that the mission was told has been heard.

    What waits in the outbox holds it back, so that a patrol whose call is there already is not called silent.
    """
    waiting = behind_since(door.session, SUBSCRIBER, HEARS)
    return min(door.now, waiting) if waiting else door.now


def judge_due(door: Door) -> str | None:
    """Judges the steps that the clock has finished since last time, and resolves what has been quiet."""
    take_sequence(door.session)
    rules, now = rules_in_use(door), heard_until(door)
    due = _finished_steps(door, rules, now)
    if not due:
        return None
    bench, judged, resolved = Bench(door, Cause("clock"), rules, now), 0, 0
    for version_id, rule in rules:
        if version_id in due:
            span = due[version_id]
            keys: list[str] | list[None] = [None]
            if not rule.crosses_sectors:
                keys = queries.keys_with_facts(door.session, span.start - rule.lookback, rule.categories)
            for key in keys:
                bench.judge(version_id, rule, key, span)
                judged += 1
    held = queries.open_findings(door.session)
    for version_id, rule in rules:
        for finding in held.get(version_id, ()):
            if rule.resolve_after is not None and now - finding.episode.end >= rule.resolve_after:
                quiet = replace(finding.episode, resolved=True)
                bench.announce(version_id, rule, Change("resolved", quiet, finding.finding_id))
                resolved += 1
    bench.judge_above()
    return f"{judged} sectors judged, {resolved} findings resolved"


def _finished_steps(door: Door, rules: Sequence[tuple[str, Rule]], now: dt.datetime) -> dict[str, Span]:
    """Rules whose clock has reached a new step, with the stretch to be judged; moves their clocks on.

    Where the server's clock has been put back, what it had brought since is looked at again: it holds no
    longer, until its time comes.
    """
    clocks = {clock.rule_version_id: clock for clock in door.session.scalars(select(RuleClock))}
    due = {}
    for version_id, rule in rules:
        if not rule.follows_the_clock:
            continue
        every = rule.asks.every if isinstance(rule.asks, Rate) else LOOKED_AT_EVERY
        clock = clocks.get(version_id)
        if clock is None:
            clock = RuleClock(rule_version_id=version_id, judged_until=now)
            door.session.add(clock)
            due[version_id] = Span(now - rule.settles_after, now)
            continue
        first, last = sorted((clock.judged_until, now))
        if ceil_to(first + dt.timedelta.resolution, every) > last:
            continue
        due[version_id], clock.judged_until = Span(first - rule.settles_after, last), now
    return due


# ---- rules -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def house_rules() -> tuple[Rule, ...]:
    """The rule files that came with this program; they do not change while it runs."""
    return tuple(load_folder())


def version_id_of(rule: Rule) -> str:
    return f"{rule.id}@{rule.version}"


def rules_in_use(door: Door) -> list[tuple[str, Rule]]:
    """The rules that run, widest reader first and those over findings last.

    Loads the rule files where the store does not hold them yet.
    """
    if RULES_READ in door.session.info:
        return list(door.session.info[RULES_READ])
    held = {row.rule_version_id: row for row in queries.rule_versions(door.session)}
    if any(_lags_behind(held.get(version_id_of(rule)), rule) for rule in house_rules()):
        load_rules(door)
        held = {row.rule_version_id: row for row in queries.rule_versions(door.session)}
    texts = {version_id_of(rule): rule.source for rule in house_rules()} | queries.desk_texts(door.session)
    # What holds is what the store says: at the desk a rule is switched on and off without a new file.
    as_held = [
        (version_id, queries.rule_from(text, version_id, held[version_id].status))
        for version_id, text in texts.items()
    ]
    running = [(version_id, rule) for version_id, rule in as_held if rule.runs]
    widest_first = sorted(running, key=lambda item: (-item[1].lookback, item[0]))
    in_order = [(version_id_of(rule), rule) for rule in in_layers(rule for _, rule in widest_first)]
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
