"""Reading the query of an address, with an error that says what to mend."""

import datetime as dt

from flask import request

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


def whole_argument(name: str, default: int, most: int) -> int:
    text = request.args.get(name)
    if not text:
        return default
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise BadRequest(reason=f"`{name}` must be a whole number from 1 to {most}.")
    return int(text)
