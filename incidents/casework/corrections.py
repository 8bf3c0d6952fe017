"""What changed between two versions: of a report, or of what the mission said. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What an observer can say anew. Everything else of a row is ours and does not make a correction.
OF_A_REPORT = (
    "category",
    "type",
    "means",
    "info_type",
    "t_start",
    "t_end",
    "t_precision",
    "sector_code",
    "observed_from",
    "lon",
    "lat",
    "event_uncertainty_m",
    "count_min",
    "count_best",
    "count_max",
    "count_qualifier",
    "weapon",
    "exposure",
    "sensitivity",
    "conditions",
)
OF_A_STATEMENT = ("text", "exposure")


@dataclass(frozen=True)
class Change:
    """One field as it was and as it is. None: nothing was said."""

    field: str
    before: Any
    after: Any


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], fields: tuple[str, ...]
) -> tuple[Change, ...]:
    """The fields that differ, in their order, then those of the kind's own (`fields`), by name."""
    found = [
        Change(name, plain(before.get(name)), plain(after.get(name)))
        for name in fields
        if before.get(name) != after.get(name)
    ]
    own_before, own_after = before.get("fields") or {}, after.get("fields") or {}
    found += [
        Change(name, plain(own_before.get(name)), plain(own_after.get(name)))
        for name in sorted({*own_before, *own_after})
        if own_before.get(name) != own_after.get(name)
    ]
    return tuple(found)


def plain(value: Any) -> Any:
    """The value as JSON can carry it."""
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value
