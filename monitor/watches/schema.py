"""Watches as they are told and shown."""

from marshmallow import Schema, fields, validate

from monitor.watches.coverage import EVENT_KINDS, WATCH_KINDS

code = validate.Length(min=1, max=40)


class PlanSchema(Schema):
    watch_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(WATCH_KINDS))
    sectors = fields.List(
        fields.String(validate=code), required=True, validate=validate.Length(min=1, max=20)
    )
    post = fields.String(load_default=None, allow_none=True, validate=code)
    team = fields.String(load_default=None, allow_none=True, validate=code)
    planned_start = fields.AwareDateTime(required=True)
    planned_end = fields.AwareDateTime(load_default=None, allow_none=True)


class WatchEventSchema(Schema):
    """Whoever may have to send it again makes the `event_id`; `at` is now, unless told."""

    event_id = fields.UUID(load_default=None, allow_none=True)
    kind = fields.String(required=True, validate=validate.OneOf(EVENT_KINDS))
    at = fields.AwareDateTime(load_default=None, allow_none=True)
    sector = fields.String(load_default=None, allow_none=True, validate=code)


class WatchSchema(Schema):
    id = fields.String()
    kind = fields.String()
    sectors = fields.List(fields.String())
    post = fields.String(allow_none=True)
    team = fields.String(allow_none=True)
    planned_start = fields.AwareDateTime()
    planned_end = fields.AwareDateTime(allow_none=True)
    started_at = fields.AwareDateTime(allow_none=True)
    checked_in_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    state = fields.String()


class WatchesSchema(Schema):
    watches = fields.List(fields.Nested(WatchSchema))


class WatchAnswerSchema(Schema):
    outcome = fields.String(metadata={"description": "new or repeat"})
    watch = fields.Nested(WatchSchema)
