"""Places, lines and the base map. A change is a new version; the version that holds is the last one known."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db.base import (
    Base,
    BigId,
    Json,
    Located,
    UTCDateTime,
    code_check,
    facts,
    instant,
    row_key,
)

PLACE_KINDS = ("sector", "zone", "post", "settlement", "base")


class Place(Located, Base):
    """One version of a place. `code` names the place for good; `version` counts from 1.

    `geometry` is GeoJSON; lon and lat lie on or in it. `traits` are what its kind brings beside:
    a post's camera, a settlement's population, the accuracy of an approximate position.
    """

    __tablename__ = "place"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        code_check("kind", PLACE_KINDS),
        Index("ix_place_cell", "cell"),
    )

    id: Mapped[row_key]
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    geometry: Mapped[facts]
    parent: Mapped[str | None] = mapped_column(String(40))
    valid_from: Mapped[instant]
    valid_to: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    source: Mapped[str] = mapped_column(String(300))
    source_date: Mapped[str | None] = mapped_column(String(10))
    synthetic: Mapped[bool]
    traits: Mapped[facts]
    digest: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[instant]


class PlaceName(Base):
    """What a version of a place is called in one language."""

    __tablename__ = "place_name"
    __table_args__ = (UniqueConstraint("place_id", "language"),)

    id: Mapped[row_key]
    place_id: Mapped[int] = mapped_column(BigId, ForeignKey("place.id"))
    language: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(200))


class Line(Base):
    """A line on the map by its name for good. There is no true line, only named and sourced ones."""

    __tablename__ = "line"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[instant]


class LineVersion(Base):
    """How a source drew a line at a date. `accuracy_m`: the most that the drawing may be off."""

    __tablename__ = "line_version"
    __table_args__ = (UniqueConstraint("line_code", "version"),)

    id: Mapped[row_key]
    line_code: Mapped[str] = mapped_column(String(40), ForeignKey("line.code"))
    version: Mapped[int]
    names: Mapped[facts]
    geometry: Mapped[dict[str, Any]] = mapped_column(Json)
    source: Mapped[str] = mapped_column(String(300))
    source_date: Mapped[str | None] = mapped_column(String(10))
    disclaimer: Mapped[str] = mapped_column(Text)
    accuracy_m: Mapped[float | None]
    valid_from: Mapped[instant]
    valid_to: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    digest: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[instant]


class BaseMap(Base):
    """The drawing under everything, as the mission's definition brought it; served as it stands."""

    __tablename__ = "base_map"

    id: Mapped[row_key]
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[instant]
