"""Questions about findings and the rules behind them. `known_at` answers as announced at that moment."""

import datetime as dt
import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from incidents.rules.core import Cited, Episode
from incidents.rules.facts import OBSERVATION, Fact, Lag, Span
from incidents.rules.lineage import Standing
from incidents.rules.loader import load_rule
from incidents.rules.model import (
    Finding,
    FindingEvidence,
    FindingVersion,
    RuleBackTest,
    RuleDraft,
    RuleFact,
    RuleProposal,
    RuleStep,
    RuleVersion,
)
from incidents.rules.rule import Rule

# Who took a step that a rule file asked for; the log's entry names who loaded it.
FROM_FILE = "rule file"


@dataclass(frozen=True)
class FindingRow:
    """One version of a finding, with the evidence it rests on."""

    finding_id: str
    number: int
    rule_version_id: str
    rule_id: str
    rule_title: str
    key: str
    version_no: int
    change: str
    reason: str
    cause: str | None
    merged_into: str | None
    split_from: str | None
    state: str
    condition_from: dt.datetime
    detectable_at: dt.datetime
    start_at: dt.datetime
    end_at: dt.datetime
    severity: int
    strength: tuple[int, ...]
    numbers: Mapping[str, Any] = field(hash=False)
    evidence: tuple[Cited, ...]
    reviewed: int
    quarantined: int
    sources: int
    sentence: str
    sector: str | None
    first_recorded_at: dt.datetime
    recorded_at: dt.datetime


@dataclass(frozen=True)
class RuleRow:
    """A rule version as the store holds it, with its last status."""

    rule_version_id: str
    rule_id: str
    version: int
    digest: str
    title: str
    status: str
    by: str | None
    recorded_at: dt.datetime

    @property
    def at_the_desk(self) -> bool:
        """Whether the step that holds was taken at the desk for rules, and not asked for by a file."""
        return self.by not in (None, FROM_FILE)


def finding_versions(session: Session, finding_id: str, after: int = 0) -> list[FindingRow]:
    """Every version of a finding above a number, oldest first."""
    query = _findings().where(FindingVersion.finding_id == finding_id, FindingVersion.version_no > after)
    rows = session.execute(query.order_by(FindingVersion.version_no))
    return _rows(session, rows)


def finding(session: Session, finding_id: str, known_at: dt.datetime | None = None) -> FindingRow | None:
    """A finding as it stood at a moment; None where it was not announced by then."""
    query = _findings().where(FindingVersion.finding_id == finding_id)
    if known_at is not None:
        query = query.where(FindingVersion.recorded_at <= known_at)
    found = _rows(session, session.execute(query.order_by(FindingVersion.version_no.desc()).limit(1)))
    return found[0] if found else None


def finding_by_number(session: Session, number: int) -> FindingRow | None:
    finding_id = session.scalar(select(Finding.id).where(Finding.number == number))
    return finding(session, finding_id) if finding_id else None


def numbers_of(session: Session, finding_ids: Collection[str]) -> dict[str, int]:
    """The numbers of findings by their ids."""
    query = select(Finding.id, Finding.number).where(Finding.id.in_(sorted(finding_ids)))
    return {finding_id: number for finding_id, number in session.execute(query)}


def findings(session: Session, states: Collection[str] = ("open",)) -> list[FindingRow]:
    """Findings in these states, newest number first. Crosses all sectors."""
    query = _findings().where(_is_last(), FindingVersion.state.in_(list(states)))
    return _rows(session, session.execute(query.order_by(Finding.number.desc())))


def rules_citing(session: Session, observation_ids: Collection[str]) -> set[str]:
    """The rule versions of which some finding ever rested on one of these observations."""
    query = (
        select(Finding.rule_version_id)
        .join(FindingEvidence, FindingEvidence.finding_id == Finding.id)
        .where(FindingEvidence.observation_id.in_(list(observation_ids)))
    )
    return set(session.scalars(query))


def rule_versions(session: Session) -> list[RuleRow]:
    """Every rule version ever loaded, with the status that holds now."""
    last = select(func.max(RuleStep.id)).group_by(RuleStep.rule_version_id)
    rows = session.execute(
        select(RuleVersion, RuleStep.status, RuleStep.by)
        .join(RuleStep, RuleStep.rule_version_id == RuleVersion.id)
        .where(RuleStep.id.in_(last))
        .order_by(RuleVersion.rule_id, RuleVersion.version)
    )
    return [
        RuleRow(rule.id, rule.rule_id, rule.version, rule.digest, rule.title, status, by, rule.recorded_at)
        for rule, status, by in rows
    ]


