"""The one who acts: a person who signed in, a device with its token, or the system itself."""

from dataclasses import dataclass, field
from typing import Literal

from monitor.access.roles import ROLES


@dataclass(frozen=True)
class Actor:
    """`id` is the person's or device's id; a device acts for `person_id`, the monitor who holds it."""

    id: str
    name: str
    kind: Literal["person", "device", "system", "anonymous"]
    roles: frozenset[str] = frozenset()
    team_id: str | None = None
    person_id: str | None = None
    language: str = "en"
    permissions: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        granted = frozenset().union(*(ROLES[role] for role in self.roles))
        object.__setattr__(self, "permissions", granted)

    def may(self, permission: str) -> bool:
        return self.kind == "system" or permission in self.permissions

    @property
    def code(self) -> str:
        """How the log and the steps name this actor."""
        return f"{self.kind}:{self.id}"


ANONYMOUS = Actor(id="none", name="", kind="anonymous")
SYSTEM = Actor(id="truceline", name="Truceline", kind="system")
