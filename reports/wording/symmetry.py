"""How evenly a paper speaks of each party: numbers and the sentences they come from, no judgement. Pure.

For the reporting officer, before a paper is reviewed. Nothing is rewritten: the difference may be real.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_HEDGES = re.compile(
    r"\b(?:assessed|probabl[ey]|possibl[ey]|about|at least|up to|could not|not verified|reported|"
    r"alleged(?:ly)?|claim(?:s|ed)?|told|stated|said)\b",
    re.IGNORECASE,
)
_TOLD = re.compile(r"\b(?:was told|told the|residents? (?:said|told)|according to)\b", re.IGNORECASE)
_CLAIMED = re.compile(r"\b(?:claims?|claimed|stated|statements?|alleged|announced|declared)\b", re.IGNORECASE)
_ADJECTIVES = re.compile(
    r"\b(?:significant(?:ly)?|serious(?:ly)?|heav(?:y|ily)|intens(?:e|ely|ive)|massive|large-scale|fierce|"
    r"grave(?:ly)?|severe(?:ly)?|deliberate(?:ly)?|repeated(?:ly)?|alarming|shocking|sharp(?:ly)?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Side:
    """What the paper says of one party. Shares are between 0 and 1, None where there is nothing to share."""

    code: str
    name: str
    sentences: tuple[str, ...]
    observed: int
    told: int
    claimed: int
    hedged: int
    adjectives: tuple[str, ...]
    words: int
    claims: Mapping[str, int] = field(hash=False)

    def share(self, number: int) -> float | None:
        return round(number / len(self.sentences), 2) if self.sentences else None

    @property
    def words_a_sentence(self) -> float | None:
        return round(self.words / len(self.sentences), 1) if self.sentences else None


def audit(
    sentences: Iterable[str],
    names: Mapping[str, Sequence[str]],
    claims: Mapping[str, Mapping[str, int]],
) -> list[Side]:
    """One row a party. `names`: the names and codes by which each is known, the first to be shown."""
    told = list(sentences)
    return [_side(code, told, known, claims.get(code, {})) for code, known in names.items()]


def _side(code: str, sentences: Sequence[str], known: Sequence[str], claims: Mapping[str, int]) -> Side:
    named = re.compile(r"\b(?:" + "|".join(re.escape(name) for name in known) + r")", re.IGNORECASE)
    mine = tuple(one for one in sentences if named.search(one))
    told = [one for one in mine if _TOLD.search(one)]
    claimed = [one for one in mine if one not in told and _CLAIMED.search(one)]
    return Side(
        code=code,
        name=known[0],
        sentences=mine,
        observed=len(mine) - len(told) - len(claimed),
        told=len(told),
        claimed=len(claimed),
        hedged=sum(bool(_HEDGES.search(one)) for one in mine),
        adjectives=tuple(found.group() for one in mine for found in _ADJECTIVES.finditer(one)),
        words=sum(len(one.split()) for one in mine),
        claims=claims,
    )


def sentences_of(texts: Iterable[str]) -> list[str]:
    """Texts as sentences, each once, in the order of reading."""
    parts = (part.strip() for text in texts for part in re.split(r"(?<=[.!?։])\s+(?=[^a-zа-я\d])", text))
    return list(dict.fromkeys(part for part in parts if part))
