"""What officers and phones send while a phone is taken in, and what they are answered."""

from marshmallow import Schema, fields, validate


class EnrolmentSchema(Schema):
    person_id = fields.String(required=True)
    device_code = fields.String(required=True)


class OpenedSchema(Schema):
    id = fields.String()
    expires_at = fields.AwareDateTime()
    url = fields.String(metadata={"description": "What the phone's camera opens"})
    qr_svg = fields.String()


class EnrolmentStateSchema(Schema):
    id = fields.String()
    state = fields.String(
        validate=validate.OneOf(("open", "claimed", "confirmed", "collected", "refused", "expired"))
    )
    person_id = fields.String()
    person_name = fields.String()
    device_code = fields.String()
    expires_at = fields.AwareDateTime()
    fingerprint = fields.List(fields.String(), metadata={"description": "Six words, once a phone claimed it"})


class ClaimSchema(Schema):
    code = fields.String(required=True, validate=validate.Length(min=1, max=64))
    spki = fields.String(required=True, validate=validate.Length(min=1, max=400))
    signature = fields.String(required=True, validate=validate.Length(min=1, max=200))


class ClaimedSchema(Schema):
    id = fields.String()
    fingerprint = fields.List(fields.String())


class CollectSchema(Schema):
    code = fields.String(required=True, validate=validate.Length(min=1, max=64))


class CollectedDeviceSchema(Schema):
    id = fields.String()
    code = fields.String()
    kid = fields.String()


class HolderSchema(Schema):
    id = fields.String()
    name = fields.String()
    language = fields.String()


class CollectedSchema(Schema):
    state = fields.String(validate=validate.OneOf(("claimed", "confirmed")))
    token = fields.String()
    device = fields.Nested(CollectedDeviceSchema)
    person = fields.Nested(HolderSchema)


class RevokeSchema(Schema):
    wipe = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class RevokedSchema(Schema):
    device_id = fields.String()
    revoked = fields.Boolean()
    wipe = fields.Boolean()


class SequenceSchema(Schema):
    kid = fields.String()
    last = fields.Integer(allow_none=True)
    missing = fields.Integer()
    gaps = fields.List(fields.List(fields.Integer()), metadata={"description": "Missing numbers, [from, to]"})


class DeviceSchema(Schema):
    id = fields.String()
    code = fields.String()
    state = fields.String()
    holder = fields.String()
    team = fields.String(allow_none=True)
    seen_at = fields.AwareDateTime(allow_none=True)
    keys = fields.List(fields.Nested(SequenceSchema))


class DevicesSchema(Schema):
    devices = fields.List(fields.Nested(DeviceSchema))
