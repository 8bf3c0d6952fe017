"""The promises of the rules kept by the live service, on both stores, on random logs of a coarse grid.

Late, corrected, refuted and repeated reports, links, watches, and a server's clock that jumps: what the
service left standing must be what one look at everything says, and what it said by any moment what a
fresh engine says of what was known by then.
"""

import datetime as dt
import random
from uuid import uuid4

import pytest
from rule_desk import RuleDesk
from trial_rules import OVER_TRIALS, TRIALS, content_of

from incidents.casework.service import link_observation, open_incident
from incidents.events import ObservationLinked, ObservationReceived
from incidents.rules import queries
from incidents.rules.batch import evaluate_all
from incidents.rules.checking import check_from_scratch
from incidents.rules.facts import Span
from incidents.rules.history import past, replayed
from incidents.rules.model import RuleDraft
from incidents.rules.service import load_rules, publish, rules_in_use, step, version_id_of

START = dt.datetime(2022, 9, 1, tzinfo=dt.UTC)
GRID = dt.timedelta(hours=6)
DAYS = dt.timedelta(days=1)
# The service itself knows no team, device or claimant that the desk's one patrol does not have.
RULES = {**TRIALS, **OVER_TRIALS}
KINDS = {
    "shot": {"category": "CFV", "type": "shot"},
    "explosion": {"category": "CFV", "type": "explosion"},
    "troops": {"category": "MIL", "type": "movement"},
    "corridor": {"category": "HUM", "type": "corridor_status"},
    "silence": {"category": "CBM", "type": "window_of_silence"},
    "negative": {"category": "NEG", "type": "nothing_observed"},
}


