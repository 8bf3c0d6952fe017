"""The mission as it is shown."""

from marshmallow import Schema, fields


def by_language() -> fields.Dict:
    """Texts by language code."""
    return fields.Dict(keys=fields.String(), values=fields.String())


class PartySchema(Schema):
    code = fields.String()
    name = by_language()


class MissionSchema(Schema):
    code = fields.String()
    name = by_language()
    timezone = fields.String()
    cut_off = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime(allow_none=True)
    exercise = fields.Boolean()
    languages = fields.List(fields.String())
    declination_deg = fields.Float()
    disclaimer = by_language()
    parties = fields.List(fields.Nested(PartySchema))
    now = fields.AwareDateTime()
    clock_rate = fields.Float()
