"""Whom an alert is for, by its severity, and which of its changes are worth a message (pure)."""

from collections.abc import Iterable

# From this severity on, this role is told as well.
TOLD_FROM = (
    (1, "duty_officer"),
    (3, "analyst"),
    (4, "verification_officer"),
    (5, "head_of_mission"),
)
ALWAYS_TOLD = frozenset({"raised", "reopened", "withdrawn", "needs_review"})
RETRACTIONS = frozenset({"withdrawn", "needs_review", "superseded"})


def roles_for(severity: int) -> tuple[str, ...]:
    """The roles that hear of an alert of this severity."""
    return tuple(role for least, role in TOLD_FROM if severity >= least)


def recipients(
    change: str, severity: int, severity_before: int, told_before: Iterable[str]
) -> tuple[str, ...]:
    """Who gets a message about a change, as `role:…`.

    A higher severity is worth a message, more of the same is not. Whoever was told of an alert is told
    of its retraction.
    """
    if change in RETRACTIONS:
        return tuple(sorted(set(told_before)))
    wanted = {f"role:{role}" for role in roles_for(severity)}
    if change in ALWAYS_TOLD:
        return tuple(sorted(wanted | (set(told_before) if change == "reopened" else set())))
    return tuple(sorted(wanted)) if severity > severity_before else ()
