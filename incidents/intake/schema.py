"""An observation as it arrives, and the receipt it is answered with.

The schema judges; it does not refuse. What it does not know or like is stored as received and quarantined
with the reasons (`judge`), so that an odd report from the field is never lost.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, validate

from incidents.taxonomy import taxonomy

EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
LARGEST = 2**53 - 1  # what a phone's JavaScript can count, and well within what the store holds


def one_of(*codes: str) -> validate.OneOf:
    return validate.OneOf(codes)


def of_list(name: str) -> validate.OneOf:
    """Any value of a list of the taxonomy, so that form, API and summary know the same words."""
    return validate.OneOf(list(taxonomy().glossary[name]))


def in_this_century(value: dt.datetime) -> None:
    if not EARLIEST <= value < LATEST:
        raise ValidationError("between the years 2000 and 2100")


class Whole(fields.Integer):
    """A whole number; `true` is not one, and neither is "12"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Number(fields.Float):
    """A number; `true` is not one, and neither is "1.5"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Instant(fields.AwareDateTime):
    """An instant with its offset, in ISO 8601."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", validate=in_this_century, **kwargs)


class TimeSchema(Schema):
    start = Instant(required=True)
    end = Instant(allow_none=True)
    precision = fields.String(validate=of_list("t_precision"))
    basis = fields.String(validate=of_list("t_basis"))
    clock_offset_s = Number(allow_none=True)


class ObserverSchema(Schema):
    lon = Number(allow_none=True, validate=validate.Range(-180, 180))
    lat = Number(allow_none=True, validate=validate.Range(-90, 90))
    accuracy_m = Number(allow_none=True, validate=validate.Range(0, 100_000))
    method = fields.String(validate=of_list("position_method"))
    mgrs = fields.String(allow_none=True, validate=validate.Length(max=40))
    post = fields.String(allow_none=True, validate=validate.Length(max=40))


class EventSchema(Schema):
    kind = fields.String(required=True, validate=of_list("event_kind"))
    bearing_deg = Number(allow_none=True, validate=validate.Range(0, 360))
    dir16 = fields.String(allow_none=True, validate=of_list("dir16"))
    north = fields.String(allow_none=True, validate=of_list("north"))
    bearing_sigma_deg = Number(allow_none=True, validate=validate.Range(0, 90))
    dist_min_km = Number(allow_none=True, validate=validate.Range(0, 200))
    dist_max_km = Number(allow_none=True, validate=validate.Range(0, 200))
    dist_basis = fields.String(allow_none=True, validate=of_list("dist_basis"))
    place = fields.String(allow_none=True, validate=validate.Length(max=40))
    lon = Number(allow_none=True, validate=validate.Range(-180, 180))
    lat = Number(allow_none=True, validate=validate.Range(-90, 90))
    accuracy_m = Number(allow_none=True, validate=validate.Range(0, 100_000))
    mgrs = fields.String(allow_none=True, validate=validate.Length(max=40))


class CountSchema(Schema):
    min = Whole(allow_none=True, validate=validate.Range(0, 100_000))
    best = Whole(allow_none=True, validate=validate.Range(0, 100_000))
    max = Whole(allow_none=True, validate=validate.Range(0, 100_000))
    qualifier = fields.String(validate=of_list("count_qualifier"))


class ConditionsSchema(Schema):
    weather = fields.String(allow_none=True, validate=validate.Length(max=40))
    visibility_km = Number(allow_none=True, validate=validate.Range(0, 200))
    wind = fields.String(allow_none=True, validate=validate.Length(max=40))
    noise = fields.String(allow_none=True, validate=validate.Length(max=40))


class MediaSchema(Schema):
    media_id = fields.UUID(required=True)
    slot = fields.String(required=True, validate=validate.Length(min=1, max=40))
    sha256 = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))
    bytes = Whole(required=True, validate=validate.Range(1, LARGEST))
    mime = fields.String(required=True, validate=validate.Length(max=80))
    capture = fields.String(allow_none=True, validate=one_of("camera", "file"))
    at = Instant(allow_none=True)


class ObservationSchema(Schema):
    """One observation, as the phone form and other programs send it."""

    observation_id = fields.UUID(required=True)
    revision_no = Whole(load_default=1, validate=validate.Range(1, 10_000))
    revision_of = fields.UUID(allow_none=True)
    form_version = fields.String(validate=one_of("observation@1"))
    device_seq = Whole(allow_none=True, validate=validate.Range(0, LARGEST))
    captured_at = Instant(allow_none=True)
    category = fields.String(required=True, validate=validate.Length(min=1, max=40))
    type = fields.String(required=True, validate=validate.Length(min=1, max=60))
    means = fields.String(required=True, validate=of_list("means"))
    info_type = fields.String(required=True, validate=of_list("info_type"))
    time = fields.Nested(TimeSchema, required=True)
    observer = fields.Nested(ObserverSchema, required=True)
    event = fields.Nested(EventSchema, required=True)
    count = fields.Nested(CountSchema, allow_none=True)
    fields_ = fields.Dict(keys=fields.String(), data_key="fields", load_default=dict)
    conditions = fields.Nested(ConditionsSchema, allow_none=True)
    exposure = fields.String(load_default="none", validate=of_list("exposure"))
    sensitivity = fields.String(
        load_default="internal",
        validate=of_list("sensitivity"),
    )
    watch_id = fields.UUID(allow_none=True)
    co_observers = fields.List(fields.String(validate=validate.Length(max=80)), load_default=list)
    text = fields.String(allow_none=True, validate=validate.Length(max=20_000))
    witness = fields.Dict(allow_none=True)
    media = fields.List(fields.Nested(MediaSchema), load_default=list, validate=validate.Length(max=50))


