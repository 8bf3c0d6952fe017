"""What is typed at a summary's page."""

from marshmallow import Schema, fields, validate

from reports.issuing.editing import MOST_LINES

_LINES = {
    f"line_{number}": fields.String(load_default="", validate=validate.Length(max=2000))
    for number in range(1, MOST_LINES + 1)
}


class NothingSchema(Schema):
    """A request that says all by its address."""


class SpotSchema(Schema):
    incident_id = fields.String(required=True, validate=validate.Length(min=1, max=36))


class PackSchema(Schema):
    party = fields.String(required=True, validate=validate.Length(min=1, max=40))
    days = fields.Integer(load_default=7, validate=validate.Range(min=1, max=31))


class VersionSchema(Schema):
    """Which version one looked at: a decision about an older one is refused."""

    version_no = fields.Integer(required=True, validate=validate.Range(min=1))


class EditSchema(VersionSchema):
    """The lines in their order; empty ones are left out. `reason` lets a line stand that was objected to."""

    reason = fields.String(load_default="", validate=validate.Length(max=1000))
    locals().update(_LINES)


class ReviewSchema(VersionSchema):
    verdict = fields.String(required=True, validate=validate.OneOf(("reviewed", "returned")))
    reason = fields.String(load_default="", validate=validate.Length(max=1000))
