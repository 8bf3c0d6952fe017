"""Every word of the form stands in all four languages, and only the words that the form says."""

import json
import re
from pathlib import Path

import pytest

from incidents.taxonomy import taxonomy
from monitor import field
from monitor.field import messages as messages_package
from monitor.field.messages import LANGUAGES, messages
from monitor.watches.coverage import EVENT_KINDS, WATCH_KINDS

HOME = Path(field.__path__[0])
FILES = [path for path in sorted(HOME.rglob("*")) if path.suffix in {".js", ".html"}]
SAID = "".join(path.read_text(encoding="utf-8") for path in FILES)
OTHERS = [language for language in LANGUAGES if language != "en"]

# Keys that the code puts together from a code: the part before it, and the codes.
CHECKS = ("copy", "installed", "lasting", "enrolled", "clock")
COMPOSED = {
    "month": {str(number) for number in range(1, 13)},
    "rose": {"N", "NE", "E", "SE", "S", "SW", "W", "NW"},
    "state": "draft finished sending blocked sign_in photos".split()
    + "received in_review accepted returned rejected quarantined".split(),
    "ask": "what when observer event count means exposure details conditions photos text watch span".split(),
    "place_kind": "settlement post base sector zone".split(),
    "watch_kind": WATCH_KINDS,
    "watch": [f"said_{kind}" for kind in EVENT_KINDS if not kind.startswith("outage")],
    "count": [f"short_{code}" for code in ("exact", "about", "at_least", "up_to")],
    "event": "direction place point same not_known".split(),
    "observer": "denied unavailable".split(),
    "when": ["T1", "T2", "T3"],
    "conditions": ["weather", "wind", "noise"],
    "receipt": "number time digest revision photos signed head".split(),
    "send": "no_net portal sign_in busy".split(),
    "phone": [f"{code}{said}" for code in CHECKS for said in ("", "_todo")],
    "app": ["look_auto", "look_light", "look_dark"],
    "compass": "denied none waiting".split(),
    "quick": "explosion shots uav restriction".split(),
    "tally": "sex age_band person_status vehicle_class".split(),
    "reason": [
        "clock_ahead", "ends_before_it_starts", "not_allowed", "value_not_allowed", "unknown_field",
        "unknown_place", "unknown_type", "observer_position_missing", "event_point_missing",
        "direction_without_observer", "not_signed",
    ],
}  # fmt: skip
NAMED = set(re.findall(r"""["']([a-z_]+\.[A-Za-z_0-9]+)["']""", SAID))
FORM_ONLY = {"app.sign_in_more", "app.no_net_more", "app.insecure_more"}

# The same word in another language than English is right only here.
SAME_AS_ENGLISH = {
    "az": {"time.date", "unit.km", "unit.m", "place.km", "event.range", "watch_kind.post", "place_kind.post",
           "tally.person_status", "month.4", "photos.kb", "photos.mb", "conditions.short_visibility",
           "event.flash_is"},
    "hy": {"time.date"},
    "ru": {"time.date"},
}  # fmt: skip
LETTERS = {"hy": r"[Ա-Ֆա-և]", "ru": r"[А-Яа-яЁё]", "az": r"[A-Za-zƏəĞğİıÖöŞşÜüÇç]"}


def wanted_keys() -> set[str]:
    composed = {f"{group}.{code}" for group, codes in COMPOSED.items() for code in codes}
    return composed | FORM_ONLY


def without_facts(text: str) -> str:
    return re.sub(r"\{\w+\}", "", text)


def is_message(key: str) -> bool:
    return key in messages("en")


@pytest.mark.parametrize("language", OTHERS)
def test_each_language_has_the_same_keys_as_english(language: str) -> None:
    assert messages(language).keys() == messages("en").keys()


def test_every_word_that_the_form_says_stands_in_the_messages() -> None:
    groups = {key.split(".")[0] for key in messages("en")}
    said = {key for key in NAMED if key.split(".")[0] in groups and not key.endswith((".js", ".css", ".svg"))}
    assert {key for key in said | wanted_keys() if not is_message(key)} == set()


def test_no_message_stands_for_nothing() -> None:
    assert messages("en").keys() - NAMED - wanted_keys() == set()


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_is_left_in_english(language: str) -> None:
    english = messages("en")
    digits_only = {key for key, text in english.items() if not re.search(r"[A-Za-z]", without_facts(text))}
    same = {key for key, text in messages(language).items() if text == english[key]}
    # Azerbaijani abbreviates some months and units as English does.
    month = {key for key in same if key.startswith("month.")} if language == "az" else set()
    assert same - digits_only - month - SAME_AS_ENGLISH[language] == set()


@pytest.mark.parametrize("language", OTHERS)
def test_each_message_is_written_in_its_own_script(language: str) -> None:
    strange = {
        key: text
        for key, text in messages(language).items()
        if re.search(r"[^\W\d_]", without_facts(text))
        and not re.search(LETTERS[language], without_facts(text))
    }
    assert strange == {}


@pytest.mark.parametrize("language", OTHERS)
def test_each_translation_keeps_the_facts_of_its_message(language: str) -> None:
    def facts(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\w+)\}", text))

    english = messages("en")
    assert {key for key, text in messages(language).items() if facts(text) != facts(english[key])} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_or_torn(language: str) -> None:
    assert {key for key, text in messages(language).items() if text != text.strip() or not text} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_idea_has_one_word(language: str) -> None:
    """Where English says the same, so does every other language; a word is not translated twice."""
    by_english: dict[str, set[str]] = {}
    own = messages(language)
    for key, text in messages("en").items():
        if not key.startswith(("time.", "ask.", "tally.", "event.dist", "when.from", "span.")):
            by_english.setdefault(text.casefold(), set()).add(own[key].casefold())
    assert {english: said for english, said in by_english.items() if len(said) > 1} == {}


# A wrist watch, a boundary post, and "the phone" left unsaid.
ANOTHER_MEANING = {"when.T1", "type post_moved", "phone.wipe", "phone.wipe_unsent"}
GLOSSARY = json.loads((Path(messages_package.__path__[0]) / "glossary.json").read_text(encoding="utf-8"))


def said_with(term: str, text: str) -> bool:
    return re.search(rf"\b{term}(s|es)?\b", text, re.IGNORECASE) is not None


def bare(text: str) -> str:
    """As one searches in it: small letters, no soft hyphens, no dot left over from a capital İ."""
    return text.casefold().replace("\u00ad", "").replace("\u0307", "")


@pytest.mark.parametrize("language", OTHERS)
def test_the_form_and_the_taxonomy_use_the_words_of_one_glossary(language: str) -> None:
    known = taxonomy()
    pairs = {key: (text, messages(language)[key]) for key, text in messages("en").items()}
    pairs |= {f"type {code}": (kind.label["en"], kind.label[language]) for code, kind in known.types.items()}
    pairs |= {f"field {code}": (one.label["en"], one.label[language]) for code, one in known.fields.items()}
    astray = {
        f"{key} ({term})": own
        for key, (english, own) in pairs.items()
        for term, stems in GLOSSARY.items()
        if said_with(term, english)
        and key not in ANOTHER_MEANING
        and not any(bare(stem) in bare(own) for stem in stems[language])
    }
    assert astray == {}
