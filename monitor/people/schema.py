"""What is typed at the sign-in page and by administrators, and how people are shown."""

from marshmallow import Schema, fields, validate

from monitor.access.roles import ROLES


class SignInSchema(Schema):
    sign_in_name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    password = fields.String(required=True, validate=validate.Length(min=1, max=200))
    next = fields.String(load_default="/")


class PersonSchema(Schema):
    id = fields.String(required=True)
    sign_in_name = fields.String(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True)
    team_code = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.String(), required=True)
    is_active = fields.Boolean(required=True)


class PeopleSchema(Schema):
    people = fields.List(fields.Nested(PersonSchema), required=True)


class GrantSchema(Schema):
    role = fields.String(required=True, validate=validate.OneOf(sorted(ROLES.keys() - {"device"})))
    granted = fields.Boolean(required=True)
