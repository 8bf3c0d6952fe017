"""The rate kind beside Farrington's flexible method: weekly series with planted surges, judged by both.

The reference was made once with R (`tests/bench/early_warning.py --farrington`) and is kept as data, so no
machine needs R to run this.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incidents.rules.core import judge
from incidents.rules.facts import Fact, Span, World
from incidents.rules.loader import load_rule

SERIES = json.loads((Path(__file__).parents[2] / "data" / "farrington.json").read_text(encoding="utf-8"))[
    "series"
]
WEEK = timedelta(days=7)
# Steps count from the start of 1970, so weeks begin on Thursdays.
START = datetime(2015, 1, 1, tzinfo=UTC)
RATE = load_rule(
    """
id: E90-rate
version: 1
status: shadow
title: t
says: s
article: a
kind: rate
where: [{field: category, is: CFV}]
key: sector
window: 7d
guard: 14d
baseline: 364d
every: 7d
exposure: hours
distinct: observation
alpha: 0.01
min_count: 5
min_ratio: 1
join_within: 7d
resolve_after: 7d
severity: [{level: 2}]
""",
    "rate.yaml",
)


def weeks_that_alarm(weeks: list[int]) -> set[int]:
    facts = [
        Fact(f"{week}-{i}", 1, 1, at, at, at, category="CFV", type="shot", sector="S1")
        for week, n in enumerate(weeks)
        for i in range(n)
        for at in [START + WEEK * week + timedelta(days=1)]
    ]
    end = START + WEEK * len(weeks)
    hits = judge(RATE, facts, World(), Span(START + RATE.lookback, end), end).hits
    return {(hit.at - START) // WEEK - 1 for hit in hits}


@pytest.mark.parametrize("one", SERIES, ids=lambda one: f"mean-{one['mean']}-spread-{one['ratio']}")
def test_both_find_what_was_planted_and_agree_on_nine_weeks_of_ten(one):
    ours = weeks_that_alarm(one["weeks"])
    judged = [week for week, upper in enumerate(one["upper"]) if upper is not None]
    theirs = {week for week in judged if one["weeks"][week] > one["upper"][week]}
    planted = set(one["planted"]) & set(judged)
    assert planted and planted <= theirs and planted <= ours
    differing = [week for week in judged if (week in ours) != (week in theirs)]
    # Where counts are most scattered the two models part a little; over all series, hardly (below).
    assert len(differing) <= len(judged) * 0.10, differing


def test_over_all_series_they_agree_on_nineteen_weeks_of_twenty():
    agreed = []
    for one in SERIES:
        ours = weeks_that_alarm(one["weeks"])
        judged = [(week, upper) for week, upper in enumerate(one["upper"]) if upper is not None]
        agreed += [(week in ours) == (one["weeks"][week] > upper) for week, upper in judged]
    assert len(agreed) > 400 and sum(agreed) >= 0.95 * len(agreed)


def test_ours_is_seldom_louder_than_the_reference():
    judged = [(one, week) for one in SERIES for week, upper in enumerate(one["upper"]) if upper is not None]
    loud = {(id(one), week) for one in SERIES for week in weeks_that_alarm(one["weeks"])}
    false = [(one, week) for one, week in judged if week not in one["planted"]]
    ours = sum((id(one), week) in loud for one, week in false)
    theirs = sum(one["weeks"][week] > one["upper"][week] for one, week in false)
    assert ours <= theirs + len(false) * 0.01
