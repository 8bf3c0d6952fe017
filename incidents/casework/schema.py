"""What is asked for at the desk."""

from marshmallow import Schema, fields, validate

from incidents.casework.grading import CREDIBILITY, RELIABILITY
from incidents.casework.model import HELD_THINGS
from incidents.casework.workflow import CASUALTY_CHECKLIST, STATES
from incidents.taxonomy import taxonomy

SEEN = {"description": "The state that was seen; where it is another one by now, nothing is changed (409)"}
reason = validate.Length(min=1, max=4_000)


class OpenIncidentSchema(Schema):
    observation_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 50))


class LinkSchema(Schema):
    observation_id = fields.UUID(required=True)
    linked = fields.Boolean(load_default=True)


class IncidentStepSchema(Schema):
    axis = fields.String(required=True, validate=validate.OneOf(list(STATES)))
    state = fields.String(
        required=True, validate=validate.OneOf([state for states in STATES.values() for state in states])
    )
    reason = fields.String(required=True, validate=reason)
    expected = fields.String(load_default=None, allow_none=True, metadata=SEEN)
    checklist = fields.List(
        fields.String(validate=validate.OneOf(list(CASUALTY_CHECKLIST))), load_default=list
    )


class DecisionSchema(Schema):
    """What a person decides of a suggestion."""

    one_id = fields.UUID(required=True)
    other_id = fields.UUID(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(("confirmed", "rejected", "undone")))
    expected = fields.String(load_default=None, allow_none=True, metadata=SEEN)


class GradeSchema(Schema):
    reliability = fields.String(required=True, validate=validate.OneOf(list(RELIABILITY)))
    credibility = fields.Integer(required=True, strict=True, validate=validate.OneOf(list(CREDIBILITY)))
    reason = fields.String(load_default="", validate=validate.Length(max=4_000))
    expected = fields.String(load_default=None, allow_none=True, metadata=SEEN)


class HoldSchema(Schema):
    thing = fields.String(required=True, validate=validate.OneOf(HELD_THINGS))
    thing_id = fields.String(required=True, validate=validate.Length(min=1, max=80))
    held = fields.Boolean(load_default=True)


class StatementSchema(Schema):
    text = fields.String(required=True, validate=validate.Length(min=1, max=20_000))
    exposure = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(list(taxonomy().glossary["exposure"]))
    )
    expected_version = fields.Integer(load_default=None, allow_none=True, strict=True)


class CorrectionSchema(StatementSchema):
    why = fields.String(required=True, validate=reason)


class ReleaseSchema(Schema):
    recipients = fields.List(
        fields.String(validate=validate.Regexp(r"(role|person):[\w-]+\Z")),
        required=True,
        validate=validate.Length(1, 50),
    )
    reason = fields.String(required=True, validate=reason)
    expected = fields.String(load_default=None, allow_none=True, metadata=SEEN)


class RetractionSchema(Schema):
    why = fields.String(required=True, validate=reason)
    expected = fields.String(load_default=None, allow_none=True, metadata=SEEN)
