"""Who may do what. A route names a permission; a role grants it; the policy gives the reason of a refusal."""

from monitor.access.actor import ANONYMOUS, SYSTEM, Actor
from monitor.access.permissions import PUBLIC
from monitor.access.policy import Subject, may, require

__all__ = ["ANONYMOUS", "PUBLIC", "SYSTEM", "Actor", "Subject", "may", "require"]
