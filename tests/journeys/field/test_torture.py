"""Two short runs of the torture; `tests/bench/torture.py` runs the long ones."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_net import BadNet
from cast_of_people import cast_member, signed_in
from phone_in_hand import Phone
from torture import Torture

REPORTS, DEATHS = 6, 2


@pytest.mark.parametrize(("seed", "taken_in"), [(20220913, False), (20201109, True)])
def test_every_report_arrives_exactly_once_with_its_photo(
    seed: int, taken_in: bool, live_server: Any, watch_id: str, folder: Path, own_profile: Callable[..., Any]
) -> None:
    with live_server.parts.transaction() as door:
        cookie, _ = signed_in(door, cast_member(door, "monitor"))
    net = BadNet(live_server.url)
    phone = Phone(own_profile, net.url, folder / "profile", None if taken_in else cookie)
    try:
        outcome = Torture(live_server.parts, net, phone, seed, REPORTS, DEATHS, taken_in).run()
    finally:
        phone.close()
        net.close()
    assert outcome.is_whole(REPORTS), outcome
    assert outcome.answers_lost > REPORTS
    assert outcome.signed == (REPORTS if taken_in else 0)
