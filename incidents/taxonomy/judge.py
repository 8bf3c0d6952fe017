"""Whether one value fits one field. Judges and never raises: what does not fit is kept and quarantined."""

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from incidents.taxonomy.model import Field

Lists = Mapping[str, Mapping[str, Any]]

_CODE = re.compile(r"[A-Za-z0-9_.:+-]{1,64}")
_TALLY_ROWS = 24
_MOMENTS = 500


def shown(value: Any) -> str:
    """A value as a reason may repeat it: a short code or number, else only its kind."""
    if isinstance(value, bool | int | float):
        return str(value)[:40]
    if isinstance(value, str) and _CODE.fullmatch(value):
        return value[:40]
    return f"<{type(value).__name__}>"


def judge_value(field: "Field", value: Any, lists: Lists) -> bool:
    """Whether the value is one that the field may hold."""
    if value == "n_k" and isinstance(value, str):
        listed = lists.get(field.list or "", {})
        return field.n_k or field.kind == "yes_no_nk" or "n_k" in listed
    return _JUDGES[field.kind](field, value, lists)


def _one_of(field: "Field", value: Any, lists: Lists) -> bool:
    return isinstance(value, str) and value in lists[field.list or ""]


def _some_of(field: "Field", value: Any, lists: Lists) -> bool:
    """A non-empty list of different codes; "not known" stands alone or not at all."""
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        return False
    if len(set(value)) != len(value):
        return False
    if value == ["n_k"]:
        return judge_value(field, "n_k", lists)
    return all(item in lists[field.list or ""] and item != "n_k" for item in value)


def _direction(field: "Field", value: Any, lists: Lists) -> bool:
    return isinstance(value, str) and value in lists["dir16"]


def _yes_or_no(field: "Field", value: Any, lists: Lists) -> bool:
    return isinstance(value, str) and value in lists["yes_no"]


def _within(field: "Field", value: float) -> bool:
    above = field.minimum is None or value >= field.minimum
    return above and (field.maximum is None or value <= field.maximum)


def _whole(field: "Field", value: Any, lists: Lists) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and _within(field, value)


def _number(field: "Field", value: Any, lists: Lists) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return (isinstance(value, int) or math.isfinite(value)) and _within(field, value)


def _instant(field: "Field", value: Any, lists: Lists) -> bool:
    """An ISO time that names its offset; a bare local time could be any of two dozen instants."""
    if not isinstance(value, str):
        return False
    try:
        return dt.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _moments(field: "Field", value: Any, lists: Lists) -> bool:
    """Instants in the order in which they were tapped."""
    if not isinstance(value, list) or not 0 < len(value) <= _MOMENTS:
        return False
    if not all(_instant(field, one, lists) for one in value):
        return False
    tapped = [dt.datetime.fromisoformat(one) for one in value]
    return tapped == sorted(tapped)


def _place(field: "Field", value: Any, lists: Lists) -> bool:
    """The shape of a place code; whether the place exists is known only where places are kept."""
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def _tally(field: "Field", value: Any, lists: Lists) -> bool:
    """Rows of one code per list and a count from min to max (max null: open above)."""
    if not isinstance(value, list) or not 0 < len(value) <= _TALLY_ROWS:
        return False
    return all(_tally_row(field, row, lists) for row in value)


def _tally_row(field: "Field", row: Any, lists: Lists) -> bool:
    if not isinstance(row, dict) or set(row) - {*field.by, "min", "max"}:
        return False
    for code in field.by:
        said = row.get(code, "n_k")
        if not isinstance(said, str) or (said != "n_k" and said not in lists[code]):
            return False
    least, most = row.get("min"), row.get("max")
    if not isinstance(least, int) or isinstance(least, bool) or not 0 <= least <= 1_000_000:
        return False
    if most is None:
        return True
    return isinstance(most, int) and not isinstance(most, bool) and least <= most <= 1_000_000


def _text(field: "Field", value: Any, lists: Lists) -> bool:
    return isinstance(value, str) and len(value) <= (field.maximum or 10_000)


_JUDGES: dict[str, Callable[["Field", Any, Lists], bool]] = {
    "choice": _one_of,
    "multi_choice": _some_of,
    "dir16": _direction,
    "yes_no_nk": _yes_or_no,
    "integer": _whole,
    "number": _number,
    "duration_min": _whole,
    "datetime": _instant,
    "moments": _moments,
    "place": _place,
    "tally": _tally,
    "text_private": _text,
}
