"""What is typed when a shift ends."""

from marshmallow import Schema, fields, validate


class NoteSchema(Schema):
    text = fields.String(required=True, validate=validate.Length(max=4_000))
