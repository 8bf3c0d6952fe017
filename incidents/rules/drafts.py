"""A rule's way into use from the desk: drafted, tried on history, run in shadow, switched on by two people.

Belongs here: the verbs of that way and what each needs. Does not belong here: judging (core), and the rule
files that come with the program (service). Nothing is lost: every saved text stays, right or wrong.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

from rfc8785 import dumps

from incidents.rules import queries
from incidents.rules.core import Circular, in_layers
from incidents.rules.examples import failures
from incidents.rules.loader import check_together, load_rule
from incidents.rules.model import RuleBackTest, RuleDraft, RuleProposal
from incidents.rules.parts import RuleFileError
from incidents.rules.queries import BackTestRow, DraftRow, ProposalRow, RuleRow
from incidents.rules.rule import Rule
from incidents.rules.service import house_rules, publish, step, version_id_of
from monitor.access.policy import Subject, require
from monitor.door import Door
from monitor.errors import Conflict, Invalid, NotFound, WrongState

DRAFT = "incidents:rule:draft"
SWITCH = "incidents:rule:switch"
# A rule is a page, not a program.
TEXT_AT_MOST = 40_000


@dataclass(frozen=True)
class Judged:
    """What the machine says of a text: the rule, or the line and why not; and what its examples fail."""

    rule: Rule | None
    line: int | None = None
    why: str | None = None
    failing: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        return self.rule is not None and not self.failing


def judged(text: str, others: Sequence[Rule] = ()) -> Judged:
    """Reads a text as a rule and runs its examples. `others` are the rules that it may name."""
    try:
        rule = load_rule(text, "draft")
        check_together([*(other for other in others if other.id != rule.id), rule])
        in_layers([rule])
    except RuleFileError as error:
        return Judged(None, error.line, error.why)
    except Circular as error:
        return Judged(None, 1, str(error))
    return Judged(rule, failing=tuple(failures(rule)))


# ---- drafts ----------------------------------------------------------------------------------------------


def save_draft(door: Door, text: str, draft_id: str | None = None, seen_edition: int = 0) -> DraftRow:
    """Keeps a text as the next edition of a draft. Raises Conflict where somebody saved another meanwhile."""
    held = queries.draft(door.session, draft_id) if draft_id else None
    if draft_id and held is None:
        raise NotFound(thing="draft", id=draft_id)
    if held and held.published_as:
        raise WrongState(thing="draft", found=f"the rule {held.published_as} now", wanted="an open draft")
    if held and held.edition != seen_edition:
        raise Conflict(reason=f"edition {held.edition} was saved meanwhile; your text was not kept over it")
    edition = RuleDraft(
        draft_id=draft_id or str(uuid4()),
        edition=(held.edition if held else 0) + 1,
        text=text,
        by=door.actor.code,
        recorded_at=door.now,
    )
    door.session.add(edition)
    door.session.flush()
    return DraftRow(edition.draft_id, edition.edition, text, edition.by, None, edition.recorded_at)


def run_in_shadow(door: Door, draft_id: str, seen_edition: int) -> str:
    """Publishes a draft as a rule version that runs in shadow: its findings are seen, and no alert is raised.

    Raises Invalid where the text is no rule or its examples fail, Conflict where the version is taken.
    """
    held = queries.draft(door.session, draft_id)
    if held is None:
        raise NotFound(thing="draft", id=draft_id)
    if held.published_as or held.edition != seen_edition:
        raise WrongState(thing="draft", found=f"at edition {held.edition}", wanted=f"edition {seen_edition}")
    found = judged(held.text, known_rules(door))
    if found.rule is None:
        raise Invalid({"text": [f"line {found.line}: {found.why}"]})
    if found.failing:
        raise Invalid({"text": list(found.failing)})
    rule = found.rule
    _is_new(door, rule)
    version_id = version_id_of(rule)
    publish(door, version_id, rule)
    edition = door.session.get_one(RuleDraft, (draft_id, held.edition))
    edition.published_as = version_id
    step(door, version_id, "shadow", rule.digest, by=door.actor.code)
    door.session.flush()
    return version_id


def _is_new(door: Door, rule: Rule) -> None:
    taken = [row.version for row in queries.rule_versions(door.session) if row.rule_id == rule.id]
    if taken and rule.version <= max(taken):
        raise Invalid({"text": [f"version {max(taken)} of {rule.id} is published; this must be a later one"]})


def known_rules(door: Door) -> list[Rule]:
    """The rules that a new one may name: in their version that runs, else the last one there is."""
    rules = {rule.id: rule for rule in house_rules()}
    for version_id, text in queries.desk_texts(door.session).items():
        rule = read_rule(text, version_id)
        rules[rule.id] = rule
    return list(rules.values())


@lru_cache(maxsize=256)
def read_rule(text: str, version_id: str) -> Rule:
    """A published text as a rule; what is published never changes."""
    return load_rule(text, version_id)


def rule_of(door: Door, version_id: str) -> tuple[RuleRow, Rule]:
    """A rule version with the status that holds. Raises NotFound."""
    found = next((one for one in every_version(door) if one[0].rule_version_id == version_id), None)
    if found is None:
        raise NotFound(thing="rule version", id=version_id)
    return found


def every_version(door: Door) -> list[tuple[RuleRow, Rule]]:
    """Every rule version there is, with the status that holds; files that nothing has loaded yet as well."""
    held = [(row, _published(door, row)) for row in queries.rule_versions(door.session)]
    known = {row.rule_version_id for row, _ in held}
    files = ((version_id_of(rule), rule) for rule in house_rules())
    return held + [
        (
            RuleRow(
                version_id,
                rule.id,
                rule.version,
                rule.digest,
                rule.title,
                rule.status,
                queries.FROM_FILE,
                door.now,
            ),
            rule,
        )
        for version_id, rule in files
        if version_id not in known
    ]


def _published(door: Door, row: RuleRow) -> Rule:
    text = queries.rule_text(door.session, row.rule_version_id) or ""
    return replace(read_rule(text, row.rule_version_id), status=row.status)


# ---- back-tests ------------------------------------------------------------------------------------------


def sealed(door: Door, result: Mapping[str, Any]) -> str:
    """A mark that only this server can make, so that a result may go by the browser and come back to be kept.

    The run itself only reads: it would be wrong to hold up incoming reports for as long as it takes.
    """
    return hmac.new(door.app.keys.session, b"back-test:" + dumps(result), hashlib.sha256).hexdigest()


def keep_back_test(door: Door, version_id: str, result: Mapping[str, Any], seal: str) -> int:
    """Stores a back-test under the name of whoever keeps it. Raises Invalid where it is not our result."""
    row, _ = rule_of(door, version_id)
    if not hmac.compare_digest(seal, sealed(door, result)):
        raise Invalid({"result": ["this is not what the server answered; run the back-test again"]})
    if result["digest"] != row.digest:
        raise Invalid({"result": ["it was run for another text than the published one"]})
    return store_back_test(door, version_id, result)


def store_back_test(door: Door, version_id: str, result: Mapping[str, Any]) -> int:
    """Stores what this server has just found, signed by the actor if a person acts."""
    kept = RuleBackTest(
        rule_version_id=version_id,
        from_at=datetime.fromisoformat(result["since"]),
        until_at=datetime.fromisoformat(result["until"]),
        findings=result["findings"],
        digest=result["digest"],
        result=dict(result),
        signed_by=door.actor.id if door.actor.kind == "person" else None,
        recorded_at=door.now,
    )
    door.session.add(kept)
    door.session.flush()
    return kept.id


# ---- into use and out of it ------------------------------------------------------------------------------


def lacks(rule: Rule, back_tests: Sequence[BackTestRow]) -> list[str]:
    """What a rule still needs before anybody may propose to switch it on, in words."""
    missing = []
    if len({example.is_positive for example in rule.examples}) < 2:
        missing.append("a worked example in which it speaks and one in which it is silent")
    if rule.budget is None:
        missing.append("an alarm budget: how many alerts it may raise in how long")
    if _signed(rule, back_tests) is None:
        missing.append("a stored back-test of this very text that a person has signed")
    return missing


def _signed(rule: Rule, back_tests: Sequence[BackTestRow]) -> BackTestRow | None:
    """The newest back-test of this very text that a person stands for."""
    return next((test for test in back_tests if test.digest == rule.digest and test.signed_by), None)


def propose(door: Door, version_id: str, kind: str) -> ProposalRow:
    """Proposes that a version be switched on, or retired. Another person answers."""
    row, rule = rule_of(door, version_id)
    wanted = {"on": "shadow", "retired": "on"}[kind]
    if row.status != wanted:
        raise WrongState(thing="rule", found=row.status, wanted=wanted)
    if any(one.rule_version_id == version_id for one in queries.open_proposals(door.session)):
        raise Conflict(reason="there is a proposal about this rule already; it wants an answer first")
    tests = queries.back_tests(door.session, version_id)
    if kind == "on" and (missing := lacks(rule, tests)):
        raise Invalid({"rule": [f"it lacks {what}" for what in missing]})
    signed = _signed(rule, tests)
    made = RuleProposal(
        rule_version_id=version_id,
        kind=kind,
        back_test_id=signed.id if signed and kind == "on" else None,
        by=door.actor.code,
        recorded_at=door.now,
    )
    door.session.add(made)
    door.session.flush()
    return ProposalRow(made.id, version_id, kind, made.back_test_id, made.by, made.recorded_at)


def answer(door: Door, proposal_id: int, agreed: bool) -> str:
    """Agrees to somebody else's proposal, or refuses it; answers the status that holds from now on.

    A version that goes on takes the place of the version of the same rule that was on.
    """
    asked = next((one for one in queries.open_proposals(door.session) if one.id == proposal_id), None)
    if asked is None:
        raise NotFound(thing="open proposal", id=proposal_id)
    require(door.actor, SWITCH, Subject(makers=frozenset({asked.by.removeprefix("person:")})))
    row, _ = rule_of(door, asked.rule_version_id)
    door.session.add(
        RuleProposal(
            rule_version_id=asked.rule_version_id,
            kind="agreed" if agreed else "refused",
            back_test_id=asked.back_test_id,
            answers_id=asked.id,
            by=door.actor.code,
            recorded_at=door.now,
        )
    )
    if not agreed:
        door.session.flush()
        return row.status
    if asked.kind == "on":
        for other in queries.rule_versions(door.session):
            if other.rule_id == row.rule_id and other.status == "on":
                step(door, other.rule_version_id, "retired", other.digest, by=door.actor.code)
    step(
        door,
        asked.rule_version_id,
        asked.kind,
        row.digest,
        by=door.actor.code,
        answers=asked.by,
        back_test_id=asked.back_test_id,
    )
    door.session.flush()
    return asked.kind


def stop_shadow(door: Door, version_id: str) -> None:
    """Takes a version out of shadow. No alert depends on it, so one person may."""
    row, _ = rule_of(door, version_id)
    if row.status != "shadow":
        raise WrongState(thing="rule", found=row.status, wanted="shadow")
    step(door, version_id, "retired", row.digest, by=door.actor.code)
    door.session.flush()
