"""The mission as it is shown."""

from marshmallow import Schema, fields

by_language = {"keys": fields.String(), "values": fields.String()}


class PartySchema(Schema):
    code = fields.String()
    name = fields.Dict(**by_language)


class MissionSchema(Schema):
    code = fields.String()
    name = fields.Dict(**by_language)
    timezone = fields.String()
    cut_off = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime(allow_none=True)
    exercise = fields.Boolean()
    languages = fields.List(fields.String())
    declination_deg = fields.Float()
    disclaimer = fields.Dict(**by_language)
    parties = fields.List(fields.Nested(PartySchema))
    now = fields.AwareDateTime()
    clock_rate = fields.Float()