def desk_texts(session: Session) -> dict[str, str]:
    """The text of every rule version that was written at the desk and is not retired."""
    query = select(RuleVersion.id, RuleVersion.source).join(
        RuleDraft, RuleDraft.published_as == RuleVersion.id
    )
    last = select(func.max(RuleStep.id)).group_by(RuleStep.rule_version_id)
    running = select(RuleStep.rule_version_id).where(RuleStep.id.in_(last), RuleStep.status != "retired")
    rows = session.execute(query.where(RuleVersion.id.in_(running)).order_by(RuleVersion.id))
    return {version_id: source for version_id, source in rows}


def standing_findings(
    session: Session, rule_version_id: str, key: str | None, not_before: dt.datetime
) -> list[Standing]:
    """Findings of a rule and key as last announced, whose episode reaches up to `not_before` or later."""
    query = _findings().where(
        Finding.rule_version_id == rule_version_id, FindingVersion.end_at >= not_before, _is_last()
    )
    if key is not None:
        query = query.where(Finding.key == key)
    return _standings(session, session.execute(query))


def open_findings(session: Session) -> dict[str, list[Standing]]:
    """Every open finding as last announced, by rule version. Crosses all sectors."""
    rows = session.execute(_findings().where(FindingVersion.state == "open", _is_last())).all()
    found: dict[str, list[Standing]] = {}
    for (root, _, _), standing in zip(rows, _standings(session, rows), strict=True):
        found.setdefault(root.rule_version_id, []).append(standing)
    return found


def open_findings_of(session: Session, rule_ids: Collection[str], sector: str | None) -> list[str]:
    """The findings of these rules in a sector that are open, or fell away and may wait for review, by id."""
    query = (
        select(Finding.id)
        .join(FindingVersion, FindingVersion.finding_id == Finding.id)
        .join(RuleVersion, RuleVersion.id == Finding.rule_version_id)
        .where(
            RuleVersion.rule_id.in_(sorted(rule_ids)),
            FindingVersion.sector == sector,
            FindingVersion.state.in_(("open", "withdrawn")),
            _is_last(),
        )
    )
    return list(session.scalars(query))


def live_facts(
    session: Session, key: str | None, span: Span, categories: Collection[str] | None = None
) -> list[Fact]:
    """The live version of every fact of a key (of all, without one) that touches the span."""
    query = _FACTS.where(RuleFact.until_at > span.start, RuleFact.from_at <= span.end, _is_live()).order_by(
        RuleFact.t_end
    )
    if key is not None:
        query = query.where(RuleFact.key == key)
    if categories is not None:
        query = query.where(RuleFact.category.in_(sorted(categories)))
    return [_fact(*row) for row in session.execute(query)]


def facts_of(session: Session, ids: Collection[str]) -> list[Fact]:
    """The live versions of these facts."""
    found: list[Fact] = []
    wanted = sorted(ids)
    # Stores limit how many values one statement may carry.
    for first in range(0, len(wanted), 400):
        query = _FACTS.where(RuleFact.observation_id.in_(wanted[first : first + 400]), _is_live())
        found += [_fact(*row) for row in session.execute(query)]
    return found


def versions_known(session: Session, span: Span, known_at: dt.datetime) -> list[Fact]:
    """Every version of every fact that speaks of a time in the span, in the order they became known."""
    query = _FACTS.where(
        RuleFact.until_at > span.start, RuleFact.from_at <= span.end, RuleFact.known_at <= known_at
    ).order_by(RuleFact.known_at, RuleFact.observation_id, RuleFact.version)
    return [_fact(*row) for row in session.execute(query)]


def lags(session: Session, since: dt.datetime) -> list[Lag]:
    """How late each observation whose event ended after `since` was first known."""
    query = select(RuleFact.key, RuleFact.t_end, RuleFact.known_at).where(
        RuleFact.version == 1, RuleFact.origin == OBSERVATION, RuleFact.t_end > since
    )
    return [Lag(key, t_end, known_at - t_end) for key, t_end, known_at in session.execute(query)]


def live_fact(session: Session, observation_id: str) -> Fact | None:
    """The fact of one observation as last read."""
    query = _FACTS.where(RuleFact.observation_id == observation_id)
    row = session.execute(query.order_by(RuleFact.version.desc()).limit(1)).first()
    return _fact(*row) if row else None


def keys_with_facts(
    session: Session, after: dt.datetime, categories: Collection[str] | None = None
) -> list[str]:
    """Keys of which anything speaks of a time after a moment."""
    query = select(RuleFact.key).where(RuleFact.until_at > after)
    if categories is not None:
        query = query.where(RuleFact.category.in_(sorted(categories)))
    return sorted(session.scalars(query.distinct()))


