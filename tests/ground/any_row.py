"""A row for any table, made from its columns alone, with the rows it points to."""

import datetime as dt
import re
from itertools import count
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, LargeBinary, Table, insert
from sqlalchemy.types import JSON, Boolean, Float, Integer, String

from monitor.db.base import UTCDateTime

MIDNIGHT = dt.datetime(2022, 9, 12, 20, 5, tzinfo=dt.UTC)
LISTED = re.compile(r"(\w+)\"? IN \((.*)\)", re.DOTALL)
FOUR_SCRIPTS = "Սոթք Söyüdlü Сотк Sotk"


class AnyRow:
    """Puts one full row into a table: every column filled, also those that may be null."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._number = count(1)
        self._filled: dict[str, dict[str, Any]] = {}

    def of(self, table: Table) -> dict[str, Any]:
        """The row as stored; a second call answers the first row."""
        if table.name not in self._filled:
            row = {column.name: self._value(table, column) for column in table.columns}
            self._connection.execute(insert(table).values(row))
            self._filled[table.name] = row
        return self._filled[table.name]

    def _value(self, table: Table, column: Column[Any]) -> Any:
        for key in column.foreign_keys:
            if key.column.table is table:
                return None if column.nullable else self._plain(table, column)
            return self.of(key.column.table)[key.column.name]
        return self._plain(table, column)

    def _plain(self, table: Table, column: Column[Any]) -> Any:
        number, kind = next(self._number), column.type
        if codes := _codes(table).get(column.name):
            return codes[0]
        if isinstance(kind, String):
            return f"{number} {FOUR_SCRIPTS}"[: kind.length]
        if isinstance(kind, Boolean):
            return True
        if isinstance(kind, Integer):
            return number
        if isinstance(kind, Float):
            return 45.5 + number / 1024
        if isinstance(kind, UTCDateTime):
            return MIDNIGHT + dt.timedelta(seconds=number)
        if isinstance(kind, JSON):
            return {"text": FOUR_SCRIPTS, "number": number, "list": [None, True, 0.5]}
        if isinstance(kind, LargeBinary):
            return bytes(range(256))
        return _of_python_type(column, number)


def _of_python_type(column: Column[Any], number: int) -> Any:
    python_type = column.type.python_type
    if python_type is dt.date:
        return dt.date(2022, 9, 13)
    if python_type is dt.time:
        return dt.time(19, 30)
    raise NotImplementedError(f"no value for {column} of {column.type!r}; {number}")


def _codes(table: Table) -> dict[str, list[str]]:
    """Columns that are held to a list of codes, with the codes."""
    found = {}
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint) and (match := LISTED.fullmatch(str(constraint.sqltext))):
            found[match[1]] = re.findall(r"'([^']*)'", match[2])
    return found
