"""What is typed about a recipient."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from reports.issuing.model import KINDS
from reports.release.profiles import INTERNAL, PROFILES
from reports.sending.model import CHANNELS
from reports.wording.language import LANGUAGES

OFFERED = ("daily", "interim", "weekly", "spot", "pack")
_TICKS = {f"kind_{kind}": fields.Boolean(load_default=False) for kind in OFFERED}


class RecipientSchema(Schema):
    """`kinds` are codes with spaces between them; the page ticks them one by one instead."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=120))
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    profile = fields.String(required=True, validate=validate.OneOf((INTERNAL, *sorted(PROFILES))))
    kinds = fields.String(load_default="daily", validate=validate.Length(max=60))
    language = fields.String(load_default="en", validate=validate.OneOf(LANGUAGES))
    address = fields.String(load_default="", validate=validate.Length(max=300))
    locals().update(_TICKS)


def kinds_of(given: Mapping[str, Any]) -> list[str]:
    """The known kinds among those typed or ticked."""
    named = given["kinds"].split()
    return [kind for kind in KINDS if kind in named or given.get(f"kind_{kind}")]
