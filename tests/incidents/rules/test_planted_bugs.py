"""Bugs planted into a copy of the engine, each of which the random logs must find.

The copy is made from the sources, so nothing of the real engine is touched. It is fed report by report in
a shuffled order, and must say what the real engine says of the whole set; a bug is caught when it does not.
Bugs of `stream` are planted into the runner in memory, all others below the one that the service takes after.
"""

import importlib.util
import random
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from trial_rules import BODIES, HEAD, LATER, OVER, OVER_TRIALS, START, TRIALS, WORLD, seeded_log

import incidents.rules
from incidents.rules.core import evaluate_all
from incidents.rules.facts import live_set

SOURCES = Path(incidents.rules.__file__).parent
# In the order of their imports.
PURE = (
    "facts rule conditions successions spans wholes core lineage keeping parts worked loader stream".split()
)
LOGS = 400


@dataclass(frozen=True)
class Bug:
    name: str
    module: str
    right: str
    wrong: str
    trials: tuple[str, ...]


BUGS = [
    Bug(
        "later anchors are forgotten",
        "core",
        "Span(start, end + rule.lookback)",
        "Span(start, end)",
        ("count",),
    ),
    Bug(
        "the window is closed at its far edge",
        "conditions",
        "first = bisect_right(self.ends, after)\n        last = bisect_right(self.ends, until +",
        "first = bisect_left(self.ends, after)\n        last = bisect_right(self.ends, until +",
        ("count", "spread"),
    ),
    Bug(
        "the footprint leaves out the baseline",
        "rule",
        "max(self.window + self.guard + self.baseline, self.window * self.rising)",
        "self.window",
        ("rate",),
    ),
    Bug(
        "the clock is ignored",
        "conditions",
        "last_step = min(now, span.end)",
        "last_step = span.end",
        ("rate",),
    ),
    Bug(
        "the old version's footprint is forgotten",
        "keeping",
        "touched(self.rule, before, after, spots",
        "touched(self.rule, after, spots",
        ("count",),
    ),
    Bug(
        "a stale version wins",
        "facts",
        "fact.version > held.version",
        "fact.version != held.version",
        ("count",),
    ),
    Bug(
        "the step reads its window only",
        "rule",
        "return self.window + self.before",
        "return self.window",
        ("step",),
    ),
    Bug(
        "the spread's later anchors are forgotten",
        "rule",
        "certain: bool = False\n\n    @property\n    def lookback(self) -> timedelta:\n"
        "        return self.window\n\n\n@dataclass(frozen=True, slots=True)\nclass State",
        "certain: bool = False\n\n    @property\n    def lookback(self) -> timedelta:\n"
        "        return self.window - self.window\n\n\n@dataclass(frozen=True, slots=True)\nclass State",
        ("spread",),
    ),
    Bug(
        "what was merged is left standing",
        "keeping",
        '{"withdrawn": "withdrawn", "merged": "merged"}',
        '{"withdrawn": "withdrawn"}',
        ("count", "count-link"),
    ),
    Bug(
        "reports of one second are no sequence",
        "successions",
        "fact.event_end <= until and fact not in used",
        "fact.event_end < until and fact not in used",
        ("sequence-absent",),
    ),
    Bug(
        "one report takes two steps",
        "successions",
        "fact.event_end <= until and fact not in used",
        "fact.event_end <= until",
        ("sequence",),
    ),
    Bug(
        "what is absent may be there at the edge",
        "successions",
        "first <= f.event_end <= anchor.event_end",
        "first < f.event_end < anchor.event_end",
        ("sequence-absent",),
    ),
    Bug(
        "a sign within the grace is not heard",
        "spans",
        "or signs.ended(since, at):",
        "or signs.ended(since, at - asks.grace):",
        ("silence",),
    ),
    Bug(
        "a weak report ends a well established state",
        "spans",
        "closing > opening and closing >= rank",
        "closing > opening",
        ("state",),
    ),
    Bug(
        "a silence is broken at its very end",
        "spans",
        "fact.event_start >= end",
        "fact.event_start > end",
        ("breach-day", "breach", "breach-again"),
    ),
    Bug(
        "runs with exactly the pause between are one",
        "spans",
        ">= asks.reset",
        "> asks.reset",
        ("breach-again",),
    ),
    Bug(
        "refuted reports count",
        "rule",
        "return fact.counted and (",
        "return (",
        ("count",),
    ),
    Bug("a gap of exactly join_within parts", "core", "> join_within)", ">= join_within)", ("count",)),
    Bug(
        "the state within which it holds is ignored",
        "core",
        "return rule.within_state is None or",
        "return True or",
        ("count-within",),
    ),
    Bug(
        "what lasts is not looked for beyond the change",
        "keeping",
        "if rule.lasting:",
        "if False:",
        ("count-lasting",),
    ),
    Bug(
        "rules over findings do not hear of changes",
        "keeping",
        "if span is not None:",
        "if False:",
        ("combine", "combine-order"),
    ),
    Bug(
        "findings that ended when the window began are counted",
        "wholes",
        "one.end > latest.start - asks.window",
        "one.end >= latest.start - asks.window",
        ("combine", "combine-sectors"),
    ),
    Bug(
        "reports of one incident count each",
        "conditions",
        'return fact.incident_id or f"observation {fact.observation_id}"',
        "return fact.observation_id",
        ("count",),
    ),
    Bug(
        "exactly the radius is outside",
        "facts",
        "<= radius_m * radius_m",
        "< radius_m * radius_m",
        ("count-link",),
    ),
    Bug(
        "the windows of the baseline overlap by an edge",
        "conditions",
        "last = bisect_right(self.ends, after), bisect_right(self.ends, until)\n"
        '        if distinct == "incident"',
        "last = bisect_left(self.ends, after), bisect_right(self.ends, until)\n"
        '        if distinct == "incident"',
        ("rate-capped", "rate"),
    ),
    Bug(
        "hits that were judged again stay beside the new ones",
        "stream",
        "held[first:last] = fresh",
        "held[first:first] = fresh",
        ("step", "sequence"),
    ),
    Bug(
        "what one counted under is never empty again",
        "stream",
        "left = anchor.shared[thing] - 1",
        "left = anchor.shared[thing]",
        ("count", "count-sources"),
    ),
    Bug(
        "what falls apart is not linked anew",
        "stream",
        "for chain in broken.values():",
        "for chain in ():",
        ("count", "count-link"),
    ),
    Bug(
        "a stale version is put on the shelf",
        "stream",
        "before is not None and fact.version <= before.version",
        "before is fact",
        ("count", "step"),
    ),
    Bug(
        "cubes below a new one are not beside it",
        "stream",
        "in product((-1, 0, 1), repeat=3)",
        "in product((0, 1), repeat=3)",
        ("count-link",),
    ),
    Bug(
        "a counted window is closed at its far edge",
        "stream",
        "return anchor.end - self._window < other.end and",
        "return anchor.end - self._window <= other.end and",
        ("count", "count-sources"),
    ),
    Bug(
        "rules over findings are not judged with those they name",
        "stream",
        "if not spans or not isinstance(stream, Stream):",
        "if True:",
        ("combine",),
    ),
]


