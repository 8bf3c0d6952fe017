"""How far a source and what it said are trusted: A to F and 1 to 6, judged apart (Admiralty code). Pure.

A reviewer or analyst grades, never the author; until somebody has, a default holds. The two digits are shown
side by side and never multiplied. A 1 says "confirmed by others" and is only given where an independent
second source is linked to the same incident.
"""

from collections.abc import Iterable
from dataclasses import dataclass

RELIABILITY = {
    "A": "Completely reliable",
    "B": "Usually reliable",
    "C": "Fairly reliable",
    "D": "Not usually reliable",
    "E": "Unreliable",
    "F": "Reliability cannot be judged",
}
CREDIBILITY = {
    1: "Confirmed by other sources",
    2: "Probably true",
    3: "Possibly true",
    4: "Doubtful",
    5: "Improbable",
    6: "Truth cannot be judged",
}
# What a source is worth before anybody has judged it: our own patrols and cameras are usually reliable, all
# others cannot be judged yet. What they say cannot be judged until somebody has read it.
OWN_MEANS = frozenset({"saw", "heard", "felt", "recorded_camera", "recorded_uav", "recorded_acoustic"})


@dataclass(frozen=True)
class Grade:
    reliability: str
    credibility: int
    is_default: bool = False

    @property
    def text(self) -> str:
        """ "B2"."""
        return f"{self.reliability}{self.credibility}"


def default_grade(means: str | None, info_type: str | None) -> Grade:
    own = info_type == "observed" and means in OWN_MEANS
    return Grade("B" if own else "F", 6, is_default=True)


@dataclass(frozen=True)
class Voice:
    """Who stands behind an observation, as far as independence goes."""

    observation_id: str
    processing: str
    team_id: str | None
    means: str | None
    info_type: str | None


def is_independent(one: Voice, other: Voice) -> bool:
    """Whether the second tells by itself what the first told: another team, other means or another source."""
    return (one.team_id, one.means, one.info_type) != (other.team_id, other.means, other.info_type)


def refusal(grade: Grade, graded: Voice, linked: Iterable[Voice]) -> str | None:
    """Why this grade cannot be given, as what it needs; None when it can."""
    if grade.reliability not in RELIABILITY or grade.credibility not in CREDIBILITY:
        return "a letter from A to F and a number from 1 to 6"
    others = [one for one in linked if one.observation_id != graded.observation_id]
    if grade.credibility == 1 and not any(
        one.processing == "accepted" and is_independent(graded, one) for one in others
    ):
        return "an accepted, independent second source linked to the same incident before it is graded 1"
    return None
