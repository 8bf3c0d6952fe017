"""What can happen on the ground floor, in the past tense. Codes and ids only: events travel to every desk."""

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    """Something that happened and was committed. Subclasses hold str, int, bool or None only."""

    @property
    def name(self) -> str:
        return type(self).__name__

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class WatchChanged(Event):
    watch_id: str
    change: str
    sector: str | None


@dataclass(frozen=True)
class WatchOverdue(Event):
    """A patrol or post should have given a sign by now; `reason` is one of `watches.overdue.REASONS`."""

    watch_id: str
    reason: str
    sector: str | None


@dataclass(frozen=True)
class JobFailed(Event):
    job: str
