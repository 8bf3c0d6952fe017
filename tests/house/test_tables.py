"""Every table keeps what is put into it, the same on both stores."""

import pytest
from any_row import AnyRow
from sqlalchemy import and_, select

import wsgi  # noqa: F401 (brings in the models of every room)
from monitor.db.base import Base
from monitor.db.session import Store


@pytest.mark.parametrize("name", sorted(Base.metadata.tables))
def test_every_table_gives_back_the_row_it_was_given(name: str, store: Store) -> None:
    table = Base.metadata.tables[name]
    with store.transaction() as session:
        given = AnyRow(session.connection()).of(table)
    with store.reading() as session:
        key = and_(*(column == given[column.name] for column in table.primary_key.columns))
        found = session.execute(select(table).where(key)).mappings().one()
    assert dict(found) == given


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.sorted_tables:
        nameless = [str(constraint) for constraint in table.constraints if not constraint.name]
        assert not nameless, table.name