_FACT_COLUMNS = (
    RuleFact.observation_id,
    RuleFact.version,
    RuleFact.revision_no,
    RuleFact.known_at,
    RuleFact.t_start,
    RuleFact.t_end,
    RuleFact.category,
    RuleFact.type,
    RuleFact.sector,
    RuleFact.info_type,
    RuleFact.means,
    RuleFact.weapon,
    RuleFact.tier,
    RuleFact.count_best,
    RuleFact.exposure,
    RuleFact.assessed_exercise,
    RuleFact.incident_id,
    RuleFact.team,
    RuleFact.device,
    RuleFact.status,
    RuleFact.flags,
    RuleFact.x,
    RuleFact.y,
    RuleFact.z,
    RuleFact.cell,
    RuleFact.origin,
    RuleFact.watch,
    RuleFact.holds_from,
    RuleFact.holds_to,
    RuleFact.details,
)
# Made once: so many columns take longer to name than a few facts take to read.
_FACTS = select(*_FACT_COLUMNS)
_FLAGS_AT = _FACT_COLUMNS.index(RuleFact.flags)


def _fact(*values: Any) -> Fact:
    read = list(values)
    read[_FLAGS_AT] = frozenset(read[_FLAGS_AT])
    return Fact(*read)


# Expressions are values: building them anew costs more than running the query.
@functools.cache
def _is_live() -> ColumnElement[bool]:
    newer = aliased(RuleFact)
    return ~(
        select(newer.version)
        .where(newer.observation_id == RuleFact.observation_id, newer.version > RuleFact.version)
        .exists()
    )


@functools.cache
def _is_last() -> ColumnElement[bool]:
    newer = aliased(FindingVersion)
    return ~(
        select(newer.version_no)
        .where(newer.finding_id == FindingVersion.finding_id, newer.version_no > FindingVersion.version_no)
        .exists()
    )


@functools.cache
def _findings() -> Any:
    return (
        select(Finding, FindingVersion, RuleVersion)
        .join(FindingVersion, FindingVersion.finding_id == Finding.id)
        .join(RuleVersion, RuleVersion.id == Finding.rule_version_id)
    )


def _evidence(
    session: Session, wanted: Collection[FindingVersion]
) -> dict[FindingVersion, tuple[Cited, ...]]:
    """What each of these versions rested on: what joined its finding by then and did not leave."""
    held: dict[str, list[tuple[int, bool, Cited]]] = {}
    ids = sorted({version.finding_id for version in wanted})
    # Stores limit how many values one statement may carry.
    for first in range(0, len(ids), 400):
        rows = session.execute(
            select(
                FindingEvidence.finding_id,
                FindingEvidence.version_no,
                FindingEvidence.joined,
                FindingEvidence.observation_id,
                FindingEvidence.revision_no,
                FindingEvidence.origin,
            )
            .where(FindingEvidence.finding_id.in_(ids[first : first + 400]))
            .order_by(FindingEvidence.version_no, FindingEvidence.joined)
        )
        for finding_id, version_no, joined, observation_id, revision_no, origin in rows:
            cited = Cited(observation_id, revision_no, origin)
            held.setdefault(finding_id, []).append((version_no, joined, cited))
    return {version: _held_at(held.get(version.finding_id, ()), version.version_no) for version in wanted}


def _held_at(moves: Iterable[tuple[int, bool, Cited]], version_no: int) -> tuple[Cited, ...]:
    held: set[Cited] = set()
    for at, joined, cited in moves:
        if at <= version_no:
            (held.add if joined else held.discard)(cited)
    return tuple(sorted(held, key=lambda cited: (cited.observation_id, cited.revision)))


def _standings(session: Session, rows: Iterable[Any]) -> list[Standing]:
    read = [(root, version) for root, version, _ in rows]
    evidence = _evidence(session, [version for _, version in read])
    return [
        Standing(root.id, root.number, version.state, _episode(root, version, evidence[version]))
        for root, version in read
    ]


def _episode(root: Finding, version: FindingVersion, evidence: tuple[Cited, ...]) -> Episode:
    return Episode(
        key=root.key,
        start=version.start_at,
        end=version.end_at,
        condition_from=version.condition_from,
        detectable_at=version.detectable_at,
        peak_at=version.peak_at,
        severity=version.severity,
        strength=tuple(version.strength),
        numbers=version.numbers,
        evidence=evidence,
        reviewed=version.reviewed,
        quarantined=version.quarantined,
        sources=version.sources,
        resolved=version.is_resolved,
        sector=version.sector,
        place=_place(version),
    )


