"""Words that a neutral report does not use outside somebody's attributed quotation, and what to say instead.

The check reads the text without zero-width and direction marks and without accents of width, so that a word
cannot hide; what it shows is the text as it was written.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    rule: str
    pattern: re.Pattern[str]
    suggestion: str
    unless: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Objection:
    """One word to mend: where it stands in the text as written, and what could stand there."""

    rule: str
    found: str
    suggestion: str
    start: int
    end: int


def _word(rule: str, pattern: str, suggestion: str, unless: str | None = None) -> Word:
    return Word(
        rule,
        re.compile(pattern, re.IGNORECASE),
        suggestion,
        re.compile(unless, re.IGNORECASE) if unless else None,
    )


_PERSONS = (
    r"(?:armed|military|group|formation|detachment|unit|force|troop|"
    r"fighter|militant|person|men|entity|regime)"
)
WORDS: tuple[Word, ...] = (
    _word("terrorist", r"\bterroris\w*", "“armed persons”, or the name the group uses"),
    _word("enemy", r"\b(?:enemy|enemies)\b", "name the armed forces"),
    _word(
        "occupied",
        r"\boccup(?:ier|iers|ied|ation|ying)\b",
        "“the area under the control of …”",
        r"\bresolution\b",
    ),
    _word("provocation", r"\bprovocat\w*", "say what was observed"),
    _word("aggression", r"\baggress(?:ion|or|ors|ive)\b", "say what was observed"),
    _word("unprovoked", r"\bunprovoked\b", "leave the word out"),
    _word("retaliation", r"\bretaliat\w*", "“followed by fire in the opposite direction at …”"),
    _word("liberated", r"\bliberat\w*", "“came under the control of …”"),
    _word("martyr", r"\bmartyr\w*", "“killed”"),
    _word("so-called", r"\bso[-\s]called\b", "leave the word out, or name the body"),
    _word("regime", r"\bregime\b", "“government” or “authorities”"),
    _word("cleansing", r"\bcleansing\b", "say what was observed; quote whoever uses the word"),
    _word("genocide", r"\bgenocid\w*", "say what was observed; quote whoever uses the word"),
    _word("massacre", r"\bmassacr\w*", "give the number of persons and what is known of the cause"),
    _word("bandit", r"\bbandit\w*", "“armed persons”"),
    _word("saboteur", r"\b(?:saboteur|sabotage[- ]group)s?\b", "“armed persons”"),
    _word(
        "illegal", rf"\billegal(?:ly)?\s+(?:\w+\s+)?{_PERSONS}\w*", "leave “illegal” out; name the formation"
    ),
    _word("targeted", r"\btarget(?:ed|ing|s)\b", "“fire in the direction of …”"),
    _word("shelled by", r"\bshell(?:ed|ing)(?:\s+by)?\b", "“explosions at …, fired from the direction of …”"),
    _word("violated by", r"\bviolat(?:ed|ion|ions)\s+by\b", "“ceasefire violations at …”"),
    _word("clearly", r"\bclearly\b", "leave the word out"),
    _word("obviously", r"\bobviously\b", "leave the word out"),
    _word("unfortunately", r"\bunfortunate(?:ly)?\b", "leave the word out"),
    _word("brutal", r"\bbrutal\w*", "leave the word out"),
    _word("heroic", r"\bhero(?:ic|ically|es|ism)\b", "leave the word out"),
    _word(
        "only",
        r"\b(?:only|merely)\b(?=[^.!?]{0,60}\b(?:killed|injured|wounded|casualt\w+|dead|deaths?|died)\b)",
        "give the number alone",
    ),
)
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"]*\"")
_ATTRIBUTED = re.compile(
    r"\b(?:stat(?:ed|es|ing|ement)|said|says|told|according to|claimed|wrote|announced|described|called)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?։]+[”»\"]?\s+")


def _readable(text: str) -> tuple[str, list[int]]:
    """The text as the rules read it, and for each of its characters the index where it was written."""
    letters: list[str] = []
    at: list[int] = []
    for index, letter in enumerate(text):
        if unicodedata.category(letter) == "Cf":
            continue
        for plain in unicodedata.normalize("NFKC", letter):
            letters.append(plain)
            at.append(index)
    return "".join(letters), at


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in _SENTENCE_END.finditer(text):
        yield start, end.end()
        start = end.end()
    yield start, len(text)


def _allowed(text: str) -> list[tuple[int, int]]:
    """The spans of attributed quotation: in quotation marks, in a sentence that says whose words they are."""
    spans = []
    sentences = list(_sentences(text))
    for quoted in _QUOTED.finditer(text):
        start = next(begin for begin, end in reversed(sentences) if begin <= quoted.start())
        end = next(finish for begin, finish in sentences if finish >= quoted.end())
        around = text[start : quoted.start()] + " " + text[quoted.end() : end]
        if _ATTRIBUTED.search(around):
            spans.append(quoted.span())
    return spans


def check(text: str) -> list[Objection]:
    """The words to mend, in the order they stand. Words inside attributed quotations are let through."""
    readable, at = _readable(text)
    allowed = _allowed(readable)
    found = []
    for word in WORDS:
        for match in word.pattern.finditer(readable):
            if any(start <= match.start() and match.end() <= end for start, end in allowed):
                continue
            sentence = next(
                (readable[a:b] for a, b in _sentences(readable) if a <= match.start() < b), readable
            )
            if word.unless and word.unless.search(sentence):
                continue
            start, end = at[match.start()], at[match.end() - 1] + 1
            found.append(Objection(word.rule, text[start:end], word.suggestion, start, end))
    return sorted(found, key=lambda one: (one.start, one.end))
