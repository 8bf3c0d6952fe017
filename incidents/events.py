"""What can happen to observations, incidents, claims, findings and alerts."""

from dataclasses import dataclass

from monitor.events import Event


@dataclass(frozen=True)
class ObservationReceived(Event):
    observation_id: str
    revision_no: int
    sector: str | None
    category: str
    type: str


@dataclass(frozen=True)
class ObservationReviewed(Event):
    observation_id: str
    state: str


@dataclass(frozen=True)
class MediaReceived(Event):
    media_id: str
    observation_id: str | None


@dataclass(frozen=True)
class IncidentOpened(Event):
    incident_id: str


@dataclass(frozen=True)
class IncidentStepped(Event):
    incident_id: str
    axis: str
    state: str


@dataclass(frozen=True)
class ObservationLinked(Event):
    incident_id: str
    observation_id: str
    linked: bool


@dataclass(frozen=True)
class SuggestionChanged(Event):
    """What became of the suggestion that two observations are of one event."""

    one_id: str
    other_id: str
    state: str


@dataclass(frozen=True)
class SourceGraded(Event):
    observation_id: str
    grade: str


@dataclass(frozen=True)
class IncidentStated(Event):
    """The mission said something of an incident, or said it anew."""

    incident_id: str
    version_no: int


@dataclass(frozen=True)
class ReviewHeld(Event):
    """Somebody opened a thing of the review queue, or put it back."""

    thing: str
    thing_id: str
    is_held: bool


@dataclass(frozen=True)
class ClaimRecorded(Event):
    claim_id: str


@dataclass(frozen=True)
class ClaimsPaired(Event):
    one_id: str
    other_id: str
    linked: bool


@dataclass(frozen=True)
class ClaimMatched(Event):
    claim_id: str
    observation_id: str
    linked: bool


@dataclass(frozen=True)
class FindingChanged(Event):
    finding_id: str
    rule_id: str
    change: str


@dataclass(frozen=True)
class AlertChanged(Event):
    alert_id: str
    change: str
    severity: int
