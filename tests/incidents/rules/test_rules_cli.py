"""The command line for rules: JSON out, what is wrong with its line, and an end that a script can read."""

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from field_report import field_report
from rule_texts import street_fire
from sqlalchemy import update

from incidents.rules import cli_history
from incidents.rules.cli import rules_group
from incidents.rules.history import replayed
from incidents.rules.model import FindingVersion
from incidents.rules.service import load_rules
from monitor.mission.service import load_mission
from monitor.outbox import drain

DEMO = Path(__file__).parents[3] / "reports" / "exercise" / "data"
DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def run(parts, monkeypatch):
    """`run("check", FILE)` on this test's own mission, as its environment names it."""
    monkeypatch.setenv("TRUCELINE_DATA_DIR", str(parts.settings.data_dir))
    monkeypatch.setenv("TRUCELINE_DATABASE_URL", parts.settings.store_url)
    from monitor.keys import make_keys

    make_keys(parts.settings.keys_dir)

    def asked(*words):
        return CliRunner().invoke(rules_group, [str(word) for word in words])

    return asked


@pytest.fixture
def rule_file(tmp_path) -> Path:
    path = tmp_path / "street.yaml"
    path.write_text(street_fire(), encoding="utf-8")
    return path


def test_check_names_file_line_and_reason_as_json(run, rule_file):
    rule_file.write_text(street_fire().replace("least: 3", "least: many"), encoding="utf-8")
    answer = run("check", "--json", rule_file)
    assert answer.exit_code == 1
    [said] = json.loads(answer.stdout)
    assert (said["file"], said["line"]) == (str(rule_file), 12)


def test_test_says_what_fails_as_json(run, rule_file):
    rule_file.write_text(street_fire().replace("least: 3", "least: 9"), encoding="utf-8")
    answer = run("test", "--json", rule_file)
    assert answer.exit_code == 1
    assert "enough in a day" in json.loads(answer.stdout)["E90-street-fire@1"][0]


def test_backtest_of_a_file_counts_by_month(run, rule_file):
    answer = run("backtest", rule_file, "--from", "2022-08-01", "--to", "2022-09-13", "--json")
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    assert (said["findings"], said["by_month"]) == (0, {"2022-08": 0, "2022-09": 0})


def test_backtest_is_kept_beside_a_published_rule_only(run, parts, rule_file):
    with parts.transaction() as door:
        load_rules(door)
    assert run("backtest", rule_file, "--keep").exit_code == 1
    assert run("backtest", "E12-mission-safety", "--keep").exit_code == 0
    assert "there is no rule" in run("backtest", "E77-none").output


def test_replay_of_a_mission_without_reports_says_so(run):
    answer = run("replay")
    assert (answer.exit_code, answer.stdout.strip()) == (0, "there is no report yet")


def test_a_warehouse_answers_like_the_mission(run, rule_file, tmp_path):
    ibis = pytest.importorskip("ibis", reason="SQL comes with the extra [sql]")
    from incidents.rules import sql
    from incidents.rules.loader import load_rule

    [example, _] = load_rule(street_fire(), "street.yaml").examples
    store = ibis.duckdb.connect(tmp_path / "facts.duckdb")
    store.create_table("facts", sql.table_of(example.versions))
    store.disconnect()
    answer = run(
        "backtest",
        rule_file,
        "--warehouse",
        tmp_path / "facts.duckdb",
        "--from",
        "2022-08-01",
        "--to",
        "2022-08-31",
    )
    assert answer.exit_code == 0, answer.output
    assert "1 findings in 3 reports" in answer.stdout


def test_moments_of_a_replay_end_with_the_last():
    start = dt.datetime(2022, 9, 1, tzinfo=dt.UTC)
    found = list(cli_history._moments(start, start + dt.timedelta(hours=50), dt.timedelta(hours=24)))
    assert [(at - start) // dt.timedelta(hours=1) for at in found] == [24, 48, 50]


def test_a_replay_agrees_with_what_was_said_and_names_a_rule_that_says_otherwise(parts, client, clock):
    import wsgi

    with parts.transaction() as door:
        load_mission(door.session, DEMO, door.now)
        load_rules(door)
    phone = client.device()
    clock.set(clock.now() + dt.timedelta(hours=1))
    start = clock.now()
    for hours, exposure in enumerate(("none", "near_miss", "struck")):
        at = (start + dt.timedelta(hours=hours)).isoformat()
        time = {"start": at, "end": None, "precision": "T2", "basis": "estimate"}
        clock.set(start + dt.timedelta(hours=hours + 5))
        report = field_report(exposure=exposure, time=time, captured_at=at)
        assert phone.post("/api/v1/observations", json=report).status_code == 201
        drain(parts, wsgi.SUBSCRIBERS)
    with parts.reading() as door:
        for hours in (4, 5, 6, 7):
            at = start + dt.timedelta(hours=hours)
            assert replayed(door, at).differing == ()
        assert replayed(door, door.now).findings > 0
    with parts.transaction() as door:
        door.session.execute(update(FindingVersion).values(severity=1))
        said = replayed(door, door.now)
        assert [name.split("@")[0] for name in said.differing] == ["E12-mission-safety"]


def test_the_catalogue_in_the_docs_is_that_of_the_rule_files(tmp_path):
    assert CliRunner().invoke(rules_group, ["catalogue", str(tmp_path)]).exit_code == 0
    page = (tmp_path / "rules-catalogue.md").read_text(encoding="utf-8")
    assert page == (DOCS / "rules-catalogue.md").read_text(encoding="utf-8"), "make docs"
    assert {f"**E{n} " in page for n in range(1, 16)} == {True}
