"""The desk for rules: which there are, what one says and has said, and the way of a new one into use."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import redirect, render_template, request, url_for
from marshmallow import Schema, fields, validate

from incidents.intake import queries as intake
from incidents.rules import drafts, queries
from incidents.rules.core import Cited
from incidents.rules.drafts import DRAFT, SWITCH, Judged
from incidents.rules.examples import failures
from incidents.rules.explain import firmness_of
from incidents.rules.explain_rule import in_words
from incidents.rules.facts import OBSERVATION
from incidents.rules.history import span_of_test, tried_on_history
from incidents.rules.patterns import in_order, pattern_of
from incidents.rules.queries import BackTestRow, FindingCount, FindingRow, ProposalRow, RuleRow
from incidents.rules.rule import Rule
from monitor.access import SYSTEM
from monitor.access.policy import Decision, Subject, may
from monitor.door import Door
from monitor.errors import NotFound
from monitor.mission.queries import find_mission
from monitor.people.queries import all_people
from monitor.web.blueprint import Blueprint
from monitor.web.parameters import instant_argument

READ = "incidents:rule:read"
RECENTLY = dt.timedelta(days=30)
BLANK = """\
id: E20-name-it
version: 1
status: draft
title: What it is called on the alert
says: >
  What it sees, in a sentence that the head of mission would say.
article: The article of the agreement that it watches over
kind: count
key: sector
where:
  - {field: category, is: CFV}
  - {field: info_type, is: observed}
window: 24h
least: 5
join_within: 24h
resolve_after: 48h
severity:
  - {level: 3, when: {n: 10, sources: 2}}
  - {level: 2}
budget: {alerts: 2, every: 30d}
examples:
  - name: five in a day
    now: 48h
    observations:
      - {at: 1h, every: 2h, times: 5, sector: S1, category: CFV, type: shot, info_type: observed}
    expect: {findings: 1}
  - name: four are too few
    now: 48h
    observations:
      - {at: 1h, every: 2h, times: 4, sector: S1, category: CFV, type: shot, info_type: observed}
    expect: {findings: 0}
