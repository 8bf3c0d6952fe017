"""Casework as its pages read it: rows into JSON, codes into words. Nothing is decided here."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from incidents.casework.counting import Range, Total
from incidents.casework.coverage import Coverage, SectorCoverage
from incidents.casework.grading import CREDIBILITY, RELIABILITY
from incidents.casework.queries import GradeRow, IncidentRow, SuggestionRow
from incidents.casework.review import Waiting
from incidents.casework.timeline import Correction, Timeline, Told
from incidents.casework.totals import Totals
from incidents.casework.triangulation import Fix
from incidents.casework.workflow import CASUALTY_CHECKLIST, STATES, judge_step
from incidents.casework.workflow import ways as ways_from
from incidents.intake import titles
from incidents.intake.queries import ObservationRow, Position
from monitor.access import may
from monitor.door import Door
from monitor.people.queries import name_of, names

FIELDS = {
    "t_start": "Start",
    "t_end": "End",
    "t_precision": "Time known",
    "info_type": "Kind of information",
    "sector_code": "Sector",
    "observed_from": "Observed from",
    "lon": "Longitude",
    "lat": "Latitude",
    "event_uncertainty_m": "Known within (m)",
    "count_min": "Count, at least",
    "count_best": "Count",
    "count_max": "Count, at most",
    "count_qualifier": "Count is",
    "text": "Words",
    "exposure": "Exposure of the mission",
}
KINDS = {
    "patrol": "Patrols",
    "post": "Posts",
    "camera": "Cameras",
    "negative_report": "“Nothing seen or heard” alone",
}


def instant(value: dt.datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def total(one: Total) -> dict[str, Any]:
    """A number as it is said, with its bounds and the ids behind it."""
    return {
        "words": titles.QUALIFIERS[one.qualifier] + str(one.best),
        "min": one.min,
        "best": one.best,
        "max": one.max,
        "qualifier": one.qualifier,
        "ids": list(one.ids),
    }


def range_of(one: Range) -> dict[str, Any]:
    return total(one.apart) | {
        "together": total(one.together) if one.is_open else None,
        "open_ids": list(one.open_ids),
    }


def incident_row(row: IncidentRow) -> dict[str, Any]:
    return dataclasses.asdict(row) | {
        "recorded_at": row.recorded_at.isoformat(),
        "observation_ids": list(row.observation_ids),
        "label": row.label,
    }


def suggestion(row: SuggestionRow, known: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {
        "one_id": row.one_id,
        "other_id": row.other_id,
        "state": row.state,
        "score": row.score,
        "reasons": [{"code": code, "sentence": sentence} for code, sentence in row.reasons],
        "incident_id": row.incident_id,
        "by": name_of(row.actor, known or {}),
        "at": row.recorded_at.isoformat(),
        "since": row.since.isoformat(),
    }


def grade(row: GradeRow, known: Mapping[str, str] | None = None) -> dict[str, Any]:
    one = row.grade
    return {
        "text": one.text,
        "words": f"{RELIABILITY[one.reliability]}; {CREDIBILITY[one.credibility].lower()}",
        "is_default": one.is_default,
        "by": name_of(row.actor, known or {}) if row.actor else None,
        "at": instant(row.recorded_at),
        "reason": row.reason,
    }


def queue(rows: Iterable[Waiting]) -> list[dict[str, Any]]:
    return [
        dataclasses.asdict(row)
        | {
            "since": row.since.isoformat(),
            "held_until": instant(row.held_until),
            "observation_ids": list(row.observation_ids),
        }
        for row in rows
    ]


def report_line(row: ObservationRow, at: Position | None) -> dict[str, Any]:
    """What every list shows of an observation."""
    return {
        "id": row.observation_id,
        "number": row.receipt_number,
        "revision": row.revision_no,
        "category": row.category,
        "type": row.type,
        "type_words": titles.type_label(row.type),
        "symbol": titles.symbol(row.category, row.type),
        "title": titles.title(row, at),
        "count": titles.count_words(row),
        "tier": row.tier,
        "processing": row.processing,
        "info_type": row.info_type,
        "means": titles.label("means", row.means),
        "source": titles.label("info_type", row.info_type),
        "start": row.t_start.isoformat(),
        "end": row.t_end.isoformat(),
        "precision": titles.label("t_precision", row.t_precision),
        "received": row.received_at.isoformat(),
        "from": row.observed_from,
        "sector": row.sector_code,
        "author": row.author_name,
        "team": row.team_code,
        "exposure": titles.label("exposure", row.exposure),
        "lon": row.lon,
        "lat": row.lat,
        "uncertainty_m": row.event_uncertainty_m,
        "observer": [*at.observer, at.accuracy_m] if at and at.observer else None,
        "bearing": at.bearing_deg if at else None,
        "direction": titles.direction(at),
        "shape": _rings(at.geometry) if at and at.geometry and at.bearing_deg is not None else None,
    }


def _rings(geometry: Mapping[str, Any]) -> list[list[list[float]]]:
    """All rings of a polygon or multipolygon, to about a metre."""
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[[round(value, 5) for value in point] for point in ring] for part in parts for ring in part]


def _account(one: Told, assessment: str, known: Mapping[str, str]) -> dict[str, Any]:
    row = one.row
    return report_line(row, one.position) | {
        "confidence": titles.confidence(row, assessment),
        "tolerance_s": one.tolerance_s,
        "delay_s": list(one.delay_s) if one.delay_s else None,
        "text": one.text,
        "grade": grade(one.grade, known),
        "media": [
            {"id": item.media_id, "slot": item.slot, "mime": item.mime, "is_here": item.has_arrived}
            for item in one.media
        ],
        "counts": one.counted.processing == "accepted",
        "corrections": [_correction(each, known) for each in one.corrections],
        "is_late": row.received_at - row.t_end > dt.timedelta(hours=6),
    }


def _correction(one: Correction, known: Mapping[str, str]) -> dict[str, Any]:
    return {
        "version": one.version_no,
        "changes": [
            {
                "field": FIELDS.get(each.field, titles.readable(each.field)),
                "before": _said(each.field, each.before),
                "after": _said(each.field, each.after),
            }
            for each in one.changes
        ],
        "by": name_of(one.actor, known),
        "at": one.recorded_at.isoformat(),
        "why": one.why,
        "after_issue": one.after_issue,
    }


def _said(field: str, value: Any) -> Any:
    """A code as its word, where the field holds codes."""
    lists = {"exposure", "means", "info_type", "t_precision", "count_qualifier"}
    return titles.label(field, value) if field in lists and isinstance(value, str) else value


def _fix(one: Fix, numbers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "lon": one.lon,
        "lat": one.lat,
        "uncertainty_m": one.uncertainty_m,
        "semi_major_m": one.ellipse.semi_major_m,
        "semi_minor_m": one.ellipse.semi_minor_m,
        "major_deg": one.ellipse.major_deg,
        "shape": _rings(one.polygon),
        "agree": one.agree,
        "residuals": [
            {
                "id": each.id,
                "number": numbers.get(each.id, each.id),
                "degrees": round(each.degrees, 1),
                "distance_m": round(each.distance_m),
            }
            for each in one.residuals
        ],
    }


def timeline(door: Door, one: Timeline) -> dict[str, Any]:
    """The whole page. Free text of steps and statements only for whom it is."""
    actors = [
        one.incident.opened_by,
        *(step.actor for step in one.steps),
        *(link.actor for link in one.links),
    ]
    actors += [pair.actor for pair in one.decided] + [said.actor for said in one.statements]
    actors += [account.grade.actor or "" for account in one.accounts]
    actors += [f"person:{account.row.author_id}" for account in one.accounts]
    known = names(door.session, actors)
    reads_text = door.actor.may("incidents:text:read")
    numbers = {account.row.observation_id: account.row.receipt_number for account in one.accounts}
    numbers |= {key: row.receipt_number for key, (row, _) in one.others.items()}
    assessment = one.incident.assessment
    return incident_row(one.incident) | {
        "known_at": one.known_at.isoformat(),
        "now": door.now.isoformat(),
        "opened_by": name_of(one.incident.opened_by, known),
        "accounts": [_account(account, assessment, known) for account in one.accounts],
        "contradictions": [dataclasses.asdict(each) for each in one.contradictions],
        "kinds": [
            {"type": kind, "name": titles.type_label(kind), **total(part)} for kind, part in one.kinds.items()
        ],
        "total": range_of(one.total),
        "fix": _fix(one.fix, numbers) if one.fix else None,
        "no_fix": one.no_fix,
        "lines": [
            {"words": near.beside.words, "is_near": near.beside.is_near, "disclaimer": near.line.disclaimer}
            for near in one.lines
        ],
        "suggestions": [
            suggestion(each, known)
            | {"other": report_line(*one.others[_outside(each, one)]), "member": _inside(each, one)}
            for each in one.suggestions
        ],
        "decided": [
            suggestion(each, known)
            | {"numbers": [numbers.get(member, "a report taken out") for member in each.pair]}
            for each in one.decided
        ],
        "steps": [
            {
                "axis": step.axis,
                "state": step.state,
                "by": name_of(step.actor, known),
                "at": step.recorded_at.isoformat(),
                "reason": step.reason if reads_text else None,
                "checklist": [CASUALTY_CHECKLIST.get(code, code) for code in step.checklist],
            }
            for step in one.steps
        ],
        "links": [
            {
                "id": link.observation_id,
                "number": numbers.get(link.observation_id),
                "linked": link.linked,
                "by": name_of(link.actor, known),
                "at": link.recorded_at.isoformat(),
            }
            for link in one.links
        ],
        "statements": [
            {
                "version": said.version_no,
                "text": said.text if reads_text else None,
                "exposure": titles.label("exposure", said.exposure),
                "exposure_code": said.exposure,
                "why": said.why if reads_text else None,
                "by": name_of(said.actor, known),
                "at": said.recorded_at.isoformat(),
            }
            for said in one.statements
        ],
        "corrections": [_correction(each, known) for each in one.corrections] if reads_text else [],
    }


def _outside(pair: SuggestionRow, one: Timeline) -> str:
    return next(member for member in pair.pair if member in one.others)


def _inside(pair: SuggestionRow, one: Timeline) -> str | None:
    return next((member for member in pair.pair if member not in one.others), None)


def next_steps(door: Door, case: Any) -> list[dict[str, Any]]:
    """Each way on from here on both axes; where this person or this evidence does not allow it, why not."""
    found = []
    for axis in STATES:
        for to in dict.fromkeys(ways_from(case, axis)):
            verdict = judge_step(case, axis, to, door.actor.code)
            assert verdict.transition is not None
            allowed = may(door.actor, verdict.transition.permission)
            reasons = [] if allowed.allowed else [allowed.reason]
            needs_checklist = any("points checked" in reason for reason in verdict.reasons)
            reasons += [reason for reason in verdict.reasons if "points checked" not in reason]
            found.append(
                {
                    "axis": axis,
                    "state": to,
                    "is_allowed": not reasons,
                    "reason": "; ".join(reasons) or None,
                    "checklist": [
                        {"code": code, "words": words} for code, words in CASUALTY_CHECKLIST.items()
                    ]
                    if needs_checklist
                    else [],
                }
            )
    return found


def totals(one: Totals) -> dict[str, Any]:
    return {
        "from": one.start.isoformat(),
        "to": one.end.isoformat(),
        "known_at": one.known_at.isoformat(),
        "violations": range_of(one.violations),
        "of_which_exercise": total(one.exercise),
        "not_yet_reviewed": total(one.unreviewed),
        "late_ids": list(one.late_ids),
        "by_sector": {
            sector: {kind: total(part) for kind, part in kinds.items()}
            for sector, kinds in one.by_sector.items()
        },
    }


def coverage(one: Coverage) -> dict[str, Any]:
    return {
        "from": one.start.isoformat(),
        "to": one.end.isoformat(),
        "known_at": one.known_at.isoformat(),
        "kinds": [{"code": code, "words": words} for code, words in KINDS.items()],
        "sectors": [_sector(each) for each in one.sectors],
        "cameras_down": [
            {"post": each.post, "sector": each.sector, "since": instant(each.since)}
            for each in one.cameras_down
        ],
        "overdue": [
            {
                "watch_id": each.watch.id,
                "kind": each.watch.kind,
                "team": each.watch.team or each.watch.post,
                "sectors": list(each.watch.sectors),
                "reason": each.overdue.reason,
                "since": each.overdue.since.isoformat(),
            }
            for each in one.overdue
        ],
    }


def _sector(one: SectorCoverage) -> dict[str, Any]:
    return {
        "code": one.sector.code,
        "name": one.sector.name.removesuffix(" (exercise)").removeprefix("Sector "),
        "monitored_h": round(one.monitored_h, 2),
        "possible_h": round(one.possible_h, 2),
        "share": round(one.share, 4),
        "hours": {kind: round(hours, 2) for kind, hours in one.hours_by_kind.items()},
        "gaps": [[start.isoformat(), end.isoformat()] for start, end in one.gaps],
        "spans": [
            {
                "kind": span.kind,
                "start": span.start.isoformat(),
                "end": span.end.isoformat(),
                "who": span.team or span.post,
            }
            for span in one.spans
        ],
        "negative_ids": list(one.negative_ids),
        "total": range_of(one.range) | {"ids": list(one.total.ids)},
        "not_yet_reviewed": total(one.unreviewed),
        "reading": one.reading,
        "monitored_before_h": round(one.monitored_before_h, 2),
        "compares": one.compares,
        "comparison": one.comparison,
    }
