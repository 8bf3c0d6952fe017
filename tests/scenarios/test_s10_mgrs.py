"""S10: `38TNK 12 34` is a square of one kilometre, L3, and not a point."""

from field_report import field_report

from incidents.intake import queries as intake
from incidents.intake.service import receive_observation
from monitor import geo


def test_s10_a_four_digit_reference_is_a_kilometre_square(as_role, mission):
    square = geo.from_mgrs("38TNK 12 34")
    assert (square.size_m, square.precision) == (1_000, "L3")
    body = field_report(event={"kind": "point", "mgrs": "38TNK 12 34"})
    door = as_role("monitor")
    receive_observation(door, body)
    row = intake.observation(door.session, body["observation_id"])
    assert row is not None
    assert (row.geo_precision, round(row.event_uncertainty_m or 0)) == ("L3", 707)
