"""The migrations make what the models say, and every step goes up and down with data in, on both stores."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from any_row import AnyRow
from sqlalchemy import inspect

import wsgi  # noqa: F401 (brings in the models of every room)
from monitor.cli import migrations
from monitor.db.base import Base
from monitor.db.session import Store
from monitor.settings import Settings, load_settings

HEAD = Path(__file__).parents[2] / "migrations" / "HEAD"
numbers = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, folder: Path) -> Settings:
    """Settings that name a store without any table."""
    url = f"sqlite:///{folder / 'empty.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").make_database(f"empty_{next(numbers)}")
    return load_settings({}, data_dir=folder, database_url=url)


@pytest.fixture
def config(empty: Settings) -> Config:
    return migrations(empty)


@pytest.fixture
def opened(empty: Settings) -> Iterator[Store]:
    store = Store(empty.store_url)
    yield store
    store.close()


def tables_of(store: Store) -> set[str]:
    with store.engine.connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def put_a_row_into_every_table(store: Store) -> None:
    with store.transaction() as session:
        any_row = AnyRow(session.connection())
        for table in Base.metadata.sorted_tables:
            any_row.of(table)


def test_the_head_is_the_one_in_the_file(config: Config) -> None:
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD.read_text(encoding="utf-8").strip()]


def test_the_migrations_make_what_the_models_say(config: Config, opened: Store) -> None:
    command.upgrade(config, "head")
    with opened.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert tables_of(opened) == set(Base.metadata.tables)


def checks_of(store: Store) -> set[tuple[str, str, str]]:
    with store.engine.connect() as connection:
        look = inspect(connection)
        return {
            (table, check["name"], check["sqltext"])
            for table in Base.metadata.tables
            for check in look.get_check_constraints(table)
        }


def test_the_migrations_hold_the_same_lists_of_codes(config: Config, opened: Store) -> None:
    """Alembic's own comparison does not see a code that was added to a list."""
    with opened.engine.begin() as connection:
        Base.metadata.create_all(connection)
    wanted = checks_of(opened)
    with opened.engine.begin() as connection:
        Base.metadata.drop_all(connection)
    command.upgrade(config, "head")
    assert checks_of(opened) == wanted


def test_every_step_goes_down_and_up_again_with_data_in(config: Config, opened: Store) -> None:
    script = ScriptDirectory.from_config(config)
    command.upgrade(config, "head")
    put_a_row_into_every_table(opened)
    for step in script.walk_revisions():
        command.downgrade(config, "-1")
        command.upgrade(config, step.revision)
        command.downgrade(config, "-1")
    assert tables_of(opened) == set()
    command.upgrade(config, "head")
    assert tables_of(opened) == set(Base.metadata.tables)
    put_a_row_into_every_table(opened)
