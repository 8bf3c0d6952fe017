"""The word check on a corpus of our own: what it must object to, and what it must let pass."""

from pathlib import Path

import pytest
import yaml

from reports.wording import lint

CORPUS = yaml.safe_load((Path(__file__).parent / "corpus.yaml").read_text("utf-8"))
BAD = [(rule, sentence) for rule, sentences in CORPUS["bad"].items() for sentence in sentences]
WORDS_OF_THE_LIST = {
    *("terrorist", "enemy", "occupied", "provocation", "aggression", "unprovoked", "retaliation"),
    *("liberated", "martyr", "so-called", "regime", "cleansing", "genocide", "massacre", "bandit"),
    *("saboteur", "illegal", "targeted", "shelled by", "violated by", "clearly", "obviously"),
    *("unfortunately", "brutal", "heroic", "only"),
}


def test_the_corpus_is_large_and_holds_every_rule() -> None:
    assert len(BAD) + len(CORPUS["good"]) + len(CORPUS["quoted_by_the_mission"]) >= 200
    assert set(CORPUS["bad"]) == WORDS_OF_THE_LIST == {word.rule for word in lint.WORDS}


@pytest.mark.parametrize(("rule", "sentence"), BAD)
def test_a_word_we_do_not_use_is_found_with_something_to_say_instead(rule: str, sentence: str) -> None:
    found = [one for one in lint.check(sentence) if one.rule == rule]
    assert found, sentence
    assert all(one.suggestion and one.found == sentence[one.start : one.end] for one in found)


@pytest.mark.parametrize("sentence", CORPUS["good"])
def test_a_plain_sentence_passes(sentence: str) -> None:
    assert lint.check(sentence) == []


@pytest.mark.parametrize("sentence", CORPUS["quoted_by_the_mission"])
def test_quotation_marks_of_the_missions_own_excuse_nothing(sentence: str) -> None:
    assert lint.check(sentence)


@pytest.mark.parametrize(("rule", "sentence"), BAD)
def test_the_same_words_pass_where_somebody_else_is_quoted(rule: str, sentence: str) -> None:
    quoted = f"The Ministry of Defence stated: “{sentence.rstrip('.')}”."
    assert lint.check(quoted) == []


@pytest.mark.parametrize("letters", ["оее", "οεε", "0ee"])
def test_letters_that_look_alike_hide_nothing(letters: str) -> None:
    word = "so-called".replace("o", letters[0]).replace("e", letters[1])
    assert [one.rule for one in lint.check(f"A {word} body.")] == ["so-called"]


def test_every_look_alike_is_read_as_one_latin_letter() -> None:
    assert all(chr(latin).isascii() and chr(latin).isalpha() for latin in lint.LOOK_ALIKES.values())
    assert len(lint.LOOK_ALIKES) > 60