def planted(bug: Bug | None, name: str) -> dict[str, ModuleType]:
    """A copy of the pure modules with one piece of text exchanged."""
    modules = {}
    package = ModuleType(name)
    package.__path__ = []
    sys.modules[name] = package
    for module_name in PURE:
        text = (SOURCES / f"{module_name}.py").read_text(encoding="utf-8")
        if bug is not None and bug.module == module_name:
            assert text.count(bug.right) == 1, (bug.name, text.count(bug.right))
            text = text.replace(bug.right, bug.wrong)
        text = text.replace("from incidents.rules.", f"from {name}.")
        spec = importlib.util.spec_from_loader(f"{name}.{module_name}", loader=None)
        module = importlib.util.module_from_spec(spec)
        module.__file__ = str(SOURCES / f"{module_name}.py")
        sys.modules[f"{name}.{module_name}"] = module
        exec(compile(text, f"{name}/{module_name}.py", "exec"), module.__dict__)  # noqa: S102
        modules[module_name] = module
    return modules


def forget(name: str) -> None:
    for loaded in [loaded for loaded in sys.modules if loaded.split(".")[0] == name]:
        del sys.modules[loaded]


def content(episodes) -> list:
    """What an episode says, without the classes that say it."""
    return [
        (e.key, e.start, e.end, e.severity, dict(e.numbers), [c.observation_id for c in e.evidence])
        for e in episodes
    ]


def rules_of(modules, trial_name):
    """A trial and those below it, as the copy reads them."""
    load = modules["loader"].load_rule
    names = [trial_name] if trial_name in BODIES else [trial_name, "count", "step", "state"]
    texts = {n: HEAD.format(id=f"E90-{n}", join="12h", resolve="24h") + {**BODIES, **OVER}[n] for n in names}
    return [load(text, f"{n}.yaml") for n, text in texts.items()]


def said_by_copy(modules, module, rules, facts, now) -> dict:
    """What the copy says after the last report, kept as the service keeps it or in a stream."""
    if module == "stream":
        live = modules["stream"].Live(rules, WORLD)
        for fact in facts:
            live.take(fact, now)
        return live.episodes(now)
    house = modules["keeping"].House(rules, WORLD)
    for fact in facts:
        house.take(fact, now)
    return house.episodes()


def first_difference(modules, trial_name, module="keeping") -> int | None:
    """The first log on which the copy, fed report by report, gives up or says otherwise than the engine."""
    real = {**TRIALS, **OVER_TRIALS}
    below = [] if trial_name in BODIES else [TRIALS[n] for n in ("count", "step", "state")]
    rules, rule_id = rules_of(modules, trial_name), f"E90-{trial_name}"
    for seed in range(LOGS):
        log = seeded_log(seed, 14)
        random.Random(seed).shuffle(log)
        for now in (LATER, START + timedelta(days=2)):
            known = [fact for fact in log if fact.known_at <= now]
            try:
                said = said_by_copy(modules, module, rules, known, now)
            except AssertionError:
                return seed
            facts = list(live_set(known, now).values())
            truth = evaluate_all([real[trial_name], *below], facts, WORLD, now)[rule_id]
            if content(said[rule_id]) != content(truth):
                return seed
    return None


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name.replace(" ", "-"))
def test_a_planted_bug_is_found(bug):
    name = "mutant_rules"
    try:
        modules = planted(bug, name)
        found = (first_difference(modules, trial, bug.module) for trial in bug.trials)
        assert any(seed is not None for seed in found), bug.name
    finally:
        forget(name)


def test_a_copy_without_a_bug_differs_nowhere():
    """Else the bugs above would be found for the copy's sake."""
    try:
        modules = planted(None, "true_copy")
        for trial_name in ("count", "sequence-absent", "state", "combine"):
            assert first_difference(modules, trial_name) is None
            assert first_difference(modules, trial_name, "stream") is None
    finally:
        forget("true_copy")
