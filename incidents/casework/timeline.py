"""One incident with every account of it side by side, as known at any moment.

All of it is here: contradictory accounts, those that never count, what may belong to it, where the bearings
cross, how many with the ids behind it, what was said of it and what changed.
"""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from incidents.casework import counting, queries
from incidents.casework.candidates import perceived_as
from incidents.casework.contradictions import Account, Contradiction, contradictions
from incidents.casework.corrections import OF_A_REPORT, OF_A_STATEMENT, Change, changes
from incidents.casework.correlate import TOLERANCE_S, speed_of_sound
from incidents.casework.counting import Counted, Range, Total
from incidents.casework.queries import (
    GradeRow,
    IncidentRow,
    LinkRow,
    StatementRow,
    StepRow,
    SuggestionRow,
)
from incidents.casework.triangulation import Bearing, Beside, Fix, NoCrossing, beside, fix
from incidents.evidence.queries import MediaRow, media_of
from incidents.intake import queries as intake
from incidents.intake.queries import ObservationRow, Position
from monitor import geo
from monitor.door import Door
from monitor.places.queries import LineRow, all_lines

# One of sixteen words is ±11.25° all alike, whose standard error this is.
WORD_SIGMA_DEG = 6.5
NEAR_A_LINE_M = 25_000.0
# Bearings from nearer than this to each other are one bearing taken twice.
LEAST_BASELINE_M = 200.0


@dataclass(frozen=True)
class Correction:
    """A version that came after another: what changed, who, when, why. `after_issue`: it had been issued."""

    version_no: int
    changes: tuple[Change, ...]
    actor: str
    recorded_at: dt.datetime
    why: str | None
    after_issue: bool = False


@dataclass(frozen=True)
class Told:
    """One account. `delay_s` is how long the sound took to the observer, at least and at most."""

    row: ObservationRow
    position: Position | None
    text: str | None
    grade: GradeRow
    media: tuple[MediaRow, ...]
    corrections: tuple[Correction, ...]
    counted: Counted
    tolerance_s: float | None
    delay_s: tuple[float, float] | None


@dataclass(frozen=True)
class NearLine:
    line: LineRow
    beside: Beside


@dataclass(frozen=True)
class Timeline:
    incident: IncidentRow
    known_at: dt.datetime
    accounts: tuple[Told, ...]
    contradictions: tuple[Contradiction, ...]
    kinds: Mapping[str, Total] = field(hash=False)
    total: Range
    fix: Fix | None
    no_fix: str | None
    lines: tuple[NearLine, ...]
    suggestions: tuple[SuggestionRow, ...]
    decided: tuple[SuggestionRow, ...]
    others: Mapping[str, tuple[ObservationRow, Position | None]] = field(hash=False)
    steps: tuple[StepRow, ...]
    links: tuple[LinkRow, ...]
    statements: tuple[StatementRow, ...]
    corrections: tuple[Correction, ...]


def timeline(door: Door, incident_id: str, known_at: dt.datetime | None = None) -> Timeline:
    """Everything of one incident. Positions, text and media only for whom they are. Raises NotFound."""
    session, at = door.session, known_at or door.now
    row = queries.incident(session, incident_id, known_at)
    rows = (
        intake.observations(session, ids=row.observation_ids, known_at=known_at)
        if row.observation_ids
        else []
    )
    exact = _positions(door, rows)
    steps = queries.steps(session, door.app.keys, incident_id, known_at)
    counted = {one.id: one for one in queries.counted(session, rows, known_at)}
    accounts = tuple(
        _told(door, one, exact.get(one.observation_id), counted, steps, known_at) for one in rows
    )
    suggested = queries.suggestions(
        session, observation_ids=row.observation_ids, states=("suggested",), known_at=known_at
    )
    decided = queries.suggestions(
        session, observation_ids=row.observation_ids, states=("confirmed", "rejected"), known_at=known_at
    )
    open_ones = [one for one in suggested if not set(one.pair) <= set(row.observation_ids)]
    outside = {member for one in open_ones for member in one.pair} - set(row.observation_ids)
    others = {
        one.observation_id: one
        for one in (intake.observations(session, ids=outside, known_at=known_at) if outside else [])
    }
    others_exact = _positions(door, list(others.values()))
    fixed, why_not = _fix(accounts)
    statements = queries.statements(session, door.app.keys, incident_id, known_at)
    countable = [one.counted for one in accounts if _counts(one.counted)]
    return Timeline(
        incident=row,
        known_at=at,
        accounts=accounts,
        contradictions=tuple(contradictions([_account(one) for one in accounts])),
        kinds=counting.by_kind(countable),
        total=_range(session, countable, list(others.values()), open_ones, known_at),
        fix=fixed,
        no_fix=why_not,
        lines=_lines(session, accounts, fixed, known_at),
        suggestions=tuple(one for one in open_ones if set(one.pair) & others.keys()),
        decided=tuple(decided),
        others={key: (one, others_exact.get(key)) for key, one in others.items()},
        steps=tuple(steps),
        links=tuple(queries.links(session, incident_id, known_at)),
        statements=tuple(statements),
        corrections=tuple(statement_corrections(statements, steps)),
    )


