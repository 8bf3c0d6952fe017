"""What the maps of a paper are cut to."""

import pytest
import shapely

from reports.daily.drawing import extent
from reports.document import Shape


def bow(west: float, south: float) -> dict[str, object]:
    """An area that crosses itself, as the edge of a ring rounded to the metre may."""
    ring = [[west, south], [west + 1, south + 1], [west + 1, south], [west, south + 1], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_areas_that_cross_themselves_still_have_an_extent() -> None:
    areas = [bow(45.0, 40.0), bow(45.25, 40.5), bow(45.5, 40.25)]
    assert not any(shapely.geometry.shape(area).is_valid for area in areas)
    shapes = [Shape("uncertainty", area) for area in areas]
    far = Shape("base", {"type": "Point", "coordinates": [10.0, 10.0]})
    assert extent([*shapes, far]) == pytest.approx((45.0, 40.0, 46.5, 41.5))
