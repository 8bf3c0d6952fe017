"""The doctor names what is wrong and what to mend, also where nothing works yet."""

import datetime as dt
from pathlib import Path

from click.testing import CliRunner
from pytest import MonkeyPatch
from sqlalchemy import text

import wsgi
from monitor.clock import wall_now
from monitor.doctor import Finding, examine, machine_clock
from monitor.door import App
from monitor.jobs.model import Lease
from monitor.keys import make_keys
from monitor.outbox import OutboxFailure
from monitor.settings import load_settings
from reports.checks import fonts_hold_every_script


def found(parts: App) -> dict[str, Finding]:
    make_keys(parts.settings.keys_dir)
    return {finding.about: finding for finding in examine(parts.settings)}


def test_a_fresh_mission_has_nothing_to_mend(parts: App) -> None:
    assert [finding for finding in found(parts).values() if finding.level == "wrong"] == []


def test_a_key_that_others_can_read_is_named(parts: App) -> None:
    make_keys(parts.settings.keys_dir)
    key = parts.settings.keys_dir / "session.key"
    key.chmod(0o644)
    assert found(parts)["keys"].level == "wrong"
    assert str(key) in found(parts)["keys"].says


def test_tables_that_are_not_at_the_head_are_told_with_the_command_that_mends_it(parts: App) -> None:
    with parts.transaction() as door:
        held = door.session.scalar(text("SELECT version_num FROM alembic_version"))
        door.session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    assert found(parts)["tables"].mend == "truceline init"
    with parts.transaction() as door:
        door.session.execute(text("UPDATE alembic_version SET version_num = :held"), {"held": held})


def test_a_worker_that_fell_silent_is_wrong_and_one_that_leads_is_not(parts: App) -> None:
    assert found(parts)["worker"].level == "note"
    for seconds, level in ((30, "good"), (-30, "wrong")):
        with parts.transaction() as door:
            door.session.merge(
                Lease(name="worker", holder="here:1", expires_at=wall_now() + dt.timedelta(seconds=seconds))
            )
        assert found(parts)["worker"].level == level


def test_an_event_that_a_subscriber_gave_up_on_is_told(parts: App) -> None:
    with parts.transaction() as door:
        door.session.add(OutboxFailure(subscriber="rules", event_id=7, error="…", recorded_at=door.now))
    assert "rules" in found(parts)["outbox"].says


def test_a_machine_that_lost_its_clock_is_told() -> None:
    assert machine_clock(dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).level == "wrong"
    assert machine_clock(wall_now()).level == "good"


def test_the_fonts_of_the_summary_hold_every_script() -> None:
    assert [finding.level for finding in fonts_hold_every_script()] == ["good"]


def test_on_a_machine_where_nothing_is_set_up_it_says_where_to_begin(
    tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(wsgi.main, ["doctor"])
    assert told.exit_code == 1
    assert "mend: truceline init" in told.output
    assert not list(tmp_path.iterdir())


def test_settings_that_cannot_be_used_do_not_stop_it(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(wsgi.main, ["doctor"], env={"TRUCELINE_PROT": "9000"})
    assert told.exit_code == 1
    assert "TRUCELINE_PROT" in told.output


def test_a_store_that_cannot_be_reached_is_told_without_its_password(parts: App) -> None:
    address = "postgresql://someone:secret@/none?host=/nowhere"
    settings = load_settings({}, data_dir=parts.settings.data_dir, database_url=address)
    store = next(finding for finding in examine(settings) if finding.about == "store")
    assert store.level == "wrong"
    assert "secret" not in store.says
