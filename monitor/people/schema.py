"""What is typed at the sign-in page."""

from marshmallow import Schema, fields, validate


class SignInSchema(Schema):
    sign_in_name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    password = fields.String(required=True, validate=validate.Length(min=1, max=200))
    next = fields.String(load_default="/")
