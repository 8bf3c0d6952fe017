"""What is asked for at the desk."""

from marshmallow import Schema, fields, validate

from incidents.casework.workflow import STATES


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
    reason = fields.String(required=True, validate=validate.Length(min=1, max=4_000))
