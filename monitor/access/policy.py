"""One question, `may(actor, permission, subject)`, answered with a reason where the answer is no."""

from dataclasses import dataclass

from monitor.access.actor import Actor
from monitor.access.permissions import PERMISSIONS, PUBLIC
from monitor.errors import Refused, SignInNeeded

# Four eyes: these may not be done to what the actor made; the text is the reason that is shown.
NOT_ONES_OWN = {
    "monitor:people:manage": "one's own roles are given and taken by another administrator",
    "incidents:observation:review": "an observation is reviewed by somebody other than the one who filed it",
    "incidents:handover:take": "a room is taken over by somebody other than the one who hands it over",
    "incidents:observation:grade": "a source is graded by somebody other than the one who filed the report",
    "incidents:incident:confirm": "what one person assessed, another person confirms",
    "incidents:rule:switch": "a rule is switched by somebody other than the one who proposed it",
    "reports:summary:review": "a summary is reviewed by somebody other than the one who edited it",
    "reports:release:approve": "a paper leaves when somebody other than the one who asked for it lets it go",
    "reports:summary:release": "a summary is released by somebody other than those who edited or reviewed it",
}


@dataclass(frozen=True)
class Subject:
    """What is acted upon: the ids of those who made it, and the team it belongs to."""

    makers: frozenset[str] = frozenset()
    team_id: str | None = None


@dataclass(frozen=True)
class Decision:
    allowed: bool
    reason: str = ""


def may(actor: Actor, permission: str, subject: Subject | None = None) -> Decision:
    """Whether the actor may; a refusal says why. Raises KeyError for a permission nobody declared."""
    if permission == PUBLIC or actor.kind == "system":
        return Decision(True)
    words = PERMISSIONS[permission]
    if permission not in actor.permissions:
        held = ", ".join(sorted(actor.roles)).replace("_", " ") or "no role"
        return Decision(False, f"“{words}” is not granted to {held}")
    if subject and permission in NOT_ONES_OWN and {actor.id, actor.person_id} & subject.makers:
        return Decision(False, NOT_ONES_OWN[permission])
    return Decision(True)


def require(actor: Actor, permission: str, subject: Subject | None = None) -> None:
    """Raises SignInNeeded for a stranger, Refused with permission and reason for anybody else."""
    decision = may(actor, permission, subject)
    if decision.allowed:
        return
    if actor.kind == "anonymous":
        raise SignInNeeded(reason="This page is for people of the mission.")
    raise Refused(permission=permission, reason=decision.reason)
