"""What can be refused, in the project's own words. The door turns these into problems (RFC 9457) or pages.

Raise with facts, not with text: `raise WrongState(thing="incident", wanted="possible", found="refuted")`.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal that says what to mend. `type`, `status`, `title` are its row in the catalogue."""

    status: ClassVar[int] = 400
    type: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "The request cannot be used"
    detail_template: ClassVar[str] = "{reason}"
    # Facts that a program needs beside the words; they become members of the problem.
    members: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts

    @property
    def detail(self) -> str:
        return self.detail_template.format(**self.facts)


class BadRequest(DomainError):
    """The bytes do not parse, or the envelope is wrong."""


class SignInNeeded(DomainError):
    """Nobody is signed in, or the token is not valid any more."""

    status = 401
    type = "sign-in-needed"
    title = "Please sign in"
    detail_template = "{reason}"


class DeviceRevoked(DomainError):
    """The device, or the token it shows, was ended. `wipe` says whether it is to empty itself."""

    status = 401
    type = "device-revoked"
    title = "This device was ended"
    detail_template = "An officer ended what this device may do. What was received is safe; ask at the base."
    members = ("wipe",)


class KeyRevoked(DeviceRevoked):
    """A report signed by a device that was ended. It can still be brought to the base as a file."""

    status = 403
    detail_template = "The phone that signed this was ended. Bring the report to the base as an outbox file."


class Refused(DomainError):
    """The actor may not do this; names the permission and why."""

    status = 403
    type = "refused"
    title = "You may not do this"
    detail_template = "{permission}: {reason}"


class NotFound(DomainError):
    status = 404
    type = "not-found"
    title = "There is no such thing here"
    detail_template = "No {thing} with the id {id}."


class Conflict(DomainError):
    """Something else already stands under this id or number."""

    status = 409
    type = "conflict"
    title = "It contradicts what is already here"
    detail_template = "{reason}"


class WrongOffset(DomainError):
    """A part of a file that does not go on where the part before ended; `offset` says where to go on."""

    status = 409
    type = "wrong-offset"
    title = "The file goes on elsewhere"
    detail_template = "{reason} Go on at byte {offset}."
    members = ("offset",)


class WrongState(DomainError):
    """A step that the present state does not allow."""

    status = 409
    type = "wrong-state"
    title = "This step is not possible now"
    detail_template = "The {thing} is {found}; this step needs {wanted}."


class TooLarge(DomainError):
    status = 413
    type = "too-large"
    title = "It is too large"
    detail_template = "At most {limit} bytes are taken here."


class WrongMediaType(DomainError):
    status = 415
    type = "wrong-media-type"
    title = "This kind of content is not taken here"
    detail_template = "Send {wanted}; found {found}."


class Invalid(DomainError):
    """The content was read, and some fields must be mended; `errors` maps each to its reasons."""

    status = 422
    type = "invalid"
    title = "Some fields must be mended"
    detail_template = "See errors."
    members = ("errors",)

    def __init__(self, errors: dict[str, Any]) -> None:
        super().__init__(errors=errors)


class Throttled(DomainError):
    status = 429
    type = "throttled"
    title = "Too many tries"
    detail_template = "Try again in {seconds} seconds."


class NotReady(DomainError):
    """The server cannot do it at the moment; trying again helps."""

    status = 503
    type = "not-ready"
    title = "Not ready"
    detail_template = "{reason}"


def catalogue() -> list[type[DomainError]]:
    """Every problem type, for the page that documents them."""
    found = [DomainError]
    for error in found:
        found.extend(error.__subclasses__())
    return sorted(found[1:], key=lambda error: (error.status, error.type))
