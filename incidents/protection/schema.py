"""Identities and openings as they are typed at the desk."""

from typing import Any

from marshmallow import Schema, fields, validate

from incidents.protection.model import FATES, PURPOSES


def _text(longest: int, **options: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=longest), load_default="", **options)


class IdentitySchema(Schema):
    """Who somebody is, as far as it is known. Every field may be empty, but not all."""

    name = _text(200)
    other_names = _text(400)
    born = _text(40)
    sex = _text(20)
    age_at_event = _text(20)
    from_place = _text(200)
    contact = _text(400)
    relation = _text(200)
    account = _text(4_000)
    consent = _text(400)


class EnterSchema(IdentitySchema):
    """A new person, perhaps with what a report tells of them."""

    observation_id = fields.UUID(load_default=None, allow_none=True)
    fate = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(FATES))
    at = fields.AwareDateTime(load_default=None, allow_none=True)


class OpenSchema(Schema):
    """For what something is opened: the purpose as a code, the reason in words."""

    purpose = fields.String(required=True, validate=validate.OneOf(PURPOSES))
    reason = fields.String(required=True, validate=validate.Length(10, 1_000))


class FateSchema(Schema):
    """What a report (by its id or number) tells of a person, and when that was."""

    observation_id = fields.String(required=True, validate=validate.Length(1, 40))
    fate = fields.String(required=True, validate=validate.OneOf(FATES))
    at = fields.AwareDateTime(load_default=None, allow_none=True)
    holds = fields.Boolean(load_default=True, truthy={True}, falsy={False})


class SameSchema(Schema):
    """Another number, such as P-0004, that is the same person, or is not."""

    other = fields.String(required=True, validate=validate.Length(1, 20))
    holds = fields.Boolean(load_default=True, truthy={True}, falsy={False})
