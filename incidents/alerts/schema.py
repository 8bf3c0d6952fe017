"""Alerts as they are shown, and the steps that people may send."""

from typing import Any

from marshmallow import Schema, fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from incidents.alerts.lifecycle import STEPS
from incidents.alerts.queries import AlertRow, MuteRow, StepRow, VersionRow
from incidents.rules.core import Cited

NOTE_AT_MOST = 2_000
SAY_WHY = ("close", "shelve", "note")


class StepSchema(Schema):
    """One step of a person; closing, shelving and noting say something."""

    step = fields.String(required=True, validate=validate.OneOf(STEPS))
    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=NOTE_AT_MOST))
    until = fields.AwareDateTime(load_default=None, allow_none=True)
    to = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=36))

    @validates_schema
    def says_why(self, data: dict[str, Any], **_: Any) -> None:
        if data["step"] in SAY_WHY and not (data["note"] or "").strip():
            raise ValidationError("Say why: the next shift reads it.", "note")
        if data["step"] == "shelve" and data["until"] is None:
            raise ValidationError("Until when?", "until")


def shown(row: AlertRow) -> dict[str, Any]:
    """An alert as JSON."""
    return {
        "id": row.id,
        "number": row.number,
        "label": row.label,
        "finding_id": row.finding_id,
        "rule_id": row.rule_id,
        "rule_title": row.rule_title,
        "severity": row.severity,
        "sector_code": row.sector_code,
        "state": row.state,
        "raised_at": row.raised_at.isoformat(),
        "condition_from": row.condition_from.isoformat(),
        "detectable_at": row.detectable_at.isoformat(),
        "sentence": row.sentence,
        "evidence": cited(row.evidence),
        "numbers": dict(row.numbers),
        "margin": row.margin,
        "share_reviewed": row.share_reviewed,
        "quarantined_evidence": row.quarantined_evidence,
        "beside": [{"origin": item.origin, "id": item.observation_id} for item in row.beside],
        "key": row.key,
        "colour": row.colour,
        "independent_sources": row.independent_sources,
        "last_change": row.last_change,
        "last_reason": row.last_reason,
        "last_changed_at": row.last_changed_at.isoformat(),
        "superseded_by": row.superseded_by,
        "acknowledged_by": row.acknowledged_by,
        "ack_expires_at": row.ack_expires_at.isoformat() if row.ack_expires_at else None,
        "assigned_to": row.assigned_to,
        "shelved_until": row.shelved_until.isoformat() if row.shelved_until else None,
        "asks_since": row.asks_since.isoformat(),
    }


class MuteSchema(Schema):
    """Quiet about a rule, a sector, or both, until a time, and why."""

    rule_id = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=60))
    sector = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    until = fields.AwareDateTime(required=True)
    why = fields.String(required=True, validate=validate.Length(min=3, max=NOTE_AT_MOST))

    @validates_schema
    def names_something(self, data: dict[str, Any], **_: Any) -> None:
        if data["rule_id"] is None and data["sector"] is None:
            raise ValidationError("Quiet about which rule, or which sector?", "rule_id")


def shown_mute(row: MuteRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "rule_id": row.rule_id,
        "sector": row.sector,
        "until": row.until.isoformat(),
        "actor": row.actor,
        "why": row.why,
        "held_back": row.held_back,
        "recorded_at": row.recorded_at.isoformat(),
    }


def shown_version(row: VersionRow) -> dict[str, Any]:
    return {
        "version_no": row.version_no,
        "change": row.change,
        "reason": row.reason,
        "condition": row.condition,
        "severity": row.severity,
        "sentence": row.sentence,
        "cause": row.cause,
        "evidence": cited(row.evidence),
        "recorded_at": row.recorded_at.isoformat(),
    }


def shown_step(row: StepRow) -> dict[str, Any]:
    return {
        "step": row.step,
        "actor": row.actor,
        "until": row.until.isoformat() if row.until else None,
        "assignee_id": row.assignee_id,
        "note": row.note,
        "recorded_at": row.recorded_at.isoformat(),
    }


def cited(evidence: tuple[Cited, ...]) -> list[dict[str, Any]]:
    return [{"observation_id": item.observation_id, "revision_no": item.revision} for item in evidence]
