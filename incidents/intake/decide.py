"""Whether what arrives is new, a repeat, a correction or a conflict. Pure.

| the id is known | this revision is known | same digest | it is |
|---|---|---|---|
| no | – | – | new (a later revision may overtake the first on the way) |
| yes | no | – | correction |
| yes | yes | yes | repeat: the first receipt is given again |
| yes | yes | no | conflict: another body under an old number |
"""

from collections.abc import Mapping
from typing import Literal

Outcome = Literal["new", "repeat", "correction", "conflict"]


def decide(known: Mapping[int, str], revision_no: int, digest: str) -> Outcome:
    """`known` maps the revisions held under this id to their digests."""
    if not known:
        return "new"
    if revision_no not in known:
        return "correction"
    return "repeat" if known[revision_no] == digest else "conflict"
