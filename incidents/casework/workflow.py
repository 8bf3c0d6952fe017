"""Which step an incident may take, who may take it, and what must be true first. Pure: decisions as data.

Two axes here; the third, processing, belongs to each observation (`incidents.intake.reviewing`). Nothing is a
dead end: what was called unverifiable, disputed, refuted or withdrawn can be opened again, with a reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

ASSESSMENT = (
    "reported",  # opened; somebody filed something
    "possible",  # an analyst finds it possible
    "corroborated",  # independent observations or physical evidence agree
    "confirmed",  # a second officer has checked it
    "disputed",  # sources contradict each other and stay so; an end
    "unverifiable",  # nothing more can be found out; an end
    "refuted",  # shown not to have happened; an end
    "withdrawn",  # the observer takes it back; an end
)
RELEASE = (
    "internal",  # known to the mission only
    "cleared_for_report",  # may stand in a summary
    "released",  # stands in an issued one
    "corrected",  # a later edition says it differently
    "retracted",  # a later edition takes it back
)
STATES = {"assessment": ASSESSMENT, "release": RELEASE}
# Where an assessment may rest for good: an answer, not a failure to give one.
ENDS = ("confirmed", "disputed", "unverifiable", "refuted", "withdrawn")
FIRST = {"assessment": "reported", "release": "internal"}

ASSESS, CONFIRM, EDIT, RELEASING = (
    "incidents:incident:assess",
    "incidents:incident:confirm",
    "reports:summary:edit",
    "reports:summary:release",
)
ESTABLISHED_BY = {"medical", "document"}
# What a second officer has checked before harm to people is confirmed: reasonable grounds to believe.
CASUALTY_CHECKLIST = {
    "source_near": "A medical source, a document or the person was seen, not hearsay alone",
    "numbers_agree": "Numbers, sex and age agree between the sources, or the range says how far they differ",
    "place_and_time": "Place and time of the harm are known",
    "cause_assessed": "The cause is assessed, or said to be not known",
    "not_counted_before": "No other incident holds the same persons",
    "no_harm_done": "Nobody who spoke to us is put at risk by confirming it",
}
TRUSTED = frozenset("ABC")
DOUBTED = frozenset({4, 5})


@dataclass(frozen=True)
class Evidence:
    """One linked observation, as far as a guard looks at it."""

    observation_id: str
    category: str
    processing: str
    team_id: str | None
    means: str | None
    info_type: str | None
    has_media: bool
    reliability: str = "F"
    credibility: int = 6


@dataclass(frozen=True)
class Case:
    """What the guards judge: the present states, the evidence, who took the last step on each axis, and which
    points of the checklist the actor has ticked."""

    assessment: str
    release: str
    evidence: tuple[Evidence, ...]
    last_assessor: str
    last_releaser: str = ""
    ticked: frozenset[str] = frozenset()

    def state(self, axis: str) -> str:
        return self.assessment if axis == "assessment" else self.release


Guard = Callable[[Case, str], str | None]


def two_independent(case: Case, actor: str) -> str | None:
    """Two accepted observations that differ in team, means or kind of source, or one with a photo."""
    accepted = [item for item in case.evidence if item.processing == "accepted"]
    voices = {(item.team_id, item.means, item.info_type) for item in accepted}
    if len(voices) >= 2 or any(item.has_media for item in accepted):
        return None
    return "needs two accepted observations of different teams, means or sources, or one with a photo"


def another_person(case: Case, actor: str) -> str | None:
    if actor != case.last_assessor:
        return None
    return "needs another person than the one who took the last step"


def harm_is_established(case: Case, actor: str) -> str | None:
    """Casualties are confirmed on medical or documentary grounds, not on hearsay."""
    if all(item.category != "CAS" for item in case.evidence):
        return None
    if any(ESTABLISHED_BY & {item.means, item.info_type} for item in case.evidence):
        return None
    return "needs a medical source or a document, since persons were harmed"


def reasonable_grounds(case: Case, actor: str) -> str | None:
    """Every point of the checklist, where persons were harmed."""
    if all(item.category != "CAS" for item in case.evidence):
        return None
    missing = [words for code, words in CASUALTY_CHECKLIST.items() if code not in case.ticked]
    return f"needs these points checked, since persons were harmed: {'; '.join(missing)}" if missing else None


def a_trusted_source(case: Case, actor: str) -> str | None:
    """One accepted observation by a source graded A to C whose word was not called doubtful or improbable."""
    for item in case.evidence:
        is_trusted = item.reliability in TRUSTED and item.credibility not in DOUBTED
        if item.processing == "accepted" and is_trusted:
            return None
    return "needs an accepted observation graded A to C that is not called doubtful (4) or improbable (5)"


def is_assessed(case: Case, actor: str) -> str | None:
    if case.assessment != "reported":
        return None
    return "needs an assessment beyond reported"


def another_than_cleared(case: Case, actor: str) -> str | None:
    if actor != case.last_releaser:
        return None
    return "needs another person than the one who cleared it for the report"


@dataclass(frozen=True)
class Transition:
    axis: str
    start: frozenset[str]
    to: str
    permission: str
    guards: tuple[Guard, ...] = ()


def _step(axis: str, start: str, to: str, permission: str, *guards: Guard) -> Transition:
    return Transition(axis, frozenset(start.split()), to, permission, guards)


_OPEN = "reported possible corroborated confirmed disputed"
TRANSITIONS = (
    _step("assessment", "reported disputed unverifiable refuted withdrawn", "possible", ASSESS),
    _step("assessment", "reported possible disputed", "corroborated", ASSESS, two_independent),
    _step(
        "assessment",
        "corroborated",
        "confirmed",
        CONFIRM,
        two_independent,
        a_trusted_source,
        another_person,
        harm_is_established,
        reasonable_grounds,
    ),
    _step("assessment", "reported possible corroborated confirmed", "disputed", ASSESS),
    _step("assessment", "reported possible disputed", "unverifiable", CONFIRM, another_person),
    _step("assessment", _OPEN, "refuted", CONFIRM, another_person),
    _step("assessment", _OPEN, "withdrawn", ASSESS),
    _step("release", "internal", "cleared_for_report", EDIT, is_assessed),
    _step("release", "cleared_for_report", "internal", EDIT),
    _step("release", "cleared_for_report", "released", RELEASING, another_than_cleared),
    _step("release", "released corrected", "corrected", RELEASING),
    _step("release", "released corrected", "retracted", RELEASING),
)


@dataclass(frozen=True)
class Verdict:
    """`transition` when the way exists; `reasons` say what is missing."""

    transition: Transition | None
    reasons: tuple[str, ...] = ()


def judge_step(case: Case, axis: str, to: str, actor: str) -> Verdict:
    """Whether the case may step to `to` on an axis; permission is the caller's to check."""
    now = case.state(axis)
    for transition in TRANSITIONS:
        if transition.axis == axis and transition.to == to and now in transition.start:
            reasons = tuple(reason for guard in transition.guards if (reason := guard(case, actor)))
            return Verdict(transition, reasons)
    return Verdict(None, (f"from {now} one can go to {', '.join(ways(case, axis)) or 'nowhere'}",))


def ways(case: Case, axis: str) -> list[str]:
    """The states that can be reached from here in one step."""
    now = case.state(axis)
    return [step.to for step in TRANSITIONS if step.axis == axis and now in step.start]