def _counts(one: Counted) -> bool:
    return one.processing == "accepted" and counting.is_violation(one)


def _range(
    session: Session,
    countable: Sequence[Counted],
    others: Sequence[ObservationRow],
    pairs: Sequence[SuggestionRow],
    known_at: dt.datetime | None,
) -> Range:
    """This incident's total, and what it would be with those that may belong to it."""
    more = [one for one in queries.counted(session, others, known_at) if _counts(one)]
    if not more:
        whole = counting.total(countable)
        return Range(whole, whole)
    return counting.range_of([*countable, *more], [one.pair for one in pairs])


def _positions(door: Door, rows: Sequence[ObservationRow]) -> dict[str, Position]:
    if not rows or not door.actor.may("incidents:position:read"):
        return {}
    return intake.positions(door.session, door.app.keys, rows)


def _told(
    door: Door,
    row: ObservationRow,
    at: Position | None,
    counted: Mapping[str, Counted],
    steps: Sequence[StepRow],
    known_at: dt.datetime | None,
) -> Told:
    session, keys = door.session, door.app.keys
    reads_text = door.actor.may("incidents:text:read")
    reads_media = door.actor.may("incidents:media:read")
    files = media_of(session, [row.observation_id], known_at) if reads_media else []
    return Told(
        row=row,
        position=at,
        text=intake.texts(session, keys, [row]).get(row.observation_id) if reads_text else None,
        grade=queries.grades(session, [row], known_at)[row.observation_id],
        media=tuple(item for item in files if item.revision_no == row.revision_no),
        corrections=tuple(report_corrections(door, row, steps, known_at)),
        counted=counted[row.observation_id],
        tolerance_s=TOLERANCE_S.get(row.t_precision),
        delay_s=_delay(row, at),
    )


def _delay(row: ObservationRow, at: Position | None) -> tuple[float, float] | None:
    if row.means not in ("heard", "felt") or at is None or at.dist_max_m is None:
        return None
    sound = speed_of_sound()
    return (at.dist_min_m or 0.0) / sound, at.dist_max_m / sound


def _account(one: Told) -> Account:
    return Account(
        number=one.row.receipt_number,
        perceived=perceived_as(one.row, one.position, None),
        counted=one.counted,
    )


def _fix(accounts: Sequence[Told]) -> tuple[Fix | None, str | None]:
    """Where the bearings of this incident cross: one bearing an observer, the best measured of theirs."""
    best: dict[str, Bearing] = {}
    for one in accounts:
        bearing = _bearing(one)
        if bearing is None or one.row.processing == "rejected":
            continue
        held = best.get(one.row.author_id)
        if held is None or (bearing.sigma_deg, bearing.id) < (held.sigma_deg, held.id):
            best[one.row.author_id] = bearing
    if len(best) < 2:
        return None, "A fix needs the bearings of at least two observers." if best else None
    first, *rest = best.values()
    if all(geo.inverse(first.lon, first.lat, one.lon, one.lat)[1] < LEAST_BASELINE_M for one in rest):
        return None, "No fix: the observers stood together, so their bearings do not cross."
    try:
        return fix(list(best.values())), None
    except NoCrossing as refusal:
        return None, f"No fix: {refusal}."


