"""Which rows the filter lets through; the journey of the room reads the same table in the browser."""

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from incidents.desk.chosen import Chosen, NotAChoice, chosen

YEREVAN = ZoneInfo("Asia/Yerevan")
TABLE = json.loads((Path(__file__).parents[2] / "data" / "room_filter.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: json.dumps(case["filter"]))
def test_a_filter_lets_through_exactly_these(case: dict) -> None:
    rows = [row | {"start": dt.datetime.fromisoformat(row["start"])} for row in TABLE["rows"]]
    what = chosen(case["filter"])
    passed = [
        row["number"]
        for row in rows
        if what.passes_plain(row, YEREVAN) and what.passes_words((row["title"], row["number"], row["from"]))
    ]
    assert passed == case["passes"]


def test_no_facet_at_all_shows_everything() -> None:
    assert chosen({}) == chosen({"sector": "", "tier": "", "hour": "", "q": " "}) == Chosen()


@pytest.mark.parametrize(
    "given",
    [
        {"tier": "6"},
        {"tier": "only-"},
        {"tier": "high"},
        {"hour": "24"},
        {"hour": "-1"},
        {"state": "x"},
        {"basis": "x"},
    ],
)
def test_a_facet_that_means_nothing_is_named(given: dict[str, str]) -> None:
    with pytest.raises(NotAChoice, match=f"`{next(iter(given))}`"):
        chosen(given)