def _place(version: FindingVersion) -> tuple[int, int, int] | None:
    if version.x is None or version.y is None or version.z is None:
        return None
    return version.x, version.y, version.z


def _rows(session: Session, rows: Iterable[Any]) -> list[FindingRow]:
    read = [tuple(row) for row in rows]
    evidence = _evidence(session, [version for _, version, _ in read])
    return [_row(root, version, rule, evidence[version]) for root, version, rule in read]


def _row(
    root: Finding, version: FindingVersion, rule: RuleVersion, evidence: tuple[Cited, ...]
) -> FindingRow:
    return FindingRow(
        finding_id=root.id,
        number=root.number,
        rule_version_id=root.rule_version_id,
        rule_id=rule.rule_id,
        rule_title=rule.title,
        key=root.key,
        version_no=version.version_no,
        change=version.change,
        reason=version.reason,
        cause=version.cause,
        merged_into=version.merged_into,
        split_from=version.split_from,
        state=version.state,
        condition_from=version.condition_from,
        detectable_at=version.detectable_at,
        start_at=version.start_at,
        end_at=version.end_at,
        severity=version.severity,
        strength=tuple(version.strength),
        numbers=version.numbers,
        evidence=evidence,
        reviewed=version.reviewed,
        quarantined=version.quarantined,
        sources=version.sources,
        sentence=version.sentence,
        sector=version.sector,
        first_recorded_at=root.recorded_at,
        recorded_at=version.recorded_at,
    )


# ---- what the desk for rules asks ------------------------------------------------------------------------


@dataclass(frozen=True)
class StepRow:
    """A step of a rule version into use or out of it: who took it, who answers for it, on which back-test."""

    rule_version_id: str
    status: str
    by: str | None
    answers: str | None
    back_test_id: int | None
    recorded_at: dt.datetime


@dataclass(frozen=True)
class DraftRow:
    """The last edition of a draft."""

    draft_id: str
    edition: int
    text: str
    by: str
    published_as: str | None
    recorded_at: dt.datetime


@dataclass(frozen=True)
class BackTestRow:
    """A stored back-test of a rule version."""

    id: int
    rule_version_id: str
    digest: str | None
    since: dt.datetime
    until: dt.datetime
    findings: int
    result: Mapping[str, Any] = field(hash=False)
    signed_by: str | None
    recorded_at: dt.datetime


@dataclass(frozen=True)
class ProposalRow:
    """A proposal that nobody has answered yet."""

    id: int
    rule_version_id: str
    kind: str
    back_test_id: int | None
    by: str
    recorded_at: dt.datetime


def running_since(session: Session, rule_version_id: str) -> dt.datetime:
    """When a rule version that runs came into use, in the shadow or on."""
    steps = session.execute(
        select(RuleStep.status, RuleStep.recorded_at)
        .where(RuleStep.rule_version_id == rule_version_id)
        .order_by(RuleStep.id.desc())
    )
    since = dt.datetime.max.replace(tzinfo=dt.UTC)
    for status, at in steps:
        if status not in ("on", "shadow"):
            break
        since = at
    return since


def rule_as_published(session: Session, rule_version_id: str) -> Rule:
    """A rule version as a value, with the status that holds now."""
    row = session.execute(
        select(RuleVersion.source, RuleStep.status)
        .join(RuleStep, RuleStep.rule_version_id == RuleVersion.id)
        .where(RuleVersion.id == rule_version_id)
        .order_by(RuleStep.id.desc())
        .limit(1)
    ).one()
    return rule_from(row.source, rule_version_id, row.status)


@functools.lru_cache(maxsize=512)
def rule_from(source: str, rule_version_id: str, status: str) -> Rule:
    """A rule from its published text, which never changes; reading a text costs more than judging by it."""
    return replace(load_rule(source, rule_version_id), status=status)


def rule_text(session: Session, rule_version_id: str) -> str | None:
    """A rule version as it was published."""
    return session.scalar(select(RuleVersion.source).where(RuleVersion.id == rule_version_id))


def rule_steps(session: Session, rule_version_id: str) -> list[StepRow]:
    """Every step of a rule version, oldest first."""
    query = select(RuleStep).where(RuleStep.rule_version_id == rule_version_id).order_by(RuleStep.id)
    return [
        StepRow(rule_version_id, one.status, one.by, one.answers, one.back_test_id, one.recorded_at)
        for one in session.scalars(query)
    ]


