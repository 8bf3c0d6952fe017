"""Reading the query of an address, with an error that says what to mend."""

import dataclasses
import datetime as dt

from flask import request

from monitor.door import Door
from monitor.errors import BadRequest


def instant_argument(name: str) -> dt.datetime | None:
    """An instant with its offset, such as 2022-09-13T19:30:00+04:00; None where it is not given."""
    text = request.args.get(name)
    if not text:
        return None
    try:
        # In an address a plus sign stands for a space; a careless program sends it bare.
        found = dt.datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise BadRequest(reason=f"`{name}` must be a time like 2022-09-13T19:30:00+04:00.") from error
    if found.tzinfo is None:
        raise BadRequest(reason=f"`{name}` needs its offset from UTC, such as +04:00.")
    return found


def as_known(door: Door, zone: dt.tzinfo | None = None, name: str = "known_at") -> Door:
    """The door as it stood at the moment asked for, or as it stands where none is.

    A time without an offset is one of `zone`, the mission's own clock, as a field of a page gives it; without
    a zone it is refused.
    """
    text = request.args.get(name, "").strip()
    try:
        naive = dt.datetime.fromisoformat(text) if text else None
    except ValueError:
        naive = None
    local = naive.replace(tzinfo=zone) if zone and naive and naive.tzinfo is None else None
    at = local or instant_argument(name)
    if at is None:
        return door
    if at > door.now:
        raise BadRequest(reason=f"`{name}` lies in the future: nobody knows yet what will be known then.")
    return dataclasses.replace(door, now=at)
