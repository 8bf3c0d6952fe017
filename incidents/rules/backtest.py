"""What a rule would have said over a past span, counted the way a commander asks (pure).

Belongs here: findings a month, the worst month, what carried them, whether the alarm budget held.
Does not belong here: where the facts come from (history) and the judging (batch, core).

Judged with hindsight: everything known today counts, whenever it came in. How long the evidence of each
finding took to arrive is told beside it, for that is how late the alert would have been.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from incidents.rules import batch
from incidents.rules.batch import Told
from incidents.rules.core import Episode, in_layers
from incidents.rules.explain import sentence
from incidents.rules.facts import Fact, Span, World
from incidents.rules.rule import Budget, Rule

# So many findings, gravest first, are kept word for word; the counts are of all of them.
KEPT_IN_WORDS = 50
# So many sectors and sources are named as having carried the findings.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Said:
    """One finding of a back-test."""

    key: str
    start: dt.datetime
    end: dt.datetime
    severity: int
    evidence: int
    sources: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Share:
    """A sector or a source, and how many findings it had part in; `alone`: nobody else stood behind them."""

    name: str
    findings: int
    alone: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """The alarm budget against what was said: the most findings that began within any `days` in a row."""

    alerts: int
    days: float
    most: int
    since: dt.datetime | None

    @property
    def held(self) -> bool:
        return self.most <= self.alerts


@dataclass(frozen=True, slots=True)
class BackTest:
    """The findings of one rule over a span, counted."""

    rule_id: str
    version: int
    digest: str
    since: dt.datetime
    until: dt.datetime
    reports: int
    findings: int
    by_month: Mapping[str, int]
    worst_month: str | None
    by_severity: Mapping[int, int]
    falling: int
    median_hours_to_know: float | None
    keys: tuple[Share, ...]
    sources: tuple[Share, ...]
    budget: Kept | None
    said: tuple[Said, ...]
    seconds: float | None = None

    @property
    def a_month(self) -> float:
        """Findings in thirty days, over the whole span."""
        days = (self.until - self.since) / dt.timedelta(days=1)
        return round(30 * self.findings / days, 2) if days > 0 else 0.0

    def as_json(self) -> dict[str, Any]:
        """As stored and as the command line prints it."""
        said: dict[str, Any] = _plain(asdict(self))
        said["a_month"] = self.a_month
        if self.budget is not None:
            said["budget"]["held"] = self.budget.held
        return said


def back_test(
    rule: Rule,
    facts: Iterable[Fact],
    world: World,
    since: dt.datetime,
    until: dt.datetime,
    zone: ZoneInfo,
    others: Sequence[Rule] = (),
    told: Told | None = None,
) -> BackTest:
    """Runs a rule over facts and counts the findings that began in [since, until).

    The facts reach back before `since` as far as the rule reads. `others` holds the rules whose findings
    it reads, if it does.
    """
    everything = list(facts)
    episodes = _episodes(rule, everything, world, until, others, told)
    begun = [episode for episode in episodes if since <= episode.start < until]
    return counted(rule, everything, begun, since, until, zone)


def _episodes(
    rule: Rule,
    facts: Sequence[Fact],
    world: World,
    now: dt.datetime,
    others: Sequence[Rule],
    told: Told | None,
) -> list[Episode]:
    named = {other.id: other for other in others}
    wanted = [rule]
    for one in wanted:
        wanted += [named[name] for name in one.reads_episodes_of if named[name] not in wanted]
    below: dict[str, list[Episode]] = {}
    for one in in_layers(wanted):
        heard = told if one is rule else None
        below[one.id] = batch.evaluate(one, facts, world.with_episodes(below), now, heard)
    return below[rule.id]


def reads_back_to(rule: Rule, since: dt.datetime, others: Sequence[Rule] = ()) -> Span:
    """From when on facts are needed, so that the first day of a back-test is judged like the last."""
    named = {other.id: other for other in others}
    back, waiting = rule.lookback, list(rule.reads_episodes_of)
    while waiting:
        below = named[waiting.pop()]
        back += below.lookback + below.join_within
        waiting += below.reads_episodes_of
    return Span(since - back - rule.join_within, since)


def counted(
    rule: Rule,
    facts: Sequence[Fact],
    episodes: Sequence[Episode],
    since: dt.datetime,
    until: dt.datetime,
    zone: ZoneInfo,
) -> BackTest:
    """Findings as a back-test."""
    by_id = {fact.observation_id: fact for fact in facts}
    by_month = _by_month(episodes, since, until, zone)
    gravest = sorted(episodes, key=lambda one: (-one.severity, one.start, one.key))[:KEPT_IN_WORDS]
    lateness = [late for one in episodes if (late := _hours_to_know(one, by_id)) is not None]
    return BackTest(
        rule_id=rule.id,
        version=rule.version,
        digest=rule.digest,
        since=since,
        until=until,
        reports=sum(since <= fact.event_end < until and rule.reads(fact) for fact in facts),
        findings=len(episodes),
        by_month=by_month,
        worst_month=max(by_month, key=lambda month: by_month[month]) if episodes else None,
        by_severity=dict(sorted(Counter(one.severity for one in episodes).items(), reverse=True)),
        falling=sum(one.numbers.get("margin") == 0 for one in episodes),
        median_hours_to_know=round(median(lateness), 1) if lateness else None,
        keys=_most(Counter(one.key for one in episodes)),
        sources=_carriers(episodes, by_id),
        budget=_kept(rule.budget, episodes) if rule.budget else None,
        said=tuple(
            Said(
                one.key,
                one.start,
                one.end,
                one.severity,
                len(one.evidence),
                one.sources,
                sentence(rule, one, zone),
            )
            for one in gravest
        ),
    )


def _by_month(
    episodes: Iterable[Episode], since: dt.datetime, until: dt.datetime, zone: ZoneInfo
) -> dict[str, int]:
    """Findings by the month in which they began, every month of the span with its number, be it none."""
    begun = Counter(f"{one.start.astimezone(zone):%Y-%m}" for one in episodes)
    months: dict[str, int] = {}
    day, last = since.astimezone(zone).date().replace(day=1), until.astimezone(zone).date()
    while day <= last:
        months[f"{day:%Y-%m}"] = begun[f"{day:%Y-%m}"]
        day = (day + dt.timedelta(days=32)).replace(day=1)
    return months


def _hours_to_know(episode: Episode, by_id: Mapping[str, Fact]) -> float | None:
    """From the moment it could be seen to when the last report behind that moment had come in."""
    cited = (by_id.get(one.observation_id) for one in episode.evidence)
    first = [fact.known_at for fact in cited if fact and fact.event_end <= episode.detectable_at]
    if not first:
        return None
    return max(0.0, (max(first) - episode.detectable_at) / dt.timedelta(hours=1))


def _carriers(episodes: Iterable[Episode], by_id: Mapping[str, Fact]) -> tuple[Share, ...]:
    part, alone = Counter[str](), Counter[str]()
    for episode in episodes:
        behind = {by_id[one.observation_id].source for one in episode.evidence if one.observation_id in by_id}
        part.update(behind)
        if len(behind) == 1:
            alone.update(behind)
    return _most(part, alone)


def _most(part: Counter[str], alone: Mapping[str, int] | None = None) -> tuple[Share, ...]:
    ranked = sorted(part.items(), key=lambda item: (-item[1], item[0]))[:NAMED]
    return tuple(Share(name, n, (alone or {}).get(name, 0)) for name, n in ranked)


def _kept(budget: Budget, episodes: Iterable[Episode]) -> Kept:
    starts = sorted(one.start for one in episodes)
    most, since, first = 0, None, 0
    for last, start in enumerate(starts):
        while start - starts[first] >= budget.every:
            first += 1
        if last - first + 1 > most:
            most, since = last - first + 1, starts[first]
    return Kept(budget.alerts, budget.every / dt.timedelta(days=1), most, since)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