class ObservationBatchSchema(Schema):
    """Up to 100 observations; each succeeds or fails alone."""

    items = fields.List(fields.Nested(ObservationSchema), required=True, validate=validate.Length(1, 100))


class LeafSchema(Schema):
    number = fields.String(metadata={"description": "What people quote, such as R-000041"})
    leaf_index = fields.Integer()
    leaf = fields.String(metadata={"description": "The log's entry, exactly as hashed"})


class ReceiptSchema(Schema):
    observation_id = fields.UUID()
    revision_no = fields.Integer()
    digest = fields.String(metadata={"description": "SHA-256 of the signed payload, else of the plain body"})
    envelope_sha256 = fields.String(allow_none=True, metadata={"description": "Null where it was not signed"})
    received_at = fields.AwareDateTime()
    outcome = fields.String(validate=one_of("new", "repeat", "correction"))
    processing = fields.String()
    reasons = fields.List(fields.String())
    receipt = fields.Nested(LeafSchema)
    links = fields.Dict()


class BatchItemSchema(ReceiptSchema):
    status = fields.Integer()
    detail = fields.String(allow_none=True)


class BatchAnswerSchema(Schema):
    items = fields.List(fields.Nested(BatchItemSchema))


class HeldMediaSchema(Schema):
    media_id = fields.UUID()
    is_here = fields.Boolean(
        metadata={"description": "The file came whole, with the hash that was announced"}
    )


class SignedReceiptSchema(ReceiptSchema):
    now = fields.String(metadata={"description": "Where the review stands"})
    question = fields.String(
        allow_none=True, metadata={"description": "What the base asked about this revision"}
    )
    media = fields.List(fields.Nested(HeldMediaSchema))
    checkpoint = fields.String(allow_none=True)
    inclusion = fields.List(fields.String(), allow_none=True)


class ReceiptIdsSchema(Schema):
    """Up to 100 receipts, each as `<observation_id>/<revision_no>`."""

    ids = fields.List(
        fields.String(validate=validate.Length(max=60)), required=True, validate=validate.Length(1, 100)
    )


class ReceiptAnswerSchema(SignedReceiptSchema):
    status = fields.Integer(metadata={"description": "200, or 404 where it is not one's own"})


class ReceiptsSchema(Schema):
    items = fields.List(fields.Nested(ReceiptAnswerSchema))


class QuestionSchema(Schema):
    observation_id = fields.UUID()
    revision_no = fields.Integer()
    number = fields.String()
    asked_at = fields.AwareDateTime()
    question = fields.String(allow_none=True)
    type = fields.String()
    envelope_sha256 = fields.String(allow_none=True)
    body = fields.Dict(
        metadata={"description": "The plain body of that revision, to answer with a corrected one"}
    )


class QuestionsSchema(Schema):
    questions = fields.List(fields.Nested(QuestionSchema))


class ReviewSchema(Schema):
    verdict = fields.String(required=True, validate=one_of("in_review", "accepted", "returned", "rejected"))
    comment = fields.String(load_default="", validate=validate.Length(max=4_000))


def judge(body: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What could be read of a body, and what was odd, as reason codes such as `not_allowed:count.best`."""
    schema = ObservationSchema(unknown=INCLUDE)
    try:
        read, problems = schema.load(dict(body)), {}
    except ValidationError as error:
        read, problems = dict(error.valid_data or {}), error.normalized_messages()
    reasons = [f"not_allowed:{path}" for path in sorted(_paths(problems))]
    unknown = sorted(read.keys() - schema.fields.keys())
    return (
        {key: value for key, value in read.items() if key in schema.fields},
        reasons + [f"unknown_field:{_shown(key)}" for key in unknown],
    )


def canonical(body: Mapping[str, Any]) -> bytes:
    """The one way to write a body (keys sorted, no spaces, UTF-8): what the digest is taken of, so that an
    observation sent alone and again in a batch is the same observation."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _paths(problems: Any, before: str = "") -> Iterator[str]:
    if isinstance(problems, dict):
        for key, inner in problems.items():
            yield from _paths(inner, f"{before}.{_shown(key)}" if before else _shown(key))
    else:
        yield before


def _shown(key: Any) -> str:
    """A key as it may be repeated to others: short, and only what a field's name can hold."""
    return "".join(sign if sign.isalnum() or sign in "_-" else "?" for sign in str(key))[:40]
