"""What is typed to let a paper leave."""

from marshmallow import Schema, fields, validate

from reports.release.model import DECISIONS
from reports.release.profiles import PROFILES


class RequestSchema(Schema):
    """`line_1` to `line_3` are words written for this release; `reason` shortens the profile's delay."""

    edition_id = fields.String(required=True, validate=validate.Length(equal=36))
    profile = fields.String(required=True, validate=validate.OneOf(sorted(PROFILES)))
    line_1 = fields.String(load_default="", validate=validate.Length(max=1000))
    line_2 = fields.String(load_default="", validate=validate.Length(max=1000))
    line_3 = fields.String(load_default="", validate=validate.Length(max=1000))
    reason = fields.String(load_default="", validate=validate.Length(max=1000))


class DecisionSchema(Schema):
    """The bytes that were looked at, and what is said of them."""

    pdf_sha256 = fields.String(required=True, validate=validate.Length(equal=64))
    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
