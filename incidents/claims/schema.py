"""A claim as it is typed at the desk, and as it is shown."""

import dataclasses
import datetime as dt
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from incidents.claims.model import GEO_PRECISIONS, STATUSES, T_PRECISIONS
from incidents.claims.queries import ClaimRow
from incidents.claims.values import ClaimValues
from incidents.taxonomy import taxonomy


def _text(longest: int, **options: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=longest), **options)


def _persons() -> fields.Integer:
    return fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(0, 1_000_000)
    )


class ClaimSchema(Schema):
    """What a party said. Times carry their offset; a position carries its error."""

    external_ref = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")
    )
    claimant = fields.String(required=True, validate=validate.Length(1, 40))
    claimant_party = fields.String(required=True, validate=validate.Length(1, 40))
    against = _text(40, load_default=None, allow_none=True)
    t_start = fields.AwareDateTime(required=True)
    t_end = fields.AwareDateTime(load_default=None, allow_none=True)
    t_precision = fields.String(required=True, validate=validate.OneOf(T_PRECISIONS))
    place_text = fields.String(required=True, validate=validate.Length(1, 500))
    lon = fields.Float(load_default=None, allow_none=True, validate=validate.Range(-180, 180))
    lat = fields.Float(load_default=None, allow_none=True, validate=validate.Range(-90, 90))
    uncertainty_m = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(0, 1_000_000)
    )
    geo_precision = fields.String(required=True, validate=validate.OneOf(GEO_PRECISIONS))
    geo_basis = _text(60, load_default="")
    type = fields.String(required=True)
    stated_type = fields.String(required=True, validate=validate.Length(1, 40))
    weapons = fields.List(fields.String(), load_default=list)
    weapons_text = _text(500, load_default="")
    killed = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(0, 1_000_000)
    )
    wounded = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(0, 1_000_000)
    )
    victim_side = _text(80, load_default="")
    status = fields.String(load_default="report", validate=validate.OneOf(STATUSES))
    note = _text(2000, load_default="")
    channel = fields.String(required=True, validate=validate.Length(1, 40))
    source = fields.String(required=True, validate=validate.Length(1, 2000))
    source_url = fields.Url(schemes={"http", "https"}, load_default=None, allow_none=True)
    language = _text(8, load_default=None, allow_none=True)
    archived_sha256 = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9a-f]{64}$")
    )
    counter_of = fields.UUID(load_default=None, allow_none=True)

    @validates_schema
    def judge_together(self, data: dict[str, Any], **_options: Any) -> None:
        wrong: dict[str, list[str]] = {}
        if data["type"] not in taxonomy().types:
            wrong["type"] = ["This type is not in the taxonomy."]
        if strange := [code for code in data["weapons"] if code not in taxonomy().weapons]:
            wrong["weapons"] = [f"Not on the weapon list: {', '.join(strange)}."]
        if data["t_end"] is not None and data["t_end"] < data["t_start"]:
            wrong["t_end"] = ["The end lies before the start."]
        located = data["lon"] is not None and data["lat"] is not None
        if (data["lon"] is None) != (data["lat"] is None):
            wrong["lon"] = ["Longitude and latitude go together."]
        elif located and (data["uncertainty_m"] is None or data["geo_precision"] == "L7"):
            wrong["uncertainty_m"] = ["A position needs its error in metres and a precision of L1 to L6."]
        elif not located and data["geo_precision"] != "L7":
            wrong["geo_precision"] = ["Without a position the precision is L7."]
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def as_values(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        counter_of = data.pop("counter_of")
        data["weapons"] = tuple(data["weapons"])
        return {"values": ClaimValues(**data, counter_of=str(counter_of) if counter_of else None)}


class PairSchema(Schema):
    """Another party's claim, together with this one or apart from it; apart says why."""

    other_id = fields.UUID(required=True)
    linked = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = fields.String(load_default="", validate=validate.Length(max=40))


class MatchSchema(Schema):
    """An observation by its id or by its number, such as R-000041."""

    observation_id = fields.String(required=True, validate=validate.Length(1, 40))
    linked = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = fields.String(load_default="", validate=validate.Length(max=40))


class RecordedSchema(Schema):
    id = fields.String(required=True)
    is_new = fields.Boolean(required=True)


def shown(row: ClaimRow) -> dict[str, Any]:
    """A claim as plain JSON; times in UTC."""
    return {
        name: value.isoformat().replace("+00:00", "Z") if isinstance(value, dt.datetime) else value
        for name, value in dataclasses.asdict(row).items()
    }