def drafts(session: Session) -> list[DraftRow]:
    """Every draft that has not become a version yet, in its last edition, newest first."""
    query = _last_editions().where(RuleDraft.published_as.is_(None)).order_by(RuleDraft.recorded_at.desc())
    return [_draft(row) for row in session.scalars(query)]


def draft(session: Session, draft_id: str) -> DraftRow | None:
    """A draft in its last edition."""
    row = session.scalar(_last_editions().where(RuleDraft.draft_id == draft_id))
    return _draft(row) if row else None


def _last_editions() -> Any:
    newer = aliased(RuleDraft)
    is_newer = (newer.draft_id == RuleDraft.draft_id) & (newer.edition > RuleDraft.edition)
    return select(RuleDraft).where(~select(newer.edition).where(is_newer).exists())


def _draft(row: RuleDraft) -> DraftRow:
    return DraftRow(row.draft_id, row.edition, row.text, row.by, row.published_as, row.recorded_at)


def back_tests(
    session: Session, rule_version_id: str | None = None, since: dt.datetime | None = None
) -> list[BackTestRow]:
    """Stored back-tests, of one rule version or of all, newest first."""
    query = select(RuleBackTest).order_by(RuleBackTest.id.desc())
    if since is not None:
        query = query.where(RuleBackTest.recorded_at > since)
    if rule_version_id is not None:
        query = query.where(RuleBackTest.rule_version_id == rule_version_id)
    return [
        BackTestRow(
            id=row.id,
            rule_version_id=row.rule_version_id,
            digest=row.digest,
            since=row.from_at,
            until=row.until_at,
            findings=row.findings,
            result=row.result,
            signed_by=row.signed_by,
            recorded_at=row.recorded_at,
        )
        for row in session.scalars(query)
    ]


def open_proposals(session: Session) -> list[ProposalRow]:
    """Proposals that nobody has answered, oldest first."""
    answered = select(RuleProposal.answers_id).where(RuleProposal.answers_id.is_not(None))
    query = (
        select(RuleProposal)
        .where(RuleProposal.answers_id.is_(None), RuleProposal.id.not_in(answered))
        .order_by(RuleProposal.id)
    )
    return [
        ProposalRow(row.id, row.rule_version_id, row.kind, row.back_test_id, row.by, row.recorded_at)
        for row in session.scalars(query)
    ]


def findings_of(session: Session, rule_version_id: str, limit: int = 50) -> list[FindingRow]:
    """The findings of a rule version as last announced, newest number first. Crosses all sectors."""
    query = _findings().where(_is_last(), Finding.rule_version_id == rule_version_id)
    rows = session.execute(query.order_by(Finding.number.desc()).limit(limit))
    return _rows(session, rows)


@dataclass(frozen=True)
class FindingCount:
    """How many findings of a rule version stand open, how many are new, and when it spoke last."""

    open: int = 0
    new: int = 0
    last_at: dt.datetime | None = None


def finding_counts(session: Session, since: dt.datetime) -> dict[str, FindingCount]:
    """Per rule version: findings that stand open, those first announced after a moment, the newest of all."""
    is_open = case((FindingVersion.state == "open", 1), else_=0)
    is_new = case((Finding.recorded_at > since, 1), else_=0)
    query = (
        select(Finding.rule_version_id, func.sum(is_open), func.sum(is_new), func.max(Finding.recorded_at))
        .join(FindingVersion, FindingVersion.finding_id == Finding.id)
        .where(_is_last())
        .group_by(Finding.rule_version_id)
    )
    return {
        version_id: FindingCount(int(standing), int(new), last)
        for version_id, standing, new, last in session.execute(query)
    }


def facts_span(session: Session) -> Span | None:
    """From the first event that the rules have read to the last; None where there is none."""
    first, last = session.execute(select(func.min(RuleFact.t_start), func.max(RuleFact.t_end))).one()
    return Span(first, last) if first else None


def said_by_then(session: Session, rule_version_id: str, known_at: dt.datetime) -> list[Episode]:
    """The findings of a rule version that stood at a moment, as they were announced by then."""
    newer = aliased(FindingVersion)
    later = (
        select(newer.version_no)
        .where(
            newer.finding_id == FindingVersion.finding_id,
            newer.version_no > FindingVersion.version_no,
            newer.recorded_at <= known_at,
        )
        .exists()
    )
    query = _findings().where(
        Finding.rule_version_id == rule_version_id,
        FindingVersion.recorded_at <= known_at,
        ~later,
        FindingVersion.state.in_(("open", "resolved")),
    )
    return [standing.episode for standing in _standings(session, session.execute(query))]
