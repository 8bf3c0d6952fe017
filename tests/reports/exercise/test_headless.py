"""`truceline demo --out DIR`: the whole way from a phone's report to two papers, on the exercise.

One run serves every test here; it takes the better part of a minute.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import incidents.claims
import wsgi
from reports.document import Table, canonical, figures, from_json, text_of


@pytest.fixture(scope="module")
def out(session_folder: Path) -> Iterator[Path]:
    folder = session_folder / "exercise"
    result = CliRunner().invoke(wsgi.main, ["demo", "--out", str(folder)])
    assert result.exit_code == 0, result.output
    yield folder


@pytest.fixture(scope="module")
def alerts(out: Path) -> list[dict[str, Any]]:
    return json.loads((out / "alerts.json").read_text(encoding="utf-8"))["alerts"]


SAMPLE = Path(incidents.claims.__file__).parent / "data" / "press-incidents.csv"
KINDS = ("pdf", "html", "json", "hy.pdf", "az.pdf", "ru.pdf")


def test_it_leaves_two_summaries_in_three_forms_and_four_languages_and_the_alerts(out: Path) -> None:
    days = ("2022-09-13", "2022-09-14")
    wanted = {f"summary-{day}.{kind}" for day in days for kind in KINDS} | {"alerts.json"}

    assert {path.name for path in out.iterdir()} == wanted
    assert all((out / f"summary-{day}.pdf").read_bytes().startswith(b"%PDF-") for day in days)


def test_both_summaries_are_issued_and_marked_as_an_exercise(out: Path) -> None:
    for day in ("2022-09-13", "2022-09-14"):
        header = from_json((out / f"summary-{day}.json").read_bytes()).header
        page = (out / f"summary-{day}.html").read_text(encoding="utf-8")

        assert (header.state, header.edition, header.is_exercise) == ("issued", 1, True)
        assert header.periods[-1].end_utc.startswith(f"{day}T15:30")
        assert "EXERCISE" in page.upper()


def test_every_number_of_a_summary_names_the_records_behind_it(out: Path) -> None:
    document = from_json((out / "summary-2022-09-13.json").read_bytes())

    numbers = figures(document)
    assert canonical(document) == (out / "summary-2022-09-13.json").read_bytes()
    assert numbers["2-all-total"].value > 500
    assert numbers["2-all-total"].ids


def test_all_three_rules_fired(alerts: list[dict[str, Any]]) -> None:
    rules = {alert["rule_id"] for alert in alerts}

    assert {"E1-surge-observations", "E1-surge-violations", "E12-mission-safety"} <= rules
    assert {"E2-weapon-ladder-first", "E2-weapon-ladder-rise"} & rules


def test_the_quiet_weeks_raised_nothing(alerts: list[dict[str, Any]]) -> None:
    assert all(alert["raised_at"] >= "2022-09-12T18:00" for alert in alerts)


def test_a_late_report_strengthened_an_alert(alerts: list[dict[str, Any]]) -> None:
    late = [
        version
        for alert in alerts
        for version in alert["versions"]
        if (version["change"], version["reason"]) == ("strengthened", "late_report")
    ]

    assert late
    assert all(version["cause"].startswith("observation:") for version in late)


def test_the_refuted_blast_withdrew_its_alert(alerts: list[dict[str, Any]]) -> None:
    withdrawn = [alert for alert in alerts if alert["state"] == "withdrawn"]

    assert {alert["sector_code"] for alert in withdrawn} == {"IJE"}
    for alert in withdrawn:
        assert [(one["change"], one["reason"]) for one in alert["versions"]] == [
            ("raised", "new_report"),
            ("withdrawn", "refuted"),
        ]


def test_an_alert_that_stands_names_its_evidence(alerts: list[dict[str, Any]]) -> None:
    for alert in alerts:
        assert alert["sentence"]
        assert alert["evidence"] or alert["state"] == "withdrawn"


def test_the_statements_of_13_september_2022_stand_in_its_summary_each_once_and_in_no_total(
    out: Path,
) -> None:
    """The press sample's rows of that day, as a real summary tells them."""
    with SAMPLE.open(encoding="utf-8") as file:
        told = [row for row in csv.DictReader(file) if row["event_date"] == "2022-09-13"]
    document = from_json((out / "summary-2022-09-13.json").read_bytes())
    (by_claimant, one_by_one) = [
        block for block in document.section("claims").blocks if isinstance(block, Table)
    ]
    numbers = {text_of(row.cells[0])[:3]: int(text_of(row.cells[1])) for row in by_claimant.rows}
    assert numbers == Counter(row["reported_by"][:3] for row in told) == {"ARM": 7, "AZE": 1}
    places = Counter(text_of(row.cells[3]) for row in one_by_one.rows)
    for row in told:
        assert any(row["place_text"].partition(",")[0] in place for place in places), row["place_text"]
    assert sum(places.values()) == len(told) == 8
    claimed = {id for figure in figures(document).values() if figure.of == "claim" for id in figure.ids}
    assert len(claimed) == 8 and not claimed & set(figures(document)["2-all-total"].ids)
    said = "\n".join(text_of(bullet.runs) for bullet in document.section("summary").blocks[0].items)  # type: ignore[union-attr]
    assert "eight claims" in said and "shelling" not in said and "49" not in said
