"""The figures of four published daily reports of another mission, said by our rule and compared."""

import csv
from pathlib import Path

import pytest

from reports.daily.sections import records
from reports.wording.comparison import compare
from reports.wording.language import english

HELD = "shared/data/osce-smm-reports/smm_daily_summaries.csv"
TABLE = next((p / HELD for p in Path(__file__).parents if (p / HELD).exists()), Path(HELD))
needs_table = pytest.mark.skipif(
    not TABLE.exists(), reason="the figures of the published reports lie beside the project, not in it"
)
WORDS = english()
# What our rule makes of each pair, hours taken as equal: the reports give none.
EXPECTED = {
    ("188/2020", "donetsk"): "none_now_first",
    ("188/2020", "luhansk"): "none_now_first",
    ("145/2021", "donetsk"): "significantly_more",
    ("145/2021", "luhansk"): "fewer",
    ("203/2021", "donetsk"): "significantly_more",
    ("203/2021", "luhansk"): "none_before",
    ("230/2021", "donetsk"): "significantly_more",
    ("230/2021", "luhansk"): "more",
}
# Where a section of theirs stands in ours.
SECTIONS = {
    "disengagement areas": "cooperation",
    "critical infrastructure": "damage",
    "civilians and entry-exit checkpoints": "supply",
    "civilians and checkpoints": "supply",
    "freedom of movement": "movement",
    "UAV GPS interference": "air",
    "UAV jamming": "air",
    "civilian casualties followed up": "harm",
    "gatherings": "notable",
}


def reports() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def sentence(now: int, before: int | None) -> tuple[str, str]:
    rule = compare(now, before, 100, 100 if before is not None else None)
    noun = "ceasefire violation" if now == 1 else "ceasefire violations"
    said = WORDS.text(
        rule.key,
        count=f"{WORDS.spelt(now)} {noun}",
        now=WORDS.printed(now),
        before=WORDS.printed(before or 0),
        thing="ceasefire violations",
        this="in this period",
        that="in the previous period",
        hours_now="100",
        hours_before="100",
    )
    return rule.kind, said


@needs_table
@pytest.mark.parametrize(("report", "region"), EXPECTED)
def test_published_figures_are_said_with_both_numbers_and_the_right_word(report: str, region: str) -> None:
    row = next(one for one in reports() if one["report_no"] == report)
    now, told = int(row[f"{region}_violations"]), row[f"{region}_prev"]
    before = int(told) if told else None
    kind, said = sentence(now, before)
    assert kind == EXPECTED[report, region]
    if now:
        assert str(now) in said
    if before:
        assert str(before) in said
    if before is not None and now != before and "similar" not in kind:
        assert ("more" in said or "recorded none" in said) == (now > before)


@needs_table
def test_every_section_of_the_published_reports_has_its_place_in_ours() -> None:
    ours = {heading.key for heading in records.HEADINGS} | {"harm", "movement", "notable"}
    theirs = {name.strip() for row in reports() for name in row["other_sections"].split(";")}
    assert theirs <= set(SECTIONS)
    assert {SECTIONS[name] for name in theirs} <= ours


@needs_table
def test_explosions_never_outnumber_the_violations_they_are_part_of() -> None:
    for row in reports():
        for region in ("donetsk", "luhansk"):
            if row[f"{region}_explosions"]:
                assert int(row[f"{region}_explosions"]) <= int(row[f"{region}_violations"])