"""


@dataclass(frozen=True)
class RuleLine:
    """One line of the list: a version, its text, its last back-test and what it has found."""

    row: RuleRow
    rule: Rule
    test: BackTestRow | None
    found: FindingCount


bp = Blueprint(
    "rules_desk", __name__, url_prefix="/rules", template_folder="templates", static_folder="static"
)


class TextSchema(Schema):
    text = fields.String(required=True, validate=validate.Length(min=1, max=drafts.TEXT_AT_MOST))


class DraftSchema(TextSchema):
    """`edition` is the one that was read: a text saved by another meanwhile is not written over."""

    edition = fields.Integer(required=True, validate=validate.Range(min=1))


class NewDraftSchema(Schema):
    based_on = fields.String(load_default="", validate=validate.Length(max=80))


class EditionSchema(Schema):
    edition = fields.Integer(required=True, validate=validate.Range(min=1))


class KeepSchema(Schema):
    result = fields.Dict(required=True)
    seal = fields.String(required=True, validate=validate.Length(equal=64))


class ProposalSchema(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(("on", "retired")))


class AnswerSchema(Schema):
    verdict = fields.String(required=True, validate=validate.OneOf(("agreed", "refused")))


# ---- looking -----------------------------------------------------------------------------------------------


@bp.route("", methods=["GET"], permission=READ, summary="The desk for rules", strict_slashes=False)
def index(door: Door) -> str:
    tests = _last_tests(door)
    counts = queries.finding_counts(door.session, door.now - RECENTLY)
    rows = [
        RuleLine(row, rule, tests.get(row.rule_version_id), counts.get(row.rule_version_id, FindingCount()))
        for row, rule in drafts.every_version(door)
    ]
    rows.sort(key=lambda one: (in_order(one.row.rule_id), -one.row.version))
    return render_template(
        "rules/list.html",
        patterns=[
            (name, list(lines))
            for name, lines in groupby(
                (one for one in rows if one.row.status != "retired"), lambda one: pattern_of(one.row.rule_id)
            )
        ],
        retired=[one for one in rows if one.row.status == "retired"],
        tally=Counter(one.row.status for one in rows),
        drafts=[
            (row, drafts.judged(row.text, drafts.known_rules(door))) for row in queries.drafts(door.session)
        ],
        proposals=[(row, _may_answer(door, row)) for row in queries.open_proposals(door.session)],
        may_draft=may(door.actor, DRAFT),
        cost=_cost,
        reach=_reach,
        **_shown(door),
    )


@bp.route("/<version_id>", methods=["GET"], permission=READ, summary="One rule with all that belongs to it")
def show(door: Door, version_id: str) -> str:
    row, rule = drafts.rule_of(door, version_id)
    tests = queries.back_tests(door.session, version_id)
    proposal = next(
        (one for one in queries.open_proposals(door.session) if one.rule_version_id == version_id), None
    )
    return render_template(
        "rules/rule.html",
        row=row,
        rule=rule,
        words=in_words(rule),
        text=rule.source.splitlines(),
        failing_lines={int(said.split(",")[0].removeprefix("line ")) for said in failures(rule)},
        tests=tests,
        lacking=drafts.lacks(rule, tests),
        findings=queries.findings_of(door.session, version_id),
        steps=queries.rule_steps(door.session, version_id),
        proposal=proposal,
        may_draft=may(door.actor, DRAFT),
        may_answer=_may_answer(door, proposal) if proposal else None,
        span=span_of_test(door, None, None),
        cost=_cost,
        **_shown(door),
    )


@bp.route(
    "/findings/<reference>",
    methods=["GET"],
    permission=READ,
    summary="One finding: what it rests on, how firmly, and everything that happened to it",
)
def finding(door: Door, reference: str) -> str:
    """By its number, or by the id that an alert names."""
    is_number = reference.isdecimal() and len(reference) < 10
    row = (
        queries.finding_by_number(door.session, int(reference))
        if is_number
        else queries.finding(door.session, reference)
    )
    if row is None:
        raise NotFound(thing="finding", id=reference)
    versions = queries.finding_versions(door.session, row.finding_id)
    history = history_of(versions)
    _, rule = drafts.rule_of(door, row.rule_version_id)
    others = [one.merged_into for one in versions] + [one.split_from for one in versions]
    return render_template(
        "rules/finding.html",
        row=row,
        rule=rule,
        latency=in_hours(row.first_recorded_at - versions[0].detectable_at),
        firmness=firmness_of(row.numbers.get("margin")),
        history=history,
        receipts=_receipts(door, history),
        number_of=queries.numbers_of(door.session, {one for one in others if one}),
        **_shown(door),
    )


@dataclass
class Told:
    """A version, and the evidence that joined and left. `same` more said it again, the last one `until`."""

    version: FindingRow
    joined: list[Cited]
    left: list[Cited]
    same: int = 0
    until: dt.datetime | None = None

    @property
    def report(self) -> str | None:
        """The id of the report that caused it."""
        kind, _, of = (self.version.cause or "").partition(":")
        return of if kind == OBSERVATION else None


def history_of(versions: Sequence[FindingRow]) -> list[Told]:
    """What happened, oldest first; what the clock alone drew out further is one line with the line before."""
    told: list[Told] = []
    for before, one in zip([None, *versions], versions, strict=False):
        joined, left = _moved(before, one)
        if told and one.change == "extended" and one.reason == "clock" and not joined and not left:
            told[-1].same, told[-1].until = told[-1].same + 1, one.recorded_at
        else:
            told.append(Told(one, joined, left))
    return told


def _receipts(door: Door, history: Iterable[Told]) -> dict[str, str]:
    """The receipt number of every observation that any version rested on, or came by."""
    told = {one.observation_id for item in history for one in item.joined if one.origin == OBSERVATION}
    told |= {item.report for item in history if item.report}
    rows = intake.observations(door.session, ids=sorted(told))
    return {row.observation_id: row.receipt_number for row in rows}


def _moved(before: FindingRow | None, one: FindingRow) -> tuple[list[Cited], list[Cited]]:
    """The evidence that joined and that left with a version."""
    held = before.evidence if before else ()
    joined = [cited for cited in one.evidence if cited not in held]
    return joined, [cited for cited in held if cited not in one.evidence]


def in_hours(length: dt.timedelta) -> str:
    """A length of time as people say it: minutes below two hours, hours below two days, else days."""
    minutes = max(0, length // dt.timedelta(minutes=1))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} d"


@bp.route("/<version_id>/trial", methods=["GET"], permission=DRAFT, summary="A rule run over the past")
def try_rule(door: Door, version_id: str) -> Any:
    _, rule = drafts.rule_of(door, version_id)
    return _tried(door, rule)


@bp.route("/drafts/<draft_id>", methods=["GET"], permission=READ, summary="A draft, to be written on")
def edit(door: Door, draft_id: str) -> str:
    row = _draft(door, draft_id)
    return render_template(
        "rules/draft.html",
        row=row,
        found=drafts.judged(row.text, drafts.known_rules(door)),
        may_draft=may(door.actor, DRAFT),
        span=span_of_test(door, None, None),
        **_shown(door),
    )


@bp.route("/drafts/<draft_id>/trial", methods=["GET"], permission=DRAFT, summary="A draft run over the past")
def try_draft(door: Door, draft_id: str) -> Any:
    found = drafts.judged(_draft(door, draft_id).text, drafts.known_rules(door))
    return _tried(door, found.rule) if found.rule else _said(found)


@bp.route("/check", methods=["POST"], permission=DRAFT, takes=TextSchema, summary="Whether a text is a rule")
def check(door: Door) -> Any:
    return _said(drafts.judged(door.load(TextSchema)["text"], drafts.known_rules(door)))


# ---- changing ----------------------------------------------------------------------------------------------


@bp.route("/drafts", methods=["POST"], permission=DRAFT, takes=NewDraftSchema, summary="Begin a draft")
def begin(door: Door) -> Any:
    based_on = door.load(NewDraftSchema)["based_on"]
    text = BLANK
    if based_on:
        row, rule = drafts.rule_of(door, based_on)
        last = max(one.version for one, _ in drafts.every_version(door) if one.rule_id == row.rule_id)
        text = _as_version(rule.source, last + 1)
    draft = drafts.save_draft(door, text)
    return _done(url_for("rules_desk.edit", draft_id=draft.draft_id), {"draft_id": draft.draft_id})


@bp.route("/drafts/<draft_id>", methods=["POST"], permission=DRAFT, takes=DraftSchema, summary="Save a draft")
def save(door: Door, draft_id: str) -> Any:
    given = door.load(DraftSchema)
    text = given["text"].replace("\r\n", "\n")
    row = drafts.save_draft(door, text, draft_id, given["edition"])
    return _done(url_for("rules_desk.edit", draft_id=draft_id), {"edition": row.edition})


@bp.route(
    "/drafts/<draft_id>/shadow",
    methods=["POST"],
    permission=DRAFT,
    takes=EditionSchema,
    summary="Run a draft in shadow",
)
def shadow(door: Door, draft_id: str) -> Any:
    version_id = drafts.run_in_shadow(door, draft_id, door.load(EditionSchema)["edition"])
    return _done(url_for("rules_desk.show", version_id=version_id), {"rule": version_id})


@bp.route(
    "/<version_id>/back-tests",
    methods=["POST"],
    permission=DRAFT,
    takes=KeepSchema,
    summary="Sign and store a back-test that the server has just run",
)
def keep(door: Door, version_id: str) -> Any:
    given = door.load(KeepSchema)
    return {"id": drafts.keep_back_test(door, version_id, given["result"], given["seal"])}, 201


@bp.route(
    "/<version_id>/proposals",
    methods=["POST"],
    permission=DRAFT,
    takes=ProposalSchema,
    summary="Propose to switch a rule on, or to retire it",
)
def propose(door: Door, version_id: str) -> Any:
    made = drafts.propose(door, version_id, door.load(ProposalSchema)["kind"])
    return _done(url_for("rules_desk.show", version_id=version_id), {"proposal": made.id})


@bp.route(
    "/proposals/<int:proposal_id>",
    methods=["POST"],
    permission=SWITCH,
    takes=AnswerSchema,
    summary="Agree to somebody else's proposal, or refuse it",
)
def answer(door: Door, proposal_id: int) -> Any:
    status = drafts.answer(door, proposal_id, door.load(AnswerSchema)["verdict"] == "agreed")
    return _done(url_for("rules_desk.index"), {"status": status})


@bp.route("/<version_id>/stop", methods=["POST"], permission=DRAFT, summary="Take a rule out of shadow")
def stop(door: Door, version_id: str) -> Any:
    drafts.stop_shadow(door, version_id)
    return _done(url_for("rules_desk.show", version_id=version_id), {"status": "retired"})


# ---- what they share ---------------------------------------------------------------------------------------


def _done(where: str, said: dict[str, Any]) -> Any:
    return said if request.is_json else redirect(where, 303)


def _draft(door: Door, draft_id: str) -> queries.DraftRow:
    row = queries.draft(door.session, draft_id)
    if row is None:
        raise NotFound(thing="draft", id=draft_id)
    return row


def _tried(door: Door, rule: Rule) -> Any:
    span = span_of_test(door, instant_argument("from"), instant_argument("to"))
    result = tried_on_history(door, rule, span, drafts.known_rules(door)).as_json()
    return {"result": result, "seal": drafts.sealed(door, result)}


def _said(found: Judged) -> dict[str, Any]:
    if found.rule is None:
        return {"is_sound": False, "line": found.line, "why": found.why, "failing": [], "words": []}
    return {
        "is_sound": found.is_sound,
        "line": None,
        "why": None,
        "failing": list(found.failing),
        "words": in_words(found.rule),
        "examples": len(found.rule.examples),
        "version_id": f"{found.rule.id}@{found.rule.version}",
        "lacking": drafts.lacks(found.rule, []),
    }


def _may_answer(door: Door, row: ProposalRow) -> Decision:
    return may(door.actor, SWITCH, Subject(makers=frozenset({row.by.removeprefix("person:")})))


def _last_tests(door: Door) -> dict[str, BackTestRow]:
    last: dict[str, BackTestRow] = {}
    for row in queries.back_tests(door.session):
        last.setdefault(row.rule_version_id, row)
    return last


def _cost(test: BackTestRow | None) -> str | None:
    """What judging costs, from the last back-test: milliseconds for a thousand reports that it reads."""
    if test is None or not test.result.get("reports") or test.result.get("seconds") is None:
        return None
    return f"{1e6 * test.result['seconds'] / test.result['reports']:,.0f}"


def _reach(rule: Rule) -> str:
    """How far back one verdict reads, which bounds what judging can ever cost."""
    hours = rule.lookback // dt.timedelta(hours=1)
    return f"{hours // 24} d" if hours > 48 else f"{hours} h"


def _as_version(text: str, version: int) -> str:
    """The text as a draft of another version, all else as it was written."""
    said = {"version": str(version), "status": "draft"}
    lines = []
    for line in text.splitlines():
        name = line.split(":", 1)[0]
        lines.append(f"{name}: {said[name]}" if name in said else line)
    return "\n".join(lines) + "\n"


def _shown(door: Door) -> dict[str, Any]:
    """What every page of this desk prints with: people by name, moments in the mission's zone."""
    mission = find_mission(door.session)
    zone = mission.zone if mission else dt.UTC
    people = {f"person:{one.id}": one.name for one in all_people(door.session)}
    named = people | {SYSTEM.code: "the machine", queries.FROM_FILE: "rule file"}
    return {
        "name": lambda code: named.get(code or "", code or "–"),
        "moment": lambda at: f"{at.astimezone(zone):%-d %b %Y %H:%M}",
        "day": lambda at: f"{at.astimezone(zone):%-d %b %Y}",
        "iso": lambda at: at.isoformat(),
    }
