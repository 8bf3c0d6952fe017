"""Words that a neutral report does not use outside somebody's attributed quotation, and what to say instead.

The check reads the text without what could hide a word: marks that print nothing, letters of another script
that look alike, figures for letters, broken and spaced words. What it shows is the text as it was written.
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
_HARMED = r"(?:killed|injured|wounded|casualt\w+|dead|deaths?|died|victims?)"
_DIVIDED = r"(?:sector|kind|type|day|hour|night|week|period|region|area|weapon|means|number)"
WORDS: tuple[Word, ...] = (
    _word("terrorist", r"\bterror(?:is\w*|iz\w*)", "“armed persons”, or the name the group uses"),
    _word("enemy", r"\b(?:enem(?:y|ies)|foes?)\b", "name the armed forces"),
    _word(
        "occupied",
        r"\boccup(?:ier|iers|ied|ies|ation|ational|ying|y|ant|ants)\b(?!\s+(?:post|position)s?\s+at\b)",
        "“the area under the control of …”",
        r"\bresolution\s+(?:no\.?\s*)?\d+",
    ),
    _word("provocation", r"\bprovo(?:cat\w*|k(?:e|ed|es|ing)\b)", "say what was observed"),
    _word("aggression", r"\baggress(?:ion|ions|or|ors|ive|ively|ed|ing)\b", "say what was observed"),
    _word("unprovoked", r"\bunprovoked\b", "leave the word out"),
    _word(
        "retaliation",
        r"\b(?:retaliat\w*|reprisals?|reveng\w*)",
        "“followed by fire in the opposite direction at …”",
    ),
    _word("liberated", r"\b(?:de-?occup|liberat)\w*", "“came under the control of …”"),
    _word("martyr", r"\bmartyr\w*", "“killed”"),
    _word("so-called", r"\bso[-\s–]?called\b", "leave the word out, or name the body"),
    _word("regime", r"\bregimes?\b(?!\s+of\s+(?:silence|ceasefire))", "“government” or “authorities”"),
    _word("cleansing", r"\bcleans(?:ing|ed|e)\b", "say what was observed; quote whoever uses the word"),
    _word("genocide", r"\bgenocid\w*", "say what was observed; quote whoever uses the word"),
    _word("massacre", r"\bmassacr\w*", "give the number of persons and what is known of the cause"),
    _word("bandit", r"\bbandit\w*", "“armed persons”"),
    _word("saboteur", r"\b(?:saboteurs?|sabotag(?:e|ed|es|ing)(?:[- ]groups?)?)\b", "“armed persons”"),
    _word(
        "illegal",
        rf"\b(?:illegal|unlawful|illegitimate)(?:ly)?\s+(?:\w+\s+)?{_PERSONS}\w*",
        "leave “illegal” out; name the formation",
    ),
    _word("targeted", r"\btarget(?:ed|ing|s|t?ed|t?ing)\b", "“fire in the direction of …”"),
    _word("shelled by", r"\bshell(?:ed|ing)(?:\s+by)?\b", "“explosions at …, fired from the direction of …”"),
    _word(
        "violated by",
        rf"\b(?:violat|breach)(?:ed|es|ion|ions)?\s+by\b(?!\s+{_DIVIDED})",
        "“ceasefire violations at …”",
    ),
    _word("clearly", r"\b(?:clearly|evidently|undoubtedly)\b", "leave the word out"),
    _word("obviously", r"\bobvious(?:ly)?\b", "leave the word out"),
    _word("unfortunately", r"\b(?:unfortunate(?:ly)?|regrettabl[ey]|sadly)\b", "leave the word out"),
    _word("brutal", r"\b(?:brutal|barbar(?:ic|ous|ian))\w*", "leave the word out"),
    _word("heroic", r"\bhero(?:ic|ically|es|ism|es?)?\b", "leave the word out"),
    _word(
        "only",
        rf"\b(?:only|merely|just)\b(?=[^.!?]{{0,60}}\b{_HARMED}\b)",
        "give the number alone",
    ),
    _word("only", rf"\b{_HARMED}\b[^.!?,;]{{0,30}}\b(?:only|merely)\b", "give the number alone"),
)
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"]*\"")
_SAYING = (
    r"(?:stat(?:ed|es|ing)|said|says|saying|claim(?:ed|s|ing)|wrote|writes|announced|described|describes|"
    r"call(?:ed|s)|alleg(?:ed|es)|declared|reported|referred)"
)
_ATTRIBUTED = re.compile(rf"\b(?:{_SAYING}|statements?|told|according to|in the words of)\b", re.IGNORECASE)
# The mission cannot excuse a word by quoting itself.
_BY_THE_MISSION = re.compile(
    rf"\b(?:mission|patrols?|monitors?|observers?|we)\b(?:\s+\w+ly)?\s+{_SAYING}\b", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<!\bno)(?<!\bNo)[.!?։]+[”»\"]?\s+")
# Letters of other scripts, and figures inside words, that look like a Latin letter.
LOOK_ALIKES = str.maketrans(
    "аеорсхуіјѕԁһӏкмтвнѵԛԝбАЕОРСХУІЈЅԀҺӀКМТВНԚԜαεορικνυτκχΑΒΕΖΗΙΚΜΝΟΡΤΥΧօհսցոպԼՏՕՍɑɡɩıłøđħ",
    "aeopcxyijsdhlkmtbhvqwbAEOPCXYIJSDHIKMTBHQWaeopikvutkxABEZHIKMNOPTYXohugnnLSOUagiilodh",
)
FIGURE_LETTERS = str.maketrans("01345@$", "oleasas")
_SPACED = re.compile(r"\b(?![aAI] )(?:[^\W\d_][ .·_*-]){4,}[^\W\d_]\b")
_LEET = re.compile(r"\b(?=\w*[^\W\d_])[\w@$]*[01345@$][\w@$]*\b")
_BROKEN = re.compile(r"(?<=\w)[-‐]\s*\n\s*(?=\w)")


def _readable(text: str) -> tuple[str, list[int]]:
    """The text as the rules read it, and for each of its characters the index where it was written.

    Without marks that print nothing, accents, look-alike letters, figures in the place of letters,
    words broken at a line's end and words written letter by letter.
    """
    letters: list[str] = []
    at: list[int] = []
    for index, letter in enumerate(text):
        if unicodedata.category(letter) == "Cf":
            continue
        for plain in unicodedata.normalize("NFKD", letter):
            if unicodedata.category(plain) != "Mn":
                letters.append(plain.translate(LOOK_ALIKES))
                at.append(index)
    letters, at = _without(_BROKEN, letters, at, keep="")
    letters, at = _without(_SPACED, letters, at, keep=" .·_*-")
    plain_text = "".join(letters)
    for match in _LEET.finditer(plain_text):
        word = match.group().translate(FIGURE_LETTERS)
        letters[match.start() : match.end()] = list(word)
    return "".join(letters), at


def _without(
    pattern: re.Pattern[str], letters: list[str], at: list[int], keep: str
) -> tuple[list[str], list[int]]:
    """The characters without those that a match divides a word by: all of it, or those in `keep`."""
    dropped: set[int] = set()
    for match in pattern.finditer("".join(letters)):
        inside = range(match.start(), match.end())
        dropped.update(one for one in inside if not keep or letters[one] in keep)
    kept = [one for one in range(len(letters)) if one not in dropped]
    return [letters[one] for one in kept], [at[one] for one in kept]


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
        if _ATTRIBUTED.search(_BY_THE_MISSION.sub(" ", around)):
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