class RandomMission(RuleDesk):
    """A desk at which anything happens, drawn from a seed; no alert is raised."""

    def __init__(self, as_role, seed) -> None:
        super().__init__(as_role("monitor"), as_role("duty_officer"))
        self.chance = random.Random(seed)
        self.filed, self.incidents, self.watches = {}, [], []
        self.at(START - 60 * DAYS)
        load_rules(self.officer)
        for row in queries.rule_versions(self.session):
            step(self.officer, row.rule_version_id, "retired", row.digest, by="person:test")
        for rule in RULES.values():
            version_id = version_id_of(rule)
            publish(self.officer, version_id, rule)
            self.session.add(
                RuleDraft(
                    draft_id=str(uuid4()),
                    edition=1,
                    text=rule.source,
                    by="person:test",
                    published_as=version_id,
                    recorded_at=self.officer.now,
                )
            )
            step(self.officer, version_id, "shadow", rule.digest, by="person:test")
        self.session.flush()
        assert {rule.id for _, rule in rules_in_use(self.officer)} == {r.id for r in RULES.values()}

    def follow(self) -> None:
        """Nobody follows: only findings are asked about."""

    def happens(self, at, clock) -> None:
        """One thing, told at a moment of the server's clock, about an earlier one."""
        what = self.chance.choice("file file file file correct review review repeat link watch".split())
        if what == "correct" and self.filed:
            name = self.chance.choice(list(self.filed))
            self.filed[name] += 1
            self.tell(at, clock, name, self.filed[name])
        elif what == "review" and self.filed:
            self.at(clock)
            verdict = self.chance.choice(("accepted", "rejected", "rejected", "quarantined"))
            self.review(self.chance.choice(list(self.filed)), verdict)
        elif what == "repeat" and self.filed:
            self.at(clock)
            name = self.chance.choice(list(self.filed))
            self.hear(ObservationReceived(name, self.filed[name], "MAR", "CFV", "explosion"))
        elif what == "link" and self.filed:
            self.link(clock)
        elif what == "watch":
            self.watch(at, clock)
        else:
            self.filed[self.tell(at, clock, None, 1)] = 1

    def tell(self, at, clock, name, revision_no):
        kind = self.chance.choice(("shot", "shot", "explosion", "explosion", *KINDS))
        fields = {}
        if kind == "corridor":
            fields = {"corridor_state": self.chance.choice(("closed", "closed", "open"))}
        elif kind == "silence":
            since = at + GRID * self.chance.randint(-2, 2)
            until = since + GRID * self.chance.randint(1, 10)
            fields = {"since": since.isoformat(), "until": until.isoformat()}
        return self.file(
            at,
            (clock - at) / dt.timedelta(hours=1),
            name,
            revision_no,
            **KINDS[kind],
            fields=fields,
            sector_code=self.chance.choice(("MAR", "MAR", "JER", None)),
            tier=self.chance.choice((None, 1, 2, 3, 4, 5)),
            count_best=self.chance.choice((None, 1, 12)),
            x=1000 * self.chance.randint(0, 5),
            y=0,
            z=0,
            watch_id=self.chance.choice([None, *self.watches]),
        )

    def link(self, clock):
        self.at(clock)
        if not self.incidents or self.chance.random() < 0.3:
            self.incidents.append((open_incident(self.officer, []), set()))
        incident_id, members = self.chance.choice(self.incidents)
        name = self.chance.choice(list(self.filed))
        held = {one for _, others in self.incidents for one in others}
        if name in held - members:
            return
        is_linked = name not in members
        link_observation(self.officer, incident_id, name, linked=is_linked)
        (members.add if is_linked else members.discard)(name)
        self.hear(ObservationLinked(incident_id, name, is_linked))

    def watch(self, at, clock):
        self.at(clock)
        if not self.watches or self.chance.random() < 0.4:
            start = at + GRID * self.chance.randint(-2, 2)
            watch_id = self.plan(start, start + GRID * self.chance.randint(1, 6))
            self.watches.append(watch_id)
            self.sign(watch_id, "started", min(start, clock), known_after_h=0)
        self.at(clock)

    def standing(self):
        """What each rule holds now."""
        early = START - 365 * DAYS
        held = {}
        for version_id, rule in rules_in_use(self.officer):
            found = queries.standing_findings(self.session, version_id, None, early)
            held[rule.id] = content_of(f.episode for f in found if f.state not in ("withdrawn", "merged"))
        return held

    def from_nothing(self):
        """What each rule says of everything, in one look."""
        read = past(self.officer, Span(START - 365 * DAYS, self.officer.now + 365 * DAYS))
        said = evaluate_all(list(RULES.values()), read.facts, read.world, self.officer.now)
        return {rule_id: content_of(episodes) for rule_id, episodes in said.items()}


@pytest.mark.parametrize("seed", range(2))
def test_whatever_the_order_and_the_clock_what_stands_is_what_the_whole_set_says(as_role, seed):
    mission = RandomMission(as_role, seed)
    for _ in range(30):
        at = START + GRID * mission.chance.randint(0, 14)
        # From one report to the next the server's clock jumps back and forth by up to two weeks.
        mission.happens(at, at + GRID * mission.chance.randint(0, 56))
    mission.tick(START + 40 * DAYS)
    stands, whole = mission.standing(), mission.from_nothing()
    assert {r for r in whole if whole[r] != stands[r]} == set()
    assert sum(map(len, whole.values())) > 10
    assert check_from_scratch(mission.officer).differing == ()


@pytest.mark.parametrize("seed", range(2, 4))
def test_what_was_said_by_any_moment_is_what_a_fresh_engine_says_of_what_was_known_then(as_role, seed):
    mission = RandomMission(as_role, seed)
    clock, moments = START, []
    for i in range(30):
        clock += GRID * mission.chance.choice((0, 0, 0, 1, 1, 2))
        mission.happens(clock - GRID * mission.chance.choice((0, 0, 0, 1, 2, 4, 8, 14)), clock)
        if i % 5 == 4:
            clock += dt.timedelta(minutes=1)
            mission.tick(clock)
            moments.append(clock)
    mission.tick(clock + 3 * DAYS)
    told = [replayed(mission.officer, moment) for moment in moments]
    assert [one.differing for one in told] == [()] * len(moments)
    assert sum(one.findings for one in told) > 20
