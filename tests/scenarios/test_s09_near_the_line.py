"""S9: two bearings whose ellipse crosses the line, version 3: no side is given, only how uncertain it is."""

from incidents.casework.triangulation import Bearing, beside, fix
from monitor import geo

EVENT = (45.95, 40.2)
LINE = {"type": "LineString", "coordinates": [[45.95, 40.0], [45.952, 40.4]]}


def seen_from(id: str, towards: float, away_m: float) -> Bearing:
    stood = geo.destination(*EVENT, towards + 180, away_m)
    return Bearing(id, *stood, geo.inverse(*stood, *EVENT)[0])


def test_s09_no_side_is_named_where_the_ellipse_straddles_the_line() -> None:
    at = fix([seen_from("p1", 60, 4_000), seen_from("p2", 140, 5_000)])
    told = beside(at.polygon, at.uncertainty_m, LINE, "the line (version 3)")
    assert told.is_near
    assert told.words.startswith("near the line (version 3) (uncertainty ")
    assert not any(f" {side} of" in told.words for side in geo.DIR16)
