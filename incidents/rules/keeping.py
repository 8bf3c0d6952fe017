"""Findings kept up report by report: the service's steps without a store (pure).

`rejudge` is the one step both take; `Keeping` holds what stands in memory, for examples, back-tests
and the proofs that order, repetition and correction leave no trace.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from incidents.rules.core import Episode, fold, footprint, judge, read_span, touched, widened
from incidents.rules.facts import Fact, Span, Watched, WatchHours, live_set
from incidents.rules.lineage import Change, Standing, compare
from incidents.rules.rule import Rule


def affected(rule: Rule, span: Span, standing: Iterable[Standing]) -> tuple[Span, list[Standing]]:
    """The span to judge again, grown over what it may join, and the findings to compare with."""
    findings = list(standing)
    held = [f.episode.span for f in findings if f.state not in ("withdrawn", "merged")]
    grown = widened(span, held, rule.links_within)
    near = grown.widened(rule.links_within)
    return grown, [f for f in findings if f.episode.span.touches(near)]


def rejudge(
    rule: Rule,
    span: Span,
    standing: Sequence[Standing],
    facts: Iterable[Fact],
    watched: WatchHours,
    now: datetime,
) -> list[Change]:
    """What changes about the findings of one key when the span is judged afresh."""
    verdict = judge(rule, facts, watched, span, now)
    return compare(standing, fold(rule, verdict.hits, now), rule.links_within)


class Keeping:
    """The findings of one rule, kept up as versions arrive in whatever order they come."""

    def __init__(self, rule: Rule, watched: Iterable[Watched] = ()) -> None:
        self.rule = rule
        self.watched = WatchHours(watched)
        self.versions: list[Fact] = []
        self.standing: dict[str, Standing] = {}
        self.changes: list[Change] = []

    def take(self, fact: Fact, now: datetime) -> list[Change]:
        """Take in one version of an observation, as the server does when it becomes known."""
        before = live_set(self.versions, now).get(fact.observation_id)
        self.versions.append(fact)
        after = live_set(self.versions, now).get(fact.observation_id)
        made = []
        for key, span in touched(self.rule, before, after).items():
            made += self._look_again(key, span, now)
        return made

    def tick(self, since: datetime, now: datetime) -> list[Change]:
        """Let the clock move: finished steps are judged, quiet findings resolve."""
        keys = {fact.key for fact in live_set(self.versions, now).values()}
        return [change for key in sorted(keys) for change in self._look_again(key, Span(since, now), now)]

    def episodes(self) -> list[Episode]:
        """The content of every finding that stands."""
        held = [f.episode for f in self.standing.values() if f.state not in ("withdrawn", "merged")]
        return sorted(held, key=lambda e: (e.start, e.key, e.end))

    def _look_again(self, key: str, span: Span, now: datetime) -> list[Change]:
        scope = None if self.rule.crosses_sectors else key
        standing = [f for f in self.standing.values() if scope in (None, f.episode.key)]
        grown, near = affected(self.rule, span, standing)
        wanted = read_span(self.rule, grown)
        facts = [
            fact
            for fact in live_set(self.versions, now).values()
            if scope in (None, fact.key) and fact.event_end > wanted.start and fact.event_start <= wanted.end
        ]
        made = rejudge(self.rule, grown, near, facts, self.watched, now)
        for change in made:
            self._keep(change)
        return made

    def _keep(self, change: Change) -> None:
        self.changes.append(change)
        number = len(self.standing) + 1
        finding_id = change.finding_id or f"finding {number}"
        held = self.standing.get(finding_id)
        state = {"withdrawn": "withdrawn", "merged": "merged"}.get(change.change, "open")
        fresh = Standing(finding_id, number, state, change.episode)
        self.standing[finding_id] = replace(held, state=state, episode=change.episode) if held else fresh


def last_anchor(rule: Rule, facts: Iterable[Fact]) -> datetime | None:
    """The last moment at which any of the facts takes part in an anchor."""
    ends = [footprint(rule, fact.event_start, fact.event_end).end for fact in facts]
    return max(ends, default=None)
