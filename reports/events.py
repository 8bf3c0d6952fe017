"""What can happen to summaries."""

from dataclasses import dataclass

from monitor.events import Event


@dataclass(frozen=True)
class SummaryDrafted(Event):
    summary_id: str
    kind: str


@dataclass(frozen=True)
class SummaryStepped(Event):
    summary_id: str
    state: str


@dataclass(frozen=True)
class EditionIssued(Event):
    edition_id: str
    summary_id: str
    kind: str
    year: int
    number: int
    edition_no: int


@dataclass(frozen=True)
class SummaryMissed(Event):
    """A period's summary was drafted long after its cut-off: nobody had been there to draft it."""

    summary_id: str
    kind: str
    late_s: int


@dataclass(frozen=True)
class ReleaseApproved(Event):
    """A second person let these bytes go."""

    release_id: str
    edition_id: str
    profile: str
