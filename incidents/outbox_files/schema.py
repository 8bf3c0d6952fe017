"""What became of an item that was brought."""

from marshmallow import Schema, fields, validate


class BroughtSchema(Schema):
    outcome = fields.String(validate=validate.OneOf(("new", "correction", "repeat", "refused")))
    detail = fields.String(metadata={"description": "Why it was refused"})
    number = fields.String(allow_none=True, metadata={"description": "The receipt of a report"})
    reasons = fields.List(fields.String(), metadata={"description": "What set it aside for a check"})
