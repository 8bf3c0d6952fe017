"""Base of every table, and the column types that behave the same on SQLite and PostgreSQL."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Float,
    Integer,
    MetaData,
    String,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import JSON

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class UTCDateTime(TypeDecorator[dt.datetime]):
    """An instant. Refuses naive values, stores UTC, returns aware UTC.

    SQLite's own type drops the offset silently, so that 10:00+04:00 would come back as 10:00.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without its zone cannot be stored: {value!r}")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BigId = BigInteger().with_variant(Integer, "sqlite")
Uuid = String(36)

uuid_key = Annotated[str, mapped_column(Uuid, primary_key=True)]
row_key = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]
instant = Annotated[dt.datetime, mapped_column(UTCDateTime)]
facts = Annotated[dict[str, Any], mapped_column(Json)]


def code_check(column: str, codes: Iterable[str]) -> CheckConstraint:
    """Holds a column to a closed list of our own state codes (never taxonomy codes, which are data)."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_code")


class Located:
    """A place on the ground: degrees WGS84 for people, whole ECEF metres for exact arithmetic.

    `cell` is the grid cell of `monitor.geo.cell`, the candidate index of the rule engine.
    """

    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    x: Mapped[int | None] = mapped_column(BigInteger)
    y: Mapped[int | None] = mapped_column(BigInteger)
    z: Mapped[int | None] = mapped_column(BigInteger)
    cell: Mapped[str | None] = mapped_column(String(24))
