"""Places and lines as they are shown."""

from marshmallow import Schema, fields


def by_language() -> fields.Dict:
    """Texts by language code."""
    return fields.Dict(keys=fields.String(), values=fields.String())


class PlaceSchema(Schema):
    """`geometry` stands with areas only; a point has lon and lat."""

    code = fields.String()
    kind = fields.String()
    label = fields.String()
    names = by_language()
    lon = fields.Float()
    lat = fields.Float()
    geometry = fields.Dict(allow_none=True)
    parent = fields.String(allow_none=True)
    synthetic = fields.Boolean()
    source = fields.String()
    source_date = fields.String(allow_none=True)
    population = fields.Integer(allow_none=True)
    camera = fields.Boolean()
    accuracy_m = fields.Float(allow_none=True)


class DeclinationSchema(Schema):
    """Degrees east of true north on a grid, row by row from the south-west corner, each row eastward."""

    model = fields.String()
    epoch = fields.Float()
    lon0 = fields.Float()
    lat0 = fields.Float()
    step = fields.Float()
    nlon = fields.Integer()
    nlat = fields.Integer()
    deg = fields.List(fields.Float())


class PlacesSchema(Schema):
    digest = fields.String()
    places = fields.List(fields.Nested(PlaceSchema))
    declination = fields.Nested(DeclinationSchema, allow_none=True)


class LineSchema(Schema):
    """Whoever draws the line also shows its source, date and disclaimer, and that it is off by accuracy_m."""

    code = fields.String()
    kind = fields.String()
    version = fields.Integer()
    label = fields.String()
    names = by_language()
    geometry = fields.Dict()
    source = fields.String()
    source_date = fields.String(allow_none=True)
    disclaimer = fields.String()
    accuracy_m = fields.Float(allow_none=True)
    valid_from = fields.AwareDateTime()


class LinesSchema(Schema):
    digest = fields.String()
    lines = fields.List(fields.Nested(LineSchema))


class BaseMapSchema(Schema):
    """A GeoJSON FeatureCollection; each feature says its `kind`: country, boundary, lake or river."""

    type = fields.String()
    attribution = fields.String()
    disclaimer = fields.String()
    features = fields.List(fields.Dict())