def _bearing(one: Told) -> Bearing | None:
    at = one.position
    if at is None or at.observer is None or at.bearing_deg is None:
        return None
    is_word = at.dir16 is not None and abs(geo.degrees_of(at.dir16) - at.bearing_deg) < 1e-6
    near_m, far_m = at.dist_min_m, at.dist_max_m
    distance_m = (near_m + far_m) / 2 if near_m is not None and far_m is not None else None
    spread_m = None
    if distance_m is not None and near_m is not None and far_m is not None:
        spread_m = max((far_m - near_m) / 2, 0.25 * distance_m)
    return Bearing(
        id=one.row.observation_id,
        lon=at.observer[0],
        lat=at.observer[1],
        bearing_deg=at.bearing_deg,
        sigma_deg=WORD_SIGMA_DEG if is_word else geo.HAND_COMPASS_SIGMA_DEG,
        accuracy_m=at.accuracy_m or 0.0,
        distance_m=distance_m,
        distance_sigma_m=spread_m,
    )


def _lines(
    session: Session, accounts: Sequence[Told], fixed: Fix | None, known_at: dt.datetime | None
) -> tuple[NearLine, ...]:
    """How the incident lies to the lines near it, by its fix, else by the best known of its areas."""
    area, uncertainty_m = (fixed.polygon, fixed.uncertainty_m) if fixed else _best_area(accounts)
    if area is None:
        return ()
    found = []
    for line in all_lines(session, known_at) or all_lines(session):
        words = f"the line “{line.name_in('en')}” (version {line.version})"
        told = beside(area, uncertainty_m, line.geometry, words)
        if told.is_near or told.distance_m <= NEAR_A_LINE_M:
            found.append(NearLine(line, told))
    return tuple(found)


def _best_area(accounts: Sequence[Told]) -> tuple[Mapping[str, Any] | None, float]:
    areas = [
        (one.row.event_uncertainty_m, one.row.observation_id, one.position.geometry)
        for one in accounts
        if one.position and one.position.geometry and one.row.event_uncertainty_m
    ]
    if not areas:
        return None, 0.0
    uncertainty_m, _, area = min(areas, key=lambda one: one[:2])
    return area, uncertainty_m or 0.0


def report_corrections(
    door: Door, row: ObservationRow, steps: Sequence[StepRow] = (), known_at: dt.datetime | None = None
) -> list[Correction]:
    """What each later revision of a report changed. Why: the question it answers, where one was asked."""
    session = door.session
    found: list[Correction] = []
    if row.revision_no < 2:
        return found
    reads_text = door.actor.may("incidents:text:read")
    asked = intake.steps(session, door.app.keys, row.observation_id, known_at) if reads_text else []
    issued = [step.recorded_at for step in steps if step.axis == "release" and step.state == "released"]
    before: ObservationRow | None = None
    for revision_no, recorded_at, _ in intake.revisions(session, row.observation_id):
        after = intake.observation(session, row.observation_id, known_at=recorded_at)
        if after is None or (known_at is not None and recorded_at > known_at):
            continue
        if before is not None:
            questions = [s.comment for s in asked if s.state == "returned" and s.revision_no < revision_no]
            found.append(
                Correction(
                    version_no=revision_no,
                    changes=changes(dataclasses.asdict(before), dataclasses.asdict(after), OF_A_REPORT),
                    actor=f"person:{row.author_id}",
                    recorded_at=recorded_at,
                    why=questions[-1] if questions else None,
                    after_issue=bool(issued) and recorded_at > min(issued),
                )
            )
        before = after
    return found


def statement_corrections(statements: Sequence[StatementRow], steps: Sequence[StepRow]) -> list[Correction]:
    """What each later version of the statement changed, by whom and why."""
    issued = [step.recorded_at for step in steps if step.axis == "release" and step.state == "released"]
    found = []
    for before, after in itertools.pairwise(statements):
        found.append(
            Correction(
                version_no=after.version_no,
                changes=changes(dataclasses.asdict(before), dataclasses.asdict(after), OF_A_STATEMENT),
                actor=after.actor,
                recorded_at=after.recorded_at,
                why=after.why,
                after_issue=bool(issued) and after.recorded_at >= min(issued) and after.why is not None,
            )
        )
    return found
