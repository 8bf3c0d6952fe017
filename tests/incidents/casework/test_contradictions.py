"""What accounts of one incident do not agree in."""

import datetime as dt
from typing import Any

import pytest

from incidents.casework.contradictions import Account, contradictions
from incidents.casework.correlate import Perceived
from incidents.casework.counting import Counted
from monitor import geo

AT = dt.datetime(2022, 9, 12, 17, 2, tzinfo=dt.UTC)
SOTK = (45.865, 40.203)


def told(id: str, count: int = 12, direction: str = "S", minutes: float = 0, **facts: Any) -> Account:
    start = AT + dt.timedelta(minutes=minutes)
    area = geo.event_from_direction(*SOTK, 12, dir16_word=direction, dist_min_m=3_000, dist_max_m=5_000)
    shared: dict[str, Any] = {"id": id, "type": "explosion", "observer": id, "start": start} | facts
    perceived = Perceived(
        category="CFV",
        means="heard",
        end=start,
        precision="T1",
        area=area.polygon,
        stood=SOTK,
        **{key: value for key, value in shared.items() if key in ("id", "type", "observer", "start", "tier")},
    )
    counted = Counted(
        id=id,
        category="CFV",
        type=shared["type"],
        info_type="observed",
        processing="accepted",
        observer=shared["observer"],
        start=start,
        received_at=start,
        count_min=count,
        count_best=count,
        count_max=count,
        qualifier="exact",
    )
    return Account(f"R-{id}", perceived, counted)


@pytest.mark.parametrize(
    ("other", "codes"),
    [
        (told("b"), []),
        (told("b", count=9), ["numbers"]),
        (told("b", minutes=30), ["times"]),
        (told("b", direction="N"), ["places"]),
        (told("b", direction="N", minutes=30, count=3), ["times", "places", "numbers"]),
        (told("b", tier=4), ["weapons"]),
        (told("b", count=9, observer="a"), []),
        (told("b", count=9, type="burst"), []),
    ],
)
def test_what_two_accounts_do_not_agree_in(other, codes):
    found = contradictions([told("a", tier=1), other])
    assert [one.code for one in found] == codes
    assert all("R-a" in one.sentence and "R-b" in one.sentence for one in found)


def test_the_order_of_the_accounts_does_not_matter():
    three = [told("a"), told("b", count=3), told("c", minutes=40)]
    assert contradictions(three) == contradictions(three[::-1])
