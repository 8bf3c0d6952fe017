"""What is typed about a recipient."""

from marshmallow import Schema, fields, validate

from reports.issuing.model import KINDS
from reports.release.profiles import INTERNAL, PROFILES
from reports.sending.model import CHANNELS
from reports.wording.language import LANGUAGES


class RecipientSchema(Schema):
    """`kinds` are codes with spaces between them."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=120))
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    profile = fields.String(required=True, validate=validate.OneOf((INTERNAL, *sorted(PROFILES))))
    kinds = fields.String(load_default="daily", validate=validate.Length(min=1, max=60))
    language = fields.String(load_default="en", validate=validate.OneOf(LANGUAGES))
    address = fields.String(load_default="", validate=validate.Length(max=300))


def kinds_of(text: str) -> list[str]:
    """The known kinds among those typed."""
    return [kind for kind in text.split() if kind in KINDS]
